"""Blocking keys made: values of a record hashed and put together, and only the keys of the wanted parts written."""

from typing import NamedTuple

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.text import mixed

DATE_DIGITS = 6  # inside a NIK
DATE_PARTS = ("date", "day_month", "year", "year_month", "year_day")
NUMBER_PARTS = ("number", "rebuilt", "region", "region_date", "date_serial", "region_serial")
_WOMAN = 40  # added to the day inside a woman's NIK
_STEP = np.uint64(0x9E3779B97F4A7C15)  # golden ratio, as in splitmix64
_ONE, _ZERO = np.uint64(1), np.uint64(0)
_LOW = np.uint64(0xFFFF_FFFF_FFFF)  # the bits of a key below those that say its part


class Share(NamedTuple):
    """Those keys whose top `bits`, read as a number, lie from `first` to before `last`."""

    bits: int
    first: int
    last: int


ALL = Share(0, 0, 1)


@njit(cache=True, nogil=True, inline="always")
def part_of(key: np.uint64, bits: int) -> int:
    """The part a key lies in: its top `bits`, of which there may be none."""
    return int((key >> _ONE) >> np.uint64(63 - bits))


@njit(cache=True, nogil=True)
def hashed(value: int) -> np.uint64:
    """A key of a number; 0, which is blank, of one below 0."""
    return mixed(np.uint64(value) + _ONE) | _ONE if value >= 0 else _ZERO


@njit(cache=True, nogil=True)
def combined(one: np.uint64, other: np.uint64) -> np.uint64:
    """A key of two; 0 where either is blank."""
    if one == _ZERO:
        return _ZERO
    return mixed(one * _STEP + other) | _ONE if other != _ZERO else _ZERO


@njit(cache=True, nogil=True)
def hashed_all(values: Ints) -> Words:
    """`hashed` of every value."""
    out = np.empty(len(values), np.uint64)
    for k in range(len(values)):
        out[k] = hashed(int(values[k]))
    return out


@njit(cache=True, nogil=True)
def combined_all(one: Words, other: Words) -> Words:
    """`combined`, two by two."""
    out = np.empty(len(one), np.uint64)
    for k in range(len(one)):
        out[k] = combined(one[k], other[k])
    return out


@njit(cache=True, nogil=True)
def date_keys(dates: Ints, what: int) -> Words:
    """A key of each date yyyymmdd (0 = none), of the part that `what` numbers among DATE_PARTS.

    Day and month swapped have the same key as one date, and as one day of the year.
    """
    out = np.zeros(len(dates), np.uint64)
    for k in range(len(dates)):
        date = int(dates[k])
        if date <= 0:
            continue
        year, month, day = date // 10000, date // 100 % 100, date % 100
        of_year = min(month, day) * 100 + max(month, day)
        if what == 0:
            value = year * 10000 + of_year
        elif what == 1:
            value = of_year
        elif what == 2:
            value = year
        else:
            value = year * 100 + (month if what == 3 else day)
        out[k] = hashed(value)
    return out


@njit(cache=True, nogil=True)
def number_keys(numbers: Ints, born: Ints, what: int) -> Words:
    """A key of each NIK (0 = none), of the part that `what` numbers among NUMBER_PARTS.

    Rebuilt is the NIK with the date of birth yyyymmdd written into it: blank where there is none.
    """
    out = np.zeros(len(numbers), np.uint64)
    for k in range(len(numbers)):
        number = int(numbers[k])
        if number <= 0:
            continue
        region, date, serial = number // 10**10, number // 10**4 % 10**6, number % 10**4
        if what == 0:
            value = number
        elif what == 1:
            birth = int(born[k])
            if birth <= 0:
                continue
            day = birth % 100 + (_WOMAN if date // 10**4 > _WOMAN else 0)
            value = region * 10**10 + (day * 10**4 + birth // 100 % 100 * 100 + birth // 10000 % 100) * 10**4 + serial
        elif what == 2:
            value = region
        elif what == 3:
            value = region * 10**6 + date
        elif what == 4:
            value = date * 10**4 + serial
        else:
            value = region * 10**4 + serial
        out[k] = hashed(value)
    return out


@njit(cache=True, nogil=True)
def word_keys(
    names: tuple[Ints, Ints, Ints], by_word: Words, others: Words, begin: int, share: Share
) -> tuple[Words, Ints]:
    """A key of each word of each name, put together with what the record has besides; and whose it is.

    `names` are where words begin, how many there are, and the words of all; `by_word` is a key by word; `others` the
    key that a name's words are joined with, 0 where a record is to have none. Records are counted from `begin`. Only
    keys of the `share`.
    """
    begins, sizes, words = names
    most = 0
    for k in range(len(sizes)):
        most += sizes[k] if others[k] != _ZERO else 0
    values, records = np.empty(most, np.uint64), np.empty(most, np.int32)
    written = 0
    for k in range(len(sizes)):
        if others[k] == _ZERO:
            continue
        for at in range(begins[k], begins[k] + sizes[k]):
            key = combined(by_word[words[at]], others[k])
            if share.first <= part_of(key, share.bits) < share.last:
                values[written], records[written] = key, begin + k
                written += 1
    return values[:written], records[:written]


@njit(cache=True, nogil=True)
def one_off_keys(numbers: Ints, others: Words, begin: int, share: Share) -> tuple[Words, Ints]:
    """Keys of each NIK with one digit of its date left out, put together with what the record has besides.

    Two NIK that differ there by one digit, or by two neighbours swapped, have one of these in common (the deletion
    neighbourhood of Mor and Fraenkel 1982). A digit like the one before it gives nothing new. Arguments as for
    `word_keys`. In which part a NIK's keys lie is said by its region and serial, which all of them have, so that no
    digit need be left out to know it.
    """
    values, records = np.empty(DATE_DIGITS * len(numbers), np.uint64), np.empty(DATE_DIGITS * len(numbers), np.int32)
    written = 0
    for k in range(len(numbers)):
        number = int(numbers[k])
        if number <= 0 or others[k] == _ZERO:
            continue
        region, date, serial = number // 10**10, number // 10**4 % 10**6, number % 10**4
        rest = hashed(region * 10**4 + serial)
        if not share.first <= part_of(rest, share.bits) < share.last:
            continue
        other = combined(rest, others[k])
        above, below, power, before = date, 0, 1, -1
        for _ in range(DATE_DIGITS):
            digit = above % 10
            above //= 10
            if digit != before:
                key = combined(np.uint64(above * power + below) + _ONE, other)
                values[written], records[written] = (rest & ~_LOW) | (key & _LOW), begin + k
                written += 1
            below, power, before = below + digit * power, power * 10, digit
    return values[:written], records[:written]
