"""Log lines without personal data: an exception is named by type and place."""

import logging
from traceback import extract_tb
from types import TracebackType


class WithoutValues(logging.Formatter):
    """Writes no exception's text: it may quote what was being worked on."""

    def formatException(  # noqa: N802  # the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Type and frames of the exception."""
        kind, _exception, traceback = ei
        frames = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(traceback)]
        return "\n".join([*frames, f"{kind.__name__} (text withheld)" if kind else ""])
