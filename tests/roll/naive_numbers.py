"""The slow, obvious twin of `saksama.roll.numbers`: one NIK at a time, by the book."""

from datetime import date

from saksama.roll.numbers import OLDER_PROVINCES
from saksama.roll.regions import Regions


def nik_faults(text: str) -> set[str]:
    """Codes that one written NIK shows by itself, for cells of digits and separators only."""
    kept = "".join(c for c in text if c not in " '.")
    if not kept:
        return {"nomor_kosong"}
    if not (kept.isascii() and kept.isdigit()):
        return {"nomor_bukan_angka"}
    if len(kept) != 16:
        return {"nomor_panjang"}
    found = set()
    regions = Regions.load()
    if kept[:2] in OLDER_PROVINCES:
        found.add("nomor_provinsi_lama")
    elif not regions.known(kept[:2]):
        found.add("nomor_provinsi")
    elif not regions.known(f"{kept[:2]}.{kept[2:4]}"):
        found.add("nik_wilayah_tak_dikenal")
    if kept[12:] == "0000":
        found.add("nomor_seri_0000")
    if not _is_a_day(kept[6:12]):
        found.add("nik_tanggal_mustahil")
    return found


def _is_a_day(ddmmyy: str) -> bool:
    day, month, year = int(ddmmyy[:2]), int(ddmmyy[2:4]), int(ddmmyy[4:])
    if day > 40:
        day -= 40
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
