"""Settlements that contradict each other are set apart as `outcome` sets them apart."""

from hypothesis import given
from hypothesis import strategies as st

from saksama.audit.state import Settlement
from saksama.audit.wholeness import contradicting
from saksama.model.case import CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.officer import OfficerId
from saksama.model.roll import RollId
from saksama.outcome.changes import Settlement as Settled
from saksama.outcome.changes import split_conflicts
from tests.audit.story import BEGIN

LINES = st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True)


@given(st.lists(LINES, max_size=6))
def test_it_sets_apart_what_the_outcome_sets_apart(cases):
    ours = [
        Settlement("ganda", lines[0], frozenset(lines[1:]), frozenset(), BEGIN, number)
        for number, lines in enumerate(cases)
    ]
    by = ((DecisionId("a"), OfficerId("P-000001")), (DecisionId("b"), OfficerId("P-000002")))
    theirs = [
        Settled(CaseId(str(n)), RollId("r"), Ruling.SAME_PERSON, by, lines[0], tuple(lines[1:]))
        for n, lines in enumerate(cases)
    ]
    left_out = {int(case) for conflict in split_conflicts(theirs).conflicts for case in conflict.cases}
    assert contradicting(ours) == left_out
