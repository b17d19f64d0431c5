"""Decoys: how many people of one name are born close together by chance, counted rather than assumed.

Two people of one name born 3 to 25 days apart are surely two people. There are as many of them, for each day of
distance, as of namesakes with the very same date. So the chance that the model gives a shared name and date is set
right, for each rarity of name, by what is counted (MATCHING notes 7.3). Default birthdays are left out.
"""

import numpy as np

from saksama.linkage.comparison import Surprise
from saksama.linkage.frequencies import NameCounts, in_slices
from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.kernels.tally import drawn
from saksama.linkage.kernels.windows import near_bounds
from saksama.linkage.prepared import Prepared

NEAREST, FARTHEST = 3, 25  # days
_BINS = 40  # of one bit each, by the surprise of a name
_MOST_NAMES = 4_000_000  # looked at, near enough
_DRAWN = 3.0  # pairs: how firmly a bin with few decoys stays with its neighbours


def set_names_right(prepared: Prepared, surprise: Surprise, counts: NameCounts | None) -> tuple[Surprise, Floats]:
    """The surprise of names corrected by decoys, and the correction in bits by bit of surprise; float64[40].

    Where a table has no dates, or fewer than two lines, nothing is corrected. Of many names some are looked at.
    """
    corrections = np.zeros(_BINS)
    name = next(iter(prepared.names), None)
    if name is None or counts is None or not prepared.dates or len(prepared) < 2:
        return surprise, corrections
    dates, people = next(iter(prepared.dates.values())), prepared.people
    plain = prepared.names[name].plain
    chosen = drawn(plain, np.uint64(max(1, len(prepared) // _MOST_NAMES)))
    chosen = chosen[(people[chosen] != 0) & (dates[chosen] > 0) & (surprise.common[dates[chosen]] == 0)]
    of_pair, alone = surprise.names[name][1][chosen], counts.bits(1, less=1)[chosen]
    date_bits = next(iter(surprise.dates.values()))[dates[chosen]]
    expected = 2.0 ** -(alone + date_bits).astype(np.float64) * float(people.sum(dtype=np.int64))
    corrections = _smoothed(_by_bit(of_pair, _decoys(plain[chosen], dates[chosen])), _by_bit(alone, expected))
    for bits in surprise.names[name]:
        for part in in_slices(len(bits)):
            less = corrections[np.clip(bits[part].astype(np.int64), 0, _BINS - 1)]
            bits[part] = np.maximum(bits[part] - less, 0.0)
    return surprise, corrections


def namesakes_born_near(plain: Words, dates: Ints) -> tuple[Ints, Ints, Ints]:
    """Records by name, year and day; and where, in that order, those of the name begin and end that were born 3 to 25
    days later in the same year. int64[n] each."""
    days = _day_numbers(dates)
    order = np.lexsort((days, plain))
    first, last = near_bounds(plain[order], days[order], dates[order] // 10000, NEAREST, FARTHEST)
    return order, first, last


def distances_within(dates: Ints) -> Ints:
    """For how many days at 3 to 25 days' distance a date's year has room: fewer at its ends. int64[n], 1 at least."""
    in_year = _day_numbers(dates) - dates // 10000 * 366
    before, after = np.minimum(in_year - 1, FARTHEST), np.minimum(366 - in_year, FARTHEST)
    return np.asarray(np.maximum(np.maximum(before - NEAREST + 1, 0) + np.maximum(after - NEAREST + 1, 0), 1))


def _decoys(plain: Words, dates: Ints) -> Floats:
    """Per record, people of its name 3 to 25 days away in the same year, per day of distance; float64[n]."""
    order, first, last = namesakes_born_near(plain, dates)
    size = len(order)
    before = np.cumsum(np.bincount(first, minlength=size + 1) - np.bincount(last, minlength=size + 1))[:size]
    out = np.empty(size)
    out[order] = (last - first + before) / distances_within(dates[order])
    return out


def _day_numbers(dates: Ints) -> Ints:
    """yyyymmdd as a running number of days, good enough to take distances inside a year; no day of it, however
    impossible the date, stands in another."""
    month = dates // 100 % 100
    before = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] + [334] * 87)
    return np.asarray(dates // 10000 * 366 + np.clip(before[month] + dates % 100, 1, 366))


def _by_bit(bits: Floats, amounts: Floats) -> Floats:
    return np.bincount(np.clip(bits.astype(np.int64), 0, _BINS - 1), amounts, minlength=_BINS)


def _smoothed(observed: Floats, expected: Floats) -> Floats:
    """log2 of observed over expected by bin, each drawn towards the ratio of its neighbourhood."""
    width = np.exp(-0.5 * ((np.arange(_BINS)[:, None] - np.arange(_BINS)[None, :]) / 2.0) ** 2)
    around = (width @ observed + 1.0) / (width @ expected + 1.0)
    ratio = (observed + _DRAWN * around) / (expected + _DRAWN)
    return np.clip(np.log2(np.maximum(ratio, 1e-6)), -4.0, 6.0)
