"""An office with everybody enrolled, its pages behind clients who are signed in, and a live site for the browser."""

import dataclasses
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
from saksama.model.officer import Officer
from saksama.web.cases import immutability
from saksama.web.people import site as serving_site
from saksama.web.people.enrolling import enrol
from saksama.web.people.models import OfficerProfile
from tests.cast import BUDI, RATNA, SARI, SLEMAN, TONO, WAYAN
from tests.web.planting import HER_OTHER_LINE, NGATINEM, THIRD, plant

PASSWORD = "kata sandi yang panjang"
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


@pytest.fixture
def signed(office: Office) -> Signed:
    """A client for an officer, signed in; for None, nobody."""

    def client_of(officer: Officer | None) -> Client:
        client = Client()
        if officer is not None:
            client.force_login(OfficerProfile.objects.get(officer_id=officer.id).user)
        return client

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
