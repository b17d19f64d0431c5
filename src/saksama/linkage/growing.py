"""Arrays that grow batch by batch: in memory, or, for a roll that is larger than that, in a file."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class Growing:
    """An array of `dtype`, each row of shape `row`; with `folder` in a file there, readable by its owner alone.

    `finish` gives the array; changing it changes the file. Whoever wants to keep the file moves it (`file_of`).
    """

    def __init__(self, dtype: npt.DTypeLike, folder: Path | None = None, row: tuple[int, ...] = ()) -> None:
        self.dtype, self.row, self.size = np.dtype(dtype), row, 0
        self._parts: list[npt.NDArray[Any]] = []
        self._file = None if folder is None else _new_file(folder)

    def add(self, part: npt.NDArray[Any]) -> None:
        """Put rows behind those that are there."""
        rows = np.ascontiguousarray(part, self.dtype)
        self.size += len(rows)
        if self._file is None:
            self._parts.append(rows)
        else:
            rows.tofile(self._file)

    def finish(self) -> Any:
        """The whole; nothing can be added any more. The parts are let go."""
        shape = (self.size, *self.row)
        if self._file is None:
            whole = np.concatenate([np.empty((0, *self.row), self.dtype), *self._parts])
            self._parts.clear()
            return whole
        self._file.close()
        if self.size == 0:
            Path(self._file.name).unlink()
            return np.empty(shape, self.dtype)
        return np.asarray(np.memmap(self._file.name, self.dtype, "r+", shape=shape))


def _new_file(folder: Path) -> Any:
    return tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False)  # readable by its owner alone


def discard(*arrays: npt.NDArray[Any]) -> None:
    """Remove the files of arrays that are not wanted any more; of those in memory nothing."""
    for array in arrays:
        path = file_of(array)
        if path is not None:
            path.unlink()


def file_of(array: npt.NDArray[Any]) -> Path | None:
    """The file that holds an array and nothing else; None for one in memory."""
    base = array.base
    if not isinstance(base, np.memmap) or base.mode != "r+" or base.nbytes != array.nbytes:
        return None
    base.flush()
    return None if base.filename is None else Path(str(base.filename))
