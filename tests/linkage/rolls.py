"""Small rolls made for one question each: strangers by the thousand, and the few lines the question is about."""

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from saksama.linkage.plan import parse_plan
from saksama.model.roll import COLUMNS, LINE

_PARTS = ["su", "ka", "ra", "ni", "wa", "ti", "pu", "tra", "ha", "san", "ma", "ri", "yo", "no", "di", "ba", "gus", "le"]
_COMMON = ["SITI", "SRI", "NUR", "DEWI", "MUHAMMAD", "AHMAD", "AGUS", "BUDI", "SUPARNO", "SUWARNO", "SUTRISNO"]

# For lists without person numbers.
NO_NUMBERS = parse_plan(
    """
    name = "no-numbers"
    [[comparison]]
    name = "nama"
    kind = "name"
    columns = "nama"
    [[comparison]]
    name = "lahir"
    kind = "date"
    columns = "tgl_lahir"
    [[comparison]]
    name = "rumah"
    kind = "text"
    columns = "alamat"
    [[blocking]]
    name = "names"
    keys = ["nama:plain"]
    """,
    where="test",
)


def as_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a checked roll; columns not named are blank."""
    columns: dict[str, Any] = {
        name: pa.array([row.get(name) for row in rows], pa.date32() if name == "tgl_lahir" else pa.string())
        for name in COLUMNS
    }
    return pa.table({LINE: pa.array(range(len(rows)), pa.int64()), **columns})


def person(**known: Any) -> dict[str, Any]:
    """A woman of Sleman; say what is different."""
    base = {
        "nik": "3404014203800001", "nkk": "3404010101100001", "nama": "RAHAYU KINASIH", "tempat_lahir": "SLEMAN",
        "tgl_lahir": date(1980, 3, 2), "status_kawin": "S", "jk": "P", "alamat": "MLATI", "rt": "001", "rw": "002",
        "kd_prov": "34", "kd_kab": "34.04", "kd_kec": "34.04.01", "kd_kel": "34.04.01.2001",
    }  # fmt: skip
    return {**base, **known}


def strangers(size: int, seed: int = 1) -> list[dict[str, Any]]:
    """People who have nothing to do with one another, in 17 kecamatan, households of two."""
    chance = random.Random(seed)  # noqa: S311  # people of straw
    rows = []
    for number in range(size):
        born = date(1940, 1, 1) + timedelta(days=chance.randrange(24000))
        if chance.random() < 0.06:
            born = born.replace(month=7, day=1)
        sex, district = chance.choice("LP"), chance.randrange(1, 18)
        day = born.day + (40 if sex == "P" else 0)
        village = f"34.04.{district:02d}.{2000 + chance.randrange(1, 8)}"
        rows.append(
            person(
                nik=f"3404{district:02d}{day:02d}{born:%m%y}{chance.randrange(1, 40):04d}",
                nkk=f"3404{district:02d}010110{number // 2:04d}",
                nama=" ".join(_word(chance) for _ in range(chance.choice([1, 2, 2, 3]))),
                tempat_lahir=chance.choice(["SLEMAN", "SLEMAN", "BANTUL", "KLATEN", "MAGELANG"]),
                tgl_lahir=born, jk=sex, kd_kec=village[:8], kd_kel=village,
                rt=f"{chance.randrange(1, 9):03d}", rw=f"{chance.randrange(1, 9):03d}",
            )
        )  # fmt: skip
    return rows


def moved(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The same person on another family card in another kecamatan."""
    there = {"nkk": "3404170707150077", "kd_kec": "34.04.17", "kd_kel": "34.04.17.2003", "rt": "007", "rw": "006"}
    return {**row, **there, **changed}


def _word(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(_COMMON)
    return "".join(chance.choice(_PARTS) for _ in range(chance.choice([2, 3, 3, 4]))).upper()
