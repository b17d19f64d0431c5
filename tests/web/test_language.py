from django.test import Client

from saksama.flow.office import Office
from saksama.model import texts
from saksama.model.case import Case
from tests.cast import SARI, TONO
from tests.web.conftest import Signed


def test_it_is_indonesian_whatever_the_browser_prefers(office: Office) -> None:
    answer = Client(headers={"Accept-Language": "en-US,en;q=0.9"}).get("/masuk/")
    assert '<html lang="id">' in answer.content.decode()
    assert answer.headers["Content-Language"] == "id"


def test_the_switch_changes_pages_and_refusals_to_english(case: Case, signed: Signed) -> None:
    client = signed(SARI)
    answer = client.post("/bahasa/", {"language": "en", "next": "/perkara/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/perkara/")
    page = client.get("/perkara/").content.decode()
    assert '<html lang="en">' in page
    assert "Case queue" in page
    assert texts.language() == "en"
    case_page = client.get(f"/perkara/{case.id}/").content.decode()
    assert "A proposal, not a decision." in case_page
    assert "two neighbouring digits swapped" in case_page


def test_and_back(signed: Signed) -> None:
    client = signed(SARI)
    client.post("/bahasa/", {"language": "en"})
    client.post("/bahasa/", {"language": "id"})
    assert "Beranda" in client.get("/").content.decode()
    assert texts.language() == "id"


def test_a_language_we_do_not_speak_is_indonesian(signed: Signed) -> None:
    client = signed(SARI)
    client.cookies["saksama_language"] = "../../etc"
    assert '<html lang="id">' in client.get("/").content.decode()


def test_the_observer_may_switch_too(signed: Signed) -> None:
    assert signed(TONO).post("/bahasa/", {"language": "en"}).status_code == 302


def test_it_leads_to_no_other_site(signed: Signed) -> None:
    answer = signed(SARI).post("/bahasa/", {"language": "en", "next": "https://example.org/"})
    assert answer.headers["Location"] == "/"


def test_the_switch_is_a_post(signed: Signed) -> None:
    assert signed(SARI).get("/bahasa/").status_code == 405
