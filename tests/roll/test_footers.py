"""What stands under a list is no voter; and no voter is ever taken for what stands under a list."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.roll.footers import FooterBlock, has_name, has_person, is_number
from saksama.roll.layout import find_layout
from saksama.roll.raw import BATCH_ROWS
from tests.roll.making import BUDI, HEADER, SARI, row, take_in, taken_rows, voters, write_csv

AT = {"no": 0, "nkk": 1, "nik": 2, "nama": 3, "tempat_lahir": 4, "tgl_lahir": 5, "jk": 7, "alamat": 8, "ket": 15}
LAYOUT = find_layout([list(HEADER)], None, where="a.csv")
assert LAYOUT is not None


def only(**cells: str) -> list[str]:
    """A row with these cells alone."""
    made = [""] * len(HEADER)
    for name, text in cells.items():
        made[AT[name]] = text
    return made


FOOTER = (
    only(no="Keterangan :"),
    only(no="B : Belum Kawin"),
    only(nama="Sleman, 12 Mei 2026"),
    only(nama="Ketua PPS", alamat="Sekretaris PPS"),
    only(nama="ttd", alamat="ttd"),
    only(nama="SUGENG RIYADI", alamat="BUDI HARTONO"),
    only(nama="NIP. 196501011990031001"),
)
LINES = [
    "Sleman, 12 Mei 2026", "SLEMAN, 12-05-2026", "Sleman,      Mei 2026", "Sleman, ........................ 2026",
    "Kulon Progo, tanggal 2 Agustus 2026", "Ketua PPS", "KETUA PPS DESA CATURTUNGGAL,", "1. Anggota PPS",
    "a.n. Ketua KPU", "Panitia Pemungutan Suara", "PPK KECAMATAN DEPOK", "Kepala Desa Caturtunggal",
    "NIP. 19650101 199003 1 001", "ttd", "t.t.d.", "(...................)", "(SUGENG RIYADI)", "Mengetahui,",
    "Catatan : data per 1 Mei", "* Data sesuai KTP-el", "Halaman 1 dari 3", "Dicetak 12-05-2026 10:22", "L : Laki-laki",
    "S = Sudah Kawin", "Ditetapkan di Sleman", "Saksi-saksi",
]  # fmt: skip


@pytest.mark.parametrize("column", ["no", "nkk", "nik", "nama", "alamat", "ket"])
@pytest.mark.parametrize("text", LINES)
def test_words_of_a_footer_are_no_voter_in_whatever_column_they_stand(tmp_path: Path, text: str, column: str) -> None:
    taken = taken_rows(tmp_path, SARI, BUDI, only(**{column: text}))
    assert taken.column("line") == [0, 1]
    assert taken.aside_codes() == ["kaki_lembar"]


def test_a_signature_block_is_set_aside_whole_with_the_names_in_it(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, BUDI, *FOOTER)
    assert taken.column("line") == [0, 1]
    assert taken.aside_codes() == ["kaki_lembar"] * len(FOOTER)
    assert taken.tally.lines_in == taken.tally.checked + taken.tally.set_aside == 2 + len(FOOTER)


def test_a_footer_on_every_page_loses_nobody_on_the_next(tmp_path: Path) -> None:
    half = row(nik="", nkk="", jk="", tgl_lahir="")  # a name and an address
    taken = taken_rows(tmp_path, SARI, *FOOTER, HEADER, BUDI, *FOOTER, half, only(nama="SUGENG RIYADI"))
    assert taken.column("nama") == ["SARI DEWI", "BUDI SANTOSO", "SARI DEWI", "SUGENG RIYADI"]


def test_a_header_ends_a_footer(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, only(nama="Ketua PPS"), HEADER, only(nama="SUGENG RIYADI"), BUDI)
    assert taken.column("nama") == ["SARI DEWI", "SUGENG RIYADI", "BUDI SANTOSO"]


@pytest.mark.parametrize(
    "kept",
    [
        {"nik": "3404074107550001"}, {"nik": "12"}, {"nik": "340407******0001"}, {"nik": "3,40407E+15"},
        {"nkk": "3404070101120001"}, {"tgl_lahir": "01-07-1955"}, {"tgl_lahir": "1 Juli 1955"}, {"jk": "P"},
        {"jk": "Perempuan"}, {"alamat": "JL KALIURANG KM 5"}, {"tempat_lahir": "SLEMAN"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["SARI DEWI", "ANGGOTA", "JUMLAH", "KETUA", "WANITA", "(SARI)"])
def test_a_name_with_any_element_of_a_voter_is_a_voter_even_under_a_footer(
    tmp_path: Path, name: str, kept: dict[str, str]
) -> None:
    taken = taken_rows(tmp_path, BUDI, only(no="Keterangan :"), only(nama=name, **kept))
    is_total = name in ("JUMLAH", "WANITA") and kept == {"nik": "12"}  # a figure beside the word
    assert taken.column("line") == ([0] if is_total else [0, 2])


@pytest.mark.parametrize("title", ["Ketua PPS", "Sleman, 12 Mei 2026", "Jumlah Laki-laki: 12", "TOTAL"])
@pytest.mark.parametrize("kept", [{"nik": SARI[2]}, {"nkk": SARI[1]}, {"jk": "P", "tgl_lahir": "01-07-1955"}])
def test_a_number_or_a_sex_makes_a_voter_whatever_the_name_says(
    tmp_path: Path, title: str, kept: dict[str, str]
) -> None:
    assert taken_rows(tmp_path, BUDI, only(nama=title, **kept)).column("line") == [0, 1]


def test_a_name_alone_is_a_voter_where_no_footer_stands_above(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, only(nama="SUGENG RIYADI"), BUDI)
    assert taken.tally.set_aside == 0


def test_a_roll_of_names_alone_keeps_them_all(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["1", "SARI", ""], ["2", "Ketua PPS", ""], ["3", "WAYAN", ""],
                     header=("No", "Nama", "Keterangan", "NIK"))  # fmt: skip
    assert take_in(path).column("nama") == ["SARI", "WAYAN"]


def test_a_comma_that_parts_place_and_date_is_seen_and_a_birth_date_is_not_taken_for_one(tmp_path: Path) -> None:
    parted = only(nama="Sleman", tempat_lahir=" 12 Mei 2026")
    young = only(nama="SARI DEWI", tgl_lahir="12 Mei 2012")
    taken = taken_rows(tmp_path, SARI, parted, young, only(nama="Sleman,", tgl_lahir="12 Mei 2026"))
    assert taken.column("line") == [0, 2]
    assert taken.aside_codes() == ["kaki_lembar", "kaki_lembar"]


def test_totals_of_one_sex_are_totals_and_are_not_compared_with_all_lines(tmp_path: Path) -> None:
    taken = taken_rows(
        tmp_path, SARI, BUDI, only(no="Jumlah Laki-laki: 1"), only(nama="Perempuan", jk="1"), only(no="L + P = 2"),
        only(nama="JUMLAH", jk="2"), only(no="Jumlah L: 1 P: 1"), only(no="TOTAL", nama="3"), only(no="Jumlah KK : 9"),
    )  # fmt: skip
    assert taken.aside_codes() == ["baris_jumlah"] * 5 + ["baris_jumlah,jumlah_tidak_cocok", "baris_jumlah"]


@pytest.mark.parametrize("name", ["P", "L", "WANITA", "PRIA", "TOTAL", "Jumlah"])
def test_a_voter_called_like_a_total_who_lives_somewhere_is_a_voter(tmp_path: Path, name: str) -> None:
    poor = row(nama=name, nik="", nkk="", tgl_lahir="", jk="")  # an address, RT, RW, TPS and codes are left
    assert taken_rows(tmp_path, SARI, poor).tally.set_aside == 0
    counted = only(nama=name, alamat="DUSUN NGABEAN", tgl_lahir="12")
    assert taken_rows(tmp_path, SARI, counted).tally.set_aside == (name in ("TOTAL", "Jumlah"))


def test_a_voter_who_lives_at_total_is_a_voter(tmp_path: Path) -> None:
    taken = taken_rows(
        tmp_path, only(nama="SARI DEWI", alamat="TOTAL PERSADA RAYA"), only(nama="SARI", alamat="REKAP 2")
    )
    assert taken.tally.set_aside == 0


def test_a_footer_begun_in_one_batch_goes_on_in_the_next(tmp_path: Path) -> None:
    lines = voters(BATCH_ROWS * 2)
    path = write_csv(tmp_path / "a.csv", *lines, only(nama="Ketua PPS"), only(nama="SUGENG RIYADI"))
    assert take_in(path).aside_codes() == ["kaki_lembar", "kaki_lembar"]


def test_it_is_the_same_in_a_workbook_of_many_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in (1, 2):
        sheet = book.create_sheet(f"TPS {number:03d}")
        for line in (HEADER, SARI, BUDI, [], *FOOTER):
            sheet.append(list(line))
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    taken = take_in(tmp_path / "a.xlsx")
    assert taken.tally.checked == 4
    assert taken.aside_codes().count("kaki_lembar") == 2 * len(FOOTER)
    assert {(p.sheet, p.tps): c.set_aside for p, c in taken.tally.by_place.items()} == {
        ("TPS 001", "001"): len(FOOTER), ("TPS 002", "001"): len(FOOTER),
    }  # fmt: skip


WORDS = st.sampled_from(
    [*LINES, "SARI", "SUGENG RIYADI", "", "12", "L", "P", "3404074107550001", "01-07-1955", "TOTAL"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(WORDS, min_size=16, max_size=16), max_size=8))
def test_no_line_with_a_number_a_birth_date_or_a_sex_beside_a_name_is_taken(rows: list[list[str]]) -> None:
    block = FooterBlock()
    assert LAYOUT is not None
    for cells in rows:
        named = {name: cells[at] for name, at in LAYOUT.fields.items()}
        taken = block.takes(list(cells), named, LAYOUT)
        assert not (taken and has_person(named) and has_name(named["nama"]))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged_quickly(text: str) -> None:
    is_number(text)
    has_name(text)


@pytest.mark.parametrize(
    "text", ["x, " + "." * 190, "ketua " * 30, "a" * 199, "Sleman," + " " * 190, "* " + "data" * 45]
)
def test_no_text_makes_the_patterns_slow(text: str) -> None:
    import time

    began = time.process_time()
    for _again in range(100):
        has_name(text)
    assert time.process_time() - began < 1.0
