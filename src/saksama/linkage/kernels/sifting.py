"""Evidence moved: pairs that surprise kept, put together by bucket, and each kept once."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words

# int32[n], int32[n], uint8[n, comparisons], float32[n, 3]: an Evidence's left, right, levels and chance.
Rows = tuple[Ints, Ints, Bytes, Floats]


@njit(cache=True, nogil=True, inline="always")
def _copy(rows: Rows, k: int, out: Rows, at: int) -> None:
    out[0][at], out[1][at] = rows[0][k], rows[1][k]
    for w in range(rows[2].shape[1]):
        out[2][at, w] = rows[2][k, w]
    for part in range(3):
        out[3][at, part] = rows[3][k, part]


@njit(cache=True, nogil=True)
def _room(size: int, width: int) -> Rows:
    return (
        np.empty(size, np.int32), np.empty(size, np.int32), np.empty((size, width), np.uint8),
        np.empty((size, 3), np.float32),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def surprising(rows: Rows, most: float) -> Rows:
    """Those pairs whose chance, log2, is at most `most`."""
    chance, kept = rows[3], 0
    for k in range(len(chance)):
        kept += chance[k, 0] + chance[k, 1] + chance[k, 2] <= most
    out, at = _room(kept, rows[2].shape[1]), 0
    for k in range(len(chance)):
        if chance[k, 0] + chance[k, 1] + chance[k, 2] <= most:
            _copy(rows, k, out, at)
            at += 1
    return out


@njit(cache=True, nogil=True)
def by_bucket(rows: Rows, count: int, size: int) -> tuple[Rows, Ints]:
    """The pairs put together by bucket, in their order within each; and where buckets begin.

    There are `count` buckets of one width, of left records from 0 to before `size`.
    """
    begins = np.zeros(count + 1, np.int64)
    for record in rows[0]:
        begins[int(record) * count // size + 1] += 1
    for bucket in range(count):
        begins[bucket + 1] += begins[bucket]
    out, at = _room(len(rows[0]), rows[2].shape[1]), begins.copy()
    for k in range(len(rows[0])):
        bucket = int(rows[0][k]) * count // size
        _copy(rows, k, out, at[bucket])
        at[bucket] += 1
    return out, begins


@njit(cache=True, nogil=True)
def each_once(rows: Rows, pairs: Words, order: Ints, marks: Bytes) -> tuple[Rows, Bytes]:
    """Of pairs put in `order` (ascending by `pairs`, packed) the first of each, and the marks of all its likes."""
    known = 0
    for at in range(len(order)):
        known += at == 0 or pairs[order[at]] != pairs[order[at - 1]]
    out, together = _room(known, rows[2].shape[1]), np.zeros(known, np.uint8)
    known = 0
    for at in range(len(order)):
        if at == 0 or pairs[order[at]] != pairs[order[at - 1]]:
            _copy(rows, order[at], out, known)
            known += 1
        together[known - 1] |= marks[order[at]]
    return out, together
