"""An office with everybody enrolled, its pages behind clients who are signed in, and a live site for the browser."""

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from saksama.flow.desk import Desk
from saksama.flow.office import Office, create_office
from saksama.model import texts
from saksama.model.case import Case
from saksama.model.decision import Choice, Decision, Ruling
from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.wilayah import Wilayah
from saksama.web.cases import immutability
from saksama.web.people import site as serving_site
from saksama.web.people.enrolling import enrol
from saksama.web.people.models import OfficerProfile
from tests.cast import BUDI, RATNA, SARI, SLEMAN, TONO, WAYAN
from tests.web.planting import HER_OTHER_LINE, NGATINEM, THIRD, plant

# Playwright keeps a loop in the thread that runs the tests, where Django would then refuse its ordinary database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PASSWORD = "kata sandi yang panjang"
PROVINCE = Officer(OfficerId("P-000006"), Role.MEMBER, Wilayah("34"), "KPU Daerah Istimewa Yogyakarta")
NAMES = {SARI.id: "sari", WAYAN.id: "wayan", RATNA.id: "ratna", TONO.id: "tono", BUDI.id: "budi"}
Signed = Callable[[Officer | None], Client]


class SteppingClock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The next second."""
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture(scope="session")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office folder, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("kantor") / "sleman"
    create_office(folder, SLEMAN, name="KPU Kabupaten Sleman", clock=SteppingClock())
    return folder


@pytest.fixture(autouse=True)
def _quick_passwords_and_indonesian(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AUTH_PASSWORD_VALIDATORS = []  # their list of common passwords takes a while; test_enrolling has them
    texts.speak("id")
    yield
    texts.speak("id")


def _people_of(office: Office) -> None:
    for officer in (SARI, WAYAN, RATNA, TONO, BUDI):
        enrol(officer, username=NAMES[officer.id], password=PASSWORD, office=office)


def _open(empty_office: Path, folder: Path) -> Office:
    shutil.copytree(empty_office, folder)
    opened = serving_site.open_folder(folder)
    office = dataclasses.replace(opened, clock=SteppingClock())
    serving_site.use(office)
    _people_of(office)
    return office


@pytest.fixture
def office(db: None, empty_office: Path, tmp_path: Path) -> Iterator[Office]:
    """The office of Sleman with its five people enrolled."""
    yield _open(empty_office, tmp_path / "sleman")
    serving_site.use(None)


@pytest.fixture
def desk(office: Office) -> Desk:
    """What working on its cases needs."""
    return office.desk


@pytest.fixture
def case(desk: Desk) -> Case:
    """One open case of two records."""
    return plant(desk)


@pytest.fixture
def trio(desk: Desk) -> Case:
    """One open case of three records."""
    return plant(desk, (NGATINEM, HER_OTHER_LINE, THIRD), lines=(11, 22, 33))


def client_of(officer: Officer | None) -> Client:
    """A client for an officer, signed in; for None, nobody."""
    client = Client()
    if officer is not None:
        client.force_login(OfficerProfile.objects.get(officer_id=officer.id).user)
    return client


@pytest.fixture
def signed(office: Office) -> Signed:
    """Clients of this office."""
    return client_of


DIFFERENT = Choice(Ruling.DIFFERENT_PEOPLE)
UNDECIDED = Choice(Ruling.UNDECIDED)


def same(case: Case) -> Choice:
    """Ganda: the first line stays."""
    return Choice(Ruling.SAME_PERSON, kept=case.lines[0], struck=case.lines[1:])


def rule(case: Case, choice: Choice, officer: Officer, desk: Desk) -> Decision:
    """See the case, then rule on it, as a person does."""
    from saksama.flow.decide import decide_case, show_case

    show_case(case.id, officer, desk=desk)
    document = "Surat Disdukcapil 470/12" if choice.ruling is Ruling.SAME_PERSON else ""
    return decide_case(case.id, choice, reason="NKK dan alamat sama", document=document, officer=officer, desk=desk)


@pytest.fixture
def live(transactional_db: None, empty_office: Path, tmp_path: Path, live_server: Any) -> Iterator[tuple[Office, str]]:
    """The office and the address of its live site (Django's threaded server over the test database).

    The guards of the database refuse deletion, so they step aside while the test's rows are swept out.
    """
    immutability.install(connection)
    office = _open(empty_office, tmp_path / "sleman")
    yield office, live_server.url
    serving_site.use(None)
    with connection.cursor() as cursor:
        for name in immutability.TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@pytest.fixture(scope="session")
def walked_office(empty_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office folder in which steps 1 to 6 were walked once over a small roll, its cases in memory."""
    from saksama.casework.store import CaseFilter, MemoryCaseStore
    from saksama.flow.enact import enact_decisions
    from saksama.flow.enter import enter_pending
    from saksama.flow.find import find_duplicates, plan_from
    from saksama.flow.intake import take_in_roll
    from saksama.flow.office import open_office
    from saksama.flow.refer import refer_cases
    from saksama.flow.sample import make_sample
    from saksama.model.roll import RollKind

    folder = tmp_path_factory.mktemp("walked") / "sleman"
    shutil.copytree(empty_office, folder)
    office = open_office(folder, clock=SteppingClock(), cases=MemoryCaseStore())
    csv = folder.parent / "dpb.csv"
    make_sample(csv, lines=3000, seed=11, wilayah="34.04")
    taken = take_in_roll(csv, RollKind.DPB, shelf=office.rolls, clock=office.clock).summary
    found = find_duplicates(taken.roll, plan_from(None), rolls=office.rolls, runs=office.runs, clock=office.clock)
    refer_cases(found.run, rolls=office.rolls, runs=office.runs, desk=office.desk)
    case = office.desk.cases.page(CaseFilter(area=SLEMAN), limit=1).cases[0]
    for officer in (SARI, WAYAN):
        rule(case, same(case), officer, office.desk)
    with office.book() as book:
        enter_pending(book, office.desk.cases)
        enact_decisions(taken.roll, rolls=office.rolls, outcomes=office.outcomes, book=book, desk=office.desk)
        enter_pending(book, office.desk.cases)
    return folder


@pytest.fixture
def walked(db: None, walked_office: Path, tmp_path: Path) -> Iterator[Office]:
    """The office after the whole path, everybody enrolled in its database."""
    yield _open(walked_office, tmp_path / "walked")
    serving_site.use(None)
