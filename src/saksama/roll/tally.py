"""What came in and where it went: lines in = checked + set aside, in total, by sheet, village and TPS."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from saksama.model.errors import Broken
from saksama.model.texts import _
from saksama.roll.arrow import Indices, coalesced, column_of, distinct, equals, trimmed
from saksama.roll.checks import CheckedBatch
from saksama.roll.faults import ASIDE, FAULTS, FaultText
from saksama.roll.recap import Compared, Stated, compared

__all__ = ["ASIDE", "FAULTS", "FaultText", "NotBalanced", "Place", "PlaceCount", "Tally"]

_VERSION = 1
_FEW = 10  # a village name not in the table, in fewer lines than this, may be a slipped cell: it is not shown
_LONGEST_NAME = 40
_CODE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}|[1-9][0-9]{9}")
_MOST_DIGITS = 3  # in a village name, "SP 2"; more may be a slipped number, however many lines repeat it
_OTHER = "?"


class NotBalanced(Broken):
    """Lines in are not checked plus set aside; nothing of this intake may be kept."""


class Place(NamedTuple):
    """Where lines stand: sheet, village (code, or its name where the table has none, or "") and TPS or ""."""

    sheet: str
    village: str
    tps: str


@dataclass(slots=True)
class PlaceCount:
    """The balance of one place."""

    lines_in: int = 0
    checked: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of an intake, without any voter. `add` each batch, then `assert_balanced`."""

    lines_in: int = 0
    checked: int = 0
    set_aside: int = 0
    faulty_lines: int = 0  # lines with a fault of format; "perlu dilihat" alone is none
    faults: Counter[str] = field(default_factory=Counter)
    faults_by_column: Counter[tuple[str, str]] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    worklists: Counter[str] = field(default_factory=Counter)
    by_place: dict[Place, PlaceCount] = field(default_factory=dict)
    stated: list[Stated] = field(default_factory=list)  # by a recapitulation among the sheets
    _last: dict[str, Place] = field(default_factory=dict, repr=False, compare=False)  # of each sheet, while adding

    def add(self, batch: CheckedBatch) -> None:
        """Count one batch."""
        self.lines_in += batch.lines_in
        self.checked += batch.checked.num_rows
        self.set_aside += batch.aside.num_rows
        self._count_faults(batch.faults)
        for codes in batch.aside.column("codes").to_pylist():
            self.aside.update(str(codes).split(","))
        self.worklists += batch.worklists
        self.stated += batch.recap
        places, which = _places(batch.checked)
        for place, count in zip(places, np.bincount(which, minlength=len(places)).tolist(), strict=True):
            here = self.by_place.setdefault(place, PlaceCount())
            here.lines_in += count
            here.checked += count
        for place in self._places_aside(batch, places, which):
            here = self.by_place.setdefault(place, PlaceCount())
            here.lines_in += 1
            here.set_aside += 1
        if len(which):
            self._last[places[which[-1]].sheet] = places[which[-1]]

    def _places_aside(self, batch: CheckedBatch, places: list[Place], which: Indices) -> Iterator[Place]:
        """Where each row set aside stands: with the checked line before it in its sheet, else with the one after.

        A batch is of one sheet.
        """
        lines = batch.checked.column("line").to_numpy()
        after = np.searchsorted(lines, batch.aside.column("line").to_numpy()).tolist()
        for sheet, at in zip(batch.aside.column("sheet").to_pylist(), after, strict=True):
            first = places[which[0]] if len(which) else Place(str(sheet), "", "")
            yield places[which[at - 1]] if at else self._last.get(str(sheet), first)

    def _count_faults(self, faults: pa.Table) -> None:
        grouped = faults.group_by(["column", "code"]).aggregate([("line", "count")])
        for row in grouped.to_pylist():
            self.faults[row["code"]] += row["line_count"]
            self.faults_by_column[row["column"], row["code"]] += row["line_count"]
        is_format = equals(column_of(faults, "level"), "format")
        self.faulty_lines += len(np.unique(faults.column("line").to_numpy()[is_format]))

    def assert_balanced(self) -> None:
        """Raise NotBalanced unless lines in = checked + set aside, in total and in every place."""
        sums = PlaceCount()
        for here in self.by_place.values():
            if here.lines_in != here.checked + here.set_aside:
                raise NotBalanced(_("Neraca baris tidak cocok di satu TPS; hentikan dan laporkan."))
            sums.lines_in += here.lines_in
            sums.checked += here.checked
            sums.set_aside += here.set_aside
        total = PlaceCount(self.lines_in, self.checked, self.set_aside)
        if self.lines_in != self.checked + self.set_aside or sums != total:
            raise NotBalanced(_("Neraca baris tidak cocok; hentikan dan laporkan."))

    def shown_places(self) -> dict[Place, PlaceCount]:
        """The balance by place, sorted, with names that may be slipped cells gathered under "?"."""
        lines: Counter[str] = Counter()
        for place, here in self.by_place.items():
            lines[place.village] += here.lines_in
        shown: dict[Place, PlaceCount] = {}
        for place, here in self.by_place.items():
            village = place.village if _may_show(place.village, lines[place.village]) else _OTHER
            sum_here = shown.setdefault(place._replace(village=village), PlaceCount())
            sum_here.lines_in += here.lines_in
            sum_here.checked += here.checked
            sum_here.set_aside += here.set_aside
        return dict(sorted(shown.items()))

    def recap(self) -> list[Compared]:
        """What a recapitulation among the sheets states, beside the checked lines."""
        checked: Counter[tuple[str, str]] = Counter()
        for place, here in self.shown_places().items():
            checked[place.village, place.tps] += here.checked
        return compared(self.stated, +checked)

    def by_village(self) -> dict[str, PlaceCount]:
        """The balance of every village, sheets and TPS together; lines without one under ""."""
        villages: dict[str, PlaceCount] = {}
        for place, here in self.shown_places().items():
            village = villages.setdefault(place.village, PlaceCount())
            village.lines_in += here.lines_in
            village.checked += here.checked
            village.set_aside += here.set_aside
        return dict(sorted(villages.items()))

    def to_json(self) -> str:
        """The tally as JSON, the same bytes for the same counts; see docs/formats/roll.md."""
        document = {
            "v": _VERSION,
            "lines_in": self.lines_in,
            "checked": self.checked,
            "set_aside": self.set_aside,
            "faulty_lines": self.faulty_lines,
            "faults": dict(sorted(self.faults.items())),
            "faults_by_column": [[c, f, n] for (c, f), n in sorted(self.faults_by_column.items())],
            "aside": dict(sorted(self.aside.items())),
            "worklists": dict(sorted(self.worklists.items())),
            "recap": [list(line) for line in self.recap()],
            "by_place": [[*p, n.lines_in, n.checked, n.set_aside] for p, n in self.shown_places().items()],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """The tally that `to_json` wrote; raises NotBalanced if it is none or does not balance."""
        try:
            document = json.loads(text)
            if document["v"] != _VERSION:
                raise NotBalanced(_("Versi neraca tidak dikenal; perbarui Saksama."))
            tally = cls(int(document["lines_in"]), int(document["checked"]), int(document["set_aside"]))
            tally.faulty_lines = int(document["faulty_lines"])
            tally.faults = _counter(document["faults"])
            tally.faults_by_column = Counter({(str(c), str(f)): int(n) for c, f, n in document["faults_by_column"]})
            tally.aside, tally.worklists = _counter(document["aside"]), _counter(document["worklists"])
            tally.stated = [Stated(str(v), str(t), int(n)) for v, t, n, _found in document.get("recap", [])]
            for sheet, village, tps, *counts in document["by_place"]:
                tally.by_place[Place(str(sheet), str(village), str(tps))] = PlaceCount(*map(int, counts))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise NotBalanced(_("Berkas neraca rusak; hentikan dan laporkan.")) from fault
        tally.assert_balanced()
        return tally


def _counter(counts: Mapping[str, int]) -> Counter[str]:
    return Counter({str(name): int(count) for name, count in counts.items()})


def _may_show(village: str, lines: int) -> bool:
    """Whether `village` is a whole code, or a name that so many lines share that it is no slipped cell."""
    if not village or _CODE.fullmatch(village):
        return True
    digits = sum(c.isdigit() for c in village)
    named = digits <= _MOST_DIGITS and digits < len(village)
    return named and lines >= _FEW and len(village) <= _LONGEST_NAME


def _places(checked: pa.Table) -> tuple[list[Place], Indices]:
    """The places of checked lines, and for each line which of them it has."""
    if not checked.num_rows:
        return [], np.zeros(0, np.int64)
    written = trimmed(column_of(checked, "kd_kel_asli"))
    village = coalesced(coalesced(column_of(checked, "kd_kel"), written), None)
    keys = [distinct(column) for column in (column_of(checked, "sheet"), village, column_of(checked, "tps"))]
    which = np.zeros(checked.num_rows, np.int64)
    for cells, rows in keys:
        which = which * len(cells) + rows
    found, which = np.unique(which, return_inverse=True)
    places: dict[Place, int] = {}
    at_place = []
    for key in found.tolist():
        texts = []
        for cells, _rows in reversed(keys):
            key, at = divmod(key, len(cells))  # noqa: PLW2901  # the key is taken apart, last column first
            texts.append(cells[at][0])
        place = Place(texts[2], texts[1].upper(), _tps(texts[0]))
        at_place.append(places.setdefault(place, len(places)))
    return list(places), np.array(at_place, np.int64)[which]


def _tps(text: str) -> str:
    """The TPS as three digits; "?" for a text that is none, which may be a slipped cell."""
    if not text:
        return ""
    return text.zfill(3) if text.isdecimal() and len(text) <= 4 else _OTHER
