"""The place of each line: codes in any spelling, or names, as the four dotted codes of Kemendagri."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from saksama.roll.arrow import Indices, distinct, take_rows
from saksama.roll.cleaning import whole_number
from saksama.roll.raw import Kinds
from saksama.roll.regions import Regions
from saksama.roll.schema import PLACES

_LENGTHS = (2, 4, 6, 10)  # digits of a whole code, by level
_PARTS = ((0, 2), (2, 4), (4, 6), (6, 10))
_KEPT = 100_000


class Place(NamedTuple):
    """Dotted codes from province to village, None where not known; and what is odd, or ""."""

    codes: tuple[str | None, str | None, str | None, str | None]
    fault: str
    column: str  # where the oddity is


@dataclass(slots=True)
class PlaceReader:
    """Reads the places of a sheet. `titles` stand in for columns that the sheet does not have."""

    titles: Mapping[str, str]
    regions: Regions = field(default_factory=Regions.load)
    _read: dict[tuple[str, ...], Place] = field(default_factory=dict)

    def read(self, texts: tuple[str, ...]) -> Place:
        """The place that the four cells (province to village; "" where blank) name."""
        known = self._read.get(texts)
        if known is None:
            if len(self._read) >= _KEPT:
                self._read.clear()
            known = self._read[texts] = self._fresh(texts)
        return known

    def _fresh(self, texts: tuple[str, ...]) -> Place:
        given = [text.strip() or self.titles.get(name, "") for name, text in zip(PLACES, texts, strict=True)]
        codes: list[str | None] = [None] * 4
        for level, text in enumerate(given):
            if text:
                parent = codes[level - 1] if level else None
                codes[level] = self._code(text, level, parent) or self._named(text, level, codes)
        if codes[3] is None and codes[1] is None and given[2] and given[3]:
            codes[3] = self.regions.village_anywhere(given[2], given[3])
        return self._whole(given, codes)

    def _whole(self, given: list[str], codes: list[str | None]) -> Place:
        """Parents filled in from the deepest code; a child outside its parent is not guessed about."""
        fault, column = "", ""
        for level, code in enumerate(codes):
            if code is not None and not self.regions.known(code[:2]):
                codes[level] = (
                    None  # not even the province is one; a new village of a known one may be younger than 2025
                )
        for level in range(3, 0, -1):
            code = codes[level]
            if code is None:
                continue
            parent = code.rpartition(".")[0]
            if codes[level - 1] is None:
                codes[level - 1] = parent
            elif codes[level - 1] != parent:
                deepest = max(n for n, text in enumerate(given) if text and n >= level)
                codes[level:] = [None] * (4 - level)
                fault, column = "wilayah_bertentangan", PLACES[deepest]
        for level, text in enumerate(given):
            code = codes[level]
            if not fault and text.strip("-. ") and (code is None or not self.regions.known(code)):
                fault, column = "wilayah_tak_dikenal", PLACES[level]
        return Place((codes[0], codes[1], codes[2], codes[3]), fault, column)

    def _code(self, text: str, level: int, parent: str | None) -> str | None:
        """`text` as a dotted code of `level`: whole (34.04.07, 340407) or the last part below `parent` (07)."""
        if not re.fullmatch(r"[0-9.]+", text):
            return None
        parts = [part for part in text.split(".") if part]
        if len(parts) == level + 1 and all(
            len(part) <= stop - start for part, (start, stop) in zip(parts, _PARTS, strict=False)
        ):
            padded = [part.zfill(stop - start) for part, (start, stop) in zip(parts, _PARTS, strict=False)]
            return ".".join(padded)
        digits = "".join(parts)
        if len(digits) == _LENGTHS[level]:
            return ".".join(digits[start:stop] for start, stop in _PARTS[: level + 1])
        last = _PARTS[level][1] - _PARTS[level][0]
        if parent is not None and len(parts) == 1 and len(digits) <= last:
            return f"{parent}.{digits.zfill(last)}"
        return None

    def _named(self, text: str, level: int, codes: list[str | None]) -> str | None:
        """The code of the place called `text`, inside the places already known."""
        regions = self.regions
        if level == 0:
            return regions.province_named(text)
        if level == 1:
            return regions.kabupaten_named(text, province=codes[0] or "")
        kabupaten = codes[1]
        if kabupaten is None:
            return None
        if level == 2:
            return regions.kecamatan_named(kabupaten, text)
        return regions.village_named(codes[2] or kabupaten, text)


@dataclass(frozen=True, slots=True, repr=False)
class Places:
    """The places of a batch: a column for each of `PLACES`, faults as (column, code) -> rows, kabupaten as a number."""

    columns: dict[str, pa.StringArray]
    faults: dict[tuple[str, str], Indices]
    kabupaten: npt.NDArray[np.int64]  # 3404; -1 where not known


def read_places(
    cells: Mapping[str, pa.StringArray], kinds: Mapping[str, Kinds | None], length: int, reader: PlaceReader
) -> Places:
    """The places of a batch of `length` rows, of which `cells` are the place columns that the sheet has."""
    which = np.zeros(length, np.int64)
    values: list[tuple[str, ...]] = [()]
    for name in PLACES:
        if name in cells:
            found, rows = distinct(cells[name], kinds.get(name))
            texts = [whole_number(text, kind) for text, kind in found]
        else:
            texts, rows = [""], np.zeros(length, np.int64)
        joined, which = np.unique(which * len(texts) + rows, return_inverse=True)
        values = [(*values[pair // len(texts)], texts[pair % len(texts)]) for pair in joined.tolist()]
        which = which.astype(np.int64)
    places = [reader.read(texts) for texts in values] if length else []
    columns = {
        name: take_rows(pa.array([place.codes[level] for place in places], pa.string()), which)
        for level, name in enumerate(PLACES)
    }
    faults: dict[tuple[str, str], Indices] = {}
    for key in sorted({(p.column, p.fault) for p in places if p.fault}):
        bad = np.array([(p.column, p.fault) == key for p in places], np.bool_)
        faults[key] = np.flatnonzero(bad[which])
    numbers = np.array([int((p.codes[1] or "-1").replace(".", "")) for p in places], np.int64)
    return Places(columns, faults, numbers[which] if length else np.zeros(0, np.int64))
