"""What the database refuses from anyone: raw SQL stands for a bug, another program, a curious hand."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from saksama.flow.decide import show_case
from saksama.flow.desk import Desk
from saksama.model.case import Case
from saksama.model.errors import Broken
from saksama.web.cases import immutability
from saksama.web.people.models import User
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, rule, same


def refused(statement: str, *values: Any) -> str:
    """The reason the database gives for refusing; fails if it does not refuse."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(refusal.value)


def insert_decision(case: Case, officer_id: str, **changed: Any) -> str:
    values = {
        "id": "d1",
        "case_id": case.id,
        "officer_id": officer_id,
        "ruling": "bukan_ganda",
        "kept": None,
        "struck": "[]",
        "at": "2026-11-23 07:00:00",
        "evidence_digest": case.evidence_digest,
        "supersedes_id": None,
        "sealed_text": b"x",
    } | changed
    columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
    return refused(f"INSERT INTO cases_decisionrow ({columns}) VALUES ({places})", *values.values())  # noqa: S608


@pytest.fixture
def seen(case: Case, desk: Desk) -> Case:
    """The case, its evidence seen by everybody who may read it."""
    for officer in (SARI, WAYAN, BUDI):
        show_case(case.id, officer, desk=desk)
    return case


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_decisionrow SET ruling = 'ganda', kept = 1040",
        "UPDATE cases_decisionrow SET officer_id = 'P-000002'",
        "UPDATE cases_decisionrow SET sealed_text = x'00'",
        "DELETE FROM cases_decisionrow",
        "UPDATE cases_evidencerow SET sealed = x'00'",
        "DELETE FROM cases_evidencerow",
        "UPDATE cases_seenrow SET digest = 'x'",
        "DELETE FROM cases_seenrow",
        "UPDATE cases_linerow SET line = 0",
        "DELETE FROM cases_linerow",
        "UPDATE cases_placerow SET code = '34.02'",
        "DELETE FROM cases_placerow",
        "UPDATE cases_outboxrow SET body = x'00'",
        "UPDATE cases_outboxrow SET id = 'other:' || number",
        "DELETE FROM cases_outboxrow",
        "UPDATE cases_caserow SET evidence_digest = 'x', version = version + 1",
        "UPDATE cases_caserow SET wilayah = '34.02'",
        "DELETE FROM cases_caserow",
        "UPDATE people_officerprofile SET role = 'anggota' WHERE officer_id = 'P-000004'",
        "UPDATE people_officerprofile SET wilayah = '34.04' WHERE officer_id = 'P-000003'",
        "DELETE FROM people_officerprofile",
    ],
)
def test_nothing_that_was_done_is_changed_or_deleted(statement: str, case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    refused(statement)


def test_an_entry_that_was_entered_does_not_wait_again(case: Case, desk: Desk) -> None:
    desk.cases.mark_entered([entry_id for entry_id, _ in desk.cases.outbox(100)])
    assert "never changed" in refused("UPDATE cases_outboxrow SET entered = 0")


def test_an_assistant_cannot_decide(seen: Case) -> None:
    assert "enrolled officer" in insert_decision(seen, "pencari-ganda")


def test_an_assistant_cannot_be_enrolled_as_an_officer(desk: Desk) -> None:
    user = User.objects.create(username="robot")
    columns = ("officer_id", "user_id", "role", "wilayah", "office_name")
    insert = f"INSERT INTO people_officerprofile ({', '.join(columns)}) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
    row = {"officer_id": "P-000009", "user_id": user.pk, "role": "asisten", "wilayah": "34.04", "office_name": "x"}
    assert "officer_role_is_a_persons" in refused(insert, *row.values())
    row |= {"role": "operator", "officer_id": "program:x"}
    assert "P- and six digits" in refused(insert, *row.values())


def test_an_observer_cannot_decide(seen: Case) -> None:
    assert "may decide" in insert_decision(seen, TONO.id)


def test_an_officer_of_another_kabupaten_cannot_decide(seen: Case) -> None:
    assert "own area" in insert_decision(seen, RATNA.id)


def test_who_was_let_go_cannot_decide(seen: Case) -> None:
    User.objects.filter(username="sari").update(is_active=False)
    assert "enrolled officer" in insert_decision(seen, SARI.id)


def test_nobody_decides_on_evidence_they_have_not_seen(case: Case, desk: Desk) -> None:
    assert "has seen" in insert_decision(case, SARI.id)
    show_case(case.id, SARI, desk=desk)
    assert "has seen" in insert_decision(case, SARI.id, evidence_digest="0" * 64)


@pytest.mark.parametrize(
    "changed",
    [
        {"ruling": "ganda", "kept": None, "struck": "[52317]"},
        {"ruling": "ganda", "kept": 1040, "struck": "[]"},
        {"ruling": "ganda", "kept": 1040, "struck": "[1040]"},
        {"ruling": "ganda", "kept": 1040, "struck": "[7]"},
        {"ruling": "ganda", "kept": 7, "struck": "[52317]"},
        {"ruling": "bukan_ganda", "kept": 1040, "struck": "[]"},
        {"ruling": "bukan_ganda", "kept": None, "struck": "[52317]"},
        {"ruling": "coret_semua", "kept": None, "struck": "[]"},
    ],
)
def test_a_strike_keeps_one_line_of_the_case_and_strikes_others_of_it(changed: dict[str, Any], seen: Case) -> None:
    insert_decision(seen, SARI.id, **changed)


def test_an_officer_has_one_standing_decision(case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    assert "one standing decision" in insert_decision(case, SARI.id)


def test_nobody_supersedes_another_officers_decision(case: Case, desk: Desk) -> None:
    of_sari = rule(case, DIFFERENT, SARI, desk)
    show_case(case.id, WAYAN, desk=desk)
    assert "of their own" in insert_decision(case, WAYAN.id, supersedes_id=of_sari.id)


def test_a_settled_case_takes_no_decision(case: Case, desk: Desk) -> None:
    show_case(case.id, BUDI, desk=desk)
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    assert "takes no decision" in insert_decision(case, BUDI.id)


def test_no_case_is_settled_by_one_officer_or_by_two_who_disagree(case: Case, desk: Desk) -> None:
    settle = "UPDATE cases_caserow SET state = 'settled', version = version + 1"
    assert "two different officers" in refused(settle)
    rule(case, same(case), SARI, desk)
    assert "two different officers" in refused(settle)
    rule(case, DIFFERENT, WAYAN, desk)
    assert "two different officers" in refused(settle)


def test_a_ruling_that_was_superseded_settles_nothing(case: Case, desk: Desk) -> None:
    rule(case, same(case), SARI, desk)
    rule(case, DIFFERENT, SARI, desk)
    rule(case, same(case), WAYAN, desk)
    assert "two different officers" in refused("UPDATE cases_caserow SET state = 'settled', version = version + 1")


@pytest.mark.parametrize(
    "change",
    ["state = 'open', version = version + 1", "version = version + 2", "version = 0", "state = 'lost', version = 3"],
)
def test_a_settled_case_does_not_move_back(change: str, case: Case, desk: Desk) -> None:
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    refused(f"UPDATE cases_caserow SET {change}")  # noqa: S608


def test_an_open_case_is_not_enacted(case: Case) -> None:
    refused("UPDATE cases_caserow SET state = 'enacted', version = version + 1")


def test_a_case_cannot_be_born_settled(case: Case) -> None:
    with connection.cursor() as cursor:
        names = [c.name for c in connection.introspection.get_table_description(cursor, "cases_caserow")]
    copied = ", ".join({"id": "'GD-22222-22222'", "state": "'settled'"}.get(name, name) for name in names)
    refused(f"INSERT INTO cases_caserow ({', '.join(names)}) SELECT {copied} FROM cases_caserow")  # noqa: S608


def test_a_line_belongs_to_one_case(case: Case) -> None:
    refused("INSERT INTO cases_linerow (case_id, roll, line) SELECT case_id, roll, line FROM cases_linerow")


def test_a_database_without_its_guards_is_not_served(db: None) -> None:
    immutability.require_installed(connection)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER decision_is_a_persons")
    with pytest.raises(Broken, match="decision_is_a_persons"):
        immutability.require_installed(connection)


def test_the_guards_are_laid_again_after_every_migrate(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER decision_is_a_persons")
    immutability.lay_after_migrate()
    immutability.require_installed(connection)
