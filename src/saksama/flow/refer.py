"""Step 3: a recommendation becomes a case of the office that owns the lines."""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

import pyarrow as pa

from saksama import __version__
from saksama.casework import rules
from saksama.casework.evidence import Evidence, evidence_digest
from saksama.casework.memory import LeftOut, Memory
from saksama.casework.opening import NotOurs, open_case, referral_entry
from saksama.casework.store import CaseFilter, CaseStore, NewCase
from saksama.flow.desk import SALT_BYTES, Desk
from saksama.flow.remember import memory_of
from saksama.flow.shelves import RollShelf, RunShelf
from saksama.linkage.telling.recommending import recommend
from saksama.model.case import CaseId, case_id_for
from saksama.model.decision import Ruling
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput
from saksama.model.recommendation import Assistant, Recommendation
from saksama.model.record import Record, RecordRef
from saksama.model.roll import COLUMNS, LINE, RollId
from saksama.model.texts import _
from saksama.vault.sealing import seal_bytes

ASSISTANT = Assistant("pencari-ganda", __version__)
_AT_ONCE = 500  # cases a transaction: small enough that a queue page never waits, large enough to be quick
_TELL_EVERY = 500  # cases read from memory between two words to whoever waits


@dataclass(frozen=True, slots=True)
class Referred:
    """What a referral did, in clusters; `not_ours` have a record of another office.

    `ruled_before`: every pair ruled bukan ganda, no element changed. `awaiting`: with Disdukcapil, not yet answered.
    Invariant: they are `clusters` in sum. `not_found` are answered referrals of which the run found no pair.
    """

    clusters: int = 0
    opened: int = 0
    known: int = 0
    ruled_before: int = 0
    awaiting: int = 0
    overlapping: int = 0
    not_ours: int = 0
    not_found: tuple[CaseId, ...] = ()


