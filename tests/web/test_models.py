import pytest
from django.core.management import call_command

from saksama.web.people.models import OfficerProfile
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN


def test_the_migrations_make_these_tables(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_django_finds_nothing_wrong_with_the_site(db: None) -> None:
    call_command("check", fail_level="WARNING")


@pytest.mark.parametrize("officer", [SARI, WAYAN, RATNA, TONO, BUDI], ids=lambda officer: officer.id)
def test_a_profile_is_the_officer_it_was_made_of(officer, office) -> None:  # type: ignore[no-untyped-def]
    assert OfficerProfile.objects.get(officer_id=officer.id).as_officer() == officer


def test_no_account_has_an_address_to_write_to(office) -> None:  # type: ignore[no-untyped-def]
    fields = {field.name for field in OfficerProfile._meta.get_field("user").related_model._meta.get_fields()}
    assert "email" not in fields
