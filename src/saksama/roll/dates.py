"""Birth dates as people, Excel and databases write them. What a text means is said with what is odd about it."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from saksama.roll.raw import DATE, NUMBER

OLDEST, NEWEST = 1800, 2100  # years outside are slips; age over 100 never is
PIVOT = 20  # a year of two digits up to 20 is 20xx, above is 19xx
_KEPT = 100_000  # distinct texts remembered: a roll has some 35,000 birth dates
EPOCHS = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1904, 1, 1))
UNIX_EPOCH = date(1970, 1, 1)
OFFSET_1904 = 1462  # days between Excel's two calendars

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari pebruari feb peb february",
            "maret mar mrt march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agt ags agus agst aug august agu",
            "september sep sept",
            "oktober okt oct october",
            "november nopember nov nop",
            "desember des dec december",
        ),
        1,
    )
    for name in names.split()
}
_SEP = r"\s*[-/|. ]\s*"
_CLOCK = r"(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?Z?)?"
_DMY = re.compile(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}}|\d{{2}}){_CLOCK}", re.A)
_YMD = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}}){_CLOCK}", re.A)
_NAMED = re.compile(r"(\d{1,2})[-/|., ]*([A-Za-z]+)[-/|., ]*(\d{4}|\d{2})", re.A)
_EIGHT = re.compile(r"(\d{8})", re.A)
_SERIAL = re.compile(r"(\d{1,5})(?:[.,]\d+)?", re.A)
_NOTHING = re.compile(r"[-./|_\s?]*")


class Order(StrEnum):
    """How 05/07/1955 is read."""

    DAY_FIRST = "hari-bulan-tahun"
    MONTH_FIRST = "bulan-hari-tahun"
    CONTRADICTORY = "bertentangan"  # some lines can only be day first, others only month first


class Shape(StrEnum):
    """What a written date says about the order of its column."""

    DAY = "day"  # 31/07/1955: the day must come first
    MONTH = "month"  # 07/31/1955
    EITHER = "either"  # 05/07/1955
    TYPED = "typed"  # the order is fixed: yyyy-mm-dd, a cell of Excel's date type, a serial number
    NONE = "none"


class ReadDate(NamedTuple):
    """A date read: its value or None, the code of what is odd about it or "", and its shape."""

    value: date | None
    fault: str
    shape: Shape


SHAPES = tuple(Shape)
FAULT_CODES = (
    "", "tgl_kosong", "tgl_nol", "tgl_mustahil", "tgl_tak_terbaca", "tgl_nomor_seri", "tgl_bulan_dulu",
    "tgl_urutan_ragu", "tgl_tahun_dua_angka",
)  # fmt: skip
EPOCH_DAY = UNIX_EPOCH.toordinal()


@dataclass(slots=True)
class DateReader:
    """Reads the dates of one sheet; remembers what it has read."""

    order: Order = Order.DAY_FIRST
    base_1904: bool = False
    _rows: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    def table(self, cells: list[tuple[str, int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """For each cell (text, kind): days since 1970, whether known, day, month, year and shape; and its fault.

        The shape indexes `SHAPES`, the fault `FAULT_CODES`.
        """
        if len(self._rows) > _KEPT:
            self._rows.clear()
        known, rows = self._rows, []
        for cell in cells:
            row = known.get(cell)
            if row is None:
                row = known[cell] = _row(self.read(*cell))
            rows.append(row)
        table = np.array(rows, np.int64).reshape(-1, 7)
        return table[:, :6], table[:, 6]

    def read(self, text: str, kind: int) -> ReadDate:
        """What `text`, a cell of `kind` (see raw), means."""
        plain = text.strip().strip("'").strip()
        if _NOTHING.fullmatch(plain):
            return ReadDate(None, "tgl_kosong", Shape.NONE)
        if len(plain) > 40:
            return ReadDate(None, "tgl_tak_terbaca", Shape.NONE)
        if kind in (NUMBER, DATE) and (days := _whole_days(plain)) is not None:
            found = _EIGHT.fullmatch(plain) if kind == NUMBER else None
            return _eight(plain) if found else self._serial(days, typed=kind == DATE)
        if not plain.strip("0-/|. "):
            return ReadDate(None, "tgl_nol", Shape.NONE)
        return self._written(plain)

    def _written(self, plain: str) -> ReadDate:
        if found := _YMD.fullmatch(plain):
            year, month, day = map(int, found.groups())
            return _made(year, month, day, "", Shape.TYPED)
        if found := _DMY.fullmatch(plain):
            return self._in_order(int(found[1]), int(found[2]), found[3])
        if (found := _NAMED.fullmatch(plain)) and (month := _MONTHS.get(found[2].lower(), 0)):
            return _made(_year(found[3]), month, int(found[1]), _short(found[3]), Shape.TYPED)
        if _EIGHT.fullmatch(plain):
            return _eight(plain)
        if found := _SERIAL.fullmatch(plain):
            return self._serial(int(found[1]), typed=False)
        return ReadDate(None, "tgl_tak_terbaca", Shape.NONE)

    def _in_order(self, first: int, second: int, year: str) -> ReadDate:
        shape = Shape.DAY if first > 12 else Shape.MONTH if second > 12 else Shape.EITHER
        month_first = shape is Shape.MONTH if self.order is Order.CONTRADICTORY else self.order is Order.MONTH_FIRST
        day, month = (second, first) if month_first else (first, second)
        fault = _short(year)
        if self.order is Order.MONTH_FIRST or (self.order is Order.CONTRADICTORY and shape is Shape.MONTH):
            fault = "tgl_bulan_dulu"
        elif self.order is Order.CONTRADICTORY and shape is Shape.EITHER and first != second:
            fault = "tgl_urutan_ragu"
        return _made(_year(year), month, day, fault, shape)

    def _serial(self, days: int, *, typed: bool) -> ReadDate:
        """Day number of Excel. In the 1900 calendar 60 is 29 February 1900, which never was."""
        if self.base_1904:
            value = date(1904, 1, 1) + timedelta(days=min(days, 80_000))
        elif days == 60:
            return ReadDate(None, "tgl_mustahil", Shape.NONE)
        else:
            value = date(1899, 12, 31 if days < 60 else 30) + timedelta(days=min(days, 80_000))
        if value.year > NEWEST:
            return ReadDate(None, "tgl_mustahil", Shape.NONE)
        return ReadDate(value, "" if typed else "tgl_nomor_seri", Shape.TYPED)


def _row(read: ReadDate) -> tuple[int, ...]:
    shape, fault, value = SHAPES.index(read.shape), FAULT_CODES.index(read.fault), read.value
    if value is None:
        return 0, 0, 0, 0, 0, shape, fault
    return value.toordinal() - EPOCH_DAY, 1, value.day, value.month, value.year, shape, fault


def _whole_days(plain: str) -> int | None:
    """A number of days as a workbook writes it, `20090` or `20090.5`; None for anything else."""
    try:
        number = float(plain)
    except ValueError:
        return None
    return int(number) if 0 <= number < 1e8 else None


def _eight(plain: str) -> ReadDate:
    """ddmmyyyy or yyyymmdd run together, told apart by which gives a year that can be."""
    late, early = int(plain[4:]), int(plain[:4])
    if 1880 <= late <= NEWEST and 1 <= int(plain[2:4]) <= 12:
        return _made(late, int(plain[2:4]), int(plain[:2]), "", Shape.TYPED)
    if 1880 <= early <= NEWEST:
        return _made(early, int(plain[4:6]), int(plain[6:]), "", Shape.TYPED)
    return ReadDate(None, "tgl_tak_terbaca", Shape.NONE)


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year <= PIVOT else 1900)


def _short(year: str) -> str:
    return "tgl_tahun_dua_angka" if len(year) == 2 else ""


def _made(year: int, month: int, day: int, fault: str, shape: Shape) -> ReadDate:
    try:
        value = date(year, month, day)
    except ValueError:
        return ReadDate(None, "tgl_mustahil", shape)
    if not OLDEST <= year <= NEWEST:
        return ReadDate(None, "tgl_mustahil", shape)
    return ReadDate(value, fault, shape)


def order_from(day_first: int, month_first: int) -> Order:
    """The order of a column with so many dates that can only be day first, and only month first.

    Up to 2 % the other way are single slips (and impossible dates); more is a contradiction that is told, not guessed.
    """
    total = day_first + month_first
    if month_first <= 0.02 * total:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if day_first <= 0.02 * total else Order.CONTRADICTORY
