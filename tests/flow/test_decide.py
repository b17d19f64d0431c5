import json

import pytest

from saksama.casework import rules
from saksama.casework.store import CaseChanged
from saksama.flow.decide import decide_case, show_case
from saksama.flow.desk import Desk
from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Choice, Decision, Ruling, choice_commitment
from saksama.model.errors import BadInput, Broken, NotAllowed
from saksama.model.officer import Officer, OfficerId
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN

DIFFERENT = Choice(Ruling.DIFFERENT_PEOPLE)
SAME = Choice(Ruling.SAME_PERSON, kept=10, struck=(20,))
UNDECIDED = Choice(Ruling.UNDECIDED)


def rule(case: Case, choice: Choice, officer: Officer, desk: Desk) -> Decision:
    """See the case, then rule on it, as a person does."""
    show_case(case.id, officer, desk=desk)
    document = "Surat Disdukcapil 470/12" if choice.ruling is Ruling.SAME_PERSON else ""
    return decide_case(case.id, choice, reason="NKK dan alamat sama", document=document, officer=officer, desk=desk)


def entries(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(written) for _id, written in desk.cases.outbox(1000)]


def test_two_officers_who_agree_settle_a_case(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    assert desk.cases.get(case.id).state is CaseState.WAITING
    rule(case, SAME, WAYAN, desk)
    assert desk.cases.get(case.id).state is CaseState.SETTLED


def test_one_officer_alone_never_settles_a_case(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    rule(case, SAME, SARI, desk)  # a change of mind that says the same
    assert desk.cases.get(case.id).state is CaseState.WAITING
    assert len(rules.standing(desk.cases.decisions(case.id))) == 1


def test_two_who_disagree_need_a_third(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    assert desk.cases.get(case.id).state is CaseState.DISPUTED
    with pytest.raises(NotAllowed, match="ketiga"):
        rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, BUDI, desk)
    assert desk.cases.get(case.id).state is CaseState.SETTLED
    agreed = rules.agreement(desk.cases.decisions(case.id))
    assert agreed is not None
    assert [d.officer for d in agreed] == [WAYAN.id, BUDI.id]


def test_three_of_three_minds_may_think_again(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    rule(case, Choice(Ruling.SAME_PERSON, kept=20, struck=(10,)), WAYAN, desk)
    rule(case, DIFFERENT, BUDI, desk)
    assert desk.cases.get(case.id).state is CaseState.DISPUTED
    rule(case, DIFFERENT, SARI, desk)
    assert desk.cases.get(case.id).state is CaseState.SETTLED


def test_the_second_officer_sees_nothing_of_the_first_ones_choice(case: Case, desk: Desk) -> None:
    first = rule(case, SAME, SARI, desk)
    shown = show_case(case.id, WAYAN, desk=desk)
    assert shown.decisions == ()
    published = json.dumps(entries(desk))
    assert "ganda" not in published.replace("pencari-ganda", "")  # the ledger is public at once
    assert first.reason not in published
    assert '"kept"' not in published


def test_the_settlement_opens_every_choice(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    rule(case, SAME, BUDI, desk)
    made = {e["body"]["decision"]: e["body"] for e in entries(desk) if e["kind"] == "decision_made"}
    (settled,) = [e["body"] for e in entries(desk) if e["kind"] == "case_settled"]
    assert (settled["ruling"], settled["kept"], settled["struck"]) == ("ganda", 10, [20])
    assert len(settled["opened"]) == 3
    for opened in settled["opened"]:
        choice = Choice(Ruling(opened["ruling"]), opened["kept"], tuple(opened["struck"]))
        commitment = choice_commitment(case.id, choice, salt=bytes.fromhex(opened["salt"]))
        assert commitment == made[opened["decision"]]["choice_commitment"]


def test_everybody_sees_all_rulings_with_reasons_once_settled(case: Case, desk: Desk) -> None:
    rule(case, SAME, SARI, desk)
    rule(case, SAME, WAYAN, desk)
    shown = show_case(case.id, TONO, desk=desk)
    assert [(d.officer, d.reason, d.document) for d in shown.decisions] == [
        (SARI.id, "NKK dan alamat sama", "Surat Disdukcapil 470/12"),
        (WAYAN.id, "NKK dan alamat sama", "Surat Disdukcapil 470/12"),
    ]
    assert not shown.may_decide


def test_it_refuses_an_officer_of_another_kabupaten(case: Case, desk: Desk) -> None:
    for attempt in (lambda: show_case(case.id, RATNA, desk=desk), lambda: rule(case, SAME, RATNA, desk)):
        with pytest.raises(NotAllowed, match=r"34\.04"):
            attempt()
    assert desk.cases.get(case.id) == case
    assert desk.cases.seen_digest(case.id, RATNA.id) is None


def test_the_observer_reads_and_does_not_decide(case: Case, desk: Desk) -> None:
    assert not show_case(case.id, TONO, desk=desk).may_decide
    with pytest.raises(NotAllowed, match="Pengawas"):
        decide_case(case.id, DIFFERENT, reason="x", document="", officer=TONO, desk=desk)


def test_it_refuses_a_ruling_on_evidence_not_seen(case: Case, desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="bukti yang dilihat"):
        decide_case(case.id, DIFFERENT, reason="yakin", document="", officer=SARI, desk=desk)


def test_first_sight_is_an_entry_and_the_second_is_none(case: Case, desk: Desk) -> None:
    show_case(case.id, SARI, desk=desk)
    show_case(case.id, SARI, desk=desk)
    assert [e["kind"] for e in entries(desk)].count("evidence_seen") == 1


@pytest.mark.parametrize(
    ("choice", "reason", "document"),
    [
        (DIFFERENT, "  ", ""),
        (SAME, "sama", " "),
        (Choice(Ruling.SAME_PERSON, kept=10, struck=(10, 20)), "sama", "dok"),
        (Choice(Ruling.SAME_PERSON, kept=10, struck=()), "sama", "dok"),
        (Choice(Ruling.SAME_PERSON, kept=11, struck=(20,)), "sama", "dok"),
        (Choice(Ruling.SAME_PERSON, kept=10, struck=(21,)), "sama", "dok"),
        (Choice(Ruling.DIFFERENT_PEOPLE, struck=(20,)), "beda", "dok"),
    ],
)
def test_an_unsound_choice_is_refused_and_nothing_is_saved(
    case: Case, desk: Desk, choice: Choice, reason: str, document: str
) -> None:
    show_case(case.id, SARI, desk=desk)
    before = entries(desk)
    with pytest.raises(BadInput):
        decide_case(case.id, choice, reason=reason, document=document, officer=SARI, desk=desk)
    assert desk.cases.decisions(case.id) == ()
    assert entries(desk) == before


def test_a_change_of_mind_names_the_decision_it_replaces(case: Case, desk: Desk) -> None:
    first = rule(case, SAME, SARI, desk)
    second = rule(case, UNDECIDED, SARI, desk)
    assert second.supersedes == first.id
    assert [d.id for d in desk.cases.decisions(case.id)] == [first.id, second.id]


def test_who_is_slower_is_told_instead_of_overwriting(case: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    show_case(case.id, SARI, desk=desk)
    show_case(case.id, WAYAN, desk=desk)
    unhurried = desk.cases.seen_digest

    def sari_is_faster(case_id: CaseId, officer: OfficerId) -> str | None:
        monkeypatch.undo()  # once, after Wayan's step has read the case and before it writes
        rule(case, SAME, SARI, desk)
        return unhurried(case_id, officer)

    monkeypatch.setattr(desk.cases, "seen_digest", sari_is_faster)
    with pytest.raises(CaseChanged):
        decide_case(case.id, DIFFERENT, reason="beda", document="", officer=WAYAN, desk=desk)
    assert [d.officer for d in desk.cases.decisions(case.id)] == [SARI.id]


def test_numbers_and_disability_are_masked(case: Case, desk: Desk) -> None:
    shown = show_case(case.id, SARI, desk=desk)
    for record in shown.records:
        assert record.values["nik"] == "3404**********" + record.values["nik"][14:]
        assert "3404071203080012" not in record.values.values()
        assert record.values["disabilitas"] == "•"
        assert "hidden" in repr(record) or "NGATINEM" not in repr(record)


def test_evidence_changed_behind_the_stores_back_stops_everything(case: Case, desk: Desk) -> None:
    other = desk.cases.sealed_evidence(case.id)[:-1] + b"\x00"
    desk.cases._evidence[case.id] = other  # type: ignore[attr-defined]
    with pytest.raises(Broken):
        show_case(case.id, SARI, desk=desk)
