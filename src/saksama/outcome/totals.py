"""Totals of a roll after its changes: by kecamatan and desa/kelurahan, counted three times and made to agree."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pyarrow as pa

from saksama.model.errors import Broken
from saksama.model.roll import RollId


class TotalsDisagree(Broken):
    """Totals that must be equal are not."""


@dataclass(frozen=True, slots=True)
class Count:
    """Voters of one place. `male`, `female` and `unknown` stand on the roll after the changes.

    `tms` counts, by code, those struck from it; `baru` and `ubah` count voters added and voters whose elements changed.
    """

    male: int = 0
    female: int = 0
    unknown: int = 0
    baru: int = 0
    ubah: int = 0
    tms: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def total(self) -> int:
        """All who stand on the roll."""
        return self.male + self.female + self.unknown

    @property
    def struck(self) -> int:
        """All who were struck, whatever the code."""
        return sum(self.tms.values())

    def __add__(self, other: "Count") -> "Count":
        tms = Counter(self.tms) + Counter(other.tms)
        return Count(
            self.male + other.male,
            self.female + other.female,
            self.unknown + other.unknown,
            self.baru + other.baru,
            self.ubah + other.ubah,
            MappingProxyType(dict(sorted(tms.items()))),
        )

    def as_json(self) -> dict[str, object]:
        """The count as it stands in tally.json."""
        return {
            "l": self.male,
            "p": self.female,
            "jk_tidak_diketahui": self.unknown,
            "jumlah": self.total,
            "baru": self.baru,
            "ubah": self.ubah,
            "tms": {str(code): count for code, count in self.tms.items()},
            "tms_jumlah": self.struck,
        }


@dataclass(frozen=True, slots=True)
class RollTotals:
    """Counts of the office, of each kecamatan and of each desa/kelurahan; "" is a place that no line names.

    Keys are the codes `kd_kec` and `kd_kel` as the checked roll has them, ascending. Made only when desa add up to
    their kecamatan, and kecamatan to the office; else TotalsDisagree.
    """

    office: Count
    kecamatan: Mapping[str, Count]
    desa: Mapping[tuple[str, str], Count]

    def __post_init__(self) -> None:
        for code, count in self.kecamatan.items():
            if _sum(self.villages_of(code).values()) != count:
                raise TotalsDisagree(f"the desa of a kecamatan do not add up to it: {code or '(no code)'}")
        if {kecamatan for kecamatan, _desa in self.desa} != set(self.kecamatan):
            raise TotalsDisagree("a desa stands under a kecamatan that was not counted")
        if _sum(self.kecamatan.values()) != self.office:
            raise TotalsDisagree("the kecamatan do not add up to the office")

    def villages_of(self, kecamatan: str) -> dict[str, Count]:
        """The counts of a kecamatan's desa/kelurahan, by code."""
        return {desa: count for (above, desa), count in self.desa.items() if above == kecamatan}

    @property
    def lines_before(self) -> int:
        """Lines of the roll before the changes."""
        return self.office.total - self.office.baru + self.office.struck

    @property
    def lines_after(self) -> int:
        """Lines of the next roll."""
        return self.office.total


class TotalsCounter:
    """Counts tables as they pass. The three levels are counted apart, so that their agreement says something."""

    def __init__(self) -> None:
        self._office = _Tallied()
        self._kecamatan: dict[str, _Tallied] = defaultdict(_Tallied)
        self._desa: dict[tuple[str, str], _Tallied] = defaultdict(_Tallied)

    def count_staying(self, table: pa.Table) -> None:
        """Count lines of the next roll; needs `kd_kec`, `kd_kel` and `jk`."""
        for (jk,), count in _grouped(table, ["jk"]):
            self._office.by_sex[jk] += count
        for (kecamatan, jk), count in _grouped(table, ["kd_kec", "jk"]):
            self._kecamatan[kecamatan].by_sex[jk] += count
        for (kecamatan, desa, jk), count in _grouped(table, ["kd_kec", "kd_kel", "jk"]):
            self._desa[kecamatan, desa].by_sex[jk] += count

    def count_struck(self, table: pa.Table, codes: Iterable[int]) -> None:
        """Count struck lines with their TMS codes, one each."""
        places = zip(table["kd_kec"].to_pylist(), table["kd_kel"].to_pylist(), codes, strict=True)
        for kecamatan, desa, code in places:
            self._office.tms[code] += 1
            self._kecamatan[kecamatan or ""].tms[code] += 1
            self._desa[kecamatan or "", desa or ""].tms[code] += 1

    def totals(self) -> RollTotals:
        """What was counted; raises TotalsDisagree if the levels do."""
        return RollTotals(
            self._office.count(),
            MappingProxyType({code: self._kecamatan[code].count() for code in sorted(self._kecamatan)}),
            MappingProxyType({place: self._desa[place].count() for place in sorted(self._desa)}),
        )


def tally_bytes(totals: RollTotals, *, roll_before: RollId, roll_after: RollId, names: Mapping[str, str]) -> bytes:
    """tally.json of an outcome: the totals, with the names of places by code where `names` has them. No voter."""

    def place(code: str, count: Count) -> dict[str, object]:
        return {"kode": code, "nama": names.get(code, ""), **count.as_json()}

    document = {
        "v": 1,
        "roll_before": roll_before,
        "roll_after": roll_after,
        "lines_before": totals.lines_before,
        "lines_after": totals.lines_after,
        "struck": totals.office.struck,
        "total": totals.office.as_json(),
        "kecamatan": [
            {
                **place(code, count),
                "desa": [place(desa, inside) for desa, inside in totals.villages_of(code).items()],
            }
            for code, count in totals.kecamatan.items()
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


class _Tallied:
    """One place's counts while counting."""

    def __init__(self) -> None:
        self.by_sex: Counter[str] = Counter()
        self.tms: Counter[int] = Counter()

    def count(self) -> Count:
        male, female = self.by_sex["L"], self.by_sex["P"]
        unknown = sum(self.by_sex.values()) - male - female
        return Count(male, female, unknown, tms=MappingProxyType(dict(sorted(self.tms.items()))))


def _grouped(table: pa.Table, columns: list[str]) -> Iterable[tuple[tuple[str, ...], int]]:
    counted = table.select(columns).group_by(columns, use_threads=False).aggregate([([], "count_all")])
    keys = zip(*(counted[column].to_pylist() for column in columns), strict=True)
    for key, count in zip(keys, counted["count_all"].to_pylist(), strict=True):
        yield tuple(part or "" for part in key), int(count or 0)


def _sum(counts: Iterable[Count]) -> Count:
    return sum(counts, start=Count())
