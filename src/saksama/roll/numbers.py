"""NIK and NKK: cleaned of spaces, apostrophes and dots, never repaired; and what their digits say, for a whole column.

`tests/roll/naive_numbers.py` is the slow, obvious twin.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from saksama.roll.arrow import byte_lengths, digit_block, keep_rows, put, take_rows
from saksama.roll.raw import NUMBER, Kinds, Mask
from saksama.roll.regions import Regions

# Provinces numbered before 2004 and in no table since: DKI as 09 (seen in real rolls), Timor Timur as 54.
OLDER_PROVINCES = frozenset({"09", "54"})
_DROP = re.compile(r"[\s'.`´‘’ʼ\u00a0\u200b\ufeff]+")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+]?[0-9]+")
_WITH_ZERO_DECIMALS = re.compile(r"([0-9]{15,17})[.,]0+")
_DAYS_IN_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True, slots=True, repr=False)
class Numbers:
    """A column of NIK or NKK. `clean` is text or null, `faults` maps a code to the rows that have it.

    `sound` marks the rows with 16 digits, `digits` holds these (rows x 16, zero elsewhere).
    """

    clean: pa.StringArray
    sound: Mask
    digits: npt.NDArray[np.uint8]
    faults: dict[str, npt.NDArray[np.int64]]

    def value(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """The digits from `first` up to `last` as a number, for every row."""
        total = np.zeros(len(self.sound), np.int64)
        for at in range(first, last):
            total = total * 10 + self.digits[:, at]
        return total


@dataclass(frozen=True, slots=True)
class _Lookups:
    province: npt.NDArray[np.bool_]
    older: npt.NDArray[np.bool_]
    kabupaten: npt.NDArray[np.bool_]


@cache
def _lookups() -> _Lookups:
    regions = Regions.load()
    province, older, kabupaten = np.zeros(100, bool), np.zeros(100, bool), np.zeros(10_000, bool)
    province[[int(code) for code in regions.provinces()]] = True
    older[[int(code) for code in OLDER_PROVINCES]] = True
    kabupaten[[int(code.replace(".", "")) for code in regions.kabupaten_codes]] = True
    return _Lookups(province, older, kabupaten)


def sixteen(column: pa.StringArray) -> tuple[Mask, npt.NDArray[np.uint8]]:
    """Which rows are just 16 ASCII digits, and the digits (rows x 16, zero where not)."""
    long = byte_lengths(column) == 16
    digits = np.zeros((len(column), 16), np.uint8)
    rows = np.flatnonzero(long)
    if len(rows):
        block = digit_block(keep_rows(column, long), 16)
        good = (block <= 9).all(axis=1)
        digits[rows[good]] = block[good]
        long[rows[~good]] = False
    return long, digits


def read_numbers(column: pa.StringArray, kinds: Kinds | None) -> Numbers:
    """`column` cleaned, with the faults that one number shows by itself (all but province and serial)."""
    sound, digits = sixteen(column)
    numeric = np.zeros(len(column), bool) if kinds is None else kinds == NUMBER
    faults: dict[str, list[int]] = {}
    clean = column
    odd = np.flatnonzero(~sound | numeric)
    if len(odd):
        values = take_rows(column, odd).to_pylist()
        mended: list[str | None] = []
        for row, value, number in zip(odd.tolist(), values, numeric[odd].tolist(), strict=True):
            text, fault = clean_number(value or "", numeric=number)
            mended.append(text)
            if fault:
                faults.setdefault(fault, []).append(row)
        mask = np.zeros(len(column), bool)
        mask[odd] = True
        clean = put(column, mask, mended)
        sound, digits = sixteen(clean)
    return Numbers(clean, sound, digits, {code: np.array(rows, np.int64) for code, rows in faults.items()})


def clean_number(text: str, *, numeric: bool) -> tuple[str | None, str]:
    """A cell as a number's digits, or None where no digits can be told; and the code of its fault or "".

    Excel holds 15 digits: a numeric cell of 16 that ends in 0 has lost its last one.
    """
    plain = text.strip()
    if numeric or _WITH_ZERO_DECIMALS.fullmatch(plain):
        whole = _whole(plain)
        if whole is not None and len(whole) >= 16:
            if len(whole) > 16:
                return whole, "nomor_panjang"
            return whole, "nomor_presisi_excel" if whole.endswith("0") else "nomor_sebagai_angka"
        plain = whole if whole is not None else plain
    if _SCIENTIFIC.fullmatch(plain):
        return None, "nomor_notasi_ilmiah"
    kept = _DROP.sub("", plain)
    if not any(c.isalnum() for c in kept):
        return (None, "nomor_tersamar") if "*" in kept else (None, "nomor_kosong")
    if re.fullmatch(r"[0-9]*[*xX#]{2,}[0-9*xX#]*", kept):
        return None, "nomor_tersamar"
    if not re.fullmatch(r"[0-9]+", kept):
        return kept, "nomor_bukan_angka"
    return kept, "" if len(kept) == 16 else "nomor_panjang"


def _whole(text: str) -> str | None:
    """A number cell's text, `3.4E+15` or `3404070101900001.0`, as whole digits; None if it is none."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or number.adjusted() > 30 or number != number.to_integral_value():
        return None
    return str(int(number))


