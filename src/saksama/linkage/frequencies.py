"""How surprising it is that a stranger shares a value: counted on people, not on lines, less the pair itself."""

import numpy as np

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints
from saksama.linkage.kernels.text import mixed_all, number_words
from saksama.linkage.names import Names

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRM = 2.0  # shape of the prior that draws a decade's count of a name towards its share of the whole
_APART = 0.9 * 11 / 12 * 0.967  # of two dates of one decade, how many differ in year, month and day alike
_LEAST_MATES = 0.02  # of one more bearer of a value nobody else has: keeps weights finite


def word_rarity(names: Names, people: Bytes) -> Floats:
    """Bits of surprise that a name holds each plain word; float32[words]."""
    counts = names.word_counts(people)
    return np.asarray(np.log2(people.sum() + 1) - np.log2(np.maximum(counts, 1)), np.float32)


def name_bits(names: Names, rarity: Floats, people: Bytes, dates: Ints | None, less: int = 2) -> tuple[Floats, Floats]:
    """Bits of surprise that a stranger has the same name, as written and in plain spelling; float32[n] each.

    Names have their time: two people of one date of birth are of one decade, so shares are those among the people
    born in it, drawn towards the whole by a gamma prior. A name nobody else bears has the product of its words'
    shares, scaled so that all such names together meet by chance as often as is seen: the pairs of such a name in one
    decade whose dates have nothing in common are chance. `less` is who is left out of the count: both of a pair, or 1.
    """
    cohorts = np.zeros(len(names), np.int64) if dates is None else dates // 10_0000
    in_cohort = np.bincount(cohorts, people, minlength=1).astype(np.float64)
    sizes = np.maximum(in_cohort[cohorts], 2.0)
    base = _base_of(names, rarity)
    whole = float(max(people.sum(), 2))
    scale = _scale_of_unseen(names, (cohorts, in_cohort), base, dates, people)
    out = []
    for hashes in (names.written, names.plain):
        overall = (np.maximum(_mates(hashes, people) - less, 0) + scale * base * whole) / whole
        near = _mates(mixed_all(hashes + cohorts.astype(np.uint64) * _STEP), people)
        expected = np.maximum(overall * sizes, 1e-9)
        mates = (np.maximum(near - less, 0) + _FIRM) / (1 + _FIRM / expected)
        out.append((np.log2(sizes) - np.log2(np.maximum(mates, _LEAST_MATES * sizes / whole))).astype(np.float32))
    return out[0], out[1]


def date_bits(dates: Ints, people: Bytes) -> Floats:
    """Bits of surprise that a stranger was born on the same date; float32[n].

    Expected from the year's share and the share of the day of the month (so 1 July of any year is common), drawn
    towards what is counted: a gamma prior of shape 4.
    """
    numbers, first = number_words(dates.astype(np.uint64))
    inside = people.astype(bool) & (dates > 0)
    size = float(max(inside.sum(), 2))
    counts = np.bincount(numbers[inside], minlength=len(first))
    years, day_months = dates[first] // 10000, dates[first] % 10000
    year_share = np.bincount(years, counts, minlength=10000) / size
    day_share = np.bincount(day_months, counts, minlength=10000) / size
    expected = np.maximum(year_share[years] * day_share[day_months] * size, 1e-3)
    shape = 4.0
    mates = (np.maximum(counts - 2, 0) + shape) / (1 + shape / expected)
    bits = np.log2(size) - np.log2(np.maximum(mates, _LEAST_MATES))
    return np.asarray(bits[numbers], np.float32)


def value_bits(codes: Ints, people: Bytes) -> Floats:
    """How many bits rarer each value is than the values two people mostly share; float32[values].

    How often two people share any is another question, and depends on how near they live (`strangers`).
    """
    inside = codes[people.astype(bool) & (codes >= 0)]
    size = float(max(len(inside), 2))
    counts = np.bincount(inside, minlength=int(codes.max(initial=0)) + 1).astype(np.float64)
    shares = np.maximum(counts - 1, 0.5) / size
    shared = max(float((counts * np.maximum(counts - 1, 0)).sum()) / size / size, 0.5 / size)
    return np.asarray(np.log2(shared) - np.log2(shares), np.float32)


