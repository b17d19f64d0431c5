"""How surprising it is that a stranger shares a value: counted on people, not on lines, less the pair itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.frequencies import rare_in_one_cohort, tally_dates, tally_serials
from saksama.linkage.kernels.tally import salted, tally
from saksama.linkage.kernels.words import summed
from saksama.linkage.names import Names

DATES = 100_000_000  # of every yyyymmdd; memory that is never touched is never taken
_SLICE = 1 << 16  # records worked on at a time: what is made in between stays in cache
_FIRM = 2.0  # shape of the prior that draws a decade's count of a name towards its share of the whole
_APART = 0.9 * 11 / 12 * 0.967  # of two dates of one decade, how many differ in year, month and day alike
_LEAST_MATES = 0.02  # of one more bearer of a value nobody else has: keeps weights finite
_HARDLY_ANYONE = 3  # of one decade and name
_MOST_LOCAL = 8.0  # bits
_COUNTED = 8  # bearers: of fewer nobody knows where a word is at home
_MOST_RARE = 2_000_000  # names looked at for how often rare ones meet
LOCAL_STEP = 0.125  # bits: what a local discount is kept in


def in_slices(size: int) -> Iterator[slice]:
    """Slices of records, small enough for a core's cache."""
    return (slice(begin, min(begin + _SLICE, size)) for begin in range(0, size, _SLICE))


def word_rarity(names: Names, people: Bytes) -> Floats:
    """Bits of surprise that a name holds each plain word; float32[words]."""
    counts = names.word_counts(people)
    return np.asarray(np.log2(people.sum(dtype=np.int64) + 1) - np.log2(np.maximum(counts, 1)), np.float32)


