"""Files of every good kind are recognised by their bytes and read as they are."""

import gzip
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saksama.model.roll import COLUMNS
from saksama.roll.formats import delimited
from saksama.roll.mapping import load_mapping
from saksama.roll.reader import open_roll
from saksama.roll.refusals import UnknownLayout
from saksama.roll.source import Kind
from tests.roll.making import BUDI, HEADER, SARI, csv_bytes, row, take_in, voters, write_csv

LINES = [SARI, BUDI, row(nama="Renée d’Étoile")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_every_delimiter_encoding_and_line_end(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    path = tmp_path / "daftar.csv"
    path.write_bytes(csv_bytes([HEADER, *LINES], delimiter=delimiter, encoding=encoding, end=end))
    taken = take_in(path)
    assert taken.column("nama_asli") == [SARI[3], BUDI[3], "Renée d’Étoile"]
    assert taken.codes() == set()
    assert taken.column("source_row") == [2, 3, 4]


def test_it_says_what_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "daftar.csv"
    path.write_bytes(csv_bytes([HEADER, *LINES], delimiter=";", encoding="cp1252"))
    with open_roll(path) as file:
        assert file.described == "CSV, titik koma, Windows-1252"
        assert file.total_lines == 3
        assert file.unused_columns == ("No",)


@pytest.mark.parametrize("name", ["daftar.csv.gz", "daftar.zip", "daftar", "daftar.dat"])
def test_it_reads_a_packed_file_and_one_without_a_telling_name(tmp_path: Path, name: str) -> None:
    path, content = tmp_path / name, csv_bytes([HEADER, *LINES])
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("daftar.csv", content)
            archive.writestr("__MACOSX/._daftar.csv", b"\x00")
    else:
        path.write_bytes(content)
    assert take_in(path).tally.checked == 3


def test_it_keeps_quoted_cells_with_line_ends_and_delimiters(tmp_path: Path) -> None:
    odd = row(alamat='JL "A", NO 5\nDUKUH,B', keterangan="x;y")
    taken = take_in(write_csv(tmp_path / "a.csv", odd, SARI))
    assert taken.column("alamat_asli")[0] == 'JL "A", NO 5\nDUKUH,B'
    assert taken.column("alamat")[0] == 'JL "A", NO 5 DUKUH,B'
    assert taken.column("source_row") == [2, 4]


def test_it_obeys_the_separator_line_of_excel(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"sep=;\r\n" + csv_bytes([HEADER, *LINES], delimiter=";"))
    assert take_in(path).tally.checked == 3


def test_it_finds_a_header_below_titles_that_name_the_place(tmp_path: Path) -> None:
    titles = [
        ["DAFTAR PEMILIH", *[""] * 8],
        ["PROVINSI : DAERAH ISTIMEWA YOGYAKARTA", *[""] * 8],
        ["KABUPATEN/KOTA", ":", "SLEMAN", *[""] * 6],
        ["KECAMATAN: DEPOK", *[""] * 8],
        ["DESA/KELURAHAN : CATURTUNGGAL", *[""] * 8],
        ["TPS : 007", *[""] * 8],
        [""] * 9,
    ]
    upper = ["NO", "NOMOR KK", "NIK", "NAMA", "TEMPAT/TGL LAHIR", "KELAMIN", "ALAMAT", "", "KET"]
    lower = ["", "", "", "", "", "", "JALAN/DUKUH", "RT/RW", ""]
    numbers = [str(n) for n in range(1, 10)]
    line = ["1", SARI[1], SARI[2], "SARI DEWI", "SLEMAN, 01-07-1955", "P", "JL KALIURANG", "001/002", ""]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([*titles, upper, lower, numbers, line]))
    taken = take_in(path)
    assert taken.tally.lines_in == 1
    found = taken.checked.to_pylist()[0]
    assert (found["tempat_lahir"], found["tgl_lahir"]) == ("SLEMAN", date(1955, 7, 1))
    assert (found["tempat_lahir_asli"], found["tgl_lahir_asli"]) == ("SLEMAN, 01-07-1955",) * 2
    assert (found["rt"], found["rw"], found["rt_asli"]) == ("001", "002", "001/002")
    assert (found["kd_kel"], found["tps"]) == ("34.04.07.2001", "007")
    assert (found["kd_kel_asli"], found["tps_asli"]) == (None, None)
    assert taken.codes() == set()


@pytest.mark.parametrize(
    ("labels", "cells", "village"),
    [
        (("Kabupaten", "Kecamatan", "Kelurahan/Desa"), ("SLEMAN", "D E P O K", "CATUR TUNGGAL"), "34.04.07.2001"),
        (("Kecamatan", "Desa"), ("DEPOK", "CATURTUNGGAL"), "34.04.07.2001"),
        (("Kd Prov", "Kd Kab", "Kd Kec", "Kd Kel"), ("34", "04", "07", "2001"), "34.04.07.2001"),
        (("Kode Kab", "Kode Kec", "Kode Kel"), ("3404", "340407", "3404072001"), "34.04.07.2001"),
        (("Kode Kelurahan", "Kelurahan"), ("3404072001", "CATURTUNGGAL"), "34.04.07.2001"),
        (("Kabupaten", "Kecamatan", "Desa"), ("SLEMAN", "DEPOK", "TIDAK ADA ITU"), None),
    ],
)
def test_it_finds_the_place_by_codes_or_names(
    tmp_path: Path, labels: tuple[str, ...], cells: tuple[str, ...], village: str | None
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([("NIK", "Nama", "JK", *labels), (SARI[2], SARI[3], "P", *cells)]))
    taken = take_in(path)
    assert taken.column("kd_kel") == [village]
    assert taken.column("kd_kel_asli") == [dict(zip(labels, cells, strict=True)).get("Kode Kelurahan", cells[-1])]
    assert taken.codes() == (set() if village else {"wilayah_tak_dikenal"})


def test_a_village_outside_its_kecamatan_is_said_and_not_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([("NIK", "Nama", "JK", "Kode Kec", "Kode Kel"),
                                (SARI[2], SARI[3], "P", "34.04.01", "34.04.07.2001")]))  # fmt: skip
    taken = take_in(path)
    assert taken.pairs() == {("kd_kel", "wilayah_bertentangan")}
    assert taken.column("kd_kel") == [None]


