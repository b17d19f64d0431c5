"""Step 2: checked records become pairs and clusters of lines that may be one person."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from saksama import __version__
from saksama.flow.folders import appearing, leave_entries, sha256_of, sweep
from saksama.flow.shelves import RollShelf, RunShelf
from saksama.linkage.plan import LinkagePlan, load_plan, roll_id_plan
from saksama.linkage.run import Findings, link, write_run
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
    findings = link(rolls.table(roll, [LINE, *plan.columns]), plan, progress=progress)  # 1
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


def link_files(
    path: Path, plan: LinkagePlan, out: Path, *, other: Path | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Run linkage over files with no office. The run folder appears whole or not at all; an empty `out` may exist."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(_("Folder keluaran {out} sudah berisi. Pilih folder baru atau kosong.").format(out=out))
    table = read_for_plan(path, plan)
    findings = link(table, plan, other=None if other is None else read_for_plan(other, plan), progress=progress)
    with appearing(out) as folder:
        write_run(findings, folder)
    return findings.summary


def read_for_plan(path: Path, plan: LinkagePlan) -> pa.Table:
    """The columns a plan asks for: a roll through the checks of intake, any other CSV or Parquet as it stands."""
    if set(plan.columns) <= set(COLUMNS):
        with open_roll(path) as file:
            wanted = [LINE, *plan.columns]
            batches = [batch.checked.select(wanted) for batch in check_roll(file)]
        if not batches:
            raise BadInput(_("Berkas tidak berisi satu baris pemilih pun."))
        return pa.concat_tables(batches)
    try:
        table = pq.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path, plan)
    except (OSError, pa.ArrowInvalid) as fault:
        raise BadInput(_("{path} bukan CSV atau Parquet yang dapat dibaca.").format(path=path)) from fault
    missing = [name for name in plan.columns if name not in table.column_names]
    if missing:
        raise BadInput(
            _("Kolom {missing} dari rencana tidak ada di {path}; kolomnya: {seen}.").format(
                missing=", ".join(missing), path=path, seen=", ".join(table.column_names)
            )
        )
    table = table.select(list(plan.columns))
    return table.append_column(LINE, pa.array(range(table.num_rows), pa.int64()))


def _read_csv(path: Path, plan: LinkagePlan) -> pa.Table:
    as_text = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(plan.columns, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    return pa_csv.read_csv(path, convert_options=as_text)


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
