"""The CaseStore in the database. One write, one transaction, and only if nothing moved."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from saksama.casework.store import CaseChanged, CaseFilter, CasePage, NewCase, NewDecision, NoSuchCase, Opened
from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Decision
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import Broken
from saksama.model.officer import OfficerId
from saksama.model.roll import RollId
from saksama.model.texts import _
from saksama.web.cases.models import (
    BANDS,
    CaseRow,
    DecisionRow,
    EvidenceRow,
    LineRow,
    OutboxRow,
    PlaceRow,
    SeenRow,
)

_AT_ONCE = 250  # cases or entries a transaction: SQLite takes far more, but a queue page should never wait for one
_CLOSED = (CaseState.SETTLED.value, CaseState.ENACTED.value)


class DjangoCaseStore:
    """Cases, decisions, who saw what, and the outbox, in Django's default database. See CaseStore for each promise."""

    def get(self, case_id: CaseId) -> Case:
        """The case; raises NoSuchCase."""
        row = CaseRow.objects.filter(id=case_id).first()
        if row is None:
            raise NoSuchCase(_("Tidak ada perkara bernomor itu."))
        return row.as_case()

    def open_new(self, cases: Iterable[NewCase]) -> Opened:
        """Open the cases not yet known, some hundreds a transaction."""
        opened, remaining = Opened(), iter(cases)
        while chunk := list(islice(remaining, _AT_ONCE)):
            with transaction.atomic():
                opened = opened + _open_chunk(chunk)
        return opened

    def known(self, case_ids: Collection[CaseId]) -> frozenset[CaseId]:
        """Those of these numbers that are cases."""
        return frozenset(CaseId(i) for i in CaseRow.objects.filter(id__in=case_ids).values_list("id", flat=True))

    def history(self) -> Iterator[tuple[Case, tuple[Decision, ...], bytes]]:
        """Every case of every roll with its decisions and its sealed evidence, by case number."""
        made = Prefetch("decisions", DecisionRow.objects.defer("sealed_text").order_by("number"))
        rows = CaseRow.objects.order_by("id").select_related("evidence").prefetch_related(made)
        for row in rows.iterator(_AT_ONCE):
            yield row.as_case(), tuple(d.as_decision() for d in row.decisions.all()), bytes(row.evidence.sealed)

    def sealed_evidence(self, case_id: CaseId) -> bytes:
        """The sealed evidence of the case; raises NoSuchCase."""
        row = EvidenceRow.objects.filter(case_id=case_id).first()
        if row is None:
            raise NoSuchCase(_("Tidak ada perkara bernomor itu."))
        return bytes(row.sealed)

    def record_seen(self, case_id: CaseId, officer: OfficerId, *, digest: str, entry: Entry) -> bool:
        """Record that the officer had this evidence on the screen; False if known already."""
        if SeenRow.objects.filter(case_id=case_id, officer_id=officer, digest=digest).exists():
            return False  # the common case, without taking the write lock
        with transaction.atomic():
            _row, is_new = SeenRow.objects.get_or_create(case_id=case_id, officer_id=officer, digest=digest)
            if is_new:
                self.add_to_outbox(entry)
        return is_new

    def seen_digest(self, case_id: CaseId, officer: OfficerId) -> str | None:
        """The digest of the evidence this officer had on the screen last, or None."""
        row = SeenRow.objects.filter(case_id=case_id, officer_id=officer).order_by("-id").first()
        return None if row is None else row.digest

    def decisions(self, case_id: CaseId) -> tuple[Decision, ...]:
        """All decisions of the case, oldest first, without their texts."""
        rows = DecisionRow.objects.filter(case_id=case_id).defer("sealed_text").order_by("number")
        return tuple(row.as_decision() for row in rows)

    def sealed_text(self, decision_id: str) -> bytes:
        """Sealed reason and document of a decision; raises Broken where there is none."""
        row = DecisionRow.objects.filter(id=decision_id).first()
        if row is None:
            raise Broken("a decision has no text")
        return bytes(row.sealed_text)

    def record(self, new: NewDecision, *, expected: int, state: CaseState) -> None:
        """Save decision, entry and the case's new state as one; raises CaseChanged if another officer was first."""
        made = new.decision
        with transaction.atomic():
            # The transaction is IMMEDIATE: from here on nobody else writes, so what is looked at stays so.
            row = CaseRow.objects.filter(id=made.case).first()
            if row is None:
                raise NoSuchCase(_("Tidak ada perkara bernomor itu."))
            if row.version != expected:
                raise _changed(made.case)
            DecisionRow.objects.create(
                id=made.id,
                case_id=made.case,
                officer_id=made.officer,
                ruling=made.choice.ruling.value,
                kept=made.choice.kept,
                struck=sorted(made.choice.struck),
                at=made.at,
                evidence_digest=made.evidence_digest,
                supersedes_id=made.supersedes,
                sealed_text=new.sealed_text,
            )
            self.add_to_outbox(new.entry)
            if new.settlement is not None:
                self.add_to_outbox(new.settlement)
            # After the decision, for the database settles no case that lacks two of them.
            moved = CaseRow.objects.filter(id=made.case, version=expected).update(
                state=state.value, version=expected + 1
            )
            if moved != 1:
                raise _changed(made.case)

    def page(self, wanted: CaseFilter, *, after: CaseId | None = None, limit: int = 50) -> CasePage:
        """One page of the queue, found by key: the last page costs what the first does."""
        found = _matching(wanted)
        if wanted.states:
            found = found.filter(state__in=[state.value for state in wanted.states])
        total = found.count()
        if after is not None and (last := CaseRow.objects.filter(id=after).only("band_rank").first()):
            found = found.filter(Q(band_rank=last.band_rank, id__gt=after) | Q(band_rank__gt=last.band_rank))
        rows = list(found.order_by("band_rank", "id")[: limit + 1])
        shown = tuple(row.as_case() for row in rows[:limit])
        return CasePage(shown, shown[-1].id if len(rows) > limit else None, total)

    def counts(self, wanted: CaseFilter) -> dict[CaseState, int]:
        """How many cases stand in each state."""
        counted = dict(_matching(wanted).order_by().values_list("state").annotate(Count("id")))
        return {state: counted.get(state.value, 0) for state in CaseState}

    def settled(self, roll: RollId) -> Iterator[tuple[Case, tuple[Decision, ...]]]:
        """Settled and enacted cases of the roll with all their decisions, by case number."""
        rows = CaseRow.objects.filter(roll=roll, state__in=_CLOSED).order_by("id")
        for row in rows.prefetch_related("decisions").iterator(_AT_ONCE):
            made = sorted(row.decisions.all(), key=lambda decision: decision.number)
            yield row.as_case(), tuple(decision.as_decision() for decision in made)

    def mark_enacted(self, case_ids: Sequence[CaseId]) -> None:
        """Move settled cases to enacted; raises NoSuchCase for a number that is none."""
        with transaction.atomic():
            for case_id in case_ids:
                case = self.get(case_id)
                if case.state is CaseState.SETTLED:
                    CaseRow.objects.filter(id=case_id, version=case.version).update(
                        state=CaseState.ENACTED.value, version=case.version + 1
                    )

    def add_to_outbox(self, entry: Entry) -> None:
        """Put an entry into the outbox; an id already there changes nothing."""
        OutboxRow.objects.bulk_create([OutboxRow(id=entry.id, body=entry.to_bytes())], ignore_conflicts=True)

    def outbox(self, limit: int) -> Sequence[tuple[EntryId, bytes]]:
        """The oldest entries that wait to be entered."""
        rows = OutboxRow.objects.filter(entered=False).order_by("number")[:limit]
        return [(EntryId(row.id), bytes(row.body)) for row in rows]

    def latest_entry(self, kind: EntryKind) -> bytes | None:
        """The newest entry of a kind; see CaseStore."""
        of_kind = OutboxRow.objects.filter(id__gte=f"{kind.value}:", id__lt=f"{kind.value};")  # ";" follows ":"
        row = of_kind.order_by("-number").first()
        return None if row is None else bytes(row.body)

    def mark_entered(self, ids: Sequence[EntryId]) -> None:
        """Note that these entries stand in the ledger."""
        remaining = iter(ids)
        while chunk := list(islice(remaining, _AT_ONCE)):
            OutboxRow.objects.filter(id__in=chunk, entered=False).update(entered=True)


