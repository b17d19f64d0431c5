"""Whom a run flags by chance: every line counted once, every group under its own name, and none too small to show."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from saksama.linkage.groups import SMALL, chance_of_no_double
from saksama.linkage.name_traditions import TRADITIONS, tradition_of_names
from saksama.linkage.names import NamesReader
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import link
from tests.linkage.rolls import as_table, moved, person, strangers


@pytest.mark.parametrize(
    ("name", "tradition"),
    [
        ("SUPARNO", "mononym"),
        ("MUHAMMAD", "mononym"),
        ("H. SUPARNO, S.PD", "mononym"),
        ("NI WAYAN SARI", "balinese"),
        ("I GUSTI NGURAH RAI", "balinese"),
        ("PUTU EKA WIRAWAN", "balinese"),
        ("IDA BAGUS MANTRA", "balinese"),
        ("IDA FARIDA", "other"),
        ("TOGAR SIMANJUNTAK", "clan"),
        ("MUHAMMAD LUBIS", "clan"),
        ("LUBIS TOGAR", "other"),
        ("MUH. YUSUF", "arabic"),
        ("MOCHAMAD ARIF", "arabic"),
        ("SITI RAHAYU", "arabic"),
        ("SAEFUDDIN ZUHRI", "arabic"),
        ("HIDAYATULLAH ARIF", "arabic"),
        ("UDIN PETOT", "other"),
        ("BUDI SANTOSO", "other"),
        ("", "blank"),
        (None, "blank"),
    ],
)
def test_the_tradition_of_a_name(name: str | None, tradition: str) -> None:
    reader = NamesReader(["nama"], "indonesia")
    reader.add(pa.table({"nama": pa.array([name, "BUDI SANTOSO"], pa.string())}))
    tradition_of = tradition_of_names(reader.finish())
    assert (*TRADITIONS, "blank")[int(tradition_of(np.array([0]))[0])] == tradition


def figures(rows: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    summary = link(as_table(rows), roll_id_plan()).summary
    return {grouping: {group["group"]: group for group in groups} for grouping, groups in summary["groups"].items()}


def test_each_line_is_counted_once_in_every_grouping() -> None:
    rows = strangers(500)
    rows += [moved(row) for row in rows[:40]] + [person(tgl_lahir=None, jk=None, nama=None)] * 30
    found = figures(rows)
    assert set(found) == {"province", "sex", "birth_decade", "default_birthday", "name_tradition"}
    for groups in found.values():
        assert sum(group["lines"] for group in groups.values()) == len(rows)
        assert len({sum(group["flagged"] for group in each.values()) for each in found.values()}) == 1
    assert found["sex"]["blank"]["lines"] == 30
    born = [row["tgl_lahir"] for row in rows if row["tgl_lahir"]]
    first_of_july = sum((day.month, day.day) == (7, 1) for day in born)
    assert found["default_birthday"]["1 July"]["lines"] == first_of_july
    assert found["birth_decade"]["1950s"]["lines"] == sum(1950 <= day.year < 1960 for day in born)


def test_provinces_are_told_by_their_codes_and_small_groups_together() -> None:
    rows = strangers(200)
    there = [{**row, "kd_prov": "51"} for row in strangers(100, seed=2)]
    few = [person(kd_prov=code, nik=None, nama=f"ORANG {code}") for code in ("11", "12", None)]
    found = figures([*few, *rows, *there])["province"]
    assert {name: group["lines"] for name, group in found.items()} == {"34": 200, "51": 100, SMALL: 3}


def test_a_table_in_batches_has_the_same_groups_as_one_in_one_piece() -> None:
    table = as_table([*strangers(200), *({**row, "kd_prov": "51"} for row in strangers(150, seed=2))])
    whole = link(table, roll_id_plan())
    parts = link([table.slice(0, 120), table.slice(120, 100), table.slice(220)], roll_id_plan())
    assert parts.summary["groups"] == whole.summary["groups"]
    assert {group["group"] for group in parts.summary["groups"]["province"]} == {"34", "51"}


def test_flags_and_false_flags_stay_within_their_bounds() -> None:
    rows = strangers(800)
    for groups in figures([*rows, *(moved(row) for row in rows[:60])]).values():
        for group in groups.values():
            low, expected, high = (group[f"expected_false{end}"] for end in ("_low", "", "_high"))
            assert 0 <= low <= expected <= high <= group["flagged"] <= group["lines"]


def test_a_line_has_a_double_as_surely_as_its_surest_pair() -> None:
    records, none = chance_of_no_double((np.array([1, 1, 4]), np.array([2, 3, 9])), np.array([0.1, 0.4, 0.3]))
    assert records.tolist() == [1, 2, 3, 4, 9]
    assert none.tolist() == [0.1, 0.1, 0.4, 0.3, 0.3]


def test_a_century_of_wrong_years_does_no_harm() -> None:
    rows = [*strangers(100), *(person(tgl_lahir=date(year, 1, 1), nik=None) for year in (1, 99, 1899, 9999))]
    found = figures(rows)["birth_decade"]
    assert sum(group["lines"] for group in found.values()) == len(rows)
