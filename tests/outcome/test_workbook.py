"""The workbook is sound to every reader at hand, whatever stands in its cells and however long its sheets."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from saksama.outcome import workbook
from saksama.outcome.workbook import CellTooLong, Columns, TextWorkbook, TooLargeForExcel, letters
from saksama.outcome.writing import XlsxRoll
from tests.outcome.conftest import voters

AT = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
TWO = Columns(("NAMA", "KET <&>"), (28, 14))


def written(path: Path, *batches: list[tuple[str | None, str | None]], name: str = "34.04.07 DEPOK & 'X'") -> Path:
    book = TextWorkbook(path, TWO, title="Uji & coba", at=AT)
    sheet = book.sheet(name)
    try:
        for batch in batches:
            sheet.append([pa.array([row[at] for row in batch], pa.string()) for at in (0, 1)])
        book.close()
    finally:
        book.give_up()
    return path


def by_openpyxl(path: Path) -> list[list[str | None]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def by_calamine(path: Path) -> list[list[str | None]]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [[cell or None for cell in row] for row in rows]


ROWS: list[tuple[str | None, str | None]] = [
    ("SARI", None), (None, "x"), ("A & B < C > \"D\" 'E'", "]]>"), ("  ujung  ", "dua\nbaris"), ("É ö 岩 🙂", "=1+1"),
    (None, None), ("0012", "3404074107550001"),
]  # fmt: skip


@pytest.mark.parametrize("read", [by_openpyxl, by_calamine])
def test_every_reader_gets_what_was_written(tmp_path: Path, read: Callable[[Path], list[list[str | None]]]) -> None:
    path = written(tmp_path / "a.xlsx", ROWS[:3], ROWS[3:])
    assert read(path) == [["NAMA", "KET <&>"], *map(list, ROWS)]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert not any("/" in name and name.startswith("/") for name in archive.namelist())


def test_the_sheet_has_its_name_headings_that_stay_and_a_filter(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", ROWS))
    sheet = book["34.04.07 DEPOK & 'X'"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B8")
    assert (sheet["A1"].font.b, sheet["A2"].font.b, sheet["A2"].number_format) == (True, False, "@")
    assert sheet.column_dimensions["A"].width == 28
    assert (book.properties.title, book.properties.created) == ("Uji & coba", AT.replace(tzinfo=None))


CELL = st.text(min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELL, st.none() | CELL), min_size=1, max_size=6))
def test_any_text_makes_a_workbook_that_opens(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]]
) -> None:
    path = written(tmp_path_factory.mktemp("x") / "a.xlsx", rows)
    found = by_openpyxl(path)[1:]
    plain = [[cell and openpyxl.utils.escape.unescape(cell) for cell in row] for row in found]
    assert plain == [list(row) for row in rows]


@pytest.mark.parametrize("text", ["A\x07B", "A\rB", "_x0041_", "\ufffe", "_x_x0041_"])
def test_what_xml_cannot_hold_comes_back_by_excels_own_escape(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.xlsx", [(text, "x")])
    book = openpyxl.load_workbook(path)
    assert openpyxl.utils.escape.unescape(book.worksheets[0]["A2"].value) == text


def test_a_cell_may_be_as_long_as_excels_and_no_longer(tmp_path: Path) -> None:
    assert by_openpyxl(written(tmp_path / "a.xlsx", [("x" * 32_767, None)]))[1][0] == "x" * 32_767
    with pytest.raises(CellTooLong):
        written(tmp_path / "b.xlsx", [("x" * 32_768, None)])


def test_columns_are_named_as_excel_names_them() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert all(openpyxl.utils.get_column_letter(at + 1) == letters(at) for at in range(1000))


@pytest.mark.parametrize("bound", ["LAST_ROW", "_LARGEST_PART"])
def test_a_kecamatan_of_more_lines_than_a_sheet_goes_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(workbook, bound, 101 if bound == "LAST_ROW" else 40_000)
    roll = voters(700)
    with XlsxRoll(tmp_path / "a.xlsx", names={}, at=AT) as book:
        for start in range(0, 700, 50):
            book.write(roll.slice(start, 50))
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert len(sheets) > 4
    assert len({sheet.title.lower() for sheet in sheets}) == len(sheets)
    niks = [row[2] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sorted(niks) == sorted(roll["nama"].to_pylist())
    if bound == "LAST_ROW":
        assert max(sheet.max_row for sheet in sheets) == 101


def test_a_disk_that_fails_at_the_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_written: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workbook, "_zip", full)
    with pytest.raises(OSError, match="space"), XlsxRoll(tmp_path / "a.xlsx", names={}, at=AT) as book:
        book.write(voters(10))
    assert list(tmp_path.iterdir()) == []


def test_what_no_zip_can_hold_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = XlsxRoll(tmp_path / "a.xlsx", names={}, at=AT)
    with pytest.raises(TooLargeForExcel, match="CSV"), book:
        book.write(voters(300))
        monkeypatch.setattr(workbook, "_LARGEST_ZIP", 1000)
    assert list(tmp_path.iterdir()) == []
