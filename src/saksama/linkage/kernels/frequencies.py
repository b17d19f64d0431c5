"""Counts over all records that frequencies are made of."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.tally import is_drawn
from saksama.linkage.kernels.text import mixed


def tally_dates(dates: Ints, people: Bytes, most: int) -> tuple[Ints, Ints]:
    """The dates (yyyymmdd, below `most`) that records have, ascending, and how many people have each; int64 each."""
    # Made here, since numba would write every zero: 400 MB of them.
    return _tally_dates(dates, people, np.zeros(most, np.int32))


@njit(cache=True, nogil=True)
def _tally_dates(dates: Ints, people: Bytes, counts: Ints) -> tuple[Ints, Ints]:
    """`counts` holds zeros, and then 1 where seen, and 2 for each of the people."""
    known = 0
    for k in range(len(dates)):
        if dates[k] > 0:
            known += counts[dates[k]] == 0
            counts[dates[k]] = (counts[dates[k]] | 1) + (2 if people[k] else 0)
    found, out = np.empty(known, np.int64), np.empty(known, np.int64)
    known = 0
    for k in range(len(dates)):
        if dates[k] > 0 and counts[dates[k]] & 1:
            found[known] = dates[k]
            counts[dates[k]] -= 1
            known += 1
    found.sort()
    for k in range(known):
        out[k] = counts[found[k]] // 2
    return found, out


@njit(cache=True, nogil=True)
def tally_serials(numbers: Ints, people: Bytes, common: Bytes, dates: Ints) -> Floats:
    """People by the last four digits of their NIK, born on ordinary dates and on `common` ones; float64[2, 10000]."""
    counts = np.zeros((2, 10_000))
    for k in range(len(numbers)):
        if numbers[k] > 0 and people[k]:
            counts[common[dates[k]], numbers[k] % 10_000] += 1
    return counts


@njit(cache=True, nogil=True)
def rare_in_one_cohort(
    names: tuple[Words, Ints],
    born: tuple[Ints, Bytes],
    base: Floats,
    sizes: Floats,
    groups: tuple[Ints, Floats],
    every: np.uint64,
) -> tuple[float, int]:
    """Pairs of strangers with a name that nobody else of their decade bears: how many their words let expect, and how
    many there are whose dates have no part in common.

    `names` are the name with its decade as one key, and how many people have it; `born` dates and who is counted;
    `base` log2 of the product of words' shares; `sizes` people by decade. Only pairs of one group count: `groups` are
    its number by record (-1 for none), and the share of people by group. Of many keys each `every`-th is looked at.
    """
    keys, mates = names
    dates, people = born
    group, shares = groups
    room = 1024
    chosen = 0
    for k in range(len(keys)):
        chosen += mates[k] == 2 and people[k] != 0 and is_drawn(keys[k], every)
    while room < 2 * chosen:
        room *= 2
    table, first = np.zeros(room, np.uint64), np.zeros(room, np.int64)
    expected, apart = 0.0, 0
    for k in range(len(keys)):
        if keys[k] == 0 or not is_drawn(keys[k], every) or people[k] == 0:
            continue
        if dates[k] <= 0 or mates[k] > 2 or group[k] < 0:
            continue
        expected += 2.0 ** base[k] * sizes[dates[k] // 10_0000] * shares[group[k]] / 2
        if mates[k] < 2:
            continue
        slot = np.int64(mixed(keys[k]) & np.uint64(room - 1))
        while table[slot] != 0 and table[slot] != keys[k]:
            slot = (slot + 1) & (room - 1)
        if table[slot] == 0:
            table[slot], first[slot] = keys[k], k
            continue
        if group[first[slot]] != group[k]:
            continue
        a, b = dates[first[slot]], dates[k]
        apart += a // 10000 != b // 10000 and a // 100 % 100 != b // 100 % 100 and a % 100 != b % 100
    return expected, apart
