"""Where cases are kept: the one port of the system, with two makers (memory here, the database in `web`)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Decision
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput, NotAllowed
from saksama.model.officer import OfficerId
from saksama.model.pair import Band
from saksama.model.roll import RollId
from saksama.model.texts import _
from saksama.model.wilayah import Wilayah


class NoSuchCase(BadInput):
    """No case has this number."""


class CaseChanged(NotAllowed):
    """Another officer was first: show that, do not retry."""


@dataclass(frozen=True, slots=True, repr=False)
class NewCase:
    """A case to be opened, with what is written beside it in the same transaction.

    `sealed_evidence` opens only through the vault.
    """

    case: Case
    sealed_evidence: bytes
    entry: Entry

    def __repr__(self) -> str:
        return f"NewCase({self.case.id})"


@dataclass(frozen=True, slots=True, repr=False)
class NewDecision:
    """A decision to be recorded, with what is written beside it in the same transaction.

    `sealed_text` holds reason and document, sealed with the salts of their commitments and of the choice's.
    `settlement` is there when this decision settles the case: it opens the choices.
    """

    decision: Decision
    sealed_text: bytes
    entry: Entry
    settlement: Entry | None = None

    def __repr__(self) -> str:
        return f"NewDecision({self.decision.id})"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a queue shows. Empty fields do not filter. `not_decided_by` leaves out what that officer has decided."""

    area: Wilayah
    states: frozenset[CaseState] = frozenset()
    bands: frozenset[Band] = frozenset()
    classes: frozenset[str] = frozenset()
    village: str = ""  # a kecamatan or desa code: any record of the case lies in it
    not_decided_by: OfficerId | None = None
    roll: RollId | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a queue, in the order certain, probable, check, then case number."""

    cases: tuple[Case, ...]
    next_after: CaseId | None  # hand back as `after` for the following page; None at the end
    total: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening did: cases opened, met again, and overlaps left alone."""

    opened: int = 0
    known: int = 0
    overlapping: int = 0

    def __add__(self, other: "Opened") -> "Opened":
        return Opened(
            self.opened + other.opened,
            self.known + other.known,
            self.overlapping + other.overlapping,
        )


class CaseStore(Protocol):
    """Cases, decisions, who saw what, and the outbox. Nothing decided is ever updated or deleted."""

    def get(self, case_id: CaseId) -> Case:
        """The case; raises NoSuchCase."""

    def open_new(self, cases: Iterable[NewCase]) -> Opened:
        """Open the cases not yet known, each with its outbox entry in one transaction.

        A known id is met again and changes nothing. A case that shares a line of the same roll with another case is
        left alone, so no two cases can strike one another's kept record.
        """

    def known(self, case_ids: Collection[CaseId]) -> frozenset[CaseId]:
        """Those of these numbers that are cases."""

    def history(self) -> Iterator[tuple[Case, tuple[Decision, ...], bytes]]:
        """Every case of every roll with its decisions, oldest first and without texts, and its sealed evidence."""

    def sealed_evidence(self, case_id: CaseId) -> bytes:
        """The sealed evidence of the case; raises NoSuchCase."""

    def record_seen(self, case_id: CaseId, officer: OfficerId, *, digest: str, entry: Entry) -> bool:
        """Record that the officer had this evidence on the screen; False (and no second entry) if known already."""

    def seen_digest(self, case_id: CaseId, officer: OfficerId) -> str | None:
        """The digest of the evidence this officer had on the screen, or None."""

    def decisions(self, case_id: CaseId) -> tuple[Decision, ...]:
        """All decisions of the case, oldest first, with empty `reason` and `document`: those are sealed."""

    def sealed_text(self, decision_id: str) -> bytes:
        """Sealed reason and document of a decision."""

    def record(self, new: NewDecision, *, expected: int, state: CaseState) -> None:
        """Save decision, its entries and new `state` as one; raises CaseChanged if the version is not `expected`."""

    def page(self, wanted: CaseFilter, *, after: CaseId | None = None, limit: int = 50) -> CasePage:
        """One page of the queue."""

    def counts(self, wanted: CaseFilter) -> dict[CaseState, int]:
        """How many cases stand in each state, under the filter's other fields."""

    def settled(self, roll: RollId) -> Iterator[tuple[Case, tuple[Decision, ...]]]:
        """Settled and enacted cases of the roll with all their decisions, by case number."""

    def mark_enacted(self, case_ids: Sequence[CaseId]) -> None:
        """Move settled cases to enacted; a case already enacted stays so."""

    def add_to_outbox(self, entry: Entry) -> None:
        """Put an entry of no case (an officer enrolled, say) into the outbox; an id already there changes nothing."""

    def outbox(self, limit: int) -> Sequence[tuple[EntryId, bytes]]:
        """The oldest entries that wait to be entered, in the order they were made."""

    def latest_entry(self, kind: EntryKind) -> bytes | None:
        """The newest entry of a kind that went through the outbox, entered or not; None where there is none."""

    def mark_entered(self, ids: Sequence[EntryId]) -> None:
        """Note that these entries stand in the ledger. The row and its bytes stay."""