def refer_cases(
    run: str,
    *,
    rolls: RollShelf,
    runs: RunShelf,
    desk: Desk,
    answered: Collection[CaseId] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Referred:
    """Lay every cluster of a run before the office's people; `answered` are referrals that Disdukcapil has answered.

    1. referring twice makes no second case        2. a pair ruled bukan ganda is not raised again unless it changed
    3. the evidence is fixed, and sealed           4. case and ledger entry are saved as one
    5. how many were laid before people, and why the others were not, is a ledger entry
    """
    roll = RollId(runs.about(run)["roll"])
    for case_id in answered:
        _require_referred(case_id, roll, desk.cases)
    clusters = runs.clusters(run)
    records = rolls.records(roll, [int(line) for line in clusters[LINE].to_numpy()], [LINE, *COLUMNS])
    by_line = {line: Record(RecordRef(roll, line), values) for line, values in _by_line(records).items()}
    together = _together(clusters)
    told = _Progress(progress, desk, clusters=len(together))
    memory = memory_of(
        desk, clusters=[[by_line[line] for line in lines] for lines in together], apart_from=roll, learnt=told.learnt
    )
    remaining = recommend(runs.pairs(run), clusters, records, roll=roll, run=run, assistant=ASSISTANT)
    done = Referred(clusters=len(together), not_found=tuple(sorted(set(answered))))
    while chunk := list(islice(remaining, _AT_ONCE)):
        done = _refer_some(chunk, by_line, memory, desk=desk, answered=answered, before=done)  # 1 2 3 4
        told.referred(len(chunk))
    desk.cases.add_to_outbox(_entry_for(run, roll, done, desk))  # 5
    return done


def _refer_some(
    chunk: Sequence[Recommendation],
    by_line: Mapping[int, Record],
    memory: Memory,
    *,
    desk: Desk,
    answered: Collection[CaseId],
    before: Referred,
) -> Referred:
    """Open what is to be opened of some recommendations, and count the others by their reason."""
    ids = [case_id_for(said.records[0].roll, tuple(ref.line for ref in said.records)) for said in chunk]
    known, not_ours = desk.cases.known(ids), 0
    left_out: Counter[LeftOut] = Counter()
    new, found = [], set[CaseId]()
    for case_id, said in zip(ids, chunk, strict=True):
        records = tuple(by_line[ref.line] for ref in said.records)
        recalled = memory.recall(records, answered=answered)
        found.update(ruling.case for ruling in recalled.earlier)
        if case_id in known:
            continue
        if recalled.left_out is not None:
            left_out[recalled.left_out] += 1
            continue
        try:
            new.append(_new_case(Evidence(records, said, recalled.earlier), desk))
        except NotOurs:
            not_ours += 1
    opened = desk.cases.open_new(new)
    return replace(
        before,
        opened=before.opened + opened.opened,
        known=before.known + len(known) + opened.known,
        ruled_before=before.ruled_before + left_out[LeftOut.RULED_DIFFERENT],
        awaiting=before.awaiting + left_out[LeftOut.AWAITING],
        overlapping=before.overlapping + opened.overlapping,
        not_ours=before.not_ours + not_ours,
        not_found=tuple(case_id for case_id in before.not_found if case_id not in found),
    )


def _new_case(evidence: Evidence, desk: Desk) -> NewCase:
    written, salt = evidence.to_bytes(), secrets.token_bytes(SALT_BYTES)
    case = open_case(
        evidence.recommendation,
        evidence.records,
        owner=desk.office,
        scheme=desk.class_scheme,
        evidence_digest=evidence_digest(written, salt=salt),
        at=desk.clock.now(),
    )
    sealed = seal_bytes(salt + written, keys=desk.keys, purpose=f"evidence:{case.id}")  # 3
    return NewCase(case, sealed, referral_entry(case, evidence.recommendation))


def _require_referred(case_id: CaseId, roll: RollId, cases: CaseStore) -> None:
    """Raise BadInput unless the case was settled as rujuk Disdukcapil, on another roll than this."""
    case = cases.get(case_id)
    agreed = rules.agreement(cases.decisions(case_id))
    if agreed is None or agreed[0].choice.ruling is not Ruling.UNDECIDED:
        raise BadInput(
            _("Perkara {case} tidak dirujuk ke Disdukcapil. Lihat: saksama cases list --remembered").format(
                case=case_id
            )
        )
    if case.roll == roll:
        raise BadInput(
            _("Perkara {case} milik daftar ini sendiri; pasangannya diangkat lagi pada daftar berikutnya.").format(
                case=case_id
            )
        )


def _entry_for(run: str, roll: RollId, done: Referred, desk: Desk) -> Entry:
    """The ledger entry that accounts for every cluster of a run; the same account is the same entry."""
    counts = {
        "clusters": done.clusters,
        "referred": done.opened + done.known,
        "ruled_before": done.ruled_before,
        "awaiting": done.awaiting,
        "overlapping": done.overlapping,
        "not_ours": done.not_ours,
    }
    return Entry(
        id=EntryId(f"run_referred:{run}.{'.'.join(map(str, counts.values()))}"),
        kind=EntryKind.RUN_REFERRED,
        at=desk.clock.now(),
        office=desk.office.code,
        actor="program:cases-refer",
        body={"run": run, "roll": roll, **counts},
    )


class _Progress:
    """Cases remembered and clusters referred, told to whoever waits as one count."""

    def __init__(self, tell: Callable[[int, int], None] | None, desk: Desk, *, clusters: int) -> None:
        self._tell = tell
        self._remembered = sum(desk.cases.counts(CaseFilter(desk.office)).values()) if tell else 0
        self._total = self._remembered + clusters
        self._done = 0

    def learnt(self, number: int) -> None:
        """Hear how many cases have been read."""
        if number % _TELL_EVERY == 0:
            self._say(min(number, self._remembered))

    def referred(self, more: int) -> None:
        """Hear of more clusters dealt with."""
        self._say(max(self._done, self._remembered) + more)

    def _say(self, done: int) -> None:
        self._done = done
        if self._tell is not None:
            self._tell(done, self._total)


def _together(clusters: pa.Table) -> list[list[int]]:
    """The lines of each cluster."""
    lines: dict[int, list[int]] = {}
    for line, number in zip(clusters[LINE].to_numpy().tolist(), clusters["cluster"].to_numpy().tolist(), strict=True):
        lines.setdefault(number, []).append(line)
    return list(lines.values())


def _by_line(records: pa.Table) -> dict[int, dict[str, str]]:
    """Values in the clear by line, blanks left out, dates as 1955-07-01."""
    return {row.pop(LINE): dict(_as_text(row)) for row in records.to_pylist()}


def _as_text(row: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if value is not None and value != "":
            yield name, value.isoformat() if isinstance(value, date) else str(value)
