"""Workbooks as openpyxl, xlsxwriter and LibreOffice write them; calamine is the second opinion."""

import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from saksama.roll.reader import open_roll
from saksama.roll.refusals import UnknownLayout, UnsafeWorkbook
from tests.roll.making import BUDI, HEADER, SARI, by_libreoffice, row, take_in, voters, write_csv

needs_libreoffice = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
NO_TPS = [n for n, label in enumerate(HEADER) if label != "TPS"]


def openpyxl_book(path: Path, sheets: dict[str, list[list[object]]], *, base_1904: bool = False) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if base_1904:
        book.epoch = CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line in rows:
            sheet.append(line)
    book.save(path)
    return path


def xlsxwriter_book(path: Path, sheets: dict[str, list[list[object]]], *, base_1904: bool = False) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": base_1904, "default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, line in enumerate(rows):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write(at, column, cell)
    book.close()
    return path


WRITERS = pytest.mark.parametrize("write", [openpyxl_book, xlsxwriter_book])


@WRITERS
def test_it_reads_text_cells_as_they_are(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    lines = [list(SARI), list(BUDI), row(nama="  A & B <C>\n'D' \"E\" é ")]
    taken = take_in(write(tmp_path / "a.xlsx", {"Daftar": [list(HEADER), *lines]}))
    assert taken.column("nik_asli") == [SARI[2], BUDI[2], SARI[2]]
    assert taken.column("nama_asli") == [line[3] for line in lines]
    assert taken.codes() == set()
    assert taken.column("sheet") == ["Daftar"] * 3
    assert taken.column("source_row") == [2, 3, 4]


def test_the_escapes_of_excel_are_taken_back(tmp_path: Path) -> None:
    book = xlsxwriter_book(tmp_path / "a.xlsx", {"a": [list(HEADER), row(alamat="JL _x0041_\r\nB", nama="SARI\x07")]})
    taken = take_in(book)
    assert taken.column("alamat_asli") == ["JL _x0041_\r\nB"]
    assert taken.column("nama_asli") == ["SARI\x07"]


@WRITERS
def test_one_sheet_a_tps_makes_one_roll(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    header = [HEADER[n] for n in NO_TPS]
    sheets: dict[str, list[list[object]]] = {
        f"TPS {n:03d}": [header, *([line[c] for c in NO_TPS] for line in voters(n))] for n in (3, 1, 2)
    }
    sheets["REKAP"] = [["TPS", "L", "P"], ["001", 1, 2], ["JUMLAH", 3, 3]]
    taken = take_in(write(tmp_path / "a.xlsx", sheets))
    assert taken.column("tps") == ["TPS 003"[4:]] * 3 + ["001"] + ["002"] * 2
    assert taken.column("tps_asli") == [None] * 6
    assert taken.column("line") == list(range(6))
    assert (taken.tally.lines_in, taken.tally.checked, taken.tally.set_aside) == (9, 6, 3)
    assert {p.sheet: c.lines_in for p, c in taken.tally.by_place.items()} == {
        "TPS 003": 3, "TPS 001": 1, "TPS 002": 2, "REKAP": 3,
    }  # fmt: skip


@WRITERS
@pytest.mark.parametrize("base_1904", [False, True])
def test_it_reads_dates_in_both_calendars_of_excel(tmp_path: Path, write, *, base_1904: bool) -> None:  # type: ignore[no-untyped-def]
    lines = [[*SARI[:5], date(1955, 7, 1), *SARI[6:]], [*BUDI[:5], datetime(1950, 8, 15), *BUDI[6:]]]
    taken = take_in(write(tmp_path / "a.xlsx", {"a": [list(HEADER), *lines]}, base_1904=base_1904))
    assert taken.column("tgl_lahir") == [date(1955, 7, 1), date(1950, 8, 15)]
    assert taken.codes() == set()


@WRITERS
def test_it_names_what_excel_did_to_numbers_and_dates(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    lines = [
        [*SARI[:2], 3404074107550001, *SARI[3:]],
        [*SARI[:2], 3404074107550000, *SARI[3:]],
        [*SARI[:5], 20271, *SARI[6:]],
        [*SARI[:9], 1, 2, *SARI[11:13], 1, *SARI[14:]],
        [*SARI[:8], "#N/A", *SARI[9:]],
    ]
    taken = take_in(write(tmp_path / "a.xlsx", {"a": [list(HEADER), *lines]}))
    assert taken.pairs(0) == {("nik", "nomor_sebagai_angka")}
    assert taken.pairs(1) >= {("nik", "nomor_presisi_excel"), ("nik", "nomor_seri_0000")}
    assert taken.pairs(2) == {("tgl_lahir", "tgl_nomor_seri")}
    assert taken.column("tgl_lahir")[2] == date(1955, 7, 1)
    assert taken.pairs(3) == set()
    assert (taken.column("rt")[3], taken.column("rw")[3], taken.column("tps")[3]) == ("1", "2", "1")
    assert taken.pairs(4) == {("alamat", "sel_galat_excel")}


@needs_libreoffice
def test_it_reads_what_libreoffice_makes_of_a_workbook(tmp_path: Path) -> None:
    lines = [
        [*line[:5], date(1955, 7, 1), *line[6:]] if n == 0 else line for n, line in enumerate([list(SARI), *voters(40)])
    ]
    made = xlsxwriter_book(
        tmp_path / "a.xlsx", {"TPS 001": [list(HEADER), *lines], "TPS 002": [list(HEADER), list(BUDI)]}
    )
    taken = take_in(by_libreoffice(made))
    straight = take_in(made)
    for name in ("nik", "nama", "tgl_lahir", "tps", "alamat", "rt", "sheet"):
        assert taken.column(name) == straight.column(name)
    assert taken.codes() == set()


@needs_libreoffice
def test_it_reads_what_libreoffice_makes_of_a_csv(tmp_path: Path) -> None:
    taken = take_in(by_libreoffice(write_csv(tmp_path / "a.csv", *voters(40))))
    assert taken.tally.checked == 40
    assert taken.codes() & {"nomor_presisi_excel"}  # it took the NIK for numbers, and rounds at the 15th digit
    assert [n[:14] for n in taken.column("nik")] == [line[2][:14] for line in voters(40)]


@needs_libreoffice
def test_it_refuses_the_formulas_of_libreoffice(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, SARI)
    sheet.write_formula(1, 9, "=1+1")
    made.close()
    with pytest.raises(UnsafeWorkbook, match="J2"):
        open_roll(by_libreoffice(tmp_path / "a.xlsx"))


def test_calamine_reads_the_same_cells(tmp_path: Path) -> None:
    path = xlsxwriter_book(tmp_path / "a.xlsx", {"a": [list(HEADER), *voters(300), [""] * 16, list(SARI)]})
    second = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    taken = take_in(path)
    for name, at in (("nik", 2), ("nama", 3), ("tgl_lahir", 5), ("alamat", 8)):
        assert taken.column(f"{name}_asli") == [line[at] for line in second[1:] if line[at]]


def test_a_number_beyond_two_to_the_53_keeps_its_digits(tmp_path: Path) -> None:
    """Why calamine is only the second opinion: it gives a float, and this NIK of Papua is none."""
    nik = "9404074107550001"
    path = xlsxwriter_book(tmp_path / "a.xlsx", {"a": [list(HEADER), [*SARI[:2], "NIK", *SARI[3:]]]})
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    at = sheet.index('<c r="C2"')
    end = sheet.index("</c>", at)
    members["xl/worksheets/sheet1.xml"] = (sheet[:at] + f'<c r="C2"><v>{nik}</v>' + sheet[end:]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    float_of_it = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][2]
    assert f"{float_of_it:.0f}" != nik
    assert take_in(path).column("nik") == [nik]


def test_a_sheet_of_voters_without_header_is_asked_about(tmp_path: Path) -> None:
    path = xlsxwriter_book(tmp_path / "a.xlsx", {"TPS 001": [list(HEADER), list(SARI)], "TPS 002": [list(BUDI)]})
    with pytest.raises(UnknownLayout, match="TPS 002"):
        open_roll(path)


def test_a_hidden_sheet_counts_as_any_other(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    for name in ("TPS 001", "TPS 002"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, SARI)
    sheet.hide()
    book.close()
    assert take_in(tmp_path / "a.xlsx").tally.checked == 2


def test_rows_left_out_of_the_file_keep_the_row_numbers_of_excel(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(4, 0, HEADER)
    sheet.write_row(9, 0, SARI)
    book.close()
    taken = take_in(tmp_path / "a.xlsx")
    assert taken.column("source_row") == [10]
    assert taken.column("line") == [0]
