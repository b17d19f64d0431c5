"""Decoy pairs: at each weight, how many pairs of one name and date of birth are there by chance alone; counted.

Two people of one name born 3 to 25 days apart in one year are surely two people. Were the one born on the other's day,
they would be such a pair as chance makes; so they are compared as if they were. Each stands for as much of a pair as it
has days of distance to be found at. In all but the date they are as strangers are: they live where namesakes live and
have the NIK that offices gave them, so what the model believes of strangers is held against what strangers are.
"""

import numpy as np

from saksama.linkage.comparison import Comparer, packed
from saksama.linkage.decoys import distances_within, namesakes_born_near
from saksama.linkage.kernels.arrays import Floats, Ints
from saksama.linkage.kernels.tally import drawn
from saksama.linkage.kernels.windows import pairs_within
from saksama.linkage.prepared import Numbers, Prepared
from saksama.linkage.scoring import by_bit, score
from saksama.linkage.training import Model

_MOST_NAMES = 4_000_000  # looked at, near enough
_MOST_PAIRS = 500_000
_WOMAN = 40 * 10**8  # added to a woman's NIK, at the day of birth
_LAST_SERIAL = 9999


def count_decoys(comparer: Comparer, model: Model) -> Floats:
    """Expected pairs of two people, of one name and one ordinary date of birth, by whole bit of weight; float64[202].

    Zero throughout where the plan has no names, dates and person numbers, or two tables are matched. Of many names
    and pairs some are looked at, evenly.
    """
    prepared = comparer.prepared
    if not (prepared.names and prepared.dates and prepared.numbers) or prepared.border:
        return by_bit(np.empty(0))
    pairs, stands_for = _pairs(comparer)
    before, after = comparer.taken(pairs), comparer.taken(pairs)
    _born_on_one_day(after.prepared)
    beside = packed(np.arange(0, len(pairs), 2), np.arange(1, len(pairs), 2))
    known = score(before.compare(beside), model).probability  # of a double with a slip in its date
    return by_bit(score(after.compare(beside), model).bits, stands_for * (1 - known))


def _pairs(comparer: Comparer) -> tuple[Ints, Floats]:
    """Records of decoy pairs, two by two, int64[2n]; and how many chance pairs each pair stands for, float64[n]."""
    prepared, common = comparer.prepared, comparer.surprise.common
    dates, plain = next(iter(prepared.dates.values())), next(iter(prepared.names.values())).plain
    every = max(1, len(prepared) // _MOST_NAMES)
    chosen = drawn(plain, np.uint64(every))
    chosen = chosen[(prepared.people[chosen] != 0) & (dates[chosen] > 0) & (common[dates[chosen]] == 0)]
    order, first, last = namesakes_born_near(plain[chosen], dates[chosen])
    step = max(1, -(-int((last - first).sum()) // _MOST_PAIRS))
    pairs = np.stack([chosen[order[at]] for at in pairs_within(first, last, step)], axis=1)
    shares = 1 / distances_within(dates[pairs])
    return pairs.ravel(), every * step * shares.mean(axis=1)


def _born_on_one_day(pairs: Prepared) -> None:
    """Let every second record be born on the day of the one before it, in its NIK too."""
    dates = next(iter(pairs.dates.values()))
    born = dates[1::2].astype(np.int64)
    dates[1::2] = dates[0::2]
    for name, numbers in pairs.numbers.items():
        values = numbers.values.copy()
        one, two = values[0::2], values[1::2]
        by_birth = (two > 0) & np.isin(two // 10**4 % 10**6 - _of_birth(born), (0, _WOMAN // 10**4))
        two = np.where(by_birth, two + (_of_birth(dates[0::2].astype(np.int64)) - _of_birth(born)) * 10**4, two)
        # An office that has given the number away gives the next.
        given = (two > 0) & (two == one)
        values[1::2] = np.where(given, two + np.where(two % 10**4 == _LAST_SERIAL, -1, 1), two)
        pairs.numbers[name] = Numbers(values, dates)


def _of_birth(dates: Ints) -> Ints:
    """yyyymmdd as a NIK has it of a man: ddmmyy."""
    return np.asarray(dates % 100 * 10**4 + dates // 100 % 100 * 100 + dates // 10000 % 100)
