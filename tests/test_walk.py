"""The whole walk as its users take it: the commands in a shell, the deciding in a browser, the audit by an outsider.

Every part is real: an own process for each command, the site served by `saksama serve`, Chromium, an Excel file.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect

from saksama.model.officer import Officer
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN
from tests.web.conftest import NAMES, PASSWORD
from tests.web.test_browser import DESK, PHONE, chromium

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAKSAMA = Path(sys.executable).with_name("saksama")
# Where the pictures of this walk go; `make shots` points it at docs/images.
SHOTS = Path(os.environ.get("SAKSAMA_SHOTS", Path(__file__).parent / "shots"))


def saksama(*arguments: str, says: str = "", expected: int = 0) -> dict[str, Any]:
    """Run a command as a process of its own; its report."""
    done = subprocess.run(
        [str(SAKSAMA), *arguments, "--json"], input=says, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == expected, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Walk:
    """An office after steps 1 to 3, its site open."""

    folder: Path
    site: str
    run: str
    pair: str
    truth: dict[int, int]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    office = str(folder / "kantor")
    sample = ("--lines", "3000", "--seed", "17", "--truth", str(folder / "truth.parquet"))
    saksama("roll", "sample", str(folder / "dpb.xlsx"), *sample)
    saksama("office", "init", office, "--wilayah", "34.04", "--name", "KPU Kabupaten Sleman")
    for officer in (SARI, WAYAN, BUDI, RATNA, TONO):
        who = ("--username", NAMES[officer.id], "--officer", officer.id, "--role", officer.role.value)
        where = ("--wilayah", officer.wilayah.code, "--institution", officer.office_name)
        saksama("office", "enrol", "--office", office, *who, *where, "--password-stdin", says=PASSWORD)
    taken = saksama("roll", "take-in", str(folder / "dpb.xlsx"), "--office", office, "--kind", "DPB")
    assert taken["lines_in"] == taken["checked"] + taken["set_aside"] == 3000
    found = saksama("linkage", "find", "--office", office)
    referred = saksama("cases", "refer", "--office", office)
    assert referred["opened"] == found["counts"]["clusters"] > 10
    assert saksama("cases", "refer", "--office", office)["opened"] == 0
    cases = saksama("cases", "list", "--office", office)["cases"]
    pair = next(case["case"] for case in cases if len(case["lines"]) == 2)
    truth = pq.read_table(folder / "truth.parquet")
    person = dict(zip(truth["line"].to_pylist(), truth["person"].to_pylist(), strict=True))
    port = free_port()
    serving = subprocess.Popen([str(SAKSAMA), "serve", "--office", office, "--port", str(port)])
    try:
        _wait_for(f"http://127.0.0.1:{port}/masuk/")
        yield Walk(folder / "kantor", f"http://127.0.0.1:{port}", found["run"], pair, person)
    finally:
        serving.terminate()
        serving.wait(30)


def _wait_for(address: str) -> None:
    for _attempt in range(150):
        try:
            with urlopen(address) as page:  # noqa: S310  # our own site on this machine
                assert page.status == 200
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError("the site did not open")


def signed_in(browser: Browser, walk: Walk, officer: Officer, size: Any = DESK) -> Page:
    page = browser.new_context(viewport=size).new_page()
    page.goto(f"{walk.site}/masuk/")
    page.get_by_label("Nama masuk").fill(NAMES[officer.id])
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(f"{walk.site}/")
    return page


def rule_same(page: Page, walk: Walk) -> None:
    """Ganda: data A stays, with a reason and a document."""
    page.goto(f"{walk.site}/perkara/{walk.pair}/")
    page.get_by_text("Ganda – satu dipertahankan").click()
    page.locator("label", has_text="Data A").click()
    page.get_by_label("Nomor dokumen").fill("Disdukcapil 470/118/2026")
    page.get_by_label("Alasan").fill("Diperiksa bersama Disdukcapil, orang yang sama.")
    page.get_by_role("button", name="Simpan putusan").click()
    expect(page.get_by_role("status").first).to_contain_text("Putusan disimpan")


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"))


def test_the_main_path_from_an_excel_file_to_an_audit(walk: Walk, chromium: Browser, tmp_path: Path) -> None:
    office = str(walk.folder)
    sari = signed_in(chromium, walk, SARI)
    shot(sari, "home")
    sari.goto(f"{walk.site}/daftar/")  # 1
    expect(sari.locator("main")).to_contain_text("3.000")
    sari.goto(f"{walk.site}/daftar/pencarian/")  # 2
    expect(sari.locator("main")).to_contain_text(walk.run)
    sari.goto(f"{walk.site}/perkara/")  # 3
    expect(sari.get_by_role("link", name=walk.pair)).to_be_visible()
    shot(sari, "queue")
    sari.goto(f"{walk.site}/perkara/{walk.pair}/")
    shot(sari, "case")
    rule_same(sari, walk)  # 4

    ratna = signed_in(chromium, walk, RATNA)  # of another kabupaten: refused, and told who may
    refused = ratna.goto(f"{walk.site}/perkara/{walk.pair}/")
    assert refused is not None
    assert refused.status == 403
    expect(ratna.locator("main")).to_contain_text("KPU Kabupaten Sleman")
    shot(ratna, "refused")

    tono = signed_in(chromium, walk, TONO)  # the observer reads, and has nothing to press
    tono.goto(f"{walk.site}/perkara/{walk.pair}/")
    expect(tono.locator("[data-ruling-form]")).to_have_count(0)

    wayan = signed_in(chromium, walk, WAYAN, PHONE)  # the second pair of eyes, on a phone, blind to the first
    wayan.goto(f"{walk.site}/perkara/{walk.pair}/")
    expect(wayan.locator("main")).not_to_contain_text("Diperiksa bersama Disdukcapil")
    shot(wayan, "case-phone")
    assert saksama("outcome", "enact", "--office", office, expected=1)["refused"]  # one person alone changes nothing
    rule_same(wayan, walk)
    wayan.goto(f"{walk.site}/perkara/{walk.pair}/")  # settled: now everybody sees both rulings
    expect(wayan.locator("main")).to_contain_text("Diperiksa bersama Disdukcapil")

    saksama("ledger", "enter", "--office", office)  # 5
    outcome = saksama("outcome", "enact", "--office", office)  # 6
    assert (outcome["lines_before"], outcome["struck"], outcome["lines_after"]) == (3000, 1, 2999)
    sari.goto(f"{walk.site}/berita-acara/")
    expect(sari.locator("main")).to_contain_text(outcome["outcome"][:8])
    shot(sari, "minutes")
    sari.goto(f"{walk.site}/buku-besar/")
    expect(sari.locator("main")).to_contain_text("saksama/34.04")
    shot(sari, "ledger")

    _no_voter_rests_in_clear(walk.folder, walk.folder / "outcomes" / outcome["outcome"])

    published = walk.folder / "published"
    assert saksama("audit", str(published))["exit_code"] == 0
    copy = tmp_path / "published"
    shutil.copytree(published, copy)
    bundle = next(path for path in sorted((copy / "tile" / "entries").rglob("*")) if path.is_file())
    content = bytearray(bundle.read_bytes())
    content[len(content) // 3] ^= 1
    bundle.write_bytes(content)
    assert saksama("audit", str(copy), expected=1)["exit_code"] == 1


def _no_voter_rests_in_clear(office: Path, asked_for: Path) -> None:
    """Database, its log, sealed files, ledger, published folder: no name and no number of any voter in their bytes."""
    people = pq.read_table(asked_for / "daftar-berikutnya.parquet", columns=["nama", "nik", "nkk"]).to_pylist()
    secrets = {
        v.encode() for person in people for v in person.values() if v and (" " in v or v.isdigit()) and len(v) > 9
    }
    assert len(secrets) > 5000
    looked_at = 0
    for path in sorted(office.rglob("*")):
        if path.is_file() and not path.name.startswith("daftar-berikutnya"):
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path.relative_to(office)
            looked_at += 1
    assert looked_at > 15
