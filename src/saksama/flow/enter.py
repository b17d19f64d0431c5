"""Step 5: what was done becomes ledger entries, under a checkpoint that a witness has cosigned."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from saksama.casework.store import CaseStore
from saksama.flow.folders import entries_left_in
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.witness import Witness
from saksama.model.entry import EntryId

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """The office's log, those who witness it, and the folders where steps leave entries, in the order of their acts."""

    log: Log
    witnesses: Sequence[Witness]
    policy: Policy
    left_in: Sequence[Path]  # the office's opening, rolls, runs; then, after the database, outcomes
    outcomes: Path


@dataclass(frozen=True, slots=True)
class Entered:
    """What step 5 did: how many entries were new, and the checkpoint that now covers everything."""

    new: int
    checkpoint: Checkpoint


def enter_pending(book: LedgerBook, cases: CaseStore) -> Entered:
    """Move every entry that waits into the log. May be repeated after a crash at any point.

    1. an entry carries its own id; the log takes it once      2. an effect is read before its cause, so no batch holds
    an outcome without the decisions under it                   3. an entry is marked entered only once a cosigned
    checkpoint covers it
    """
    before = book.log.size
    outcomes = entries_left_in(book.outcomes)  # 2
    while True:
        waiting = cases.outbox(_AT_ONCE)
        folders = [entry for folder in book.left_in for entry in entries_left_in(folder)]
        _append(book.log, [*folders, *waiting])  # 1
        if not waiting:
            break
        book.log.checkpoint(book.witnesses, book.policy)
        cases.mark_entered([entry_id for entry_id, _ in waiting])  # 3
    _append(book.log, outcomes)
    return Entered(book.log.size - before, book.log.checkpoint(book.witnesses, book.policy))


def _append(log: Log, entries: Sequence[tuple[EntryId, bytes]]) -> None:
    new = [(str(entry_id), written) for entry_id, written in entries if log.index_of(entry_id) is None]
    if new:
        log.append(new)
