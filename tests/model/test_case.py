"""A case has one number, made of its roll and lines, that a person can read aloud."""

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from saksama.model.case import CaseState, case_id_for
from saksama.model.entry import CASE
from saksama.model.roll import RollId

ROLL, NEXT = RollId("a1b2c3d4e5f60718"), RollId("b1b2c3d4e5f60718")
lines = st.lists(st.integers(0, 10**8), min_size=2, max_size=6, unique=True).map(tuple)


def test_it_never_changes_from_one_version_to_the_next() -> None:
    assert case_id_for(ROLL, (0, 1)) == "GD-4C956-TMXXD"
    assert case_id_for(ROLL, (12, 40711)) == "GD-J3BCV-RDR9F"


@given(first=lines, second=lines)
def test_two_cases_have_two_numbers(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    assert (case_id_for(ROLL, first) == case_id_for(ROLL, second)) == (sorted(first) == sorted(second))
    assert case_id_for(ROLL, first) != case_id_for(NEXT, first)


@given(named=lines, random=st.randoms())
def test_the_order_in_which_lines_are_named_does_not_count(named: tuple[int, ...], random: Random) -> None:
    shuffled = list(named)
    random.shuffle(shuffled)
    assert case_id_for(ROLL, tuple(shuffled)) == case_id_for(ROLL, named)


def test_a_hundred_thousand_cases_have_a_hundred_thousand_numbers() -> None:
    assert len({case_id_for(ROLL, (line, line + 1)) for line in range(100_000)}) == 100_000


@given(named=lines)
def test_it_has_no_letter_that_is_misread_and_fits_the_ledgers_form(named: tuple[int, ...]) -> None:
    number = case_id_for(ROLL, named)
    assert re.fullmatch("GD-[2-9A-HJKMNP-TV-Z]{5}-[2-9A-HJKMNP-TV-Z]{5}", number)
    assert CASE(number)


def test_lines_that_read_alike_when_joined_are_told_apart() -> None:
    assert case_id_for(ROLL, (1, 23)) != case_id_for(ROLL, (12, 3))


def test_the_states_are_those_the_queue_filters_by() -> None:
    assert [state.value for state in CaseState] == ["open", "waiting", "disputed", "settled", "enacted"]
