"""The input table made ready to compare: one prepared column a comparison, and nothing of the text it does not need."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.arrow import pc
from saksama.linkage.kernels.arrays import Bytes, Ints
from saksama.linkage.kernels.fields import read_dates, read_numbers
from saksama.linkage.kernels.text import hash_words, number_words
from saksama.linkage.names import Names, read_names, text_buffers
from saksama.linkage.plan import Comparison, LinkagePlan
from saksama.model.errors import BadInput
from saksama.model.roll import LINE
from saksama.model.texts import _

NIK_DIGITS = 16
_CROWD = 8  # lines of one NIK: whole households with one number have been seen (Bawaslu 2018), crowds are fillers
_CROWDED_CARD = 60  # lines of one family card


@dataclass(frozen=True, slots=True, repr=False)
class Texts:
    """Values of a column by number: `codes` is -1 where blank; `letters` and `starts` are those of value k."""

    codes: Ints
    letters: Bytes
    starts: Ints


@dataclass(frozen=True, slots=True, repr=False)
class Numbers:
    """NIK as int64 (0 = none usable) and birth dates yyyymmdd beside them (0 = none)."""

    values: Ints
    born: Ints


@dataclass(frozen=True, slots=True, repr=False)
class Places:
    """Running numbers of family, RT/RW, and int32[n, 4] of province, regency, district, village; 0 = none."""

    households: Ints
    lanes: Ints
    tiers: Ints


@dataclass(slots=True, repr=False)
class Prepared:
    """n records. `border` is the first record of the second table, 0 where there is one table. `lines` are theirs.

    `people` marks one record of each NIK: frequencies are counted on those, so doubles do not make names common.
    """

    lines: Ints
    border: int
    people: Bytes
    persons: Ints  # records held to be one person by an earlier pass; each record its own before the first
    names: dict[str, Names] = field(default_factory=dict)
    dates: dict[str, Ints] = field(default_factory=dict)
    numbers: dict[str, Numbers] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def all_pairs(self) -> float:
        """How many pairs there are to find a match among."""
        if self.border:
            return float(self.border) * (len(self) - self.border)
        return len(self) * (len(self) - 1) / 2


def prepare(table: pa.Table, plan: LinkagePlan, other: pa.Table | None = None) -> Prepared:
    """The columns of `plan` prepared. Raises BadInput where a column is missing or of a type no text can be made of."""
    tables = [table] if other is None else [table, other]
    for each in tables:
        _require_columns(each, plan)
    if other is not None and not (table.num_rows and other.num_rows):
        tables, other = [table.slice(0, 0)], None  # of an empty list nothing is found
    lines = np.concatenate([_lines(each) for each in tables])
    out = Prepared(lines, 0 if other is None else table.num_rows, np.ones(len(lines), np.uint8), np.arange(len(lines)))
    with ThreadPoolExecutor(2) as pool:  # Arrow and the kernels let go of the interpreter; order is the plan's
        columns = list(pool.map(lambda comparison: _prepare_one(comparison, tables), plan.comparisons))
    stores: Any = {"name": out.names, "date": out.dates, "person_number": out.numbers, "place": out.places}
    for comparison, column in zip(plan.comparisons, columns, strict=True):
        stores.get(comparison.kind, out.texts)[comparison.name] = column
    if out.numbers:
        out.people[:] = _first_of_each(next(iter(out.numbers.values())).values)
    return out


def _require_columns(table: pa.Table, plan: LinkagePlan) -> None:
    missing = [name for name in plan.columns if name not in table.column_names]
    if missing:
        raise BadInput(
            _("Kolom {missing} diminta rencana {plan} tetapi tidak ada; tambahkan kolomnya atau ubah rencana.").format(
                missing=", ".join(missing), plan=plan.name
            )
        )


def _lines(table: pa.Table) -> Ints:
    if LINE not in table.column_names:
        return np.arange(table.num_rows, dtype=np.int64)
    lines = table[LINE].cast(pa.int64())
    if lines.null_count or len(pc.unique(lines)) != len(lines):
        raise BadInput(_("Kolom line harus berisi nomor baris yang masing-masing berbeda."))
    return lines.to_numpy()


def _prepare_one(comparison: Comparison, tables: Sequence[pa.Table]) -> Any:
    """The column or columns of one comparison: Names, dates yyyymmdd, Numbers, Places or Texts."""
    columns = comparison.columns
    if comparison.kind == "name":
        return read_names(_as_one_text(tables, columns["columns"]), comparison.style)
    if comparison.kind == "date":
        return _read_dates(tables, columns["columns"])
    if comparison.kind == "person_number":
        values = _without_crowds(read_numbers(*text_buffers(_text(tables, columns["number"][0])), NIK_DIGITS), _CROWD)
        born = _read_dates(tables, columns["born"]) if "born" in columns else np.zeros(len(values), np.int32)
        return Numbers(values, born)
    if comparison.kind == "place":
        return _read_places(tables, comparison)
    return _read_texts(_text(tables, columns["columns"][0]))


def _text(tables: Sequence[pa.Table], column: str) -> Any:
    """A column of all tables as trimmed upper-case text; empty is null."""
    parts = []
    for table in tables:
        chunks = table[column]
        try:
            parts.extend(chunks.cast(pa.large_string()).chunks)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
            raise BadInput(
                _("Kolom {column} bertipe {type}, bukan teks, angka atau tanggal.").format(
                    column=column, type=chunks.type
                )
            ) from fault
    whole = pa.chunked_array(parts, pa.large_string()).combine_chunks()
    trimmed = pc.utf8_trim_whitespace(whole)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _as_one_text(tables: Sequence[pa.Table], columns: Sequence[str]) -> Any:
    texts = [pc.fill_null(_text(tables, column), "") for column in columns]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, pa.scalar(" ", pa.large_string()))


def _read_dates(tables: Sequence[pa.Table], columns: Sequence[str]) -> Ints:
    if len(columns) == 3:
        year, month, day = (pc.fill_null(pa.chunked_array([_text(tables, c)]).combine_chunks(), "0") for c in columns)
        joined = pc.binary_join_element_wise(
            pc.utf8_lpad(year, 4, "0"),
            pc.utf8_lpad(month, 2, "0"),
            pc.utf8_lpad(day, 2, "0"),
            pa.scalar("", pa.large_string()),
        )
        return read_dates(*text_buffers(joined))
    types = [table[columns[0]].type for table in tables]
    if not all(pa.types.is_date(t) or pa.types.is_timestamp(t) for t in types):
        return read_dates(*text_buffers(_text(tables, columns[0])))
    days = [pc.fill_null(table[columns[0]].cast(pa.date32()).cast(pa.int32()), _NO_DAY).to_numpy() for table in tables]
    whole = np.concatenate(days).astype(np.int64)
    absent = whole == _NO_DAY
    whole[absent] = 0
    date = whole.astype("datetime64[D]")
    months = date.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    out = year * 10000 + (months.astype(np.int64) % 12 + 1) * 100 + (date - months).astype(np.int64) + 1
    out[absent | (year < 1) | (year > 9999)] = 0
    return np.asarray(out.astype(np.int32))


_NO_DAY = -(2**31)  # a date32 never used: the year would be beyond five million before our time


def _read_places(tables: Sequence[pa.Table], comparison: Comparison) -> Places:
    columns = comparison.columns
    size = sum(table.num_rows for table in tables)
    households = np.zeros(size, np.int32)
    if "household" in columns:
        texts = _read_texts(_text(tables, columns["household"][0]))
        numbers = read_numbers(texts.letters, texts.starts, NIK_DIGITS)
        sound = (texts.codes >= 0) & (numbers[texts.codes] > 0)
        households = _without_crowds(np.where(sound, texts.codes + 1, 0).astype(np.int32), _CROWDED_CARD)
    tiers = np.zeros((size, 4), np.int32)
    for tier, column in enumerate(columns.get("tiers", ())):
        tiers[:, tier] = _read_texts(_text(tables, column)).codes + 1
    lanes = np.zeros(size, np.int64)
    for column in columns.get("lane", ()):
        codes = _read_texts(_text(tables, column)).codes.astype(np.int64)
        known = (lanes > 0) | (columns["lane"][0] == column)
        lanes = np.where((codes >= 0) & known, lanes * 4096 + codes + 1, 0)
    return Places(households, lanes, tiers)


def _read_texts(column: Any) -> Texts:
    """Values numbered in order of first sight."""
    letters, starts = text_buffers(column)
    hashes = hash_words(letters, starts)
    numbers, first = number_words(hashes)
    blank = np.diff(starts) == 0
    codes = np.where(blank, -1, numbers).astype(np.int32)
    values = pc.fill_null(column.take(pa.array(first)), "")
    return Texts(codes, *text_buffers(values))


def _without_crowds(numbers: Ints, most: int) -> Ints:
    """The numbers, 0 where more than `most` lines bear the same: a filler, not a number of anyone's."""
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    return np.asarray(np.where(counts[inverse] > most, 0, numbers))


def _first_of_each(values: Ints) -> Bytes:
    """1 for the first record of each value, and for every record without one."""
    out = (values == 0).astype(np.uint8)
    _, first = np.unique(values, return_index=True)
    out[first] = 1
    return np.asarray(out)
