"""Step 2 whole: a table in, findings out. Pure: no clock in results, no chance, no network."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.accounts import account_for
from saksama.linkage.blocking import RuleReport
from saksama.linkage.capacity import memory_needed, require_memory
from saksama.linkage.clustering import Clusters, cluster, one_to_one, pairs_inside
from saksama.linkage.comparison import Comparer, measure_local, measure_surprise, split
from saksama.linkage.decoy_join import count_decoys
from saksama.linkage.decoys import set_names_right
from saksama.linkage.indexing import write_index
from saksama.linkage.kernels.arrays import Bytes, Floats, Words
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Batches, Prepared, prepare
from saksama.linkage.resuming import Scratch
from saksama.linkage.scoring import Weighing, excess_of_strangers, false_share, q_values, score, weigh
from saksama.linkage.sifting import sift
from saksama.linkage.strangers import measure_strangers
from saksama.linkage.summary import (
    bands_summary,
    blocking_recall,
    histogram,
    model_summary,
    rules_summary,
)
from saksama.linkage.training import Model, least_bits, sample_of, train
from saksama.linkage.writing import Findings, bands_of, clusters_table, pairs_table, write_run
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
class _Pass:
    """All that one pass over the table found."""

    comparer: Comparer
    model: Model
    weighing: Weighing
    found: Clusters
    weighed: int
    candidates: int
    rules: list[RuleReport]
    caps: list[list[int]]
    corrections: Floats
    decoys: Floats


@dataclass(frozen=True, slots=True)
class Workplace:
    """What surrounds a run: how many `lines` it will see, where that is known; an empty folder to leave an `index` in;
    and a `scratch` for what its phases make, from which an interrupted run goes on."""

    lines: int = 0
    index: Path | None = None
    scratch: Scratch | None = None


def link(
    table: Batches,
    plan: LinkagePlan,
    *,
    other: Batches | None = None,
    workplace: Workplace | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Find lines of `table` that may be one person; with `other`, lines of `table` and of `other`, one to one.

    Tables may come whole or as batches that are read once. Same input, same findings, wherever it is worked. Raises
    BadInput where a column is missing, line numbers repeat, memory will not do, or the scratch is another run's.
    """
    watch = _Watch(progress, time.perf_counter(), {})
    workplace = workplace or Workplace()
    scratch, index = workplace.scratch, workplace.index
    ask = partial(require_memory, on_disk=scratch is not None)
    ask(workplace.lines + sum(each.num_rows for each in (table, other) if isinstance(each, pa.Table)))

    def columns() -> Prepared:
        make = partial(prepare, table, plan, other, progress=ask)
        prepared = make() if scratch is None else scratch.prepared(lambda folder: make(folder=folder))
        watch.phase("prepare", 0.2)
        return prepared

    numbered = plan.comparison("person_number") is not None
    weighed = _weigh(*_comparer_of(columns(), plan, watch), watch, scratch if numbered else None)
    for _ in range(0 if numbered else _MORE_PASSES):
        # No number says who is who, so frequencies counted every line of a person, and pairs of one person stood
        # among the strangers. Now they are known, near enough: count people, and strangers only.
        prepared = replace(weighed.comparer.prepared, persons=weighed.found.parts)
        if not prepared.border:
            prepared.people[:] = weighed.found.parts == np.arange(len(prepared))
        weighed = _weigh(*_comparer_of(prepared, plan, watch), watch)
    findings = _findings(weighed)
    watch.phase("write", 1.0 if index is None else 0.97)
    if index is not None:
        write_index(index, weighed.comparer, weighed.model, weighed.weighing, weighed.caps, weighed.corrections)
        watch.phase("index", 1.0)
    findings.summary["measured"] = {
        "seconds": watch.seconds,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "memory_expected_bytes": memory_needed(len(weighed.comparer.prepared), on_disk=scratch is not None),
    }
    return findings


