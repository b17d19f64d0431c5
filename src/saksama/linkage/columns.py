"""Columns read batch by batch into what comparing needs: each reader takes batches in turn, and gives its column."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from saksama.linkage.arrow import pc
from saksama.linkage.growing import Growing
from saksama.linkage.kernels.arrays import Bytes, Ints, Words
from saksama.linkage.kernels.distance import letter_sets
from saksama.linkage.kernels.fields import dates_of_days, read_dates, read_numbers
from saksama.linkage.kernels.text import edges_bare, hash_words, mixed_all, take_words
from saksama.linkage.numbering import Numbering
from saksama.model.errors import BadInput
from saksama.model.texts import _

NIK_DIGITS = 16
TIERS = 4  # province, regency, district, village
MOST_NAMED = 200  # values of a first tier whose names are kept: provinces, and no more of the text
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Reader(Protocol):
    """Takes batches in their order; `finish` gives the column and lets go of the parts."""

    def add(self, batch: pa.Table) -> None: ...  # said above

    def finish(self) -> Any: ...


def text_of(batch: pa.Table, column: str) -> Any:
    """A column of a batch as one trimmed text array; empty is null. Raises BadInput where no text can be made of it."""
    chunks = batch[column]
    try:
        whole = chunks.cast(pa.large_string()).combine_chunks()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise BadInput(
            _("Kolom {column} bertipe {type}, bukan teks, angka atau tanggal.").format(column=column, type=chunks.type)
        ) from fault
    whole = whole if isinstance(whole, pa.Array) else pa.chunked_array(whole.chunks, whole.type).combine_chunks()
    if not edges_bare(*text_buffers(whole)):
        whole = pc.utf8_trim_whitespace(whole)
    return whole


def joined_text(batch: pa.Table, columns: Sequence[str]) -> Any:
    """Columns of a batch as one text, a space between them."""
    texts = [pc.fill_null(text_of(batch, column), "") for column in columns]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, pa.scalar(" ", pa.large_string()))


def text_buffers(column: Any) -> tuple[Bytes, Ints]:
    """The letters of a text column (Arrow) end to end, and where each value begins; blank values are empty."""
    whole = column.cast(pa.large_string())  # first, since dictionaries of chunks cannot always be made one
    whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    if whole.null_count:
        whole = pc.fill_null(whole, "")
    if len(whole) == 0:
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    buffers: Any = whole.buffers()
    _validity, offsets, data = buffers
    starts = np.frombuffer(offsets, np.int64, len(whole) + 1, whole.offset * 8)
    letters = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return letters, starts


def hashes_of(batch: pa.Table, column: str) -> Words:
    """The hash of each value; 0 where it is blank."""
    letters, starts = text_buffers(text_of(batch, column))
    hashes = hash_words(letters, starts)
    hashes[np.diff(starts) == 0] = 0
    return hashes


class LinesReader:
    """Line numbers, int64; the order of records where the table has none."""

    def __init__(self, column: str, folder: Path | None = None) -> None:
        self.column, self.lines, self.tables = column, Growing(np.int64, folder), [0]

    @property
    def size(self) -> int:
        """How many lines there are so far."""
        return self.lines.size

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        if self.column in batch.column_names:
            part = self._read(batch[self.column])
        else:
            part = np.arange(batch.num_rows, dtype=np.int64) + (self.size - self.tables[-1])
        self.lines.add(part)

    def _read(self, column: Any) -> Ints:
        try:
            lines = column.cast(pa.int64())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
            raise _no_line_numbers() from fault
        if lines.null_count:
            raise _no_line_numbers()
        return np.asarray(lines.to_numpy())

    def next_table(self) -> None:
        """Lines of another table begin: they may repeat those of the first."""
        self.tables.append(self.size)

    def finish(self) -> Ints:
        """All lines. Raises BadInput where one table has one twice."""
        whole = np.asarray(self.lines.finish())
        for begin, end in pairwise([*self.tables, len(whole)]):
            lines = whole[begin:end]
            if (lines[1:] <= lines[:-1]).any() and len(np.unique(lines)) != len(lines):
                raise _no_line_numbers()
        return whole


def _no_line_numbers() -> BadInput:
    return BadInput(_("Kolom line harus berisi nomor baris yang masing-masing berbeda."))


class DatesReader:
    """Dates as yyyymmdd, int32, 0 for none; of one column, or of year, month and day."""

    def __init__(self, columns: Sequence[str], folder: Path | None = None) -> None:
        self.columns, self.dates = columns, Growing(np.int32, folder)

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        self.dates.add(self._read(batch))

    def finish(self) -> Ints:
        """All dates."""
        return np.asarray(self.dates.finish())

    def _read(self, batch: pa.Table) -> Ints:
        if len(self.columns) == 3:
            year, month, day = (pc.fill_null(text_of(batch, column), "0") for column in self.columns)
            joined = pc.binary_join_element_wise(
                pc.utf8_lpad(year, 4, "0"),
                pc.utf8_lpad(month, 2, "0"),
                pc.utf8_lpad(day, 2, "0"),
                pa.scalar("", pa.large_string()),
            )
            return read_dates(*text_buffers(joined))
        column = batch[self.columns[0]]
        if not (pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)):
            return read_dates(*text_buffers(text_of(batch, self.columns[0])))
        days = column.cast(pa.date32()).cast(pa.int32())
        return dates_of_days(pc.fill_null(days, _NO_DAY).to_numpy())


_NO_DAY = -(2**31)  # a date32 never used: the year would be beyond five million before our time


class NumbersReader:
    """NIK as int64, 0 where there is none of sixteen digits."""

    def __init__(self, column: str, folder: Path | None = None) -> None:
        self.column, self.numbers = column, Growing(np.int64, folder)

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        self.numbers.add(read_numbers(*text_buffers(text_of(batch, self.column)), NIK_DIGITS))

    def finish(self) -> Ints:
        """All numbers."""
        return np.asarray(self.numbers.finish())


class HashesReader:
    """The hash of one column's values, or of several columns' together; uint32, 0 where the first is blank."""

    def __init__(self, columns: Sequence[str], folder: Path | None = None) -> None:
        self.columns, self.hashes = columns, Growing(np.uint32, folder)

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        first = hashes_of(batch, self.columns[0])
        total = first.copy()
        for column in self.columns[1:]:
            total = mixed_all(total * _STEP + hashes_of(batch, column)) | np.uint64(1)
        short = np.maximum((total >> np.uint64(32)).astype(np.uint32), np.uint32(1))
        short[first == 0] = 0
        self.hashes.add(short)

    def finish(self) -> Words:
        """All hashes."""
        return np.asarray(self.hashes.finish())


class TiersReader:
    """The place of each record as a running number, int32, 0 for none at all; and what its four tiers are, by place."""

    def __init__(self, columns: Sequence[str], folder: Path | None = None) -> None:
        self.columns, self.found = columns, Growing(np.int32, folder)
        self.values, self.places = [Numbering() for _column in columns], Numbering()
        self.tiers = [np.zeros((1, TIERS), np.int32)]
        self.first_tier: list[str] = []

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        codes = np.zeros((batch.num_rows, TIERS), np.int32)
        for tier, (column, numbering) in enumerate(zip(self.columns, self.values, strict=True)):
            hashes = hashes_of(batch, column)
            numbers, first = numbering.number(hashes)
            if tier == 0 and len(self.first_tier) <= MOST_NAMED:
                self.first_tier += [str(value or "") for value in text_of(batch, column).take(first).to_pylist()]
            codes[:, tier] = np.where(hashes == 0, 0, numbers + 1)
        keys = np.zeros(batch.num_rows, np.uint64)
        for tier in range(TIERS):
            keys = mixed_all(keys * _STEP + codes[:, tier].astype(np.uint64) + np.uint64(1))
        numbers, first = self.places.number(keys)
        self.tiers.append(codes[first])
        self.found.add(numbers + np.int32(1))

    def finish(self) -> tuple[Ints, Ints, tuple[Words, ...], tuple[str, ...]]:
        """Places; int32[places + 1, 4] of their tiers (0 = none); by tier the hashes that those number; and the first
        tier's values, if few."""
        keys = tuple(numbering.keys.copy() for numbering in self.values)
        return self.found.finish(), np.concatenate(self.tiers), keys, tuple(self.first_tier)


class TextsReader:
    """Values numbered in order of first sight, -1 where blank (int8 where they are few); and the letters of each."""

    def __init__(self, column: str, folder: Path | None = None) -> None:
        self.column, self.codes = column, Growing(np.int32, folder)
        self.numbering, self.letters, self.sizes = Numbering(), [np.empty(0, np.uint8)], [np.zeros(1, np.int64)]

    def add(self, batch: pa.Table) -> None:
        """Read a batch."""
        letters, starts = text_buffers(text_of(batch, self.column))
        numbers, first = self.numbering.number(hash_words(letters, starts))
        self.codes.add(np.where(np.diff(starts) == 0, np.int32(-1), numbers))
        taken, taken_starts = take_words(letters, starts, first)
        self.letters.append(taken)
        self.sizes.append(np.diff(taken_starts))

    def finish(self) -> tuple[Ints, Bytes, Ints, Words]:
        """Codes; the letters of all values, where those of each begin, and as a set."""
        codes, few = self.codes.finish(), self.numbering.known <= np.iinfo(np.int8).max
        letters, starts = np.concatenate(self.letters), np.cumsum(np.concatenate(self.sizes))
        return codes.astype(np.int8) if few else codes, letters, starts, letter_sets(letters, starts)
