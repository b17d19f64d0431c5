"""Arrays kept in a folder, read back through memory maps, with room for more records behind them."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from saksama.linkage.growing import file_of
from saksama.model.errors import BadInput
from saksama.model.texts import _

_ABOUT = "index.json"


class ShelfWriter:
    """Writes arrays into a folder that is there; `close` says what they are. Readable by their owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arrays: dict[str, dict[str, Any]] = {}
        self._taken: dict[Path | None, str] = {}  # files of this folder, and which array each is

    def put(self, name: str, array: npt.NDArray[Any], room: int = 0) -> None:
        """Keep an array; `room` more rows of zeros can be filled by who reads it, and take no space on disk.

        One that stands in a file of this folder (`Growing`) is kept by giving that its name; once, under however many.
        """
        whole = np.ascontiguousarray(array)
        path = self.folder / f"{len(self.arrays):03d}.bin"
        row = whole.itemsize * int(np.prod(whole.shape[1:]))
        grown = file_of(whole)
        if grown in self._taken:
            self.arrays[name] = self.arrays[self._taken[grown]]
            return
        if grown is not None:
            grown.replace(path)
            self._taken[grown] = name
        with open(path, "wb" if grown is None else "ab", opener=_private) as file:  # Path.open takes no opener
            if grown is None:
                whole.tofile(file)
            file.truncate(max((len(whole) + room) * row, 1))
            file.flush()
            os.fsync(file.fileno())
        self.arrays[name] = {
            "file": path.name, "dtype": whole.dtype.str, "shape": list(whole.shape), "room": room,
        }  # fmt: skip

    def close(self, about: dict[str, Any]) -> None:
        """Say what was kept, last: a folder without this is no index."""
        text = json.dumps({**about, "arrays": self.arrays}, indent=1, sort_keys=True)
        with open(self.folder / _ABOUT, "w", encoding="utf-8", opener=_private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def is_shelf(folder: Path) -> bool:
    """Whether a folder holds arrays that were kept whole."""
    return (folder / _ABOUT).is_file()


class ShelfReader:
    """The arrays of a folder. Raises BadInput where it is no index or not whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, npt.NDArray[Any]] = {}
        try:
            self.about: dict[str, Any] = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            self.arrays: dict[str, dict[str, Any]] = self.about["arrays"]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise BadInput(_("{folder} bukan indeks, atau tidak utuh; buat lagi.").format(folder=folder)) from fault

    def get(self, name: str) -> npt.NDArray[Any]:
        """An array with its room behind it, the same one for names that share a file. Writing to it changes this
        program's copy, never the file."""
        file = str(self.arrays[name]["file"])
        if file not in self._read:
            self._read[file] = self._array(self.arrays[name])
        return self._read[file]

    def _array(self, about: dict[str, Any]) -> npt.NDArray[Any]:
        shape = (about["shape"][0] + about["room"], *about["shape"][1:])
        dtype = np.dtype(about["dtype"])
        if int(np.prod(shape)) == 0:
            return np.empty(shape, dtype)
        path = self.folder / str(about["file"])
        try:
            if path.stat().st_size < int(np.prod(shape)) * dtype.itemsize:
                raise BadInput(_("{folder} bukan indeks, atau tidak utuh; buat lagi.").format(folder=self.folder))
            return np.asarray(np.memmap(path, dtype, "c", shape=shape))
        except OSError as fault:
            raise BadInput(
                _("{folder} bukan indeks, atau tidak utuh; buat lagi.").format(folder=self.folder)
            ) from fault

    def size(self, name: str) -> int:
        """How many rows an array has without its room."""
        return int(self.arrays[name]["shape"][0])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
