import re

from django.test import Client

from saksama.flow.desk import Desk
from saksama.flow.office import Office
from saksama.model.case import Case
from tests.cast import RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, Signed, client_of, rule


def document(walked: Office, name: str) -> str:
    (outcome,) = walked.outcomes.outcomes()
    return f"/berita-acara/{outcome['outcome']}/{name}"


def test_it_lists_what_waits_to_take_effect(case: Case, desk: Desk, signed: Signed) -> None:
    assert case.id not in signed(SARI).get("/berita-acara/").content.decode()
    rule(case, DIFFERENT, SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    page = signed(SARI).get("/berita-acara/").content.decode()
    assert f'href="/perkara/{case.id}/"' in page
    assert "saksama outcome enact" in page


def test_it_lists_each_outcome_with_a_sum_that_holds(walked: Office) -> None:
    (outcome,) = walked.outcomes.outcomes()
    page = client_of(SARI).get("/berita-acara/").content.decode()
    before, struck, after = (int(n.replace(".", "")) for n in re.findall(r"<b>([\d.]+)</b>", page)[-3:])
    assert (before, struck, after) == (outcome["lines_before"], outcome["struck"], outcome["lines_after"])
    assert before - struck == after
    assert struck > 0


def test_the_html_is_shown_byte_for_byte_under_a_policy_that_admits_its_own_style_only(walked: Office) -> None:
    (outcome,) = walked.outcomes.outcomes()
    answer = client_of(SARI).get(document(walked, "berita-acara.html"))
    assert answer.content == (walked.outcomes.folder / outcome["outcome"] / "berita-acara.html").read_bytes()
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/=]{44}'", policy)) == answer.content.decode().count("<style")


def test_the_pdf_is_handed_out(walked: Office) -> None:
    answer = client_of(TONO).get(document(walked, "berita-acara.pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_next_roll_is_never_handed_out(walked: Office) -> None:
    (outcome,) = walked.outcomes.outcomes()
    rolls = [name for name in outcome["files"] if name.startswith("daftar-")]
    assert rolls
    page = client_of(SARI).get("/berita-acara/").content.decode()
    for name in rolls:
        assert name not in page
        assert client_of(SARI).get(document(walked, name)).status_code == 404


def test_a_file_the_outcome_does_not_list_is_refused(walked: Office) -> None:
    (outcome,) = walked.outcomes.outcomes()
    (walked.outcomes.folder / outcome["outcome"] / "lain.html").write_text("<p>ditaruh orang</p>")
    assert client_of(SARI).get(document(walked, "lain.html")).status_code == 400
    assert client_of(SARI).get("/berita-acara/0123456789abcdef/berita-acara.html").status_code == 400


def test_strangers_are_refused_and_nobody_writes(walked: Office) -> None:
    for address in ("/berita-acara/", document(walked, "berita-acara.pdf"), document(walked, "berita-acara.html")):
        assert client_of(RATNA).get(address).status_code == 403
        assert Client().get(address).status_code == 302
        assert client_of(SARI).post(address).status_code == 405
        assert client_of(TONO).post(address).status_code == 403
