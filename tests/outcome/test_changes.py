from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.decision import DecisionId, Ruling
from saksama.model.record import RecordRef
from saksama.model.tms import GANDA
from saksama.outcome.changes import (
    BothStruck,
    ChangeWithoutDecision,
    ConflictKind,
    ContradictorySettlements,
    MalformedSettlement,
    Settlement,
    UnknownScheme,
    changes_for,
    split_conflicts,
)
from tests.outcome.conftest import ROLL, SARI, WAYAN, case_id, settled


def test_a_settled_ganda_strikes_its_lines_and_cites_both_decisions() -> None:
    changes = changes_for([settled(1, 10, 20, 30)], tms_scheme="2024")
    assert [change.record for change in changes] == [RecordRef(ROLL, 20), RecordRef(ROLL, 30)]
    for change in changes:
        assert (change.kept, change.tms, change.tms_scheme) == (RecordRef(ROLL, 10), GANDA, "2024")
        assert (change.case, change.decisions) == (case_id(1), (f"{2:016x}", f"{3:016x}"))


@pytest.mark.parametrize("ruling", [Ruling.DIFFERENT_PEOPLE, Ruling.UNDECIDED])
def test_no_other_ruling_changes_a_roll(ruling: Ruling) -> None:
    assert changes_for([settled(1, None, ruling=ruling)], tms_scheme="2018") == ()
    with pytest.raises(MalformedSettlement):
        changes_for([settled(1, 10, 20, ruling=ruling)], tms_scheme="2018")


@pytest.mark.parametrize(
    "decisions",
    [
        (),
        ((DecisionId("a" * 16), SARI),),
        ((DecisionId("a" * 16), SARI), (DecisionId("b" * 16), SARI)),  # one officer twice
        ((DecisionId("a" * 16), SARI), (DecisionId("a" * 16), WAYAN)),  # one decision under two names
    ],
)
def test_it_refuses_a_change_that_two_different_officers_did_not_decide(decisions: tuple) -> None:  # type: ignore[type-arg]
    with pytest.raises(ChangeWithoutDecision, match="dua petugas yang berbeda"):
        changes_for([replace(settled(1, 10, 20), decisions=decisions)], tms_scheme="2024")


def test_it_never_strikes_every_line_of_a_pair() -> None:
    with pytest.raises(BothStruck, match=case_id(1)):
        changes_for([settled(1, 10, 10, 20)], tms_scheme="2024")
    with pytest.raises(MalformedSettlement):
        changes_for([settled(1, None, 10, 20)], tms_scheme="2024")
    with pytest.raises(MalformedSettlement):
        changes_for([settled(1, 10)], tms_scheme="2024")
    with pytest.raises(MalformedSettlement):
        changes_for([settled(1, 10, 20, 20)], tms_scheme="2024")


def test_two_cases_that_would_strike_each_others_kept_line_are_refused_by_name() -> None:
    with pytest.raises(ContradictorySettlements) as refused:
        changes_for([settled(1, 10, 20), settled(2, 20, 10)], tms_scheme="2024")
    assert refused.value.cases == (case_id(1), case_id(2))
    assert case_id(1) in str(refused.value)
    assert case_id(2) in str(refused.value)


def test_a_chain_is_a_contradiction_since_its_middle_is_kept_and_struck() -> None:
    with pytest.raises(ContradictorySettlements):
        changes_for([settled(1, 10, 20), settled(2, 20, 30)], tms_scheme="2024")


def test_a_line_struck_in_favour_of_two_lines_is_a_contradiction() -> None:
    with pytest.raises(ContradictorySettlements, match="dua baris yang berbeda"):
        changes_for([settled(1, 10, 30), settled(2, 20, 30)], tms_scheme="2024")


def test_a_line_struck_twice_in_favour_of_one_line_is_struck_once_by_the_first_case() -> None:
    changes = changes_for([settled(2, 10, 20, 30), settled(1, 10, 20)], tms_scheme="2024")
    assert [(change.record.line, change.case) for change in changes] == [(20, case_id(1)), (30, case_id(2))]


def test_a_case_settled_twice_goes_back_to_people() -> None:
    split = split_conflicts([settled(1, 10, 20), settled(1, 20, 10), settled(2, 40, 50)])
    assert split.clean == (settled(2, 40, 50),)
    assert split.conflicts[0].cases == (case_id(1),)
    assert ConflictKind.SETTLED_TWICE in split.conflicts[0].kinds


def test_one_contradiction_does_not_stop_the_others() -> None:
    settlements = [
        settled(1, 10, 20),
        settled(2, 20, 30),
        settled(3, 40, 50),
        settled(4, None, ruling=Ruling.UNDECIDED),
    ]
    clean, conflicts = split_conflicts(settlements)
    assert [settlement.case for settlement in clean] == [case_id(3), case_id(4)]
    assert [conflict.cases for conflict in conflicts] == [(case_id(1), case_id(2))]
    assert case_id(2) in conflicts[0].sentence
    assert len(changes_for(clean, tms_scheme="2024")) == 1


def test_contradictions_that_share_a_case_are_told_as_one() -> None:
    _clean, conflicts = split_conflicts(
        [settled(1, 10, 20), settled(2, 20, 30), settled(3, 30, 40), settled(4, 60, 70)]
    )
    assert [conflict.cases for conflict in conflicts] == [(case_id(1), case_id(2), case_id(3))]


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownScheme, match="2018, 2024"):
        changes_for([], tms_scheme="2019")


def test_the_order_of_settlements_does_not_matter() -> None:
    settlements = [settled(n, 10 * n, 10 * n + 1, 10 * n + 2) for n in range(1, 20)]
    assert changes_for(settlements, tms_scheme="2024") == changes_for(settlements[::-1], tms_scheme="2024")


def some_settlements() -> st.SearchStrategy[list[Settlement]]:
    lines = st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True)
    return st.lists(st.tuples(st.integers(0, 12), lines), max_size=8).map(
        lambda drawn: [settled(number, found[0], *found[1:]) for number, found in drawn]
    )


@given(some_settlements())
def test_what_is_clean_strikes_no_kept_line_and_nothing_is_lost(settlements: list[Settlement]) -> None:
    clean, conflicts = split_conflicts(settlements)
    assert sorted([*clean, *(s for c in conflicts for s in c.settlements)], key=repr) == sorted(settlements, key=repr)
    changes = changes_for(clean, tms_scheme="2024")
    struck = [change.record for change in changes]
    assert not set(struck) & {change.kept for change in changes}
    assert len(struck) == len(set(struck))
    assert {record.line for record in struck} == {line for settlement in clean for line in settlement.struck}


@given(some_settlements())
def test_every_settlement_set_apart_contradicts_another_one(settlements: list[Settlement]) -> None:
    """The slow twin: two settlements contradict each other, or they do not; look at each pair."""

    def contradict(one: Settlement, other: Settlement) -> bool:
        return (
            one.case == other.case
            or one.kept in other.struck
            or other.kept in one.struck
            or (one.kept != other.kept and bool(set(one.struck) & set(other.struck)))
        )

    expected = [
        one
        for number, one in enumerate(settlements)
        if not any(contradict(one, other) for place, other in enumerate(settlements) if place != number)
    ]
    assert sorted(split_conflicts(settlements).clean, key=repr) == sorted(expected, key=repr)
