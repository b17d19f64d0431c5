"""Step 6: decisions become the next roll, its tally and a Berita Acara. The only step that changes a roll."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from saksama.casework import rules
from saksama.flow.desk import Desk
from saksama.flow.enter import LedgerBook, ledger_faults
from saksama.flow.folders import appearing, leave_entries, sha256_of, sweep
from saksama.flow.shelves import OUTCOME, PUBLIC, OutcomeShelf, RollShelf
from saksama.model.case import Case, CaseId
from saksama.model.clock import local_date
from saksama.model.decision import Decision, DecisionId
from saksama.model.digests import short_digest
from saksama.model.effect import RollChange
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import NotAllowed
from saksama.model.roll import RollId, RollSummary
from saksama.model.texts import _
from saksama.outcome.applying import apply_changes
from saksama.outcome.berita_acara import Anchor, DecidedCase, Minutes
from saksama.outcome.changes import Settlement, changes_for, split_conflicts
from saksama.outcome.rendering import minutes_html, minutes_pdf
from saksama.outcome.totals import RollTotals, TotalsCounter, tally_bytes
from saksama.outcome.writing import MAX_XLSX_LINES, CsvRoll, ParquetRoll, XlsxRoll
from saksama.roll.regions import Regions

ROLL_FILE = "daftar-berikutnya"  # .csv, .xlsx, .parquet: the only files with voters in clear, and asked for

MINUTES_HTML, MINUTES_PDF, TALLY = PUBLIC
EXCEL_LINES = MAX_XLSX_LINES  # a longer roll is written as CSV and Parquet only, and the command says so

Progress = Callable[[int, int], None]


class NothingSettled(NotAllowed):
    """No case of the roll has been decided by two officers: there is nothing to enact."""


@dataclass(frozen=True, slots=True)
class Enacted:
    """What step 6 did. `is_new` is false where the same decisions had been enacted before and nothing changed."""

    folder: Path
    about: Mapping[str, Any]
    conflicting: tuple[CaseId, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Settled:
    """Cases two officers agree on, sorted into what can take effect and what contradicts itself."""

    cases: Mapping[CaseId, tuple[Case, tuple[Decision, Decision]]]
    clean: tuple[Settlement, ...]
    changes: tuple[RollChange, ...]
    conflicting: tuple[CaseId, ...]


def enact_decisions(
    roll: RollId,
    *,
    rolls: RollShelf,
    outcomes: OutcomeShelf,
    book: LedgerBook,
    desk: Desk,
    progress: Progress | None = None,
) -> Enacted:
    """Write the next roll and the Berita Acara for what two officers have agreed, case by case.

    1. every change cites two decisions, and they and their settlement stand in the ledger under a cosigned checkpoint;
       a case settled since then waits for the next outcome
    2. nobody who is kept is struck; contradictions go back to people      3. lines before - struck = lines after
    4. an outcome restates all changes of its roll, so a later one replaces an earlier one whole
    5. files and ledger entries appear by one rename; the cases are marked after
    """
    at = desk.clock.now()  # of the outcome: what is settled while the files are written belongs to the next one
    settled = _settled(roll, book, desk)  # 1 2 4
    outcome = _outcome_id(roll, settled)
    folder = outcomes.folder / outcome
    is_new = not (folder / OUTCOME).is_file()
    if is_new:
        summary = rolls.summary(roll)
        sweep(outcomes.folder)
        with appearing(folder) as partial:  # 5
            totals, roll_after = _write_next_roll(partial, settled, summary, rolls=rolls, desk=desk, progress=progress)
            minutes = _minutes(settled, summary, totals, roll_after=roll_after, book=book, desk=desk)
            (partial / MINUTES_HTML).write_text(minutes_html(minutes), encoding="utf-8")
            (partial / MINUTES_PDF).write_bytes(minutes_pdf(minutes))
            (partial / TALLY).write_bytes(
                tally_bytes(totals, roll_before=roll, roll_after=roll_after, names=minutes.names)
            )
            about = _about(outcome, roll, roll_after, totals=totals, settled=settled, folder=partial)
            (partial / OUTCOME).write_text(json.dumps(about))
            leave_entries(partial, _entries(about, settled, at=at, desk=desk))
    desk.cases.mark_enacted([settlement.case for settlement in settled.clean])
    return Enacted(folder, json.loads((folder / OUTCOME).read_text()), settled.conflicting, is_new)


def _settled(roll: RollId, book: LedgerBook, desk: Desk) -> _Settled:
    cases: dict[CaseId, tuple[Case, tuple[Decision, Decision]]] = {}
    settlements, waiting = [], None
    for case, decisions in desk.cases.settled(roll):
        agreed = rules.agreement(decisions)
        assert agreed is not None, "a settled case has two decisions that agree"
        if not _is_entered(case.id, agreed, book):
            waiting = case.id
            continue
        cases[case.id] = (case, agreed)
        choice = agreed[0].choice
        settlements.append(
            Settlement(
                case=case.id,
                roll=roll,
                ruling=choice.ruling,
                decisions=tuple((d.id, d.officer) for d in agreed),
                kept=choice.kept,
                struck=choice.struck,
            )
        )
    if not settlements and waiting is not None:
        said = _("Putusan perkara {case} belum ada di buku besar. Jalankan dahulu: saksama ledger enter")
        raise NotAllowed(said.format(case=waiting))
    if not settlements:
        raise NothingSettled(_("Belum ada perkara daftar ini yang diputus dua petugas; tidak ada yang dijalankan."))
    clean, conflicts = split_conflicts(settlements)
    conflicting = tuple(sorted({case_id for conflict in conflicts for case_id in conflict.cases}))
    return _Settled(cases, clean, changes_for(clean, tms_scheme=desk.tms_scheme.name), conflicting)


def _is_entered(case: CaseId, agreed: tuple[Decision, Decision], book: LedgerBook) -> bool:
    """Whether the decisions and the settlement of a case are under the published checkpoint."""
    entries = [f"{EntryKind.CASE_SETTLED.value}:{case}", *(f"{EntryKind.DECISION_MADE.value}:{d.id}" for d in agreed)]
    with ledger_faults():
        indexes = [book.log.index_of(entry) for entry in entries]
    return all(index is not None and index < book.log.published_size for index in indexes)


def _outcome_id(roll: RollId, settled: _Settled) -> str:
    decisions: list[DecisionId] = sorted(d for s in settled.clean for d, _officer in s.decisions)
    return short_digest(hashlib.sha256("\n".join(["saksama/hasil/v1", roll, *decisions]).encode()).hexdigest())


def _write_next_roll(
    folder: Path,
    settled: _Settled,
    summary: RollSummary,
    *,
    rolls: RollShelf,
    desk: Desk,
    progress: Progress | None,
) -> tuple[RollTotals, RollId]:
    """Write the next roll in one pass over the sealed one; gives its totals and the id its CSV has as a roll."""
    counter, names, done = TotalsCounter(), _names(desk), 0
    csv = folder / f"{ROLL_FILE}.csv"
    with ExitStack() as open_files:
        files = [
            open_files.enter_context(CsvRoll(csv, names=names)),
            open_files.enter_context(ParquetRoll(folder / f"{ROLL_FILE}.parquet")),
        ]
        if summary.checked - len(settled.changes) <= EXCEL_LINES:
            xlsx = XlsxRoll(folder / f"{ROLL_FILE}.xlsx", names=names, at=desk.clock.now())
            files.append(open_files.enter_context(xlsx))
        for table in apply_changes(rolls.batches(summary.roll), settled.changes, roll=summary.roll, counter=counter):
            for file in files:
                file.write(table)
            done += table.num_rows
            if progress is not None:
                progress(done, summary.checked)
    return counter.totals(), RollId(short_digest(sha256_of(csv)))


def _names(desk: Desk) -> Mapping[str, str]:
    """Names of every kecamatan and desa of the office's region, old ones too, by code."""
    regions = Regions.load()
    names, level = {}, [desk.office.code]
    while level:
        names.update({code: regions.name_of(code) for code in level})
        level = [child for code in level for child in regions.children(code, old=True)]
    return names


