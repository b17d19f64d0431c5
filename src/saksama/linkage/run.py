"""Step 2 whole: a table in, findings out. Pure: no clock in results, no chance, no network."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.accounts import account_for
from saksama.linkage.blocking import RuleReport, candidate_pairs
from saksama.linkage.capacity import memory_needed, require_memory
from saksama.linkage.clustering import Clusters, cluster, one_to_one, pairs_inside
from saksama.linkage.comparison import Comparer, measure_local, measure_surprise, packed
from saksama.linkage.decoys import set_names_right
from saksama.linkage.kernels.arrays import Floats, Words
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Prepared, prepare
from saksama.linkage.scoring import Scores, score
from saksama.linkage.strangers import measure_strangers
from saksama.linkage.summary import (
    bands_summary,
    blocking_recall,
    histogram,
    model_summary,
    rules_summary,
)
from saksama.linkage.training import Model, least_bits, train
from saksama.linkage.writing import Findings, bands_of, clusters_table, digest_of, pairs_table, write_run
from saksama.model.pair import Band

__all__ = ["Findings", "link", "write_run"]
Progress = Callable[[str, float], None]
_MORE_PASSES = 2  # over a table without person numbers


@dataclass(slots=True)
class _Watch:
    """Seconds by phase, for `measured` in run.json alone."""

    progress: Progress | None
    begun: float
    seconds: dict[str, float]

    def phase(self, name: str, share: float) -> None:
        now = time.perf_counter()
        self.seconds[name] = round(self.seconds.get(name, 0.0) + now - self.begun, 3)
        self.begun = now
        if self.progress is not None:
            self.progress(name, share)


@dataclass(frozen=True, slots=True, repr=False)
class _Weighed:
    """All that one pass over the table found."""

    comparer: Comparer
    model: Model
    scores: Scores
    found: Clusters
    candidates: int
    by_rule: list[Words]
    rules: list[RuleReport]
    corrections: Floats


def link(
    table: pa.Table, plan: LinkagePlan, *, other: pa.Table | None = None, progress: Progress | None = None
) -> Findings:
    """Find lines of `table` that may be one person; with `other`, lines of `table` and of `other`, one to one.

    Same input, same findings. Raises BadInput where a column is missing, line numbers repeat, or memory will not do.
    """
    watch = _Watch(progress, time.perf_counter(), {})
    require_memory(table.num_rows + (0 if other is None else other.num_rows))
    prepared = prepare(table, plan, other)
    watch.phase("prepare", 0.2)
    weighed = _weigh(prepared, plan, watch)
    for _ in range(0 if prepared.numbers else _MORE_PASSES):
        # No number says who is who, so frequencies counted every line of a person, and pairs of one person stood
        # among the strangers. Now they are known, near enough: count people, and strangers only.
        prepared.persons[:] = weighed.found.parts
        if not prepared.border:
            prepared.people[:] = weighed.found.parts == np.arange(len(prepared))
        weighed = _weigh(prepared, plan, watch)
    comparer, model, found = weighed.comparer, weighed.model, weighed.found
    inside = pairs_inside(found.parts)
    scores = score(comparer.compare(inside), model)
    clusters = clusters_table(found.parts, prepared)
    bands = bands_of(scores.probability, plan.bands)
    summary: dict[str, Any] = {
        "engine": "saksama.linkage/1",
        "plan": plan.name,
        "plan_sha256": plan.digest,
        "input_sha256": digest_of(table, plan),
        "other_sha256": None if other is None else digest_of(other, plan),
        "counts": {
            "lines": len(prepared),
            "candidates": weighed.candidates,
            "weighed": len(weighed.scores.bits),
            "pairs": len(inside),
            "clusters": len(np.unique(clusters["cluster"].to_numpy())),
            **{band.value: int((bands == band.value).sum()) for band in Band},
            "large_clusters": int((np.bincount(found.parts, minlength=1) > plan.largest_cluster).sum()),
            "largest_component": found.largest_component,
        },
        "bands": bands_summary(scores.probability, bands),
        "blocking_recall": blocking_recall(plan, weighed.by_rule, inside, scores.probability, records=len(prepared)),
        "model": model_summary(model, plan, weighed.corrections),
        "rules": rules_summary(weighed.rules),
        "histogram": histogram(weighed.scores),
    }
    q_values = expected_false_share(scores.probability)
    findings_pairs = pairs_table(inside, prepared, scores, q_values, plan.bands)
    account = account_for(comparer, model, (inside, scores), (table, other))
    summary |= account.figures
    watch.phase("write", 1.0)
    summary["measured"] = {
        "seconds": watch.seconds,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "memory_expected_bytes": memory_needed(len(prepared)),
    }
    return Findings(findings_pairs, clusters, summary, account.evidence)


def _weigh(prepared: Prepared, plan: LinkagePlan, watch: _Watch) -> _Weighed:
    """Frequencies, blocking, comparison, training and clusters, in that order."""
    surprise, corrections = set_names_right(prepared, measure_surprise(prepared))
    comparer = Comparer(plan, prepared, measure_local(prepared, surprise) if prepared.numbers else surprise)
    comparer = replace(comparer, strangers=measure_strangers(comparer))
    watch.phase("strangers", 0.3)
    pairs, by_rule, rules = candidate_pairs(prepared, plan)
    watch.phase("block", 0.5)
    evidence = comparer.compare(pairs, least_bits(plan, prepared.all_pairs, len(prepared)))
    watch.phase("compare", 0.75)
    model = train(evidence, plan, prepared.all_pairs, len(prepared))
    scores = score(evidence, model)
    watch.phase("train", 0.85)
    found = _cluster(comparer, model, packed(evidence.left, evidence.right), scores)
    watch.phase("cluster", 0.95)
    return _Weighed(comparer, model, scores, found, len(pairs), by_rule, rules, corrections)


def _cluster(comparer: Comparer, model: Model, pairs: Words, scores: Scores) -> Clusters:
    """Clusters of one table; of two tables, pairs."""
    size, threshold = len(comparer.prepared), comparer.plan.bands.check
    if comparer.prepared.border:
        return one_to_one(size, pairs, (scores.probability, scores.bits), threshold)

    def score_pairs(wanted: Words) -> Floats:
        return score(comparer.compare(wanted), model).probability

    return cluster(size, pairs, scores.probability, threshold, score_pairs)


def expected_false_share(probability: Floats) -> Floats:
    """For each pair the expected share of false ones among all at least as probable; float64[n]."""
    order = np.argsort(-probability, kind="stable")
    mean = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    out = np.empty(len(order))
    out[order] = mean
    return out
