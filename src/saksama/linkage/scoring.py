"""Weighing pairs: bits of evidence for one person over all else, and the probability."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from saksama.linkage.comparison import Evidence
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.training import Model

MOST_BITS = 200  # of weight told apart
_KEPT = 0.01  # probability below which a pair is counted, and forgotten
_AT_ONCE = 1 << 16  # pairs
_NEVER_SURE = 0.001
_SMOOTH = 1.5  # bits
_DRAWN = 0.2  # pairs: how firmly a bit with hardly a decoy stays with the model
_MOST_EXCESS = 8.0
Alike = Callable[[Evidence], Bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Scores:
    """Per pair: `bits`, log2 of how much likelier one person is than two people whom chance brought together;
    `probability` of one person; `shares` float32[n, classes] of every class but strangers."""

    bits: Floats
    probability: Floats
    shares: Floats

    @property
    def strangers(self) -> Floats:
        """The probability that chance alone brought the pair together; float64[n]."""
        return np.asarray(np.maximum(1 - self.shares.sum(axis=1, dtype=np.float64), 0.0))


@dataclass(slots=True, repr=False)
class Weighing:
    """All pairs weighed: by whole bit of weight (from -1) how many, how many of them expected to be one person, to be
    strangers, and to be strangers of one name and date of birth, ordinary or common; float64[5, 202]. And of the pairs
    that may be one person, ascending, what they are, their scores and the marks of the rules that brought them.
    """

    counts: Floats = field(default_factory=lambda: np.zeros((5, MOST_BITS + 2)))
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


def by_bit(bits: Floats, amounts: Floats | None = None) -> Floats:
    """Pairs counted, or amounts summed, by whole bit of weight, from -1; float64[202]."""
    return np.bincount(_bins(bits), amounts, minlength=MOST_BITS + 2).astype(np.float64)


def _bins(bits: Floats) -> Ints:
    return np.clip(np.floor(bits), -1, MOST_BITS).astype(np.int64) + 1


def excess_of_strangers(counted: Floats, expected: Floats) -> Floats:
    """How many strangers were counted to each that the model expects; float64[2, 202] by kind of date and bit of
    weight, 1 to 8.

    Both smoothed over neighbouring bits and drawn towards one. Never below one: what decoys are not made of, mistyped
    names, may be worse than they are, not better.
    """
    bits = np.arange(counted.shape[1])
    near = np.exp(-0.5 * ((bits[:, None] - bits[None, :]) / _SMOOTH) ** 2)
    ratio = (counted @ near + _DRAWN) / (expected @ near + _DRAWN)
    return np.clip(ratio, 1.0, _MOST_EXCESS)


def false_share(scores: Scores, excess: Floats, common: Bytes) -> Floats:
    """Of pairs scored so, the share expected to be two people; float64[n], 0 to 1. `common` are those of common dates.

    Strangers as they were counted (`excess`), and no less than one pair in a thousand: no pair of records says that no
    clerk erred (docs/2-find.md, "What the error means").
    """
    two = 1 - scores.probability + scores.strangers * (excess[common, _bins(scores.bits)] - 1)
    return np.asarray(np.minimum(two + _NEVER_SURE, 1.0))


def q_values(probability: Floats, false: Floats) -> Floats:
    """For each pair the expected share of false ones among all at least as probable; float64[n]."""
    order = np.argsort(-probability, kind="stable")
    mean = np.cumsum(false[order]) / np.arange(1, len(order) + 1)
    out = np.empty(len(order))
    out[order] = np.maximum.accumulate(mean)
    return out


def weigh(buckets: Sequence[Evidence], marks: Sequence[Bytes], model: Model, alike: Alike) -> Weighing:
    """The pairs of all buckets weighed, and those that may be one person kept. `alike` tells which pairs share a name
    and a date of birth, ordinary or common."""
    chunks = [
        (bucket.taken(slice(begin, begin + _AT_ONCE)), mark[begin : begin + _AT_ONCE])
        for bucket, mark in zip(buckets, marks, strict=True)
        for begin in range(0, len(bucket), _AT_ONCE)
    ]
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda chunk: _weigh_chunk(chunk[0], chunk[1], model, alike), chunks))
    if not parts:
        return Weighing()
    return Weighing(
        np.sum([p.counts for p in parts], axis=0),
        np.concatenate([p.pairs for p in parts]),
        np.concatenate([p.bits for p in parts]),
        np.concatenate([p.probability for p in parts]),
        np.concatenate([p.marks for p in parts]),
    )


def _weigh_chunk(evidence: Evidence, marks: Bytes, model: Model, alike: Alike) -> Weighing:
    scores = score(evidence, model)
    amounts = (None, scores.probability, scores.strangers, *(scores.strangers * alike(evidence)))
    counts = np.stack([by_bit(scores.bits, each) for each in amounts])
    kept = np.flatnonzero(scores.probability >= _KEPT)
    return Weighing(counts, evidence.pairs()[kept], scores.bits[kept], scores.probability[kept], marks[kept])
