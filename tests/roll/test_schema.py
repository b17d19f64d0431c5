"""Labels that KPU's forms and exports use are recognised, each as one element."""

import pytest

from saksama.roll.schema import FIELDS, field_of


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("NKK", "nkk"), ("No KK", "nkk"), ("NO. KK", "nkk"), ("Nomor Kartu Keluarga (NKK)", "nkk"),
        ("NIK", "nik"), ("N I K", "nik"), ("No. KTP", "nik"), ("NIK (16 digit)", "nik"),
        ("Nama", "nama"), ("NAMA LENGKAP", "nama"), ("Nama Pemilih", "nama"),
        ("Tempat Lahir", "tempat_lahir"), ("TMP_LAHIR", "tempat_lahir"),
        ("Tanggal Lahir", "tgl_lahir"), ("TGL. LAHIR (DD|MM|YYYY)", "tgl_lahir"), ("tgl_lahir", "tgl_lahir"),
        ("TEMPAT/TGL LAHIR", "tempat_tgl_lahir"), ("Tempat, Tanggal Lahir", "tempat_tgl_lahir"),
        ("TTL", "tempat_tgl_lahir"),
        ("Status Kawin B/S/P", "status_kawin"), ("STATUS PERKAWINAN (B/S/P)", "status_kawin"),
        ("Jenis Kelamin L/P", "jk"), ("L/P", "jk"), ("JK", "jk"), ("Kelamin", "jk"),
        ("Alamat", "alamat"), ("Jalan/Dukuh", "alamat"), ("ALAMAT JALAN / DUKUH", "alamat"), ("Dukuh", "alamat"),
        ("RT", "rt"), ("RW", "rw"), ("RT/RW", "rt_rw"),
        ("Disabilitas", "disabilitas"), ("Disabilitas 1-6", "disabilitas"), ("Difabel", "disabilitas"),
        ("Status KTP-el S/B", "ktp_el"), ("Status Kepemilikan KTP-el", "ktp_el"),
        ("TPS", "tps"), ("No. TPS", "tps"), ("Keterangan", "keterangan"), ("KET.", "keterangan"),
        ("Kode Kelurahan", "kd_kel"), ("KD_KEC", "kd_kec"),
    ],
)  # fmt: skip
def test_it_recognises_the_labels_of_the_forms(label: str, name: str) -> None:
    assert field_of(label) == (name, False)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Kelurahan/Desa", "kd_kel"),
        ("DESA", "kd_kel"),
        ("Kecamatan", "kd_kec"),
        ("Kab/Kota", "kd_kab"),
        ("PROVINSI", "kd_prov"),
    ],
)
def test_it_tells_a_place_by_name_from_one_by_code(label: str, name: str) -> None:
    assert field_of(label) == (name, True)


@pytest.mark.parametrize("label", ["No", "NO. URUT", "Usia", "Nama Ibu"])
def test_it_knows_what_it_does_not_need(label: str) -> None:
    assert field_of(label) == ("", False)


@pytest.mark.parametrize("label", ["", "SITI AMINAH", "3404074107550001", "surname", "Status"])
def test_it_guesses_at_nothing_else(label: str) -> None:
    assert field_of(label) is None


def test_every_element_is_recognised_by_its_own_name() -> None:
    assert all(field_of(name) == (name, False) for name in FIELDS)
    assert all(field_of(name.upper().replace("_", " ")) == (name, False) for name in FIELDS)