def issue_faults(numbers: Numbers) -> dict[str, Mask]:
    """Faults of issue in sound numbers, NIK or NKK: a province never in any table, an old one, the serial 0000."""
    lookups = _lookups()
    province = numbers.value(0, 2)
    unknown = numbers.sound & ~lookups.province[province]
    older = lookups.older[province]
    return {
        "nomor_provinsi": unknown & ~older,
        "nomor_provinsi_lama": unknown & older,
        "nomor_seri_0000": numbers.sound & ~numbers.digits[:, 12:].any(axis=1),
    }


@dataclass(frozen=True, slots=True, repr=False)
class Inside:
    """What sound NIK say inside: day (a woman's less 40), month, year of century, sex, kabupaten as a number."""

    valid_date: Mask
    day: npt.NDArray[np.int64]
    month: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    is_womans: Mask
    kabupaten: npt.NDArray[np.int64]


def inside(nik: Numbers) -> Inside:
    """What the NIK say inside; only rows in `valid_date` mean anything but the kabupaten."""
    written = nik.value(6, 8)
    womans = written > 40
    day, month, year = np.where(womans, written - 40, written), nik.value(8, 10), nik.value(10, 12)
    known_month = (month >= 1) & (month <= 12)
    last = _DAYS_IN_MONTH[np.where(known_month, month, 0)]
    # 29 February needs a leap year: yy divisible by 4 is one in 19yy or 20yy (2000 was).
    leap_day = (month == 2) & (day == 29) & (year % 4 != 0)
    valid = nik.sound & known_month & (day >= 1) & (day <= last) & ~leap_day
    return Inside(valid, day, month, year, womans, nik.value(0, 4))


def unknown_kabupaten(nik: Numbers, seen: Inside) -> Mask:
    """Sound NIK of a known province whose kabupaten no table of 2016-2025 holds."""
    lookups = _lookups()
    return nik.sound & lookups.province[seen.kabupaten // 100] & ~lookups.kabupaten[seen.kabupaten]


def suspicious_tail(count: int, ends_0: int, ends_00: int) -> str:
    """The tail of zeros that too many of a sheet's `count` sound numbers share: "0", "00" or "".

    Serials end in 0 in at most one of ten and in 00 in one of a hundred; the bounds are five and six standard errors
    above that and some points more, so that a thousand honest sheets pass. `tests/roll/test_numbers.py` draws them.
    """
    if count < 20:
        return ""
    if ends_0 / count > 0.10 + 5 * (0.09 / count) ** 0.5 + 0.05:
        return "0"
    many = ends_00 >= 5 and ends_00 / count > 0.01 + 6 * (0.0099 / count) ** 0.5 + 0.02
    return "00" if many else ""
