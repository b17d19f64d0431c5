"""A roll change without two decisions, or one that strikes what it keeps, cannot be made."""

from dataclasses import replace

import pytest

from saksama.model.case import CaseId
from saksama.model.decision import DecisionId
from saksama.model.effect import RollChange
from saksama.model.record import RecordRef
from saksama.model.roll import RollId
from saksama.model.tms import GANDA

ROLL = RollId("a1b2c3d4e5f60718")
FIRST, SECOND = DecisionId("c0ffee" * 5 + "01"), DecisionId("c0ffee" * 5 + "02")


@pytest.fixture
def change() -> RollChange:
    return RollChange(
        record=RecordRef(ROLL, 40711),
        tms=GANDA,
        tms_scheme="2024",
        case=CaseId("GD-7KM2P-QX4ZB"),
        decisions=(FIRST, SECOND),
        kept=RecordRef(ROLL, 12),
    )


def test_it_names_its_case_its_decisions_and_the_line_that_stays(change: RollChange) -> None:
    assert change.decisions == (FIRST, SECOND)
    assert change.kept != change.record


@pytest.mark.parametrize("decisions", [(), (FIRST,), (FIRST, FIRST)])
def test_it_refuses_to_rest_on_fewer_than_two_decisions(change: RollChange, decisions: tuple[DecisionId, ...]) -> None:
    with pytest.raises(AssertionError, match="two decisions"):
        replace(change, decisions=decisions)


def test_it_refuses_to_strike_the_record_it_keeps(change: RollChange) -> None:
    with pytest.raises(AssertionError, match="kept"):
        replace(change, kept=change.record)
