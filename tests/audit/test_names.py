"""The auditor's own way to a name comes to the name that was given."""

from hypothesis import given
from hypothesis import strategies as st

from saksama.audit.names import case_number, roll_name
from saksama.model.case import case_id_for
from saksama.model.digests import short_digest
from saksama.model.roll import RollId
from tests.audit.story import digest


@given(st.text(max_size=5), st.integers(0, 40))
def test_a_roll_has_the_name_of_its_file(text, decimals):
    file_sha256 = "7" * decimals + digest(text)[decimals:]
    assert roll_name(file_sha256) == short_digest(file_sha256)


def test_a_digest_of_decimal_digits_only_names_nothing():
    assert roll_name("7" * 64) == ""


@given(st.text("0123456789abcdef", min_size=16, max_size=16), st.sets(st.integers(0, 10**9), min_size=2, max_size=6))
def test_a_case_has_the_number_of_its_lines(roll, lines):
    assert case_number(roll, list(lines)) == case_id_for(RollId(roll), tuple(lines))
