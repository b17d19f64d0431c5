"""A small roll of two kecamatan, and settlements of cases about it."""

from datetime import date

import pyarrow as pa
import pytest

from saksama.model.case import CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.officer import OfficerId
from saksama.model.roll import COLUMNS, LINE, ORIGINAL_SUFFIX, RollId
from saksama.outcome.changes import Settlement

ROLL = RollId("00aa11bb22cc33dd")
SARI, WAYAN = OfficerId("P-000001"), OfficerId("P-000002")
DEPOK, NGAGLIK = "34.04.07", "34.04.12"


def case_id(number: int) -> CaseId:
    return CaseId(f"GD-{number:05d}-AAAAA")


def decisions(number: int) -> tuple[tuple[DecisionId, OfficerId], ...]:
    return ((DecisionId(f"{2 * number:016x}"), SARI), (DecisionId(f"{2 * number + 1:016x}"), WAYAN))


def settled(number: int, kept: int | None, *struck: int, ruling: Ruling = Ruling.SAME_PERSON) -> Settlement:
    return Settlement(case_id(number), ROLL, ruling, decisions(number), kept, struck)


def voters(count: int = 12) -> pa.Table:
    """`count` lines: two thirds in Depok, women on even lines, one line without sex, one NIK that could not be read."""
    lines = range(count)
    values: dict[str, pa.Array] = {name: pa.nulls(count, pa.string()) for name in COLUMNS}
    values |= {
        "nik": pa.array([None if n == 3 else f"34040701018{n:05d}" for n in lines], pa.string()),
        "nkk": pa.array([f"34040701017{n:05d}" for n in lines]),
        "nama": pa.array([f"WARGA {n}" for n in lines]),
        "tempat_lahir": pa.array(["SLEMAN"] * count),
        "tgl_lahir": pa.array([None if n == 4 else date(1980, 3, 1 + n % 28) for n in lines], pa.date32()),
        "jk": pa.array([None if n == 5 else "P" if n % 2 == 0 else "L" for n in lines], pa.string()),
        "rt": pa.array(["001"] * count),
        "tps": pa.array([f"{1 + n % 2:03d}" for n in lines]),
        "kd_prov": pa.array(["34"] * count),
        "kd_kab": pa.array(["34.04"] * count),
        "kd_kec": pa.array([NGAGLIK if n % 3 == 0 else DEPOK for n in lines]),
        "kd_kel": pa.array([f"{NGAGLIK}.2001" if n % 3 == 0 else f"{DEPOK}.200{1 + n % 2}" for n in lines]),
    }
    originals = {name + ORIGINAL_SUFFIX: values[name].cast(pa.string()) for name in COLUMNS}
    originals["nik_asli"] = pa.array(["3.40407E+15" if n == 3 else f"34040701018{n:05d}" for n in lines])
    originals["tgl_lahir_asli"] = pa.array(["31/02/1980" if n == 4 else f"0{1 + n % 9}/03/1980" for n in lines])
    return pa.table({**values, LINE: pa.array(lines, pa.int64()), **originals})


@pytest.fixture
def roll() -> pa.Table:
    return voters()
