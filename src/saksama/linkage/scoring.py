"""Weighing pairs: bits of evidence for one person over all else, and the probability."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from saksama.linkage.comparison import Evidence
from saksama.linkage.kernels.arrays import Bytes, Floats, Words
from saksama.linkage.training import Model

MOST_BITS = 200  # of weight told apart
_KEPT = 0.01  # probability below which a pair is counted, and forgotten
_AT_ONCE = 1 << 18  # pairs
_ALLOWANCE = 1.4  # false pairs to each that the model expects
_NEVER_SURE = 0.001


@dataclass(frozen=True, slots=True, repr=False)
class Scores:
    """Per pair: `bits`, log2 of how much likelier one person is than two people whom chance brought together;
    `probability` of one person; `shares` float32[n, classes] of every class but strangers."""

    bits: Floats
    probability: Floats
    shares: Floats


@dataclass(slots=True, repr=False)
class Weighing:
    """All pairs weighed: counts by whole bits of weight (from -1) of pairs, one person, and strangers; and of the
    pairs that may be one person, ascending, what they are, their scores and the marks of the rules that brought them.
    """

    counts: Floats = field(default_factory=lambda: np.zeros((3, MOST_BITS + 2)))
    pairs: Words = field(default_factory=lambda: np.empty(0, np.uint64))
    bits: Floats = field(default_factory=lambda: np.empty(0))
    probability: Floats = field(default_factory=lambda: np.empty(0))
    marks: Bytes = field(default_factory=lambda: np.empty(0, np.uint8))


def score(evidence: Evidence, model: Model) -> Scores:
    """The scores of all pairs under a model."""
    shares = model.shares(evidence)
    bits = -evidence.chance.sum(axis=1, dtype=np.float64)
    for column in range(evidence.levels.shape[1]):
        bits += model.tables[0, column, evidence.levels[:, column]]
    return Scores(bits, shares[:, 0].astype(np.float64), shares)


def false_share(probability: Floats) -> Floats:
    """Of pairs this probable, the share expected to be two people; float64[n], 0 to 1.

    More than one less the probability: witnesses depend on one another in more ways than are counted, and no pair of
    records says that no clerk erred. Both allowances were set on rolls with known truth from two generators
    (docs/2-find.md, "What the error means").
    """
    return np.asarray(np.minimum(_ALLOWANCE * (1 - probability) + _NEVER_SURE, 1.0))


def expected_false_share(probability: Floats) -> Floats:
    """For each pair the expected share of false ones among all at least as probable: its q-value; float64[n]."""
    order = np.argsort(-probability, kind="stable")
    mean = np.cumsum(false_share(probability[order])) / np.arange(1, len(order) + 1)
    out = np.empty(len(order))
    out[order] = mean
    return out


def weigh(buckets: Sequence[Evidence], marks: Sequence[Bytes], model: Model) -> Weighing:
    """The pairs of all buckets weighed, and those that may be one person kept."""
    chunks = [
        (bucket.taken(slice(begin, begin + _AT_ONCE)), mark[begin : begin + _AT_ONCE], model)
        for bucket, mark in zip(buckets, marks, strict=True)
        for begin in range(0, len(bucket), _AT_ONCE)
    ]
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda chunk: _weigh_chunk(*chunk), chunks))
    if not parts:
        return Weighing()
    return Weighing(
        np.sum([p.counts for p in parts], axis=0),
        np.concatenate([p.pairs for p in parts]),
        np.concatenate([p.bits for p in parts]),
        np.concatenate([p.probability for p in parts]),
        np.concatenate([p.marks for p in parts]),
    )


def _weigh_chunk(evidence: Evidence, marks: Bytes, model: Model) -> Weighing:
    scores = score(evidence, model)
    bins = np.clip(np.floor(scores.bits), -1, MOST_BITS).astype(np.int64) + 1
    strangers = 1 - scores.shares.sum(axis=1, dtype=np.float64)
    counts = [np.bincount(bins, weights, minlength=MOST_BITS + 2) for weights in (None, scores.probability, strangers)]
    kept = np.flatnonzero(scores.probability >= _KEPT)
    return Weighing(np.stack(counts), evidence.pairs()[kept], scores.bits[kept], scores.probability[kept], marks[kept])
