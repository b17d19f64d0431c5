"""Step 2: checked records become pairs and clusters of lines that may be one person."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from saksama import __version__
from saksama.flow.folders import appearing, leave_entries, sha256_of, sweep
from saksama.flow.shelves import RollShelf, RunShelf
from saksama.linkage.capacity import memory_needed
from saksama.linkage.delta import link_new
from saksama.linkage.lookup import Index
from saksama.linkage.plan import LinkagePlan, load_plan, roll_id_plan
from saksama.linkage.resuming import Scratch, is_work
from saksama.linkage.run import Findings, Workplace, link, write_run
from saksama.model.clock import Clock
from saksama.model.digests import short_digest
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput
from saksama.model.pair import Band
from saksama.model.roll import COLUMNS, LINE, RollId
from saksama.model.texts import _
from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll

Progress = Callable[[str, float], None]
_BATCH = 1 << 18  # lines read at a time


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found. `is_new` is false where the same roll and plan had been run before: same input, same run."""

    run: str
    about: dict[str, Any]
    is_new: bool


def find_duplicates(
    roll: RollId,
    plan: LinkagePlan,
    *,
    rolls: RollShelf,
    runs: RunShelf,
    clock: Clock,
    progress: Progress | None = None,
) -> Found:
    """Run linkage over a roll of the office.

    1. the roll is opened in memory only       2. what rests on disk holds lines, levels and weights, no voter
    3. run and ledger entry appear by one rename
    """
    run = run_id_for(roll, plan)
    if runs.has(run):
        return Found(run, runs.about(run), is_new=False)
    batches = rolls.batches(roll, [LINE, *plan.columns])
    workplace = Workplace(lines=rolls.summary(roll).checked)
    findings = link(batches, plan, workplace=workplace, progress=progress)  # 1
    findings.summary["roll"] = roll
    sweep(runs.folder)
    with appearing(runs.folder / run) as folder:  # 3
        write_run(findings, folder)  # 2
        leave_entries(folder, [_entry_for(run, findings, folder=folder, office=rolls.office.code, clock=clock)])
    return Found(run, runs.about(run), is_new=True)


def plan_from(path: Path | None) -> LinkagePlan:
    """The plan in a TOML file, or the built-in plan for a checked roll."""
    return roll_id_plan() if path is None else load_plan(path)


