"""Where the people of a roll live: villages, polling places and their lines; and every place a NIK may come from."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from saksama.model.errors import BadInput
from saksama.model.texts import _
from saksama.roll.regions import Regions
from saksama.roll.sample.chance import Ints

# Voters in tens of thousands: DPT of 2 July 2023 by province, rounded.
VOTERS = {
    "11": 374, "12": 1085, "13": 409, "14": 473, "15": 268, "16": 633, "17": 149, "18": 654, "19": 107, "21": 150,
    "31": 825, "32": 3571, "33": 2829, "34": 287, "35": 3140, "36": 884, "51": 327, "52": 392, "53": 401, "61": 396,
    "62": 194, "63": 303, "64": 278, "65": 50, "71": 197, "72": 224, "73": 667, "74": 183, "75": 88, "76": 99,
    "81": 134, "82": 95, "91": 73, "92": 38, "93": 37, "94": 113, "95": 131, "96": 44,
}  # fmt: skip
_SMALLEST_TPS, _LARGEST_TPS = 200, 294  # PKPU 7/2022: at most 300 voters a TPS
_MOST_A_VILLAGE = 300_000
CHUNK = 100_000  # lines made and written at a time; part of the format: another size gives other people
_KIND = re.compile(r"^(KABUPATEN|KOTA ADMINISTRASI|KABUPATEN ADMINISTRASI|KOTA) ")


@dataclass(frozen=True, eq=False)
class Country:
    """Every kecamatan of any year and every kabupaten/kota, for NIK and birthplaces. Codes ascending."""

    kecamatan: tuple[str, ...]  # dotted codes, old ones included
    kecamatan_kab: Ints  # index into `kabupaten`; -1 where the kabupaten's code is old too
    kecamatan_current: Ints  # indices of those of 2025, grouped by kabupaten
    kab_first: Ints  # where a kabupaten's part of `kecamatan_current` begins; one more at the end
    kabupaten: tuple[str, ...]
    birthplaces: tuple[str, ...]  # names of `kabupaten`, then of `kecamatan`, bare and in capitals
    old_twin: Ints  # index of the old code of the same kecamatan, or its own index
    kab_weights: Ints  # voters, roughly


@dataclass(frozen=True, eq=False)
class Places:
    """The villages of a roll and their share of its lines; lines of a village, kabupaten or province lie together."""

    country: Country
    lines: int
    villages: tuple[str, ...]
    village_start: Ints  # line; one more at the end
    village_kec: Ints  # index into country.kecamatan
    village_kab: Ints  # index into country.kabupaten
    tps_start: Ints  # line; one more at the end
    tps_village: Ints
    tps_number: Ints
    chunk_start: Ints  # line, always where a polling place begins; one more at the end

    def village_of(self, lines: Ints) -> Ints:
        """The village of each line."""
        return np.searchsorted(self.village_start, lines, side="right").astype(np.int64) - 1

    def tps_of(self, lines: Ints) -> Ints:
        """The polling place (over the whole roll) of each line."""
        return np.searchsorted(self.tps_start, lines, side="right").astype(np.int64) - 1


def bare_name(name: str) -> str:
    """A region's name as a birthplace is written: capitals, without "Kabupaten" or "Kota"."""
    return _KIND.sub("", name.upper().strip())


@cache
def country() -> Country:
    """The places of the whole country, read once a process."""
    regions = Regions.load()
    kabs = [kab for prov in regions.children() for kab in regions.children(prov)]
    kab_at = {code: at for at, code in enumerate(kabs)}
    old_kabs = [kab for prov in regions.children("", old=True) for kab in regions.children(prov, old=True)]
    kecs = sorted(kec for kab in old_kabs for kec in regions.children(kab, old=True))
    names = [bare_name(regions.name_of(kec)) for kec in kecs]
    current = np.asarray([at for at, kec in enumerate(kecs) if regions.is_current(kec)], dtype=np.int64)
    kec_kab = np.asarray([kab_at.get(kec[:5], -1) for kec in kecs], dtype=np.int64)
    kab_names = [bare_name(regions.name_of(kab)) for kab in kabs]
    counts = np.bincount(kec_kab[current], minlength=len(kabs))
    per_province: dict[str, int] = {}
    for kab, count in zip(kabs, counts, strict=True):
        per_province[kab[:2]] = per_province.get(kab[:2], 0) + int(count)
    weights = [
        VOTERS.get(kab[:2], 40) * 1000 * int(n) // per_province[kab[:2]] for kab, n in zip(kabs, counts, strict=True)
    ]
    return Country(
        kecamatan=tuple(kecs),
        kecamatan_kab=kec_kab,
        kecamatan_current=current,
        kab_first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        kabupaten=tuple(kabs),
        birthplaces=(*kab_names, *names),
        old_twin=_old_twins(regions, kecs, names),
        kab_weights=np.asarray(weights, dtype=np.int64),
    )


