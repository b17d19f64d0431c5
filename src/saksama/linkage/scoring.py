"""Weighing pairs: bits of evidence for one person over all else, and the probability."""

from dataclasses import dataclass

import numpy as np

from saksama.linkage.comparison import Evidence
from saksama.linkage.kernels.arrays import Floats
from saksama.linkage.training import Model


@dataclass(frozen=True, slots=True, repr=False)
class Scores:
    """Per pair: `bits`, log2 of how much likelier one person is than two people whom chance brought together;
    `probability` of one person; `shares` float32[n, classes] of every class but strangers."""

    bits: Floats
    probability: Floats
    shares: Floats


def score(evidence: Evidence, model: Model) -> Scores:
    """The scores of all pairs under a model."""
    shares = model.shares(evidence)
    bits = -evidence.chance.sum(axis=1, dtype=np.float64)
    for column in range(evidence.levels.shape[1]):
        bits += model.tables[0, column, evidence.levels[:, column]]
    return Scores(bits, shares[:, 0].astype(np.float64), shares)
