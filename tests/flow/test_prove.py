import zipfile
from pathlib import Path

import pytest

from saksama.audit import audit_folder
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.flow.prove import Published, verify_book, write_proof
from saksama.model.errors import BadInput, Broken


@pytest.fixture
def proof(office: Office, tmp_path: Path) -> Path:
    with office.book() as book:
        enter_pending(book, office.desk.cases)
        write_proof("office_opened:34.04", tmp_path / "bukti.zip", book=book)
    return tmp_path / "bukti.zip"


def test_evidence_holds_and_says_who_cosigned(proof: Path) -> None:
    report = audit_folder(proof)
    assert report.exit_code == 0
    said = "\n".join(report.sentences())
    assert "catatan ke-0 dari 1" in said
    assert "saksi.34.04.saksama:ed25519 pada " in said


def test_an_entry_is_named_by_its_id_or_its_index(office: Office, proof: Path, tmp_path: Path) -> None:
    with office.book() as book:
        assert write_proof("0", tmp_path / "again.zip", book=book).index == 0
    assert (tmp_path / "again.zip").read_bytes() == proof.read_bytes()


@pytest.mark.parametrize("entry", ["office_opened:34.04", "0", "7", "-1", "\u0661", "9" * 5000, "nothing"])
def test_an_entry_not_entered_has_no_proof(office: Office, tmp_path: Path, entry: str) -> None:
    with office.book() as book, pytest.raises(BadInput, match="ledger enter"):
        write_proof(entry, tmp_path / "bukti.zip", book=book)
    assert not (tmp_path / "bukti.zip").exists()


def test_an_empty_folder_has_nothing_published(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="belum menerbitkan"):
        Published(tmp_path)


def test_the_proof_inside_is_one_that_other_tools_read(office: Office, proof: Path) -> None:
    from saksama.ledger.policy import Policy
    from saksama.ledger.proof import Proof

    with zipfile.ZipFile(proof) as archive:
        parsed = Proof.parse(archive.read("bukti.tlog-proof"))
        parsed.require_inclusion(archive.read("catatan.json"), Policy.parse(archive.read("policy")))


def test_evidence_is_whole_while_the_log_grows_under_it(office: Office, proof: Path) -> None:
    """No lock is held: tiles fill, partial ones give way to full ones, and what is written meanwhile is still sound."""
    from concurrent.futures import ThreadPoolExecutor

    from saksama.audit.evidence import judge_evidence
    from saksama.audit.report import Report

    first = Published(office.published).entry(0)
    with office.book() as book, ThreadPoolExecutor(max_workers=1) as other:

        def grow() -> int:
            for start in range(0, 600, 3):
                book.log.append([(f"{n}", first + bytes(str(n), "ascii")) for n in range(start, start + 3)])
                book.log.checkpoint(book.witnesses, book.policy)
            return book.log.published_size

        growing = other.submit(grow)
        sizes = set()
        while not growing.done():
            log = Published(office.published)
            report = Report()
            judge_evidence(log.evidence(0), policy=None, report=report)
            assert report.exit_code == 0, report.sentences()
            log.proof(log.checkpoint.size - 1)
            sizes.add(log.checkpoint.size)
        assert growing.result() == 601
    assert len(sizes) > 20


def test_the_whole_log_is_checked_at_home(office: Office, proof: Path) -> None:
    with office.book() as book:
        assert "1 catatan" in verify_book(book)[0]
        tile = office.published / "tile" / "entries" / "000.p" / "1"
        tile.write_bytes(tile.read_bytes().replace(b"34.04", b"34.05"))
        with pytest.raises(Broken):
            verify_book(book)
