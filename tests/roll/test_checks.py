"""A row becomes a checked line with its faults, or is set aside; originals stay."""

from datetime import date
from pathlib import Path

import pytest

from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll
from tests.roll.making import BUDI, HEADER, SARI, row, take_in, taken_rows, voters, write_csv


def test_an_honest_line_passes_without_fault(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, BUDI)
    assert taken.codes() == set()
    assert taken.column("line") == [0, 1]
    assert taken.column("nik") == ["3404074107550001", "3404071508500002"]
    assert taken.column("tgl_lahir") == [date(1955, 7, 1), date(1950, 8, 15)]
    assert taken.column("kd_kel") == ["34.04.07.2001"] * 2
    assert taken.column("kd_kab") == ["34.04"] * 2
    assert taken.column("kd_kab_asli") == [None, None]
    assert taken.column("tgl_lahir_asli") == ["01-07-1955", "15-08-1950"]
    assert taken.column("source_row") == [2, 3]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"nik": ""}, "nik", "nomor_kosong"),
        ({"nik": "-"}, "nik", "nomor_kosong"),
        ({"nik": "340407410755000"}, "nik", "nomor_panjang"),
        ({"nik": "34040741075500011"}, "nik", "nomor_panjang"),
        ({"nik": "0"}, "nik", "nomor_panjang"),
        ({"nik": "34O4074107550001"}, "nik", "nomor_bukan_angka"),
        ({"nik": "3,40407E+15"}, "nik", "nomor_notasi_ilmiah"),
        ({"nik": "3.40407410755E+15"}, "nik", "nomor_notasi_ilmiah"),
        ({"nik": "340407******0001"}, "nik", "nomor_tersamar"),
        ({"nik": "3404074107550000"}, "nik", "nomor_seri_0000"),
        ({"nik": "3404074107550010.0"}, "nik", "nomor_presisi_excel"),
        ({"nik": "3404074107550001.0"}, "nik", "nomor_sebagai_angka"),
        ({"nik": "1004074107550001"}, "nik", "nomor_provinsi"),
        ({"nik": "0951074107550001"}, "nik", "nomor_provinsi_lama"),
        ({"nik": "3404073207550001"}, "nik", "nik_tanggal_mustahil"),
        ({"nik": "3404077002550001"}, "nik", "nik_tanggal_mustahil"),
        ({"nik": "3499074107550001"}, "nik", "nik_wilayah_tak_dikenal"),
        ({"nik": "3402074107550001"}, "nik", "nik_wilayah_beda"),
        ({"nik": "3404074207550001"}, "nik", "nik_tanggal_beda"),
        ({"nik": "3404070107550001"}, "nik", "nik_jk_beda"),
        ({"nkk": ""}, "nkk", "nomor_kosong"),
        ({"nkk": "1890000000000000"}, "nkk", "nomor_seri_0000"),
        ({"tgl_lahir": ""}, "tgl_lahir", "tgl_kosong"),
        ({"tgl_lahir": "00|00|0000"}, "tgl_lahir", "tgl_nol"),
        ({"tgl_lahir": "31-02-1955"}, "tgl_lahir", "tgl_mustahil"),
        ({"tgl_lahir": "O1-07-1955"}, "tgl_lahir", "tgl_tak_terbaca"),
        ({"tgl_lahir": "20271"}, "tgl_lahir", "tgl_nomor_seri"),
        ({"tgl_lahir": "01-07-55"}, "tgl_lahir", "tgl_tahun_dua_angka"),
        ({"tgl_lahir": "01-01-1900"}, "tgl_lahir", "tgl_epoch"),
        ({"nama": ""}, "nama", "nama_kosong"),
        ({"jk": ""}, "jk", "jk_kosong"),
        ({"jk": "X"}, "jk", "kode_tak_dikenal"),
        ({"status_kawin": "Q"}, "status_kawin", "kode_tak_dikenal"),
        ({"disabilitas": "9"}, "disabilitas", "kode_tak_dikenal"),
        ({"rt": "SATU"}, "rt", "angka_berisi_teks"),
        ({"alamat": "#REF!"}, "alamat", "sel_galat_excel"),
        ({"nama": "3404074107550001"}, "", "kolom_bergeser"),
        ({"kd_kel": "34.04.07.2999"}, "kd_kel", "wilayah_tak_dikenal"),
    ],
)
def test_it_names_what_is_odd_and_the_line_goes_on(
    tmp_path: Path, changed: dict[str, str], column: str, code: str
) -> None:
    taken = taken_rows(tmp_path, row(**changed), BUDI)
    assert (column, code) in taken.pairs(0)
    assert taken.column("line") == [0, 1]
    for name, value in changed.items():
        assert taken.column(f"{name}_asli")[0] == value
    assert taken.codes(1) == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"nama": "N"},
        {"nama": "POCONG"},
        {"nama": "K"},
        {"nama": "MA'RUF"},
        {"nama": "SRI"},
        {"rt": "0", "rw": "000"},
        {"rt": "", "rw": "", "alamat": ""},
        {"tgl_lahir": "01-07-1905", "nik": "3404074107050001"},
        {"nik": "34 0407 410755 0001"},
        {"nik": "'3404074107550001"},
        {"nik": "3404.0741.0755.0001"},
        {"tempat_lahir": "KUOUS"},
        {"disabilitas": "1,4"},
        {"disabilitas": "0"},
        {"jk": "Perempuan"},
        {"tgl_lahir": "1 Juli 1955"},
        {"tgl_lahir": "1955-07-01"},
        {"tgl_lahir": "01|07|1955"},
        {"tgl_lahir": "01/07/1955"},
        {"tgl_lahir": "1955-07-01 00:00:00"},
    ],
)
def test_it_finds_no_fault_in_what_is_only_unusual(tmp_path: Path, changed: dict[str, str]) -> None:
    taken = taken_rows(tmp_path, row(**changed), BUDI)
    assert taken.codes() == set()
    assert taken.column("nik")[0] in ("3404074107550001", "3404074107050001")


