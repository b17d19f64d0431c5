import csv
import hashlib
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saksama.model.roll import COLUMNS
from saksama.outcome import writing
from saksama.outcome.model_a import MODEL_A_HEADINGS
from saksama.outcome.workbook import CellTooLong
from saksama.outcome.writing import (
    MAX_XLSX_LINES,
    TooManyForExcel,
    XlsxRoll,
    require_fits_excel,
    write_csv,
    write_parquet,
    write_xlsx,
)
from tests.outcome.conftest import DEPOK, NGAGLIK, voters

NAMES = {DEPOK: "DEPOK", NGAGLIK: "NGAGLIK", f"{NGAGLIK}.2001": "SARIHARJO"}
AT = datetime(2026, 12, 8, tzinfo=UTC)


def with_cell(roll: pa.Table, line: int, column: str, value: str | None) -> pa.Table:
    cells = roll[column].to_pylist()
    cells[line] = value
    return roll.set_column(roll.column_names.index(column), column, pa.array(cells, roll[column].type))


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def xlsx_rows(path: Path) -> list[dict[str, str]]:
    rows = []
    for sheet in openpyxl.load_workbook(path):
        headings, *lines = sheet.iter_rows(values_only=True)
        rows += [{str(h): c or "" for h, c in zip(headings, line, strict=True)} for line in lines]
    return rows


def write_xlsx_here(path: Path, batches: list[pa.Table]) -> int:
    return write_xlsx(path, batches, names=NAMES, at=AT)


def write_csv_here(path: Path, batches: list[pa.Table]) -> int:
    return write_csv(path, batches, names=NAMES)


WRITERS: list[Callable[[Path, list[pa.Table]], int]] = [write_csv_here, write_parquet, write_xlsx_here]


def test_the_csv_has_the_columns_of_model_a_in_its_order(tmp_path: Path, roll: pa.Table) -> None:
    assert write_csv(tmp_path / "next.csv", [roll.slice(0, 5), roll.slice(5)], names=NAMES) == 12
    rows = csv_rows(tmp_path / "next.csv")
    assert tuple(rows[0]) == MODEL_A_HEADINGS
    assert MODEL_A_HEADINGS[:14] == (
        *("NKK", "NIK", "NAMA", "TEMPAT LAHIR", "TANGGAL LAHIR", "STATUS KAWIN", "JENIS KELAMIN", "ALAMAT", "RT", "RW"),
        *("DISABILITAS", "STATUS KTP-EL", "KETERANGAN", "TPS"),
    )
    assert rows[0]["NIK"] == "3404070101800000"
    assert rows[0]["TANGGAL LAHIR"] == "1980-03-01"
    assert (rows[0]["KECAMATAN"], rows[0]["KELURAHAN/DESA"]) == ("NGAGLIK", "SARIHARJO")
    assert rows[1]["KELURAHAN/DESA"] == rows[1]["KETERANGAN"] == ""


def test_the_csv_is_plain_utf8_with_no_mark_in_front(tmp_path: Path, roll: pa.Table) -> None:
    write_csv(tmp_path / "next.csv", [roll], names=NAMES)
    written = (tmp_path / "next.csv").read_bytes()
    assert written.startswith(b"NKK,NIK,NAMA,")
    assert b'"' not in written
    assert b"\r" not in written


@pytest.mark.parametrize(
    "text", ['RENÉ "AGUS",\nJR', "A,B", '"', '""', "\r\n", " SARI", "SARI ", "I NYOMAN\tB", "a;b", "'", "\\", "岩"]
)
def test_any_text_comes_back_from_the_csv(tmp_path: Path, roll: pa.Table, text: str) -> None:
    write_csv(tmp_path / "next.csv", [with_cell(with_cell(roll, 0, "nama", text), 3, "keterangan", text)], names=NAMES)
    rows = csv_rows(tmp_path / "next.csv")
    assert (len(rows), rows[0]["NAMA"], rows[3]["KETERANGAN"], rows[1]["NAMA"]) == (12, text, text, "WARGA 1")