@dataclass
class MemoryCaseStore:
    """A CaseStore for tests and for looking at a run without a database."""

    _cases: dict[CaseId, Case] = field(default_factory=dict)
    _taken: set[tuple[RollId, int]] = field(default_factory=set)
    _evidence: dict[CaseId, bytes] = field(default_factory=dict)
    _decisions: dict[CaseId, list[Decision]] = field(default_factory=dict)
    _texts: dict[str, bytes] = field(default_factory=dict)
    _seen: dict[tuple[CaseId, OfficerId], str] = field(default_factory=dict)
    _outbox: dict[EntryId, bytes] = field(default_factory=dict)
    _entered: set[EntryId] = field(default_factory=set)

    def get(self, case_id: CaseId) -> Case:
        """The case; raises NoSuchCase."""
        if case_id not in self._cases:
            raise NoSuchCase(_("Tidak ada perkara bernomor itu."))
        return self._cases[case_id]

    def open_new(self, cases: Iterable[NewCase]) -> Opened:
        """Open the cases not yet known; see CaseStore."""
        result = Opened()
        for new in cases:
            outcome = self._why_not(new)
            if outcome == "opened":
                self._cases[new.case.id] = new.case
                self._taken.update((new.case.roll, line) for line in new.case.lines)
                self._evidence[new.case.id] = new.sealed_evidence
                self.add_to_outbox(new.entry)
            result = replace(result, **{outcome: getattr(result, outcome) + 1})
        return result

    def _why_not(self, new: NewCase) -> str:
        if new.case.id in self._cases:
            return "known"
        if any((new.case.roll, line) in self._taken for line in new.case.lines):
            return "overlapping"
        return "opened"

    def known(self, case_ids: Collection[CaseId]) -> frozenset[CaseId]:
        """Those of these numbers that are cases."""
        return frozenset(case_id for case_id in case_ids if case_id in self._cases)

    def history(self) -> Iterator[tuple[Case, tuple[Decision, ...], bytes]]:
        """Every case of every roll with its decisions and its sealed evidence."""
        for case_id, case in self._cases.items():
            yield case, self.decisions(case_id), self._evidence[case_id]

    def sealed_evidence(self, case_id: CaseId) -> bytes:
        """The sealed evidence of the case; raises NoSuchCase."""
        self.get(case_id)
        return self._evidence[case_id]

    def record_seen(self, case_id: CaseId, officer: OfficerId, *, digest: str, entry: Entry) -> bool:
        """Record that the officer had this evidence on the screen; see CaseStore."""
        if self._seen.get((case_id, officer)) == digest:
            return False
        self._seen[case_id, officer] = digest
        self.add_to_outbox(entry)
        return True

    def seen_digest(self, case_id: CaseId, officer: OfficerId) -> str | None:
        """The digest of the evidence this officer had on the screen, or None."""
        return self._seen.get((case_id, officer))

    def decisions(self, case_id: CaseId) -> tuple[Decision, ...]:
        """All decisions of the case, oldest first, without their texts."""
        return tuple(self._decisions.get(case_id, []))

    def sealed_text(self, decision_id: str) -> bytes:
        """Sealed reason and document of a decision."""
        return self._texts[decision_id]

    def record(self, new: NewDecision, *, expected: int, state: CaseState) -> None:
        """Save decision, entry and state as one; see CaseStore."""
        case = self.get(CaseId(new.decision.case))
        if case.version != expected:
            raise CaseChanged(
                _("Perkara {case} baru saja diputuskan petugas lain. Muat ulang halaman.").format(case=case.id)
            )
        self._decisions.setdefault(case.id, []).append(replace(new.decision, reason="", document=""))
        self._texts[new.decision.id] = new.sealed_text
        self._cases[case.id] = replace(case, version=expected + 1, state=state)
        self.add_to_outbox(new.entry)
        if new.settlement is not None:
            self.add_to_outbox(new.settlement)

    def _matching(self, wanted: CaseFilter) -> list[Case]:
        bands = list(Band)
        found = [
            case
            for case in self._cases.values()
            if wanted.area.contains(case.wilayah)
            and (not wanted.bands or case.band in wanted.bands)
            and (not wanted.classes or case.kpu_class in wanted.classes)
            and (wanted.roll is None or case.roll == wanted.roll)
            and (not wanted.village or any(Wilayah(wanted.village).contains(Wilayah(v)) for v in case.villages if v))
            and not any(d.officer == wanted.not_decided_by for d in self._decisions.get(case.id, []))
        ]
        return sorted(found, key=lambda case: (bands.index(case.band), case.id))

    def page(self, wanted: CaseFilter, *, after: CaseId | None = None, limit: int = 50) -> CasePage:
        """One page of the queue."""
        found = [c for c in self._matching(wanted) if not wanted.states or c.state in wanted.states]
        start = next((i + 1 for i, c in enumerate(found) if c.id == after), 0)
        shown = tuple(found[start : start + limit])
        more = start + limit < len(found)
        return CasePage(shown, shown[-1].id if more else None, len(found))

    def counts(self, wanted: CaseFilter) -> dict[CaseState, int]:
        """How many cases stand in each state."""
        found = self._matching(wanted)
        return {state: sum(c.state is state for c in found) for state in CaseState}

    def settled(self, roll: RollId) -> Iterator[tuple[Case, tuple[Decision, ...]]]:
        """Settled and enacted cases of the roll with all their decisions, by case number."""
        for case_id in sorted(self._cases):
            case = self._cases[case_id]
            if case.roll == roll and case.state in (CaseState.SETTLED, CaseState.ENACTED):
                yield case, self.decisions(case_id)

    def mark_enacted(self, case_ids: Sequence[CaseId]) -> None:
        """Move settled cases to enacted."""
        for case_id in case_ids:
            case = self.get(case_id)
            if case.state is CaseState.SETTLED:
                self._cases[case_id] = replace(case, state=CaseState.ENACTED, version=case.version + 1)

    def add_to_outbox(self, entry: Entry) -> None:
        """Put an entry into the outbox; an id already there changes nothing."""
        self._outbox.setdefault(entry.id, entry.to_bytes())

    def outbox(self, limit: int) -> Sequence[tuple[EntryId, bytes]]:
        """The oldest entries that wait to be entered."""
        waiting = [(i, b) for i, b in self._outbox.items() if i not in self._entered]
        return waiting[:limit]

    def latest_entry(self, kind: EntryKind) -> bytes | None:
        """The newest entry of a kind; see CaseStore."""
        return next((b for i, b in reversed(self._outbox.items()) if i.startswith(f"{kind.value}:")), None)

    def mark_entered(self, ids: Sequence[EntryId]) -> None:
        """Note that these entries stand in the ledger."""
        self._entered.update(ids)
