"""Memory: what two officers agreed of a pair before, from roll to roll. It is derived and never stored (decision 8)."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations, product

from saksama.casework import rules
from saksama.model.case import Case, CaseId
from saksama.model.decision import Decision, DecisionId, Ruling
from saksama.model.record import Element, Record
from saksama.model.roll import RollId

Elements = tuple[str, ...]  # of one record, in the order of `Element`
Fingerprint = Callable[[Elements, Elements], str]
# Under what a line is met again though an element of it changed. One element alone would meet a stranger: a NIK carried
# by two people, or a namesake.
_KIN = ((Element.NIK, Element.NAMA), (Element.NIK, Element.TGL_LAHIR), (Element.NKK, Element.NAMA, Element.TGL_LAHIR))
_NAMES = tuple(element.value for element in Element)


class LeftOut(StrEnum):
    """Why a cluster is not laid before people again."""

    RULED_DIFFERENT = "ruled_before"  # every pair was ruled bukan ganda, and no element has changed
    AWAITING = "awaiting"  # a pair of it lies with Disdukcapil, and no other pair is new


@dataclass(frozen=True, slots=True)
class PairRuling:
    """What a settled case says of two of its lines; `at` is when the second officer agreed."""

    case: CaseId
    roll: RollId
    left: int
    right: int
    ruling: Ruling
    decisions: tuple[DecisionId, DecisionId]
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangedElement:
    """An element of a line that is not what it was when the pair was ruled on."""

    line: int
    element: Element


@dataclass(frozen=True, slots=True)
class EarlierRuling:
    """What was ruled before of two lines of a new case, `left` < `right`, and what has changed since."""

    left: int
    right: int
    case: CaseId
    ruling: Ruling
    decisions: tuple[DecisionId, DecisionId]
    at: datetime
    changed: tuple[ChangedElement, ...] = ()


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is remembered of a cluster: why it is left out, or else what its case shows of earlier rulings."""

    left_out: LeftOut | None
    earlier: tuple[EarlierRuling, ...]


@dataclass(frozen=True, slots=True)
class _Met:
    """An earlier ruling on what may be this pair, with what differs from it now."""

    ruling: PairRuling
    changed: tuple[ChangedElement, ...]

    @property
    def rank(self) -> tuple[datetime, int, CaseId]:
        return self.ruling.at, -len(self.changed), self.ruling.case


def elements_of(values: Mapping[str, str]) -> Elements:
    """The compared elements of a record in the order of `Element`, NFC, blank as the empty text."""
    return tuple(unicodedata.normalize("NFC", values.get(name, "")) for name in _NAMES)


def pair_rulings(case: Case, decisions: Sequence[Decision]) -> tuple[PairRuling, ...]:
    """What a settlement says, pair by pair; nothing before it, nor of a line that a ganda neither keeps nor strikes."""
    agreed = rules.agreement(decisions)
    if agreed is None:
        return ()
    one, other = agreed
    choice = one.choice
    lines = case.lines if choice.kept is None else (choice.kept, *choice.struck)
    return tuple(
        PairRuling(case.id, case.roll, left, right, choice.ruling, (one.id, other.id), max(one.at, other.at))
        for left, right in combinations(sorted(lines), 2)
    )


