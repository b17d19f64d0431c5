"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from saksama.model.errors import BadInput
from saksama.model.texts import _


class CannotWrite(BadInput):
    """The file cannot be written where it was asked for."""


@contextmanager
def written_aside(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` at the end, durably; after a fault nothing has changed.

    Raises CannotWrite if the folder is missing or closed, or `path` is a folder itself.
    """
    if path.is_dir():
        raise CannotWrite(_("{name} adalah folder; tulis nama berkasnya juga.").format(name=path))
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as fault:
        raise CannotWrite(
            _("Folder untuk {name} tidak ada atau tidak dapat ditulis; periksa foldernya.").format(name=path.name)
        ) from fault
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
