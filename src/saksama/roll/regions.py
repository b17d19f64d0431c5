"""Kemendagri region codes of 2016 to 2025 with their names, old codes included: a NIK carries the code of its day.

The table is `wilayah-2016-2025.tsv.xz` beside this module: 99,133 codes merged from the dated tables of
github.com/cahyadsn/wilayah @ b7ad440 (MIT), of which the newest is Kepmendagri 300.2.2-2138/2025.
"""

import lzma
import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from saksama.model.errors import BadInput
from saksama.model.texts import _

TABLE = Path(__file__).with_name("wilayah-2016-2025.tsv.xz")
LATEST = 2025
_KINDS = re.compile(
    r"^\s*(?:kabupaten|kab|kecamatan|kec|desa|kelurahan|kel|nagari|gampong|provinsi|prov)\b[\s.:/]*", re.I
)
_KOTA = re.compile(r"^\s*kota\b(?:\s+(?:administrasi|adm)\b)?[\s.:]*", re.I)
_NOT_LETTERS = re.compile(r"[^A-Z0-9]+")


class UnknownRegion(BadInput):
    """No table since 2016 holds this code."""


def plain_name(name: str) -> str:
    """`name` for comparing: upper case, letters and digits only, without "Kec." and its like.

    "Kota Bandung" keeps its KOTA, because "Kabupaten Bandung" is another place.
    """
    kota = _KOTA.match(name)
    if kota and name[kota.end() :].strip():
        return "KOTA" + _NOT_LETTERS.sub("", name[kota.end() :].upper())
    rest = _KINDS.sub("", name, count=1)
    return _NOT_LETTERS.sub("", (rest if rest.strip() else name).upper())


class Regions:
    """The table of codes. Get it with `Regions.load()`, which reads the file once a process."""

    def __init__(self, rows: Iterable[tuple[str, str, int, int]]) -> None:
        """Take rows of (code, name, first year, last year), sorted by code."""
        self._rows = {code: (name, first, last) for code, name, first, last in rows}
        self._codes = list(self._rows)
        if self._codes != sorted(self._codes):
            raise AssertionError("codes come sorted")

    @classmethod
    def load(cls) -> "Regions":
        """The table the package carries; read on first use, in about 0.15 s."""
        return _load()

    def __len__(self) -> int:
        return len(self._codes)

    def known(self, code: str) -> bool:
        """Whether any table of 2016 to 2025 holds the dotted `code`."""
        return code in self._rows

    def is_current(self, code: str) -> bool:
        """Whether the table of 2025 holds `code`."""
        row = self._rows.get(code)
        return row is not None and row[2] == LATEST

    def name_of(self, code: str) -> str:
        """The latest name of `code`; raises UnknownRegion."""
        row = self._rows.get(code)
        if row is None:
            raise UnknownRegion(_("Kode wilayah {code!r} tidak ada di tabel 2016-2025.").format(code=code))
        return row[0]

    def years_of(self, code: str) -> tuple[int, int]:
        """First and last year of the tables that hold `code`; raises UnknownRegion."""
        self.name_of(code)
        return self._rows[code][1:]

    def children(self, code: str = "", *, old: bool = False) -> tuple[str, ...]:
        """Codes one level below `code` ("" gives the provinces), ascending; those of 2025 unless `old`."""
        if code:
            self.name_of(code)
        prefix = f"{code}." if code else ""
        start = bisect_left(self._codes, prefix)
        stop = bisect_left(self._codes, prefix + "~") if prefix else len(self._codes)
        depth = prefix.count(".")
        return tuple(c for c in self._codes[start:stop] if c.count(".") == depth and (old or self.is_current(c)))

    def provinces(self) -> frozenset[str]:
        """Every province code of any year."""
        return frozenset(self.children("", old=True))

    @cached_property
    def kabupaten_codes(self) -> frozenset[str]:
        """Every kabupaten/kota code of any year."""
        return frozenset(c for c in self._codes if len(c) == 5)

    def province_named(self, name: str) -> str | None:
        """The code of the province of that name, or None."""
        wanted = plain_name(name)
        alias = {"DKIJAKARTA": "31", "DAERAHKHUSUSJAKARTA": "31", "DIYOGYAKARTA": "34", "NAD": "11"}
        return alias.get(wanted) or self._named("", wanted)

    def kabupaten_named(self, name: str, *, province: str = "") -> str | None:
        """The code of the kabupaten or kota of that name, in `province` if given; None if none or several fit.

        A bare "Bandung" fits both Kabupaten and Kota Bandung and so none; a bare "Yogyakarta" is the kota.
        """
        wanted = plain_name(name)
        found = {self._named(p, w) for p in self._provinces_or(province) for w in (wanted, "KOTA" + wanted)} - {None}
        if re.match(r"\s*kab", name, re.I):
            found = {self._named(p, wanted) for p in self._provinces_or(province)} - {None}
        return found.pop() if len(found) == 1 else None

    def kecamatan_named(self, kabupaten: str, name: str) -> str | None:
        """The code of the kecamatan of that name in `kabupaten`, current before old; None if none or several fit."""
        return self._named(kabupaten, plain_name(name))

    def village_named(self, parent: str, name: str) -> str | None:
        """The code of the desa/kelurahan of that name in `parent`, a kecamatan or a whole kabupaten; else None."""
        if not self.known(parent):
            return None
        wanted = plain_name(name)
        if parent.count(".") == 2:
            return self._named(parent, wanted)
        found = {self._named(kec, wanted) for kec in self.children(parent)} - {None}
        return found.pop() if len(found) == 1 else None

    def village_anywhere(self, kecamatan: str, village: str) -> str | None:
        """The code of the one current village of these two names in the country, or None."""
        pair = (plain_name(kecamatan), plain_name(village))
        found = [code for code in self._kecamatan_by_name.get(pair[0], ()) if self._named(code, pair[1])]
        return self._named(found[0], pair[1]) if len(found) == 1 else None

    def _provinces_or(self, province: str) -> tuple[str, ...]:
        return (province,) if province else self.children()

    @cached_property
    def _kecamatan_by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for code in self._codes:
            if len(code) == 8 and self.is_current(code):
                by_name.setdefault(plain_name(self._rows[code][0]), []).append(code)
        return by_name

    def _named(self, parent: str, wanted: str) -> str | None:
        return self._names_in(parent).get(wanted)

    def _names_in(self, parent: str) -> dict[str, str]:
        """Plain name -> code below `parent`; an old code only where no current one has the name; doubles left out."""
        if parent and not self.known(parent):
            return {}
        known = self._cached_names.get(parent)
        if known is None:
            known = self._cached_names[parent] = self._names_of(self.children(parent, old=True))
        return known

    @cached_property
    def _cached_names(self) -> dict[str, dict[str, str]]:
        return {}

    def _names_of(self, codes: tuple[str, ...]) -> dict[str, str]:
        names: dict[str, str | None] = {}
        for current in (True, False):
            fresh: dict[str, list[str]] = {}
            for code in codes:
                if self.is_current(code) is current:
                    fresh.setdefault(plain_name(self._rows[code][0]), []).append(code)
            names |= {n: found[0] if len(found) == 1 else None for n, found in fresh.items() if n not in names}
        return {name: code for name, code in names.items() if code}


@cache
def _load() -> Regions:
    lines = lzma.decompress(TABLE.read_bytes()).decode().splitlines()
    parted = (line.split("\t") for line in lines)
    return Regions((code, name, 2000 + int(first), 2000 + int(last)) for code, name, first, last in parted)
