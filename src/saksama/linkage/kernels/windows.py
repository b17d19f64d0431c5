"""Neighbours within a span of days: records of one name born close together in one year."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Ints, Words


@njit(cache=True, nogil=True)
def near_bounds(groups: Words, days: Ints, years: Ints, nearest: int, farthest: int) -> tuple[Ints, Ints]:
    """For entries sorted by group, year and day: where those of group and year begin and end that come `nearest` to
    `farthest` days later; int64 each.

    Bounds move on with the entries and nothing is counted one by one: a whole roll may have one name and one date.
    """
    first, last = np.empty(len(groups), np.int64), np.empty(len(groups), np.int64)
    begin = 0
    while begin < len(groups):
        end = begin + 1
        while end < len(groups) and groups[end] == groups[begin] and years[end] == years[begin]:
            end += 1
        near, far = begin, begin
        for k in range(begin, end):
            while near < end and days[near] - days[k] < nearest:
                near += 1
            while far < end and days[far] - days[k] <= farthest:
                far += 1
            first[k], last[k] = near, max(near, far)
        begin = end
    return first, last


@njit(cache=True, nogil=True)
def pairs_within(first: Ints, last: Ints, step: int) -> tuple[Ints, Ints]:
    """Every `step`-th pair of an entry k with one of `first[k]` to `last[k]`, counted through; int64 each."""
    total = 0
    for k in range(len(first)):
        total += last[k] - first[k]
    left, right = np.empty(-(-total // step), np.int64), np.empty(-(-total // step), np.int64)
    passed, at = 0, 0
    for k in range(len(first)):
        for other in range(first[k] + -passed % step, last[k], step):
            left[at], right[at] = k, other
            at += 1
        passed += last[k] - first[k]
    return left, right
