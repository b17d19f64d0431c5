"""Serials of NIK: within a kecamatan, a date and a sex they count up, so that no two people have one number."""

import numpy as np
import numpy.typing as npt

from saksama.model.errors import BadInput
from saksama.model.texts import _
from saksama.roll.sample.chance import Ints
from saksama.roll.sample.people import People, year_month_day

_DATES = 100 * 12 * 31
NOBODY = (1 << 31) - 1  # the key of a line without a number of its own
_BLOCK = 4_000_000
# Numbers given before to people who are not on the roll: children, the dead, those who moved.
_BEFORE = np.asarray([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 5], dtype=np.int64)


def keys_of(people: People) -> Ints:
    """What a number's first twelve digits say, as one whole number under 2^31."""
    year, month, day = year_month_day(people["nik_born"].astype(np.int64))
    date = (year % 100) * 372 + (month - 1) * 31 + day - 1
    return np.asarray((people["nik_kec"].astype(np.int64) * 2 + people["nik_woman"]) * _DATES + date, dtype=np.int64)


def serials_of(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """The serial of each key, counted in the order of lines. `keys` is used up."""
    count = len(keys)
    keys <<= np.uint64(32)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        keys[start:stop] |= np.arange(start, stop, dtype=np.uint64)
    keys.sort()
    serials = np.zeros(count, dtype=np.uint16)
    began, last = 0, -1
    for start in range(0, count, _BLOCK):
        part = keys[start : start + _BLOCK]
        key = (part >> np.uint64(32)).astype(np.int64)
        place = np.arange(start, start + len(part), dtype=np.int64)
        fresh = np.diff(key, prepend=last) != 0
        begin = np.maximum.accumulate(np.where(fresh, place, began))
        began, last = int(begin[-1]), int(key[-1])
        serial = 1 + place - begin + _BEFORE[(key * 2654435761 >> 12) % len(_BEFORE)]
        if (serial[key != NOBODY] > 9999).any():
            raise BadInput(_("Wilayah terlalu kecil: nomor urut NIK habis. Pilih wilayah yang lebih luas."))
        serials[(part & np.uint64(0xFFFFFFFF)).astype(np.int64)] = np.minimum(serial, 9999)
    return serials
