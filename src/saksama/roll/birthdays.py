"""A column of birth dates read, with each date's parts beside it for whole-column checks."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from saksama.roll.arrow import Indices, distinct
from saksama.roll.dates import EPOCH_DAY, EPOCHS, FAULT_CODES, OFFSET_1904, UNIX_EPOCH, DateReader
from saksama.roll.numbers import Inside
from saksama.roll.raw import Kinds, Mask


@dataclass(frozen=True, slots=True, repr=False)
class Birthdays:
    """Dates of a batch. `days` counts from 1970-01-01 where `known`; `shape` indexes `SHAPES`."""

    days: npt.NDArray[np.int32]
    known: Mask
    day: npt.NDArray[np.int64]
    month: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    shape: npt.NDArray[np.int8]
    faults: dict[str, Indices]

    def as_dates(self) -> pa.Date32Array:
        """A date32 column, null where not known."""
        return cast("pa.Date32Array", pa.array(self.days, pa.int32(), mask=~self.known).view(pa.date32()))

    def agrees(self, nik: Inside) -> Mask:
        """Where the date inside the NIK is this one, century aside."""
        return np.asarray(self._meets(nik) & (nik.day == self.day) & (nik.month == self.month), np.bool_)

    def agrees_swapped(self, nik: Inside) -> Mask:
        """Where it would be if day and month changed places."""
        swapped = (nik.day == self.month) & (nik.month == self.day) & (self.day != self.month)
        return np.asarray(self._meets(nik) & swapped, np.bool_)

    def agrees_shifted(self, nik: Inside) -> Mask:
        """Where it would be in Excel's other calendar, 1,462 days later or earlier."""
        return self._shifted(nik, OFFSET_1904) | self._shifted(nik, -OFFSET_1904)

    def _meets(self, nik: Inside) -> Mask:
        return np.asarray(nik.valid_date & self.known & (nik.year == self.year % 100), np.bool_)

    def _shifted(self, nik: Inside, by: int) -> Mask:
        moved = (self.days.astype("datetime64[D]") + np.timedelta64(by, "D")).astype("datetime64[D]")
        months = moved.astype("datetime64[M]")
        day = (moved - months).astype(np.int64) + 1
        month = months.astype(np.int64) % 12 + 1
        year = moved.astype("datetime64[Y]").astype(np.int64) + 1970
        same = (nik.day == day) & (nik.month == month) & (nik.year == year % 100)
        return np.asarray(nik.valid_date & self.known & same, np.bool_)

    def at_epoch(self) -> Mask:
        """Where the date is where a computer's calendar begins: 1899, 1900, 1904 or 1970."""
        starts = [day.toordinal() - EPOCH_DAY for day in (*EPOCHS, UNIX_EPOCH)]
        return self.known & np.isin(self.days, starts)

    def at_old_epoch(self) -> Mask:
        """The same without 1970, on whose first day people were born who vote today."""
        return self.known & np.isin(self.days, [day.toordinal() - EPOCH_DAY for day in EPOCHS])


def read_birthdays(column: pa.StringArray, kinds: Kinds | None, reader: DateReader) -> Birthdays:
    """The dates of a column."""
    cells, which = distinct(column, kinds)
    table, codes = reader.table(cells)
    parts = table[which]
    faults: dict[str, Indices] = {}
    for at, fault in enumerate(FAULT_CODES[1:], 1):
        bad = codes == at
        if bad.any():
            faults[fault] = np.flatnonzero(bad[which])
    return Birthdays(
        days=parts[:, 0].astype(np.int32),
        known=parts[:, 1] == 1,
        day=parts[:, 2],
        month=parts[:, 3],
        year=parts[:, 4],
        shape=parts[:, 5].astype(np.int8),
        faults=faults,
    )
