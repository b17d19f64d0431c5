"""This engine and Splink side by side, one run, one machine: `make bench-linkage DATA=folder LINES=1000000`.

Each engine gets the same Parquet files and runs in a process of its own; seconds, CPU seconds and peak memory are of
the whole process, imports included, kernels compiled before. What it found is judged here, the same way for both: true
pairs that blocking missed count as missed. "Own" is the engine's own threshold: all that this engine writes; of Splink
the probability of 0.95 at which its demos cluster. "Best" is the best of all thresholds, chosen with the truth, which a
user has not got. Clusters are connected components, judged by their pairs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage import PLANS, make_roll
from linkage_sets import SETS, load
from peak_memory import peak_mb
from saksama.linkage.kernels.join import components
from saksama.linkage.plan import load_plan, roll_id_plan
from saksama.linkage.run import link

HERE = Path(__file__).parent
SPLINK_OWN = float(np.log2(0.95 / 0.05))  # as match weight
_COLUMNS = ("set", "engine", "pairs own", "P / R", "pairs best", "clusters own", "clusters best", "s", "CPU s", "MB")


@dataclass(frozen=True)
class Case:
    """A set to link: the files, and the true person of each line of all of them."""

    name: str
    tables: list[Path]
    people: np.ndarray


def public_case(name: str, data: Path, folder: Path) -> Case:
    """A public set as files with a running `line` over both tables."""
    table, other, people, others = load(name, data)
    tables = [table] if other is None else [table, other]
    whole = people if others is None else np.concatenate([people, others])
    paths, begin = [], 0
    for number, each in enumerate(tables):
        lines = pa.array(range(begin, begin + each.num_rows), pa.int64())
        begin += each.num_rows
        kept = each.drop_columns(["line"]) if "line" in each.column_names else each
        paths.append(folder / f"{name}-{number}.parquet")
        pq.write_table(kept.append_column("line", lines), paths[-1])
    return Case(name, paths, whole)


def roll_case(lines: int, seed: int, wilayah: str, folder: Path) -> Case:
    """A sample roll through the checks of intake, with its planted truth."""
    path, truth = make_roll(lines, seed, wilayah, folder)
    told = pq.read_table(truth)
    people = np.empty(told.num_rows, np.int64)
    people[told["line"].to_numpy()] = np.unique(told["person"].to_numpy(), return_inverse=True)[1]
    return Case("roll", [path], people)


def ours(name: str, out: Path, paths: list[Path]) -> None:
    """This engine's side, in the child process."""
    plans = {"roll": None, "febrl3": "febrl", "febrl4": "febrl"}
    file = plans.get(name, name)
    plan = roll_id_plan() if file is None else load_plan(PLANS / f"{file}.toml")
    tables = [pq.read_table(path) for path in paths]
    begun = time.perf_counter()
    found = link(tables[0], plan, other=tables[1] if len(tables) > 1 else None)
    seconds = time.perf_counter() - begun
    pairs = found.pairs
    pq.write_table(pa.table({"l": pairs["left"], "r": pairs["right"], "w": pairs["probability"]}), out)
    told = {
        "engine_seconds": round(seconds, 2),
        "compared": found.summary["counts"]["candidates"],
        "peak_mb": peak_mb(),
    }
    print(json.dumps(told))


