"""Settlements that contradict each other are set apart as `outcome` sets them apart."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.audit.entries import AuditedEntry
from saksama.audit.state import Case, Effect, Settlement, State, Topic
from saksama.audit.wholeness import contradicting, require_whole
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


@pytest.mark.parametrize(
    ("struck", "seconds", "faults"),
    [
        ({2: 20, 3: 21, 5: 22}, 9999, 0),  # all that was settled
        ({2: 20, 3: 21}, 120, 0),  # the second case was settled meanwhile
        ({2: 20, 3: 21}, 121, 1),
        ({5: 20}, 1, 1),  # the first was settled before the second, which is in it: it was known
        ({2: 20, 5: 21}, 1, 1),  # half a case
        ({}, 120, 0),
        ({}, 121, 2),
    ],
)
def test_an_outcome_may_only_not_know_what_came_after_all_it_holds(struck, seconds, faults):
    state = State()
    for number, lines in enumerate(([1, 2, 3], [4, 5])):
        state.cases[str(number)] = Case("34.04", "r", frozenset(lines), "", BEGIN)
        kept, *others = lines
        state.settled[str(number)] = Settlement("ganda", kept, frozenset(others), frozenset(), BEGIN, number)
    at = BEGIN + timedelta(seconds=seconds)
    entry = AuditedEntry(30, "", "outcome_enacted", at, "34.04", "", {"roll_before": "r"})
    require_whole(entry, Effect(struck=struck), state)
    assert len(state.faults[Topic.OUTCOMES]) == faults
