"""Step 1: a roll file becomes checked records, sealed, with every line accounted for."""

import dataclasses
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from saksama.flow.folders import appearing, leave_entries, sha256_of, sweep
from saksama.flow.shelves import ASIDE, FAULTS, SEALED, SUMMARY, TALLY, RollShelf, sealed_name
from saksama.model.clock import Clock, local_date
from saksama.model.digests import short_digest
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput
from saksama.model.roll import RollId, RollKind, RollSummary
from saksama.model.texts import _
from saksama.roll.checks import ASIDE_ROWS, CHECKED, FAULT_ROWS, check_roll
from saksama.roll.faults_book import FaultsWriter
from saksama.roll.mapping import ColumnMapping, load_mapping
from saksama.roll.reader import RollFile, open_roll
from saksama.roll.report import write_report
from saksama.roll.schema import is_numbering
from saksama.roll.tally import Tally
from saksama.vault.keys import Keystore
from saksama.vault.sealing import SealedTableWriter

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What intake did. `is_new` is false where the same file had been taken in before and nothing changed."""

    summary: RollSummary
    is_new: bool


def take_in_roll(
    path: Path,
    kind: RollKind,
    *,
    shelf: RollShelf,
    clock: Clock,
    columns: ColumnMapping | None = None,
    progress: Progress | None = None,
) -> TakenIn:
    """Take a roll file in, whole or not at all.

    1. the same file twice changes nothing     2. every line ends as checked or set aside
    3. no plain personal data rests on disk    4. folder and ledger entry appear by one rename
    """
    with open_roll(path, columns=columns) as file:  # refuses what is no regular, readable roll before a byte is hashed
        digest = sha256_of(path)
        roll = RollId(short_digest(digest))
        if shelf.has(roll):  # 1
            return TakenIn(shelf.summary(roll), is_new=False)
        sweep(shelf.folder)
        with appearing(shelf.folder / roll) as folder:  # 4
            as_of = local_date(clock.now(), shelf.office.utc_offset_hours)
            tally, sealed_sha256 = _seal(file, _Into(folder, roll, shelf.keys), as_of=as_of, progress=progress)
            if sha256_of(path) != digest:
                raise BadInput(_("Berkas berubah sewaktu dibaca. Tutup berkas di Excel, lalu ulangi."))
            tally.assert_balanced()  # 2
            summary = RollSummary(
                roll=roll,
                kind=kind,
                wilayah=shelf.office.code,
                file_sha256=digest,
                sealed_sha256=sealed_sha256,
                lines_in=tally.lines_in,
                checked=tally.checked,
                set_aside=tally.set_aside,
                faults=dict(sorted(tally.faults.items())),
            )
            (folder / TALLY).write_text(tally.to_json(), encoding="utf-8")
            (folder / SUMMARY).write_text(json.dumps(dataclasses.asdict(summary)))
            leave_entries(folder, [_entry_for(summary, clock)])
    return TakenIn(summary, is_new=True)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What `roll check` found: how the file was read, columns (other than of numbering) not used, and the counts."""

    read_as: str
    unused_columns: tuple[str, ...]
    tally: Tally


def mapping_from(path: Path | None) -> ColumnMapping | None:
    """The column mapping in a TOML file, or None where columns are to be recognised by name."""
    return None if path is None else load_mapping(path)


def check_file(
    path: Path,
    *,
    columns: Path | None = None,
    report: Path | None = None,
    faults: Path | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> CheckedFile:
    """A roll file counted, keeping nothing: what `roll check` tells an operator with no office yet.

    `report` gets an HTML page of counts; `faults` a workbook of the faulty lines, with their values: asked for, and to
    be kept like the roll itself.
    """
    tally = Tally()
    with ExitStack() as closing, open_roll(path, columns=mapping_from(columns)) as file:
        book = None if faults is None else closing.enter_context(FaultsWriter(faults))
        about, unused = file.described, tuple(label for label in file.unused_columns if not is_numbering(label))
        for batch in check_roll(file, progress=progress, as_of=as_of):
            tally.add(batch)
            if book is not None:
                book.add(batch)
        tally.assert_balanced()
    if report is not None:
        write_report(report, tally, title=_("Pemeriksaan {file}").format(file=path.name), about=about)
    return CheckedFile(about, unused, tally)


@dataclass(frozen=True, slots=True)
class _Into:
    """Where a roll is being sealed, under which name, with whose keys."""

    folder: Path
    roll: RollId
    keys: Keystore

    def writer(self, name: str, schema: pa.Schema) -> SealedTableWriter:
        return SealedTableWriter(self.folder / name, schema, keys=self.keys, name=sealed_name(self.roll, name))


def _seal(file: RollFile, into: _Into, *, as_of: date, progress: Progress | None) -> tuple[Tally, str]:
    """Stream checked lines and lines set aside into sealed files; faults, which name no voter, into a plain one."""
    tally, faults = Tally(), [FAULT_ROWS.empty_table()]
    with into.writer(SEALED, CHECKED) as checked, into.writer(ASIDE, ASIDE_ROWS) as aside:
        for batch in check_roll(file, progress=progress, as_of=as_of):
            checked.write(batch.checked)
            aside.write(batch.aside)
            faults.append(batch.faults)
            tally.add(batch)
    if not tally.lines_in:
        raise BadInput(_("Berkas tidak berisi satu baris pemilih pun."))
    pq.write_table(pa.concat_tables(faults), into.folder / FAULTS)
    return tally, checked.sha256


def _entry_for(summary: RollSummary, clock: Clock) -> Entry:
    return Entry(
        id=EntryId(f"roll_taken_in:{summary.roll}"),
        kind=EntryKind.ROLL_TAKEN_IN,
        at=clock.now(),
        office=summary.wilayah,
        actor="program:roll-take-in",
        body={
            "roll": summary.roll,
            "roll_kind": summary.kind.value,
            "file_sha256": summary.file_sha256,
            "sealed_sha256": summary.sealed_sha256,
            "lines_in": summary.lines_in,
            "checked": summary.checked,
            "set_aside": summary.set_aside,
            "faults": dict(summary.faults),
        },
    )
