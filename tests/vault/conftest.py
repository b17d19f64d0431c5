"""An office, its keys, and a small roll with people planted in it."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from saksama.vault.keys import Keystore

PLANTED = ("SARI WIDURI KUSUMANINGRUM", "3404077112850001", "3404070101100002", "JALAN KALIURANG KM 12,5")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def keys(tmp_path: Path) -> Keystore:
    return Keystore.create(tmp_path / "keys")


@pytest.fixture
def other_office(tmp_path: Path) -> Keystore:
    return Keystore.create(tmp_path / "bantul" / "keys")


@pytest.fixture
def roll() -> pa.Table:
    """Three hundred lines; the planted person stands on every hundredth, so dictionary pages hold her too."""
    nama, nik, nkk, alamat = PLANTED
    lines = range(300)
    return pa.table(
        {
            "line": pa.array(lines, pa.int64()),
            "nik": [nik if n % 100 == 0 else f"34040101010{n:05d}" for n in lines],
            "nkk": [nkk if n % 100 == 0 else None for n in lines],
            "nama": [nama if n % 100 == 0 else f"WARGA {n % 7}" for n in lines],
            "tgl_lahir": pa.array([date(1985, 12, 31)] * 300, pa.date32()),
            "alamat": [alamat] * 300,
        }
    )
