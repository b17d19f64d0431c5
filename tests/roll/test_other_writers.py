"""Files as other programs write them: forms with titles and footers, pandas, SIAK's headings, prefixes."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from saksama.flow.tallies import described
from saksama.roll.mapping import ColumnMapping
from saksama.roll.reader import open_roll
from saksama.roll.schema import field_of
from tests.roll.making import HEADER, SARI, Taken, csv_bytes, row, take_in, voters, write_csv

UPPER = (
    "NO", "NOMOR KK", "NIK", "NAMA", "TEMPAT LAHIR", "TANGGAL LAHIR", "STATUS PERKAWINAN", "JENIS KELAMIN", "ALAMAT",
    None, None, "DISABILITAS", "STATUS PEREKAMAN KTP-EL", "KET",
)  # fmt: skip
LOWER = (
    None, None, None, None, None, None, "B/S/P", "L/P", "JALAN/DUKUH", "RT", "RW", None, "S/B", None,
)  # fmt: skip


def form(path: Path) -> Path:
    """A sheet a TPS as the forms have it: merged titles, a header of two rows, column numbers, totals, signatures."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = "REKAP"
    book.worksheets[0].append(["TPS", "L", "P"])
    for tps, desa in ((1, "CATURTUNGGAL"), (2, "MAGUWOHARJO")):
        sheet = book.create_sheet(f"TPS {tps}")
        sheet["A1"] = "DAFTAR PEMILIH TETAP"
        sheet.merge_cells("A1:N1")
        titles = ("PROVINSI", ": DI YOGYAKARTA"), ("KABUPATEN/KOTA", ": SLEMAN"), ("KECAMATAN", ": DEPOK")
        for at, (label, text) in enumerate((*titles, ("DESA/KELURAHAN", f": {desa}"), ("TPS", tps)), 3):
            sheet.cell(at, 1, label)
            sheet.cell(at, 3, text)
        for at, line in ((9, UPPER), (10, LOWER), (11, range(1, 15))):
            for column, cell in enumerate(line, 1):
                sheet.cell(at, column, cell)
        sheet.merge_cells("I9:K9")
        lines = voters(5 * tps)
        for at, line in enumerate(lines, 12):
            for column, cell in enumerate([*line[:9], 1, 2, None, "S", None], 1):
                sheet.cell(at, column, cell)
        end = 12 + len(lines)
        for at, column, text in (
            (0, 1, "JUMLAH"), (0, 4, len(lines)), (2, 9, "Sleman, 21 Juni 2026"), (3, 2, "Ketua PPS"),
            (6, 9, "SUGENG RIYADI"), (8, 1, "Keterangan:"), (9, 1, "B"), (9, 2, ": Belum Kawin"),
        ):  # fmt: skip
            sheet.cell(end + at, column, text)
    book.worksheets[2].sheet_state = "hidden"
    book.save(path)
    return path


def told(taken: Taken) -> tuple[int, int]:
    found = described(json.loads(taken.tally.to_json()))
    return found["tps"], found["villages"]


def test_a_form_with_titles_totals_and_signatures_gives_its_voters_and_nobody_else(tmp_path: Path) -> None:
    path = form(tmp_path / "a.xlsx")
    taken = take_in(path)
    assert taken.codes() == set()
    assert taken.tally.checked == 15
    assert dict(taken.tally.aside) == {"kaki_lembar": 10, "baris_jumlah": 2, "tanpa_nama_dan_nomor": 1}
    assert set(zip(taken.column("kd_kel"), taken.column("tps"), strict=True)) == {
        ("34.04.07.2001", "1"), ("34.04.07.2002", "2"),
    }  # fmt: skip
    assert told(taken) == (2, 2)
    with open_roll(path) as file:
        assert file.described == "XLSX, 3 lembar, 1 di antaranya tersembunyi"


SIAK = (
    "no_kk", "nik", "nama_lgkp", "tmpt_lhr", "tgl_lhr", "jenis_klmin", "stat_kwn", "alamat", "no_rt", "no_rw",
    "no_prop", "no_kab", "no_kec", "no_kel",
)  # fmt: skip


def test_the_floats_that_pandas_makes_of_codes_and_numbers_are_read(tmp_path: Path) -> None:
    lines = [
        [line[1], line[2], line[3], "SLEMAN", f"{line[5][6:]}-{line[5][3:5]}-{line[5][:2]} 00:00:00", line[7], "S",
         "JL", "5.0", "" if n == 3 else "12.0", "34.0", "4.0", "7.0", "2001.0"]
        for n, line in enumerate(voters(30))
    ]  # fmt: skip
    taken = take_in(write_csv(tmp_path / "a.csv", *lines, header=SIAK))
    assert taken.codes() == set()
    assert set(taken.column("rt")) == {"5"}
    assert set(taken.column("rw")) == {"12", None}
    assert set(taken.column("kd_kel")) == {"34.04.07.2001"}
    assert taken.column("rt_asli")[0] == "5.0"


@pytest.mark.parametrize(("serials", "code"), [(40, "nomor_sebagai_angka"), (1, "nomor_presisi_excel")])
def test_numbers_in_number_cells_are_cut_where_all_end_in_0_and_whole_where_a_tenth_does(
    tmp_path: Path, serials: int, code: str
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(HEADER))
    for n, line in enumerate(voters(60)):
        serial = f"{n % serials + 1:04d}" if serials > 1 else "0010"
        book.worksheets[0].append([*line[:2], int(line[2][:12] + serial), *line[3:]])
    book.save(tmp_path / "a.xlsx")
    faults = [f["code"] for f in take_in(tmp_path / "a.xlsx").faults.to_pylist() if f["column"] == "nik"]
    assert faults.count(code) == 60
    assert {"nomor_sebagai_angka", "nomor_presisi_excel"} - {code} & set(faults) == set()


