"""A decision is bound to its choice before anyone may see the choice, and shows none of its texts."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.decision import Choice, Decision, DecisionId, Ruling, choice_commitment
from saksama.model.officer import OfficerId

CASE, SALT = "GD-7KM2P-QX4ZB", bytes(range(32))
STRIKE = Choice(Ruling.SAME_PERSON, kept=12, struck=(40711,))

choices = st.one_of(
    st.sampled_from([Choice(Ruling.DIFFERENT_PEOPLE), Choice(Ruling.UNDECIDED)]),
    st.builds(
        lambda lines: Choice(Ruling.SAME_PERSON, lines[0], tuple(lines[1:])),
        st.lists(st.integers(0, 10**8), min_size=2, max_size=5, unique=True),
    ),
)


def test_an_officer_can_say_three_things() -> None:
    assert [ruling.value for ruling in Ruling] == ["bukan_ganda", "ganda", "rujuk_disdukcapil"]


def test_a_commitment_is_the_hmac_that_the_format_page_gives() -> None:
    said = b'saksama/choice/v1\n{"case":"GD-7KM2P-QX4ZB","kept":12,"ruling":"ganda","struck":[40711]}'
    assert choice_commitment(CASE, STRIKE, salt=SALT) == hmac.new(SALT, said, hashlib.sha256).hexdigest()
    said = b'saksama/choice/v1\n{"case":"GD-7KM2P-QX4ZB","kept":null,"ruling":"bukan_ganda","struck":[]}'
    different = choice_commitment(CASE, Choice(Ruling.DIFFERENT_PEOPLE), salt=SALT)
    assert different == hmac.new(SALT, said, hashlib.sha256).hexdigest()


@given(one=choices, other=choices)
def test_no_choice_can_be_opened_as_another(one: Choice, other: Choice) -> None:
    same = (one.ruling, one.kept, sorted(one.struck)) == (other.ruling, other.kept, sorted(other.struck))
    assert (choice_commitment(CASE, one, salt=SALT) == choice_commitment(CASE, other, salt=SALT)) is same


@given(choice=choices, one=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32))
def test_two_officers_with_one_choice_have_two_commitments(choice: Choice, one: bytes, other: bytes) -> None:
    equal = choice_commitment(CASE, choice, salt=one) == choice_commitment(CASE, choice, salt=other)
    assert equal == (one == other)


def test_a_commitment_of_one_case_opens_no_other() -> None:
    assert choice_commitment(CASE, STRIKE, salt=SALT) != choice_commitment("GD-7KM2P-QX4ZC", STRIKE, salt=SALT)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(AssertionError, match="32 bytes"):
        choice_commitment(CASE, STRIKE, salt=bytes(length))


def test_it_never_shows_its_reason_or_document() -> None:
    decision = Decision(
        id=DecisionId("c0ffee" * 5 + "01"),
        case=CASE,
        choice=STRIKE,
        reason="SARI WIDURI pindah dari Bantul",
        document="470/1123/DKCS/2026",
        officer=OfficerId("P-000001"),
        at=datetime(2026, 11, 23, tzinfo=UTC),
        evidence_digest="0f" * 32,
    )
    for shown in (repr(decision), str(decision), f"{[decision]}"):
        assert "SARI" not in shown
        assert "470" not in shown
        assert decision.id in shown
