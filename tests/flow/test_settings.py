from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.flow.settings import FILE, BadSettings, read_settings, write_settings
from saksama.model.errors import SaksamaError
from saksama.model.wilayah import Wilayah

SLEMAN = Wilayah("34.04")


def changed(folder: Path, old: str, new: str) -> Path:
    write_settings(folder, name="KPU Kabupaten Sleman", wilayah=SLEMAN)
    path = folder / FILE
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return folder


@given(name=st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(lambda name: name.strip()))
def test_any_office_name_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("office")
    write_settings(folder, name=name, wilayah=SLEMAN)
    assert read_settings(folder).name == name


def test_a_folder_that_is_no_office_is_told_how_to_become_one(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="saksama office init"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[office]", "[office", "TOML"),
        ("[rules]", "[aturan]", "rules"),
        ("name =", "nama =", "nama"),
        ('tms_scheme = "2024"', 'tms_scheme = "2031"', "2018, 2024"),
        ('class_scheme = "2018"', "class_scheme = 2018", "class_scheme"),
        ('wilayah = "34.04"', 'wilayah = "Sleman"', "34.04"),
        ('origin = "saksama/34.04"', 'origin = "Saksama 34"', "origin"),
        ('folder = "keys" ', 'folder = "" ', "folder"),
        ("passphrase = false", 'passphrase = "true"', "passphrase"),
        ("[keys]", "[lain]\nx = 1\n[keys]", "lain"),
        ("[keys]", 'database = "mysql:///kpu"\n[keys]', "postgresql:///"),
        ("[keys]", "database = 5432\n[keys]", "postgresql:///"),
        ("[keys]", 'database = "postgresql://kpu:rahasia@10.0.0.1/kpu"\n[keys]', "pgpass"),
    ],
)
def test_each_fault_names_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SaksamaError, match=said):
        read_settings(changed(tmp_path, old, new))


def test_a_ledger_in_postgresql_is_written_and_read(tmp_path: Path) -> None:
    write_settings(tmp_path, name="KPU Kabupaten Sleman", wilayah=SLEMAN, database="postgresql:///kpu_sleman")
    assert read_settings(tmp_path).database == "postgresql:///kpu_sleman"


def test_a_refused_password_is_not_repeated(tmp_path: Path) -> None:
    write_settings(tmp_path, name="KPU Kabupaten Sleman", wilayah=SLEMAN, database="postgresql://kpu:rahasia@/kpu")
    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path)
    assert "rahasia" not in str(refused.value)