def test_a_faulty_number_never_sets_a_line_aside(tmp_path: Path) -> None:
    bad = [row(nik=nik, nkk=nik, tgl_lahir="00-00-0000") for nik in ("", "0", "12", "x", "1890000000000000")]
    taken = taken_rows(tmp_path, *bad)
    assert taken.tally.checked == 5
    assert taken.tally.set_aside == 0


def test_it_never_repairs_in_silence(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, row(nik="34O4O74107550001"), row(nik="340407410755000"), row(nik="3,40407E+15"))
    assert taken.column("nik") == ["34O4O74107550001", "340407410755000", None]
    assert taken.column("nik_asli") == ["34O4O74107550001", "340407410755000", "3,40407E+15"]


PLACED = ("NIK", "Nama", "JK", "KD_PROV", "KD_KAB", "KD_KEC", "KD_KEL", "Provinsi", "Kabupaten", "Kecamatan", "Desa")
NAMES = ["DI Yogyakarta", "Kabupaten Sleman", "DEPOK", "Caturtunggal"]


@pytest.mark.parametrize(
    ("codes", "kelurahan", "faults"),
    [
        (["", "", "", ""], "34.04.07.2001", set()),
        (["-", " ", "", "-"], "34.04.07.2001", set()),
        (["34", "3404", "", ""], "34.04.07.2001", set()),
        (["34", "3404", "", "2002"], "34.04.07.2002", set()),
        (["34", "ABC", "", "34.04.07.2003"], "34.04.07.2003", {("kd_kab", "kode_wilayah_berhuruf")}),
        (["34", "34O4", "340407", "3404072003"], "34.04.07.2003", {("kd_kab", "kode_wilayah_berhuruf")}),
        (["34", "#N/A", "", "3404072003"], "34.04.07.2003", {("kd_kab", "sel_galat_excel")}),
        (["34.0", "3404.0", "340407.0", "3404072003.0"], "34.04.07.2003", set()),
    ],
)
def test_names_of_places_are_read_where_the_codes_are_blank_and_letters_in_a_code_are_a_fault(
    tmp_path: Path, codes: list[str], kelurahan: str, faults: set[tuple[str, str]]
) -> None:
    path = write_csv(tmp_path / "a.csv", [SARI[2], SARI[3], "P", *codes, *NAMES], header=PLACED)
    taken = take_in(path)
    assert taken.column("kd_kel") == [kelurahan]
    assert taken.pairs() == faults
    written = codes[3].strip(" -")
    assert taken.column("kd_kel_asli") == [codes[3] if written else NAMES[3]]
    assert {place.village for place in taken.tally.by_place} == {kelurahan}


def test_a_nik_of_before_the_split_of_its_kabupaten_passes(tmp_path: Path) -> None:
    old = row(nik="9401014107550001", tgl_lahir="01-07-1955")  # Merauke before Papua Selatan, 2016 to 2022
    levels = {f["level"] for f in taken_rows(tmp_path, old).faults.to_pylist()}
    assert levels <= {"lihat"}


def test_only_repeated_headers_totals_and_empty_rows_are_set_aside(tmp_path: Path) -> None:
    total = ["", "JUMLAH", "", "", "", "", "", "2"] + [""] * 8
    nobody = [""] * 4 + ["SLEMAN"] + [""] * 11
    numbers = [str(n + 1) for n in range(16)]
    taken = taken_rows(tmp_path, SARI, BUDI, total, HEADER, numbers, [""] * 16, nobody, SARI)
    assert taken.aside_codes() == [
        "baris_jumlah", "judul_berulang", "judul_berulang", "baris_kosong", "tanpa_nama_dan_nomor",
    ]  # fmt: skip
    assert taken.column("line") == [0, 1, 7]
    assert taken.aside.column("source_row").to_pylist() == [4, 5, 6, 7, 8]
    assert '"JUMLAH"' in taken.aside.column("cells").to_pylist()[0]


def test_a_total_that_does_not_agree_is_said(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, BUDI, ["", "TOTAL", "", "", "", "", "", "3"] + [""] * 8)
    assert taken.aside_codes() == ["baris_jumlah,jumlah_tidak_cocok"]


