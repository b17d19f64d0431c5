import json
from pathlib import Path

import pytest

from saksama.audit.checks import audit_folder
from saksama.casework.store import MemoryCaseStore
from saksama.flow import enter
from saksama.flow.decide import show_case
from saksama.flow.enter import LedgerBusy, LedgerWaits, enter_pending
from saksama.flow.office import Office, create_office, enrolment_entry
from saksama.ledger.errors import NoQuorum
from saksama.model.case import Case
from saksama.model.errors import BadInput
from saksama.model.officer import Officer
from tests.cast import SARI, WAYAN
from tests.ledger.postgres import address


def enrol(office: Office, *officers: Officer) -> None:
    for officer in officers:
        office.desk.cases.add_to_outbox(enrolment_entry(officer, office=office, by="program:office-enrol"))


def entered_kinds(office: Office) -> list[str]:
    with office.book() as book:
        return [json.loads(book.log.entry(index))["kind"] for index in range(book.log.size)]


def test_what_waits_is_entered_once(office: Office) -> None:
    enrol(office, SARI)
    with office.book() as book:
        assert enter_pending(book, office.desk.cases).new == 2
        assert enter_pending(book, office.desk.cases).new == 0
    assert entered_kinds(office) == ["office_opened", "officer_enrolled"]
    assert office.desk.cases.outbox(10) == []


def test_a_crash_before_marking_enters_nothing_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(office, SARI)

    def killed(_store: MemoryCaseStore, _ids: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash, office.book() as book, pytest.raises(KeyboardInterrupt):
        crash.setattr(MemoryCaseStore, "mark_entered", killed)
        enter_pending(book, office.desk.cases)
    assert len(office.desk.cases.outbox(10)) == 1  # it waits still
    with office.book() as book:
        assert enter_pending(book, office.desk.cases).new == 0
    assert office.desk.cases.outbox(10) == []
    assert entered_kinds(office) == ["office_opened", "officer_enrolled"]


def test_nothing_is_marked_entered_without_the_witness(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(office, SARI)

    def refuses(*_args: object, **_kwargs: object) -> None:
        raise NoQuorum("the witness does not answer")

    with monkeypatch.context() as outage, office.book() as book, pytest.raises(LedgerWaits, match="witness"):
        outage.setattr(type(book.log), "checkpoint", refuses)
        enter_pending(book, office.desk.cases)
    assert len(office.desk.cases.outbox(10)) == 1
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    assert audit_folder(office.published).exit_code == 0


def test_causes_stand_before_effects(office: Office, case: Case) -> None:
    enrol(office, SARI, WAYAN)
    show_case(case.id, WAYAN, desk=office.desk)
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    kinds = entered_kinds(office)
    assert kinds.index("case_referred") < kinds.index("evidence_seen")


def test_two_processes_do_not_hold_the_log_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(enter, "_PATIENCE", 0.3)
    with office.book(), pytest.raises(LedgerBusy), office.book():
        pass
    with office.book() as book:  # free again
        assert book.log.size >= 0


def test_an_office_keeps_its_ledger_in_postgresql(tmp_path: Path) -> None:
    database = f"{address()}&options=-csearch_path%3Dnowhere"
    office = create_office(tmp_path / "office", SARI.wilayah, name="KPU Kabupaten Sleman", database=database)
    with office.book() as book:
        assert enter_pending(book, MemoryCaseStore()).checkpoint.size == 1
    assert audit_folder(office.published).exit_code == 0
    assert not list((office.folder / "ledger").glob("*.sqlite3"))
    with pytest.raises(BadInput, match="Buat basis data baru"):  # two offices need two databases
        create_office(tmp_path / "second", SARI.wilayah, name="KPU Kabupaten Sleman", database=database)
    with pytest.raises(BadInput, match=r"second/saksama\.toml"):
        create_office(tmp_path / "second", SARI.wilayah, name="KPU Kabupaten Sleman", database="mysql:///kpu")
    with pytest.raises(LedgerWaits, match="connection"):
        create_office(tmp_path / "second", SARI.wilayah, name="KPU", database="postgresql:///x?host=/nowhere")
    assert not (tmp_path / "second").exists()
