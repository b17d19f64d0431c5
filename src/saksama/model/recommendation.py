"""A recommendation: what an assistant proposes that people look at. It can do nothing by itself."""

from dataclasses import dataclass
from enum import StrEnum

from saksama.model.pair import Band
from saksama.model.record import Element, RecordRef


class Agreement(StrEnum):
    """How one element of two records compares. Blank is never agreement."""

    AGREE = "agree"
    SIMILAR = "similar"
    DIFFER = "differ"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class ElementComparison:
    """One element of two records compared, with a sentence that quotes neither value."""

    element: Element
    agreement: Agreement
    sentence_id: str  # Indonesian, for instance "Nama sama kecuali ejaan lama dan baru."
    sentence_en: str


@dataclass(frozen=True, slots=True)
class PairComparison:
    """All elements of two of a recommendation's records compared, in the order of `Element`."""

    left: RecordRef
    right: RecordRef
    elements: tuple[ElementComparison, ...]


@dataclass(frozen=True, slots=True)
class Assistant:
    """A program that recommends. It has no power: no step that decides takes one."""

    name: str
    version: str  # with the digest of its plan: a recommendation can be recomputed bit for bit


@dataclass(frozen=True, slots=True)
class Recommendation:
    """ "These records may be one person", with reasons. Records ascending, two or more, all of one roll."""

    assistant: Assistant
    run: str
    records: tuple[RecordRef, ...]
    band: Band
    comparisons: tuple[PairComparison, ...]
