"""From what people settled to changes of a roll. A change that names no two people's decision is not made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from saksama.model.case import CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.effect import RollChange
from saksama.model.errors import BadInput, Broken, NotAllowed
from saksama.model.officer import OfficerId
from saksama.model.record import RecordRef
from saksama.model.roll import RollId
from saksama.model.texts import _
from saksama.model.tms import GANDA, SCHEMES


class ChangeWithoutDecision(NotAllowed):
    """A settlement that does not rest on agreeing decisions of two different officers."""


class BothStruck(Broken):
    """A settlement, or two together, that would strike the very line that is to stay."""


class ContradictorySettlements(Broken):
    """Settlements that cannot all take effect; `cases` names every one of them."""

    def __init__(self, sentence: str, cases: tuple[CaseId, ...]) -> None:
        super().__init__(sentence)
        self.cases = cases


class MalformedSettlement(Broken):
    """A settlement whose lines do not fit its ruling."""


class UnknownScheme(BadInput):
    """A TMS scheme that this version of Saksama does not know."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What two or more officers agreed on for one case of one roll.

    `decisions` are those that agree, each with its officer. `kept` and `struck` are lines of `roll`; they are given
    for `Ruling.SAME_PERSON` only.
    """

    case: CaseId
    roll: RollId
    ruling: Ruling
    decisions: tuple[tuple[DecisionId, OfficerId], ...]
    kept: int | None = None
    struck: tuple[int, ...] = ()


class ConflictKind(StrEnum):
    """Why settlements contradict each other."""

    KEPT_AND_STRUCK = "kept_and_struck"  # one case keeps the line that another strikes
    TWO_KEPT = "two_kept"  # one line struck in favour of two different lines
    SETTLED_TWICE = "settled_twice"  # one case with two settlements


@dataclass(frozen=True, slots=True)
class Conflict:
    """Settlements that hang together by contradictions, ascending by case. They go back to people, all of them."""

    settlements: tuple[Settlement, ...]
    kinds: tuple[ConflictKind, ...]

    @property
    def cases(self) -> tuple[CaseId, ...]:
        """The cases, each once."""
        return tuple(sorted({settlement.case for settlement in self.settlements}))

    @property
    def sentence(self) -> str:
        """Says to an officer which cases contradict each other and how."""
        return _("Perkara {cases} saling bertentangan: {reasons}. Putuskan kembali perkara-perkara ini.").format(
            cases=", ".join(self.cases), reasons="; ".join(_reason(kind) for kind in self.kinds)
        )


class Split(NamedTuple):
    """Settlements that can take effect together, and the contradictions that were left out."""

    clean: tuple[Settlement, ...]
    conflicts: tuple[Conflict, ...]


def changes_for(settlements: Iterable[Settlement], *, tms_scheme: str) -> tuple[RollChange, ...]:
    """The changes these settlements amount to, ascending by record. Only the ruling *ganda* changes a roll.

    1. every settlement rests on two different decisions of two different officers      ChangeWithoutDecision
    2. a line is kept and other lines are struck, none of them twice                    MalformedSettlement, BothStruck
    3. no line kept by one is struck by another, no line has two to stay in its place   ContradictorySettlements

    A line struck by two cases in favour of the same line is struck once and cites the case that comes first.
    """
    if tms_scheme not in SCHEMES:
        raise UnknownScheme(
            _("Skema TMS {scheme} tidak dikenal; yang ada: {known}.").format(
                scheme=tms_scheme, known=", ".join(sorted(SCHEMES))
            )
        )
    lawful = sorted(settlements, key=_by_case)
    for settlement in lawful:
        require_two_officers(settlement)  # 1
        require_lines_fit(settlement)  # 2
    for conflict in split_conflicts(lawful).conflicts:
        raise ContradictorySettlements(conflict.sentence, conflict.cases)  # 3
    changes: dict[RecordRef, RollChange] = {}
    for settlement in lawful:
        for change in _changes_of(settlement, tms_scheme):
            changes.setdefault(change.record, change)
    return tuple(changes[record] for record in sorted(changes))


def split_conflicts(settlements: Iterable[Settlement]) -> Split:
    """Set contradictions apart, so that one of them does not stop the whole office. Raises nothing.

    Every settlement that takes part in a contradiction is left out, not only the later one: which of them is right is
    for people to say. What remains cannot contradict itself, since every contradiction is between two settlements.
    """
    ordered = sorted(settlements, key=_by_case)
    group = _Groups(len(ordered))
    kinds: dict[int, set[ConflictKind]] = defaultdict(set)
    for kind, members in _contradictions(ordered):
        for member in members:
            group.join(members[0], member)
            kinds[member].add(kind)
    conflicts = [
        Conflict(
            tuple(ordered[member] for member in members),
            tuple(sorted(set().union(*(kinds[member] for member in members)))),
        )
        for members in group.all()
        if members[0] in kinds
    ]
    clean = tuple(settlement for number, settlement in enumerate(ordered) if number not in kinds)
    return Split(clean, tuple(conflicts))


def require_two_officers(settlement: Settlement) -> None:
    """Raise ChangeWithoutDecision unless two different officers made two different decisions."""
    decisions = {decision for decision, _officer in settlement.decisions}
    officers = {officer for _decision, officer in settlement.decisions}
    if min(len(decisions), len(officers)) < 2:
        raise ChangeWithoutDecision(
            _("Perkara {case} belum diputus: yang berwenang adalah dua petugas yang berbeda.").format(
                case=settlement.case
            )
        )


def require_lines_fit(settlement: Settlement) -> None:
    """Raise BothStruck or MalformedSettlement unless the lines are what the ruling asks for."""
    if settlement.ruling is not Ruling.SAME_PERSON:
        if settlement.kept is not None or settlement.struck:
            raise MalformedSettlement(_("Perkara {case} bukan ganda tetapi mencoret.").format(case=settlement.case))
        return
    if settlement.kept is None or not settlement.struck or len(set(settlement.struck)) != len(settlement.struck):
        raise MalformedSettlement(
            _("Perkara {case} ganda harus menyebut satu baris yang dipertahankan dan baris yang dicoret.").format(
                case=settlement.case
            )
        )
    if settlement.kept in settlement.struck:
        raise BothStruck(
            _("Perkara {case} mencoret semua barisnya; satu baris harus tetap.").format(case=settlement.case)
        )


def _contradictions(ordered: Sequence[Settlement]) -> Iterable[tuple[ConflictKind, list[int]]]:
    """Each contradiction with the numbers of the settlements that take part in it."""
    keepers: dict[tuple[RollId, int], list[int]] = defaultdict(list)
    strikers: dict[tuple[RollId, int], list[int]] = defaultdict(list)
    of_case: dict[CaseId, list[int]] = defaultdict(list)
    for number, settlement in enumerate(ordered):
        of_case[settlement.case].append(number)
        if settlement.kept is not None:
            keepers[settlement.roll, settlement.kept].append(number)
        for line in settlement.struck:
            strikers[settlement.roll, line].append(number)
    for record, striking in strikers.items():
        if record in keepers:
            yield ConflictKind.KEPT_AND_STRUCK, keepers[record] + striking
        if len({ordered[number].kept for number in striking}) > 1:
            yield ConflictKind.TWO_KEPT, striking
    for numbers in of_case.values():
        if len(numbers) > 1:
            yield ConflictKind.SETTLED_TWICE, numbers


def _changes_of(settlement: Settlement, tms_scheme: str) -> Iterable[RollChange]:
    if settlement.kept is None:
        return
    decisions = tuple(sorted({decision for decision, _officer in settlement.decisions}))
    for line in settlement.struck:
        yield RollChange(
            record=RecordRef(settlement.roll, line),
            tms=GANDA,
            tms_scheme=tms_scheme,
            case=settlement.case,
            decisions=decisions,
            kept=RecordRef(settlement.roll, settlement.kept),
        )


def _by_case(settlement: Settlement) -> tuple[str, str, str, int, tuple[int, ...]]:
    kept = -1 if settlement.kept is None else settlement.kept
    return settlement.roll, settlement.case, settlement.ruling, kept, settlement.struck


def _reason(kind: ConflictKind) -> str:
    match kind:
        case ConflictKind.KEPT_AND_STRUCK:
            return _("baris yang dipertahankan perkara satu dicoret perkara lain")
        case ConflictKind.TWO_KEPT:
            return _("satu baris dicoret demi dua baris yang berbeda")
        case ConflictKind.SETTLED_TWICE:
            return _("satu perkara diputus dua kali")


class _Groups:
    """Numbers that hang together, by union-find."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, left: int, right: int) -> None:
        low, high = sorted((self._root(left), self._root(right)))
        self._parent[high] = low

    def all(self) -> list[list[int]]:
        """Every group, ascending inside and by first member."""
        members: dict[int, list[int]] = defaultdict(list)
        for number in range(len(self._parent)):
            members[self._root(number)].append(number)
        return list(members.values())
