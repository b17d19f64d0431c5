"""What holds for every page, whoever asks: the sweep walks all addresses as everybody."""

import logging
import re
import sys

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from saksama.flow.desk import Desk
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.model.case import Case
from saksama.web.people.logs import WithoutValues
from tests.cast import RATNA, SARI, TONO, WAYAN
from tests.web.conftest import Signed, rule, same
from tests.web.planting import HER_OTHER_LINE, NGATINEM, THIRD

PERSONAL = [person[name] for person in (NGATINEM, HER_OTHER_LINE, THIRD) for name in ("nik", "nkk")]
OUTSIDE = re.compile(r"""(?:https?:)?//(?!127\.0\.0\.1|www\.w3\.org/2000/svg)[a-z0-9.-]+\.[a-z]{2,}""", re.IGNORECASE)
WHO = [None, SARI, WAYAN, RATNA, TONO]


@pytest.fixture
def walked(case: Case, trio: Case, desk: Desk, office: Office, signed: Signed) -> list[tuple[str, HttpResponse]]:
    """Every page, in every state a case can have, as everybody."""
    rule(trio, same(trio), SARI, desk)
    with office.book() as book:
        enter_pending(book, desk.cases)
    addresses = [
        "/", "/masuk/", "/keluar/", "/daftar/", "/daftar/pencarian/", "/daftar/0123456789abcdef/", "/perkara/",
        "/perkara/?tab=semua", f"/perkara/{case.id}/", f"/perkara/{trio.id}/", "/perkara/GD-22222-22222/",
        "/berita-acara/", "/berita-acara/0123456789abcdef/berita-acara.pdf", "/buku-besar/", "/buku-besar/catatan/",
        "/buku-besar/catatan/3/", "/buku-besar/catatan/999/", "/buku-besar/periksa/", "/tidak-ada/",
    ]  # fmt: skip
    found = []
    for officer in WHO:
        client = signed(officer)
        for language in ("id", "en"):
            client.cookies["saksama_language"] = language
            found += [(f"{officer and officer.id} {language} {a}", client.get(a)) for a in addresses]
        found.append(("wrong form", client.post(f"/perkara/{case.id}/putuskan/", {"ruling": "ganda"})))
    return found


def test_every_page_answers_and_none_breaks(walked: list[tuple[str, HttpResponse]]) -> None:
    assert {answer.status_code for _, answer in walked} <= {200, 302, 400, 403, 404, 422}
    assert len(walked) > 100


def test_no_page_holds_a_whole_nik_or_nkk(walked: list[tuple[str, HttpResponse]]) -> None:
    for where, answer in walked:
        body = answer.content.decode()
        assert not [number for number in PERSONAL if number in body], where
        assert not re.search(r"(?<![0-9a-fA-F])[0-9]{16}(?![0-9a-fA-F])", body), where


def test_the_policy_allows_nothing_inline_and_nothing_from_outside(walked: list[tuple[str, HttpResponse]]) -> None:
    for where, answer in walked:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert not re.search(r"[a-z]+:|\*", policy), where


def test_no_page_has_inline_script_or_style_or_asks_anything_from_outside(
    walked: list[tuple[str, HttpResponse]],
) -> None:
    for where, answer in walked:
        body = answer.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", body), where
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", body)), where
        assert not OUTSIDE.search(body), where


def test_nobodys_cache_keeps_a_page(walked: list[tuple[str, HttpResponse]]) -> None:
    for where, answer in walked:
        assert "no-store" in answer.headers["Cache-Control"], where


def test_every_page_carries_the_other_headers(walked: list[tuple[str, HttpResponse]]) -> None:
    for where, answer in walked:
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] == "same-origin", where


def test_no_address_and_no_title_names_a_voter(walked: list[tuple[str, HttpResponse]]) -> None:
    for where, answer in walked:
        body = answer.content.decode()
        for title in re.findall(r"<title>(.*?)</title>", body):
            assert "NGATINEM" not in title, where
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', body):
            assert not re.search(r"NGATINEM|\d{16}", address), where


def test_every_address_but_these_asks_who_you_are(office: Office) -> None:
    """A page added later is closed unless it says otherwise, and then it stands in this list."""
    opened = {
        "account_login",
        "account_logout",
        "language",
        "public:ledger",
        "public:entries",
        "public:entry",
        "public:file",
        "public:check",
        "public:checkpoint",
        "public:policy",
        "public:earlier",
        "public:tile",
    }
    parts = {
        "case_id": "GD-22222-22222", "roll_id": "0123456789abcdef", "outcome_id": "0123456789abcdef",
        "name": "berita-acara.pdf", "path": "0/000", "index": "0", "member": "bukti.zip",
        "replaced": "0" * 64,
    }  # fmt: skip
    closed = 0
    for name, address in addresses(get_resolver(), parts):
        answer = Client().get(address)
        if name in opened:
            assert answer.headers.get("Location", "") != f"/masuk/?next={address}", name
        else:
            assert answer.headers["Location"] == f"/masuk/?next={address}", name
            closed += 1
    assert closed == 9


def addresses(resolver: URLResolver, parts: dict[str, str], prefix: str = "") -> list[tuple[str, str]]:
    """Name and a filled-in address of every page."""
    from django.urls import reverse

    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, parts, f"{prefix}{pattern.namespace}:")
        elif isinstance(pattern, URLPattern):
            name = f"{prefix}{pattern.name}"
            wanted = {k: v for k, v in parts.items() if k in str(pattern.pattern)}
            found.append((name, reverse(name, kwargs=wanted)))
    return found


def test_the_observer_is_refused_every_post_wherever_it_goes(case: Case, signed: Signed) -> None:
    client = signed(TONO)
    for address in (
        "/",
        "/perkara/",
        f"/perkara/{case.id}/",
        f"/perkara/{case.id}/putuskan/",
        "/daftar/",
        "/buku-besar/",
    ):
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(address).status_code == 403, address


def test_a_fault_of_ours_tells_nothing_of_what_was_worked_on(
    case: Case, signed: Signed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ValueError(f"cannot read {NGATINEM['nik']}")

    monkeypatch.setattr("saksama.web.cases.views.show_case", breaks)
    answer = signed(SARI).get(f"/perkara/{case.id}/")
    assert answer.status_code == 500
    assert "Tidak ada putusan yang berubah" in answer.content.decode()
    assert NGATINEM["nik"] not in answer.content.decode()
    assert NGATINEM["nik"] not in caplog.text
    assert "ValueError in cases:case" in caplog.text


def test_a_log_line_withholds_the_text_of_an_exception() -> None:
    try:
        int(NGATINEM["nik"] + "x")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "broke", (), sys.exc_info())
    line = WithoutValues("%(message)s").format(record)
    assert NGATINEM["nik"] not in line
    assert "ValueError (text withheld)" in line
    assert "test_headers.py" in line
