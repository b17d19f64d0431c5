"""Clusters that do not over-merge: the partition of each component that the evidence between its records supports best.

A pair that reaches the threshold connects its records. Inside a component every pair is scored, also those that no
blocking key brought together, and evidence against counts as much as evidence for: a twin is not drawn in by a
brother's double. Up to eight records the best partition is found exactly, larger ones by merging.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.kernels.join import components
from saksama.linkage.kernels.partition import best_partition, merged_greedily

_EXACT = 8
_LARGEST_SCORED = 400  # records; a component beyond is cut at higher thresholds first
_MOST_BITS = 12.0  # one pair's say, so that a single wrong certainty cannot outvote the rest


@dataclass(frozen=True, slots=True, repr=False)
class Clusters:
    """`parts[i]` is the smallest record of record i's cluster; itself where it stands alone."""

    parts: Ints
    components: int
    largest_component: int


def log_odds(probability: Floats) -> Floats:
    """Probability as bits for or against, within what one pair may say."""
    odds = np.log2(np.maximum(probability, 1e-12)) - np.log2(np.maximum(1 - probability, 1e-12))
    return np.asarray(np.clip(odds, -_MOST_BITS, _MOST_BITS))


def cluster(
    size: int, pairs: Words, probability: Floats, threshold: float, score_pairs: Callable[[Words], Floats]
) -> Clusters:
    """Cluster `size` records. `pairs` are ascending and packed; `score_pairs` gives the probability of any others."""
    linked = probability >= threshold
    ends = np.concatenate([pairs[linked] >> np.uint64(32), pairs[linked] & np.uint64(0xFFFFFFFF)]).astype(np.int64)
    records, numbers = np.unique(ends, return_inverse=True)  # of a whole nation few stand in any pair
    left, right = np.split(numbers, 2)
    roots = _bounded_components(left, right, probability[linked], len(records))
    parts = np.arange(size, dtype=np.int32)
    parts[records] = records[roots]
    members = [records[group] for group in _groups_of(np.arange(len(records)), roots, least=3)]
    if members:
        inner = np.concatenate([_all_pairs(group) for group in members])
        inner.sort()
        weights = log_odds(_look_up(inner, pairs, probability, score_pairs))
        for group in members:
            parts[group] = _split(group, inner, weights)
    sizes = np.bincount(roots, minlength=1)
    return Clusters(parts, int((sizes > 1).sum()), int(sizes.max(initial=min(size, 1))))


def one_to_one(size: int, pairs: Words, scores: tuple[Floats, Floats], threshold: float) -> Clusters:
    """Pairs of two tables, each record in one at most: the likeliest first, of equals the weightier, then the earlier.

    `scores` are probability and bits of each pair.
    """
    parts = np.arange(size, dtype=np.int64)
    likely = np.flatnonzero(scores[0] >= threshold)
    order = likely[np.lexsort((pairs[likely], -scores[1][likely], -scores[0][likely].round(6)))]
    taken = np.zeros(size, bool)
    kept = 0
    for pair in pairs[order].tolist():
        left, right = pair >> 32, pair & 0xFFFFFFFF
        if not taken[left] and not taken[right]:
            taken[left] = taken[right] = True
            parts[right] = left
            kept += 1
    return Clusters(parts, kept, 2 if kept else 1)


def pairs_inside(parts: Ints) -> Words:
    """Every pair of records of one cluster, ascending and packed."""
    members = members_of(parts)
    groups = _groups_of(members, parts[members], least=2)
    if not groups:
        return np.empty(0, np.uint64)
    out = np.concatenate([_all_pairs(group) for group in groups])
    out.sort()
    return out


def members_of(parts: Ints) -> Ints:
    """The records that stand in a cluster with others, ascending; int64."""
    moved = np.flatnonzero(parts != np.arange(len(parts), dtype=parts.dtype))
    return np.unique(np.concatenate([moved, parts[moved]]).astype(np.int64))


def _bounded_components(left: Ints, right: Ints, probability: Floats, size: int) -> Ints:
    """Components; those too large to score whole are cut at ever higher thresholds."""
    bar = 0.5
    kept = np.ones(len(left), bool)
    while True:
        roots = components(left[kept], right[kept], size)
        counts = np.bincount(roots, minlength=size)
        huge = counts[roots[left]] > _LARGEST_SCORED
        if not (huge & kept).any():
            return roots
        if bar > 1 - 1e-9:
            return _cut_to_size(roots)
        bar = 1 - (1 - bar) / 4
        kept &= ~huge | (probability >= bar)


def _cut_to_size(roots: Ints) -> Ints:
    """Components that no threshold divides, thousands of lines all alike, cut in runs small enough to score whole."""
    huge = np.flatnonzero(np.bincount(roots, minlength=len(roots))[roots] > _LARGEST_SCORED)
    members = huge[np.argsort(roots[huge], kind="stable")]
    within = np.arange(len(members)) - np.searchsorted(roots[members], roots[members])
    out = roots.copy()
    out[members] = members[np.arange(len(members)) - within % _LARGEST_SCORED]
    return out


def _groups_of(records: Ints, parts: Ints, least: int) -> list[Ints]:
    """Records by their parts, of those parts that have so many or more."""
    order = np.argsort(parts, kind="stable")
    groups = np.split(records[order], np.flatnonzero(np.diff(parts[order])) + 1)
    return [group for group in groups if len(group) >= least]


@cache
def _upper(size: int) -> tuple[Ints, Ints]:
    """Rows and columns of the pairs of `size` records; asked for again and again, of few sizes."""
    return np.triu_indices(size, 1)


def _all_pairs(group: Ints) -> Words:
    a, b = _upper(len(group))
    return (group[a].astype(np.uint64) << np.uint64(32)) | group[b].astype(np.uint64)


def _look_up(wanted: Words, pairs: Words, probability: Floats, score_pairs: Callable[[Words], Floats]) -> Floats:
    out = np.zeros(len(wanted))
    at = np.searchsorted(pairs, wanted)
    known = at < len(pairs)
    known[known] = pairs[at[known]] == wanted[known]
    out[known] = probability[at[known]]
    if not known.all():
        out[~known] = score_pairs(wanted[~known])
    return out


def _split(group: Ints, inner: Words, weights: Floats) -> Ints:
    size = len(group)
    matrix = np.zeros((size, size))
    at = np.searchsorted(inner, _all_pairs(group))
    matrix[_upper(size)] = weights[at]
    matrix += matrix.T
    part = best_partition(matrix) if size <= _EXACT else merged_greedily(matrix)
    smallest: dict[int, int] = {}
    for record, number in zip(group.tolist(), part.tolist(), strict=True):
        smallest.setdefault(number, record)
    return np.array([smallest[number] for number in part.tolist()], np.int64)
