"""The report names counts and no voter; the workbook of faulty lines is safe to open."""

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from saksama.model import texts
from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll
from saksama.roll.report import FaultsWriter, write_faults, write_report
from saksama.roll.writing import CannotWrite
from tests.roll.making import HEADER, SARI, row, taken_rows, voters, write_csv

ODD = row(nik="1004074107550001", nama="=HYPERLINK(1)", tgl_lahir="+62", alamat="@x")


def test_the_report_says_counts_sentences_and_mends(tmp_path: Path) -> None:
    tally = taken_rows(tmp_path, *voters(30), ODD, HEADER).tally
    write_report(tmp_path / "r.html", tally, title="KPU <Sleman>", about="CSV, koma, UTF-8")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "KPU &lt;Sleman&gt;" in page
    for said in ("Dua angka pertama bukan kode provinsi", "Caturtunggal (34.04.07.2001)", "Judul kolom yang berulang."):
        assert said in page
    assert re.search(r"<b>32</b>baris masuk", page)
    assert re.search(r"<b>31</b>diperiksa", page)


def test_the_report_is_whole_and_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", taken_rows(tmp_path, SARI).tally, title="x")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    open_tags: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br"):
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Balanced().feed(page)
    assert open_tags == []
    assert not re.search(r"https?:|src=|url\(|<script", page)
    assert 'lang="id"' in page


def test_the_report_names_no_voter(tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", taken_rows(tmp_path, *voters(3), ODD, row(nik="")).tally, title="x")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not any(value in page for value in (*ODD[1:4], *SARI[1:4], "SITI", "BUDI"))


def test_the_workbook_holds_line_row_column_value_and_reason(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", SARI, ODD, HEADER)
    with open_roll(path) as file:
        write_faults(tmp_path / "f.xlsx", check_roll(file))
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    found = [[cell.value for cell in line] for line in book["Temuan"].iter_rows(min_row=2)]
    nik = next(line for line in found if line[5] == "nomor_provinsi")
    assert nik[:5] == [2, None, 3, "nik", "1004074107550001"]
    assert nik[6] == "cacat format"
    date = next(line for line in found if line[3] == "tgl_lahir")
    assert date[4] == "'+62", "guarded against becoming a formula"
    aside = [[cell.value for cell in line] for line in book["Disisihkan"].iter_rows(min_row=2)]
    assert aside[0][:4] == [3, None, 4, "Judul kolom yang berulang."]


def test_the_workbook_holds_no_formula_whatever_the_cells_say(tmp_path: Path) -> None:
    bad = [row(nik=text) for text in ("=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "http://x")]
    path = write_csv(tmp_path / "a.csv", *bad)
    with open_roll(path) as file:
        write_faults(tmp_path / "f.xlsx", check_roll(file))
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets")]
    assert not any(re.search(r"<f[ >]|<hyperlink", sheet) for sheet in sheets)
    assert open_roll(tmp_path / "f.xlsx", columns=_mapping()).close() is None, "our own intake finds it harmless"


def _mapping():  # type: ignore[no-untyped-def]
    from saksama.roll.mapping import ColumnMapping

    return ColumnMapping({"nama": "Isi asli", "keterangan": "Temuan"})


def test_a_disk_that_fails_at_the_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlsxwriter

    def full(_book: object) -> None:
        raise OSError(28, "No space left on device")

    path = write_csv(tmp_path / "a.csv", SARI, ODD)
    monkeypatch.setattr(xlsxwriter.Workbook, "close", full)
    with open_roll(path) as file, pytest.raises(OSError, match="space"):
        write_faults(tmp_path / "f.xlsx", check_roll(file))
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]


def test_a_workbook_past_a_sheets_end_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FaultsWriter, "ROWS_A_SHEET", 3)
    with open_roll(write_csv(tmp_path / "a.csv", *[row(nik="1")] * 8)) as file:
        write_faults(tmp_path / "f.xlsx", check_roll(file))
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").sheetnames == ["Temuan", "Temuan 2", "Temuan 3"]


def test_nothing_appears_when_writing_breaks_off(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", SARI)
    path.write_bytes(path.read_bytes() + b'"x')
    with open_roll(path) as file, pytest.raises(Exception, match="kutip"):
        write_faults(tmp_path / "f.xlsx", check_roll(file))
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"r\.html"):
        write_report(tmp_path / "none" / "r.html", taken_rows(tmp_path, SARI).tally, title="x")


def test_numbers_are_parted_as_the_language_does(tmp_path: Path) -> None:
    tally = taken_rows(tmp_path, *voters(1_200)).tally
    write_report(tmp_path / "id.html", tally, title="x")
    texts.speak("en")
    try:
        write_report(tmp_path / "en.html", tally, title="x")
    finally:
        texts.speak("id")
    assert "1.200" in (tmp_path / "id.html").read_text()
    assert "1,200" in (tmp_path / "en.html").read_text()
