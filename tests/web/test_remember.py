"""What officers see of earlier rulings: on the case page, in the queue; and that nothing of it rests in clear."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client

from saksama.casework.memory import ChangedElement, EarlierRuling
from saksama.flow.desk import Desk
from saksama.model.case import Case, CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.record import Element
from saksama.web.cases import immutability
from saksama.web.cases.store import DjangoCaseStore
from tests.cast import SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, UNDECIDED, Signed, rule, same
from tests.web.planting import HER_OTHER_LINE, NGATINEM, ROLL, RUN, THIRD, plant

BEFORE = CaseId("GD-7KM2P-QX4ZB")
DECISIONS = (DecisionId("1" * 31 + "a"), DecisionId("2" * 31 + "b"))
LATE_IN_THE_EVENING = datetime(2026, 8, 11, 18, 30, tzinfo=UTC)  # on the 12th in Yogyakarta


def earlier(*changed: ChangedElement, ruling: Ruling = Ruling.DIFFERENT_PEOPLE) -> EarlierRuling:
    return EarlierRuling(11, 22, BEFORE, ruling, DECISIONS, LATE_IN_THE_EVENING, changed)


def trio_with(desk: Desk, was: EarlierRuling) -> Case:
    return plant(desk, (NGATINEM, HER_OTHER_LINE, THIRD), lines=(11, 22, 33), earlier=(was,))


def text_of(case: Case, client: Client) -> str:
    answer = client.get(f"/perkara/{case.id}/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


@pytest.mark.parametrize("reader", [SARI, WAYAN, TONO], ids=lambda officer: officer.id)
def test_an_earlier_ruling_is_shown_with_pair_date_case_and_decisions(reader, desk: Desk, signed: Signed) -> None:  # type: ignore[no-untyped-def]
    case = trio_with(desk, earlier())
    said = text_of(case, signed(reader))
    assert "Pasangan A–B diputus bukan ganda pada 12 Agustus 2026, perkara GD-7KM2P-QX4ZB." in said
    assert "Tidak ada unsur pasangan itu yang berubah." in said
    assert all(decision in said for decision in DECISIONS)
    page = signed(reader).get(f"/perkara/{case.id}/").content.decode()
    assert f'href="/perkara/{BEFORE}/"' in page


def test_what_has_changed_since_is_named_and_not_quoted(desk: Desk, signed: Signed) -> None:
    case = trio_with(desk, earlier(ChangedElement(22, Element.NIK), ChangedElement(22, Element.DISABILITAS)))
    said = text_of(case, signed(SARI))
    assert "Berubah sejak putusan itu: NIK (Data B), Disabilitas (Data B)." in said
    assert HER_OTHER_LINE["nik"] not in said


def test_an_earlier_referral_is_told_apart_from_a_ruling(desk: Desk, signed: Signed) -> None:
    said = text_of(trio_with(desk, earlier(ruling=Ruling.UNDECIDED)), signed(SARI))
    assert "Pasangan A–B dirujuk ke Disdukcapil pada 12 Agustus 2026" in said
    assert "diputus bukan ganda" not in said


def test_it_speaks_english(desk: Desk, signed: Signed) -> None:
    case = trio_with(desk, earlier(ChangedElement(11, Element.ALAMAT)))
    client = signed(SARI)
    client.post("/bahasa/", {"language": "en"})
    said = text_of(case, client)
    assert "Pair A–B was ruled not a double on 12 August 2026, case GD-7KM2P-QX4ZB." in said
    assert "Changed since that ruling: Address (Record A)." in said


def test_a_case_with_nothing_before_it_says_nothing_of_it(case: Case, signed: Signed) -> None:
    assert "Putusan terdahulu" not in text_of(case, signed(SARI))


def test_a_settled_referral_says_how_it_is_taken_up_again(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, UNDECIDED, SARI, desk)
    assert "--answered" not in text_of(case, signed(SARI))
    rule(case, UNDECIDED, WAYAN, desk)
    assert f"saksama cases refer --office FOLDER --answered {case.id}" in text_of(case, signed(SARI))


@pytest.mark.parametrize("kind", ["ganda", "bukan ganda"])
def test_no_other_settlement_does(kind: str, case: Case, desk: Desk, signed: Signed) -> None:
    for officer in (SARI, WAYAN):
        rule(case, same(case) if kind == "ganda" else DIFFERENT, officer, desk)
    assert "--answered" not in text_of(case, signed(SARI))


def account(desk: Desk, **counts: int) -> None:
    names = ("clusters", "referred", "ruled_before", "awaiting", "overlapping", "not_ours")
    body = {"run": RUN, "roll": ROLL} | {name: counts.get(name, 0) for name in names}
    entry = Entry(
        EntryId(f"run_referred:{RUN}"),
        EntryKind.RUN_REFERRED,
        at=desk.clock.now(),
        office=desk.office.code,
        actor="program:cases-refer",
        body=body,
    )
    desk.cases.add_to_outbox(entry)


def test_the_queue_says_how_many_were_not_raised_again_and_why(case: Case, desk: Desk, signed: Signed) -> None:
    account(desk, clusters=1210, referred=5, ruled_before=1203, awaiting=2)
    for client in (signed(SARI), signed(TONO)):
        page = re.sub(r"\s+", " ", client.get("/perkara/").content.decode())
        assert "sudah diputus bukan ganda, tidak ada unsur yang berubah: 1.203;" in page
        assert "menunggu jawaban Disdukcapil: 2." in page


def test_the_queue_says_nothing_where_all_was_raised(case: Case, desk: Desk, signed: Signed) -> None:
    assert "Tidak diangkat lagi" not in signed(SARI).get("/perkara/").content.decode()
    account(desk, clusters=5, referred=5)
    assert "Tidak diangkat lagi" not in signed(SARI).get("/perkara/").content.decode()


def test_the_database_holds_no_voter_and_no_mark_of_one(desk: Desk) -> None:
    case = trio_with(desk, earlier(ChangedElement(22, Element.ALAMAT)))
    for officer in (SARI, WAYAN):
        rule(case, DIFFERENT, officer, desk)
    secrets = {
        person[name] for person in (NGATINEM, HER_OTHER_LINE, THIRD) for name in ("nik", "nkk", "nama", "alamat")
    }
    with connection.cursor() as cursor:
        held = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # its own tables
            held += [value for row in cursor.fetchall() for value in row]
    written = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in held)
    assert case.id.encode() in written
    assert not [secret for secret in secrets if secret.encode() in written]


@pytest.fixture
def with_marks(transactional_db: None) -> Iterator[None]:
    """The database as it was while a case carried a keyed mark, its guards laid; afterwards as it is now, and empty."""
    call_command("migrate", "cases", "0001", verbosity=0)
    yield
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for name in immutability.TRIGGERS:  # they refuse deletion, and the test's rows must go
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def test_the_mark_leaves_the_table_of_cases_and_nothing_else_does(with_marks: None) -> None:
    row = {
        "id": BEFORE, "wilayah": "34.04", "roll": ROLL, "run": RUN, "lines": "[11, 22]", "band_rank": 1,
        "kpu_class": "K4", "class_scheme": "2018", "villages": '["", ""]', "evidence_digest": "0f" * 32,
        "mark": "aa" * 32, "state": "open", "opened_at": "2026-08-11 18:30:00", "version": 0,
    }  # fmt: skip
    with connection.cursor() as cursor:
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO cases_caserow ({names}) VALUES ({places})", list(row.values()))  # noqa: S608
        cursor.execute("INSERT INTO cases_linerow (case_id, roll, line) VALUES (%s, %s, 11)", [BEFORE, ROLL])
        cursor.execute("INSERT INTO cases_evidencerow (case_id, sealed) VALUES (%s, x'01')", [BEFORE])
    immutability.require_installed(connection)
    call_command("migrate", verbosity=0)
    immutability.require_installed(connection)
    with connection.cursor() as cursor:
        columns = {column.name for column in connection.introspection.get_table_description(cursor, "cases_caserow")}
        cursor.execute("PRAGMA foreign_key_check")
        assert cursor.fetchall() == []
    assert columns == set(row) - {"mark"}
    kept = DjangoCaseStore().get(BEFORE)
    assert (kept.lines, kept.roll, kept.kpu_class, kept.opened_at) == ((11, 22), ROLL, "K4", LATE_IN_THE_EVENING)
    with pytest.raises(IntegrityError, match="never deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_caserow")