def _findings(weighed: _Pass) -> Findings:
    """The pairs inside clusters, the clusters, and what is to be said of the run."""
    found, plan, prepared = weighed.found, weighed.comparer.plan, weighed.comparer.prepared
    inside = pairs_inside(found.parts)
    scores = score(weighed.comparer.compare(inside), weighed.model)
    clusters = clusters_table(found.parts, prepared)
    bands = bands_of(scores.probability, plan.bands)
    common = weighed.comparer.common_of(split(inside)[0])
    false = false_share(scores, excess_of_strangers(weighed.decoys, weighed.weighing.counts[3:]), common)
    summary: dict[str, Any] = {
        "engine": "saksama.linkage/4",
        "plan": plan.name,
        "plan_sha256": plan.digest,
        "input_sha256": prepared.digests[0],
        "other_sha256": prepared.digests[1] if len(prepared.digests) > 1 else None,
        "counts": {
            "lines": prepared.lines_read,
            "candidates": weighed.candidates,
            "weighed": weighed.weighed,
            "pairs": len(inside),
            "clusters": len(np.unique(clusters["cluster"].to_numpy())),
            **{band.value: int((bands == band.value).sum()) for band in Band},
            "large_clusters": int((np.bincount(clusters["cluster"].to_numpy()) > plan.largest_cluster).sum()),
            "largest_component": found.largest_component,
        },
        "bands": bands_summary(false, bands),
        "blocking_recall": blocking_recall(_marks_of(inside, weighed.weighing), scores.probability),
        "model": model_summary(weighed.model, plan, weighed.corrections),
        "rules": rules_summary(weighed.rules),
        "histogram": histogram(weighed.weighing.counts, weighed.decoys),
    }
    account = account_for(weighed.comparer, weighed.model, inside, scores, false)
    pairs = pairs_table(inside, prepared, scores, q_values(scores.probability, false), plan.bands)
    return Findings(pairs, clusters, summary | account.figures, account.evidence)


def _marks_of(pairs: Words, weighing: Weighing) -> Bytes:
    """Which rules brought each pair; 0 for a pair that none did, or that by itself is hardly worth a look."""
    at = np.searchsorted(weighing.pairs, pairs)
    known = at < len(weighing.pairs)
    known[known] = weighing.pairs[at[known]] == pairs[known]
    out = np.zeros(len(pairs), np.uint8)
    out[known] = weighing.marks[at[known]]
    return out


def _comparer_of(prepared: Prepared, plan: LinkagePlan, watch: _Watch) -> tuple[Comparer, Floats]:
    """What compares records by how common their values are, their columns set side by side; and what decoys corrected.

    Who calls keeps no hold of the columns, so that they can go when they have been set side by side.
    """
    surprise, counts = measure_surprise(prepared)
    surprise, corrections = set_names_right(prepared, surprise, counts)
    if prepared.numbers:
        surprise = measure_local(plan, prepared, surprise, counts)
    del counts
    comparer = Comparer(plan, prepared, surprise).in_rows()
    watch.phase("frequencies", 0.25)
    return comparer, corrections


def _weigh(comparer: Comparer, corrections: Floats, watch: _Watch, scratch: Scratch | None = None) -> _Pass:
    """What strangers share, blocking and comparison, training and clusters, in that order."""
    plan, prepared = comparer.plan, comparer.prepared
    comparer = replace(comparer, strangers=measure_strangers(comparer))
    watch.phase("strangers", 0.3)
    sifted = sift(comparer, least_bits(plan, prepared.all_pairs, len(prepared)), scratch=scratch)
    watch.phase("sift", 0.75)
    sample, step = sample_of(sifted.buckets)
    model = train(sample, plan, prepared.all_pairs, len(prepared), step, comparer.strangers)
    watch.phase("train", 0.85)
    weighing = weigh(sifted.buckets, sifted.marks, model, comparer.of_one_name_and_date)
    watch.phase("weigh", 0.88)
    decoys = count_decoys(comparer, model)
    watch.phase("decoys", 0.9)
    found = _cluster(comparer, model, weighing)
    watch.phase("cluster", 0.95)
    return _Pass(
        comparer, model, weighing, found, len(sifted), sifted.candidates, sifted.rules, sifted.caps, corrections, decoys
    )


def _cluster(comparer: Comparer, model: Model, weighing: Weighing) -> Clusters:
    """Clusters of one table; of two tables, pairs."""
    size, threshold = len(comparer.prepared), comparer.plan.bands.check
    if comparer.prepared.border:
        return one_to_one(size, weighing.pairs, (weighing.probability, weighing.bits), threshold)

    def score_pairs(wanted: Words) -> Floats:
        return score(comparer.compare(wanted), model).probability

    return cluster(size, weighing.pairs, weighing.probability, threshold, score_pairs)
