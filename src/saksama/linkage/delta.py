"""What new lines change: the clusters of a roll that a new line joins or makes, and the pairs inside them."""

from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.clustering import cluster, pairs_inside
from saksama.linkage.comparison import packed, split
from saksama.linkage.evidence import evidence_columns
from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.lookup import Asked, Index
from saksama.linkage.scoring import score
from saksama.linkage.writing import Findings, bands_of
from saksama.model.pair import Band


def link_new(index: Index, table: pa.Table) -> Findings:
    """The findings of a run over the roll and the new lines together, as far as they touch a new line.

    `left`, `right` and `line` are line numbers; `left_in`, `right_in` and `in` say of which list: `roll` or `new`.
    Frequencies and model are those of the run that left the index.
    """
    asked = index.ask(table)
    whole, probability = _with_old(index, asked)
    records = np.unique(np.concatenate(split(whole)))
    numbers = np.searchsorted(records, np.stack(split(whole))).astype(np.int32)
    order = np.argsort(packed(numbers[0], numbers[1]))

    def score_pairs(wanted: Words) -> Floats:
        left, right = split(wanted)
        return score(index.comparer.compare(packed(records[left], records[right])), index.model).probability

    found = cluster(
        len(records), packed(numbers[0], numbers[1])[order], probability[order], index.plan.bands.check, score_pairs
    )
    touched = np.unique(found.parts[records >= index.size])
    parts = np.where(np.isin(found.parts, touched), found.parts, np.arange(len(records)))
    inside = pairs_inside(parts)
    pairs, evidence = _pairs_tables(index, *(records[ends] for ends in split(inside)))
    clusters = _clusters_table(index, parts, records)
    bands = pairs["band"].to_pylist()
    summary: dict[str, Any] = {
        "engine": "saksama.linkage/4",
        "index_sha256": index.about["input_sha256"],
        "plan": index.plan.name,
        "plan_sha256": index.plan.digest,
        "counts": {
            "lines": len(asked.lines),
            "against": index.size,
            "candidates": len(asked.pairs),
            "pairs": len(inside),
            "clusters": len(set(clusters["cluster"].to_pylist())),
            **{band.value: bands.count(band.value) for band in Band},
        },
    }
    return Findings(pairs, clusters, summary, evidence)


def _with_old(index: Index, asked: Asked) -> tuple[Words, Floats]:
    """The new pairs that may be one person, and those of the roll that share a record with them, or with one of
    those, and so on; packed, and their probability."""
    likely = asked.scores.probability >= index.plan.bands.check
    new, new_probability = asked.pairs[likely], asked.scores.probability[likely]
    old, old_probability = index.old_pairs()
    linked = old_probability >= index.plan.bands.check
    old, old_probability = old[linked], old_probability[linked]
    left, right = split(old)
    reached = np.zeros(index.size + len(asked.lines), bool)
    for records in split(new):
        reached[records] = True
    near = np.zeros(len(old), bool)
    while True:
        now = reached[left] | reached[right]
        if (now == near).all():
            break
        near = now
        reached[left[near]] = reached[right[near]] = True
    return np.concatenate([old[near], new]), np.concatenate([old_probability[near], new_probability])


def _pairs_tables(index: Index, left: Ints, right: Ints) -> tuple[pa.Table, pa.Table]:
    """The pairs, and the evidence for each."""
    inside = packed(left, right)
    scores = score(index.comparer.compare(inside), index.model)
    lines = {
        "left": pa.array(index.line_of(left), pa.int64()),
        "left_in": pa.array(_list_of(index, left), pa.string()),
        "right": pa.array(index.line_of(right), pa.int64()),
        "right_in": pa.array(_list_of(index, right), pa.string()),
    }
    found = {
        "weight_bits": pa.array(np.round(scores.bits, 4), pa.float64()),
        "probability": pa.array(np.round(scores.probability, 6), pa.float64()),
        "band": pa.array(bands_of(scores.probability, index.plan.bands).tolist(), pa.string()),
    }
    evidence = evidence_columns(index.comparer, index.model, inside, scores)
    return pa.table({**lines, **found}), pa.table({**lines, **evidence})


def _clusters_table(index: Index, parts: Ints, records: Ints) -> pa.Table:
    sizes = np.bincount(parts, minlength=len(parts))
    members = np.flatnonzero(sizes[parts] > 1)
    members = members[np.lexsort((members, parts[members]))]
    numbers = np.cumsum(np.diff(parts[members], prepend=-1) != 0) - 1
    return pa.table(
        {
            "line": pa.array(index.line_of(records[members]), pa.int64()),
            "in": pa.array(_list_of(index, records[members]), pa.string()),
            "cluster": pa.array(numbers, pa.int64()),
        }
    )


def _list_of(index: Index, records: Ints) -> list[str]:
    return list(np.where(records >= index.size, "new", "roll").tolist())
