"""Figures of the linkage engine: `python bench/linkage.py public --data DIR` and `... roll --lines 1000000`.

`... index --lines N` measures an index over a roll, `... scratch --lines N` a roll larger than memory.

Prints a line of JSON for each run: F1 over the pairs and over the clusters as written, at the engine's own threshold,
without labels; seconds of a warm run, peak memory of the process. One process a figure, so that memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage_sets import PEERS, SETS, load
from saksama.flow.find import batches_for_plan
from saksama.linkage import run
from saksama.linkage.delta import link_new
from saksama.linkage.evaluation import evaluate
from saksama.linkage.groups import groupings_for
from saksama.linkage.lookup import Index
from saksama.linkage.plan import load_plan, roll_id_plan
from saksama.linkage.prepared import prepare
from saksama.linkage.resuming import Scratch
from saksama.linkage.run import Findings, Workplace, link

PLANS = Path(__file__).with_name("plans")


def public(name: str, data: Path) -> dict[str, Any]:
    """One public set, linked twice: the second run is warm."""
    table, other, people, others = load(name, data)
    plan = load_plan(PLANS / ("febrl.toml" if name.startswith("febrl") else f"{name}.toml"))
    link(table, plan, other=other)
    begun = time.perf_counter()
    found = link(table, plan, other=other)
    seconds = time.perf_counter() - begun
    pairs, truth = found.pairs, people
    if others is not None:
        truth = np.concatenate([people, others])
        shifted = pa.array(pairs["right"].to_numpy() + len(people))
        pairs = pairs.set_column(pairs.column_names.index("right"), "right", shifted)
    quality = evaluate(pairs, pa.table({"line": np.arange(len(truth)), "person": truth}))
    return {"set": name, "peers_pairs_f1": PEERS[name][0], **_figures(found, quality, seconds, len(truth))}


def roll(path: Path, truth: Path) -> dict[str, Any]:
    """A roll of checked columns in Parquet, with its truth (line, person, error)."""
    lines = _warm(path)
    begun, cpu = time.perf_counter(), time.process_time()
    with _account_watched() as account:
        found = link(batches_for_plan(path, roll_id_plan()), roll_id_plan(), workplace=Workplace(lines))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    quality = evaluate(found.pairs, pq.read_table(truth))
    out = {"set": path.name, **_figures(found, quality, seconds, lines), "peak_mb": peak}
    table = pq.read_table(path)
    out |= {"cpu_seconds": round(cpu, 2), "account_cpu_seconds": round(sum(account), 3)}
    out["bands"] = _bands_against_truth(found, pq.read_table(truth))
    out["q_against_truth"] = _q_against_truth(found, pq.read_table(truth))
    out["groups_against_truth"] = _groups_against_truth(found, table, pq.read_table(truth))
    out["recall_by_error"] = {k: round(hit / all_, 3) for k, (hit, all_) in quality.recall_by_error.items()}
    return out


def _warm(path: Path) -> int:
    """Compiled kernels loaded; how many lines the file has."""
    with pq.ParquetFile(path) as file:
        link(pa.Table.from_batches([next(file.iter_batches(1000))]), roll_id_plan())
        return int(file.metadata.num_rows)


def scratch(path: Path, folder: Path) -> dict[str, Any]:
    """A roll too large for the truth to be looked at: seconds by phase and peak memory, its work kept in `folder`."""
    lines = _warm(path)
    begun, cpu = time.perf_counter(), time.process_time()
    workplace = Workplace(lines, scratch=Scratch(folder / "work", roll_id_plan(), path.name))
    found = link(batches_for_plan(path, roll_id_plan()), roll_id_plan(), workplace=workplace)
    return {
        "set": path.name,
        "lines": lines,
        "seconds": round(time.perf_counter() - begun, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "scratch_mb": round(sum(f.stat().st_blocks for f in folder.rglob("*") if f.is_file()) * 512 / 1e6),
        "phases": found.summary["measured"]["seconds"],
        "counts": found.summary["counts"],
        "blocking_recall_estimate": found.summary["blocking_recall"]["estimate"],
    }


def index(path: Path, new: int, folder: Path) -> dict[str, Any]:
    """An index over all but the last `new` lines of a roll: what it costs, and how fast it answers for those."""
    table = pq.read_table(path)
    old, asked = table.slice(0, table.num_rows - new), table.slice(table.num_rows - new)
    link(old.slice(0, 1000), roll_id_plan())
    found = link(old, roll_id_plan(), workplace=Workplace(index=folder))
    begun = time.perf_counter()
    opened = Index(folder)
    seconds = {"open": time.perf_counter() - begun}
    link_new(opened, asked.slice(0, 10))
    begun = time.perf_counter()
    delta = link_new(opened, asked)
    seconds["delta"] = time.perf_counter() - begun
    one = []
    for line in range(min(new, 500)):
        begun = time.perf_counter()
        opened.ask(asked.slice(line, 1))
        one.append(1000 * (time.perf_counter() - begun))
    return {
        "set": path.name,
        "lines": old.num_rows,
        "new": new,
        "index_mb": round(sum(f.stat().st_blocks for f in folder.iterdir()) * 512 / 1e6),
        "seconds": {**{k: round(v, 3) for k, v in seconds.items()}, **found.summary["measured"]["seconds"]},
        "one_line_ms": {"median": round(float(np.median(one)), 1), "p99": round(float(np.percentile(one, 99)), 1)},
        "delta": delta.summary["counts"],
        "against_whole_run": _against_whole(delta, link(table, roll_id_plan()), old.num_rows),
    }


def _against_whole(delta: Findings, whole: Findings, begin: int) -> dict[str, int]:
    """Pairs of new lines (those from `begin` on, lines being numbered in order) by who found them."""
    both = [set(zip(f.pairs["left"].to_pylist(), f.pairs["right"].to_pylist(), strict=True)) for f in (delta, whole)]
    found, wanted = ({pair for pair in pairs if max(pair) >= begin} for pairs in both)
    return {
        "both": len(found & wanted),
        "index_alone": len(found - wanted),
        "run_alone": len(wanted - found),
    }


@contextmanager
def _account_watched() -> Iterator[list[float]]:
    """CPU seconds that a run takes to account for itself: evidence, u, groups."""
    seconds: list[float] = []
    account_for = run.account_for

    def watched(*given: Any) -> Any:
        begun = time.process_time()
        account = account_for(*given)
        seconds.append(time.process_time() - begun)
        return account

    run.account_for = watched
    try:
        yield seconds
    finally:
        run.account_for = account_for


def _figures(found: Findings, quality: Any, seconds: float, lines: int) -> dict[str, Any]:
    return {
        "lines": lines,
        "pairs_f1": round(quality.f1, 4),
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "clusters_f1": round(quality.cluster_f1, 4),
        "blocking_recall_estimate": found.summary["blocking_recall"]["estimate"],
        "candidates": found.summary["counts"]["candidates"],
        "seconds": round(seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "phases": found.summary["measured"]["seconds"],
    }


def _is_true(found: Findings, truth: pa.Table) -> np.ndarray:
    person = np.empty(truth.num_rows, np.int64)
    person[truth["line"].to_numpy()] = truth["person"].to_numpy()
    return person[found.pairs["left"].to_numpy()] == person[found.pairs["right"].to_numpy()]


def _bands_against_truth(found: Findings, truth: pa.Table) -> dict[str, Any]:
    right, bands = _is_true(found, truth), np.array(found.pairs["band"].to_pylist())
    expected = found.summary["bands"]
    return {
        band: {"pairs": int((bands == band).sum()), "expected_false": expected[band]["expected_false"],
               "false": int((~right & (bands == band)).sum())}
        for band in expected
    }  # fmt: skip


def _q_against_truth(found: Findings, truth: pa.Table) -> dict[str, Any]:
    right, q = _is_true(found, truth), found.pairs["q_value"].to_numpy()
    return {
        str(bar): {"pairs": int((q <= bar).sum()), "said": round(float(q[q <= bar].max()), 4),
                   "true_share_false": round(float((~right[q <= bar]).mean()), 4)}
        for bar in (0.01, 0.05, 0.1)
        if (q <= bar).any()
    }  # fmt: skip


def _groups_against_truth(found: Findings, table: pa.Table, truth: pa.Table) -> dict[str, Any]:
    """By group: flagged lines, how many are expected to have no double (with the interval), and how many have none."""
    prepared = prepare(table, roll_id_plan())
    right, sides = _is_true(found, truth), [found.pairs[side].to_numpy() for side in ("left", "right")]
    flagged = np.unique(np.concatenate(sides))
    without = np.setdiff1d(flagged, np.concatenate([side[right] for side in sides]))
    records = np.argsort(prepared.lines)[np.searchsorted(np.sort(prepared.lines), without)]
    out = {}
    for grouping in groupings_for(prepared, roll_id_plan()):
        counts = np.bincount(grouping.group_of(records), minlength=len(grouping.names))
        false = dict(zip(grouping.names, counts.tolist(), strict=True))
        out[grouping.name] = {
            group["group"]: [group["flagged"], group["expected_false"], group["expected_false_low"],
                             group["expected_false_high"], false.get(group["group"])]
            for group in found.summary["groups"][grouping.name]
        }  # fmt: skip
    return out


def make_roll(lines: int, seed: int, wilayah: str, folder: Path) -> tuple[Path, Path]:
    """A sample roll through the checks of intake, as the engine gets it; and its truth."""
    from saksama.roll.checks import check_roll
    from saksama.roll.reader import open_roll
    from saksama.roll.sample import write_sample

    raw, truth, checked = folder / "raw.parquet", folder / "truth.parquet", folder / f"roll-{lines}.parquet"
    write_sample(raw, lines=lines, seed=seed, wilayah=wilayah, truth=truth)
    wanted, writer = ["line", *roll_id_plan().columns], None
    with open_roll(raw) as file:
        for batch in check_roll(file):
            table = batch.checked.select(wanted)
            writer = writer or pq.ParquetWriter(checked, table.schema)
            writer.write_table(table)
    assert writer is not None
    writer.close()
    return checked, truth


def main() -> None:
    """Run what is asked for, a process a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["public", "roll", "index", "scratch", "one-public", "one-roll"])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--set", default="fake_1000")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--wilayah", default="34.04")
    given = parser.parse_args()
    if given.what == "one-public":
        print(json.dumps(public(given.set, given.data)))
    elif given.what == "one-roll":
        print(json.dumps(roll(Path(given.set), given.truth)))
    elif given.what == "public":
        for name in SETS:
            _alone("one-public", "--set", name, "--data", str(given.data))
    else:
        with tempfile.TemporaryDirectory() as named:
            folder = Path(named)
            path, truth = make_roll(given.lines, given.seed, given.wilayah, folder)
            if given.what == "roll":
                _alone("one-roll", "--set", str(path), "--truth", str(truth))
            elif given.what == "index":
                (folder / "index").mkdir()
                print(json.dumps(index(path, given.new, folder / "index")))
            else:
                print(json.dumps(scratch(path, folder / "scratch")))


def _alone(*arguments: str) -> None:
    subprocess.run([sys.executable, __file__, *arguments], check=True)


if __name__ == "__main__":
    main()
