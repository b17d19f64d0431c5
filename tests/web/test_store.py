"""One suite, two makers of the port: what holds for the store in memory holds for the one in the database."""

import dataclasses

import pytest

from saksama.casework.memory import LeftOut, Recollection
from saksama.casework.store import CaseChanged, CaseFilter, CaseStore, MemoryCaseStore, NewDecision, NoSuchCase, Opened
from saksama.flow.decide import show_case
from saksama.flow.desk import Desk
from saksama.flow.remember import memory_of
from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Choice, Decision, DecisionId, Ruling
from saksama.model.entry import EntryKind
from saksama.model.errors import Broken
from saksama.model.officer import Officer
from saksama.model.pair import Band
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId
from saksama.model.wilayah import Wilayah
from saksama.web.cases.store import DjangoCaseStore
from tests.cast import BUDI, SARI, SLEMAN, WAYAN
from tests.web.conftest import DIFFERENT, rule, same
from tests.web.planting import HER_OTHER_LINE, NGATINEM, ROLL, THIRD, entries_of, new_case, plant

ALL = CaseFilter(area=SLEMAN)


@pytest.fixture(params=[DjangoCaseStore, MemoryCaseStore], ids=["database", "memory"])
def desk(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """The desk over each store, its outbox empty."""
    made: CaseStore = request.param()
    made.mark_entered([entry_id for entry_id, _ in made.outbox(100)])
    return dataclasses.replace(desk, cases=made)


@pytest.fixture
def case(desk: Desk) -> Case:
    return plant(desk)


def decision_on(case: Case, officer: Officer, desk: Desk, *, choice: Choice = DIFFERENT, name: str = "") -> NewDecision:
    """A decision as step 4 hands it over, with an entry of any kind: the store does not read it."""
    made = Decision(
        DecisionId(f"{officer.id[2:]}{case.version:010d}{name}"),
        case.id,
        choice,
        "alasan",
        "",
        officer.id,
        desk.clock.now(),
        case.evidence_digest,
    )
    entry = new_case(desk, (NGATINEM, THIRD), lines=(900 + int(officer.id[2:]), 1900 + case.version)).entry
    return NewDecision(made, b"sealed", entry)


def ids(desk: Desk, wanted: CaseFilter = ALL) -> list[CaseId]:
    return [case.id for case in desk.cases.page(wanted).cases]


def test_a_case_comes_back_as_it_was_opened(case: Case, desk: Desk) -> None:
    assert desk.cases.get(case.id) == case


def test_an_unknown_number_is_refused(desk: Desk) -> None:
    unknown = CaseId("GD-22222-22222")
    for asked in (desk.cases.get, desk.cases.sealed_evidence):
        with pytest.raises(NoSuchCase):
            asked(unknown)


def test_referring_twice_makes_no_second_case_and_no_second_entry(case: Case, desk: Desk) -> None:
    again = new_case(desk, (NGATINEM, HER_OTHER_LINE), lines=case.lines)
    before = entries_of(desk.cases)
    assert desk.cases.open_new([again]) == Opened(known=1)
    assert entries_of(desk.cases) == before


def test_the_same_case_twice_in_one_referral_is_opened_once(desk: Desk) -> None:
    new = new_case(desk, (NGATINEM, THIRD), lines=(5, 6))
    assert desk.cases.open_new([new, new]) == Opened(opened=1, known=1)


def test_a_case_that_shares_a_line_with_another_is_left_alone(case: Case, desk: Desk) -> None:
    overlapping = new_case(desk, (NGATINEM, THIRD), lines=(case.lines[1], 60000))
    assert desk.cases.open_new([overlapping]) == Opened(overlapping=1)


def test_two_that_overlap_in_one_referral_do_not_both_open(desk: Desk) -> None:
    one = new_case(desk, (NGATINEM, THIRD), lines=(5, 6))
    other = new_case(desk, (NGATINEM, HER_OTHER_LINE), lines=(6, 7))
    assert desk.cases.open_new([one, other]) == Opened(opened=1, overlapping=1)


def test_the_history_is_every_case_with_its_decisions_and_its_evidence(case: Case, desk: Desk) -> None:
    other = plant(desk, (NGATINEM, THIRD), lines=(8, 9))
    for officer in (SARI, WAYAN):
        rule(case, DIFFERENT, officer, desk)
    found = {known.id: (known, decisions, sealed) for known, decisions, sealed in desk.cases.history()}
    assert set(found) == {case.id, other.id}
    known, decisions, sealed = found[case.id]
    assert (known, decisions) == (desk.cases.get(case.id), desk.cases.decisions(case.id))
    assert [made.officer for made in decisions] == [SARI.id, WAYAN.id]
    assert sealed == desk.cases.sealed_evidence(case.id)
    assert found[other.id][1] == ()


def test_it_knows_which_numbers_are_cases(case: Case, desk: Desk) -> None:
    assert desk.cases.known([case.id, CaseId("GD-22222-22222")]) == {case.id}
    assert desk.cases.known([]) == frozenset()


def test_what_two_officers_ruled_is_remembered_while_nothing_changes(case: Case, desk: Desk) -> None:
    def recalled(*people: dict[str, str]) -> Recollection:
        cluster = [Record(RecordRef(RollId("f" * 15 + "0"), line), values) for line, values in enumerate(people)]
        memory = memory_of(desk, clusters=[cluster], apart_from=cluster[0].ref.roll)
        return memory.recall(cluster)

    rule(case, DIFFERENT, SARI, desk)
    assert recalled(NGATINEM, HER_OTHER_LINE).left_out is None
    rule(case, DIFFERENT, WAYAN, desk)
    assert recalled(NGATINEM, HER_OTHER_LINE).left_out is LeftOut.RULED_DIFFERENT
    assert recalled(HER_OTHER_LINE, NGATINEM).left_out is LeftOut.RULED_DIFFERENT
    moved = recalled(NGATINEM, HER_OTHER_LINE | {"alamat": "JALAN BARU"})
    assert moved.left_out is None
    assert [change.element for change in moved.earlier[0].changed] == [Element.ALAMAT]
    assert recalled(NGATINEM, HER_OTHER_LINE, THIRD).left_out is None
    own = [Record(RecordRef(ROLL, line), values) for line, values in enumerate((NGATINEM, HER_OTHER_LINE))]
    assert memory_of(desk, clusters=[own], apart_from=ROLL).recall(own).left_out is None  # met by its number instead


def test_evidence_that_was_touched_is_not_remembered_but_reported(case: Case, desk: Desk) -> None:
    class Touched(type(desk.cases)):  # type: ignore[misc]  # over each store
        def history(self):  # type: ignore[no-untyped-def]
            ((known, decisions, sealed),) = desk.cases.history()
            yield known, decisions, sealed[:-1] + bytes([sealed[-1] ^ 1])

    with pytest.raises(Broken):
        memory_of(dataclasses.replace(desk, cases=Touched()))


def test_the_newest_entry_of_a_kind_is_found_entered_or_not(case: Case, desk: Desk) -> None:
    assert desk.cases.latest_entry(EntryKind.CASE_SETTLED) is None
    other = plant(desk, (NGATINEM, THIRD), lines=(8, 9))
    rule(case, DIFFERENT, SARI, desk)
    for _ in range(2):
        newest = desk.cases.latest_entry(EntryKind.CASE_REFERRED)
        assert newest is not None
        assert other.id.encode() in newest
        desk.cases.mark_entered([entry_id for entry_id, _ in desk.cases.outbox(100)])


def test_what_an_officer_saw_is_recorded_once(case: Case, desk: Desk) -> None:
    show_case(case.id, SARI, desk=desk)
    after_first = entries_of(desk.cases)
    show_case(case.id, SARI, desk=desk)
    assert entries_of(desk.cases) == after_first
    assert desk.cases.seen_digest(case.id, SARI.id) == case.evidence_digest
    assert desk.cases.seen_digest(case.id, WAYAN.id) is None


def test_a_decision_comes_back_without_its_sealed_texts(case: Case, desk: Desk) -> None:
    made = rule(case, same(case), SARI, desk)
    (kept,) = desk.cases.decisions(case.id)
    assert kept == dataclasses.replace(made, reason="", document="")
    assert desk.cases.sealed_text(made.id)


def test_decisions_come_oldest_first_and_a_change_of_mind_names_the_old(case: Case, desk: Desk) -> None:
    first = rule(case, same(case), SARI, desk)
    second = rule(case, DIFFERENT, SARI, desk)
    assert [d.id for d in desk.cases.decisions(case.id)] == [first.id, second.id]
    assert desk.cases.decisions(case.id)[1].supersedes == first.id


def test_a_decision_moves_the_case_by_one_version(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    moved = desk.cases.get(case.id)
    assert (moved.version, moved.state) == (1, CaseState.WAITING)


def test_whoever_is_slower_is_told_so_and_nothing_is_saved(case: Case, desk: Desk) -> None:
    for officer in (SARI, WAYAN):
        show_case(case.id, officer, desk=desk)
    desk.cases.record(decision_on(case, SARI, desk), expected=0, state=CaseState.WAITING)
    before = entries_of(desk.cases)
    with pytest.raises(CaseChanged):
        desk.cases.record(decision_on(case, WAYAN, desk), expected=0, state=CaseState.WAITING)
    assert [d.officer for d in desk.cases.decisions(case.id)] == [SARI.id]
    assert entries_of(desk.cases) == before


def test_a_decision_on_no_case_is_refused(case: Case, desk: Desk) -> None:
    stray = decision_on(case, SARI, desk)
    stray = dataclasses.replace(stray, decision=dataclasses.replace(stray.decision, case="GD-22222-22222"))
    with pytest.raises(NoSuchCase):
        desk.cases.record(stray, expected=0, state=CaseState.WAITING)


def test_the_settlement_goes_into_the_outbox_with_the_decision(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    kinds = [entry_id.split(":")[0] for entry_id, _ in desk.cases.outbox(100)]
    assert kinds[-2:] == ["decision_made", "case_settled"]


def test_the_queue_goes_from_certain_to_check_and_then_by_number(desk: Desk) -> None:
    for n, band in enumerate([Band.CHECK, Band.CERTAIN, Band.PROBABLE, Band.CERTAIN]):
        plant(desk, (NGATINEM, THIRD), lines=(n, 100 + n), band=band)
    shown = desk.cases.page(ALL).cases
    assert [c.band for c in shown] == [Band.CERTAIN, Band.CERTAIN, Band.PROBABLE, Band.CHECK]
    assert shown[0].id < shown[1].id


def test_pages_follow_one_another_without_gap_or_repetition(desk: Desk) -> None:
    for n in range(7):
        plant(desk, (NGATINEM, THIRD), lines=(n, 100 + n), band=list(Band)[n % 3])
    walked, after = [], None
    while True:
        page = desk.cases.page(ALL, after=after, limit=3)
        walked += [c.id for c in page.cases]
        assert page.total == 7
        if page.next_after is None:
            break
        after = page.next_after
    assert walked == ids(desk)
    assert len(set(walked)) == 7


def test_a_full_last_page_has_no_page_after_it(desk: Desk) -> None:
    for n in range(3):
        plant(desk, (NGATINEM, THIRD), lines=(n, 100 + n))
    assert desk.cases.page(ALL, limit=3).next_after is None


@pytest.mark.parametrize(
    ("narrow", "found"),
    [
        ({"bands": frozenset({Band.PROBABLE})}, 1),
        ({"bands": frozenset({Band.CERTAIN})}, 0),
        ({"classes": frozenset({""})}, 1),
        ({"classes": frozenset({"K1"})}, 0),
        ({"village": "34.04.07"}, 1),
        ({"village": "34.04.07.2002"}, 1),
        ({"village": "34.04.07.2003"}, 0),
        ({"village": "34.04"}, 1),
        ({"roll": ROLL}, 1),
        ({"roll": RollId("f" * 16)}, 0),
        ({"states": frozenset({CaseState.OPEN})}, 1),
        ({"states": frozenset({CaseState.SETTLED})}, 0),
        ({"area": Wilayah("34")}, 1),
        ({"area": Wilayah("34.02")}, 0),
    ],
)
def test_the_filter_narrows_by_each_of_its_fields(
    narrow: dict[str, object], found: int, case: Case, desk: Desk
) -> None:
    wanted = dataclasses.replace(ALL, **narrow)  # type: ignore[arg-type]
    assert desk.cases.page(wanted).total == len(ids(desk, wanted)) == found
    if "states" not in narrow:
        assert sum(desk.cases.counts(wanted).values()) == found


def test_what_an_officer_has_decided_no_longer_waits_for_them(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    assert ids(desk, dataclasses.replace(ALL, not_decided_by=SARI.id)) == []
    assert ids(desk, dataclasses.replace(ALL, not_decided_by=WAYAN.id)) == [case.id]


def test_counts_name_every_state(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    counts = desk.cases.counts(ALL)
    assert set(counts) == set(CaseState)
    assert counts[CaseState.WAITING] == 1
    assert counts[CaseState.OPEN] == 0


def test_settled_and_enacted_cases_come_with_all_their_decisions(case: Case, desk: Desk) -> None:
    other = plant(desk, (NGATINEM, THIRD), lines=(8, 9))
    rule(other, DIFFERENT, SARI, desk)
    rule(case, same(case), SARI, desk)
    rule(case, same(case), WAYAN, desk)
    ((settled, decisions),) = list(desk.cases.settled(ROLL))
    assert settled.id == case.id
    assert [d.officer for d in decisions] == [SARI.id, WAYAN.id]
    desk.cases.mark_enacted([case.id])
    ((enacted, _decisions),) = list(desk.cases.settled(ROLL))
    assert enacted.state is CaseState.ENACTED
    assert list(desk.cases.settled(RollId("f" * 16))) == []


def test_enacting_twice_changes_nothing_more(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    desk.cases.mark_enacted([case.id])
    enacted = desk.cases.get(case.id)
    desk.cases.mark_enacted([case.id])
    assert desk.cases.get(case.id) == enacted


def test_an_open_case_is_not_enacted(case: Case, desk: Desk) -> None:
    desk.cases.mark_enacted([case.id])
    assert desk.cases.get(case.id).state is CaseState.OPEN


def test_a_third_settles_a_dispute(case: Case, desk: Desk) -> None:
    rule(case, same(case), SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    rule(case, same(case), BUDI, desk)
    assert desk.cases.get(case.id).state is CaseState.SETTLED


def test_the_outbox_keeps_the_order_of_the_acts_and_forgets_what_is_entered(case: Case, desk: Desk) -> None:
    show_case(case.id, SARI, desk=desk)
    waiting = desk.cases.outbox(100)
    assert [entry_id.split(":")[0] for entry_id, _ in waiting] == ["case_referred", "evidence_seen"]
    assert desk.cases.outbox(1) == waiting[:1]
    desk.cases.mark_entered([waiting[0][0]])
    assert desk.cases.outbox(100) == waiting[1:]


def test_an_entry_known_by_its_id_is_not_added_again(case: Case, desk: Desk) -> None:
    entry = new_case(desk, (NGATINEM, HER_OTHER_LINE), lines=case.lines).entry  # same id, another moment
    before = entries_of(desk.cases)
    desk.cases.add_to_outbox(entry)
    assert entries_of(desk.cases) == before


def test_a_ruling_may_be_that_it_cannot_be_decided_yet(case: Case, desk: Desk) -> None:
    rule(case, Choice(Ruling.UNDECIDED), SARI, desk)
    assert desk.cases.decisions(case.id)[0].choice == Choice(Ruling.UNDECIDED)
