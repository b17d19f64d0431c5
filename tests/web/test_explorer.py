"""The public pages of the ledger: what stands there, entry by entry, and evidence brought to be checked."""

import io
import json
import os
import re
import shutil
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saksama.audit import audit_folder
from saksama.audit.evidence import read_members
from saksama.flow.desk import Desk
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.ledger.fsck import fsck
from saksama.ledger.policy import Policy
from saksama.ledger.proof import Proof
from saksama.model.case import Case
from saksama.web.public import checking
from tests.cast import SARI, TONO
from tests.web.conftest import DIFFERENT, client_of, rule
from tests.web.planting import NGATINEM, THIRD, plant

LEDGER = "/buku-besar/"
CHECK = LEDGER + "periksa/"


@pytest.fixture
def size(case: Case, desk: Desk, office: Office) -> int:
    """A log with one case and one ruling."""
    rule(case, DIFFERENT, SARI, desk)
    with office.book() as book:
        return enter_pending(book, office.desk.cases).checkpoint.size


def page(path: str, **extra: Any) -> str:
    answer = Client().get(LEDGER + path, **extra)
    assert answer.status_code == 200, path
    return answer.content.decode()


def shown(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def brought(content: bytes, *, policy: bytes | None = None, client: Client | None = None) -> Any:
    files = {"bukti": SimpleUploadedFile("bukti.zip", content)}
    if policy is not None:
        files["kebijakan"] = SimpleUploadedFile("policy", policy)
    return (client or Client()).post(CHECK, files)


def test_the_front_page_counts_kinds_and_days(size: int, office: Office) -> None:
    words = shown(page(""))
    for said in ("Putusan dibuat 1", "Petugas didaftarkan 5", "Kantor dibuka 1", "Jenis catatan per hari"):
        assert said in words
    assert "23 November 2026" in words
    assert f"{size} catatan bertanggal 23 November 2026." in words
    assert "<polyline" in page("")


def test_days_are_told_by_fourteen(office: Office) -> None:
    """A log of forty days, two entries each: every day is on one page of the table and on no other."""
    first = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
    with office.book() as book:
        enter_pending(book, office.desk.cases)
        for n in range(80):
            at = (first + timedelta(days=n // 2)).strftime("%Y-%m-%dT%H:%M:%SZ")
            book.log.append([(str(n), b'{"at":"%s","body":{},"kind":"evidence_seen"}' % at.encode())])
        book.log.checkpoint(book.witnesses, book.policy)
    seen: list[str] = []
    address: str | None = ""
    while address is not None:
        html = page(address)
        table = html[html.index('id="hari"') :]
        days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">', table)
        assert len(days) <= 14
        seen += days
        earlier = re.search(r'href="\?hari=([0-9-]+)#hari"', table)
        address = f"?hari={earlier[1]}" if earlier else None
    assert len(seen) == len(set(seen)) == 41
    assert seen == sorted(seen, reverse=True)
    assert "Hari terbaru" in page("?hari=2026-10-20")
    assert "Hari terbaru" not in page("")
    assert "Tidak ada catatan sampai hari itu" in page("?hari=2020-01-01")
    assert page("?hari=<script>") is not None


def test_its_picture_needs_no_script_and_no_style_of_its_own(size: int) -> None:
    html = page("")
    figure = html[html.index("<figure") : html.index("</figure>")]
    assert "<script" not in figure
    assert "style=" not in figure
    assert 'role="img"' in figure


def test_the_newest_entries_are_told_in_sentences(size: int, case: Case) -> None:
    words = shown(page(""))
    assert f"Petugas {SARI.id} memutuskan perkara {case.id}; isi putusan terkunci" in words


def test_entries_are_listed_by_fifty_newest_first(desk: Desk, office: Office) -> None:
    for n in range(300):
        plant(desk, (NGATINEM, THIRD), lines=(n, 1000 + n))
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    seen: list[int] = []
    address = "catatan/"
    while address:
        html = page(address)
        seen += [int(number) for number in re.findall(r'/buku-besar/catatan/(\d+)/"', html)]
        older = re.search(r'href="\?sampai=(\d+)">Lebih lama', html)
        address = f"catatan/?sampai={older[1]}" if older else ""
    assert seen == list(range(305, -1, -1))
    assert "Lebih baru" not in page("catatan/")
    assert 'href="?sampai=305"' in page("catatan/?sampai=256")
    assert "Urutan 207 sampai 256 dari 306" in shown(page("catatan/?sampai=256"))
    assert "Urutan 0 sampai 0 dari 306" in shown(page("catatan/?sampai=0"))


@pytest.mark.parametrize("asked", ["", "x", "-1", "99999999999999999999", "1e3", "\u0663", "0"])
def test_a_page_that_is_none_is_the_newest_or_the_first(size: int, asked: str) -> None:
    assert "Catatan buku besar" in page(f"catatan/?sampai={asked}")


def test_each_entry_has_a_page_with_bytes_sentence_and_proof(size: int, office: Office) -> None:
    policy = Policy.parse((office.published / "policy").read_bytes())
    for index in range(size):
        words = shown(page(f"catatan/{index}/"))
        assert f"Catatan ke- {index}" in words or f"Catatan ke-{index}" in words
        raw = Client().get(f"{LEDGER}catatan/{index}/catatan.json")
        assert raw.headers["Content-Type"] == "application/json"
        entry = json.loads(raw.content)
        assert entry["id"] in words
        proof = Client().get(f"{LEDGER}catatan/{index}/bukti.tlog-proof").content
        assert Proof.parse(proof).require_inclusion(raw.content, policy).checkpoint.size == size
    for missing in (size, 10**30):
        assert Client().get(f"{LEDGER}catatan/{missing}/").status_code == 404
        assert Client().get(f"{LEDGER}catatan/{missing}/bukti.zip").status_code == 404
    assert Client().get(f"{LEDGER}catatan/0/policy").status_code == 404


def test_before_the_first_checkpoint_there_is_no_entry(office: Office) -> None:
    (office.published / "checkpoint").unlink(missing_ok=True)
    for path in ("catatan/", "catatan/0/", "catatan/0/bukti.zip"):
        assert Client().get(LEDGER + path).status_code == 404


def test_evidence_taken_home_is_what_the_command_writes(size: int, office: Office, tmp_path: Path) -> None:
    from saksama.flow.prove import write_proof

    answer = Client().get(LEDGER + "catatan/1/bukti.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bukti-1.zip"'
    with office.book() as book:
        write_proof("1", tmp_path / "bukti.zip", book=book)
    assert answer.content == (tmp_path / "bukti.zip").read_bytes()
    assert audit_folder(tmp_path / "bukti.zip").exit_code == 0


def test_evidence_brought_is_answered_with_the_auditor_s_sentences(size: int, tmp_path: Path, office: Office) -> None:
    whole = Client().get(LEDGER + "catatan/1/bukti.zip").content
    (tmp_path / "bukti.zip").write_bytes(whole)
    for own in (None, (office.published / "policy").read_bytes()):
        (tmp_path / "own").write_bytes(own or b"")
        report = audit_folder(tmp_path / "bukti.zip", policy=tmp_path / "own" if own else None)
        assert report.exit_code == 0
        answer = brought(whole, policy=own)
        words = shown(answer.content.decode())
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert " Sah " in words
        for finding in report.findings:
            assert shown(finding.sentence) in words.replace("&#x27;", "'")
            assert all(point in words for point in finding.points)


def test_bent_evidence_is_not_valid_and_the_unwitnessed_cannot_be_told(size: int) -> None:
    parts = read_members(Client().get(LEDGER + "catatan/1/bukti.zip").content)

    def zipped(parts: dict[str, bytes]) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return written.getvalue()

    bent = zipped({**parts, "catatan.json": parts["catatan.json"].replace(b"P-", b"Q-", 1)})
    assert " Tidak sah " in shown(brought(bent).content.decode())
    alone = Policy.of(Policy.parse(parts["policy"]).logs[0].verifier, [])
    words = shown(brought(zipped(parts), policy=alone.source).content.decode())
    assert " Tidak dapat dipastikan " in words
    assert " Tidak sah " in shown(brought(b"<script>alert(1)</script>").content.decode())
    assert "<script>alert" not in brought(b"<script>alert(1)</script>").content.decode()


def test_sound_evidence_of_another_log_is_not_taken_for_this_office_s(size: int, tmp_path: Path) -> None:
    """A forger makes a log, a witness and a policy of its own: all of it sound, and none of it this office's."""
    from saksama.casework.store import MemoryCaseStore
    from saksama.flow.office import create_office
    from saksama.flow.prove import Published
    from tests.cast import SLEMAN

    forged = create_office(tmp_path / "tiruan", SLEMAN, name="KPU Kabupaten Sleman")
    with forged.book() as book:
        enter_pending(book, MemoryCaseStore())
    whole = Published(forged.published).evidence(0)
    words = shown(brought(whole).content.decode())
    assert " Sah " in words
    assert "bukan yang sekarang diterbitkan kantor ini" in words
    mine = shown(brought(Client().get(LEDGER + "catatan/1/bukti.zip").content).content.decode())
    assert "bukan yang sekarang diterbitkan" not in mine
    told = brought(whole, policy=(forged.published / "policy").read_bytes()).content.decode()
    assert "bukan yang sekarang diterbitkan" not in told  # the visitor has said whom to trust


def test_it_answers_in_english_when_asked(size: int) -> None:
    client = Client()
    client.cookies["saksama_language"] = "en"
    whole = client.get(LEDGER + "catatan/1/bukti.zip").content
    words = shown(brought(whole, client=client).content.decode())
    assert " Valid " in words
    assert "The policy in the evidence is the one that the ledger itself declared" in words


def test_a_file_too_large_or_none_is_refused_in_a_sentence(size: int) -> None:
    for content, policy in ((bytes((1 << 20) + 1), None), (b"PK", bytes((1 << 20) + 1))):
        answer = brought(content, policy=policy)
        assert answer.status_code == 413
        assert "paling besar 1 MiB" in answer.content.decode()
    answer = brought(bytes(checking.MOST))
    assert answer.status_code == 413
    answer = Client().post(CHECK, {})
    assert answer.status_code == 422
    assert "Pilih dahulu" in answer.content.decode()
    assert Client().post(CHECK, {"bukti": "text"}).status_code == 422


def test_a_large_request_is_refused_before_it_is_read(size: int) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    from django.test import RequestFactory

    from saksama.web.public.checking import check

    for told in (str(checking.MOST + 1), "", "-1"):
        request = RequestFactory().post(CHECK, b"x", content_type="multipart/form-data; boundary=b")
        request.META["CONTENT_LENGTH"] = told
        request.META["wsgi.input"] = Unread()
        request._stream = Unread()  # type: ignore[attr-defined]
        request.csrf_processing_done = True  # type: ignore[attr-defined]
        assert check(request).status_code == 413


def test_a_form_from_another_site_is_refused(size: int) -> None:
    answer = Client(enforce_csrf_checks=True).post(CHECK, {"bukti": SimpleUploadedFile("bukti.zip", b"PK")})
    assert answer.status_code == 403


def test_nothing_of_a_visitor_is_stored(size: int, office: Office, tmp_path: Path, monkeypatch: Any) -> None:
    """Not in the office's folder and not in the machine's: no file is made while evidence is judged."""
    made: list[str] = []
    opened = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, *rest, **named: _noting(made, opened, path, flags, rest, named))
    before = {path: path.stat().st_mtime_ns for path in office.folder.rglob("*") if "cases.sqlite3" not in path.name}
    content = b"PK" + os.urandom(900_000)
    assert brought(content).status_code == 200
    after = {path: path.stat().st_mtime_ns for path in office.folder.rglob("*") if "cases.sqlite3" not in path.name}
    assert after == before
    assert made == []
    from django.conf import settings

    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def _noting(made: list[str], opened: Any, path: Any, flags: int, rest: Any, named: Any) -> int:
    if flags & os.O_CREAT:
        made.append(str(path))
    found: int = opened(path, flags, *rest, **named)
    return found


def test_the_observer_may_check_evidence_too(size: int) -> None:
    whole = Client().get(LEDGER + "catatan/1/bukti.zip").content
    assert brought(whole, client=client_of(TONO)).status_code == 200


def test_no_page_reads_the_log_from_its_beginning(desk: Desk, office: Office) -> None:
    """Once counted, a page opens the newest bundles alone: without the first one all but its own entries answer."""
    from saksama.web.public.tally import counter_of

    for n in range(600):
        plant(desk, (NGATINEM, THIRD), lines=(n, 1000 + n))
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    counter = counter_of(office.folder, 7)
    counter.keep(office.published)
    shutil.move(office.published / "tile/entries/000", office.folder / "aside")
    for path in ("", "catatan/", "catatan/605/", "catatan/605/bukti.tlog-proof", "catatan/300/", "checkpoint"):
        assert Client().get(LEDGER + path).status_code == 200, path
    assert Client().get(LEDGER + "catatan/3/").status_code == 500
    kinds = Counter(re.findall(r"Perkara dibuka</td><td class=\"num\">(\d+)", page("")))
    assert kinds == {"600": 1}


@pytest.mark.parametrize("address", [LEDGER, LEDGER.rstrip("/")])
def test_a_stranger_mirrors_and_watches_the_live_site(live: tuple[Office, str], tmp_path: Path, address: str) -> None:
    """`saksama ledger mirror` and `watch` over HTTP, twice, the log grown past a full bundle in between."""
    from click.testing import CliRunner

    from saksama.cli.main import main

    office, site = live
    (tmp_path / "policy").write_bytes((office.published / "policy").read_bytes())
    told = ("--policy", str(tmp_path / "policy"))
    for start, size in ((0, 206), (200, 306)):
        for n in range(start, size - 6):
            plant(office.desk, (NGATINEM, THIRD), lines=(n, 1000 + n))
        with office.book() as book:
            assert enter_pending(book, office.desk.cases).checkpoint.size == size
        for command, folder, said in (
            ("mirror", "m", f"{size} catatan tersalin utuh"),
            ("watch", "s", "Tidak ada tanda bahaya"),
        ):
            done = CliRunner().invoke(
                main, ["ledger", command, site + address, "--folder", str(tmp_path / folder), *told]
            )
            assert (done.exit_code, said in done.output) == (0, True), done.output
        key = Policy.parse((tmp_path / "policy").read_bytes()).logs[0].verifier
        assert fsck(tmp_path / "m/copy", key).size == size
