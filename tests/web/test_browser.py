"""Real pages in Chromium: keys, no horizontal scroll, nothing from outside, and what axe-core finds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from saksama.flow.office import Office
from saksama.model.case import Case, CaseState
from saksama.model.officer import Officer
from tests.cast import RATNA, SARI, TONO, WAYAN
from tests.web.conftest import NAMES, PASSWORD, rule, same
from tests.web.planting import HER_OTHER_LINE, NGATINEM, THIRD, plant

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
SHOTS = Path(__file__).resolve().parents[1] / "shots"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


class Visitor:
    """A person at a browser; every address asked for and every complaint of the console is kept."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page: Page = context.new_page()
        self.site = site
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def sign_in(self, officer: Officer) -> "Visitor":
        self.page.goto(self.site + "/masuk/")
        self.page.get_by_label("Nama masuk").fill(NAMES[officer.id])
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk").click()
        self.page.wait_for_url(self.site + "/")
        return self

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def checked(self) -> None:
        """Nothing came from outside, and the console had nothing to complain of."""
        assert [url for url in self.asked if not url.startswith(self.site)] == []
        assert self.complaints == []


@pytest.fixture
def visit(live: tuple[Office, str], chromium: Browser) -> Iterator[Any]:
    """Make a visitor with a window of this size."""
    contexts = []

    def visitor(size: Any = DESK, **options: Any) -> Visitor:
        context = chromium.new_context(viewport=size, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Visitor(context, live[1])

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def cases(live: tuple[Office, str]) -> list[Case]:
    """A pair, a cluster of three, and a settled pair."""
    desk = live[0].desk
    pair = plant(desk)
    trio = plant(desk, (NGATINEM, HER_OTHER_LINE, THIRD), lines=(11, 22, 33))
    settled = plant(desk, (NGATINEM, THIRD), lines=(44, 55))
    for officer in (SARI, WAYAN):
        rule(settled, same(settled), officer, desk)
    return [pair, trio, settled]


def test_two_officers_settle_a_case_with_the_keyboard_alone(
    cases: list[Case], live: tuple[Office, str], visit: Any
) -> None:
    pair = cases[0]
    for officer in (SARI, WAYAN):
        visitor = visit().sign_in(officer)
        page = visitor.open("/perkara/?tab=saya")
        for _ in range(5):
            page.keyboard.press("j")
            if page.evaluate("document.activeElement.textContent") == pair.id:
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{pair.id}/")
        page.keyboard.press("2")
        page.keyboard.press("a")
        page.get_by_label("Nomor dokumen").fill("470/12")
        page.keyboard.press("Escape")
        page.keyboard.press("i")
        page.keyboard.type("NKK dan alamat sama")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status").first).to_contain_text("Putusan disimpan")
        visitor.checked()
    assert live[0].desk.cases.get(pair.id).state is CaseState.SETTLED


def test_what_belongs_to_a_strike_is_shown_with_it(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(SARI).open(f"/perkara/{cases[0].id}/")
    document = page.get_by_label("Nomor dokumen")
    expect(document).to_be_hidden()
    page.keyboard.press("2")
    expect(document).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("th.kept")).to_contain_text("Data B")
    expect(page.locator("th.struck")).to_contain_text("dicoret")
    page.keyboard.press("1")
    expect(document).to_be_hidden()


def test_a_form_with_a_gap_comes_back_with_what_was_typed(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(SARI).open(f"/perkara/{cases[0].id}/")
    page.keyboard.press("2")
    page.get_by_label("Alasan").fill("alamat sama")
    page.get_by_role("button", name="Simpan putusan").click()
    expect(page.get_by_role("alert")).to_contain_text("belum disimpan")
    expect(page.get_by_label("Alasan")).to_have_value("alamat sama")
    expect(page.locator("#document-error")).to_be_visible()
    expect(page.locator("#kept-error")).to_be_visible()


def test_it_all_works_without_script(cases: list[Case], live: tuple[Office, str], visit: Any) -> None:
    page = visit(java_script_enabled=False).sign_in(SARI).open("/perkara/")
    page.get_by_label("Petunjuk").select_option("probable")
    page.get_by_role("button", name="Saring").click()
    page.get_by_role("link", name=cases[0].id).click()
    page.get_by_text("Ganda – satu dipertahankan").click()
    page.locator("label", has_text="Data A").click()
    page.get_by_label("Nomor dokumen").fill("470/12")
    page.get_by_label("Alasan").fill("NKK sama")
    page.get_by_role("button", name="Simpan putusan").click()
    expect(page.get_by_role("status").first).to_contain_text("Putusan disimpan")
    assert live[0].desk.cases.get(cases[0].id).state is CaseState.WAITING


def test_the_filters_narrow_without_a_reload_and_can_be_gone_back_from(cases: list[Case], visit: Any) -> None:
    visitor = visit().sign_in(SARI)
    page = visitor.open("/perkara/")
    page.keyboard.press("/")
    expect(page.get_by_label("Petunjuk")).to_be_focused()
    page.get_by_label("Petunjuk").select_option("certain")
    expect(page.locator(".empty")).to_contain_text("saringan")
    assert "band=certain" in page.url
    page.go_back()
    expect(page.locator("table.queue")).to_be_visible()
    visitor.checked()


def test_the_keys_are_explained_and_can_be_shut_off(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(SARI).open(f"/perkara/{cases[0].id}/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Matikan tombol satu huruf").check()
    page.get_by_role("button", name="Tutup").click()
    page.keyboard.press("2")
    expect(page.get_by_label("Nomor dokumen")).to_be_hidden()


def test_the_skip_link_comes_first(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(SARI).open("/perkara/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


PAGES = ["/", "/perkara/", "/daftar/", "/daftar/pencarian/", "/berita-acara/", "/buku-besar/"]
OPEN_PAGES = ["/buku-besar/", "/buku-besar/catatan/", "/buku-besar/catatan/9/", "/buku-besar/periksa/"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_scrolls_sideways_and_axe_finds_nothing(
    size: dict[str, int], cases: list[Case], live: tuple[Office, str], visit: Any
) -> None:
    from saksama.flow.enter import enter_pending

    office = live[0]
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    visitor = visit(size, bypass_csp=True)  # the policy would refuse axe itself; that it does is tested with the pages
    faults = [fault for path in ("/masuk/", *OPEN_PAGES) for fault in _faults(visitor, path)]
    visitor.page.get_by_label("Berkas bukti (.zip)").set_input_files(_evidence(b"not a zip"))
    visitor.page.get_by_role("button", name="Periksa").click()
    visitor.page.get_by_role("status").wait_for()
    faults += _faults(visitor, None)
    visitor.sign_in(SARI)
    for path in [*PAGES, *(f"/perkara/{case.id}/" for case in cases)]:
        faults += _faults(visitor, path)
    visitor.open(f"/perkara/{cases[1].id}/").keyboard.press("2")
    visitor.page.get_by_role("button", name="Simpan putusan").click()
    visitor.page.get_by_role("alert").wait_for()
    faults += _faults(visitor, None)
    assert faults == []


def _faults(visitor: Visitor, path: str | None) -> list[str]:
    page = visitor.page if path is None else visitor.open(path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    told = [f"{page.url}: {fault['id']}: {json.dumps([n['html'] for n in fault['nodes']][:3])}" for fault in found]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append(f"{page.url}: scrolls sideways")
    return told


def _evidence(content: bytes) -> Any:
    return {"name": "bukti.zip", "mimeType": "application/zip", "buffer": content}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_voter_takes_evidence_home_and_brings_it_to_be_checked(
    size: dict[str, int], script: bool, cases: list[Case], live: tuple[Office, str], visit: Any, tmp_path: Path
) -> None:
    """From the front page to an entry, its `bukti.zip` saved, brought back whole and bent; nobody signs in."""
    from saksama.audit import audit_folder
    from saksama.audit.evidence import ENTRY, read_members
    from saksama.flow.enter import enter_pending

    office = live[0]
    with office.book() as book:
        last = enter_pending(book, office.desk.cases).checkpoint.size - 1
    visitor = visit(size, java_script_enabled=script)
    page = visitor.open("/buku-besar/")
    expect(page.locator("figure.growth svg")).to_be_visible()
    page.get_by_role("link", name=str(last), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Catatan ke-{last}")
    with page.expect_download() as saving:
        page.get_by_role("link", name="bukti.zip").click()
    saving.value.save_as(tmp_path / "bukti.zip")
    assert saving.value.suggested_filename == f"bukti-{last}.zip"
    assert audit_folder(tmp_path / "bukti.zip").exit_code == 0

    whole = (tmp_path / "bukti.zip").read_bytes()
    page.get_by_role("link", name="Buku besar").first.click()
    page.get_by_role("link", name="Periksa bukti.zip").click()
    page.get_by_label("Berkas bukti (.zip)").set_input_files(_evidence(whole))
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("status")).to_contain_text("Sah")
    expect(page.locator("ol.findings > li")).to_have_count(7)
    entry = read_members(whole)[ENTRY]
    page.get_by_label("Berkas bukti (.zip)").set_input_files(_evidence(whole.replace(entry[:9], b'{"aktor":', 1)))
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("status")).to_contain_text("Tidak sah")
    page.get_by_label("Berkas bukti (.zip)").set_input_files(_evidence(bytes((1 << 20) + 1)))
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("alert")).to_contain_text("terlalu besar")
    visitor.complaints = [said for said in visitor.complaints if "413" not in said]  # the browser's own note of it
    visitor.checked()


def test_the_observer_and_the_stranger_meet_a_page_that_says_who_may(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(TONO).open(f"/perkara/{cases[0].id}/")
    expect(page.locator("[data-ruling-form]")).to_have_count(0)
    page = visit().sign_in(RATNA).open(f"/perkara/{cases[0].id}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak berwenang")
    expect(page.locator("main")).to_contain_text("KPU Kabupaten Sleman")


def test_on_paper_the_evidence_stays_and_the_tools_go(cases: list[Case], visit: Any) -> None:
    page = visit().sign_in(SARI).open(f"/perkara/{cases[0].id}/")
    page.emulate_media(media="print")
    expect(page.locator("table.compare")).to_be_visible()
    expect(page.locator("[data-ruling-form]")).to_be_hidden()
    expect(page.locator("header.bar")).to_be_hidden()


def test_the_readmes_picture_of_a_case_is_made_here(cases: list[Case], visit: Any) -> None:
    """`tests/shots/case.png`: the page as an officer has it, with a ruling begun."""
    visitor = visit().sign_in(SARI)
    page = visitor.open(f"/perkara/{cases[0].id}/")
    page.keyboard.press("2")
    page.keyboard.press("a")
    page.evaluate("document.activeElement.blur()")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "case.png")
    assert (SHOTS / "case.png").stat().st_size > 50_000
    visitor.checked()