def near_word_bits(names: Names, groups: Ints, people: Bytes) -> Floats:
    """By how many bits each word surprises less between people of one group than between any; float32[words].

    Words have their country: who shares WAYAN with a neighbour shares it with half of Bali. The mean over a word's
    bearers of its share in their group, over its share in all. Of words too rare to be counted, what the rarest counted
    ones lose. `groups` are -1 where unknown; of many records some are looked at.
    """
    known = np.flatnonzero((people != 0) & (groups >= 0))
    known = known[:: max(1, len(known) // _MOST_RARE)]
    words, rows = names.words_of(known)
    groups, size = groups[known].astype(np.int64), len(names.starts) - 1
    members = np.bincount(groups, minlength=1)
    held, counts = np.unique(words * np.int64(len(members)) + groups[rows], return_counts=True)
    word, group = held // len(members), held % len(members)
    whole = np.bincount(word, counts, minlength=size)
    near = np.bincount(word, counts * (counts - 1) / members[group], minlength=size) / np.maximum(whole, 1)
    anywhere = np.maximum(whole - 1, 0) / max(len(known), 1)
    out = np.log2(np.maximum(near, 1e-12) / np.maximum(anywhere, 1e-12))
    counted, few = whole >= _COUNTED, (whole >= _COUNTED) & (whole < 4 * _COUNTED)
    rare = float(np.log2(near[few].sum() / anywhere[few].sum())) if near[few].sum() > 0 else 0.0
    return np.clip(np.where(counted, out, rare), 0.0, _MOST_LOCAL).astype(np.float32)


@dataclass(frozen=True, slots=True, repr=False)
class NameCounts:
    """What the surprise of names is made of: of each record how many people bear its name, as written and in plain
    spelling, in all and among those of its decade of birth; and log2 of the product of its words' shares."""

    cohorts: Ints
    cohort_sizes: Floats
    people: float
    overall: tuple[Ints, Ints]
    near: tuple[Ints, Ints]
    base: Floats
    scale: float

    def few(self, spelling: int) -> Bytes:
        """Which records bear a name that hardly anyone else of their decade has; bool[n]."""
        return np.asarray(self.near[spelling] <= _HARDLY_ANYONE)

    def bits(self, spelling: int, less: int = 2) -> Floats:
        """Bits of surprise that a stranger has the same name; float32[n]. `spelling` 0 as written, 1 plain.

        Names have their time: two people of one date of birth are of one decade, so shares are those among the people
        born in it, drawn towards the whole by a gamma prior. A name nobody else bears has the product of its words'
        shares, scaled so that all such names together meet by chance as often as is seen. `less` is who is left out
        of the count: both of a pair, or 1.
        """
        out = np.empty(len(self.base), np.float32)
        for part in in_slices(len(out)):
            sizes = np.maximum(self.cohort_sizes[self.cohorts[part]], 2.0)
            overall = np.maximum(self.overall[spelling][part] - less, 0) / self.people
            overall += self.scale * 2.0 ** self.base[part]
            expected = np.maximum(overall * sizes, 1e-9)
            mates = (np.maximum(self.near[spelling][part] - less, 0) + _FIRM) / (1 + _FIRM / expected)
            out[part] = np.log2(sizes) - np.log2(np.maximum(mates, _LEAST_MATES * sizes / self.people))
        return out


def count_names(names: Names, rarity: Floats, people: Bytes, dates: Ints | None) -> NameCounts:
    """The counts behind the surprise of names. Where `dates` are none all people are of one decade."""
    cohorts = np.zeros(len(names), np.int16)
    if dates is not None:
        np.floor_divide(dates, 10_0000, out=cohorts, casting="unsafe")
    cohort_sizes = np.bincount(cohorts, people, minlength=1)
    near = salted(names.plain, cohorts)
    base = np.empty(len(names), np.float32)
    for part in in_slices(len(names)):
        base[part] = -summed(names.begins[part], names.sizes[part], names.words, rarity)
    near_plain = tally(near, people)[0]
    scale = 1.0
    if dates is not None:
        sizes = cohort_sizes.astype(np.float64)
        alone = (np.zeros(len(names), np.int32), np.ones(1))
        scale = _scale_of_rare((near, near_plain), (dates, people), base, sizes, alone)
    overall_plain = tally(names.plain, people)[0]
    del near  # eight bytes a line, each of them
    written = salted(names.plain, names.written)
    overall_written = tally(written, people)[0]
    written = salted(written, cohorts)
    return NameCounts(
        cohorts,
        cohort_sizes,
        float(max(people.sum(dtype=np.int64), 2)),
        (overall_written, overall_plain),
        (tally(written, people)[0], near_plain),
        base,
        scale,
    )


def local_scale(names: Names, counts: NameCounts, dates: Ints, groups: Ints, people: Bytes) -> float:
    """By how many bits the meeting of two rare names surprises less among people of one group than among all.

    Rare names run in families, and families stay: counted as `count_names` counts it for all people.
    """
    sizes = np.bincount(groups + 1, people, minlength=int(groups.max(initial=0)) + 2)[1:]
    shares = sizes / max(float(sizes.sum()), 1.0)
    keys = (salted(names.plain, counts.cohorts), counts.near[1])
    scale = _scale_of_rare(keys, (dates, people), counts.base, counts.cohort_sizes.astype(np.float64), (groups, shares))
    return float(np.clip(np.log2(scale / counts.scale), 0.0, _MOST_LOCAL))


def _scale_of_rare(
    names: tuple[Words, Ints], born: tuple[Ints, Bytes], base: Floats, sizes: Floats, groups: tuple[Ints, Floats]
) -> float:
    """How much more often than their words say two people of one group share a name that nobody else bears."""
    every = np.uint64(max(1, len(base) // _MOST_RARE))
    expected, apart = rare_in_one_cohort(names, born, base, sizes, groups, every)
    return float(np.clip((apart / _APART + 1) / (expected + 1), 0.01, 1e6))


def date_bits(dates: Ints, people: Bytes) -> Floats:
    """Bits of surprise that a stranger was born on the same date, by date; float32[100,000,000].

    Expected from the year's share and the share of the day of the month (so 1 July of any year is common), drawn
    towards what is counted: a gamma prior of shape 4.
    """
    out = np.zeros(DATES, np.float32)
    found, counts = tally_dates(dates, people, DATES)
    if len(found) == 0:
        return out
    size = float(max(counts.sum(), 2))
    years, day_months = found // 10000, found % 10000
    year_share = np.bincount(years, counts, minlength=10000) / size
    day_share = np.bincount(day_months, counts, minlength=10000) / size
    expected = np.maximum(year_share[years] * day_share[day_months] * size, 1e-3)
    shape = 4.0
    mates = (np.maximum(counts - 2, 0) + shape) / (1 + shape / expected)
    out[found] = np.log2(size) - np.log2(np.maximum(mates, _LEAST_MATES))
    return out


def common_dates(dates: Ints, bits: Floats, people: Bytes) -> Bytes:
    """Which dates are four times as common as the middle one, or more; uint8[100,000,000]."""
    out = np.zeros(DATES, np.uint8)
    found, counts = tally_dates(dates, people, DATES)
    if len(found) == 0:
        return out
    order = np.argsort(bits[found], kind="stable")
    middle = bits[found][order[np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)]]
    out[found] = bits[found] < middle - 2.0
    return out


def value_bits(codes: Ints, people: Bytes) -> Floats:
    """How many bits rarer each value is than the values two people mostly share; float32[values].

    How often two people share any is another question, and depends on how near they live (`strangers`).
    """
    counts = np.bincount(codes + 1, people, minlength=int(codes.max(initial=0)) + 2)[1:]
    size = float(max(counts.sum(), 2))
    shares = np.maximum(counts - 1, 0.5) / size
    shared = max(float((counts * np.maximum(counts - 1, 0)).sum()) / size / size, 0.5 / size)
    return np.asarray(np.log2(shared) - np.log2(shares), np.float32)


def local_discount(
    values: Ints, bits: Floats, groups: Ints, people: Bytes, few: Bytes | None = None, rare: float = 0.0
) -> Bytes:
    """By how many bits a value surprises less among people of one group than among all; uint8[n], eighths of a bit.

    A few families of one far birthplace have their own names and default birthdays: among them NI WAYAN SARI of
    1 July is no rarity. Counted where four or more of the group share the value; `groups` is -1 where unknown. Names
    that are `few` (bool) cannot be counted: they lose `rare` bits.
    """
    sizes = np.bincount(groups + 1, people, minlength=int(groups.max(initial=0)) + 2)[1:]
    mates = tally(salted(values, groups), people)[0]
    out = np.zeros(len(values), np.uint8)
    for part in in_slices(len(values)):
        others = mates[part] - 3  # less the pair, and one more, so that a third copy does not count as custom
        local = np.log2(np.maximum(sizes[groups[part]], 1.0)) - np.log2(np.maximum(others, 1.0))
        known = (groups[part] >= 0) & (others >= 1)
        less = np.where(known, np.maximum(bits[part] - local, 0.0), 0.0)
        if few is not None:
            less = np.where(few[part] & (groups[part] >= 0), np.maximum(less, np.minimum(rare, bits[part])), less)
        out[part] = np.minimum(less / LOCAL_STEP, 255.0)
    return out


def serial_bits(numbers: Ints, people: Bytes, common: Bytes, dates: Ints) -> Floats:
    """How many bits rarer each NIK serial is than the serials two people mostly share; float32[2, 10000].

    For people born on ordinary and on `common` dates: on 1 July an office counted far.
    """
    out = []
    for counts in tally_serials(numbers, people, common, dates):
        size = max(counts.sum(), 2.0)
        shares = (np.maximum(counts - 2, 0) + 0.5) / size
        shared = max(float((counts * (counts - 1.0)).sum() / size / size), 1.0 / size)
        out.append((np.log2(shared) - np.log2(shares)).astype(np.float32))
    return np.stack(out)
