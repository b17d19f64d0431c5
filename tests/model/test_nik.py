"""A NIK says what its digits say, and nothing of itself in an error or a repr."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.errors import BadInput
from saksama.model.nik import MalformedNik, Nik, mask

SARI = "3404077112850001"  # a woman: day 31 is written 71

sixteen = st.text("0123456789", min_size=16, max_size=16)
no_number = st.one_of(
    st.text(),
    st.text("0123456789", max_size=40),
    st.text("0123456789OIl ", min_size=16, max_size=16),
    st.text("٠١٢٣٤٥٦٧٨٩０１２３４５６７８９", min_size=16, max_size=16),
    st.sampled_from([SARI[:15], SARI + "0", SARI[:15] + "\n", SARI + "\n", " " + SARI[1:], "3,40407711285E+15"]),
).filter(lambda text: not (len(text) == 16 and text.isascii() and text.isdigit()))


def test_it_reads_a_womans_day_as_written_plus_forty() -> None:
    nik = Nik(SARI)
    assert nik.is_womans
    assert (nik.birth_day, nik.birth_month, nik.birth_year_in_century) == (31, 12, 85)
    assert nik.kecamatan == "34.04.07"
    assert nik.serial == "0001"


@given(born=st.dates(date(1900, 1, 1), date(2026, 12, 31)), woman=st.booleans(), place=st.integers(110101, 969999))
def test_it_agrees_with_the_date_it_was_made_of(born: date, woman: bool, place: int) -> None:
    nik = Nik(f"{place}{born.day + 40 * woman:02d}{born:%m%y}0001")
    assert nik.agrees_with(born)
    assert nik.is_womans is woman
    assert (nik.birth_day, nik.birth_month) == (born.day, born.month)


def test_it_agrees_with_either_century() -> None:
    assert Nik("3404070101250001").agrees_with(date(1925, 1, 1))
    assert Nik("3404070101250001").agrees_with(date(2025, 1, 1))


@pytest.mark.parametrize("other", [date(1985, 12, 30), date(1985, 11, 30), date(1986, 12, 31)])
def test_it_does_not_agree_with_another_day_month_or_year(other: date) -> None:
    assert not Nik(SARI).agrees_with(other)


def test_an_impossible_date_is_no_reason_to_refuse_a_number() -> None:
    assert Nik("3404079913990000").birth_month == 13


@given(text=no_number)
def test_it_refuses_what_is_not_sixteen_digits_and_does_not_quote_it(text: str) -> None:
    with pytest.raises(MalformedNik) as refusal:
        Nik(text)
    assert isinstance(refusal.value, BadInput)
    assert str(refusal.value) == "NIK harus 16 angka."


@given(number=sixteen)
def test_it_never_shows_itself(number: str) -> None:
    nik = Nik(number)
    for shown in (repr(nik), str(nik), f"{nik}", f"{[nik]}"):
        assert number not in shown
        assert not any(digit in shown for digit in "0123456789")


def test_it_is_a_value() -> None:
    assert Nik(SARI) == Nik(SARI) != Nik("3404070101850001")
    with pytest.raises(FrozenInstanceError):
        Nik(SARI).digits = "0"  # type: ignore[misc]


@given(number=sixteen)
def test_a_mask_hides_ten_digits_and_the_date_among_them(number: str) -> None:
    masked = mask(number)
    assert len(masked) == 16
    assert masked.count("*") == 10
    assert masked[6:12] == "******"  # DDMMYY
    assert masked[4:14] == "*" * 10
    assert masked[:4] == number[:4]
    assert masked[14:] == number[14:]


@given(text=no_number)
def test_a_mask_shows_nothing_of_a_malformed_number(text: str) -> None:
    assert mask(text) == "*" * len(text)


def test_a_mask_of_the_planted_number() -> None:
    assert mask(SARI) == "3404**********01"
    assert mask("340407711285OO01") == "*" * 16