@pytest.mark.parametrize("write", [write_csv_here, write_xlsx_here])
def test_what_intake_could_not_read_stands_as_the_file_had_it(
    tmp_path: Path, roll: pa.Table, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    write(tmp_path / "next.xlsx", [roll])
    rows = {row["NAMA"]: row for row in (csv_rows if write is write_csv_here else xlsx_rows)(tmp_path / "next.xlsx")}
    assert rows["WARGA 3"]["NIK"] == "3.40407E+15"
    assert rows["WARGA 4"]["TANGGAL LAHIR"] == "31/02/1980"
    assert rows["WARGA 5"]["JENIS KELAMIN"] == ""


def test_the_parquet_has_the_checked_columns_and_loses_no_unread_date(tmp_path: Path, roll: pa.Table) -> None:
    write_parquet(tmp_path / "next.parquet", [roll.slice(0, 7), roll.slice(7)])
    written = pq.read_table(tmp_path / "next.parquet")
    assert written.column_names == list(COLUMNS)
    assert written["tgl_lahir"].to_pylist()[3:5] == ["1980-03-04", "31/02/1980"]
    assert written["nik"].to_pylist()[3] == "3.40407E+15"


def test_the_workbook_has_a_sheet_for_each_kecamatan_and_every_cell_is_text(tmp_path: Path, roll: pa.Table) -> None:
    assert write_xlsx_here(tmp_path / "next.xlsx", [roll.slice(0, 5), roll.slice(5)]) == 12
    book = openpyxl.load_workbook(tmp_path / "next.xlsx")
    assert sorted(book.sheetnames) == ["34.04.07 DEPOK", "34.04.12 NGAGLIK"]
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                assert cell.value is None or (cell.data_type, cell.number_format) == ("s", "@")
    assert {len(row["NIK"]) for row in xlsx_rows(tmp_path / "next.xlsx")} == {16, len("3.40407E+15")}


def test_the_three_files_say_the_same(tmp_path: Path, roll: pa.Table) -> None:
    for number, write in enumerate(WRITERS):
        write(tmp_path / f"{number}.xlsx", [roll])
    from_csv = {row["NAMA"]: row for row in csv_rows(tmp_path / "0.xlsx")}
    from_xlsx = {row["NAMA"]: row for row in xlsx_rows(tmp_path / "2.xlsx")}
    assert from_csv == from_xlsx
    for row in pq.read_table(tmp_path / "1.xlsx").to_pylist():
        for column, heading in (("nik", "NIK"), ("tgl_lahir", "TANGGAL LAHIR"), ("kd_kel", "KODE KELURAHAN/DESA")):
            assert str(row[column] or "") == from_csv[row["nama"]][heading]


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+62", "-", "@SUM(A1)", "{=1}", "http://x.id", "0012"]
)
def test_no_cell_of_the_workbook_becomes_a_formula_a_link_or_a_number(
    tmp_path: Path, roll: pa.Table, text: str
) -> None:
    write_xlsx_here(tmp_path / "next.xlsx", [with_cell(roll, 0, "nama", text)])
    cells = [
        cell
        for sheet in openpyxl.load_workbook(tmp_path / "next.xlsx")
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.value == text
    ]
    assert [(cell.data_type, cell.hyperlink) for cell in cells] == [("s", None)]


