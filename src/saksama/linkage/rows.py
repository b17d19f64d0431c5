"""A record's values side by side: all that is compared of it stands in one line of a processor's cache.

The two records of a pair lie far apart. In columns each value of theirs has to be waited for; in rows, one wait brings
all of them, and a roll of a nation needs no more than 64 bytes of memory a line. On disk they are so few pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_LINE = 64  # bytes of a cache line
_AT_ONCE = 1 << 11  # rows: they stay in a core's cache until all their columns are there
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """How columns stand in rows of `width` bytes: the type of each, and at which byte it begins."""

    width: int
    columns: dict[str, tuple[str, int]]

    @staticmethod
    def of(columns: Mapping[str, Array], unit: int = _LINE) -> "Layout":
        """Each column aligned by its size; one given under two names stands there once. A row is as long as whole
        units, or a part of one that divides it."""
        distinct = {_place_of(column): column.dtype for column in columns.values()}
        begins, end = {}, 0
        for place in sorted(distinct, key=lambda place: -distinct[place].itemsize):
            begins[place] = end
            end += distinct[place].itemsize
        found = {name: (column.dtype.str, begins[_place_of(column)]) for name, column in columns.items()}
        return Layout(_padded(end, unit), found)

    def views(self, rows: Array) -> dict[str, Array]:
        """The columns of `rows`, uint8[n, width]; to write to one is to write to its rows."""
        return {
            name: rows[:, begin : begin + np.dtype(dtype).itemsize].view(dtype)[:, 0]
            for name, (dtype, begin) in self.columns.items()
        }

    def fill(self, rows: Array, columns: Mapping[str, Array]) -> None:
        """Put the columns into their rows."""
        views = self.views(rows)
        once = {begin: name for name, (_dtype, begin) in self.columns.items()}.values()
        for begin in range(0, len(rows), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            for name in once:
                views[name][part] = columns[name][part]


def side_by_side(columns: Mapping[str, Array]) -> dict[str, Array]:
    """The columns, of one length and any types, as views into rows that hold nothing else and begin at a cache line."""
    layout = Layout.of(columns)
    rows = _empty_rows(len(next(iter(columns.values()))), layout.width)
    layout.fill(rows, columns)
    return layout.views(rows)


def _place_of(column: Array) -> tuple[int, int, str]:
    return column.ctypes.data, column.strides[0], column.dtype.str


def _padded(size: int, unit: int) -> int:
    width = 1
    while width < min(size, unit):
        width *= 2
    return -(-size // width) * width


def _empty_rows(length: int, width: int) -> Array:
    whole = np.empty(length * width + _LINE, np.uint8)
    begin = -whole.ctypes.data % _LINE
    return whole[begin : begin + length * width].reshape(length, width)
