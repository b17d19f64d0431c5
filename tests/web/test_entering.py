import json
from pathlib import Path

import pytest

from saksama.flow.desk import Desk
from saksama.flow.enter import LedgerBroken, LedgerBusy
from saksama.flow.office import Office
from saksama.model.case import Case
from saksama.web.entering import Looking
from tests.cast import SARI
from tests.web.conftest import DIFFERENT, rule


def size(office: Office) -> int:
    note = office.published / "checkpoint"
    return int(note.read_text().split("\n")[1]) if note.is_file() else 0


def test_a_look_enters_what_waits(case: Case, desk: Desk, office: Office) -> None:
    waiting = len(desk.cases.outbox(100))
    assert Looking(office)() is True
    assert desk.cases.outbox(1) == []
    assert size(office) == waiting + 1  # and the entry that opens the office


def test_a_look_that_finds_nothing_signs_nothing(case: Case, office: Office) -> None:
    look = Looking(office)
    look()
    before = (office.published / "checkpoint").read_bytes()
    look()
    assert (office.published / "checkpoint").read_bytes() == before


def test_the_next_decision_is_entered_by_the_next_look(case: Case, desk: Desk, office: Office) -> None:
    look = Looking(office)
    look()
    before = size(office)
    rule(case, DIFFERENT, SARI, desk)
    look()
    assert size(office) == before + 2  # seen, and decided


def test_a_roll_that_another_process_took_in_is_entered(walked: Office) -> None:
    look = Looking(walked)
    look()
    before = size(walked)
    folder = walked.rolls.folder / "aaaaaaaaaaaaaaaa"
    folder.mkdir()
    source = next(walked.rolls.folder.glob("[!.]*/entries.jsonl")).read_bytes().decode()
    (roll,) = walked.rolls.rolls()
    (folder / "entries.jsonl").write_text(source.replace(roll.roll, "aaaaaaaaaaaaaaaa"))
    look()
    assert size(walked) == before + 1


def test_a_busy_ledger_is_tried_again(case: Case, desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    with monkeypatch.context() as patch:
        patch.setattr(Office, "book", _raising(LedgerBusy("dipakai proses lain")))
        look = Looking(office, sleep=slept.append)
        assert look() is True
        assert slept
        assert desk.cases.outbox(1)
    assert look() is True
    assert desk.cases.outbox(1) == []


def test_a_broken_promise_stops_the_entering_and_keeps_the_evidence(
    case: Case, desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = desk.cases.outbox(100)
    monkeypatch.setattr(Office, "book", _raising(LedgerBroken("akar tidak cocok")))
    assert Looking(office)() is False
    assert desk.cases.outbox(100) == waiting
    assert "entering has stopped" in caplog.text


def test_an_unexpected_fault_stops_it_too_and_its_text_is_not_printed(
    case: Case, desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Office, "book", _raising(KeyError("NGATINEM")))
    assert Looking(office)() is False
    assert "KeyError" in caplog.text
    assert "NGATINEM" not in caplog.text


def test_what_is_published_names_nobody(case: Case, desk: Desk, office: Office) -> None:
    rule(case, DIFFERENT, SARI, desk)
    entries = [json.loads(written) for _, written in desk.cases.outbox(100)]
    assert {entry["actor"] for entry in entries} == {"program:office-enrol", "program:cases-refer", SARI.id}
    Looking(office)()
    for path in Path(office.published).rglob("*"):
        assert not path.is_file() or b"NGATINEM" not in path.read_bytes()


def _raising(fault: Exception):  # type: ignore[no-untyped-def]
    def book(_office: Office) -> None:
        raise fault

    return book