class Memory:
    """What the decided cases say of pairs. Learn every case of earlier rolls, in any order; then recall."""

    def __init__(self, fingerprint: Fingerprint, clusters: Iterable[Sequence[Record]] = ()) -> None:
        """`clusters` are those that will be asked about: changes are looked for in their records only."""
        self._fingerprint = fingerprint
        self._newest: dict[str, PairRuling] = {}
        self._raised: dict[str, datetime] = {}
        self._now: dict[int, Elements] = {}
        self._cluster_of: dict[int, int] = {}
        self._lines_by_kin: dict[tuple[str, ...], list[int]] = {}
        self._met: dict[tuple[int, int], _Met] = {}
        for number, cluster in enumerate(clusters):
            for record in cluster:
                self._ask_about(record, number)

    def learn(self, case: Case, decisions: Sequence[Decision], records: Sequence[Record]) -> None:
        """Take in a case with all its decisions and the records of its evidence."""
        elements = {record.ref.line: elements_of(record.values) for record in records}
        rulings = {(ruling.left, ruling.right): ruling for ruling in pair_rulings(case, decisions)}
        for left, right in combinations(sorted(case.lines), 2):
            pair = self._fingerprint(elements[left], elements[right])
            self._raised[pair] = max(case.opened_at, self._raised.get(pair, case.opened_at))
            ruling = rulings.get((left, right))
            if ruling is not None:
                known = self._newest.get(pair)
                if known is None or (known.at, known.case) < (ruling.at, ruling.case):
                    self._newest[pair] = ruling
                self._meet(ruling, elements[left], elements[right])

    def standing(self) -> Iterator[PairRuling]:
        """Every ruling that keeps a pair from being raised again, by case number and lines."""
        found = (self._standing(pair) for pair in self._newest)
        yield from sorted((r for r in found if r is not None), key=lambda r: (r.case, r.left, r.right))

    def recall(self, cluster: Sequence[Record], *, answered: Collection[CaseId] = ()) -> Recollection:
        """What is remembered of a cluster; referrals that Disdukcapil `answered` no longer keep a pair back."""
        pairs = list(combinations(sorted(cluster, key=lambda record: record.ref.line), 2))
        held, earlier = [], []
        for one, other in pairs:
            standing = self._standing(self._fingerprint(elements_of(one.values), elements_of(other.values)))
            met = self._met.get((one.ref.line, other.ref.line))
            if met is not None and standing is not None and _overrules(met, standing):
                standing = None
            if standing is not None and standing.case not in answered:
                held.append(standing.ruling)
            if standing is not None:
                met = _Met(standing, ())
            if met is not None and met.ruling.ruling is not Ruling.SAME_PERSON:
                earlier.append(_earlier(one, other, met))
        if not pairs or len(held) < len(pairs):
            return Recollection(None, tuple(earlier))
        undecided = Ruling.UNDECIDED in held
        return Recollection(LeftOut.AWAITING if undecided else LeftOut.RULED_DIFFERENT, tuple(earlier))

    def _standing(self, pair: str) -> PairRuling | None:
        ruling = self._newest.get(pair)
        if ruling is None or ruling.ruling is Ruling.SAME_PERSON:
            return None
        if ruling.ruling is Ruling.UNDECIDED and self._raised[pair] > ruling.at:
            return None  # it was raised again since, so Disdukcapil had answered
        return ruling

    def _ask_about(self, record: Record, cluster: int) -> None:
        line, elements = record.ref.line, elements_of(record.values)
        self._now[line] = elements
        self._cluster_of[line] = cluster
        for key in _kin(elements):
            self._lines_by_kin.setdefault(key, []).append(line)

    def _meet(self, ruling: PairRuling, left: Elements, right: Elements) -> None:
        """Note which pair now is the one ruled on: the most alike alone, so that a third line does not pass for it."""
        found: dict[tuple[int, int], _Met] = {}
        for one, other in product(self._lines_like(left), self._lines_like(right)):
            if one != other and self._cluster_of[one] == self._cluster_of[other]:
                changed = (*self._changes(one, left), *self._changes(other, right))
                met, pair = _Met(ruling, tuple(sorted(changed, key=_place))), (min(one, other), max(one, other))
                if pair not in found or len(changed) < len(found[pair].changed):
                    found[pair] = met
        fewest = min((len(met.changed) for met in found.values()), default=0)
        alike = sorted(pair for pair, met in found.items() if len(met.changed) == fewest)
        for pair in alike if fewest == 0 else alike[:1]:
            known = self._met.get(pair)
            if known is None or known.rank < found[pair].rank:
                self._met[pair] = found[pair]

    def _lines_like(self, elements: Elements) -> set[int]:
        return {line for key in _kin(elements) for line in self._lines_by_kin.get(key, ())}

    def _changes(self, line: int, before: Elements) -> Iterator[ChangedElement]:
        for element, then, now in zip(Element, before, self._now[line], strict=True):
            if then != now:
                yield ChangedElement(line, element)


def _kin(elements: Elements) -> Iterator[tuple[str, ...]]:
    """The keys under which a line is met again; a blank element is in none but the first, which is all of them."""
    yield elements
    values = dict(zip(Element, elements, strict=True))
    for names in _KIN:
        if all(values[name] for name in names):
            yield tuple(f"{name.value}={values[name]}" for name in names)


def _place(change: ChangedElement) -> tuple[int, int]:
    return change.line, list(Element).index(change.element)


def _overrules(met: _Met, standing: PairRuling) -> bool:
    """Whether these people were later ruled on otherwise, under elements that have changed back since."""
    return met.ruling.at > standing.at and met.ruling.ruling is not standing.ruling


def _earlier(one: Record, other: Record, met: _Met) -> EarlierRuling:
    ruling = met.ruling
    return EarlierRuling(
        one.ref.line, other.ref.line, ruling.case, ruling.ruling, ruling.decisions, ruling.at, met.changed
    )
