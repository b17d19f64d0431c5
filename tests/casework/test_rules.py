"""The law of deciding: two different people of the owning office, each on evidence seen, neither seeing the other."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.casework import rules
from saksama.casework.rules import AlreadyDecided, CaseClosed, EvidenceNotSeen
from saksama.model.case import Case, CaseState
from saksama.model.decision import Choice, Decision, Ruling
from saksama.model.errors import BadInput, NotAllowed
from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.recommendation import Assistant
from saksama.model.wilayah import Wilayah
from tests.cast import BANTUL, BUDI, RATNA, SARI, SLEMAN, TONO, WAYAN

from .making import CHOICES, DIFFERENT, KEEP_12, KEEP_40711, UNDECIDED, case_of, said

DIY = Officer(OfficerId("P-000034"), Role.MEMBER, Wilayah("34"), "KPU DI Yogyakarta")
DIY_OBSERVER = Officer(OfficerId("P-000035"), Role.OBSERVER, Wilayah("34"), "Bawaslu DI Yogyakarta")
MLATI = Officer(OfficerId("P-000036"), Role.OPERATOR, Wilayah("34.04.06"), "PPK Mlati")
THREE = (SARI, WAYAN, BUDI)
CLOSED = (CaseState.SETTLED, CaseState.ENACTED)


# ---- who may read and decide


@pytest.mark.parametrize("reader", [SARI, WAYAN, TONO, DIY, DIY_OBSERVER], ids=lambda o: o.office_name)
def test_people_whose_area_holds_the_case_may_read_it(reader: Officer) -> None:
    rules.require_reader(reader, case_of())


@pytest.mark.parametrize("stranger", [RATNA, MLATI], ids=lambda o: o.office_name)
def test_it_refuses_a_reader_from_elsewhere_and_says_who_may(stranger: Officer) -> None:
    with pytest.raises(NotAllowed, match=r"KPU wilayah 34\.04; hanya petugas dan pengawas wilayah itu"):
        rules.require_reader(stranger, case_of())


@pytest.mark.parametrize("officer", THREE, ids=lambda o: o.id)
def test_operators_and_members_of_the_office_have_power(officer: Officer) -> None:
    rules.require_power(officer, case_of())


@pytest.mark.parametrize(
    ("officer", "who_may"),
    [
        (RATNA, r"KPU wilayah 34\.04"),
        (TONO, "operator dan anggota KPU"),
        (DIY, r"KPU wilayah 34\.04 sendiri"),
        (DIY_OBSERVER, "operator dan anggota KPU"),
        (MLATI, r"KPU wilayah 34\.04"),
    ],
)
def test_it_refuses_power_to_everybody_else_and_says_who_has_it(officer: Officer, who_may: str) -> None:
    with pytest.raises(NotAllowed, match=who_may):
        rules.require_power(officer, case_of())


def test_power_in_bantul_is_power_there() -> None:
    rules.require_power(RATNA, case_of(wilayah=BANTUL))
    with pytest.raises(NotAllowed, match=r"34\.02"):
        rules.require_power(SARI, case_of(wilayah=BANTUL))


def test_an_assistant_cannot_stand_in_for_an_officer() -> None:
    assistant = Assistant("pencari-ganda", "0.1.0")
    with pytest.raises(AttributeError):
        rules.require_power(assistant, case_of())  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        rules.require_turn(assistant, case_of(), [said(SARI, DIFFERENT)])  # type: ignore[arg-type]


# ---- when


@pytest.mark.parametrize("state", list(CaseState))
def test_a_case_takes_decisions_until_two_officers_agree(state: CaseState) -> None:
    if state in CLOSED:
        with pytest.raises(CaseClosed, match="sudah diputuskan oleh dua petugas"):
            rules.require_open(case_of(state=state))
    else:
        rules.require_open(case_of(state=state))


def test_the_evidence_on_the_screen_must_be_the_evidence_of_the_case() -> None:
    case = case_of()
    rules.require_evidence_seen(case, case.evidence_digest)
    for seen in (None, "", "e1" * 32, case.evidence_digest[:-1], case.evidence_digest.upper()):
        with pytest.raises(EvidenceNotSeen, match="Buka dahulu halaman perkara"):
            rules.require_evidence_seen(case, seen)


# ---- what


@pytest.mark.parametrize("choice", CHOICES, ids=lambda c: f"{c.ruling.value} {c.kept}")
def test_every_ruling_is_sound_with_a_reason_and_a_document(choice: Choice) -> None:
    rules.require_sound_choice(case_of(), choice, reason="NKK sama", document="470/1123")


@pytest.mark.parametrize("choice", CHOICES, ids=lambda c: f"{c.ruling.value} {c.kept}")
@pytest.mark.parametrize("reason", ["", " ", "\n\t", "\u00a0"])
def test_it_refuses_a_ruling_without_a_reason(choice: Choice, reason: str) -> None:
    with pytest.raises(BadInput, match="Alasan wajib diisi"):
        rules.require_sound_choice(case_of(), choice, reason=reason, document="470/1123")


@pytest.mark.parametrize("document", ["", " ", "\n"])
def test_it_refuses_a_strike_without_a_document(document: str) -> None:
    with pytest.raises(BadInput, match="Nomor dokumen pendukung wajib diisi"):
        rules.require_sound_choice(case_of(), KEEP_12, reason="NKK sama", document=document)
    rules.require_sound_choice(case_of(), DIFFERENT, reason="Ibu berbeda", document=document)
    rules.require_sound_choice(case_of(), UNDECIDED, reason="Satu NIK dua orang", document=document)


@pytest.mark.parametrize("ruling", [Ruling.DIFFERENT_PEOPLE, Ruling.UNDECIDED])
@pytest.mark.parametrize(("kept", "struck"), [(12, ()), (None, (40711,)), (12, (40711,))])
def test_only_ganda_keeps_or_strikes(ruling: Ruling, kept: int | None, struck: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="Hanya putusan ganda"):
        rules.require_sound_choice(case_of(), Choice(ruling, kept, struck), reason="Jelas", document="470/1123")


@pytest.mark.parametrize(
    ("kept", "struck", "mend"),
    [
        (None, (12, 40711), "Pilih satu data yang dipertahankan"),
        (None, (), "Pilih satu data yang dipertahankan"),
        (7, (12,), "Pilih satu data yang dipertahankan"),
        (12, (), "satu data selalu dipertahankan"),
        (12, (12,), "satu data selalu dipertahankan"),
        (12, (12, 40711), "satu data selalu dipertahankan"),
        (12, (7,), "satu data selalu dipertahankan"),
        (12, (40711, 7), "satu data selalu dipertahankan"),
        (12, (40711, 40711), "satu data selalu dipertahankan"),
    ],
)
def test_it_refuses_a_ganda_that_names_the_wrong_lines(kept: int | None, struck: tuple[int, ...], mend: str) -> None:
    with pytest.raises(BadInput, match=mend):
        rules.require_sound_choice(
            case_of(), Choice(Ruling.SAME_PERSON, kept, struck), reason="NKK sama", document="470/1123"
        )


@given(
    lines=st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True).map(sorted).map(tuple),
    ruling=st.sampled_from(Ruling),
    kept=st.none() | st.integers(0, 9),
    struck=st.lists(st.integers(0, 9), max_size=5).map(tuple),
)
def test_no_choice_that_passes_strikes_every_record_or_the_one_it_keeps(
    lines: tuple[int, ...], ruling: Ruling, kept: int | None, struck: tuple[int, ...]
) -> None:
    try:
        rules.require_sound_choice(case_of(lines), Choice(ruling, kept, struck), reason="x", document="y")
    except BadInput:
        return
    assert set(lines) - set(struck)
    assert kept not in struck
    assert set(struck) <= set(lines)
    assert (ruling is Ruling.SAME_PERSON) == (kept in lines) == bool(struck)


# ---- the table: one, two and three officers, every ruling


def after(*choices: Choice) -> CaseState:
    return rules.state_after([said(officer, choice) for officer, choice in zip(THREE, choices, strict=False)])


def test_a_case_nobody_decided_is_open() -> None:
    assert after() is CaseState.OPEN


@pytest.mark.parametrize("choice", CHOICES)
def test_one_officer_alone_settles_nothing(choice: Choice) -> None:
    assert after(choice) is CaseState.WAITING
    assert rules.agreement([said(SARI, choice)]) is None


@pytest.mark.parametrize(("first", "second"), list(product(CHOICES, repeat=2)))
def test_two_officers_settle_a_case_only_if_they_say_the_same(first: Choice, second: Choice) -> None:
    assert after(first, second) is (CaseState.SETTLED if first == second else CaseState.DISPUTED)


@pytest.mark.parametrize(("first", "second", "third"), list(product(CHOICES, repeat=3)))
def test_a_third_officer_settles_a_dispute_by_siding_with_one(first: Choice, second: Choice, third: Choice) -> None:
    sided = len({first, second, third}) < 3
    assert after(first, second, third) is (CaseState.SETTLED if sided else CaseState.DISPUTED)


def test_keeping_the_other_record_is_not_the_same_ruling() -> None:
    assert after(KEEP_12, KEEP_40711) is CaseState.DISPUTED


def test_the_order_in_which_struck_lines_are_named_does_not_count() -> None:
    one, other = Choice(Ruling.SAME_PERSON, 1, (2, 3)), Choice(Ruling.SAME_PERSON, 1, (3, 2))
    assert after(one, other) is CaseState.SETTLED
    assert after(one, Choice(Ruling.SAME_PERSON, 1, (2,))) is CaseState.DISPUTED


def test_an_agreement_names_the_two_decisions_it_rests_on() -> None:
    one, other, third = said(SARI, DIFFERENT), said(WAYAN, KEEP_12), said(BUDI, KEEP_12)
    assert rules.agreement([one, other, third]) == (other, third)


def test_one_officer_saying_it_twice_is_still_one_officer() -> None:
    twice = [said(SARI, KEEP_12), said(SARI, KEEP_12)]
    assert rules.agreement(twice) is None
    assert rules.state_after(twice) is CaseState.WAITING


# ---- a change of mind


def test_a_change_of_mind_supersedes_and_only_the_new_ruling_counts() -> None:
    first = said(SARI, DIFFERENT)
    second = said(SARI, KEEP_12, instead_of=first)
    assert rules.standing([first, second]) == (second,)
    assert rules.state_after([first, second]) is CaseState.WAITING
    assert rules.state_after([first, second, said(WAYAN, DIFFERENT)]) is CaseState.DISPUTED
    assert rules.state_after([first, second, said(WAYAN, KEEP_12)]) is CaseState.SETTLED


def test_nobody_can_supersede_another_officers_ruling() -> None:
    first = said(SARI, DIFFERENT)
    usurping = said(WAYAN, KEEP_12, instead_of=first)
    assert rules.standing([first, usurping]) == (first, usurping)
    assert rules.state_after([first, usurping]) is CaseState.DISPUTED


def test_while_a_case_waits_its_officer_may_change_their_mind() -> None:
    own = said(SARI, DIFFERENT)
    waiting = case_of(state=CaseState.WAITING)
    assert rules.require_turn(SARI, waiting, [own]) is own
    assert rules.require_turn(WAYAN, waiting, [own]) is None


def test_in_a_dispute_neither_of_the_two_is_asked_to_give_way() -> None:
    both = [said(SARI, DIFFERENT), said(WAYAN, KEEP_12)]
    disputed = case_of(state=CaseState.DISPUTED)
    for officer in (SARI, WAYAN):
        with pytest.raises(AlreadyDecided, match="petugas ketiga"):
            rules.require_turn(officer, disputed, both)
    assert rules.require_turn(BUDI, disputed, both) is None


# ---- who sees what


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize("viewer", [*THREE, TONO, DIY], ids=lambda o: o.id)
def test_nobody_sees_anothers_ruling_before_the_settlement(viewer: Officer, state: CaseState) -> None:
    decisions = [said(SARI, DIFFERENT), said(WAYAN, KEEP_12)]
    seen = rules.visible_decisions(viewer, case_of(state=state), decisions)
    if state in CLOSED:
        assert seen == tuple(decisions)
    else:
        assert seen == tuple(d for d in decisions if d.officer == viewer.id)


# ---- all of it together


def may(officer: Officer, case: Case, decisions: list[Decision]) -> bool:
    """What `may_decide` promises, asked rule by rule."""
    asked: list[Callable[[], object]] = [
        lambda: rules.require_power(officer, case),
        lambda: rules.require_open(case),
        lambda: rules.require_turn(officer, case, decisions),
    ]
    for rule in asked:
        try:
            rule()
        except NotAllowed:
            return False
    return True


@given(acts=st.lists(st.tuples(st.sampled_from([*THREE, RATNA, TONO, DIY]), st.sampled_from(CHOICES)), max_size=9))
def test_however_people_act_a_case_settles_on_two_officers_of_the_office_or_not_at_all(
    acts: list[tuple[Officer, Choice]],
) -> None:
    case, decisions = case_of(), list[Decision]()
    last_word: dict[Officer, Choice] = {}
    for officer, choice in acts:
        allowed = may(officer, case, decisions)
        assert rules.may_decide(officer, case, decisions) is allowed
        if not allowed:
            continue
        assert case.state not in CLOSED
        assert officer.wilayah == SLEMAN
        decisions.append(said(officer, choice, instead_of=rules.require_turn(officer, case, decisions)))
        last_word[officer] = choice
        case = case_of(state=rules.state_after(decisions))
        words = list(last_word.values())
        agreed = len(set(words)) < len(words)
        assert (case.state is CaseState.SETTLED) is agreed
        assert (rules.agreement(decisions) is not None) is agreed
    assert {d.officer for d in rules.standing(decisions)} == {officer.id for officer in last_word}
