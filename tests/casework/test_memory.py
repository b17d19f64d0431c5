"""What is remembered of a pair: the newest that two officers agreed, as long as no element changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.casework.memory import ChangedElement, Elements, LeftOut, Memory, Recollection, elements_of, pair_rulings
from saksama.model.case import Case, CaseState, case_id_for
from saksama.model.decision import Choice, Decision, Ruling
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId
from tests.casework.making import AT, DIFFERENT, UNDECIDED, case_of, said
from tests.cast import BUDI, SARI, WAYAN

OLD, NOW = RollId("aaaaaaaaaaaaaaa1"), RollId("aaaaaaaaaaaaaaa2")
ANI = {"nik": "3404014101700001", "nkk": "3404010101200001", "nama": "ANI", "tgl_lahir": "1970-01-01", "alamat": "A"}
INA = ANI | {"nik": "3404014101700002", "nkk": "3404010101200009", "nama": "INA", "alamat": "B"}
NIA = ANI | {"nik": "3404014101700003", "nkk": "3404010101200007", "nama": "NIA", "alamat": "C"}


def in_the_open(one: Elements, other: Elements) -> str:
    """A fingerprint that hides nothing, for rules that do not care how it is made."""
    return repr(sorted([one, other]))


def on(roll: RollId, **lines: Mapping[str, str]) -> tuple[Record, ...]:
    """Records of a roll: `_12=ANI` is Ani on line 12."""
    return tuple(Record(RecordRef(roll, int(name[1:])), values) for name, values in lines.items())


class Office:
    """Cases as they are decided, one after the other, and what is remembered of them."""

    def __init__(self) -> None:
        self.cases: list[tuple[Case, tuple[Decision, ...], tuple[Record, ...]]] = []
        self.day = 0

    def rules(self, choice: Choice | None, records: tuple[Record, ...], *, by: int = 2) -> Case:
        """A case about these records, opened on one day and ruled on the next; `None` is open still."""
        lines = tuple(record.ref.line for record in records)
        roll = records[0].ref.roll
        case = replace(case_of(lines), id=case_id_for(roll, lines), roll=roll, opened_at=AT + timedelta(days=self.day))
        self.day += 2
        decisions = tuple(
            replace(said(officer, choice), case=case.id, at=AT + timedelta(days=self.day - 1))
            for officer in (SARI, WAYAN, BUDI)[:by]
            if choice is not None
        )
        self.cases.append((case, decisions, records))
        return case

    def recall(self, records: Sequence[Record], answered: Sequence[Case] = ()) -> Recollection:
        memory = Memory(in_the_open, [records])
        for case, decisions, evidence in self.cases:
            memory.learn(case, decisions, evidence)
        return memory.recall(records, answered=[case.id for case in answered])


@pytest.fixture
def office() -> Office:
    return Office()


BOTH = on(OLD, _3=ANI, _9=INA)
AGAIN = on(NOW, _70=INA, _71=ANI)


def test_a_pair_ruled_different_is_left_out_of_the_next_roll_whichever_line_comes_first(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    assert office.recall(AGAIN).left_out is LeftOut.RULED_DIFFERENT
    assert office.recall(on(NOW, _1=ANI, _2=INA)).left_out is LeftOut.RULED_DIFFERENT


def test_nothing_is_remembered_of_a_pair_never_ruled_on(office: Office) -> None:
    office.rules(DIFFERENT, on(OLD, _3=ANI, _9=NIA))
    recalled = office.recall(AGAIN)
    assert (recalled.left_out, recalled.earlier) == (None, ())


def test_one_officers_ruling_is_not_remembered(office: Office) -> None:
    office.rules(DIFFERENT, BOTH, by=1)
    office.rules(None, on(RollId("aaaaaaaaaaaaaaa3"), _3=ANI, _9=INA))
    recalled = office.recall(AGAIN)
    assert (recalled.left_out, recalled.earlier) == (None, ())


def test_a_ganda_is_not_remembered(office: Office) -> None:
    office.rules(Choice(Ruling.SAME_PERSON, 3, (9,)), BOTH)
    recalled = office.recall(AGAIN)
    assert (recalled.left_out, recalled.earlier) == (None, ())


@pytest.mark.parametrize("element", list(Element))
def test_any_element_changed_raises_it_again_and_is_named(element: Element, office: Office) -> None:
    case = office.rules(DIFFERENT, BOTH)
    recalled = office.recall(on(NOW, _70=ANI | {element.value: "1999-09-09"}, _71=INA))
    assert recalled.left_out is None
    (earlier,) = recalled.earlier
    assert (earlier.case, earlier.left, earlier.right) == (case.id, 70, 71)
    assert earlier.changed == (ChangedElement(70, element),)


def test_an_element_that_has_gone_blank_has_changed(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    gone = {name: value for name, value in INA.items() if name != "alamat"}
    (earlier,) = office.recall(on(NOW, _70=ANI, _71=gone)).earlier
    assert earlier.changed == (ChangedElement(71, Element.ALAMAT),)


def test_a_line_whose_every_number_and_name_is_another_is_another_line(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    recalled = office.recall(on(NOW, _70=ANI, _71=NIA))
    assert (recalled.left_out, recalled.earlier) == (None, ())


def test_a_third_line_makes_a_case_that_shows_the_pair_ruled_on(office: Office) -> None:
    case = office.rules(DIFFERENT, BOTH)
    recalled = office.recall(on(NOW, _1=ANI, _2=INA, _3=NIA))
    assert recalled.left_out is None
    (earlier,) = recalled.earlier
    assert (earlier.left, earlier.right, earlier.case, earlier.changed) == (1, 2, case.id, ())
    assert len(set(earlier.decisions)) == 2


def test_a_third_line_does_not_pass_for_one_of_the_pair_with_something_changed(office: Office) -> None:
    """A second entry of Ina under another NIK: of Ani and that one nothing was ever ruled."""
    case = office.rules(DIFFERENT, BOTH)
    copy = INA | {"nik": "3404014101700005", "alamat": "D"}
    recalled = office.recall(on(NOW, _1=ANI, _2=INA, _3=copy))
    assert recalled.left_out is None
    assert [(was.left, was.right, was.case, was.changed) for was in recalled.earlier] == [(1, 2, case.id, ())]


def test_of_two_lines_that_may_be_the_one_ruled_on_the_more_alike_is(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    nearer, farther = INA | {"alamat": "D"}, INA | {"alamat": "E", "rt": "004"}
    (earlier,) = office.recall(on(NOW, _1=farther, _2=ANI, _3=nearer)).earlier
    assert (earlier.left, earlier.right, earlier.changed) == (2, 3, (ChangedElement(3, Element.ALAMAT),))


def test_two_of_three_ruled_apart_are_left_out(office: Office) -> None:
    office.rules(DIFFERENT, on(OLD, _1=ANI, _2=INA, _3=NIA))
    assert office.recall(AGAIN).left_out is LeftOut.RULED_DIFFERENT


def test_three_ruled_apart_pair_by_pair_are_left_out(office: Office) -> None:
    for pair in ((ANI, INA), (ANI, NIA), (INA, NIA)):
        assert office.recall(on(NOW, _1=ANI, _2=INA, _3=NIA)).left_out is None
        office.rules(DIFFERENT, on(OLD, _1=pair[0], _2=pair[1]))
    assert office.recall(on(NOW, _1=ANI, _2=INA, _3=NIA)).left_out is LeftOut.RULED_DIFFERENT


def test_a_ganda_says_nothing_of_a_line_that_it_neither_keeps_nor_strikes(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    office.rules(Choice(Ruling.SAME_PERSON, 1, (3,)), on(RollId("aaaaaaaaaaaaaaa3"), _1=ANI, _2=INA, _3=NIA))
    assert office.recall(AGAIN).left_out is LeftOut.RULED_DIFFERENT


def test_the_newest_ruling_counts_in_whatever_order_cases_are_learnt(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    office.rules(Choice(Ruling.SAME_PERSON, 1, (2,)), on(RollId("aaaaaaaaaaaaaaa3"), _1=ANI, _2=INA, _3=NIA))
    for order in permutations(office.cases):
        office.cases = list(order)
        assert office.recall(AGAIN).left_out is None


def test_a_referral_keeps_the_pair_back_until_it_is_answered(office: Office) -> None:
    case = office.rules(UNDECIDED, BOTH)
    assert office.recall(AGAIN).left_out is LeftOut.AWAITING
    recalled = office.recall(AGAIN, answered=[case])
    assert recalled.left_out is None
    (earlier,) = recalled.earlier
    assert (earlier.case, earlier.ruling, earlier.changed) == (case.id, Ruling.UNDECIDED, ())


def test_an_element_changed_answers_a_referral(office: Office) -> None:
    office.rules(UNDECIDED, BOTH)
    recalled = office.recall(on(NOW, _70=ANI | {"nik": "3404014101700008"}, _71=INA))
    assert recalled.left_out is None
    assert recalled.earlier[0].changed == (ChangedElement(70, Element.NIK),)


def test_once_raised_again_a_referral_keeps_nothing_back(office: Office) -> None:
    """Answered, laid before people, and not decided before the next roll came: it comes again by itself."""
    first = office.rules(UNDECIDED, BOTH)
    office.rules(None, on(RollId("aaaaaaaaaaaaaaa3"), _5=ANI, _6=INA))
    recalled = office.recall(AGAIN)
    assert recalled.left_out is None
    assert [earlier.case for earlier in recalled.earlier] == [first.id]


def test_what_was_ruled_after_the_answer_is_what_is_remembered(office: Office) -> None:
    office.rules(UNDECIDED, BOTH)
    office.rules(DIFFERENT, on(RollId("aaaaaaaaaaaaaaa3"), _5=ANI, _6=INA))
    assert office.recall(AGAIN).left_out is LeftOut.RULED_DIFFERENT


def test_one_pair_apart_and_one_with_disdukcapil_wait_together(office: Office) -> None:
    office.rules(DIFFERENT, on(OLD, _1=ANI, _2=INA))
    office.rules(DIFFERENT, on(OLD, _3=ANI, _4=NIA))
    office.rules(UNDECIDED, on(OLD, _5=INA, _6=NIA))
    assert office.recall(on(NOW, _1=ANI, _2=INA, _3=NIA)).left_out is LeftOut.AWAITING


def test_people_ruled_the_same_meanwhile_are_raised_though_their_elements_changed_back(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    moved = on(RollId("aaaaaaaaaaaaaaa3"), _1=ANI | {"alamat": "Z"}, _2=INA)
    office.rules(Choice(Ruling.SAME_PERSON, 1, (2,)), moved)
    assert office.recall(AGAIN).left_out is None


def test_people_ruled_apart_twice_are_left_out_though_their_elements_changed_back(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    office.rules(DIFFERENT, on(RollId("aaaaaaaaaaaaaaa3"), _1=ANI | {"alamat": "Z"}, _2=INA))
    assert office.recall(AGAIN).left_out is LeftOut.RULED_DIFFERENT


def test_the_change_named_is_that_since_the_newest_ruling(office: Office) -> None:
    office.rules(DIFFERENT, BOTH)
    later = office.rules(DIFFERENT, on(RollId("aaaaaaaaaaaaaaa3"), _1=ANI | {"alamat": "Z"}, _2=INA))
    (earlier,) = office.recall(on(NOW, _70=INA, _71=ANI | {"alamat": "Z", "rt": "009"})).earlier
    assert (earlier.case, earlier.changed) == (later.id, (ChangedElement(71, Element.RT),))


def test_what_stands_is_listed_by_case_and_pair(office: Office) -> None:
    apart = office.rules(DIFFERENT, on(OLD, _1=ANI, _2=INA, _3=NIA))
    office.rules(Choice(Ruling.SAME_PERSON, 5, (6,)), on(RollId("aaaaaaaaaaaaaaa3"), _5=ANI, _6=INA))
    memory = Memory(in_the_open)
    for case, decisions, records in office.cases:
        memory.learn(case, decisions, records)
    assert [(r.case, r.left, r.right) for r in memory.standing()] == [(apart.id, 1, 3), (apart.id, 2, 3)]


def test_a_case_not_settled_rules_no_pair() -> None:
    case = case_of((12, 40711), state=CaseState.WAITING)
    assert pair_rulings(case, [said(SARI, DIFFERENT)]) == ()
    assert pair_rulings(case, [said(SARI, DIFFERENT), said(WAYAN, UNDECIDED)]) == ()


values = st.fixed_dictionaries(
    {}, optional={element.value: st.text(st.characters(exclude_categories=["Cs"]), max_size=6) for element in Element}
)


@given(one=values, other=values, third=values)
def test_a_pair_is_left_out_exactly_when_both_its_records_are_what_they_were(
    one: dict[str, str], other: dict[str, str], third: dict[str, str]
) -> None:
    office = Office()
    office.rules(DIFFERENT, on(OLD, _1=one, _2=other))
    assert office.recall(on(NOW, _1=one, _2=other)).left_out is LeftOut.RULED_DIFFERENT
    unchanged = elements_of(third) == elements_of(other)
    assert (office.recall(on(NOW, _1=third, _2=one)).left_out is not None) is unchanged
