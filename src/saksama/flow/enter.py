"""Step 5: what was done becomes ledger entries, under a checkpoint that a witness has cosigned."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from saksama.casework.store import CaseStore
from saksama.flow.folders import appearing, entries_left_in
from saksama.flow.shelves import OUTCOME, PUBLIC
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.errors import HandingOver, LedgerError, Locked, NoQuorum, StoreFails
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.model.entry import EntryId
from saksama.model.errors import BadInput, Broken
from saksama.model.texts import _

_AT_ONCE = 10_000
_PATIENCE = 15.0  # seconds another process (the site, say) may hold the log while it enters
_TRY_EVERY = 0.1


class LedgerBusy(BadInput):
    """Another process holds the log, and has for longer than an entering takes."""


class LedgerWaits(BadInput):
    """Nothing is wrong with what is written; a witness, the disk or the database did not do its part. Try again."""


class LedgerBroken(Broken):
    """The log, a witness or what they published is not what it must be."""


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """The office's log, open, with those who witness it and the folders where steps leave entries."""

    log: Log
    witnesses: Sequence[WitnessPort]
    policy: Policy
    published: Path
    causes: Sequence[Path]  # the office's opening, rolls, runs: what cases rest on
    outcomes: Path  # what rests on cases


@dataclass(frozen=True, slots=True)
class Entered:
    """What step 5 did: how many entries were new, and the checkpoint that now covers everything.

    `warnings` are sentences about witnesses that did not cosign it, though enough others did.
    """

    new: int
    checkpoint: Checkpoint
    warnings: tuple[str, ...] = ()


def enter_pending(book: LedgerBook, cases: CaseStore) -> Entered:
    """Move every entry that waits into the log. May be repeated after a crash at any point.

    1. an entry carries its own id; the log takes it once
    2. effects are collected before their causes, and entered after them: no outcome stands before its decisions
    3. an entry of the database is marked only once a cosigned checkpoint covers it
    4. what an outcome publishes (never a roll) stands in the folder before the checkpoint that lists it
    """
    before = book.log.size
    outcomes = entries_left_in(book.outcomes)  # 2
    with ledger_faults():
        while waiting := cases.outbox(_AT_ONCE):
            _append(book, [*_left_by_causes(book), *waiting])  # 1
            book.log.checkpoint(book.witnesses, book.policy)
            cases.mark_entered([entry_id for entry_id, _written in waiting])  # 3
        _publish_outcomes(book)  # 4
        _append(book, [*_left_by_causes(book), *outcomes])
        checkpoint = book.log.checkpoint(book.witnesses, book.policy)
    refused = book.log.refusals.items()
    warnings = tuple(_("Saksi {name} tidak menandatangani: {why}").format(name=name, why=why) for name, why in refused)
    return Entered(book.log.size - before, checkpoint, warnings)


@contextmanager
def ledger_faults() -> Iterator[None]:
    """Say a fault of the ledger in the office's words, with the ledger's own sentence inside.

    Raises LedgerWaits for what mends itself or is mended outside the ledger, LedgerBroken for everything else.
    """
    try:
        yield
    except HandingOver as fault:
        raise LedgerWaits(
            _("Pergantian kunci sebelumnya belum selesai. Selesaikan dengan: saksama keys finish")
        ) from fault
    except (NoQuorum, StoreFails) as fault:
        if isinstance(fault, NoQuorum) and fault.suspects_split:
            raise LedgerBroken(_("Buku besar: {fault}").format(fault=fault)) from fault
        raise LedgerWaits(
            _(
                "Buku besar belum dapat melanjutkan: {fault} Tidak ada yang hilang; perbaiki sebabnya, lalu ulangi."
            ).format(fault=f"{fault}".rstrip(".") + ".")
        ) from fault
    except LedgerError as fault:
        raise LedgerBroken(_("Buku besar: {fault}").format(fault=fault)) from fault


T = TypeVar("T")


def held_open(opening: Callable[[], T]) -> T:
    """What `opening` opens, waiting while another process holds it; raises LedgerBusy when that lasts too long."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return opening()
        except Locked as fault:
            if time.monotonic() > until:
                raise LedgerBusy(
                    _("Buku besar sedang dipakai proses lain. Tutup proses itu atau ulangi nanti.")
                ) from fault
            time.sleep(_TRY_EVERY)


def _publish_outcomes(book: LedgerBook) -> None:
    for path in sorted(book.outcomes.glob(f"[!.]*/{OUTCOME}")):
        published = book.published / "outcomes" / path.parent.name
        if not published.is_dir():
            with appearing(published) as folder:
                folder.chmod(0o755)
                for name in PUBLIC:
                    shutil.copyfile(path.parent / name, folder / name)


def _left_by_causes(book: LedgerBook) -> list[tuple[EntryId, bytes]]:
    return [entry for folder in book.causes for entry in entries_left_in(folder)]


def _append(book: LedgerBook, entries: Sequence[tuple[EntryId, bytes]]) -> None:
    new = [(str(entry_id), written) for entry_id, written in entries if book.log.index_of(entry_id) is None]
    if new:
        book.log.append(new)
