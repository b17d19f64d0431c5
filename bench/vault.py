"""Seal and unseal a roll of N lines x 40 columns in a stream; prints rows per second, bytes and peak memory.

.venv/bin/python bench/vault.py --lines 3000000
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from saksama.vault.keys import Keystore
from saksama.vault.sealing import SealedTableWriter
from saksama.vault.unsealing import iter_sealed, read_sealed

BATCH = 50_000
TEXT_COLUMNS = 38  # with `line` and one date: the forty columns of a checked roll and its originals


def batches(lines: int) -> Iterator[pa.Table]:
    """Tables shaped like a checked roll: a third of the columns each of high, middling and low variety."""
    chance = np.random.default_rng(2026)
    for start in range(0, lines, BATCH):
        rows = min(BATCH, lines - start)
        columns: dict[str, pa.Array] = {"line": pa.array(np.arange(start, start + rows))}
        columns["tgl_lahir"] = pa.array(chance.integers(-12000, 13000, rows).astype("datetime64[D]"))
        for number in range(TEXT_COLUMNS):
            variety = (10**16, 40_000, 5)[number % 3]
            columns[f"c{number}"] = pa.array(chance.integers(0, variety, rows)).cast(pa.string())
        yield pa.table(columns)


def main() -> None:
    """Measure and print one JSON object."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--lines", type=int, default=1_000_000)
    lines = asked.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        keys = Keystore.create(Path(folder) / "keys")
        path = Path(folder) / "sealed.parquet"
        sealing = 0.0
        stream = batches(lines)
        first = next(stream)
        began = time.perf_counter()
        writer = SealedTableWriter(path, first.schema, keys=keys, name="bench/sealed.parquet")
        writer.write(first)
        sealing += time.perf_counter() - began
        for table in stream:
            began = time.perf_counter()
            writer.write(table)
            sealing += time.perf_counter() - began
        began = time.perf_counter()
        writer.close()
        sealing += time.perf_counter() - began
        peak_sealing = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        began = time.perf_counter()
        rows = sum(t.num_rows for t in iter_sealed(path, keys=keys, expected_sha256=writer.sha256))
        unsealing = time.perf_counter() - began
        peak_streaming = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        assert rows == lines
        began = time.perf_counter()
        some = read_sealed(path, keys=keys, expected_sha256=writer.sha256, columns=["line", "c0", "c1"])
        projecting = time.perf_counter() - began
        assert some.num_rows == lines
        figures = {
            "lines": lines,
            "columns": TEXT_COLUMNS + 2,
            "file_mb": round(path.stat().st_size / 1e6),
            "seal_s": round(sealing, 2),
            "seal_rows_per_s": round(lines / sealing),
            "unseal_all_s": round(unsealing, 2),
            "unseal_rows_per_s": round(lines / unsealing),
            "unseal_3_columns_s": round(projecting, 2),
            "peak_mb_sealing": peak_sealing,
            "peak_mb_streaming": peak_streaming,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
