import json
from typing import Any

import pytest

from saksama.flow.desk import Desk
from saksama.flow.office import Office
from saksama.model.errors import BadInput
from saksama.model.officer import Officer, OfficerId, Role
from saksama.web import settings as site_settings
from saksama.web.office import enrol_officer, open_office
from saksama.web.people.models import OfficerProfile, User
from tests.cast import SARI, SLEMAN
from tests.web.conftest import PASSWORD

NEW = Officer(OfficerId("P-000077"), Role.MEMBER, SLEMAN, "KPU Kabupaten Sleman")


@pytest.fixture(autouse=True)
def _real_password_rules(settings: Any, _quick_passwords_and_indonesian: None) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = site_settings.AUTH_PASSWORD_VALIDATORS


def test_it_makes_an_account_a_profile_and_an_entry_as_one(desk: Desk, office: Office) -> None:
    enrol_officer(NEW, username="dewi", password=PASSWORD, office=office)
    assert OfficerProfile.objects.get(user__username="dewi").as_officer() == NEW
    entry = json.loads(desk.cases.outbox(100)[-1][1])
    assert entry["kind"] == "officer_enrolled"
    assert entry["body"]["officer"] == "P-000077"
    assert "dewi" not in json.dumps(entry)


def test_a_name_in_use_is_refused_in_whatever_letters(desk: Desk, office: Office) -> None:
    before = desk.cases.outbox(100)
    with pytest.raises(BadInput, match="sudah dipakai"):
        enrol_officer(NEW, username="SARI", password=PASSWORD, office=office)
    assert desk.cases.outbox(100) == before
    assert User.objects.count() == 5


def test_a_number_in_use_is_refused(office: Office) -> None:
    with pytest.raises(BadInput, match="P-000001"):
        enrol_officer(SARI, username="dewi", password=PASSWORD, office=office)
    assert not User.objects.filter(username="dewi").exists()


@pytest.mark.parametrize("weak", ["", "pendek", "password1234", "123456789012345"])
def test_a_weak_password_is_refused(weak: str, office: Office) -> None:
    with pytest.raises(BadInput):
        enrol_officer(NEW, username="dewi", password=weak, office=office)
    assert not User.objects.filter(username="dewi").exists()


@pytest.mark.parametrize("name", ["", "dua kata", "a" * 151])
def test_a_name_that_is_none_is_refused(name: str, office: Office) -> None:
    with pytest.raises(BadInput):
        enrol_officer(NEW, username=name, password=PASSWORD, office=office)


def test_a_folder_that_is_no_office_is_refused_before_anything_is_made(tmp_path: Any) -> None:
    with pytest.raises(BadInput, match="bukan kantor"):
        open_office(tmp_path)
    assert list(tmp_path.iterdir()) == []