def measured(command: list[str]) -> dict[str, Any]:
    """Run a process; what it told (its peak memory too), its seconds and CPU seconds."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {
        **json.loads(said.splitlines()[-1]),
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
    }


def judged(found: pa.Table, people: np.ndarray, own: float, *, sweep: bool) -> dict[str, Any]:
    """F1 of pairs and of clusters at the engine's own threshold and, with `sweep`, at the best."""
    left, right, weights = (found[name].to_numpy() for name in ("l", "r", "w"))
    left, right = left.astype(np.int64), right.astype(np.int64)
    true, total = people[left] == people[right], _pairs_in(people)
    chosen = weights >= own
    precision, recall, f1 = _rates(int(true[chosen].sum()), int(chosen.sum()), total)
    out = {
        "pairs_own": f1, "precision": precision, "recall": recall,
        "clusters_own": _clusters_f1(left[chosen], right[chosen], people),
    }  # fmt: skip
    if sweep:
        order = np.argsort(-weights, kind="stable")
        hits, cut = np.cumsum(true[order]), np.flatnonzero(np.diff(weights[order], append=-np.inf))
        out["pairs_best"] = max((_rates(int(hits[k]), int(k) + 1, total)[2] for k in cut), default=0.0)
        bars = np.unique(np.r_[np.arange(-4, 26, 0.5), own])
        every = (_clusters_f1(left[weights >= bar], right[weights >= bar], people) for bar in bars)
        out["clusters_best"] = max(every)
    return {name: round(value, 4) for name, value in out.items()}


def _clusters_f1(left: np.ndarray, right: np.ndarray, people: np.ndarray) -> float:
    parts = components(left, right, len(people))
    inside = _pairs_in(parts.astype(np.int64) * (int(people.max()) + 1) + people)
    return _rates(inside, _pairs_in(parts), _pairs_in(people))[2]


def _pairs_in(labels: np.ndarray) -> int:
    sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _rates(hits: int, flagged: int, true_pairs: int) -> tuple[float, float, float]:
    precision, recall = hits / max(flagged, 1), hits / max(true_pairs, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def compare(case: Case, splink: Path | None, folder: Path) -> list[dict[str, Any]]:
    """Both engines on one set."""
    engines = {"saksama": [sys.executable, str(HERE / "linkage_peers.py"), "ours"]}
    if splink is not None:
        engines["splink 5.0.0"] = [str(splink), str(HERE / "linkage_splink.py")]
    rows = []
    for engine, command in engines.items():
        out = folder / "found.parquet"
        told = measured([*command, case.name, str(out), *map(str, case.tables)])
        own = 0.0 if engine == "saksama" else SPLINK_OWN
        quality = judged(pq.read_table(out), case.people, own, sweep=engine != "saksama")
        rows.append({"set": case.name, "lines": len(case.people), "engine": engine, **quality, **told})
        print(json.dumps(rows[-1]), flush=True)
    return rows


def as_table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    for row in rows:
        best = [f"{row[key]:.4f}" if key in row else "" for key in ("pairs_best", "clusters_best")]
        cells = [
            f"{row['set']} ({row['lines']:,})", row["engine"], f"{row['pairs_own']:.4f}",
            f"{row['precision']:.3f} / {row['recall']:.3f}", best[0], f"{row['clusters_own']:.4f}", best[1],
            f"{row['seconds']:.1f}", f"{row['cpu_seconds']:.1f}", f"{row['peak_mb']:,}",
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Compare on what is asked for, print a line of JSON a run, and the table at the end."""
    if sys.argv[1:2] == ["ours"]:
        ours(sys.argv[2], Path(sys.argv[3]), [Path(path) for path in sys.argv[4:]])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the public sets (data/*/SOURCE.txt say where from)")
    parser.add_argument("--set", action="append", choices=SETS, help="only this set; may be repeated")
    parser.add_argument("--lines", type=int, default=0, help="lines of a sample roll; 0 for none")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--wilayah", default="32", help="region of the roll")
    parser.add_argument("--splink", type=Path, help="python of a venv with Splink; without it only this engine runs")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.data is not None:
            if not given.data.is_dir():
                raise SystemExit(f"There is no folder {given.data}: name the folder of the public sets.")
            for each in given.set or SETS:
                rows += compare(public_case(each, given.data, folder), given.splink, folder)
        if given.lines:
            rows += compare(roll_case(given.lines, given.seed, given.wilayah, folder), given.splink, folder)
    print(as_table(rows))


if __name__ == "__main__":
    main()