def raw_book(path: Path, sheet: str) -> Path:
    """A workbook with no more parts than it needs, no styles, no shared strings, an absolute target."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="A" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{relation}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


@pytest.mark.parametrize("space", ["schemas.openxmlformats.org/spreadsheetml/2006/main", "purl.oclc.org/ooxml/main"])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_inline_strings_prefixes_strict_files_and_rows_without_numbers_are_read(
    tmp_path: Path, space: str, prefix: str
) -> None:
    x = prefix
    cells = "".join(
        f"<{x}row>" + "".join(f'<{x}c t="inlineStr"><{x}is><{x}r><{x}t>{c}</{x}t></{x}r></{x}is></{x}c>' for c in line)
        + f"</{x}row>" for line in (HEADER, *voters(9))
    )  # fmt: skip
    declared = f'xmlns{":x" if prefix else ""}="http://{space}"'
    claimed = f'<{x}dimension ref="A1:XFD1048576"/>'
    sheet = f"<{x}worksheet {declared}>{claimed}<{x}sheetData>{cells}</{x}sheetData></{x}worksheet>"
    taken = take_in(raw_book(tmp_path / "a.xlsx", sheet))
    assert taken.tally.checked == 9
    assert taken.codes() == set()


def test_an_address_and_a_hamlet_are_no_two_addresses(tmp_path: Path) -> None:
    header = ("NIK", "Nama", "JK", "Dusun", "Alamat", "Keterangan", "Keterangan")
    path = write_csv(tmp_path / "a.csv", [SARI[2], "SARI", "P", "NGABEAN", "JL KALIURANG", "x", "y"], header=header)
    taken = take_in(path)
    assert (taken.column("alamat"), taken.column("keterangan")) == (["JL KALIURANG"], ["x"])
    with open_roll(path) as file:
        assert file.unused_columns == ("Dusun", "Keterangan")


def test_a_file_that_names_no_place_is_said_to_have_none(tmp_path: Path) -> None:
    taken = take_in(write_csv(tmp_path / "a.csv", [SARI[2], "SARI", "P"], header=("NIK", "Nama", "JK")))
    assert told(taken) == (0, 0)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("NKK/No KK", "nkk"), ("NIK / No. KTP", "nik"), ("Status Kawin B/S/P", "status_kawin"),
        ("STAT_KWN", "status_kawin"), ("Disabilitas 1-6", "disabilitas"),
        ("status KTP-el S/B", "ktp_el"), ("KTP Elektronik (S/B)", "ktp_el"),
        ("Alamat/Jalan/Dukuh", "alamat"), ("JENIS_KLMIN", "jk"), ("NAMA_LGKP", "nama"), ("NO_KEL", "kd_kel"),
        ("ID TPS", "tps"), ("Kode TMS", "keterangan"),
    ],
)  # fmt: skip
def test_headings_of_forms_and_of_siak_are_known(label: str, field: str) -> None:
    assert field_of(label) == (field, False)


def test_a_delimiter_given_in_the_mapping_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([HEADER, *voters(5), row(alamat="a;b;c")], delimiter=";"))
    taken = take_in(path, ColumnMapping({"nik": "NIK", "nama": "Nama"}, delimiter=";"))
    assert taken.tally.checked == 6


PLACELESS = ("NO", "NKK", "NIK", "NAMA", "JK")
SECTIONS: list[list[str]] = [
    ["KABUPATEN : SLEMAN"], ["KECAMATAN : DEPOK"], ["DESA", "", ": CATURTUNGGAL"], ["TPS : 001"], list(PLACELESS),
    ["1", SARI[1], SARI[2], "SARI", "P"], ["", "JUMLAH", "", "1"],
    ["TPS", ": 002"], list(PLACELESS), ["1", SARI[1], "12", "WAYAN", ""], ["2", "", "", "RATNA", ""],
    ["", "", "", "DESA : MAGUWOHARJO"], ["TPS : 1"], ["1", SARI[1], SARI[2], "NGATINEM", "P"],
    ["KECAMATAN : GAMPING"], ["1", SARI[1], SARI[2], "TONO", "L"],
]  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_titles_between_the_lists_of_one_sheet_name_the_place_of_the_lines_below(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        path.write_bytes(csv_bytes(SECTIONS, delimiter=";"))
    else:
        book = openpyxl.Workbook()
        for line in SECTIONS:
            book.worksheets[0].append(line)
        book.save(path)
    taken = take_in(path)
    found = list(zip(*(taken.column(name) for name in ("nama", "kd_kec", "kd_kel", "tps")), strict=True))
    depok, gamping = "34.04.07", "34.04.01"
    assert found == [
        ("SARI", depok, f"{depok}.2001", "001"), ("WAYAN", depok, f"{depok}.2001", "002"),
        ("RATNA", depok, f"{depok}.2001", "002"), ("NGATINEM", depok, f"{depok}.2002", "1"),
        ("TONO", gamping, None, None),
    ]  # fmt: skip
    assert taken.tally.lines_in == taken.tally.checked + taken.tally.set_aside


def test_a_voter_without_name_whose_address_reads_like_a_title_is_a_voter(tmp_path: Path) -> None:
    poor = [row(nama="", nik="12", nkk="", jk="", tgl_lahir="", alamat="DESA : CATURTUNGGAL")]
    taken = take_in(write_csv(tmp_path / "a.csv", *poor, SARI))
    assert taken.tally.checked == 2
