"""Steps 1-3 on a synthetic roll: seconds and peak memory of each command, a new process each, as operators run them.

    .venv/bin/python bench/main_path.py --lines 100000
    .venv/bin/python bench/main_path.py --lines 3000000 --wilayah 32.01      # Kabupaten Bogor's size

Prints one JSON object. The machine is named, because these figures are nothing without it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

SAKSAMA = Path(sys.executable).with_name("saksama")


def measured(*arguments: str) -> dict[str, float]:
    """Run a command; its seconds and its own peak memory in MB, as the system accounts for the finished process."""
    began = time.monotonic()
    process = subprocess.Popen([str(SAKSAMA), *arguments], stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"saksama {' '.join(arguments)} ended with {process.returncode}")
    return {"seconds": round(time.monotonic() - began, 2), "peak_mb": round(usage.ru_maxrss / 1024, 1)}


def against_truth(pairs: Path, truth: Path) -> dict[str, float]:
    """Precision, recall and F1 of the flagged pairs against the planted persons."""
    person = dict(zip(*(pq.read_table(truth)[name].to_pylist() for name in ("line", "person")), strict=True))
    flagged = pq.read_table(pairs)
    found = sum(
        person[left] == person[right]
        for left, right in zip(flagged["left"].to_pylist(), flagged["right"].to_pylist(), strict=True)
    )
    sizes: dict[int, int] = {}
    for who in person.values():
        sizes[who] = sizes.get(who, 0) + 1
    planted = sum(size * (size - 1) // 2 for size in sizes.values())
    precision, recall = found / max(1, flagged.num_rows), found / max(1, planted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"planted": planted, "flagged": flagged.num_rows, "precision": precision, "recall": recall, "f1": f1}


def main() -> None:
    """Make the roll, run the steps, print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--wilayah", default="34.04")
    options.add_argument("--suffix", default=".csv", choices=[".csv", ".xlsx", ".parquet"])
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="saksama-bench-"))
    try:
        roll, truth, office = folder / f"roll{chosen.suffix}", folder / "truth.parquet", folder / "office"
        sample = ["--lines", str(chosen.lines), "--seed", "1945", "--wilayah", chosen.wilayah, "--truth", str(truth)]
        figures: dict[str, object] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "lines": chosen.lines,
            "format": chosen.suffix,
            "sample": measured("roll", "sample", str(roll), *sample),
            "roll_mb": round(roll.stat().st_size / 1e6, 1),
            "office": measured("office", "init", str(office), "--wilayah", chosen.wilayah, "--name", "KPU"),
        }
        figures["1 intake"] = measured("roll", "take-in", str(roll), "--office", str(office), "--kind", "DPB")
        figures["2 find"] = measured("linkage", "find", "--office", str(office))
        figures["3 refer"] = measured("cases", "refer", "--office", str(office))
        figures["5 enter"] = measured("ledger", "enter", "--office", str(office))
        steps = [figures[step] for step in ("1 intake", "2 find", "3 refer")]
        figures["steps 1-3 seconds"] = round(sum(step["seconds"] for step in steps), 1)  # type: ignore[index]  # measured
        figures["steps 1-3 peak_mb"] = max(step["peak_mb"] for step in steps)  # type: ignore[index]  # measured
        (run,) = (office / "runs").glob("[!.]*")
        figures["against truth"] = against_truth(run / "pairs.parquet", truth)
        print(json.dumps(figures, indent=2))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
