"""Steps 1-6 on a planted roll, with real parts and no page: what the whole promises."""

import json
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from saksama.audit.checks import audit_folder
from saksama.casework.store import CaseFilter, MemoryCaseStore
from saksama.flow.decide import decide_case, show_case
from saksama.flow.enact import Enacted, NothingSettled, enact_decisions
from saksama.flow.enter import enter_pending
from saksama.flow.find import find_duplicates, plan_from
from saksama.flow.intake import take_in_roll
from saksama.flow.office import Office, create_office, enrolment_entry
from saksama.flow.refer import Referred, refer_cases
from saksama.flow.sample import make_sample
from saksama.model.case import Case, CaseState
from saksama.model.decision import Choice, Ruling
from saksama.model.errors import NotAllowed
from saksama.model.roll import RollId, RollKind
from tests.cast import BUDI, SARI, SLEMAN, TONO, WAYAN
from tests.flow.conftest import SteppingClock

LINES = 4000


@dataclass
class Story:
    """An office in which the main path was walked once, and what was planted."""

    office: Office
    roll: RollId
    run: str
    referred: Referred
    enacted: Enacted
    truth: dict[int, int]
    secrets: set[str]
    log: str

    @property
    def folder(self) -> Path:
        return self.office.published


def person_by_line(truth: Path) -> dict[int, int]:
    table = pq.read_table(truth)
    return dict(zip(table["line"].to_pylist(), table["person"].to_pylist(), strict=True))


def all_cases(office: Office) -> list[Case]:
    return list(office.desk.cases.page(CaseFilter(SLEMAN), limit=100_000).cases)


def decide_by_truth(office: Office, truth: dict[int, int]) -> None:
    """Two officers rule every case as it is: they know these people."""
    for case in all_cases(office):
        same = [line for line in case.lines if truth[line] == truth[case.lines[0]]]
        ruled = (
            Choice(Ruling.SAME_PERSON, same[0], tuple(same[1:])) if len(same) > 1 else Choice(Ruling.DIFFERENT_PEOPLE)
        )
        document = "Disdukcapil 470/2026" if ruled.struck else ""
        for officer in (SARI, WAYAN):
            show_case(case.id, officer, desk=office.desk)
            decide_case(case.id, ruled, reason="diperiksa", document=document, officer=officer, desk=office.desk)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    heard = folder / "log"
    handler = logging.FileHandler(heard)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    make_sample(folder / "roll.csv", lines=LINES, seed=7, wilayah="34.04", truth=folder / "truth.parquet")
    office = replace(
        create_office(folder / "kantor", SLEMAN, name="KPU Kabupaten Sleman", clock=SteppingClock()),
        cases=MemoryCaseStore(),
    )
    for officer in (SARI, WAYAN, TONO, BUDI):
        office.desk.cases.add_to_outbox(enrolment_entry(officer, office=office, by="program:office-enrol"))
    taken = take_in_roll(folder / "roll.csv", RollKind.DPB, shelf=office.rolls, clock=office.clock)
    roll = taken.summary.roll
    found = find_duplicates(roll, plan_from(None), rolls=office.rolls, runs=office.runs, clock=office.clock)
    referred = refer_cases(found.run, rolls=office.rolls, runs=office.runs, desk=office.desk)
    truth = person_by_line(folder / "truth.parquet")
    decide_by_truth(office, truth)
    with office.book() as book:
        enter_pending(book, office.desk.cases)
        enacted = enact_decisions(roll, rolls=office.rolls, outcomes=office.outcomes, book=book, desk=office.desk)
        enter_pending(book, office.desk.cases)
    people = office.rolls.table(roll, ["nama_asli", "nik_asli", "nkk_asli"]).to_pylist()
    secrets = {value for person in people for value in person.values() if value}
    yield Story(office, roll, found.run, referred, enacted, truth, secrets, heard.read_text())
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_every_line_is_accounted_for(story: Story) -> None:
    summary = story.office.rolls.summary(story.roll)
    assert (summary.lines_in, summary.checked + summary.set_aside) == (LINES, LINES)


def test_planted_doubles_become_cases(story: Story) -> None:
    assert story.referred.opened > 20
    assert story.referred.opened == story.referred.clusters


