"""What a run leaves: pairs.parquet, clusters.parquet, run.json (docs/formats/run.md)."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from saksama.linkage.comparison import split
from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.plan import Bands, LinkagePlan
from saksama.linkage.scoring import Scores
from saksama.model.pair import Band
from saksama.model.roll import LINE


@dataclass(frozen=True, slots=True, repr=False)
class Findings:
    """What a run found. `summary` is the content of run.json; all but its `measured` is the same at every run."""

    pairs: pa.Table
    clusters: pa.Table
    summary: dict[str, Any]


def bands_of(probability: Floats, bands: Bands) -> npt.NDArray[np.str_]:
    """The band of each probability."""
    out = np.where(probability >= bands.certain, Band.CERTAIN.value, Band.CHECK.value)
    probable = (probability >= bands.probable) & (probability < bands.certain)
    return np.where(probable, Band.PROBABLE.value, out)


def pairs_table(inside: Words, lines: Ints, scores: Scores, q_values: Floats, bands: Bands) -> pa.Table:
    """Pairs by line number, sorted by left, then right."""
    a, b = split(inside)
    one, two = lines[a], lines[b]
    left, right = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((right, left))
    return pa.table(
        {
            "left": pa.array(left[order], pa.int64()),
            "right": pa.array(right[order], pa.int64()),
            "weight_bits": pa.array(np.round(scores.bits, 4)[order], pa.float64()),
            "probability": pa.array(np.round(scores.probability, 6)[order], pa.float64()),
            "q_value": pa.array(np.round(q_values, 6)[order], pa.float64()),
            "band": pa.array(bands_of(scores.probability, bands)[order].tolist(), pa.string()),
        }
    )


def clusters_table(parts: Ints, lines: Ints) -> pa.Table:
    """Lines of clusters of two or more, sorted by cluster, then line; clusters numbered by their first line."""
    sizes = np.bincount(parts, minlength=len(parts))
    members = np.flatnonzero(sizes[parts] > 1)
    smallest = np.full(len(parts), np.iinfo(np.int64).max)
    np.minimum.at(smallest, parts[members], lines[members])
    first = smallest[parts[members]]
    _, numbers = np.unique(first, return_inverse=True)
    order = np.lexsort((lines[members], numbers))
    return pa.table(
        {
            LINE: pa.array(lines[members][order], pa.int64()),
            "cluster": pa.array(numbers[order].astype(np.int64), pa.int64()),
        }
    )


def digest_of(table: pa.Table, plan: LinkagePlan) -> str:
    """SHA-256 of the columns read, whatever their chunks: of a fixed serialisation of each column in plan order."""
    digest = hashlib.sha256()
    for name in (LINE, *plan.columns):
        if name not in table.column_names:
            continue
        digest.update(f"{name}:{table[name].type}:{table.num_rows}\n".encode())
        column = table[name].combine_chunks()
        column = column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)
        for buffer in pa.concat_arrays([column]).buffers():
            digest.update(b"-" if buffer is None else hashlib.sha256(buffer).digest())
    return digest.hexdigest()


def write_run(findings: Findings, folder: Path) -> None:
    """Write the three files into `folder`, which exists. Same findings, same bytes, but for `measured` in run.json."""
    for name, table in (("pairs.parquet", findings.pairs), ("clusters.parquet", findings.clusters)):
        with _durable(folder / name) as file:
            pq.write_table(table, file, compression="zstd", store_schema=False, row_group_size=1 << 20)
    with _durable(folder / "run.json") as file:
        file.write(json.dumps(findings.summary, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n")


class _durable:  # noqa: N801  # a context manager used as a verb
    """A file written under a temporary name, fsynced and renamed when the block ends well."""

    def __init__(self, path: Path) -> None:
        self.path, self.aside = path, path.with_name(f".{path.name}.part")

    def __enter__(self) -> Any:
        self.file = self.aside.open("wb")
        return self.file

    def __exit__(self, kind: object, *_rest: object) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if kind is not None:
            self.aside.unlink()
            return
        self.aside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
