"""A pair of records that may be one person, as linkage scored it."""

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """How sure the engine is, in three steps. An officer sees the band in words, never a score."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines of a run's table, `left` < `right`; the weight of evidence in bits is log2 of the Bayes factor."""

    left: int
    right: int
    weight_bits: float
    probability: float
    q_value: float
    band: Band
