"""Rows that cannot be read as a voter: a repeated header, a total, a footer, nothing at all, no name and no number.

Nothing else is ever set aside. A voter with a bad NIK, NKK or date goes on: the person behind the line is real.
"""

import json
import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from saksama.roll.arrow import Indices, byte_lengths, keep_rows, matches, take_rows
from saksama.roll.cells import Cells
from saksama.roll.cleaning import is_code
from saksama.roll.footers import FooterBlock, has_name, is_number
from saksama.roll.layout import Layout, is_repeated_header, section_titles
from saksama.roll.numbers import sixteen
from saksama.roll.raw import Mask, RawBatch
from saksama.roll.schema import field_of

_TOTAL = r"^\s*(sub\s*-?\s*|grand\s+)?(jumlah|total|jml|rekap|rekapitulasi)\b"
# "Laki-laki : 12", "L + P = 25": totals by sex.
_BY_SEX = re.compile(
    r"\s*(?:l\s*(?:\+|dan|/)\s*p|lk|pr|l|p|laki\s*-?\s*laki|perempuan|pria|wanita)\s*[:=]?\s*"
    r"([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{0,7})\s*(?:orang|jiwa|pemilih)?\s*",
    re.I,
)
_PLACED = ("rt", "rw", "tps", "kd_prov", "kd_kab", "kd_kec", "kd_kel")  # whose figures count nothing
_SEXES = (re.compile(r"\b(?:laki|lk|l|pria)\b", re.I), re.compile(r"\b(?:perempuan|pr|p|wanita)\b", re.I))
_OTHER_THINGS = re.compile(r"\b(?:kk|kepala\s+keluarga|tps|rt|rw|desa|kelurahan|halaman|disabilitas|difabel)\b", re.I)
# What makes a line with a name a voter at the first look: a broken or masked number, a birth date, a sex.
_NUMBERED = r"^[^\pL]*[0-9]{6}[^\pL]*$"
_PLAIN = {
    "nik": _NUMBERED,
    "nkk": _NUMBERED,
    "tgl_lahir": r"[1-9]",
    "jk": r"^\s*(?:[LP]|laki.*|perempuan|pria|wanita|lk|pr)\s*\.?\s*$",
}
_LABEL = r"^\s*(nama|nm)\b|^\s*\(?[0-9]{1,2}\)?\s*$"
_COUNT = re.compile(r"\s*([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,7})(?:[.,]0+)?\s*")


@dataclass(frozen=True, slots=True, repr=False)
class SetAside:
    """Rows of a batch with their codes.

    `totals` has the numbers that a total row states, `sections` the place that a row of titles names for those below.
    """

    rows: Indices
    codes: list[list[str]]
    totals: dict[int, set[int]]
    sections: dict[int, dict[str, str]] = field(default_factory=dict)

    def mask(self, length: int) -> Mask:
        """The rows as a mask over the batch."""
        mask = np.zeros(length, np.bool_)
        mask[self.rows] = True
        return mask


def find_aside(batch: RawBatch, cells: Cells, layout: Layout, block: FooterBlock) -> SetAside:
    """The rows of `batch` that are no voter; `block` carries over from batch to batch of a sheet."""
    length = len(batch)
    numbered = np.zeros(length, np.bool_)
    for name in ("nik", "nkk"):
        if name in cells.texts:
            numbered |= sixteen(cells.texts[name])[0]
    loose = np.flatnonzero(~numbered)
    suspects = loose[_suspicious(batch, cells, loose)] if len(loose) else loose
    voters = np.ones(length, np.bool_)
    voters[suspects] = False
    before = np.cumsum(voters)  # voters up to each row
    bare = without_characters(batch)[suspects]
    empty, suspects = suspects[bare], suspects[~bare]  # a sheet may have a million empty rows: not one by one
    rows, codes, totals, sections, passed = [], [], {}, {}, 0
    columns = [take_rows(column, suspects).to_pylist() for column in batch.columns]
    named = {name: column.to_pylist() for name, column in cells.taken(suspects).texts.items()}
    for at, row in enumerate(suspects.tolist()):
        if before[row] > passed:
            passed = int(before[row])
            block.voter()
        line = [column[at] for column in columns] + batch.extra.get(row, [])
        texts = {name: values[at] or "" for name, values in named.items()}
        titles = _titles_of(line, texts)
        code = "judul_berulang" if titles else _code(line, texts, layout, block)
        if titles:
            sections[row] = titles
        if code == "judul_berulang":
            block.close()
        if code:
            rows.append(row)
            codes.append([code])
            if code == "baris_jumlah" and _counts_lines(line):
                totals[row] = _numbers(line)
        else:
            # A number in the list and a name: nothing tells such a line from a signature but where it stands.
            block.voter(by_name_alone=sum(1 for cell in line if cell and cell.strip()) < 3)
    if length and before[-1] > passed:
        block.voter()
    if not len(empty):
        return SetAside(np.array(rows, np.int64), codes, totals, sections)
    both = np.concatenate([np.array(rows, np.int64), empty])
    codes += [["baris_kosong"]] * len(empty)
    order = np.argsort(both, kind="stable")
    return SetAside(both[order], [codes[at] for at in order.tolist()], totals, sections)


