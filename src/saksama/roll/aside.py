"""Rows that cannot be read as a voter: a repeated header, a total, nothing at all, no name and no number.

Nothing else is ever set aside. A voter with a bad NIK, NKK or date goes on: the person behind the line is real.
"""

import json
import re
from dataclasses import dataclass

import numpy as np

from saksama.roll.arrow import Indices, byte_lengths, keep_rows, matches, take_rows
from saksama.roll.cells import Cells
from saksama.roll.layout import Layout, is_repeated_header
from saksama.roll.numbers import sixteen
from saksama.roll.raw import Mask, RawBatch

_TOTAL = r"^\s*(sub\s*-?\s*|grand\s+)?(jumlah|total|jml|rekap|rekapitulasi)\b"
_LABEL = r"^\s*(nama|nm)\b|^\s*\(?[0-9]{1,2}\)?\s*$"
_COUNT = re.compile(r"\s*([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,7})(?:[.,]0+)?\s*")
_DATE = re.compile(r"[0-9]{1,4}[-/|.][0-9]{1,2}[-/|.][0-9]{2,4}")


@dataclass(frozen=True, slots=True, repr=False)
class SetAside:
    """Rows of a batch with their codes; `totals` has the numbers that a total row states."""

    rows: Indices
    codes: list[list[str]]
    totals: dict[int, set[int]]

    def mask(self, length: int) -> Mask:
        """The rows as a mask over the batch."""
        mask = np.zeros(length, np.bool_)
        mask[self.rows] = True
        return mask


def find_aside(batch: RawBatch, cells: Cells, layout: Layout) -> SetAside:
    """The rows of `batch` that are no voter."""
    length = len(batch)
    numbered = np.zeros(length, np.bool_)
    for name in ("nik", "nkk"):
        if name in cells.texts:
            numbered |= sixteen(cells.texts[name])[0]
    loose = np.flatnonzero(~numbered)
    if not len(loose):
        return SetAside(loose, [], {})
    suspects = loose[_suspicious(batch, cells, loose)]
    bare = without_characters(batch)[suspects]
    empty, suspects = suspects[bare], suspects[~bare]  # a sheet may have a million empty rows: not one by one
    rows, codes, totals = [], [], {}
    columns = [take_rows(column, suspects).to_pylist() for column in batch.columns]
    texts = cells.taken(suspects)
    named = {name: column.to_pylist() for name, column in texts.texts.items()}
    for at, row in enumerate(suspects.tolist()):
        line = [column[at] for column in columns] + batch.extra.get(row, [])
        code = _code(line, {name: values[at] or "" for name, values in named.items()}, layout)
        if code:
            rows.append(row)
            codes.append([code])
            if code == "baris_jumlah":
                totals[row] = _numbers(line)
    if not len(empty):
        return SetAside(np.array(rows, np.int64), codes, totals)
    both = np.concatenate([np.array(rows, np.int64), empty])
    codes += [["baris_kosong"]] * len(empty)
    order = np.argsort(both, kind="stable")
    return SetAside(both[order], [codes[at] for at in order.tolist()], totals)


def without_characters(batch: RawBatch) -> Mask:
    """Rows in which no cell has a single character."""
    length = np.zeros(len(batch), np.int64)
    for column in batch.columns:
        length += byte_lengths(column)
    bare: Mask = length == 0
    bare[list(batch.extra)] = False
    return bare


def _suspicious(batch: RawBatch, cells: Cells, loose: Indices) -> Mask:
    """Which rows without a sound number need a closer look: no name, a label for a name, or a word of totals."""
    everywhere = len(loose) == len(batch)
    names = cells.texts["nama"] if everywhere else take_rows(cells.texts["nama"], loose)
    suspicious = matches(names, r"^[^\pL\pN]*$") | matches(names, _LABEL, ignore_case=True)
    for column in batch.columns:
        suspicious |= matches(column if everywhere else take_rows(column, loose), _TOTAL, ignore_case=True)
    return suspicious


def _code(line: list[str | None], named: dict[str, str], layout: Layout) -> str:
    """Why the row is no voter, or "" if it may be one."""
    if not any(cell and cell.strip() for cell in line):
        return "baris_kosong"
    if is_repeated_header(line, layout):
        return "judul_berulang"
    if _is_total(line, named):
        return "baris_jumlah"
    has_name = any(c.isalnum() for c in named.get("nama", ""))
    has_number = any(c in "123456789" for c in named.get("nik", "") + named.get("nkk", ""))
    return "" if has_name or has_number else "tanpa_nama_dan_nomor"


def _is_total(line: list[str | None], named: dict[str, str]) -> bool:
    """A word of totals, and nothing that only a voter has: a long number, a birth date, a sex."""
    if not any(re.match(_TOTAL, cell, re.I) for cell in line if cell):
        return False
    voters = _DATE.search(named.get("tgl_lahir", "")) or re.fullmatch(r"\s*[LPlp]\s*", named.get("jk", ""))
    return not voters and not any(re.search(r"[0-9]{10}", cell) for cell in line if cell)


def _numbers(line: list[str | None]) -> set[int]:
    found = (_COUNT.fullmatch(cell) for cell in line if cell)
    inline = (re.search(r"[:=]\s*([0-9]{1,7})\b", cell) for cell in line if cell)
    return {int(re.sub(r"[.,]", "", hit.group(1))) for hit in (*found, *inline) if hit}


def original_cells(batch: RawBatch, row: int) -> str:
    """The cells of a row as a JSON list, exactly as the file has them; of a row without any character, none."""
    values = [column[row].as_py() for column in batch.columns] + batch.extra.get(row, [])
    if batch.widths is not None:
        values = values[: int(batch.widths[row])]
    return json.dumps(values if any(values) else [], ensure_ascii=False)


def kept(batch: RawBatch, mask: Mask) -> RawBatch:
    """`batch` without the rows of `mask`."""
    if not mask.any():
        return batch
    stay = ~mask
    new_place = np.cumsum(stay) - 1
    return RawBatch(
        tuple(keep_rows(column, stay) for column in batch.columns),
        batch.rows[stay],
        {at: kinds[stay] for at, kinds in batch.kinds.items()},
        None if batch.widths is None else batch.widths[stay],
        {int(new_place[row]): cells for row, cells in batch.extra.items() if stay[row]},
    )
