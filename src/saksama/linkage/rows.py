"""A record's values side by side: all that is compared of it stands in one line of a processor's cache.

The two records of a pair lie far apart. In columns each value of theirs has to be waited for; in rows, one wait brings
all of them, and a roll of a nation needs no more than 64 bytes of memory a line.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_LINE = 64  # bytes of a cache line
_AT_ONCE = 1 << 11  # rows: they stay in a core's cache until all their columns are there
Array = npt.NDArray[Any]


def side_by_side(columns: Mapping[str, Array]) -> dict[str, Array]:
    """The columns, of one length and any types, as views into rows that hold nothing else.

    A row begins at a cache line and is as long as whole ones, or a part of one that divides it. A column given under
    two names stands there once.
    """
    distinct = {_place_of(column): column for column in columns.values()}
    order = sorted(distinct, key=lambda place: -distinct[place].itemsize)  # so that each is aligned by its size
    sizes = [distinct[place].itemsize for place in order]
    field = {place: f"{number}" for number, place in enumerate(order)}
    layout = np.dtype(
        {
            "names": list(field.values()),
            "formats": [distinct[place].dtype for place in order],
            "offsets": [sum(sizes[:number]) for number in range(len(sizes))],
            "itemsize": _padded(sum(sizes)),
        }
    )
    length = len(distinct[order[0]])
    rows = _empty_rows(length, layout)
    for begin in range(0, length, _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        for place in order:
            rows[field[place]][part] = distinct[place][part]
    return {name: rows[field[_place_of(column)]] for name, column in columns.items()}


def _place_of(column: Array) -> tuple[int, int, str]:
    return column.ctypes.data, column.strides[0], column.dtype.str


def _padded(size: int) -> int:
    width = 1
    while width < min(size, _LINE):
        width *= 2
    return -(-size // width) * width


def _empty_rows(length: int, layout: "np.dtype[np.void]") -> Array:
    whole = np.empty(length * layout.itemsize + _LINE, np.uint8)
    begin = -whole.ctypes.data % _LINE
    return whole[begin : begin + length * layout.itemsize].view(layout)