def test_taking_in_finding_and_referring_twice_change_nothing(story: Story, tmp_path: Path) -> None:
    office = story.office
    make_sample(tmp_path / "again.csv", lines=LINES, seed=7, wilayah="34.04")
    assert not take_in_roll(tmp_path / "again.csv", RollKind.DPB, shelf=office.rolls, clock=office.clock).is_new
    assert not find_duplicates(
        story.roll, plan_from(None), rolls=office.rolls, runs=office.runs, clock=office.clock
    ).is_new
    again = refer_cases(story.run, rolls=office.rolls, runs=office.runs, desk=office.desk)
    assert (again.opened, again.known) == (0, story.referred.opened)


def test_the_next_roll_lacks_exactly_the_struck(story: Story) -> None:
    about = story.enacted.about
    written = pq.read_table(story.enacted.folder / "daftar-berikutnya.parquet")
    assert written.num_rows == about["lines_after"] == LINES - about["struck"]
    assert about["struck"] > 10
    tally = json.loads((story.folder / "outcomes" / about["outcome"] / "hitungan.json").read_text())
    assert (tally["lines_after"], tally["struck"]) == (about["lines_after"], about["struck"])


def test_enacting_twice_changes_nothing(story: Story) -> None:
    office = story.office
    with office.book() as book:
        again = enact_decisions(story.roll, rolls=office.rolls, outcomes=office.outcomes, book=book, desk=office.desk)
        size = book.log.size
        assert enter_pending(book, office.desk.cases).checkpoint.size == size
    assert not again.is_new
    assert again.about == story.enacted.about


def test_the_audit_says_yes(story: Story) -> None:
    report = audit_folder(story.folder)
    assert report.exit_code == 0, "\n".join(report.sentences())


@pytest.mark.parametrize("name", ["checkpoint", "policy", "tile", "outcomes"])
def test_the_audit_says_no_when_one_byte_changes(story: Story, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "published"
    shutil.copytree(story.folder, copy)
    target = copy / name
    victim = target if target.is_file() else max(p for p in target.rglob("*") if p.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert audit_folder(copy).exit_code == 1


def published_text(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_published_and_no_log_line_names_a_voter(story: Story) -> None:
    assert len(story.secrets) > LINES
    for text in (published_text(story.folder), story.log):
        words = set(re.split(r"[^A-Za-z0-9+/=.,']+", text))
        for secret in story.secrets:
            # A name of one word is looked for as a word; by letters alone it would stand in some base64.
            assert secret not in (text if " " in secret or len(secret) > 9 else words)


def test_no_plain_personal_data_rests_outside_the_files_asked_for(story: Story) -> None:
    office = story.office.folder
    asked_for = {story.enacted.folder / f"daftar-berikutnya{suffix}" for suffix in (".csv", ".xlsx", ".parquet")}
    numbers = [secret.encode() for secret in story.secrets if re.fullmatch("[0-9]{16}", secret)]
    names = [secret.encode() for secret in story.secrets if secret.count(" ") and len(secret) > 9]
    for path in office.rglob("*"):
        if path.is_file() and path not in asked_for:
            content = path.read_bytes()
            assert not any(secret in content for secret in (*numbers, *names)), path.relative_to(office)


def test_only_decided_cases_change_anything(story: Story, tmp_path: Path) -> None:
    kantor = tmp_path / "kantor"
    fresh = replace(create_office(kantor, SLEMAN, name="KPU", clock=SteppingClock()), cases=MemoryCaseStore())
    with fresh.book() as book, pytest.raises(NothingSettled):
        enact_decisions(story.roll, rolls=story.office.rolls, outcomes=fresh.outcomes, book=book, desk=fresh.desk)
    assert list(fresh.outcomes.folder.iterdir()) == []


def test_a_decision_not_yet_in_the_ledger_has_no_effect(story: Story, tmp_path: Path) -> None:
    office = story.office
    other = replace(create_office(tmp_path / "kantor", SLEMAN, name="KPU", clock=SteppingClock()), cases=office.cases)
    with other.book() as book, pytest.raises(NotAllowed, match="buku besar"):
        enact_decisions(story.roll, rolls=office.rolls, outcomes=other.outcomes, book=book, desk=office.desk)


def test_cases_whose_settlement_took_effect_are_enacted(story: Story) -> None:
    assert {case.state for case in all_cases(story.office)} == {CaseState.ENACTED}
