"""Numbers, dates and names as an Indonesian official document writes them.

A Berita Acara is an Indonesian document whatever language its reader's screen speaks, so nothing here is translated.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from saksama.model.decision import Ruling
from saksama.model.roll import RollKind

_DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_GROUPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
LIST_NAMES: Mapping[RollKind, str] = MappingProxyType(
    {
        RollKind.DP4: "Daftar Penduduk Potensial Pemilih Pemilihan",
        RollKind.DPHP: "Daftar Pemilih Hasil Pemutakhiran",
        RollKind.DPS: "Daftar Pemilih Sementara",
        RollKind.DPSHP: "Daftar Pemilih Sementara Hasil Perbaikan",
        RollKind.DPT: "Daftar Pemilih Tetap",
        RollKind.DPTB: "Daftar Pemilih Tambahan",
        RollKind.DPK: "Daftar Pemilih Khusus",
        RollKind.DPB: "Daftar Pemilih Berkelanjutan",
    }
)
RULINGS: Mapping[Ruling, str] = MappingProxyType(
    {
        Ruling.SAME_PERSON: "Ganda",
        Ruling.DIFFERENT_PEOPLE: "Bukan ganda",
        Ruling.UNDECIDED: "Rujuk Disdukcapil",
    }
)


def number(value: int) -> str:
    """`1.090.578`: points between thousands."""
    return f"{value:,}".replace(",", ".")


def in_words(value: int) -> str:
    """`satu juta sembilan puluh ribu lima ratus tujuh puluh delapan`; for 0 up to 999 trillion."""
    if not 0 <= value < 10**15:
        raise AssertionError("a number of voters is from 0 to 999 trillion")
    if value == 0:
        return _DIGITS[0]
    said = []
    for size, name in _GROUPS:
        count, value = divmod(value, size)
        if count == 1 and name == "ribu":
            said.append("seribu")
        elif count:
            said += [_hundreds(count), name]
    if value:
        said.append(_hundreds(value))
    return " ".join(said)


def counted(value: int) -> str:
    """`12 (dua belas)`: a figure that a document decides by is also written in words."""
    return f"{number(value)} ({in_words(value)})"


def long_date(day: date) -> str:
    """`8 Desember 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_in_words(day: date) -> str:
    """`Selasa tanggal delapan bulan Desember tahun dua ribu dua puluh enam`."""
    return (
        f"{_DAYS[day.weekday()]} tanggal {in_words(day.day)} bulan {_MONTHS[day.month - 1]} tahun {in_words(day.year)}"
    )


def full_office_name(name: str) -> str:
    """`Komisi Pemilihan Umum Kabupaten Sleman` for `KPU Kabupaten Sleman`; KPU is called KIP in Aceh."""
    for short, long in (("KPU ", "Komisi Pemilihan Umum "), ("KIP ", "Komisi Independen Pemilihan ")):
        if name.startswith(short):
            return long + name.removeprefix(short)
    return name


def supervisor_of(name: str) -> str:
    """`Bawaslu Kabupaten Sleman` for `KPU Kabupaten Sleman`: who supervises the office of the same place."""
    for commission in ("KPU ", "KIP ", "Komisi Pemilihan Umum ", "Komisi Independen Pemilihan "):
        if name.startswith(commission):
            return "Bawaslu " + name.removeprefix(commission)
    return "Bawaslu"


def letterhead(name: str) -> tuple[str, ...]:
    """The lines of the kop: the commission's name, then the place it is of."""
    full = full_office_name(name)
    for commission in ("Komisi Pemilihan Umum", "Komisi Independen Pemilihan"):
        place = full.removeprefix(commission).strip()
        if place and place != full:
            return commission.upper(), place.upper()
    return (full.upper(),)


def _hundreds(value: int) -> str:
    """1 to 999 in words."""
    hundreds, rest = divmod(value, 100)
    said = []
    if hundreds:
        said.append("seratus" if hundreds == 1 else f"{_DIGITS[hundreds]} ratus")
    tens, ones = divmod(rest, 10)
    if rest in (10, 11):
        said.append(("sepuluh", "sebelas")[ones])
    elif tens == 1:
        said.append(f"{_DIGITS[ones]} belas")
    else:
        said += [f"{_DIGITS[tens]} puluh"] if tens else []
        said += [_DIGITS[ones]] if ones else []
    return " ".join(said)
