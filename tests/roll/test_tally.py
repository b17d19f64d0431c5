"""The balance: lines in = checked + set aside, in total, per sheet, village and TPS."""

import dataclasses
import json
from pathlib import Path

import openpyxl
import pytest

from saksama.model.errors import Broken
from saksama.roll.faults import ASIDE, FAULTS
from saksama.roll.raw import BATCH_ROWS
from saksama.roll.report import write_report
from saksama.roll.tally import NotBalanced, Place, PlaceCount, Tally
from tests.roll.making import HEADER, SARI, row, take_in, taken_rows, voters, write_csv


def test_it_balances_in_total_per_village_and_per_tps(tmp_path: Path) -> None:
    other = [[*line[:14], "34.04.07.2002", ""] for line in voters(7, tps="003")]
    total = ["", "JUMLAH"] + [""] * 14
    tally = taken_rows(tmp_path, HEADER, *voters(5), total, *voters(4, tps="2"), *other, HEADER, total).tally
    assert (tally.lines_in, tally.checked, tally.set_aside) == (20, 16, 4)
    assert tally.shown_places() == {
        Place("", "34.04.07.2001", "001"): PlaceCount(7, 5, 2),
        Place("", "34.04.07.2001", "002"): PlaceCount(4, 4, 0),
        Place("", "34.04.07.2002", "003"): PlaceCount(9, 7, 2),
    }
    assert tally.by_village() == {"34.04.07.2001": PlaceCount(11, 9, 2), "34.04.07.2002": PlaceCount(9, 7, 2)}


def test_a_row_set_aside_stands_with_the_line_before_it_also_across_batches(tmp_path: Path) -> None:
    lines = voters(BATCH_ROWS, tps="001") + voters(BATCH_ROWS, tps="004")
    total = ["", "JUMLAH"] + [""] * 14
    tally = taken_rows(tmp_path, *lines, *[total] * 3).tally
    assert tally.by_place[Place("", "34.04.07.2001", "004")] == PlaceCount(BATCH_ROWS + 3, BATCH_ROWS, 3)


def test_rows_of_a_sheet_without_any_voter_stand_under_their_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, lines in (("TPS 001", [HEADER, SARI]), ("REKAP", [["TPS", "L", "P"], ["001", "0", "1"]])):
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    tally = take_in(tmp_path / "a.xlsx").tally
    assert tally.by_place[Place("REKAP", "", "")] == PlaceCount(2, 0, 2)


def test_it_counts_faults_by_code_and_column_and_lines_once(tmp_path: Path) -> None:
    tally = taken_rows(tmp_path, row(nik="", nkk="", tgl_lahir="x"), row(nik="3402074107550001"), SARI).tally
    assert tally.faults == {"nomor_kosong": 2, "tgl_tak_terbaca": 1, "nik_wilayah_beda": 1}
    assert tally.faults_by_column["nkk", "nomor_kosong"] == 1
    assert tally.faulty_lines == 1, "a line worth a look is not a faulty one"


def test_it_comes_back_from_json_the_same(tmp_path: Path) -> None:
    tally = taken_rows(tmp_path, *voters(5), row(nik="1"), HEADER).tally
    again = Tally.from_json(tally.to_json())
    assert again.to_json() == tally.to_json()
    assert again.faults == tally.faults
    assert again.by_place == tally.shown_places()


@pytest.mark.parametrize("change", ["lines_in", "checked", "set_aside"])
def test_it_refuses_a_balance_that_is_off_by_one(tmp_path: Path, change: str) -> None:
    tally = taken_rows(tmp_path, *voters(5), HEADER).tally
    document = json.loads(tally.to_json())
    document[change] += 1
    with pytest.raises(NotBalanced):
        Tally.from_json(json.dumps(document))
    with pytest.raises(Broken):
        dataclasses.replace(tally, **{change: getattr(tally, change) + 1}).assert_balanced()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"v":2}', '{"v":1,"lines_in":"x"}'])
def test_it_refuses_what_is_no_tally(text: str) -> None:
    with pytest.raises(NotBalanced):
        Tally.from_json(text)


def test_a_slipped_cell_never_shows_up_as_a_village_or_tps(tmp_path: Path) -> None:
    slipped = row(kd_kel="SARI DEWI", tps="BUDI SANTOSO")
    tally = taken_rows(tmp_path, *voters(20), slipped).tally
    assert "SARI DEWI" not in tally.to_json()
    assert "BUDI" not in tally.to_json()
    assert tally.shown_places()[Place("", "?", "?")] == PlaceCount(1, 1, 0)


@pytest.mark.parametrize("label", ["Kode Kelurahan", "Kelurahan"])
@pytest.mark.parametrize("slipped", ["3404074107550001", "3404.0741.0755.0001", "SARI 3404074107550001", "34040741075"])
def test_a_slipped_number_never_shows_up_as_a_village(tmp_path: Path, slipped: str, label: str) -> None:
    header = [label if name == "Kode Kelurahan" else name for name in HEADER]
    lines = [*voters(20), *(row(kd_kel=slipped) for _ in range(12))]
    tally = take_in(write_csv(tmp_path / "daftar.csv", *lines, header=header)).tally
    write_report(tmp_path / "laporan.html", tally, title="Daftar")
    page = (tmp_path / "laporan.html").read_text(encoding="utf-8")
    assert not any(slipped in text for text in (tally.to_json(), page, *tally.by_village()))
    assert tally.by_village()["?"].lines_in == 12


def test_every_code_has_its_sentence_and_mend() -> None:
    for code, text in FAULTS.items():
        sentence, mend = text.spoken()
        assert sentence.endswith("."), code
        assert mend.endswith("."), code
    assert all(text.spoken().endswith(".") for text in ASIDE.values())
    assert not any("tidak sah" in text.sentence or "invalid" in text.sentence for text in FAULTS.values())
