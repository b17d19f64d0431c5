import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from saksama.flow.office import Office
from saksama.web.people.models import User
from tests.cast import SARI
from tests.web.conftest import PASSWORD, Signed

GENERIC = "Nama masuk atau kata sandi salah"


@pytest.fixture(autouse=True)
def _forget_attempts(db: None) -> None:
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, address: str = "/masuk/", **extra: str):  # type: ignore[no-untyped-def]
    return client.post(address, {"login": name, "password": password}, **extra)


def test_an_enrolled_officer_signs_in_and_lands_on_the_overview(office: Office) -> None:
    client = Client()
    answer = sign_in(client, "sari")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "P-000001" in client.get("/").content.decode()


def test_whoever_asks_for_a_page_first_is_led_back_to_it(office: Office) -> None:
    client = Client()
    refused = client.get("/perkara/")
    assert refused.headers["Location"] == "/masuk/?next=/perkara/"
    assert 'name="next" value="/perkara/"' in client.get(refused.headers["Location"]).content.decode()
    answer = client.post("/masuk/", {"login": "sari", "password": PASSWORD, "next": "/perkara/"})
    assert answer.headers["Location"] == "/perkara/"


def test_nobody_is_led_to_another_site(office: Office) -> None:
    answer = Client().post("/masuk/", {"login": "sari", "password": PASSWORD, "next": "https://example.org/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("sari", "salah"), ("nobody", PASSWORD), ("", ""), ("sari", "")])
def test_every_failure_reads_the_same(name: str, password: str, office: Office) -> None:
    page = sign_in(Client(), name, password).content.decode()
    assert GENERIC in page
    assert page.count('role="alert"') == 1


def test_an_account_that_was_shut_reads_like_a_wrong_password(office: Office) -> None:
    User.objects.filter(username="sari").update(is_active=False)
    client = Client()
    answer = sign_in(client, "sari")
    assert GENERIC in answer.content.decode()
    assert client.get("/").status_code == 302


def test_five_failures_close_the_door_for_a_while_even_to_the_right_password(office: Office) -> None:
    client = Client()
    for _ in range(5):
        assert GENERIC in sign_in(client, "sari", "salah").content.decode()
    assert GENERIC in sign_in(client, "sari").content.decode()
    assert client.get("/").status_code == 302


def test_the_throttle_of_one_name_does_not_shut_out_another(office: Office) -> None:
    for _ in range(6):
        sign_in(Client(), "sari", "salah")
    assert sign_in(Client(), "wayan").status_code == 302


def test_nobody_can_sign_up_or_reset_a_password(office: Office) -> None:
    for name in ("account_signup", "account_reset_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Client().get("/accounts/signup/").status_code in (302, 404)


def test_signing_out_is_a_post_and_ends_the_session(signed: Signed) -> None:
    client = signed(SARI)
    assert client.get("/keluar/").status_code == 200  # asks; a link cannot sign anybody out
    assert client.get("/").status_code == 200
    assert client.post("/keluar/").status_code == 302
    assert client.get("/").status_code == 302


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    client = Client()
    sign_in(client, "sari")
    cookie = client.cookies["saksama"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["expires"] == ""  # gone with the browser


def test_a_form_without_its_token_is_refused(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, "sari")
    assert answer.status_code == 403
    assert "kedaluwarsa" in answer.content.decode()


def test_an_account_without_a_role_may_do_nothing(office: Office) -> None:
    user = User.objects.create(username="tanpa-peran")
    client = Client()
    client.force_login(user)
    for address in ("/", "/perkara/", "/daftar/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "belum diberi peran" in answer.content.decode()
    assert client.post("/perkara/GD-22222-22222/putuskan/").status_code == 403


def test_passwords_are_never_kept_as_they_are(office: Office) -> None:
    assert not User.objects.filter(password__contains=PASSWORD).exists()
    assert re.match(r"[a-z0-9_]+\$", User.objects.get(username="sari").password)
