"""Counting neighbours in sorted groups."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Floats, Ints, Words


@njit(cache=True, nogil=True)
def near_in_group(groups: Words, days: Ints, years: Ints, nearest: int, farthest: int) -> tuple[Floats, Ints]:
    """For entries sorted by group, then day: others of the group and year at `nearest` to `farthest` days' distance.

    Also how many such distances there are inside the year for each entry: fewer at its ends. 366 days a year.
    """
    found = np.zeros(len(groups))
    spans = np.zeros(len(groups), np.int64)
    for k in range(len(groups)):
        in_year = days[k] - years[k] * 366
        spans[k] = max(min(in_year - 1, farthest) - nearest + 1, 0) + max(min(366 - in_year, farthest) - nearest + 1, 0)
        at = k + 1
        while at < len(groups) and groups[at] == groups[k] and days[at] - days[k] <= farthest:
            if years[at] == years[k] and days[at] - days[k] >= nearest:
                found[k] += 1
                found[at] += 1
            at += 1
    return found, spans