def _titles_of(line: list[str | None], named: dict[str, str]) -> dict[str, str]:
    """The place a row of titles names; nothing for what has a voter's long number, birth date or sex, or a name."""
    titles = section_titles(line)
    if not titles or _dated(named) or is_code("jk", named.get("jk", "")):
        return {}
    name = named.get("nama", "")
    a_name = any(c.isalpha() for c in name) and not section_titles([name, ":"])
    long = any(re.search(r"[0-9]{10}", cell) for cell in line if cell)
    numbers = [named.get(number, "") for number in ("nik", "nkk")]
    numbered = any(is_number(number) and not number.lstrip().startswith(":") for number in numbers)
    return {} if a_name or long or numbered else titles


def without_characters(batch: RawBatch) -> Mask:
    """Rows in which no cell has a single character."""
    length = np.zeros(len(batch), np.int64)
    for column in batch.columns:
        length += byte_lengths(column)
    bare: Mask = length == 0
    bare[list(batch.extra)] = False
    return bare


def _suspicious(batch: RawBatch, cells: Cells, loose: Indices) -> Mask:
    """Which rows without a sound number need a closer look: all but those with a name and what `_PLAIN` has.

    A name that is a label or ends in a comma, and a word of totals anywhere, need it all the same.
    """
    everywhere = len(loose) == len(batch)

    def column(name: str) -> pa.StringArray | None:
        texts = cells.texts.get(name)
        return texts if everywhere or texts is None else take_rows(texts, loose)

    names = column("nama")
    assert names is not None, "no layout is without names"
    plain = np.zeros(len(loose), np.bool_)
    for name, pattern in _PLAIN.items():
        texts = column(name)
        if texts is not None:
            plain |= matches(texts, pattern, ignore_case=True)
    suspicious = ~plain | matches(names, r"^[^\pL\pN]*$|,\s*$") | matches(names, _LABEL, ignore_case=True)
    for cell in batch.columns:
        suspicious |= matches(cell if everywhere else take_rows(cell, loose), _TOTAL, ignore_case=True)
    return suspicious


def _code(line: list[str | None], named: dict[str, str], layout: Layout, block: FooterBlock) -> str:
    """Why the row is no voter, or "" if it may be one."""
    if not any(cell and cell.strip() for cell in line):
        return "baris_kosong"
    if is_repeated_header(line, layout):
        return "judul_berulang"
    if _is_total(line, named, layout):
        return "baris_jumlah"
    if block.takes(line, named, layout):
        return "kaki_lembar"
    if has_name(named.get("nama", "")) or any(is_number(named.get(name, "")) for name in ("nik", "nkk")):
        return ""
    return "tanpa_nama_dan_nomor"


def _is_total(line: list[str | None], named: dict[str, str], layout: Layout) -> bool:
    """A word of totals, in the name or in a line without one, and nothing that only a voter has."""
    numbers = [named.get(number, "") for number in ("nik", "nkk")]
    counted = all(_COUNT.fullmatch(number) for number in numbers if is_number(number))
    long = any(re.search(r"[0-9]{10}", cell) for cell in line if cell)
    if long or not counted or is_code("jk", named.get("jk", "")) or _dated(named):
        return False
    name = named.get("nama", "")
    in_name = bool(re.match(_TOTAL, name, re.I) or _BY_SEX.fullmatch(name))
    a_name = has_name(name) and any(c.isalpha() for c in name)
    if not in_name:
        return not a_name and any(_totals(cell) for cell in line if cell)
    return _counts_in_name(line, named, layout)


def _counts_in_name(line: list[str | None], named: dict[str, str], layout: Layout) -> bool:
    """Whether a line with a word of totals for a name counts; voters are called TOTAL or P too, and live somewhere."""
    name = named.get("nama", "")
    by_sex = _BY_SEX.fullmatch(name)
    uncounted = {layout.fields.get(placed) for placed in _PLACED}
    # The number in the list, an age.
    uncounted |= {at for at, label in enumerate(layout.labels) if field_of(label) == ("", False)}
    figures = [cell for at, cell in enumerate(line) if at not in uncounted]
    if by_sex and not _numbers(figures):
        return False
    bare = re.fullmatch(_TOTAL + r"\s*", name, re.I) or (by_sex and not by_sex.group(1))
    lives = any(c.isalpha() for c in named.get("alamat", "") + named.get("tempat_lahir", ""))
    return not (bare and lives) or bool(not by_sex and _numbers(figures))


def _totals(cell: str) -> bool:
    found = _BY_SEX.fullmatch(cell)
    return bool(re.match(_TOTAL, cell, re.I) or (found and found.group(1)))


def _dated(named: dict[str, str]) -> bool:
    born = named.get("tgl_lahir", "")
    return bool(re.search(r"[0-9]{1,4}\s*[-/|.]\s*[0-9]{1,2}\s*[-/|.]\s*[0-9]{2,4}|[0-9]\s*[A-Za-z]{3}", born))


def _counts_lines(line: list[str | None]) -> bool:
    """Whether a total row counts lines; a total of one sex, of families or of TPS says nothing about them."""
    text = " ".join(cell for cell in line if cell)
    men, women = (bool(sex.search(text)) for sex in _SEXES)
    return men == women and not _OTHER_THINGS.search(text)


def _numbers(line: list[str | None]) -> set[int]:
    """The figures that a total row states, and the sum of those of both sexes."""
    text = " ".join(cell for cell in line if cell)
    found = (_COUNT.fullmatch(cell) for cell in line if cell)
    inline = re.findall(r"[:=]\s*([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,7})\b", text)
    figures = [int(re.sub(r"[.,]", "", figure)) for figure in [hit.group(1) for hit in found if hit] + inline]
    return {*figures, *([sum(figures)] if all(sex.search(text) for sex in _SEXES) else [])}


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
