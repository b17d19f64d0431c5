"""Columns side by side hold what they held; and arrays that grow in files are those that grow in memory."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.linkage.comparison import Comparer, measure_local, measure_surprise, packed
from saksama.linkage.growing import Growing, discard, file_of
from saksama.linkage.kernels import tally as counting
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.prepared import prepare
from saksama.linkage.rows import side_by_side
from tests.linkage.rolls import as_table, moved, strangers

TYPES = [np.uint64, np.int64, np.int32, np.uint32, np.float32, np.uint16, np.int8, np.uint8]


@given(st.lists(st.sampled_from(TYPES), min_size=1, max_size=20), st.integers(0, 5000))
def test_columns_side_by_side_hold_what_they_held(types: list[type], size: int) -> None:
    chance = np.random.default_rng(1)
    columns = {str(k): chance.integers(0, 100, size).astype(each) for k, each in enumerate(types)}
    columns["again"] = columns["0"]
    views = side_by_side(columns)
    assert list(views) == list(columns)
    for name, column in columns.items():
        assert views[name].dtype == column.dtype
        assert np.array_equal(views[name], column)
    if size:
        row = views["0"].strides[0]
        assert row >= sum(np.dtype(each).itemsize for each in types)
        assert row % 64 == 0 or 64 % row == 0
        lines = [(view.ctypes.data - min(v.ctypes.data for v in views.values())) // 64 for view in views.values()]
        assert row > 64 or set(lines) == {0}
        views["0"][:] = 0
        assert not views["again"].any()


def test_a_line_of_a_roll_takes_one_line_of_cache() -> None:
    """What the figures of memory for a whole nation rest on."""
    rows = [*strangers(3_000), moved(strangers(3)[0])]
    plan, prepared = roll_id_plan(), prepare(as_table(rows), roll_id_plan())
    surprise = measure_local(plan, prepared, *measure_surprise(prepared))
    comparer = Comparer(plan, prepared, surprise)
    in_rows = comparer.in_rows()
    assert in_rows.prepared.names["nama"].plain.strides == (64,)
    pairs = packed(np.arange(3_000), np.arange(1, 3_001))
    one, other = comparer.compare(pairs), in_rows.compare(pairs)
    assert np.array_equal(one.levels, other.levels)
    assert np.array_equal(one.chance, other.chance)
    some = np.array([3_000, 5, 7, 0])
    of_some = comparer.in_rows(some).compare(packed(np.array([0, 1]), np.array([3, 2])))
    same = comparer.compare(packed(some[[0, 1]], some[[3, 2]]))
    assert np.array_equal(of_some.levels, same.levels)


@pytest.mark.parametrize("row", [(), (3,)])
def test_an_array_grows_in_a_file_as_in_memory(tmp_path: Path, row: tuple[int, ...]) -> None:
    parts = [np.arange(12).reshape(-1, *row)[:count] for count in (2, 0, 4, 3)]
    arrays = []
    for folder in (None, tmp_path):
        growing = Growing(np.int32, folder, row)
        for part in parts:
            growing.add(part)
        assert growing.size == sum(map(len, parts))
        arrays.append(growing.finish())
    in_memory, in_file = arrays
    assert np.array_equal(in_memory, in_file)
    assert file_of(in_memory) is None
    path = file_of(in_file)
    assert path is not None
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o077 == 0
    assert np.array_equal(np.fromfile(path, np.int32), in_memory.ravel())
    discard(in_memory, in_file)
    assert list(tmp_path.iterdir()) == []
    assert len(Growing(np.int32, tmp_path, row).finish()) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_roll_prepared_in_files_is_the_roll_prepared_in_memory(tmp_path: Path) -> None:
    table = as_table(strangers(700))
    batches = [table.slice(begin, 300) for begin in range(0, 700, 300)]
    one = prepare(table, roll_id_plan())
    other = prepare(iter(batches), roll_id_plan(), folder=tmp_path)
    assert one.digests == other.digests
    for name, column in one.columns.items():
        assert np.array_equal(column, other.columns[name]), name
    assert np.array_equal(one.names["nama"].words, other.names["nama"].words)
    assert np.array_equal(one.names["nama"].counts, other.names["nama"].counts)
    assert isinstance(table, pa.Table)


def test_values_scattered_a_few_at_a_time_are_counted_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(2)
    values = chance.integers(0, 900, 3_000).astype(np.uint64)
    people = chance.integers(0, 2, 3_000).astype(np.uint8)
    counts, first = counting.tally(values, people)
    assert counts.tolist() == [int(people[values == value].sum()) if value else 0 for value in values]
    monkeypatch.setattr(counting, "_A_PART", 16)
    monkeypatch.setattr(counting, "_MOST_SCATTERED", 100)
    in_turns = counting.tally.py_func(values, people)
    assert np.array_equal(in_turns[0], counts)
    assert np.array_equal(in_turns[1], first)
