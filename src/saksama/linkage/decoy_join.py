"""Decoy pairs: at each weight, how many pairs of one name and date of birth are there by chance alone; counted.

Two people of one name born some days apart (or, on common dates, some years) are surely two people. Were the one born
on the other's day, they would be such a pair as chance makes; so they are compared as if they were. Each stands for a
share of a pair: there are that many distances to be found at. In all but the date they are as strangers are: they live
where namesakes live and have the NIK that offices gave them, so what the model believes of strangers is held against
what strangers are.
"""

import numpy as np

from saksama.linkage.comparison import Comparer, packed
from saksama.linkage.decoys import COMMON, ORDINARY, distances_within, looked_at, namesakes_born_near
from saksama.linkage.kernels.arrays import Floats, Ints
from saksama.linkage.kernels.windows import pairs_within
from saksama.linkage.prepared import Prepared
from saksama.linkage.scoring import by_bit, score
from saksama.linkage.training import Model

_MOST_PAIRS = 120_000
_WOMAN = 40 * 10**8  # added to a woman's NIK, at the day of birth
_LAST_SERIAL = 9999


def count_decoys(comparer: Comparer, model: Model) -> Floats:
    """Expected pairs of two people of one name and date of birth by whole bit of weight; float64[2, 202], of ordinary
    and of common dates.

    Zero throughout where the plan has no names, dates and person numbers, or two tables are matched. Of many names
    and pairs some are looked at, evenly.
    """
    prepared = comparer.prepared
    if not (prepared.names and prepared.dates and prepared.numbers) or prepared.border:
        return np.stack([by_bit(np.empty(0))] * 2)
    return np.stack([_count(comparer, model, kind) for kind in (ORDINARY, COMMON)])


def _count(comparer: Comparer, model: Model, kind: int) -> Floats:
    pairs, stands_for = _pairs(comparer, kind)
    before, after = comparer.in_rows(pairs), comparer.in_rows(pairs)
    _born_on_one_day(after.prepared)
    beside = packed(np.arange(0, len(pairs), 2), np.arange(1, len(pairs), 2))
    known = score(before.compare(beside), model).probability  # of a double with a slip in its date
    return by_bit(score(after.compare(beside), model).bits, stands_for * (1 - known))


def _pairs(comparer: Comparer, kind: int) -> tuple[Ints, Floats]:
    """Records of decoy pairs, two by two, int64[2n]; and how many chance pairs each pair stands for, float64[n]."""
    prepared = comparer.prepared
    dates, plain = next(iter(prepared.dates.values())), next(iter(prepared.names.values())).plain
    chosen, share = looked_at(prepared, comparer.surprise.common, kind)
    order, first, last = namesakes_born_near(plain[chosen], dates[chosen], kind)
    step = max(1, -(-int((last - first).sum()) // _MOST_PAIRS))
    pairs = np.stack([chosen[order[at]] for at in pairs_within(first, last, step)], axis=1)
    return pairs.ravel(), share * step * (1 / distances_within(dates[pairs], kind)).mean(axis=1)


def _born_on_one_day(pairs: Prepared) -> None:
    """Let every second record be born on the day of the one before it, in its NIK too."""
    dates = next(iter(pairs.dates.values()))
    born = dates[1::2].astype(np.int64)
    dates[1::2] = dates[0::2]
    for numbers in pairs.numbers.values():
        values, beside = numbers.values, np.where(numbers.born > 0, dates, 0)
        one, two = values[0::2], values[1::2]
        by_birth = (two > 0) & np.isin(two // 10**4 % 10**6 - _of_birth(born), (0, _WOMAN // 10**4))
        two = np.where(by_birth, two + (_of_birth(dates[0::2].astype(np.int64)) - _of_birth(born)) * 10**4, two)
        # An office that has given the number away gives the next.
        given = (two > 0) & (two == one)
        values[1::2] = np.where(given, two + np.where(two % 10**4 == _LAST_SERIAL, -1, 1), two)
        numbers.born[:] = beside


def _of_birth(dates: Ints) -> Ints:
    """yyyymmdd as a NIK has it of a man: ddmmyy."""
    return np.asarray(dates % 100 * 10**4 + dates // 100 % 100 * 100 + dates // 10000 % 100)
