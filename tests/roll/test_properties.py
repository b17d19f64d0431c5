"""What must hold of any file at all: originals byte for byte, every row once, nothing but BadInput from a parser."""

import csv
import gzip
import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saksama.model.errors import BadInput
from saksama.roll.checks import check_roll
from saksama.roll.formats import delimited
from saksama.roll.formats.delimited import DelimitedSheet, Scan
from saksama.roll.reader import open_roll
from saksama.roll.source import OpenFile, identify
from saksama.roll.tally import Tally
from tests.roll.making import HEADER, SARI, csv_bytes, row, take_in, voters

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Any text a CSV can hold; control characters are refused with the whole file.
_CONTROL = [chr(n) for n in range(32) if n != 9]
_cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=_CONTROL), max_size=12)
_multiline = st.one_of(_cell, st.builds("{}\n{}".format, _cell, _cell))
_garbage = st.lists(st.one_of(_cell, st.sampled_from(["", "JUMLAH", "NIK", "Nama", "0", *SARI])), max_size=20)


def whole(path: Path) -> None:
    with open_roll(path) as file:
        tally = Tally()
        for batch in check_roll(file):
            tally.add(batch)
        tally.assert_balanced()


@MANY
@given(
    st.lists(st.tuples(_multiline, _multiline, _cell, _cell), min_size=1, max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_csv_of_any_cells_keeps_them_byte_for_byte(
    cells: list[tuple[str, str, str, str]], delimiter: str, end: str
) -> None:
    lines = [row(alamat=a, keterangan=k, nama="SARI" + n, tempat_lahir=t) for a, k, n, t in cells]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(csv_bytes([HEADER, *lines], delimiter=delimiter, end=end))
        taken = take_in(path)
    assert taken.tally.checked == len(lines)
    for name, at in (("alamat", 8), ("keterangan", 15), ("nama", 3), ("tempat_lahir", 4), ("nik", 2)):
        assert taken.column(f"{name}_asli") == [line[at] for line in lines]


@FEW
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=5)), min_size=1, max_size=8))
def test_a_workbook_of_any_cells_keeps_them(cells: list[tuple[str, str]]) -> None:
    lines = [row(alamat=a, nama="SARI" + n) for a, n in cells]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet()
        for at, line in enumerate([list(HEADER), *lines]):
            for column, cell in enumerate(line):
                sheet.write_string(at, column, cell)
        book.close()
        taken = take_in(path)
    assert taken.column("alamat_asli") == [line[8] for line in lines]
    assert taken.column("nama_asli") == [line[3] for line in lines]


@MANY
@given(st.lists(_garbage, min_size=1, max_size=40))
def test_every_row_of_garbage_is_counted_once(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(csv_bytes([HEADER, SARI, *rows, SARI]))
        taken = take_in(path)  # asserts the balance and that every line stands once
    rows_read = list(csv.reader(io.StringIO(csv_bytes(rows).decode(), newline="")))
    assert taken.tally.lines_in == 2 + len(rows_read)


def as_cells(path: Path, width: int) -> list[list[str | None]]:
    with OpenFile(path) as opened:
        sheet = DelimitedSheet(identify(opened), Scan("utf-8", False, 1), ";")
        batches = list(sheet.batches(0, width))
    return [list(cells) for batch in batches for cells in zip(*(c.to_pylist() for c in batch.columns), strict=True)]


@MANY
@given(st.lists(st.lists(_cell, min_size=3, max_size=3), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]))
def test_the_fast_way_reads_what_the_csv_module_reads(rows: list[list[str]], end: str) -> None:
    plain = [[cell.replace('"', "").replace(";", "") for cell in line] for line in rows]
    content = end.join(";".join(line) for line in plain).encode() + end.encode()
    expected = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        assert as_cells(path, 3) == [line if line else [""] * 3 for line in expected]


_quoted = st.lists(st.sampled_from(['"', '""', ";", "\n", "a", "b c", "é", "\r\n", '"x"', ';"', '";']), max_size=24)


@settings(MANY, max_examples=400)
@given(_quoted)
def test_any_quotes_read_as_the_strict_csv_module_reads_them_or_are_refused(parts: list[str]) -> None:
    content = "x;y;z\n" + "".join(parts) + "\n"
    try:
        expected = list(csv.reader(io.StringIO(content, newline=""), delimiter=";", strict=True))
    except csv.Error:
        expected = None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content.encode())
        try:
            read = as_cells(path, 3)
        except BadInput:
            assert expected is None or any(cell.count(";") >= 3 for line in expected for cell in line)
            return
    assert expected is not None
    assert read == [(line + [""] * 3)[:3] for line in expected]


def _good(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "csv":
        return csv_bytes([HEADER, *voters(20)])
    if kind == "csv.gz":
        return gzip.compress(csv_bytes([HEADER, *voters(20)]))
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", csv_bytes([HEADER, *voters(20)]))
    elif kind == "parquet":
        columns = dict(
            zip(("nik", "nama", "jk"), zip(*[(v[2], v[3], v[7]) for v in voters(20)], strict=True), strict=True)
        )
        pq.write_table(pa.table({k: list(v) for k, v in columns.items()}), out)
    else:
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet()
        for at, line in enumerate([HEADER, *voters(20)]):
            sheet.write_row(at, 0, line)
        book.close()
    return out.getvalue()


GOOD = {kind: _good(kind) for kind in ("csv", "csv.gz", "zip", "parquet", "xlsx")}
MAGIC = {"csv": b"", "csv.gz": b"\x1f\x8b\x08", "zip": b"PK\x03\x04", "parquet": b"PAR1", "xlsx": b"PK\x03\x04"}


def only_bad_input(name: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            whole(path)
        except BadInput as refused:
            assert len(str(refused)) < 250  # noqa: PT017  # a refusal is one of two good ends
            assert "SITI" not in str(refused)  # noqa: PT017


@pytest.mark.parametrize("kind", GOOD)
@MANY
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_with_a_sentence(kind: str, content: bytes) -> None:
    only_bad_input(f"a.{kind}", content)
    only_bad_input(f"a.{kind}", MAGIC[kind] + content)


@pytest.mark.parametrize("kind", GOOD)
@MANY
@given(st.data())
def test_a_good_file_with_bytes_changed_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[kind])
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    only_bad_input(f"a.{kind}", bytes(content))
    only_bad_input(f"a.{kind}", bytes(content[:cut]))


PARTS = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
)


@pytest.mark.parametrize("part", PARTS)
@FEW
@given(st.data())
def test_a_workbook_with_a_part_changed_is_read_or_refused(part: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD["xlsx"])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = bytearray(members[part])
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(
            [b"", b"<", b">", b"&", b"9", b"-1", b"99999999999", b'"', b"\x00", b"</c>", b"<v>7</v>", b"<row r='1'>"]
        ))  # fmt: skip
    members[part] = bytes(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    only_bad_input("a.xlsx", out.getvalue())


@FEW
@given(st.lists(_garbage, min_size=1, max_size=30))
def test_small_blocks_change_nothing(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.csv"
        path.write_bytes(csv_bytes([HEADER, SARI, *rows, SARI]))
        at_once = take_in(path)
        with open_roll(path) as file:  # the header is looked for in the first block, as large as ever
            patch.setattr(delimited, "BLOCK", 300)
            batches = list(check_roll(file))
    assert pa.concat_tables([b.checked for b in batches]).equals(at_once.checked)
    assert pa.concat_tables([b.aside for b in batches]).equals(at_once.aside)
    assert pa.concat_tables([b.faults for b in batches]).equals(at_once.faults)