def test_a_cell_with_control_characters_or_blanks_at_its_ends_survives(tmp_path: Path, roll: pa.Table) -> None:
    write_xlsx_here(tmp_path / "next.xlsx", [with_cell(roll, 0, "nama", "  I NYOMAN _x0041_ ")])
    assert xlsx_rows(tmp_path / "next.xlsx")[0]["NAMA"] in ("  I NYOMAN _x0041_ ", "  I NYOMAN _x005F_x0041_ ")


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_lines_give_the_same_bytes(
    tmp_path: Path, roll: pa.Table, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    digests = set()
    for number in range(2):
        write(tmp_path / str(number), [roll])
        digests.add(hashlib.sha256((tmp_path / str(number)).read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("write", WRITERS)
def test_only_its_owner_may_read_a_file_with_voters_in_clear(
    tmp_path: Path, roll: pa.Table, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    write(tmp_path / "next", [roll])
    assert stat.S_IMODE((tmp_path / "next").stat().st_mode) == 0o600


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_is_whole_on_the_disk_before_it_has_its_name(
    tmp_path: Path, roll: pa.Table, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def syncing(descriptor: int) -> None:
        done.append(
            "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else f"file of {os.fstat(descriptor).st_size}"
        )
        fsync(descriptor)

    def renaming(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", renaming)
    write(tmp_path / "next", [roll])
    assert done == [f"file of {(tmp_path / 'next').stat().st_size}", "name", "folder"]


@pytest.mark.parametrize("write", WRITERS)
def test_a_failure_in_the_middle_leaves_nothing_and_spares_what_was_there(
    tmp_path: Path, roll: pa.Table, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    def breaking() -> list[pa.Table]:
        yield roll  # type: ignore[misc]
        raise KeyboardInterrupt

    (tmp_path / "next").write_bytes(b"the one before")
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "next", breaking())
    assert [path.name for path in tmp_path.iterdir()] == ["next"]
    assert (tmp_path / "next").read_bytes() == b"the one before"


@pytest.mark.parametrize("write", WRITERS)
def test_a_roll_without_voters_still_has_its_headings(
    tmp_path: Path, roll: pa.Table, write: Callable[[Path, list[pa.Table]], int]
) -> None:
    assert write(tmp_path / "next", [roll.slice(0, 0)]) == 0
    assert write(tmp_path / "none", []) == 0
    assert (tmp_path / "next").read_bytes() == (tmp_path / "none").read_bytes()


def test_beyond_the_bound_a_workbook_is_refused_with_what_to_use_instead(
    tmp_path: Path, roll: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_fits_excel(MAX_XLSX_LINES)
    with pytest.raises(TooManyForExcel, match=r"10\.000\.000 baris.*CSV"):
        require_fits_excel(MAX_XLSX_LINES + 1)
    monkeypatch.setattr(writing, "MAX_XLSX_LINES", 20)
    with pytest.raises(TooManyForExcel):
        write_xlsx_here(tmp_path / "next.xlsx", [roll, roll])
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_excel_would_cut_off_is_refused(tmp_path: Path, roll: pa.Table) -> None:
    with pytest.raises(CellTooLong):
        write_xlsx_here(tmp_path / "next.xlsx", [with_cell(roll, 0, "alamat", "x" * 32_768)])


def test_damaged_codes_do_not_open_thousands_of_sheets(tmp_path: Path) -> None:
    roll = voters(400).drop_columns(["kd_kec_asli"])
    place = roll.column_names.index("kd_kec")
    codes = pa.array([None, *(f"K/{n}*?[]:\\" + "z" * 40 for n in range(399))])
    write_xlsx(tmp_path / "next.xlsx", [roll.set_column(place, "kd_kec", codes)], names={}, at=AT)
    book = openpyxl.load_workbook(tmp_path / "next.xlsx")
    assert len(book.sheetnames) == 151
    assert {"TANPA KODE", "LAINNYA"} <= set(book.sheetnames)
    assert len(xlsx_rows(tmp_path / "next.xlsx")) == 400


def test_rows_wait_beside_the_file_and_not_in_a_shared_folder(tmp_path: Path, roll: pa.Table) -> None:
    with XlsxRoll(tmp_path / "next.xlsx", names=NAMES, at=AT) as book:
        book.write(roll)
        waiting = [path for path in tmp_path.iterdir() if path.is_dir()]
        assert [stat.S_IMODE(path.stat().st_mode) for path in waiting] == [0o700]
        assert list(waiting[0].iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["next.xlsx"]
