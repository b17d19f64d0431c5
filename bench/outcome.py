"""Write the next roll of N lines as CSV and Parquet (and, with --xlsx, as XLSX); prints seconds and peak memory.

.venv/bin/python bench/outcome.py --lines 3000000
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from saksama.model.case import CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.officer import OfficerId
from saksama.model.roll import COLUMNS, LINE, ORIGINAL_SUFFIX, RollId
from saksama.outcome.applying import TotalsCounter, apply_changes
from saksama.outcome.changes import Settlement, changes_for
from saksama.outcome.writing import CsvRoll, ParquetRoll, XlsxRoll

BATCH = 65_536
ROLL = RollId("00aa11bb22cc33dd")


def batches(lines: int) -> Iterator[pa.Table]:
    """Checked tables of a kabupaten with 40 kecamatan."""
    for start in range(0, lines, BATCH):
        at = np.arange(start, min(start + BATCH, lines))
        text = {name: pa.array(at % 50_000).cast(pa.string()) for name in COLUMNS}
        text["nik"] = pa.array(at + 3_404_070_101_800_000).cast(pa.string())
        text["jk"] = pa.array(np.where(at % 2, "L", "P"))
        text["kd_kec"] = pa.array([f"34.04.{line % 40 + 1:02d}" for line in at])
        text["kd_kel"] = pa.array([f"34.04.{line % 40 + 1:02d}.{2001 + line % 7}" for line in at])
        originals = {name + ORIGINAL_SUFFIX: text[name] for name in COLUMNS}
        born: pa.Array = pa.array((at % 20_000).astype("datetime64[D]"))
        yield pa.table({**text, "tgl_lahir": born, LINE: at, **originals})


def settlements(lines: int) -> list[Settlement]:
    """One struck line in a thousand."""
    two = [OfficerId("P-000001"), OfficerId("P-000002")]
    return [
        Settlement(
            CaseId(f"GD-{line:010d}"),
            ROLL,
            Ruling.SAME_PERSON,
            tuple((DecisionId(f"{line:08x}{number:08x}"), officer) for number, officer in enumerate(two)),
            line,
            (line + 1,),
        )
        for line in range(0, lines - 1, 1000)
    ]


def main() -> None:
    """Measure and print one JSON object."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--lines", type=int, default=1_000_000)
    asked.add_argument("--xlsx", action="store_true")
    arguments = asked.parse_args()
    began = time.perf_counter()
    changes = changes_for(settlements(arguments.lines), tms_scheme="2024")
    figures: dict[str, object] = {"lines": arguments.lines, "changes_s": round(time.perf_counter() - began, 2)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "next"
        kinds = {"csv": lambda: CsvRoll(path, names={}), "parquet": lambda: ParquetRoll(path)}
        if arguments.xlsx:
            kinds["xlsx"] = lambda: XlsxRoll(path, names={}, at=datetime(2026, 12, 8, tzinfo=UTC))
        for kind, make in kinds.items():
            writing, counter = 0.0, TotalsCounter()
            with make() as file:
                for table in apply_changes(batches(arguments.lines), changes, counter=counter):
                    began = time.perf_counter()
                    file.write(table)
                    writing += time.perf_counter() - began
                began = time.perf_counter()
            writing += time.perf_counter() - began
            assert counter.totals().lines_after == file.lines == arguments.lines - len(changes)
            figures |= {f"{kind}_s": round(writing, 2), f"{kind}_mb": round(path.stat().st_size / 1e6)}
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