def local_discount(hashes: Ints, bits: Floats, groups: Ints, people: Bytes) -> Floats:
    """By how many bits a value surprises less among people of one group than among all; float32[n], 0 or more.

    A few families of one far birthplace have their own names and default birthdays: among them NI WAYAN SARI of
    1 July is no rarity. Counted where four or more of the group share the value; `groups` is -1 where unknown.
    """
    known = groups >= 0
    sizes = np.bincount(groups[known], people[known], minlength=int(groups.max(initial=0)) + 1)
    keys = mixed_all(hashes.astype(np.uint64) + (groups.astype(np.int64) + 1).astype(np.uint64) * _STEP)
    others = _mates(keys, people) - 3  # less the pair, and one more, so that a third copy does not count as custom
    local = np.log2(np.maximum(sizes[groups], 1.0)) - np.log2(np.maximum(others, 1.0))
    return np.asarray(np.where(known & (others >= 1), np.maximum(bits - local, 0.0), 0.0), np.float32)


def common_dates(bits: Floats, people: Bytes) -> Bytes:
    """Which records are born on a date four times as common as the middle one, or more; uint8[n]."""
    ordinary = bits[people.astype(bool)]
    middle = float(np.median(ordinary)) if len(ordinary) else 0.0
    return (bits < middle - 2.0).astype(np.uint8)


def serial_bits(numbers: Ints, people: Bytes, common: Bytes) -> Floats:
    """How many bits rarer each NIK serial is than the serials two people mostly share; float32[2, 10000].

    For people born on ordinary and on common dates: on 1 July an office counted far.
    """
    out = []
    for date in (0, 1):
        inside = numbers[people.astype(bool) & (numbers > 0) & (common == date)] % 10**4
        counts = np.bincount(inside, minlength=10**4).astype(np.float64)
        size = max(counts.sum(), 2.0)
        shares = (np.maximum(counts - 2, 0) + 0.5) / size
        shared = max(float((counts * (counts - 1)).sum() / size / size), 1.0 / size)
        out.append((np.log2(shared) - np.log2(shares)).astype(np.float32))
    return np.stack(out)


def _mates(hashes: Ints, people: Bytes) -> Floats:
    """How many people have each record's value; float64[n]."""
    numbers, first = number_words(hashes)
    return np.bincount(numbers, people, minlength=len(first))[numbers]


def _base_of(names: Names, rarity: Floats) -> Floats:
    """The product of the shares of each name's words; float64[n]."""
    sums = np.concatenate([[0.0], np.cumsum(rarity[names.words], dtype=np.float64)])
    return np.asarray(2.0 ** -(sums[names.offsets[1:]] - sums[names.offsets[:-1]]))


def _scale_of_unseen(
    names: Names, cohorts: tuple[Ints, Floats], base: Floats, dates: Ints | None, people: Bytes
) -> float:
    """How much more often than their words say two strangers of a decade share a name that nobody else bears."""
    if dates is None:
        return 1.0
    cohort, sizes = cohorts
    keys = mixed_all(names.plain + cohort.astype(np.uint64) * _STEP)
    mates = _mates(keys, people)
    rare = np.flatnonzero((mates <= 2) & people.astype(bool) & (names.plain != 0) & (dates > 0))
    expected = float((base[rare] * sizes[cohort[rare]]).sum()) / 2
    pairs = rare[mates[rare] == 2]
    pairs = pairs[np.argsort(keys[pairs], kind="stable")]
    same = keys[pairs[1:]] == keys[pairs[:-1]]
    a, b = dates[pairs[1:]][same], dates[pairs[:-1]][same]
    apart = (a // 10000 != b // 10000) & (a // 100 % 100 != b // 100 % 100) & (a % 100 != b % 100)
    return float(np.clip((apart.sum() / _APART + 1) / (expected + 1), 0.01, 1e6))
