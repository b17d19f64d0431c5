"""A layout that is not recognised is answered with the mapping file to write; a mapping file is obeyed or refused."""

import tomllib
from pathlib import Path

import pytest

from saksama.roll.mapping import ColumnMapping
from saksama.roll.reader import load_mapping, open_roll
from saksama.roll.refusals import BadMapping, UnknownLayout
from tests.roll.making import HEADER, SARI, csv_bytes, take_in, voters, write_csv

FOREIGN = ("voter", "surname", "born", "sex")
LINES = [("3404074107550001", "SARI", "01-07-1955", "P"), ("3404071508500002", "BUDI", "15-08-1950", "L")]


def mapping(folder: Path, text: str) -> ColumnMapping:
    path = folder / "MAP.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_an_unknown_layout_is_answered_with_the_columns_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([FOREIGN, *LINES]))
    with pytest.raises(UnknownLayout, match=r"a\.csv") as refused:
        open_roll(path)
    assert refused.value.seen == FOREIGN
    suggested = tomllib.loads(refused.value.suggested_toml)
    filled = {name: label for name, label in suggested["kolom"].items() if label}
    assert filled == {"nik": "voter", "nama": "surname", "tgl_lahir": "born", "jk": "sex"}
    assert "surname" in refused.value.suggested_toml


def test_the_suggested_file_filled_in_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([FOREIGN, *LINES]))
    with pytest.raises(UnknownLayout) as refused:
        open_roll(path)
    text = refused.value.suggested_toml
    for name, label in (("nik", "voter"), ("nama", "surname"), ("tgl_lahir", "born")):
        text = text.replace(f'\n{name} = ""', f'\n{name} = "{label}"')
    taken = take_in(path, mapping(tmp_path, text))
    assert taken.column("nama") == ["SARI", "BUDI"]
    assert taken.column("jk") == ["P", "L"]
    assert taken.codes() == set()


def test_a_file_without_header_is_described_and_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(voters(30)))
    with pytest.raises(UnknownLayout) as refused:
        open_roll(path)
    said = str(refused.value) + refused.value.suggested_toml + " ".join(refused.value.seen)
    assert "16 angka" in refused.value.seen
    assert not any(word in said for word in ("SITI", "BUDI", "3404", "KALIURANG"))
    assert tomllib.loads(refused.value.suggested_toml)["berkas"]["baris_judul"] == 0


def test_columns_by_number_serve_a_file_without_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(LINES))
    read = mapping(tmp_path, '[berkas]\nbaris_judul = 0\n[kolom]\nnik = 1\nnama = 2\ntgl_lahir = 3\njk = 4\n'
                             '[tetap]\nkd_kel = "34.04.07.2001"\ntps = "012"\n')  # fmt: skip
    taken = take_in(path, read)
    assert taken.column("nik") == [LINES[0][0], LINES[1][0]]
    assert taken.column("kd_kel") == ["34.04.07.2001"] * 2
    assert taken.column("tps") == ["012"] * 2


def test_the_operator_settles_the_order_of_the_dates(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*SARI[:5], "05-07-1955", *SARI[6:]])
    columns = {"nik": "NIK", "nama": "Nama", "tgl_lahir": "Tanggal Lahir"}
    taken = take_in(path, ColumnMapping(columns, date_order="bulan-hari-tahun"))
    assert str(taken.column("tgl_lahir")[0]) == "1955-05-07"
    assert ("tgl_lahir", "tgl_bulan_dulu") in taken.pairs()


def test_two_columns_for_one_element_are_not_guessed_about(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*SARI, SARI[2]], header=[*HEADER, "No. KTP"])
    with pytest.raises(UnknownLayout, match="2 kolom untuk nik") as refused:
        open_roll(path)
    assert "No. KTP" in refused.value.seen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[kolom]\nnik = \n", "baris 2: bukan TOML"),
        ('[kolom]\nnama = "a"\nnomor = "b"\n', "baris 3, nomor: kolom tidak dikenal"),
        ("[kolom]\nnama = true\n", "baris 2, nama: isi dengan judul"),
        ("[kolom]\nnama = 0\nnik = 1\n", "baris 2, nama: nomor kolom"),
        ('[kolom]\nnik = "x"\n', "baris 1, kolom: petakan sedikitnya nama"),
        ('[kolom]\nnama = "x"\nnik = "x"\n', "baris 3, nik: kolom yang sama"),
        ('[kolom]\nnama = "x"\nrt = "y"\nrt_rw = "z"\n', "baris 4, rt_rw: tidak boleh bersama"),
        ('[kolom]\nnama = "x"\nnik = "y"\n[tetap]\nkd_kab = "3404"\n', "baris 5, kd_kab: tulis kode lengkap"),
        ('[kolom]\nnama = "x"\nnik = "y"\n[tetap]\nnik = "1"\n', "yang dapat ditetapkan"),
        ('[kolom]\nnama = "x"\nnik = "y"\n[berkas]\nbaris_judul = 99\n', "baris 5, baris_judul"),
        ('[kolom]\nnama = "x"\nnik = "y"\n[berkas]\npemisah = "|"\n', "baris 5, pemisah: pilih salah satu"),
        ("[lain]\nx = 1\n", "baris 1, lain: bagian tidak dikenal"),
        ("kolom = 3\n", "baris 1, kolom: harus bagian"),
    ],
)
def test_it_refuses_a_mapping_with_the_line_and_the_mend(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadMapping, match=says):
        mapping(tmp_path, text)


def test_it_refuses_a_mapping_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match="tidak dapat dibaca"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadMapping, match="UTF-8"):
        load_mapping(tmp_path / "b.toml")
    (tmp_path / "c.toml").write_text("#" * 70_000)
    with pytest.raises(BadMapping, match="64 KB"):
        load_mapping(tmp_path / "c.toml")


def test_a_label_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", SARI)
    with pytest.raises(UnknownLayout):
        open_roll(path, columns=ColumnMapping({"nik": "NIK", "nama": "Nama Ibu"}))
    with pytest.raises(UnknownLayout, match="jk"):
        open_roll(path, columns=ColumnMapping({"nik": "NIK", "nama": "Nama", "jk": 40}))
