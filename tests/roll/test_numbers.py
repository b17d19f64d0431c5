"""NIK and NKK: the whole-column check agrees with its twin, and a sheet of honest numbers is never called damaged."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.roll.numbers import (
    clean_number,
    inside,
    issue_faults,
    read_numbers,
    sixteen,
    suspicious_tail,
    unknown_kabupaten,
)
from tests.roll.naive_numbers import nik_faults

_digits = st.text("0123456789", min_size=0, max_size=18)
_likely = st.builds(
    lambda region, day, month, rest: f"{region}07{day:02d}{month:02d}{rest:06d}",
    st.sampled_from(["3404", "9401", "0951", "5401", "1001", "3499", "9101", "1101"]),
    st.integers(0, 75), st.integers(0, 13), st.integers(0, 999_999),
)  # fmt: skip
_written = st.one_of(
    _digits, _likely, _likely.map(lambda n: f"'{n[:4]} {n[4:]}"), st.text("0123456789O .'", max_size=20)
)


def found_by_column(values: list[str]) -> list[set[str]]:
    numbers = read_numbers(pa.array(values, pa.string()), None)
    within = inside(numbers)
    masks = issue_faults(numbers) | {
        "nik_tanggal_mustahil": numbers.sound & ~within.valid_date,
        "nik_wilayah_tak_dikenal": unknown_kabupaten(numbers, within),
    }
    rows = {code: set(np.flatnonzero(mask).tolist()) for code, mask in masks.items()}
    for code, at in numbers.faults.items():
        rows.setdefault(code, set()).update(at.tolist())
    return [{code for code, at in rows.items() if n in at} for n in range(len(values))]


@settings(max_examples=300, deadline=None)
@given(st.lists(_written, min_size=1, max_size=30))
def test_it_agrees_with_its_twin(values: list[str]) -> None:
    assert found_by_column(values) == [nik_faults(value) for value in values]


@given(st.lists(st.text(max_size=20), max_size=20), st.integers(0, 5))
def test_sixteen_digits_are_found_in_any_slice(values: list[str], start: int) -> None:
    values = [*values, "3404074107550001", "٣٤٠٤٠٧٤١٠٧٥٥٠٠٠١", "١٢٣٤٥٦٧٨"]
    column = pa.array(values, pa.string()).slice(start)
    found, digits = sixteen(column)
    assert found.tolist() == [len(v) == 16 and v.isascii() and v.isdigit() for v in values[start:]]
    for n in np.flatnonzero(found).tolist():
        assert "".join(map(str, digits[n].tolist())) == values[start:][n]


@given(st.text(max_size=24), st.booleans())
def test_cleaning_only_removes(text: str, numeric: bool) -> None:
    cleaned, _fault = clean_number(text, numeric=numeric)
    if cleaned is not None and not numeric and not text.strip().endswith(("0", ".0", ",0")):
        rest = iter(text)
        assert all(c in rest for c in cleaned), "what is left stands in the cell, in that order"


@pytest.mark.parametrize(
    ("text", "clean", "fault"),
    [
        ("3.40407410755E+15", "3404074107550000", "nomor_presisi_excel"),
        ("3404074107550001", "3404074107550001", "nomor_sebagai_angka"),
        ("9.404074107550001E15", "9404074107550001", "nomor_sebagai_angka"),
        ("0", "0", "nomor_panjang"),
        ("34040741075500011", "34040741075500011", "nomor_panjang"),
        ("1E+400", None, "nomor_notasi_ilmiah"),
        ("-5", "-5", "nomor_bukan_angka"),
    ],
)
def test_a_number_cell_is_told_from_a_text(text: str, clean: str | None, fault: str) -> None:
    assert clean_number(text, numeric=True) == (clean, fault)


def test_honest_sheets_of_any_size_have_no_suspicious_tail() -> None:
    chance = np.random.default_rng(20261124)
    for size in (5, 20, 21, 50, 300, 5_000, 50_000):
        for _sheet in range(1_000 if size <= 300 else 10):
            serials = chance.integers(1, 10_000, size)
            zeros, double = int((serials % 10 == 0).sum()), int((serials % 100 == 0).sum())
            assert suspicious_tail(size, zeros, double) == ""


def test_damaged_sheets_have_one() -> None:
    assert suspicious_tail(300, 300, 30) == "0"
    assert suspicious_tail(300, 100, 3) == "0"
    assert suspicious_tail(1_000, 150, 80) == "00"
    assert suspicious_tail(19, 19, 19) == ""
