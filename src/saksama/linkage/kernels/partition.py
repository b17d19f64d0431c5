"""The best way to cut a small group of records into people, given the evidence between each two."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Floats, Ints


@njit(cache=True, nogil=True)
def best_partition(weights: Floats) -> Ints:
    """The partition with the largest sum of weights inside its parts; each record's part, parts in order of first use.

    Exact: every partition is tried, as restricted growth strings in order; the first of equals wins. For up to about
    ten records (Bell number 115,975).
    """
    size = len(weights)
    parts, best = np.zeros(size, np.int64), np.zeros(size, np.int64)
    top = np.zeros(size, np.int64)  # the largest part used by the records before each
    best_total = -np.inf
    while True:
        total = 0.0
        for a in range(size):
            for b in range(a):
                if parts[a] == parts[b]:
                    total += weights[a, b]
        if total > best_total + 1e-9:
            best_total = total
            best[:] = parts
        at = size - 1
        while at > 0 and parts[at] > top[at]:
            at -= 1
        if at <= 0:
            return best
        parts[at] += 1
        for k in range(at + 1, size):
            top[k] = max(top[k - 1], parts[k - 1])
            parts[k] = 0


@njit(cache=True, nogil=True)
def merged_greedily(weights: Floats) -> Ints:
    """Parts made by joining, as long as it gains, the two whose weights between them have the largest mean."""
    size = len(weights)
    between = weights.copy()
    parts = np.arange(size)
    sizes = np.ones(size)
    alive = np.ones(size, np.bool_)
    while True:
        best, one, two = 0.0, -1, -1
        for a in range(size):
            if not alive[a]:
                continue
            for b in range(a):
                if alive[b] and between[a, b] / (sizes[a] * sizes[b]) > best:
                    best, one, two = between[a, b] / (sizes[a] * sizes[b]), b, a
        if one < 0:
            return parts
        for k in range(size):
            between[one, k] += between[two, k]
            between[k, one] = between[one, k]
            if parts[k] == two:
                parts[k] = one
        sizes[one] += sizes[two]
        alive[two] = False