def test_a_voter_called_jumlah_is_a_voter(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, row(nama="JUMLAH"), row(nama="TOTAL", nik="", nkk=""))
    assert taken.tally.set_aside == 0


def test_empty_rows_at_the_end_are_no_lines(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, SARI, *[[""] * 16] * 40)
    assert taken.tally.lines_in == 1


def test_lines_and_columns_that_do_not_fit_are_said(tmp_path: Path) -> None:
    few, many, padded = list(SARI)[:9], [*SARI, "lebih"], [*SARI, ""]
    taken = taken_rows(tmp_path, SARI, few, many, padded)
    assert [("", "jumlah_sel") in taken.pairs(n) for n in range(4)] == [False, True, True, False]
    assert taken.column("nik")[1] == SARI[2]
    assert taken.column("keterangan_asli")[1] == ""


def test_cells_one_column_to_the_left_are_said_to_be_shifted(tmp_path: Path) -> None:
    shifted = [*SARI[1:], ""]
    taken = taken_rows(tmp_path, shifted, BUDI)
    assert ("", "kolom_bergeser") in taken.pairs(0)


def test_a_sheet_with_too_many_final_zeros_is_named_as_excels_work(tmp_path: Path) -> None:
    lines = voters(60)
    damaged = [[*line[:2], line[2][:15] + "0", *line[3:]] for line in lines]
    assert "nomor_nol_massal" in taken_rows(tmp_path, *damaged).codes()
    assert "nomor_nol_massal" not in taken_rows(tmp_path, *lines).codes()


def test_a_whole_tps_born_on_the_first_day_of_1970_is_named(tmp_path: Path) -> None:
    epoch = [[*line[:5], "01-01-1970", *line[6:]] for line in voters(20, tps="002")]
    taken = taken_rows(tmp_path, *voters(20), *epoch)
    massed = {f["line"] for f in taken.faults.to_pylist() if f["code"] == "tgl_epoch_massal"}
    assert massed == set(range(20, 40))


def test_one_voter_born_on_the_first_day_of_1970_is_just_a_voter(tmp_path: Path) -> None:
    taken = taken_rows(tmp_path, *voters(20), row(tgl_lahir="01-01-1970", nik="3404074101700003"))
    assert taken.codes(20) == set()


def test_a_column_written_month_first_is_read_so_and_said(tmp_path: Path) -> None:
    lines = [[*r[:5], f"{r[5][3:5]}/{r[5][:2]}/{r[5][6:]}", *r[6:]] for r in voters(60)]
    taken = taken_rows(tmp_path, *lines)
    assert taken.column("tgl_lahir")[27] == date(1977, 4, 28)
    assert taken.codes() == {"tgl_bulan_dulu"}


def test_a_column_that_contradicts_itself_is_not_guessed_about(tmp_path: Path) -> None:
    honest = voters(60)
    mixed = [[*r[:5], f"{r[5][3:5]}/{r[5][:2]}/{r[5][6:]}", *r[6:]] if n % 2 else r for n, r in enumerate(honest)]
    taken = taken_rows(tmp_path, *mixed)
    assert {"tgl_urutan_ragu", "tgl_bulan_dulu"} <= taken.codes()


def test_days_and_months_that_excel_swapped_are_named(tmp_path: Path) -> None:
    lines = []
    for r in voters(120):
        day, month, year = r[5].split("-")
        swapped = f"{year}-{day}-{month}" if int(day) <= 12 else f"{year}-{month}-{day}"
        lines.append([*r[:5], swapped, *r[6:]])
    taken = taken_rows(tmp_path, *lines)
    assert "tgl_hari_bulan_tertukar" in taken.codes()
    assert "nik_tanggal_beda" not in taken.codes()


def test_dates_of_the_1904_calendar_are_named(tmp_path: Path) -> None:
    from datetime import timedelta

    lines = []
    for r in voters(40):
        day, month, year = map(int, r[5].split("-"))
        moved = date(year, month, day) - timedelta(days=1462)
        lines.append([*r[:5], moved.strftime("%d-%m-%Y"), *r[6:]])
    assert "tgl_geser_1904" in taken_rows(tmp_path, *lines).codes()


def test_ages_are_work_lists_and_no_faults(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        row(tgl_lahir="01-07-1920", nik="3404074107200001"),
        row(tgl_lahir="01-07-2015", nik="3404074107150001"),
        SARI,
    )
    taken = take_in(path, as_of=date(2026, 11, 23))
    assert taken.codes() == set()
    assert dict(taken.tally.worklists) == {"usia_di_atas_100": 1, "usia_di_bawah_17": 1}


def test_the_same_file_gives_the_same_tables(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", *voters(50), row(nik="1"), row(tgl_lahir="x"))
    first, second = take_in(path), take_in(path)
    assert first.checked.equals(second.checked)
    assert first.faults.equals(second.faults)
    assert first.tally.to_json() == second.tally.to_json()


def test_progress_is_told_and_ends_at_the_last_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", *voters(50))
    told: list[tuple[int, int | None]] = []
    with open_roll(path) as file:
        list(check_roll(file, progress=lambda done, total: told.append((done, total))))
    assert told[-1] == (50, 50)
    assert told == sorted(told)
