from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.decision import Ruling
from saksama.model.roll import RollKind
from saksama.outcome.wording import (
    LIST_NAMES,
    RULINGS,
    counted,
    date_in_words,
    full_office_name,
    in_words,
    letterhead,
    long_date,
    number,
)

ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
SAID = {word: value for value, word in enumerate(ONES)}
SIZES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def understood(words: str) -> int:
    """The slow twin: reads Indonesian numerals as a listener would, word by word."""
    total = group = 0
    for word in words.split():
        if word in SIZES:
            total, group = total + group * SIZES[word], 0
        elif word == "seribu":
            total += 1000
        elif word == "seratus":
            group += 100
        elif word == "ratus":
            group = group // 10 * 10 + group % 10 * 100 if group < 10 else -(10**18)
        elif word == "puluh":
            group += group % 10 * 9
        elif word == "belas":
            group += 10
        else:
            group += SAID[word]
    return total + group


@given(st.one_of(st.integers(0, 10**15 - 1), st.integers(0, 3_000_000), st.integers(0, 1200)))
def test_a_listener_understands_the_number_that_was_meant(value: int) -> None:
    assert understood(in_words(value)) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (100, "seratus"),
        (1_000, "seribu"),
        (11_000, "sebelas ribu"),
        (1_001_000, "satu juta seribu"),
        (101_010, "seratus satu ribu sepuluh"),
        (1_090_578, "satu juta sembilan puluh ribu lima ratus tujuh puluh delapan"),
        (211_865_861, "dua ratus sebelas juta delapan ratus enam puluh lima ribu delapan ratus enam puluh satu"),
    ],
)
def test_numbers_are_said_as_indonesian_says_them(value: int, words: str) -> None:
    assert in_words(value) == words


def test_a_number_beyond_all_voters_is_our_own_bug() -> None:
    for value in (-1, 10**15):
        with pytest.raises(AssertionError):
            in_words(value)


def test_figures_have_points_between_thousands() -> None:
    assert [number(value) for value in (0, 999, 1_000, 1_090_578)] == ["0", "999", "1.000", "1.090.578"]
    assert counted(12) == "12 (dua belas)"


def test_dates_are_written_out() -> None:
    assert long_date(date(2026, 12, 8)) == "8 Desember 2026"
    assert date_in_words(date(2026, 12, 8)) == ("Selasa tanggal delapan bulan Desember tahun dua ribu dua puluh enam")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("KPU Kabupaten Sleman", ("KOMISI PEMILIHAN UMUM", "KABUPATEN SLEMAN")),
        ("KIP Kabupaten Pidie", ("KOMISI INDEPENDEN PEMILIHAN", "KABUPATEN PIDIE")),
        ("Komisi Pemilihan Umum Kota Kediri", ("KOMISI PEMILIHAN UMUM", "KOTA KEDIRI")),
        ("Kantor Uji", ("KANTOR UJI",)),
        ("KPU", ("KPU",)),
    ],
)
def test_the_kop_names_the_commission_and_the_place(name: str, lines: tuple[str, ...]) -> None:
    assert letterhead(name) == lines
    assert full_office_name("KPU Kota Kediri") == "Komisi Pemilihan Umum Kota Kediri"


def test_every_list_and_every_ruling_has_its_words() -> None:
    assert set(LIST_NAMES) == set(RollKind)
    assert set(RULINGS) == set(Ruling)
