"""How good findings are against a truth: for benchmarks and tests, never inside a run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.kernels.arrays import Ints
from saksama.linkage.kernels.join import components
from saksama.model.roll import LINE


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and their harmonic mean; `recall_by_error` counts true pairs found and all, by kind of error.

    True pairs that no blocking key brought together count as missed.
    """

    precision: float
    recall: float
    f1: float
    cluster_precision: float
    cluster_recall: float
    cluster_f1: float
    true_pairs: int
    pairs: int
    recall_by_error: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def evaluate(pairs: pa.Table, truth: pa.Table) -> Quality:
    """The quality of `pairs` (left, right) against `truth` (line, person, and error if known; every line of the roll).

    Cluster figures are those of the connected components of the pairs, pairwise.
    """
    lines, persons = truth[LINE].to_numpy(), truth["person"].to_numpy()
    order = np.argsort(lines, kind="stable")
    lines, people = lines[order], np.unique(persons[order], return_inverse=True)[1]
    left, right = np.searchsorted(lines, pairs["left"].to_numpy()), np.searchsorted(lines, pairs["right"].to_numpy())
    true_pairs = _pairs_in(people)
    right_ones = people[left] == people[right]
    precision, recall, f1 = _rates(int(right_ones.sum()), len(left), true_pairs)
    parts = components(left.astype(np.int64), right.astype(np.int64), len(lines))
    together = np.unique(np.stack([parts, people]), axis=1, return_counts=True)[1]
    inside = int((together.astype(np.int64) * (together - 1) // 2).sum())
    cluster = _rates(inside, _pairs_in(parts), true_pairs)
    told: list[Any] = truth["error"].to_pylist() if "error" in truth.column_names else []
    errors = [str(told[at]) for at in order.tolist()] if told else None
    by_error = {} if errors is None else _by_error(errors, people, set(zip(left.tolist(), right.tolist(), strict=True)))
    return Quality(precision, recall, f1, *cluster, true_pairs, len(left), by_error)


def _rates(hits: int, flagged: int, true_pairs: int) -> tuple[float, float, float]:
    precision, recall = hits / max(flagged, 1), hits / max(true_pairs, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def _pairs_in(labels: Ints) -> int:
    sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _by_error(errors: list[str], people: Ints, found: set[tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Found and all true pairs by what was done to the copy; pairs of two copies under `two copies`."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    several = np.flatnonzero(np.bincount(people)[people] > 1)
    order = several[np.argsort(people[several], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(people[order])) + 1):
        members = sorted(group.tolist())
        for k, b in enumerate(members):
            for a in members[:k]:
                told = [errors[x] for x in (a, b) if errors[x]]
                for kind in told[0].split("+") if len(told) == 1 else ["two copies"]:
                    total[kind] += 1
                    hits[kind] += (a, b) in found
    return {kind: (hits[kind], total[kind]) for kind in sorted(total)}