def _old_twins(regions: Regions, kecs: Sequence[str], names: Sequence[str]) -> Ints:
    """For each kecamatan the one old code of the same name, mostly from before its kabupaten was split off."""
    # Provinces born of others after 2012; a NIK issued before carries the mother's code.
    mothers = {"65": "64", "93": "91", "94": "91", "95": "91", "96": "92"}
    old: dict[tuple[str, str], list[int]] = {}
    for at, kec in enumerate(kecs):
        if not regions.is_current(kec):
            old.setdefault((kec[:2], names[at]), []).append(at)
    twins = np.arange(len(kecs), dtype=np.int64)
    for at, kec in enumerate(kecs):
        found = old.get((kec[:2], names[at])) or old.get((mothers.get(kec[:2], ""), names[at])) or []
        if regions.is_current(kec) and len(found) == 1:
            twins[at] = found[0]
    return twins


def places_for(wilayah: str, lines: int) -> Places:
    """The places of a roll of `lines` lines; raises BadInput if `wilayah` is unknown or too small for them."""
    if lines < 1:
        raise BadInput(_("Jumlah baris harus 1 atau lebih."))
    nation, kabs = country(), _kabupaten_in(wilayah)
    regions = Regions.load()
    kecs = [kec for kab in kabs for kec in regions.children(kab)]
    villages = [village for kec in kecs for village in regions.children(kec)]
    if lines > _MOST_A_VILLAGE * len(villages):
        raise BadInput(
            _("Wilayah {code} terlalu kecil untuk {n} baris; pilih wilayah yang lebih luas.").format(
                code=wilayah, n=lines
            )
        )
    start = _shares(_village_weights(villages), lines)
    kec_at = {code: at for at, code in enumerate(nation.kecamatan)}
    village_kec = np.asarray([kec_at[village[:8]] for village in villages], dtype=np.int64)
    tps_start, tps_village, tps_number = _polling_places(villages, start)
    cuts = np.flatnonzero(np.diff(tps_start[:-1] // CHUNK, prepend=-1))
    return Places(
        country=nation,
        lines=lines,
        villages=tuple(villages),
        village_start=start,
        village_kec=village_kec,
        village_kab=nation.kecamatan_kab[village_kec],
        tps_start=tps_start,
        tps_village=tps_village,
        tps_number=tps_number,
        chunk_start=np.concatenate([tps_start[cuts], [lines]]).astype(np.int64),
    )


def _kabupaten_in(wilayah: str) -> tuple[str, ...]:
    regions = Regions.load()
    if wilayah in ("", "ID"):
        return tuple(kab for prov in regions.children() for kab in regions.children(prov))
    if not re.fullmatch(r"[0-9]{2}(\.[0-9]{2})?", wilayah) or not regions.is_current(wilayah):
        raise BadInput(
            _("Wilayah {code!r} tidak dikenal; tulis kode provinsi (34), kabupaten/kota (34.04), atau ID.").format(
                code=wilayah
            )
        )
    return regions.children(wilayah) if len(wilayah) == 2 else (wilayah,)


def _village_weights(villages: Sequence[str]) -> Ints:
    """Voters of each village, roughly: a kelurahan is larger than a desa, and a province has what the DPT says."""
    local = np.asarray([_local_weight(village) for village in villages], dtype=np.int64)
    provinces = np.asarray([int(village[:2]) for village in villages])
    weights = np.zeros(len(villages), dtype=np.int64)
    for province in np.unique(provinces):
        mine = provinces == province
        weights[mine] = np.maximum(1, local[mine] * VOTERS.get(f"{province}", 40) * 10_000 // int(local[mine].sum()))
    return weights


def _local_weight(village: str) -> int:
    chance = zlib.crc32(village.encode())
    size = 30 + (chance % 100) * (chance // 100 % 100) // 50  # 30 to 228: a few are large
    kelurahan, kota = village[9] == "1", village[3] >= "7"
    return size * (3 if kelurahan else 1) * (2 if kota else 1)


def _shares(weights: Ints, lines: int) -> Ints:
    ends = np.cumsum(weights)
    return np.concatenate([[0], ends * lines // int(ends[-1])]).astype(np.int64)


def _polling_places(villages: Sequence[str], start: Ints) -> tuple[Ints, Ints, Ints]:
    size = np.diff(start)
    spread = _LARGEST_TPS - _SMALLEST_TPS + 1
    cap = np.asarray([_SMALLEST_TPS + zlib.crc32(v.encode()) // 7 % spread for v in villages], dtype=np.int64)
    count = -(-size // cap)
    village = np.repeat(np.arange(len(villages), dtype=np.int64), count)
    number = np.arange(len(village), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    begins = start[:-1][village] + size[village] * number // count[village]
    return np.concatenate([begins, start[-1:]]).astype(np.int64), village, number + 1