def run_id_for(roll: RollId, plan: LinkagePlan) -> str:
    """The one name of the run of this plan by this version over this roll."""
    named = f"saksama/run/v1\n{roll}\n{plan.digest}\n{__version__}"
    return short_digest(hashlib.sha256(named.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a run over files leaves its findings; and, where named, an index and its unfinished work."""

    out: Path
    index: Path | None = None
    scratch: Path | None = None


def link_files(
    path: Path, plan: LinkagePlan, folders: Folders, *, other: Path | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Run linkage over files with no office. The run folder appears whole or not at all; an empty one may exist.

    The index, for `ask_index`, is over the one file. Unfinished work stays in the scratch, and the same command goes
    on from it; when the run has ended well it is removed.
    """
    if folders.index is not None and other is not None:
        raise BadInput(_("Indeks dibuat dari satu daftar: pakai --index tanpa --link."))
    for folder in (folders.out, folders.index):
        _require_new(folder)
    paths = [each for each in (path, other) if each is not None]
    tables = [batches_for_plan(each, plan) for each in paths]
    lines = sum(lines_known(each) for each in paths)
    scratch = None if folders.scratch is None else _scratch(folders.scratch, plan, paths)
    with ExitStack() as stack:
        index = None if folders.index is None else stack.enter_context(appearing(folders.index))
        workplace = Workplace(lines, index, scratch)
        second = tables[1] if other is not None else None
        findings = link(tables[0], plan, other=second, workplace=workplace, progress=progress)
        with appearing(folders.out) as folder:
            write_run(findings, folder)
    if folders.scratch is not None:
        shutil.rmtree(folders.scratch)
    return findings.summary


def _scratch(folder: Path, plan: LinkagePlan, paths: list[Path]) -> Scratch:
    if folder.exists() and not folder.is_dir():
        raise BadInput(_("{folder} bukan folder.").format(folder=folder))
    if folder.exists() and any(not is_work(each.name) for each in folder.iterdir()):
        raise BadInput(_("Folder kerja {folder} berisi hal lain; pilih folder baru atau kosong.").format(folder=folder))
    source = hashlib.sha256("\n".join(sha256_of(each) for each in paths).encode()).hexdigest()
    return Scratch(folder, plan, source)


def ask_index(path: Path, index: Path, out: Path | None) -> Findings:
    """Who the lines of a file might be, of the roll under the index or of one another; kept in `out` if it is named."""
    _require_new(out)
    opened = Index(index)
    findings = link_new(opened, pa.concat_tables(batches_for_plan(path, opened.plan)))
    if out is not None:
        with appearing(out) as folder:
            write_run(findings, folder)
    return findings


def memory_to_ask(lines: int, folders: Folders) -> float:
    """GB that a run over so many lines is expected to need."""
    return round(memory_needed(lines, on_disk=folders.scratch is not None) / 2**30, 1)


def _require_new(folder: Path | None) -> None:
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(_("Folder keluaran {out} sudah berisi. Pilih folder baru atau kosong.").format(out=folder))


def lines_known(path: Path) -> int:
    """How many lines a file says it has without being read; 0 where it does not."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowInvalid):
        return 0


def batches_for_plan(path: Path, plan: LinkagePlan) -> Iterator[pa.Table]:
    """The columns a plan asks for, in batches: a checked roll (docs/formats/roll.md) as it stands, a raw one through
    the checks of intake, any other CSV or Parquet as it stands."""
    if set(plan.columns) <= set(COLUMNS):
        yield from _checked_batches(path, plan) if _is_checked_roll(path, plan) else _checking_batches(path, plan)
        return
    try:
        if path.suffix.lower() == ".parquet":
            _require_columns(pq.read_schema(path).names, path, plan)
            yield from _parquet_batches(path, list(plan.columns))
            return
        table = _read_csv(path, plan)
    except (OSError, pa.ArrowInvalid) as fault:
        raise BadInput(_("{path} bukan CSV atau Parquet yang dapat dibaca.").format(path=path)) from fault
    yield table


def _is_checked_roll(path: Path, plan: LinkagePlan) -> bool:
    """Whether a file is Parquet with line numbers, and dates that are dates: what the checks leave."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid):
        return False
    if not {LINE, *plan.columns} <= set(schema.names):
        return False
    return all(pa.types.is_date(schema.field(name).type) for name in plan.columns if name == "tgl_lahir")


def _checked_batches(path: Path, plan: LinkagePlan) -> Iterator[pa.Table]:
    if pq.read_metadata(path).num_rows == 0:
        raise BadInput(_("Berkas tidak berisi satu baris pemilih pun."))
    yield from _parquet_batches(path, [LINE, *plan.columns])


def _checking_batches(path: Path, plan: LinkagePlan) -> Iterator[pa.Table]:
    empty = True
    with open_roll(path) as file:
        for batch in check_roll(file):
            empty = False
            yield batch.checked.select([LINE, *plan.columns])
    if empty:
        raise BadInput(_("Berkas tidak berisi satu baris pemilih pun."))


def _parquet_batches(path: Path, columns: list[str]) -> Iterator[pa.Table]:
    with pq.ParquetFile(path, pre_buffer=False) as file:  # else pages of the whole file stay in memory
        if file.metadata.num_rows == 0:
            yield file.schema_arrow.empty_table().select(columns)
        for batch in file.iter_batches(_BATCH, columns=columns):
            yield pa.Table.from_batches([batch])


def _require_columns(seen: list[str], path: Path, plan: LinkagePlan) -> None:
    missing = [name for name in plan.columns if name not in seen]
    if missing:
        raise BadInput(
            _("Kolom {missing} dari rencana tidak ada di {path}; kolomnya: {seen}.").format(
                missing=", ".join(missing), path=path, seen=", ".join(seen)
            )
        )


def _read_csv(path: Path, plan: LinkagePlan) -> pa.Table:
    """The plan's columns as text, without the blanks that some writers leave behind a comma."""
    with pa_csv.open_csv(path) as file:
        seen = file.schema.names
    _require_columns([name.strip() for name in seen], path, plan)
    wanted = {name.strip(): name for name in seen if name.strip() in plan.columns}
    as_text = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(wanted.values(), pa.string()),
        include_columns=[wanted[name] for name in plan.columns],
    )
    table = pa_csv.read_csv(path, convert_options=as_text)
    trimmed = [pc.utf8_trim_whitespace(column) for column in table.columns]
    return pa.table(
        [pc.if_else(pc.equal(text, pa.scalar("")), None, text) for text in trimmed], names=list(plan.columns)
    )


def _entry_for(run: str, findings: Findings, *, folder: Path, office: str, clock: Clock) -> Entry:
    bands = findings.pairs["band"].to_pylist()
    return Entry(
        id=EntryId(f"pairs_found:{run}"),
        kind=EntryKind.PAIRS_FOUND,
        at=clock.now(),
        office=office,
        actor="program:linkage-find",
        body={
            "run": run,
            "roll": findings.summary["roll"],
            "engine": __version__,
            "plan_sha256": findings.summary["plan_sha256"],
            "pairs_sha256": sha256_of(folder / "pairs.parquet"),
            "clusters_sha256": sha256_of(folder / "clusters.parquet"),
            **{band.value: bands.count(band.value) for band in Band},
            "clusters": len(set(findings.clusters["cluster"].to_pylist())),
        },
    )
