"""Every file that is no roll gets one clear sentence, and nothing of it is taken in."""

import gzip
import io
import os
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from saksama.model.errors import BadInput
from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll
from saksama.roll.refusals import (
    DamagedFile,
    EmptyRoll,
    LockedFile,
    NotARollFile,
    TooBig,
    UnknownLayout,
    UnsafeWorkbook,
)
from tests.roll.making import HEADER, SARI, csv_bytes, take_in, voters

GOOD = csv_bytes([HEADER, *voters(200)])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def workbook(rows: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows or [list(HEADER), list(SARI)]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"nik": ["3404074107550001"] * 900, "nama": ["SARI"] * 900, "jk": ["P"] * 900}), out)
    return out.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def with_part(part: str, content: bytes, *, replace: bool = False) -> bytes:
    """The good workbook with one more part, or with a part of other content."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        members = [(m, archive.read(m)) for m in archive.namelist() if not (replace and m == part)]
    return zipped(*members, (part, content))


def sheet_xml(body: str, *, before: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'{before}<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'.encode()


def with_formula() -> bytes:
    return workbook([list(HEADER), [*SARI[:3], "=1+1", *SARI[4:]]])


def locked_zip() -> bytes:
    """A ZIP whose one member says that it is encrypted."""
    packed = bytearray(zipped(("daftar.csv", GOOD)))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def _no_rows() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"nik": pa.array([], pa.string()), "nama": pa.array([], pa.string())}), out)
    return out.getvalue()


def _nested() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"nik": [["3404"]], "nama": ["SARI"]}), out)
    return out.getvalue()


def _binary() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"nik": ["3404"], "foto": [b"x"], "nama": ["SARI"]}), out)
    return out.getvalue()


def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    line = (b"," * 999 + b"\n") * 1000
    return b"".join(packer.compress(line) for _ in range(100)) + packer.flush()


def _zip_bomb() -> bytes:
    return zipped(("a.csv", (b"," * 999 + b"\n") * 90_000))


def _lying_bomb() -> bytes:
    """A ZIP bomb whose directory gives a small size."""
    packed = bytearray(_zip_bomb())
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 1000)
    packed[22:26] = struct.pack("<I", 1000)
    return bytes(packed)


BAD: list[tuple[str, str, Callable[[], bytes], type[BadInput], str]] = [
    ("empty", "a.csv", lambda: b"", EmptyRoll, "kosong"),
    ("only a BOM", "a.csv", lambda: b"\xef\xbb\xbf", EmptyRoll, "tidak berisi"),
    ("blank lines", "a.csv", lambda: b"\n\n\n", EmptyRoll, "tidak berisi"),
    ("header only", "a.csv", lambda: csv_bytes([HEADER]), EmptyRoll, "tidak berisi"),
    ("header only, XLSX", "a.xlsx", lambda: workbook([list(HEADER)]), EmptyRoll, "tidak berisi"),
    ("empty sheet", "a.xlsx", lambda: workbook([[]]), EmptyRoll, "tidak berisi"),
    ("empty gzip", "a.csv.gz", lambda: gzip.compress(b""), EmptyRoll, "kosong"),
    ("no rows, Parquet", "a.parquet", _no_rows, EmptyRoll, "tidak berisi"),
    ("XLSX called CSV", "a.csv", workbook, NotARollFile, "isinya XLSX"),
    ("CSV called XLSX", "a.xlsx", lambda: GOOD, NotARollFile, "isinya CSV"),
    ("CSV called XLS", "a.xls", lambda: GOOD, NotARollFile, "isinya CSV"),
    ("Parquet called CSV", "a.csv", parquet, NotARollFile, "isinya Parquet"),
    ("CSV called Parquet", "a.parquet", lambda: GOOD, NotARollFile, "isinya CSV"),
    ("gzip called CSV", "a.csv", lambda: gzip.compress(GOOD), NotARollFile, "isinya gzip"),
    ("ZIP called XLSX", "a.xlsx", lambda: zipped(("a.csv", GOOD)), NotARollFile, "isinya ZIP"),
    ("XLSX called ZIP", "a.zip", workbook, NotARollFile, "isinya XLSX"),
    ("XLSX inside, called CSV", "a.csv.gz", lambda: gzip.compress(workbook()), NotARollFile, "isinya XLSX"),
    ("PDF", "a.csv", lambda: b"%PDF-1.7 ...", NotARollFile, "PDF"),
    ("HTML called XLS", "a.xls", lambda: b"<html><table>", NotARollFile, "HTML"),
    ("Word", "a.xlsx", lambda: zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")), NotARollFile,
     "dokumen Word"),
    ("OpenDocument", "a.ods", lambda: zipped(("mimetype", b"x"), ("content.xml", b"<x/>")), NotARollFile, "ODS"),
    ("another ZIP", "a.xlsx", lambda: zipped(("[Content_Types].xml", b"<x/>"), ("x/y.xml", b"<x/>")), NotARollFile,
     "bukan buku kerja"),
    ("JSON", "a.json", lambda: b'[{"NIK": "3404074107550001"}]', NotARollFile, "JSON"),
    ("one column", "a.csv", lambda: b"NIK|Nama|JK\n3404074107550001|SARI|P\n", NotARollFile, "hanya satu kolom"),
    ("noise called XLSX", "a.xlsx", lambda: bytes(range(1, 256)) * 40, DamagedFile, "rusak"),
    ("zeros", "a.csv", lambda: GOOD + bytes(100_000), NotARollFile, "baris 202: berisi bita NUL"),
    ("damaged inside a ZIP", "a.zip", lambda: zipped(("b.csv", GOOD)).replace(GOOD[:9], b"", 1)[:-90], DamagedFile,
     r"a\.zip"),
    ("binary Parquet", "a.parquet", _binary, NotARollFile, "kolom ke-2"),
    ("XLSB", "a.xlsb", lambda: zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.bin", b"x")), NotARollFile,
     "XLSB"),
    ("old XLS", "a.xls", lambda: OLE, NotARollFile, "Excel lama"),
    ("password, XLSX", "a.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), LockedFile, "dikunci sandi"),
    ("password, ZIP", "a.zip", locked_zip, LockedFile, "dikunci sandi"),
    ("encrypted Parquet", "a.parquet", lambda: b"PARE" + bytes(50) + b"PARE", LockedFile, "tersandi"),
    ("truncated gzip", "a.csv.gz", lambda: gzip.compress(GOOD)[:-20], DamagedFile, "terpotong"),
    ("gzip with a bad sum", "a.csv.gz", lambda: gzip.compress(GOOD)[:-8] + bytes(8), DamagedFile, "terpotong"),
    ("truncated ZIP", "a.zip", lambda: zipped(("a.csv", GOOD))[:-30], DamagedFile, "terpotong"),
    ("truncated XLSX", "a.xlsx", lambda: workbook()[:-200], DamagedFile, "terpotong"),
    ("truncated Parquet", "a.parquet", lambda: parquet()[:-50], DamagedFile, "terpotong"),
    ("sheet that breaks off", "a.xlsx",
     lambda: with_part("xl/worksheets/sheet1.xml", sheet_xml("<row r='1'>")[:-40], replace=True), DamagedFile, "rusak"),
    ("two files", "a.zip", lambda: zipped(("a.csv", GOOD), ("b.csv", GOOD)), NotARollFile, "2 berkas"),
    ("no file", "a.zip", zipped, NotARollFile, "0 berkas"),
    ("a folder", "a.zip", lambda: zipped(("roll/", b""), ("roll/a.csv", GOOD)), NotARollFile, "folder"),
    ("an escaping name", "a.zip", lambda: zipped(("../a.csv", GOOD)), NotARollFile, "folder"),
    ("packed twice", "a.csv.gz", lambda: gzip.compress(gzip.compress(GOOD)), NotARollFile, "dua kali"),
    ("packed twice, ZIP", "a.zip", lambda: zipped(("a.zip", zipped(("a.csv", GOOD)))), NotARollFile, "dua kali"),
    ("NUL bytes", "a.csv", lambda: GOOD + b"a\x00b\n", NotARollFile, "NUL"),
    ("UTF-16", "a.csv", lambda: GOOD.decode().encode("utf-16"), NotARollFile, "UTF-16"),
    ("UTF-16 without BOM", "a.csv", lambda: GOOD.decode().encode("utf-16-le"), NotARollFile, "UTF-16"),
    ("no known encoding", "a.csv", lambda: GOOD + b"caf\xe9 \x81\n", NotARollFile, "Windows-1252"),
    ("one line of 3 MB", "a.csv", lambda: b"NIK,NAMA," + b"x" * 3_000_000, TooBig, "1 MB"),
    ("gzip bomb", "a.csv.gz", _gzip_bomb, TooBig, "bom kemasan"),
    ("ZIP bomb", "a.zip", _zip_bomb, TooBig, "bom kemasan"),
    ("ZIP bomb that lies", "a.zip", _lying_bomb, DamagedFile, "rusak"),
    ("XLSX bomb", "a.xlsx", lambda: with_part("xl/worksheets/sheet1.xml", b" " * 90_000_000, replace=True), TooBig,
     "bom kemasan"),
    ("formula", "a.xlsx", with_formula, UnsafeWorkbook, "rumus di sel D2"),
    ("formula with a prefix", "a.xlsx", lambda: with_part(
        "xl/worksheets/sheet1.xml",
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">'
        b'<x:c r="A1"><x:f>1</x:f></x:c></x:row></x:sheetData></x:worksheet>', replace=True), UnsafeWorkbook, "rumus"),
    ("macro", "a.xlsm", lambda: with_part("xl/vbaProject.bin", b"x"), UnsafeWorkbook, "makro"),
    ("external link", "a.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), UnsafeWorkbook,
     "tautan luar"),
    ("connection", "a.xlsx", lambda: with_part("xl/connections.xml", b"<x/>"), UnsafeWorkbook, "tautan luar"),
    ("billion laughs", "a.xlsx", lambda: with_part("xl/worksheets/sheet1.xml", sheet_xml(
        "<row r='1'><c r='A1' t='str'><v>&b;</v></c></row>",
        before='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'), replace=True), UnsafeWorkbook, "DTD"),
    ("sheet in UTF-16", "a.xlsx", lambda: with_part(
        "xl/worksheets/sheet1.xml", sheet_xml("<row/>").decode().encode("utf-16"), replace=True), DamagedFile, "rusak"),
    ("unclosed quote", "a.csv", lambda: GOOD + b'"x,' + GOOD, DamagedFile, "baris 202"),
    ("stray quote", "a.csv", lambda: GOOD + b'"SARI" DEWI,' + GOOD, DamagedFile, "baris 202"),
    ("unknown columns", "a.csv", lambda: b"voter;surname;born\n1;x;1955\n2;y;1956\n", UnknownLayout, "--columns"),
    ("no header", "a.csv", lambda: csv_bytes(voters(30)), UnknownLayout, "--columns"),
    ("a thousand columns", "a.csv", lambda: csv_bytes([[*HEADER, *["x"] * 1000], SARI]), TooBig, "256 kolom"),
    ("nested Parquet", "a.parquet", _nested, NotARollFile, "bersarang"),
]  # fmt: skip


def whole(path: Path) -> None:
    with open_roll(path) as file:
        list(check_roll(file))


@pytest.mark.parametrize(("name", "make", "refusal", "says"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_it_refuses(tmp_path: Path, name: str, make: Callable[[], bytes], refusal: type[BadInput], says: str) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(refusal, match=says) as refused:
        whole(path)
    sentence = str(refused.value) + str(refused.value.__cause__ or "")
    assert "\n" not in str(refused.value)
    assert len(sentence) < 300
    assert not any(cell in sentence for cell in (*SARI[1:5], "BUDI", "3404"))
    assert list(tmp_path.iterdir()) == [path]


def test_it_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(GOOD)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "link.csv", tmp_path / "pipe.csv", tmp_path, Path("/dev/zero"), tmp_path / "none.csv"):
        with pytest.raises(NotARollFile):
            open_roll(path)


def test_a_file_closed_to_this_account_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_args: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(NotARollFile, match="hak baca"):
        open_roll(tmp_path / "a.csv")


@pytest.mark.parametrize("packed", [False, True])
def test_two_gigabytes_of_one_line_are_refused_at_once(tmp_path: Path, *, packed: bool) -> None:
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    if packed:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        noise = os.urandom(1 << 19).hex().encode()  # packs badly, so that it is no bomb
        path.write_bytes(b"".join(packer.compress(noise) for _ in range(8)))
    else:
        with path.open("wb") as file:
            file.write(b"NIK,NAMA\n")
            for _ in range(4):
                file.write(b"x" * (1 << 20))
            file.seek(2 << 30)  # the rest is a hole: two gigabytes that take no room
            file.write(b"x")
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(TooBig, match="1 MB"):
        open_roll(path)
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()


def test_a_sheet_that_claims_the_whole_grid_costs_nothing(tmp_path: Path) -> None:
    far = "".join(f'<c r="{chr(65 + n)}1" t="str"><v>{label}</v></c>' for n, label in enumerate(HEADER))
    line = "".join(f'<c r="{chr(65 + n)}2" t="str"><v>{cell}</v></c>' for n, cell in enumerate(SARI))
    body = f'<row r="1">{far}</row><row r="2">{line}</row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    xml = sheet_xml(body).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_part("xl/worksheets/sheet1.xml", xml, replace=True))
    taken = take_in(path)
    assert taken.tally.lines_in == 1
    assert taken.column("nama") == [SARI[3]]


def test_a_value_in_the_farthest_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, SARI)
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(TooBig, match="256 kolom"):
        whole(path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    with open_roll(path) as file:
        batches = check_roll(file)
        next(batches)
        with path.open("ab") as more:
            more.write(GOOD)
        with pytest.raises(DamagedFile):
            list(batches)