def _changed(case_id: str) -> CaseChanged:
    return CaseChanged(_("Perkara {case} baru saja diputuskan petugas lain. Muat ulang halaman.").format(case=case_id))


def _open_chunk(chunk: Sequence[NewCase]) -> Opened:
    """Open what may be opened of some cases, inside the caller's transaction."""
    known = set(CaseRow.objects.filter(id__in=[new.case.id for new in chunk]).values_list("id", flat=True))
    taken = _lines_taken(chunk)
    opened, result = [], Opened()
    for new in chunk:
        lines = {(str(new.case.roll), line) for line in new.case.lines}
        if new.case.id in known:
            result = replace(result, known=result.known + 1)
        elif lines & taken:
            result = replace(result, overlapping=result.overlapping + 1)
        else:
            known.add(new.case.id)
            taken |= lines
            opened.append(new)
    _insert(opened)
    return replace(result, opened=len(opened))


def _lines_taken(chunk: Sequence[NewCase]) -> set[tuple[str, int]]:
    by_roll: dict[str, list[int]] = {}
    for new in chunk:
        by_roll.setdefault(new.case.roll, []).extend(new.case.lines)
    return {
        (roll, line)
        for roll, lines in by_roll.items()
        for line in LineRow.objects.filter(roll=roll, line__in=lines).values_list("line", flat=True)
    }


