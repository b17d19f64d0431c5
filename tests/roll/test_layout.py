"""Where a header is, and that no voter is ever mistaken for one."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from saksama.roll.layout import find_layout, is_repeated_header, unknown_layout
from saksama.roll.mapping import load_mapping
from tests.roll.making import HEADER, SARI, voters


def test_it_finds_the_header_wherever_it_stands() -> None:
    for above in range(30):
        layout = find_layout([*[["DAFTAR PEMILIH"]] * above, list(HEADER), list(SARI)], None, where="a")
        assert layout is not None
        assert layout.skip == above + 1
        assert layout.fields["nik"] == 2


def test_it_reads_a_header_of_two_rows_and_one_of_numbers() -> None:
    upper = ["No", "NKK", "NIK", "Nama", "Lahir", "", "Status", "Alamat", "", "", "Ket"]
    lower = ["", "", "", "", "Tempat Lahir", "Tanggal Lahir", "Kawin", "Jalan/Dukuh", "RT", "RW", ""]
    numbers = [f"({n})" for n in range(1, 12)]
    layout = find_layout([upper, lower, numbers, ["1"]], None, where="a")
    assert layout is not None
    assert layout.skip == 3
    assert dict(layout.fields) == {
        "nkk": 1, "nik": 2, "nama": 3, "tempat_lahir": 4, "tgl_lahir": 5, "status_kawin": 6, "alamat": 7, "rt": 8,
        "rw": 9, "keterangan": 10,
    }  # fmt: skip


def test_a_code_goes_before_a_name_of_the_same_place_which_is_kept_for_blank_codes() -> None:
    layout = find_layout([["NIK", "Nama", "JK", "Kelurahan", "Kode Kelurahan"]], None, where="a")
    assert layout is not None
    assert layout.fields["kd_kel"] == 4
    assert layout.spare["kd_kel"] == 3
    assert layout.unused == ()


def test_lines_of_voters_are_no_header() -> None:
    assert find_layout(voters(60), None, where="a") is None


@given(st.permutations(voters(12)))
def test_no_cell_of_a_voter_is_shown_of_a_file_without_header(lines: list[list[str]]) -> None:
    answer = unknown_layout(lines, where="a")
    shown = str(answer) + answer.suggested_toml + " ".join(answer.seen)
    assert not any(line[at] in shown for line in lines for at in (1, 2, 3, 8))


def test_a_mapping_is_filled_in_by_what_the_cells_are(tmp_path: Path) -> None:
    lines = [[line[1][:15] + str(n // 9), line[2], line[3].strip("0123456789"), line[5], line[7]]
             for n, line in enumerate(voters(30))]  # fmt: skip
    labels = ["family", "person", "full name", "born", "s"]
    answer = unknown_layout([labels, *lines], where="a")
    assert answer.seen == tuple(labels)
    (tmp_path / "m.toml").write_text(answer.suggested_toml)
    columns = load_mapping(tmp_path / "m.toml").columns
    assert dict(columns) == dict(zip(("nkk", "nik", "nama", "tgl_lahir", "jk"), labels, strict=True))
    (tmp_path / "n.toml").write_text(unknown_layout(lines, where="a").suggested_toml)
    columns = load_mapping(tmp_path / "n.toml").columns
    assert dict(columns) == {"nkk": 1, "nik": 2, "nama": 3, "tgl_lahir": 4, "jk": 5}


def test_a_year_in_a_label_does_not_hide_the_header() -> None:
    layout = find_layout([[*HEADER, "TPS Pemilu 2024", "Usia 2026"], [*SARI, "1", "71"]], None, where="a")
    assert layout is not None
    assert layout.skip == 1


def test_a_repeated_header_is_told_from_a_voter() -> None:
    layout = find_layout([list(HEADER), list(SARI)], None, where="a")
    assert layout is not None
    assert is_repeated_header(list(HEADER), layout)
    assert is_repeated_header([str(n) for n in range(1, 17)], layout)
    assert not any(is_repeated_header(list(line), layout) for line in [SARI, *voters(20)])
