"""How long intake takes and how much memory: `python bench/intake.py` prints JSON, a process each.

    python bench/intake.py                          the three promises: 1 M CSV, 3 M CSV, 100,000-line XLSX
    python bench/intake.py --lines 100000 --kind csv --repeat 5

Each figure is of a whole process from its start to a balanced tally: opening, recognising, checking. `seconds` are wall
time, `cpu_seconds` user and system time (steadier on a shared machine), the median of `--repeat` runs; `peak_mb` is the
largest resident set. Rolls are made by `saksama roll sample` (seed 1, wilayah 34.04) in a temporary folder.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROMISES = (("csv", 1_000_000, 20.0, 1024), ("csv", 3_000_000, None, 1024), ("xlsx", 100_000, 15.0, 1024))


def take_in(path: Path) -> dict[str, float | int]:
    """Take the roll in, in this process; what it cost."""
    from saksama.roll.checks import check_roll
    from saksama.roll.reader import open_roll
    from saksama.roll.tally import Tally

    tally = Tally()
    with open_roll(path) as file:
        for batch in check_roll(file):
            tally.add(batch)
    tally.assert_balanced()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "lines_in": tally.lines_in,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": used.ru_maxrss // 1024,
    }


def measure(path: Path, repeat: int) -> dict[str, float | int]:
    """The median of `repeat` processes that take `path` in."""
    runs = []
    for _run in range(repeat):
        began = time.perf_counter()
        said = subprocess.run([sys.executable, __file__, "--take-in", str(path)], check=True, capture_output=True)
        runs.append({"seconds": round(time.perf_counter() - began, 2), **json.loads(said.stdout)})
    return {
        "lines": runs[0]["lines_in"],
        "file_mb": path.stat().st_size >> 20,
        "seconds": statistics.median(run["seconds"] for run in runs),
        "cpu_seconds": statistics.median(run["cpu_seconds"] for run in runs),
        "peak_mb": max(run["peak_mb"] for run in runs),
        "runs": repeat,
    }


def made(folder: Path, kind: str, lines: int) -> Path:
    """A sample roll, made by another process: a child's peak would count what its parent held."""
    path = folder / f"roll-{lines}.{kind}"
    make = "import sys, pathlib; from saksama.roll.sample import write_sample as w; " + (
        "w(pathlib.Path(sys.argv[1]), lines=int(sys.argv[2]), seed=1, wilayah='34.04', truth=None)"
    )
    subprocess.run([sys.executable, "-c", make, str(path), str(lines)], check=True)
    return path


def main() -> None:
    """Measure what was asked for and print it as JSON; exit 1 if a promise is broken."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--take-in", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--lines", type=int)
    asked.add_argument("--kind", choices=["csv", "csv.gz", "xlsx", "parquet"], default="csv")
    asked.add_argument("--repeat", type=int, default=3)
    options = asked.parse_args()
    if options.take_in:
        print(json.dumps(take_in(options.take_in)))
        return
    wanted = [(options.kind, options.lines, None, None)] if options.lines else list(PROMISES)
    broken = False
    with tempfile.TemporaryDirectory(prefix="saksama-bench-") as folder:
        for kind, lines, most_seconds, most_mb in wanted:
            figures = measure(made(Path(folder), kind, lines), options.repeat)
            kept = (most_seconds is None or figures["seconds"] <= most_seconds) and (
                most_mb is None or figures["peak_mb"] <= most_mb
            )
            broken |= not kept
            print(json.dumps({"intake": kind, **figures, "promised_seconds": most_seconds, "kept": kept}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
