import pytest
from django.test import Client

from saksama.flow.desk import Desk
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.model.case import Case
from tests.cast import RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, Signed, rule


def figures(page: str) -> list[str]:
    """The six figures of the overview, in order."""
    return [part.split("</p>")[0] for part in page.split('<p class="figure">')[1:]]


def test_it_asks_who_you_are(office: Office) -> None:
    assert Client().get("/").headers["Location"] == "/masuk/?next=/"


def test_an_empty_office_is_told_how_to_begin(signed: Signed) -> None:
    page = signed(SARI).get("/").content.decode()
    assert "saksama roll take-in" in page
    assert figures(page) == ["0", "0", "0", "0", "0", "0"]


def test_it_counts_the_steps(case: Case, desk: Desk, office: Office, signed: Signed) -> None:
    with office.book() as book:
        entered = enter_pending(book, desk.cases)
    assert figures(signed(SARI).get("/").content.decode()) == ["0", "0", "1", "1", str(entered.checkpoint.size), "0"]


def test_it_says_how_many_entries_wait(case: Case, desk: Desk, signed: Signed) -> None:
    waiting = len(desk.cases.outbox(100))
    assert f"{waiting} menunggu dicatat" in signed(SARI).get("/").content.decode()


def test_a_settled_case_counts_as_done(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    page = signed(SARI).get("/").content.decode()
    assert figures(page)[3] == "0"
    assert "1 sudah" in page


def test_an_officer_of_another_kabupaten_learns_whose_site_it_is(case: Case, signed: Signed) -> None:
    page = signed(RATNA).get("/").content.decode()
    assert "KPU Kabupaten Sleman" in page
    assert "milik kantor lain" in page
    assert figures(page) == []


def test_the_observer_reads_it_and_nothing_waits_for_him(case: Case, signed: Signed) -> None:
    page = signed(TONO).get("/").content.decode()
    assert figures(page)[2] == "1"
    assert "menunggu putusan Anda" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_read_only(method: str, signed: Signed) -> None:
    assert getattr(signed(SARI), method)("/").status_code == 405
