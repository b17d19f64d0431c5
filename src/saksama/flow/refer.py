"""Step 3: a recommendation becomes a case of the office that owns the lines."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import pyarrow as pa

from saksama import __version__
from saksama.casework.evidence import Evidence, evidence_digest
from saksama.casework.opening import NotOurs, open_case, referral_entry
from saksama.casework.store import NewCase, Opened
from saksama.flow.desk import SALT_BYTES, Desk
from saksama.flow.shelves import RollShelf, RunShelf
from saksama.linkage.recommending import recommend
from saksama.model.recommendation import Assistant, Recommendation
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import COLUMNS, LINE, RollId
from saksama.vault.pseudonym import mark
from saksama.vault.sealing import seal_bytes

ASSISTANT = Assistant("pencari-ganda", __version__)
_AT_ONCE = 500  # cases a transaction: small enough that a queue page never waits, large enough to be quick


@dataclass(frozen=True, slots=True)
class Referred:
    """What a referral did, in cases; `not_ours` are clusters with a record of another office."""

    clusters: int = 0
    opened: int = 0
    known: int = 0
    ruled_before: int = 0
    overlapping: int = 0
    not_ours: int = 0


def refer_cases(
    run: str, *, rolls: RollShelf, runs: RunShelf, desk: Desk, progress: Callable[[int, int], None] | None = None
) -> Referred:
    """Lay every cluster of a run before the office's people.

    1. referring twice makes no second case        2. a pair ruled bukan ganda is not raised again unless it changed
    3. the evidence is fixed, and sealed           4. case and ledger entry are saved as one
    """
    roll = RollId(runs.about(run)["roll"])
    pairs, clusters = runs.pairs(run), runs.clusters(run)
    records = rolls.records(roll, [int(line) for line in clusters[LINE].to_numpy()], [LINE, *COLUMNS])
    by_line = _by_line(records)
    total = len(set(clusters["cluster"].to_pylist()))
    recommendations = recommend(pairs, clusters, records, roll=roll, run=run, assistant=ASSISTANT)
    opened, not_ours, done = Opened(), 0, 0
    while chunk := list(islice(recommendations, _AT_ONCE)):
        new = []
        for recommendation in chunk:
            try:
                new.append(_new_case(recommendation, by_line, roll=roll, desk=desk))
            except NotOurs:
                not_ours += 1
        opened = opened + desk.cases.open_new(new)  # 1 2 4
        done += len(chunk)
        if progress is not None:
            progress(done, total)
    return Referred(total, opened.opened, opened.known, opened.ruled_before, opened.overlapping, not_ours)


def _new_case(
    recommendation: Recommendation, by_line: dict[int, dict[str, str]], *, roll: RollId, desk: Desk
) -> NewCase:
    evidence = Evidence(
        tuple(Record(RecordRef(roll, ref.line), by_line[ref.line]) for ref in recommendation.records), recommendation
    )
    written, salt = evidence.to_bytes(), secrets.token_bytes(SALT_BYTES)
    case = open_case(
        recommendation,
        evidence.records,
        owner=desk.office,
        scheme=desk.class_scheme,
        evidence_digest=evidence_digest(written, salt=salt),
        at=desk.clock.now(),
    )
    sealed = seal_bytes(salt + written, keys=desk.keys, purpose=f"evidence:{case.id}")  # 3
    return NewCase(case, sealed, _mark_of(evidence, desk), referral_entry(case, recommendation))


def _mark_of(evidence: Evidence, desk: Desk) -> str:
    """The keyed pseudonym of what is compared: it stays the same next quarter unless an element changed."""
    people = sorted(
        "\x1f".join(f"{e.value}={record.values.get(e.value, '')}" for e in Element) for record in evidence.records
    )
    return mark({str(n): text for n, text in enumerate(people)}, keys=desk.keys, purpose="case-mark")


def _by_line(records: pa.Table) -> dict[int, dict[str, str]]:
    """Values in the clear by line, blanks left out, dates as 1955-07-01."""
    return {row.pop(LINE): dict(_as_text(row)) for row in records.to_pylist()}


def _as_text(row: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if value is not None and value != "":
            yield name, value.isoformat() if isinstance(value, date) else str(value)
