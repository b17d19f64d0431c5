"""A recapitulation among the sheets is held against the lines, and never against lines it may not mean."""

from pathlib import Path

import openpyxl
import pytest

from saksama.roll.recap import Compared, Stated, compared, read_recap
from saksama.roll.tally import Tally
from tests.roll.making import HEADER, take_in, voters

PER_TPS = [
    ["REKAPITULASI"], [], ["NO", "TPS", "L", "P", "L+P"], ["1", "001", "2", "3", "5"], ["2", "TPS 2", "2", "2", "4"],
    ["", "JUMLAH", "4", "5", "9"],
]  # fmt: skip
TWO_ROWS = [
    ["NO", "KELURAHAN/DESA", "NO TPS", "JUMLAH PEMILIH", "", ""], ["", "", "", "L", "P", "JML"],
    ["1", "Caturtunggal", "1", "2", "3", "5"], ["2", "", "2", "2", "2", "4"], ["3", "Maguwoharjo", "1", "0", "1", "1"],
]  # fmt: skip
PER_VILLAGE = [
    ["NO", "DESA", "TPS", "L", "P", "TOTAL"], ["1", "CATURTUNGGAL", "41", "6.000", "6.200", "12.200"],
    ["2", "MAGUWOHARJO", "38", "5.000", "5.100", "10.100"], ["", "TOTAL", "79", "", "", "22.300"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "stated"),
    [
        (PER_TPS, [("", "001", 5), ("", "002", 4)]),
        (TWO_ROWS, [("Caturtunggal", "001", 5), ("Caturtunggal", "002", 4), ("Maguwoharjo", "001", 1)]),
        (PER_VILLAGE, [("CATURTUNGGAL", "", 12200), ("MAGUWOHARJO", "", 10100)]),
        ([["TPS", "L", "P"], ["001", "1", "2"]], []),
        ([["KECAMATAN", "TPS", "JUMLAH"], ["DEPOK", "41", "12.000"]], []),
        ([["NO", "NAMA", "JABATAN"], ["1", "SUGENG", "KETUA"]], []),
        ([], []),
    ],
)
def test_it_reads_what_forms_state(rows: list[list[str]], stated: list[tuple[str, str, int]]) -> None:
    assert read_recap(rows) == [Stated(*line) for line in stated]


def test_it_is_held_against_the_lines_of_the_place_it_names_and_no_other() -> None:
    one = {("34.04.07.2001", "001"): 5, ("34.04.07.2001", "002"): 3}
    two = {**one, ("34.04.07.2002", "001"): 7}
    assert compared([Stated("", "002", 4)], one) == [Compared("34.04.07.2001", "002", 4, 3)]
    assert compared([Stated("", "001", 4)], two) == [], "of which village?"
    assert compared([Stated("Caturtunggal", "", 8)], two) == [Compared("34.04.07.2001", "", 8, 8)]
    assert compared([Stated("Maguwoharjo", "005", 9)], two) == [Compared("34.04.07.2002", "005", 9, 0)]
    assert compared([Stated("Atlantis", "001", 9)], two) == []


def book(path: Path, recap: list[list[str]], *, first: bool) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    sheets = [("TPS 001", [list(HEADER), *voters(5)]), ("TPS 002", [list(HEADER), *voters(3, tps="002")])]
    for name, lines in [("REKAP", recap), *sheets] if first else [*sheets, ("REKAP", recap)]:
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path


@pytest.mark.parametrize("first", [True, False])
def test_a_tps_that_lost_a_line_on_the_way_is_named(tmp_path: Path, *, first: bool) -> None:
    tally = take_in(book(tmp_path / "a.xlsx", PER_TPS, first=first)).tally
    assert tally.recap() == [Compared("34.04.07.2001", "001", 5, 5), Compared("34.04.07.2001", "002", 4, 3)]
    assert Tally.from_json(tally.to_json()).recap() == tally.recap()
    assert tally.set_aside == 5


def test_the_command_and_the_report_say_it(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from saksama.cli.main import main

    path = book(tmp_path / "a.xlsx", PER_TPS, first=True)
    told = CliRunner().invoke(main, ["roll", "check", str(path), "--report", str(tmp_path / "r.html")])
    assert "Rekap menyebut 4 pemilih di Caturtunggal TPS 002; berkas berisi 3." in told.stdout
    assert "Rekap menyebut 5" not in told.stdout
    assert told.exit_code == 1
    assert "Rekap yang tidak cocok dengan baris" in (tmp_path / "r.html").read_text(encoding="utf-8")
