"""Rows as a file holds them, before anything is judged: text by column, a batch at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BATCH_ROWS = 1 << 16
WIDEST = 256  # columns read; honest rolls have some 20
# What a cell of a workbook or Parquet was, where it was not text.
TEXT, NUMBER, DATE, OTHER = 0, 1, 2, 3  # OTHER: a truth value, or an Excel error such as #N/A

Kinds = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False)
class RawBatch:
    """Up to some 64k rows. Every column is text of the length of the batch; an empty cell is "".

    `kinds` has an array for each column where some cell is not text. `rows` is the row in the file, from 1.
    `widths` is the number of cells in each row, or None if every row has one for each column; `extra` has the cells
    beyond the last column, by position in the batch.
    """

    columns: tuple[pa.StringArray, ...]
    rows: Rows
    kinds: Mapping[int, Kinds] = field(default_factory=dict)
    widths: npt.NDArray[np.int32] | None = None
    extra: Mapping[int, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


class RawSheet(Protocol):
    """A sheet of a workbook, or the whole of any other file."""

    @property
    def name(self) -> str:
        """The sheet's name; "" for a file without sheets."""

    def head(self, rows: int) -> list[list[str]]:
        """The first `rows` rows, for finding the header."""

    def batches(self, skip: int, width: int, only: frozenset[int] | None = None) -> Iterator[RawBatch]:
        """The rows after the first `skip`, as `width` columns; may be asked again.

        `only` names columns that matter: the others may come empty.
        """


def texts(values: list[str] | list[str | None]) -> pa.StringArray:
    """`values` as a column."""
    return pa.array(values, pa.string())


def blank(length: int) -> pa.StringArray:
    """A column of empty cells."""
    offsets = pa.py_buffer(bytes(4 * (length + 1)))
    return pa.StringArray.from_buffers(length, offsets, pa.py_buffer(b""))
