"""Decoys: how many people of one name are born close together by chance, counted rather than assumed.

Two people of one name born 3 to 25 days apart are surely two people. There are as many of them, for each day of
distance, as of namesakes with the very same date. So the chance that the model gives a shared name and date is set
right, for each rarity of name, by what is counted (MATCHING notes 7.3). A common date, such as 1 July, has no days
beside it: namesakes of that day in the years before and after are counted. Who has such a date is older and of another
village than most, and bears other names.
"""

import numpy as np

from saksama.linkage.comparison import Surprise
from saksama.linkage.frequencies import NameCounts, in_slices
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.tally import drawn, salted
from saksama.linkage.kernels.windows import near_bounds
from saksama.linkage.prepared import Prepared

ORDINARY, COMMON = range(2)  # kinds of dates, as `Surprise.common` has them
_NEAREST, _FARTHEST = (3, 1), (25, 3)  # days between ordinary dates, years between common ones
_TIMES = np.uint64((1 << 22) - 1)  # bits of a sorting key for years and days
_BINS = 40  # of one bit each, by the surprise of a name
_MOST_NAMES = 4_000_000  # looked at, near enough
_DRAWN = 3.0  # pairs: how firmly a bin with few decoys stays with its neighbours


def set_names_right(prepared: Prepared, surprise: Surprise, counts: NameCounts | None) -> tuple[Surprise, Floats]:
    """The surprise of names corrected by decoys, and the correction in bits by bit of surprise; float64[2, 40], of
    people born on ordinary and on common dates.

    Where a table has no dates, or fewer than two lines, nothing is corrected. Of many names some are looked at.
    """
    corrections = np.zeros((2, _BINS))
    name = next(iter(prepared.names), None)
    if name is None or counts is None or not prepared.dates or len(prepared) < 2:
        return surprise, corrections
    dates, plain = next(iter(prepared.dates.values())), prepared.names[name].plain
    date_bits, people = next(iter(surprise.dates.values())), float(prepared.people.sum(dtype=np.int64))
    alone = counts.bits(1, less=1)
    for kind in (ORDINARY, COMMON):
        chosen, _share = looked_at(prepared, surprise.common, kind)
        expected = 2.0 ** -(alone[chosen] + date_bits[dates[chosen]]).astype(np.float64) * people
        found = _by_bit(surprise.names[name][1][chosen], _decoys(plain[chosen], dates[chosen], kind))
        corrections[kind] = _smoothed(found, _by_bit(alone[chosen], expected))
    for bits in surprise.names[name]:
        for part in in_slices(len(bits)):
            less = corrections[surprise.common[dates[part]], np.clip(bits[part].astype(np.int64), 0, _BINS - 1)]
            bits[part] = np.maximum(bits[part] - less, 0.0)
    return surprise, corrections


def looked_at(prepared: Prepared, common: Bytes, kind: int) -> tuple[Ints, int]:
    """People born on one kind of date, of every name or of some where there are many; and of how many names one is."""
    dates, plain = next(iter(prepared.dates.values())), next(iter(prepared.names.values())).plain
    share = max(1, len(prepared) // _MOST_NAMES)
    chosen = drawn(plain, np.uint64(share))
    return chosen[(prepared.people[chosen] != 0) & (dates[chosen] > 0) & (common[dates[chosen]] == kind)], share


def namesakes_born_near(plain: Words, dates: Ints, kind: int) -> tuple[Ints, Ints, Ints]:
    """Records by name and date; and where, in that order, those of the name begin and end that were born so much later
    that they are surely others: some days in the same year, or of common dates some years. int64[n] each."""
    if kind == COMMON:
        groups, times, within = salted(plain, dates % 10_000), dates // 10_000, np.zeros(len(dates), np.int64)
    else:
        groups, times, within = plain, _day_numbers(dates), dates // 10_000
    # A name's run that another cuts is no harm; equals in another order would be, to the bytes of q.
    order = np.argsort((groups & ~_TIMES) | times.astype(np.uint64), kind="stable")
    first, last = near_bounds(groups[order], times[order], within[order], _NEAREST[kind], _FARTHEST[kind])
    return order, first, last


def distances_within(dates: Ints, kind: int) -> Ints:
    """At how many distances from a date its decoys may be: of ordinary dates fewer at the ends of the year. int64[n],
    1 at least."""
    nearest, farthest = _NEAREST[kind], _FARTHEST[kind]
    if kind == COMMON:
        return np.full(dates.shape, 2 * (farthest - nearest + 1))
    in_year = _day_numbers(dates) - dates // 10_000 * 366
    before, after = np.minimum(in_year - 1, farthest), np.minimum(366 - in_year, farthest)
    return np.asarray(np.maximum(np.maximum(before - nearest + 1, 0) + np.maximum(after - nearest + 1, 0), 1))


def _decoys(plain: Words, dates: Ints, kind: int) -> Floats:
    """Per record, how many decoys it has, by distance; float64[n]."""
    order, first, last = namesakes_born_near(plain, dates, kind)
    size = len(order)
    before = np.cumsum(np.bincount(first, minlength=size + 1) - np.bincount(last, minlength=size + 1))[:size]
    out = np.empty(size)
    out[order] = (last - first + before) / distances_within(dates[order], kind)
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
