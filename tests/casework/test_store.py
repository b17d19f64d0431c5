"""What is handed to a store shows no one; what a referral did adds up. The store's promises: tests/web."""

from saksama.casework.opening import referral_entry
from saksama.casework.store import NewCase, NewDecision, Opened
from tests.cast import SARI

from .making import KEEP_12, case_of, recommended, said


def test_a_new_case_shows_its_number_only() -> None:
    case = case_of()
    new = NewCase(case, b"sealed", referral_entry(case, recommended(case.lines)))
    assert repr(new) == f"NewCase({case.id})"


def test_a_new_decision_shows_its_number_only() -> None:
    decision, case = said(SARI, KEEP_12), case_of()
    new = NewDecision(decision, b"sealed", referral_entry(case, recommended(case.lines)))
    assert repr(new) == f"NewDecision({decision.id})"


def test_what_two_batches_did_adds_up() -> None:
    assert Opened(1, 2, 3) + Opened(10, 20, 30) == Opened(11, 22, 33)
    assert Opened() + Opened(opened=1) == Opened(opened=1)
