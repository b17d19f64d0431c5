"""Why each written pair has its weight: the level and the bits of every comparison, and the share of every class.

Only written pairs are taken apart, about one line in a hundred, so this costs next to nothing beside the run. The table
(docs/formats/run.md, evidence.parquet) holds line numbers, levels and weights; no name, number, date or place.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.comparison import Comparer, compare_one, conditions_of, split
from saksama.linkage.frequencies import LOCAL_STEP
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.prepared import Prepared
from saksama.linkage.scoring import Scores
from saksama.linkage.summary import LEVEL_NAMES
from saksama.linkage.training import Model

BLANK = "blank"
STRANGERS = "strangers"
_UNITS = 10_000  # weights are told in ten-thousandths of a bit
_LOST = 0.02  # bits: what float32 may lose on the way; more is a fault of ours


def level_name(kind: str, level: int) -> str:
    """The name of a level of a kind of comparison; `blank` for 0."""
    return BLANK if level == 0 else LEVEL_NAMES[kind][level - 1]


def evidence_table(comparer: Comparer, model: Model, inside: Words, scores: Scores) -> pa.Table:
    """A row a pair, in the order of pairs.parquet: `left`, `right`, and why it has its weight.

    `level_X` and `bits_X` of each comparison X, `prior_bits`, and `share_C` of each class C and of strangers. The bits
    of a row, summed and rounded to 4 decimals, are its weight_bits.
    """
    left, right = _lines_of(inside, comparer.prepared)
    order = np.lexsort((right, left))
    lines = {"left": pa.array(left[order], pa.int64()), "right": pa.array(right[order], pa.int64())}
    inside, scores = inside[order], Scores(scores.bits[order], scores.probability[order], scores.shares[order])
    return pa.table({**lines, **evidence_columns(comparer, model, inside, scores)})


def _lines_of(inside: Words, prepared: Prepared) -> tuple[Ints, Ints]:
    """Line numbers as in pairs.parquet: the smaller first; of two tables, the first table's first."""
    one, two = (prepared.lines[records] for records in split(inside))
    return (one, two) if prepared.border else (np.minimum(one, two), np.maximum(one, two))


def evidence_columns(comparer: Comparer, model: Model, inside: Words, scores: Scores) -> dict[str, Any]:
    """Levels, bits, prior and shares of the pairs, in their order, by column name."""
    levels, chance = witnesses(comparer, inside)
    bits = _exact(_weights(model, levels, chance), np.round(scores.bits, 4))
    columns: dict[str, Any] = {}
    for column, comparison in enumerate(comparer.plan.comparisons):
        names = [level_name(comparison.kind, level) for level in range(len(LEVEL_NAMES[comparison.kind]) + 1)]
        coded = pa.DictionaryArray.from_arrays(pa.array(levels[:, column], pa.int8()), pa.array(names, pa.string()))
        columns[f"level_{comparison.name}"] = coded.cast(pa.string())
        columns[f"bits_{comparison.name}"] = pa.array(bits[:, column], pa.float64())
    prior = prior_bits(model)
    columns["prior_bits"] = pa.array(np.full(len(inside), prior), pa.float64())
    for number, name in enumerate(model.classes):
        columns[f"share_{name}"] = pa.array(scores.shares[:, number].astype(np.float32), pa.float32())
    # Of strangers the share is what is left, which near 0 is all rounding; their odds against one person are exact.
    rest = scores.shares[:, 0] * 2.0 ** -np.minimum(scores.bits + prior, 1000.0)
    left = np.maximum(1 - scores.shares.sum(axis=1, dtype=np.float64), 0.0)
    strangers = np.where(scores.shares[:, 0] > 0.01, rest, left)
    columns[f"share_{STRANGERS}"] = pa.array(strangers.astype(np.float32), pa.float32())
    return columns


def prior_bits(model: Model) -> float:
    """log2 of how many pairs of one person there are to each pair of strangers, before any pair is looked at."""
    return round(float(model.priors[0]) - model.stranger_prior, 4)


def witnesses(comparer: Comparer, pairs: Words) -> tuple[Bytes, Floats]:
    """Level of each comparison, and log2 of the chance that strangers agree so; uint8 and float64[n, comparisons].

    What `Comparer.compare` adds up, taken apart. Where one comparison corrects another (a date inside the NIK, a name
    common in one birthplace) the correction stands with the comparison that is corrected.
    """
    left, right = split(pairs)
    comparisons = comparer.plan.comparisons
    kinds = [c.kind for c in comparisons]
    levels = np.zeros((len(left), len(comparisons)), np.uint8)
    chance = np.zeros((len(left), len(comparisons)))
    near_words = np.zeros(len(left), np.float32)
    for column, comparison in enumerate(comparisons):
        found = compare_one(comparison, (left, right), comparer.prepared, comparer.surprise, near_words)
        levels[:, column], chance[:, column] = found
    joined = np.zeros((len(left), 2), np.float32)
    comparer.join_dates((left, right), levels, joined)
    if "date" in kinds:
        chance[:, kinds.index("date")] += joined[:, 0]
    if comparer.surprise.local:
        less, together = comparer.local_discounts(left, levels)
        as_written, plain, date = less * LOCAL_STEP
        chance[:, kinds.index("name")] += as_written + plain + near_words * together
        chance[:, kinds.index("date")] += date
    if comparer.strangers is not None:
        condition = conditions_of(levels, comparer.plan, comparer.common_of(left))
        for column in range(len(comparisons)):
            chance[:, column] += comparer.strangers[condition, column, levels[:, column]]
    return levels, chance


def _weights(model: Model, levels: Bytes, chance: Floats) -> Floats:
    """log2 of m over u of each comparison; float64[n, comparisons]. Class 0 is one person."""
    columns = np.arange(levels.shape[1])
    return np.asarray(model.tables[0, columns, levels] - chance)


def _exact(weights: Floats, sums: Floats) -> Floats:
    """`weights` rounded to 4 decimals so that each row sums to `sums`; the largest takes what rounding leaves."""
    units = np.rint(weights * _UNITS).astype(np.int64)
    if not units.size:
        return weights
    missing = np.rint(sums * _UNITS).astype(np.int64) - units.sum(axis=1)
    assert np.abs(missing).max(initial=0) <= _LOST * _UNITS, "the evidence is not what the weight was made of"
    units[np.arange(len(units)), np.abs(weights).argmax(axis=1)] += missing
    return np.asarray(units / _UNITS)
