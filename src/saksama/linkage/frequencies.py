"""How surprising it is that a stranger shares a value: counted on people, not on lines, less the pair itself."""

import numpy as np

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints
from saksama.linkage.kernels.text import number_words
from saksama.linkage.names import Names

_LEAST_MATES = 0.02  # of one more bearer of a value nobody else has: keeps weights finite


def word_rarity(names: Names, people: Bytes) -> Floats:
    """Bits of surprise that a name holds each plain word; float32[words]."""
    counts = names.word_counts(people)
    return (np.log2(people.sum() + 1) - np.log2(np.maximum(counts, 1))).astype(np.float32)


def name_bits(names: Names, rarity: Floats, people: Bytes, dates: Ints | None) -> tuple[Floats, Floats]:
    """Bits of surprise that a stranger has the same name, as written and in plain spelling; float32[n] each.

    Of a name others bear too, their share. Of a name nobody else bears, the product of its words' shares, scaled so
    that all such names together meet by chance as often as is seen: the pairs of such a name whose dates of birth
    have nothing in common are chance.
    """
    mates_of, base = _mates(names.plain, people), _base_of(names, rarity)
    size = float(max(people.sum(), 2))
    scale = _scale_of_unseen(names, mates_of, base, dates, people)
    out = []
    for hashes in (names.written, names.plain):
        mates = np.maximum(_mates(hashes, people) - 2, 0) + scale * base * size
        out.append((np.log2(size) - np.log2(np.maximum(mates, _LEAST_MATES))).astype(np.float32))
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
    return (np.log2(size) - np.log2(np.maximum(mates, _LEAST_MATES)))[numbers].astype(np.float32)


def value_bits(codes: Ints, people: Bytes) -> Floats:
    """Bits of surprise that a stranger has each value; float32[values]."""
    inside = codes[people.astype(bool) & (codes >= 0)]
    size = float(max(len(inside), 2))
    counts = np.bincount(inside, minlength=int(codes.max(initial=0)) + 1)
    return (np.log2(size) - np.log2(np.maximum(counts - 1, 0.5))).astype(np.float32)


def serial_bits(numbers: Ints, people: Bytes) -> Floats:
    """How many bits rarer each NIK serial is than the serials two people mostly share; float32[10000]."""
    inside = numbers[people.astype(bool) & (numbers > 0)] % 10**4
    counts = np.bincount(inside, minlength=10**4).astype(np.float64)
    size = max(counts.sum(), 2.0)
    shares = (np.maximum(counts - 2, 0) + 0.5) / size
    shared = max(float((counts * (counts - 1)).sum() / size / size), 1.0 / size)
    return (np.log2(shared) - np.log2(shares)).astype(np.float32)


def _mates(hashes: Ints, people: Bytes) -> Floats:
    """How many people have each record's value; float64[n]."""
    numbers, first = number_words(hashes)
    return np.bincount(numbers, people, minlength=len(first))[numbers]


def _base_of(names: Names, rarity: Floats) -> Floats:
    """The product of the shares of each name's words; float64[n]."""
    sums = np.concatenate([[0.0], np.cumsum(rarity[names.words], dtype=np.float64)])
    return 2.0 ** -(sums[names.offsets[1:]] - sums[names.offsets[:-1]])


def _scale_of_unseen(names: Names, mates: Floats, base: Floats, dates: Ints | None, people: Bytes) -> float:
    """How much more often than their words say two strangers share a name that nobody else bears."""
    rare = (mates <= 2) & people.astype(bool) & (names.plain != 0)
    size = float(max(people.sum(), 2))
    expected = size * size / 2 * (rare.sum() / size) * float(base[rare].mean() if rare.any() else 0.0)
    if dates is None or expected <= 0:
        return 1.0
    pairs = np.flatnonzero(rare & (mates == 2) & (dates > 0))
    pairs = pairs[np.argsort(names.plain[pairs], kind="stable")]
    same = names.plain[pairs[1:]] == names.plain[pairs[:-1]]
    a, b = dates[pairs[1:]][same], dates[pairs[:-1]][same]
    apart = (a // 10000 != b // 10000) & (a // 100 % 100 != b // 100 % 100) & (a % 100 != b % 100)
    return float(np.clip((apart.sum() + 1) / (expected + 1), 0.01, 1e6))
