"""What a run leaves: pairs, clusters and evidence in Parquet, run.json (docs/formats/run.md)."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from saksama.linkage.clustering import members_of
from saksama.linkage.comparison import split
from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.plan import Bands
from saksama.linkage.prepared import Prepared
from saksama.linkage.scoring import Scores
from saksama.model.pair import Band
from saksama.model.roll import LINE


@dataclass(frozen=True, slots=True, repr=False)
class Findings:
    """What a run found. `summary` is the content of run.json; all but its `measured` is the same at every run."""

    pairs: pa.Table
    clusters: pa.Table
    summary: dict[str, Any]
    evidence: pa.Table


def bands_of(probability: Floats, bands: Bands) -> npt.NDArray[np.str_]:
    """The band of each probability."""
    out = np.where(probability >= bands.certain, Band.CERTAIN.value, Band.CHECK.value)
    probable = (probability >= bands.probable) & (probability < bands.certain)
    return np.where(probable, Band.PROBABLE.value, out)


def pairs_table(inside: Words, prepared: Prepared, scores: Scores, q_values: Floats, bands: Bands) -> pa.Table:
    """Pairs by line number, sorted by left, then right. Of two tables, left is of the first, right of the second."""
    a, b = split(inside)
    one, two = prepared.lines[a], prepared.lines[b]
    left, right = (one, two) if prepared.border else (np.minimum(one, two), np.maximum(one, two))
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


def clusters_table(parts: Ints, prepared: Prepared) -> pa.Table:
    """Lines of clusters of two or more, sorted by cluster, then line; clusters numbered by their first line.

    Of two tables a third column `table` says whose line it is, `left` or `right`; left lines come first.
    """
    members = members_of(parts)
    lines, second = prepared.lines[members], (members >= prepared.border) & (prepared.border > 0)
    order = np.lexsort((lines, second, parts[members]))
    parts, lines, second = parts[members][order], lines[order], second[order]
    begins = np.flatnonzero(np.diff(parts, prepend=-1))
    ranks = np.empty(len(begins), np.int64)
    ranks[np.argsort(lines[begins], kind="stable")] = np.arange(len(begins))
    numbers = np.repeat(ranks, np.diff(np.append(begins, len(parts))))
    last = np.lexsort((lines, second, numbers))
    columns: dict[str, Any] = {
        LINE: pa.array(lines[last], pa.int64()),
        "cluster": pa.array(numbers[last], pa.int64()),
    }
    if prepared.border:
        columns["table"] = pa.array(np.where(second[last], "right", "left").tolist(), pa.string())
    return pa.table(columns)


def write_run(findings: Findings, folder: Path) -> None:
    """Write the four files into `folder`, which exists. Same findings, same bytes, but for `measured` in run.json."""
    for name in ("pairs", "clusters", "evidence"):
        table = getattr(findings, name)
        with _durable(folder / f"{name}.parquet") as file:
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
