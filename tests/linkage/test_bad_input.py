"""What a run makes of tables that nobody should send it: a message, or a sensible result; never a wrong count."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.linkage.clustering import cluster
from saksama.linkage.kernels.arrays import Floats, Words
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import Findings, link, write_run
from saksama.model.errors import BadInput
from saksama.model.roll import COLUMNS
from tests.linkage.rolls import as_table, moved, person, strangers

PLAN = roll_id_plan()
LAST = (300, 301)  # the double in `roll`


@pytest.fixture(scope="module")
def roll() -> pa.Table:
    """Three hundred strangers, and a double."""
    return as_table([*strangers(300), person(), moved(person())])


def put(table: pa.Table, name: str, column: Any) -> pa.Table:
    """`table` with a column replaced."""
    return table.set_column(table.column_names.index(name), name, column)


def pairs_of(findings: Findings) -> set[tuple[int, int]]:
    return set(zip(findings.pairs["left"].to_pylist(), findings.pairs["right"].to_pylist(), strict=True))


def in_batches(table: pa.Table, cuts: list[int]) -> Iterator[pa.Table]:
    """`table` cut at these places, in order; two that are equal give an empty batch."""
    for begin, end in zip([0, *cuts], [*cuts, table.num_rows], strict=True):
        yield table.slice(begin, end - begin)


@pytest.mark.parametrize("column", ["line", *PLAN.columns])
def test_a_column_that_stands_twice_is_named_in_the_refusal(roll: pa.Table, column: str) -> None:
    twice = pa.table([*roll.columns, roll[column]], names=[*roll.column_names, column])
    with pytest.raises(BadInput, match=column):
        link(twice, PLAN)


@pytest.mark.parametrize("column", PLAN.columns)
def test_a_column_missing_from_a_later_batch_is_named_in_the_refusal(roll: pa.Table, column: str) -> None:
    with pytest.raises(BadInput, match=column):
        link(iter([roll.slice(0, 100), roll.slice(100).drop_columns([column])]), PLAN)


@pytest.mark.parametrize(
    "lines",
    [
        pa.array([f"baris {k}" for k in range(302)]),
        pa.array([{"line": k} for k in range(302)]),
        pa.array([k + 0.5 for k in range(302)]),
        pa.array([2**63 + k for k in range(302)], pa.uint64()),
        pa.array([None, *range(301)], pa.int64()),
        pa.array([0, *range(301)], pa.int64()),
    ],
    ids=["text", "struct", "halves", "too large", "one blank", "one twice"],
)
def test_lines_that_are_no_line_numbers_are_refused(roll: pa.Table, lines: Any) -> None:
    with pytest.raises(BadInput, match="line"):
        link(put(roll, "line", lines), PLAN)


def test_a_line_number_that_comes_again_in_another_batch_is_refused(roll: pa.Table) -> None:
    with pytest.raises(BadInput, match="line"):
        link(iter([roll.slice(0, 200), roll.slice(199)]), PLAN)


@pytest.mark.parametrize(
    "lines", [[-1 - k for k in range(302)], [-(2**63), *range(300), 2**63 - 1], [7 * k for k in range(302)][::-1]]
)
def test_any_whole_numbers_serve_as_line_numbers(roll: pa.Table, lines: list[int]) -> None:
    found = link(put(roll, "line", pa.array(lines, pa.int64())), PLAN)
    assert pairs_of(found) == {tuple(sorted((lines[LAST[0]], lines[LAST[1]])))}
    assert sorted(found.clusters["line"].to_pylist()) == sorted((lines[LAST[0]], lines[LAST[1]]))


def test_without_line_numbers_records_are_counted_on_over_the_batches(roll: pa.Table) -> None:
    assert pairs_of(link(in_batches(roll.drop_columns(["line"]), [100, 250]), PLAN)) == {LAST}


@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("blank", [False, True])
def test_hardly_any_lines_are_counted_as_they_are(size: int, blank: bool) -> None:
    found = link(as_table([{} if blank else person()] * size), PLAN)
    assert found.summary["counts"]["lines"] == size
    assert found.summary["counts"]["pairs"] == found.pairs.num_rows <= (0 if blank else size // 2)


def test_a_stream_without_a_batch_is_a_roll_without_a_line() -> None:
    assert link(iter([]), PLAN).summary["counts"]["lines"] == 0


@pytest.mark.parametrize("column", PLAN.columns)
def test_a_column_of_nothing_but_nulls_has_no_say(roll: pa.Table, column: str) -> None:
    """Untyped nulls, as Parquet holds them for a column in which nobody ever wrote."""
    found = link(put(roll, column, pa.nulls(roll.num_rows)), PLAN)
    assert found.summary["counts"]["lines"] == roll.num_rows
    assert pairs_of(found) <= {LAST}


@pytest.mark.parametrize(
    "kind",
    [pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_texts_of_every_arrow_kind_are_read_alike(roll: pa.Table, kind: pa.DataType) -> None:
    table = roll
    for column in ("nama", "nik", "nkk", "jk", "tempat_lahir", "kd_kel"):
        whole = table[column].combine_chunks()
        table = put(table, column, whole.dictionary_encode() if pa.types.is_dictionary(kind) else whole.cast(kind))
    assert link(table, PLAN).pairs.equals(link(roll, PLAN).pairs)


def test_dictionaries_of_other_words_in_each_chunk_are_read_as_text(roll: pa.Table) -> None:
    """Together they hold more words than their index type can number."""
    chunks = [roll["nama"].combine_chunks().slice(at, 100).dictionary_encode() for at in (0, 100, 200, 300)]
    small = pa.chunked_array([pa.DictionaryArray.from_arrays(c.indices.cast(pa.int8()), c.dictionary) for c in chunks])
    assert link(put(roll, "nama", small), PLAN).pairs.equals(link(roll, PLAN).pairs)


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("s", tz="Asia/Jakarta"), pa.date64(), pa.string()],
    ids=str,
)
def test_days_are_days_whatever_they_are_written_as(roll: pa.Table, kind: pa.DataType) -> None:
    found = link(put(roll, "tgl_lahir", roll["tgl_lahir"].cast(kind)), PLAN)
    assert found.pairs.equals(link(roll, PLAN).pairs)


def test_the_hour_of_a_timestamp_does_not_count(roll: pa.Table) -> None:
    hours = [datetime(d.year, d.month, d.day, k % 24) for k, d in enumerate(roll["tgl_lahir"].to_pylist())]
    found = link(put(roll, "tgl_lahir", pa.array(hours, pa.timestamp("us"))), PLAN)
    assert found.pairs.equals(link(roll, PLAN).pairs)


def test_dates_as_numbers_are_read_and_other_numbers_are_none(roll: pa.Table) -> None:
    days = [int(f"{d:%Y%m%d}") for d in roll["tgl_lahir"].to_pylist()]
    assert link(put(roll, "tgl_lahir", pa.array(days)), PLAN).pairs.equals(link(roll, PLAN).pairs)
    for column in (pa.array([True] * 302), pa.array([2**60] * 302, pa.timestamp("s")), pa.array(["31-31-31"] * 302)):
        assert pairs_of(link(put(roll, "tgl_lahir", column), PLAN)) <= {LAST}


def test_numbers_of_people_as_numbers_are_read(roll: pa.Table) -> None:
    niks = [int(nik) for nik in roll["nik"].to_pylist()]
    for column in (pa.array(niks), pa.array([Decimal(nik) for nik in niks])):
        assert link(put(roll, "nik", column), PLAN).pairs.equals(link(roll, PLAN).pairs)


@pytest.mark.parametrize(
    "nik",
    ["340401420380000X", "34040142038000012", "340401420380001", "9999999999999999", "3404014203800000", "-" * 16],
)
def test_what_is_no_nik_is_no_witness(nik: str) -> None:
    """Two people alike in nothing else, and a roll in which all have it: neither brings anyone together."""
    other = person(nama="BAMBANG SULISTYO", tgl_lahir=date(1961, 11, 20), jk="L", tempat_lahir="KLATEN", nik=nik)
    rows = [*strangers(300), person(nik=nik), moved(other)]
    assert pairs_of(link(as_table(rows), PLAN)) == set()
    assert pairs_of(link(as_table([{**row, "nik": nik} for row in rows]), PLAN)) == set()


@pytest.mark.parametrize("born", [date(1, 1, 1), date(9999, 12, 31)])
def test_dates_at_the_ends_of_the_calendar_are_dates(born: date) -> None:
    one = person(tgl_lahir=born, nik=None)
    assert (300, 301) in pairs_of(link(as_table([*strangers(300), one, moved(one)]), PLAN))


def test_composed_and_decomposed_letters_are_one_name(tmp_path: Path) -> None:
    name = "JOSÉ ANDRÉ GÖTZE ÑURAINI"
    one, two = (person(nama=unicodedata.normalize(form, name), nik=None) for form in ("NFC", "NFD"))
    assert one["nama"] != two["nama"]
    found = link(as_table([*strangers(300), one, moved(two)]), PLAN)
    assert pairs_of(found) == {LAST}
    assert found.evidence["level_nama"].to_pylist() == ["same"]


@pytest.mark.parametrize(
    "name",
    ["A" * 500, "KARTIKA " * 60, "😀 🙏", "\x00\x07\x1b[31m", "ﬁ\u200bn\u202eal", "N", "H. DR.", "1234", "BIN", " "],
    ids=["500 letters", "60 words", "emoji", "control", "joiners", "a letter", "titles", "digits", "bin", "space"],
)
def test_strange_names_count_for_no_more_than_they_say(name: str) -> None:
    """Twenty people of one odd name, who share nothing else."""
    odd = [{**row, "nama": name} for row in strangers(20, seed=9)]
    found = link(as_table([*strangers(300), *odd]), PLAN)
    assert found.summary["counts"]["lines"] == 320
    assert pairs_of(found) == set()


def test_a_long_name_is_found_again() -> None:
    one = person(nama="KUSUMANINGRUM" * 40, nik=None)
    assert pairs_of(link(as_table([*strangers(300), one, moved(one)]), PLAN)) == {LAST}


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 220), max_size=8), data=st.data())
def test_batches_cut_anywhere_give_the_same_bytes(cuts: list[int], data: st.DataObject, tmp_path_factory: Any) -> None:
    rows = strangers(200)
    rows = [*rows, *(moved(row) for row in rows[:20])]
    for k in data.draw(st.lists(st.integers(0, 219), max_size=6)):
        rows[k] = {**rows[k], data.draw(st.sampled_from(PLAN.columns)): None}
    table, written = as_table(rows), []
    for given_table in (table, in_batches(table, sorted(cuts))):
        folder = tmp_path_factory.mktemp("run")
        write_run(link(given_table, PLAN), folder)
        summary = json.loads((folder / "run.json").read_text())
        del summary["measured"]
        written.append((summary, [(folder / f"{n}.parquet").read_bytes() for n in ("pairs", "clusters", "evidence")]))
    assert written[0] == written[1]


def test_another_value_gives_another_input_digest(roll: pa.Table) -> None:
    """Also one that only moves a letter to the next line."""
    digests = {
        link(put(roll, "nama", pa.array([*names, *[None] * 300])), PLAN).summary["input_sha256"]
        for names in (["AB", "C"], ["A", "BC"], ["ABC", None], [None, "ABC"])
    }
    assert len(digests) == 4


def test_people_of_other_provinces_are_told_from_neighbours() -> None:
    """The same double, here of two provinces: less alike than of one, and still found."""
    far = {"kd_prov": "51", "kd_kab": "51.07", "kd_kec": "51.07.01", "kd_kel": "51.07.01.2001"}
    rows = [*strangers(300), *({**row, **far} for row in strangers(300, seed=8))]
    found = link(as_table([*rows, person(), {**moved(person()), **far}]), PLAN)
    assert pairs_of(found) == {(600, 601)}
    assert found.evidence["level_tempat"].to_pylist() == ["elsewhere"]
    assert {g["group"]: g["lines"] for g in found.summary["groups"]["province"]} == {"34": 301, "51": 301}


def test_lines_matched_with_an_empty_list_are_counted(roll: pa.Table) -> None:
    empty = roll.slice(0, 0)
    for one, two, lines in ((roll, empty, 302), (empty, roll, 302), (empty, empty, 0), (roll, iter([]), 302)):
        found = link(one, PLAN, other=two)
        assert found.summary["counts"]["lines"] == lines
        assert found.pairs.num_rows == found.clusters.num_rows == 0
        assert found.summary["other_sha256"] is not None


def test_a_list_with_a_line_twice_is_refused_beside_an_empty_one(roll: pa.Table) -> None:
    twice = put(roll, "line", pa.array([0, *range(301)], pa.int64()))
    for one, two in ((twice, roll.slice(0, 0)), (roll.slice(0, 0), twice)):
        with pytest.raises(BadInput, match="line"):
            link(one, PLAN, other=two)


def crowd(size: int) -> pa.Table:
    """A crowd named SITI, all born on 31 December 1960 in one village, each with a NIK and a card."""
    numbers, none = np.arange(size), pa.nulls(size, pa.string())
    columns = dict.fromkeys(COLUMNS, none)
    fixed = person(nama="SITI", tgl_lahir=date(1960, 12, 31))
    for name in PLAN.columns:
        columns[name] = pa.array([fixed[name]] * size)
    columns["nik"] = pa.array([f"34{n // 9000:04d}711260{n % 9000 + 1:04d}" for n in numbers.tolist()])
    columns["nkk"] = pa.array([f"34040101{n:08d}" for n in numbers.tolist()])
    return pa.table({"line": numbers, **columns})


def test_a_crowd_of_one_name_and_date_costs_each_line_its_neighbours() -> None:
    counts = link(crowd(200_000), PLAN).summary["counts"]
    assert counts["lines"] == 200_000
    assert counts["candidates"] < 12 * 10 * 200_000  # rules, neighbours, lines
    assert counts["pairs"] < 10


def test_a_roll_in_which_everyone_has_a_province_of_his_own_is_counted_in_no_more_memory() -> None:
    """Words by provinces would be a table of a hundred thousand by a hundred thousand."""
    rows = [{**row, "kd_prov": f"P{k}"} for k, row in enumerate(strangers(3_000))]
    many = pa.concat_tables([as_table(rows)] * 40)
    size = many.num_rows
    table = put(many, "line", pa.array(range(size)))
    table = put(table, "kd_prov", pa.array([f"P{k}" for k in range(size)]))
    table = put(table, "nama", pa.array([f"{name} X{k}" for k, name in enumerate(table["nama"].to_pylist())]))
    table = put(table, "nik", pa.nulls(size, pa.string()))
    assert link(table, PLAN).summary["counts"]["lines"] == size


def test_a_component_that_no_threshold_divides_is_cut_and_not_scored_whole() -> None:
    asked = 0

    def score_pairs(wanted: Words) -> Floats:
        nonlocal asked
        asked += len(wanted)
        return np.ones(len(wanted))

    size = 20_000
    firsts = np.arange(size - 1, dtype=np.uint64)
    found = cluster(size, (firsts << np.uint64(32)) | (firsts + np.uint64(1)), np.ones(size - 1), 0.4, score_pairs)
    assert asked < 200 * size
    assert np.bincount(found.parts).max() == found.largest_component == 400