def _insert(opened: Sequence[NewCase]) -> None:
    CaseRow.objects.bulk_create([_row_of(new) for new in opened])
    EvidenceRow.objects.bulk_create([EvidenceRow(case_id=new.case.id, sealed=new.sealed_evidence) for new in opened])
    LineRow.objects.bulk_create(
        [LineRow(case_id=new.case.id, roll=new.case.roll, line=line) for new in opened for line in new.case.lines]
    )
    PlaceRow.objects.bulk_create(
        [
            PlaceRow(case_id=new.case.id, code=code)
            for new in opened
            for code in sorted({village for village in new.case.villages if village})
        ]
    )
    OutboxRow.objects.bulk_create(
        [OutboxRow(id=new.entry.id, body=new.entry.to_bytes()) for new in opened], ignore_conflicts=True
    )


def _row_of(new: NewCase) -> CaseRow:
    case = new.case
    return CaseRow(
        id=case.id,
        wilayah=case.wilayah.code,
        roll=case.roll,
        run=case.run,
        lines=list(case.lines),
        band_rank=BANDS.index(case.band),
        kpu_class=case.kpu_class,
        class_scheme=case.class_scheme,
        villages=list(case.villages),
        evidence_digest=case.evidence_digest,
        state=case.state.value,
        opened_at=case.opened_at,
        version=case.version,
    )


def _inside(field: str, code: str) -> Q:
    """Rows whose code is this region or lies below it, as a range that an index serves."""
    return Q(**{field: code}) | Q(**{f"{field}__gte": f"{code}.", f"{field}__lt": f"{code}/"})  # "/" follows "."


def _matching(wanted: CaseFilter) -> "QuerySet[CaseRow]":
    """Cases under every field of the filter but the states."""
    found = CaseRow.objects.filter(_inside("wilayah", wanted.area.code))
    if wanted.bands:
        found = found.filter(band_rank__in=[BANDS.index(band) for band in wanted.bands])
    if wanted.classes:
        found = found.filter(kpu_class__in=wanted.classes)
    if wanted.roll is not None:
        found = found.filter(roll=wanted.roll)
    if wanted.village:
        places = PlaceRow.objects.filter(_inside("code", wanted.village), case=OuterRef("pk"))
        found = found.filter(Exists(places))
    if wanted.not_decided_by is not None:
        made = DecisionRow.objects.filter(case=OuterRef("pk"), officer=wanted.not_decided_by)
        found = found.filter(~Exists(made))
    return found