def _minutes(
    settled: _Settled,
    summary: RollSummary,
    totals: RollTotals,
    *,
    roll_after: RollId,
    book: LedgerBook,
    desk: Desk,
) -> Minutes:
    today = local_date(desk.clock.now(), desk.office.utc_offset_hours)
    names = _names(desk)
    return Minutes(
        number="",
        office_name=desk.office_name,
        kind=summary.kind,
        period=f"Triwulan {('I', 'II', 'III', 'IV')[(today.month - 1) // 3]} Tahun {today.year}",
        held_on=today,
        place=names[desk.office.code].removeprefix("Kabupaten ").removeprefix("Kota "),
        roll_before=summary.roll,
        roll_after=roll_after,
        totals=totals,
        names=names,
        cases=tuple(_decided(settled.cases[s.case]) for s in settled.clean),
        tms_scheme=desk.tms_scheme.name,
        class_scheme=desk.class_scheme.name,
        anchor=_anchor(book),
        returned=settled.conflicting,
        set_aside=summary.set_aside,
    )


def _decided(known: tuple[Case, tuple[Decision, Decision]]) -> DecidedCase:
    case, agreed = known
    choice = agreed[0].choice
    return DecidedCase(
        case=case.id,
        villages=case.villages,
        kpu_class=case.kpu_class,
        ruling=choice.ruling,
        decisions=len(agreed),
        lines=case.lines,
        kept=choice.kept,
        struck=choice.struck,
    )


def _anchor(book: LedgerBook) -> Anchor | None:
    note = book.log.published_note()
    if note is None:
        return None
    with ledger_faults():
        trusted = book.policy.require_trusted(note)
    checkpoint = trusted.checkpoint
    root = b64encode(checkpoint.root).decode()
    return Anchor(checkpoint.origin, checkpoint.size, root, tuple(sorted(trusted.cosigned)), book.policy.digest)


def _about(
    outcome: str, roll: RollId, roll_after: RollId, *, totals: RollTotals, settled: _Settled, folder: Path
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "roll_before": roll,
        "roll_after": roll_after,
        "lines_before": totals.lines_before,
        "lines_after": totals.lines_after,
        "struck": len(settled.changes),
        "changes": len(settled.changes),
        "files": {path.name: sha256_of(path) for path in sorted(folder.iterdir())},
    }


def _entries(about: Mapping[str, Any], settled: _Settled, *, at: datetime, desk: Desk) -> Sequence[Entry]:
    outcome = about["outcome"]

    def entry(kind: EntryKind, name: str, body: Mapping[str, object]) -> Entry:
        return Entry(EntryId(f"{kind.value}:{name}"), kind, at, desk.office.code, "program:outcome-enact", body)

    changes = [
        entry(
            EntryKind.ROLL_CHANGED,
            f"{outcome}.{change.record.line}",
            {
                "outcome": outcome,
                "roll": change.record.roll,
                "line": change.record.line,
                "kept": change.kept.line,
                "tms": change.tms,
                "tms_scheme": change.tms_scheme,
                "case": change.case,
                "decisions": list(change.decisions),
            },
        )
        for change in settled.changes
    ]
    return [*changes, entry(EntryKind.OUTCOME_ENACTED, outcome, dict(about))]