def test_the_seven_columns_that_bawaslu_gets_are_a_roll(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [("BUDI", "L", "71", "JL A", "1", "2", ""), ("SITI", "P", "60", "JL B", "0", "0", "")]
    path.write_bytes(csv_bytes([("Nama", "Jenis Kelamin", "Usia", "Alamat", "RT", "RW", "Keterangan"), *lines]))
    taken = take_in(path)
    assert taken.tally.checked == 2
    assert taken.codes() == set()
    assert taken.column("nik_asli") == [None, None]


def test_a_checked_roll_in_parquet_passes_as_it_is(tmp_path: Path) -> None:
    first = take_in(write_csv(tmp_path / "a.csv", *voters(30)))
    path = tmp_path / "b.parquet"
    pq.write_table(first.checked.select(["line", *COLUMNS]), path)
    with open_roll(path) as file:
        assert file.kind is Kind.PARQUET
    second = take_in(path)
    for name in COLUMNS:
        assert first.column(name) == second.column(name), name
    assert second.codes() == set()


def test_numbers_in_parquet_are_read_without_losing_a_digit(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {"nik": [9404074107550001, 3404074107550001], "nama": ["SARI", "BUDI"], "jk": ["P", "P"],
             "tgl_lahir": [date(1955, 7, 1)] * 2, "tps": [1, 2]}  # fmt: skip
    pq.write_table(pa.table(table), path)
    taken = take_in(path)
    assert taken.column("nik") == ["9404074107550001", "3404074107550001"]
    assert taken.codes() >= {"nomor_sebagai_angka"}
    assert taken.column("tps") == ["1", "2"]
    pq.write_table(pa.table(table | {"nik": [3404074107550000.0, None]}), path)
    taken = take_in(path)
    assert taken.pairs(0) >= {("nik", "nomor_presisi_excel")}
    assert taken.pairs(1) == {("nik", "nomor_kosong")}


def test_many_blocks_of_lines_are_numbered_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 16)
    path = write_csv(tmp_path / "a.csv", *voters(5_000))
    taken = take_in(path)
    assert taken.column("line") == list(range(5_000))
    assert taken.column("source_row") == list(range(2, 5_002))


def test_quotes_on_the_border_of_a_block_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 14)
    lines = [row(no=str(n), alamat=f"JL A\nNO {n}") for n in range(3_000)]
    taken = take_in(write_csv(tmp_path / "a.csv", *lines))
    assert taken.tally.checked == 3_000
    assert taken.column("alamat_asli") == [f"JL A\nNO {n}" for n in range(3_000)]


def test_it_answers_a_quoted_csv_with_unknown_headings_by_its_columns(tmp_path: Path) -> None:
    line = '"3404074107550001","SARI, DEWI","BANTUL, DIY"\n'
    path = tmp_path / "daftar.csv"
    path.write_text('"A","B","C"\n' + line * 9, encoding="utf-8")
    with pytest.raises(UnknownLayout) as caught:
        open_roll(path)
    assert caught.value.seen == ("A", "B", "C")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_an_unknown_layout_is_answered_alike_in_every_format_and_the_mapping_works(tmp_path: Path, suffix: str) -> None:
    labels = ["idnum", "fullname", "sex", "born", "note"]
    lines = [[line[2], line[3], line[7], line[5], ""] for line in voters(40)]
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.table({name: [line[at] for line in lines] for at, name in enumerate(labels)}), path)
    elif suffix == "csv":
        path.write_bytes(csv_bytes([labels, *lines]))
    else:
        book = openpyxl.Workbook()
        for line in [labels, *lines]:
            book.worksheets[0].append(line)
        book.save(path)
    with pytest.raises(UnknownLayout) as refused:
        open_roll(path)
    assert refused.value.seen == tuple(labels)
    mapping = tmp_path / "MAP.toml"
    mapping.write_text(refused.value.suggested_toml)
    taken = take_in(path, load_mapping(mapping))
    assert taken.column("nik") == [line[0] for line in lines]
    assert taken.column("nama") == [line[1] for line in lines]
    assert taken.codes() == set()


def test_labels_of_a_parquet_that_are_a_voters_line_are_not_shown(tmp_path: Path) -> None:
    pq.write_table(pa.table({SARI[2]: [BUDI[2]], SARI[3]: [BUDI[3]], "P": ["L"]}), tmp_path / "a.parquet")
    with pytest.raises(UnknownLayout) as refused:
        open_roll(tmp_path / "a.parquet")
    told = str(refused.value) + refused.value.suggested_toml + " ".join(refused.value.seen)
    assert SARI[2] not in told
    assert SARI[3] not in told
