"""The public labelled sets as tables with their truth. They are not in the repository: name the folder they are in."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

SETS = ("fake_1000", "historical_50k", "rldata10000", "febrl3", "febrl4")
# Best of the peers on these sets: pairs F1, clusters F1 (the thresholds of peers were chosen with the truth).
PEERS = {
    "fake_1000": (0.904, 0.926),
    "historical_50k": (0.827, 0.842),
    "rldata10000": (0.931, 0.925),
    "febrl3": (0.9995, 0.9999),
    "febrl4": (0.9999, 0.9998),
}


def load(name: str, data: Path) -> tuple[pa.Table, pa.Table | None, np.ndarray, np.ndarray | None]:
    """A set's table, the second table of a link set or None, and the true person of each line of both."""
    if name == "fake_1000":
        table = _csv(data / "splink/fake_1000.csv")
        return table, None, _people(table["cluster"]), None
    if name == "historical_50k":
        table = pq.read_table(data / "splink/historical_figures_with_errors_50k.parquet")
        return table, None, _people(table["cluster"]), None
    if name == "rldata10000":
        table = _csv(data / "rldata/RLdata10000.csv")
        return table, None, _people(table["ent_id"]), None
    if name == "febrl3":
        table = _csv(data / "febrl/dataset3.csv")
        return table, None, _people(_entity(table)), None
    one, two = _csv(data / "febrl/dataset4a.csv"), _csv(data / "febrl/dataset4b.csv")
    both = _people(pa.chunked_array([_entity(one), _entity(two)]))
    return one, two, both[: one.num_rows], both[one.num_rows :]


def _csv(path: Path) -> pa.Table:
    names = [name.strip() for name in path.open().readline().rstrip("\n").split(",")]
    table = pa_csv.read_csv(
        path,
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=["", "NA"], strings_can_be_null=True
        ),
    )
    trimmed = {name: pc.utf8_trim_whitespace(table[name]) for name in names}
    return pa.table({name: pc.if_else(pc.equal(column, ""), None, column) for name, column in trimmed.items()})


def _entity(table: pa.Table) -> pa.Array:
    return pc.list_element(pc.split_pattern(table["rec_id"].combine_chunks(), "-"), 1)


def _people(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    return np.unique(np.array(column.to_pylist()), return_inverse=True)[1]
