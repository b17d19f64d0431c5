"""Counting neighbours in sorted groups."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Floats, Ints, Words


@njit(cache=True, nogil=True)
def near_in_group(groups: Words, days: Ints, years: Ints, nearest: int, farthest: int) -> tuple[Floats, Ints]:
    """For entries sorted by group, year and day: others of group and year at `nearest` to `farthest` days' distance.

    Also how many such distances there are inside the year for each entry: fewer at its ends. 366 days a year. Bounds
    move on with the entries and nothing is counted one by one: a whole roll may have one name and one date.
    """
    found = np.zeros(len(groups))
    spans = np.zeros(len(groups), np.int64)
    begin = 0
    while begin < len(groups):
        end = begin + 1
        while end < len(groups) and groups[end] == groups[begin] and years[end] == years[begin]:
            end += 1
        far_before, near_before, near_after, far_after = begin, begin, begin, begin
        for k in range(begin, end):
            while days[k] - days[far_before] > farthest:
                far_before += 1
            while days[k] - days[near_before] >= nearest:
                near_before += 1
            while near_after < end and days[near_after] - days[k] < nearest:
                near_after += 1
            while far_after < end and days[far_after] - days[k] <= farthest:
                far_after += 1
            found[k] = near_before - far_before + far_after - near_after
            in_year = days[k] - years[k] * 366
            before, after = min(in_year - 1, farthest), min(366 - in_year, farthest)
            spans[k] = max(before - nearest + 1, 0) + max(after - nearest + 1, 0)
        begin = end
    return found, spans
