"""What a run finds and refuses to find: doubles of every kind, and the people who only look like doubles."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import Findings, link, write_run
from saksama.model.errors import BadInput
from tests.linkage.rolls import as_table, moved, person, strangers

SIZE = 3000
# Enough plain doubles that the engine can learn in this roll what doubles are like.
PLAIN = 30


def found_among(*rows: dict[str, Any]) -> set[tuple[int, int]]:
    """Pairs found among `rows` when they stand in a roll of strangers; numbered from 0 as given."""
    everyone = strangers(SIZE)
    doubles = [moved(row) for row in everyone[:PLAIN]]
    begin = len(everyone) + PLAIN
    findings = link(as_table([*everyone, *doubles, *rows]), roll_id_plan())
    left, right = (findings.pairs[side].to_numpy() - begin for side in ("left", "right"))
    return {(int(a), int(b)) for a, b in zip(left, right, strict=True) if a >= 0}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"nama": "RAHAJOE KINASIH"},
        {"nama": "HJ. RAHAYU KINASIH, S.PD"},
        {"nama": "RAHAYUKINASIH"},
        {"nama": "KINASIH RAHAYU"},
        {"nama": "RAHAYU K"},
        {"nama": "RAHAYU KINSIH"},
        {"tgl_lahir": date(1980, 2, 3)},
        {"tgl_lahir": date(1980, 3, 12)},
        {"nik": None},
        {"nik": "0000000000000000"},
        {"nik": "3404014203800081"},
        {"nik": "3404014203900001"},
        {"nik": "3404104203800001"},
        {"tgl_lahir": date(1986, 3, 2), "nik": "3404014203860001"},
    ],
    ids=[
        "moved", "old spelling", "titles", "joined", "order", "initial", "mistyped", "day and month", "day",
        "no NIK", "zeros", "serial", "year in NIK", "region in NIK", "a date that the NIK follows",
    ],
)  # fmt: skip
def test_it_finds_a_double(changed: dict[str, Any]) -> None:
    assert found_among(person(), moved(person(), **changed)) == {(0, 1)}


def test_it_leaves_twins_of_one_household_alone() -> None:
    brother = person(nama="HASAN KINASIH", nik="3404010203800001", jk="L")
    assert found_among(brother, {**brother, "nama": "HUSEN KINASIH", "nik": "3404010203800002"}) == set()


def test_it_leaves_twins_with_names_one_letter_apart_alone() -> None:
    sister = person(nama="RINA WIJAYANTI")
    assert found_among(sister, {**sister, "nama": "RINI WIJAYANTI", "nik": "3404014203800002"}) == set()


def test_it_leaves_a_family_with_consecutive_niks_alone() -> None:
    children = [
        person(nama=name, tgl_lahir=date(year, 7, 1), nik=f"3404014107{year % 100:02d}000{n}")
        for n, (name, year) in enumerate([("SITI AMINAH", 1990), ("SITI AISYAH", 1991), ("SITI KHADIJAH", 1992)], 1)
    ]
    assert found_among(*children) == set()


def test_it_does_not_make_one_person_of_two_who_were_given_one_nik() -> None:
    other = person(
        nama="BAMBANG SULISTYO", tgl_lahir=date(1961, 11, 20), jk="L", tempat_lahir="KLATEN", status_kawin="P"
    )
    assert found_among(person(), moved(other)) == set()


def test_namesakes_of_a_default_birthday_rank_below_a_k4_pair() -> None:
    """DOMAIN section 10 no. 6: common name, default date, other NIK and NKK, against same NIK, name and date."""
    wayan = person(nama="NI WAYAN SARI", tgl_lahir=date(1955, 7, 1), tempat_lahir="KARANGASEM",
                   nik="5107014107550012")  # fmt: skip
    balinese = [
        person(nama=f"NI {order} {name}", tgl_lahir=date(1950 + k % 9, 7, 1), tempat_lahir="KARANGASEM",
               nik=f"51070{1 + k % 8}4107{50 + k % 9}{20 + k:04d}", nkk=f"51070101011{k:05d}",
               kd_kel=f"34.04.0{1 + k % 8}.2001")
        for k, (order, name) in enumerate([(o, n) for o in ("WAYAN", "MADE") for n in ("SARI", "RAI", "ASIH")] * 10)
    ]  # fmt: skip
    namesake = moved(wayan, nik="5107054107550031")
    rows = [*strangers(SIZE), *balinese]
    rows += [moved(row) for row in rows[:PLAIN]]
    k4 = [person(), moved(person(), tempat_lahir="BANTUL", jk=None)]
    findings = link(as_table([*rows, wayan, namesake, *k4]), roll_id_plan())
    by_pair = _probabilities(findings)
    begin = len(rows)
    assert by_pair[(begin + 2, begin + 3)] > by_pair.get((begin, begin + 1), 0.0)
    assert by_pair.get((begin, begin + 1), 0.0) < roll_id_plan().bands.probable


def test_blank_is_never_agreement() -> None:
    assert found_among({}, {}) == set()
    assert found_among(person(nama=None, nik=None, nkk=None), person(nama=None, nik=None, nkk=None)) == set()


def test_three_copies_are_one_cluster_and_all_their_pairs_are_written() -> None:
    copies = [person(), moved(person()), moved(person(), nama="RAHAJU KINASIH", nik="3404014203800081")]
    assert found_among(*copies) == {(0, 1), (0, 2), (1, 2)}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = strangers(600)
    table = as_table([*rows, *(moved(row) for row in rows[:20])])
    chunks = pa.concat_tables([table.slice(0, 100), table.slice(100)])
    for name, given in (("one", table), ("two", chunks)):
        (tmp_path / name).mkdir()
        write_run(link(given, roll_id_plan()), tmp_path / name)
    for file in ("pairs.parquet", "clusters.parquet", "evidence.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    one, two = (json.loads((tmp_path / name / "run.json").read_text()) for name in ("one", "two"))
    assert one.pop("measured") is not None
    two.pop("measured")
    assert one == two


def test_what_a_run_writes_agrees_with_itself_and_names_nobody(tmp_path: Path) -> None:
    rows = strangers(600)
    write_run(link(as_table([*rows, *(moved(row) for row in rows[:20])]), roll_id_plan()), tmp_path)
    pairs, clusters = pq.read_table(tmp_path / "pairs.parquet"), pq.read_table(tmp_path / "clusters.parquet")
    assert pairs.column_names == ["left", "right", "weight_bits", "probability", "q_value", "band"]
    where = dict(zip(clusters["line"].to_pylist(), clusters["cluster"].to_pylist(), strict=True))
    for left, right in zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True):
        assert left < right
        assert where[left] == where[right]
    counts = json.loads((tmp_path / "run.json").read_text())["counts"]
    assert counts["pairs"] == pairs.num_rows == counts["certain"] + counts["probable"] + counts["check"]
    assert counts["clusters"] == len(set(where.values()))
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(row["nama"].encode() in written or row["nik"].encode() in written for row in rows[:20])


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_roll_of_hardly_anyone_has_hardly_any_pairs(size: int) -> None:
    findings = link(as_table([person()] * size), roll_id_plan())
    assert findings.summary["counts"]["lines"] == size
    assert findings.pairs.num_rows <= size // 2


def test_a_missing_column_is_named_in_the_refusal() -> None:
    with pytest.raises(BadInput, match="nkk"):
        link(as_table([person()]).drop_columns(["nkk"]), roll_id_plan())


def test_repeated_line_numbers_are_refused() -> None:
    table = as_table([person(), person()])
    with pytest.raises(BadInput, match="line"):
        link(table.set_column(0, "line", pa.array([5, 5])), roll_id_plan())


def test_a_column_no_text_can_be_made_of_is_refused() -> None:
    table = as_table([person()]).drop_columns(["jk"]).append_column("jk", pa.array([{"a": 1}]))
    with pytest.raises(BadInput, match="jk"):
        link(table, roll_id_plan())


def test_columns_of_another_type_are_read_as_text() -> None:
    table = as_table([*strangers(50), person(), moved(person())])
    rt = pa.array([int(value) if value else None for value in table["rt"].to_pylist()])
    born = table["tgl_lahir"].cast(pa.string())
    for name, column in (("rt", rt), ("tgl_lahir", born)):
        table = table.set_column(table.column_names.index(name), name, column)
    assert (50, 51) in _probabilities(link(table, roll_id_plan()))


@pytest.mark.parametrize("column", ["nik", "nama", "tgl_lahir", "nkk", "kd_kel", "jk"])
def test_a_column_all_blank_or_all_equal_does_no_harm(column: str) -> None:
    rows = [*strangers(300), person(), moved(person())]
    blank = link(as_table([{**row, column: None} for row in rows]), roll_id_plan())
    same = link(as_table([{**row, column: rows[0][column]} for row in rows]), roll_id_plan())
    assert blank.pairs.num_rows < 300
    assert same.pairs.num_rows < 300


def test_strange_names_and_far_dates_are_taken_as_they_come() -> None:
    odd = ["A" * 500, "😀", "\x00\x07", "e\u0301" * 9, "é" * 9, "N", "ﬁ\u200b", "H. DR.", "1234", "BIN"]
    rows = [person(nama=name, tgl_lahir=date(9999, 12, 31), nik=None) for name in odd] * 3
    findings = link(as_table(rows), roll_id_plan())
    assert findings.summary["counts"]["lines"] == 30


def test_a_crowd_born_on_one_day_with_one_name_is_not_compared_with_itself_whole() -> None:
    rows = [
        person(nama="SITI", tgl_lahir=date(1960, 12, 31), nik=f"340401711260{n:04d}", nkk=f"34040101011{n:05d}")
        for n in range(9000)
    ]
    counts = link(as_table(rows), roll_id_plan()).summary["counts"]
    assert counts["candidates"] < 60 * len(rows)


def test_two_rolls_are_matched_one_to_one() -> None:
    here, there = strangers(400, seed=3), strangers(400, seed=4)
    copies = [moved(row) for row in here[:40]]
    findings = link(as_table([*here, here[0]]), roll_id_plan(), other=as_table([*there, *copies]))
    left, right = findings.pairs["left"].to_numpy(), findings.pairs["right"].to_numpy()
    assert len(np.unique(left)) == len(left)
    assert len(np.unique(right)) == len(right)
    truly = {(n, 400 + n) for n in range(40)} | {(400, 400)}
    hits = truly & set(zip(left.tolist(), right.tolist(), strict=True))
    assert len(hits) >= 38
    assert len(left) <= 42
    assert set(findings.clusters["table"].to_pylist()) == {"left", "right"}


def test_nothing_is_found_between_a_roll_and_an_empty_one() -> None:
    full, empty = as_table(strangers(20)), as_table([])
    assert link(full, roll_id_plan(), other=empty).pairs.num_rows == 0
    assert link(empty, roll_id_plan(), other=full).pairs.num_rows == 0


def _probabilities(findings: Findings) -> dict[tuple[int, int], float]:
    columns = (findings.pairs[name].to_pylist() for name in ("left", "right", "probability"))
    return {(left, right): probability for left, right, probability in zip(*columns, strict=True)}
