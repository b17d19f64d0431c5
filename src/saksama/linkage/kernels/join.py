"""Blocking keys sorted, their groups walked, the pairs in them counted and written."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.keying import Share, part_of

_DIGIT = 2048  # eleven bits a pass


@njit(cache=True, nogil=True)
def sorted_keys(keys: Words, records: Ints, passes: int) -> tuple[Words, Ints]:
    """Keys and their records sorted, stably, by the keys' lowest `11 * passes` bits: radix sort, moved as it goes."""
    size = len(keys)
    now, then = keys.copy(), np.empty(size, np.uint64)
    owner, next_owner = records.copy(), np.empty(size, np.int32)
    counts = np.zeros(_DIGIT + 1, np.int64)
    for turn in range(passes):
        shift = np.uint64(11 * turn)
        counts[:] = 0
        for k in range(size):
            counts[((now[k] >> shift) & np.uint64(_DIGIT - 1)) + np.uint64(1)] += 1
        for digit in range(_DIGIT):
            counts[digit + 1] += counts[digit]
        for k in range(size):
            digit = (now[k] >> shift) & np.uint64(_DIGIT - 1)
            at = counts[digit]
            then[at], next_owner[at] = now[k], owner[k]
            counts[digit] = at + 1
        now, then = then, now
        owner, next_owner = next_owner, owner
    return now, owner


@njit(cache=True, nogil=True)
def group_bounds(keys: Words) -> Ints:
    """Where groups of two or more equal neighbours begin and end; int64[groups, 2]. Blank keys (0) form none."""
    groups = 0
    for k in range(1, len(keys)):
        if keys[k] == keys[k - 1] and keys[k] != 0 and (k == 1 or keys[k - 2] != keys[k]):
            groups += 1
    out = np.empty((groups, 2), np.int64)
    groups, begin = 0, 0
    for k in range(1, len(keys) + 1):
        if k < len(keys) and keys[k] == keys[begin]:
            continue
        if k - begin > 1 and keys[begin] != 0:
            out[groups, 0], out[groups, 1] = begin, k
            groups += 1
        begin = k
    return out


@njit(cache=True, nogil=True)
def count_pairs(bounds: Ints, window: int) -> int:
    """Pairs in the groups, each entry with at most `window` that follow it."""
    total = 0
    for g in range(len(bounds)):
        size = bounds[g, 1] - bounds[g, 0]
        if size - 1 <= window:
            total += size * (size - 1) // 2
        else:
            total += (size - window) * window + window * (window - 1) // 2
    return total


@njit(cache=True, nogil=True)
def write_pairs(
    bounds: Ints, records: Ints, window: int, border: int, begun: tuple[int, int], out: Words
) -> tuple[int, int, int]:
    """Write pairs of the groups as `smaller << 32 | larger` of record numbers until `out` is full.

    Each entry meets the `window` that follow it. `records` says whose each sorted key is; a record does not pair with
    itself. With `border` > 0 only pairs across it are written: one record below it, one not. Begins at a group and an
    entry of it, (0, 0) at first; gives how many were written, and where to go on. `out` has room for a window.
    """
    written, group, entry = 0, begun[0], begun[1]
    while group < len(bounds):
        begin, end = bounds[group, 0], bounds[group, 1]
        for a in range(begin + entry, end - 1):
            last = min(end, a + 1 + window)
            if written + last - a - 1 > len(out):
                return written, group, a - begin
            i = records[a]
            for b in range(a + 1, last):
                j = records[b]
                if i == j or (border > 0 and (i < border) == (j < border)):
                    continue
                low, high = min(i, j), max(i, j)
                out[written] = (np.uint64(low) << np.uint64(32)) | np.uint64(high)
                written += 1
        group, entry = group + 1, 0
    return written, group, 0


@njit(cache=True, nogil=True)
def scatter_keys(keys: Words, records: Ints, share: Share) -> tuple[Words, Ints, Ints]:
    """Keys and their records put together by part, and where parts begin; parts outside the share are empty."""
    parts = 1 << share.bits
    begins = np.zeros(parts + 1, np.int64)
    if parts == 1:
        begins[1] = len(keys)
        return keys, records, begins
    for k in range(len(keys)):
        where = part_of(keys[k], share.bits)
        begins[where + 1] += share.first <= where < share.last
    for part in range(parts):
        begins[part + 1] += begins[part]
    at = begins.copy()
    out, out_records = np.empty(begins[parts], np.uint64), np.empty(begins[parts], np.int32)
    for k in range(len(keys)):
        where = part_of(keys[k], share.bits)
        if share.first <= where < share.last:
            out[at[where]], out_records[at[where]] = keys[k], records[k]
            at[where] += 1
    return out, out_records, begins


@njit(cache=True, nogil=True)
def crowded(bounds: Ints, cap: int) -> tuple[Ints, Ints]:
    """The groups within `cap`, and the entries of those over it."""
    small, entries = 0, 0
    for g in range(len(bounds)):
        size = bounds[g, 1] - bounds[g, 0]
        if size <= cap:
            small += 1
        else:
            entries += size
    kept, over = np.empty((small, 2), np.int64), np.empty(entries, np.int64)
    small, entries = 0, 0
    for g in range(len(bounds)):
        if bounds[g, 1] - bounds[g, 0] <= cap:
            kept[small] = bounds[g]
            small += 1
        else:
            for at in range(bounds[g, 0], bounds[g, 1]):
                over[entries] = at
                entries += 1
    return kept, over


@njit(cache=True, nogil=True)
def components(left: Ints, right: Ints, size: int) -> Ints:
    """For each of `size` records the smallest record it is connected with; int64, union-find with path halving."""
    parent = np.arange(size)
    for k in range(len(left)):
        a, b = left[k], right[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            parent[max(a, b)] = min(a, b)
    for k in range(size):
        parent[k] = parent[parent[k]]
    return parent
