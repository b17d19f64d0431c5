import zipfile
from pathlib import Path

import pytest

from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.flow.prove import ProofRefused, verify_book, verify_proof, write_proof
from saksama.model.errors import BadInput, Broken


@pytest.fixture
def proof(office: Office, tmp_path: Path) -> Path:
    with office.book() as book:
        enter_pending(book, office.desk.cases)
        write_proof("office_opened:34.04", tmp_path / "bukti.zip", book=book)
    return tmp_path / "bukti.zip"


def test_a_proof_holds_and_says_who_cosigned(proof: Path) -> None:
    said = "\n".join(verify_proof(proof))
    assert "catatan ke-0" in said
    assert "saksi" in said


def test_an_entry_not_entered_has_no_proof(office: Office, tmp_path: Path) -> None:
    with office.book() as book, pytest.raises(BadInput, match="ledger enter"):
        write_proof("office_opened:34.04", tmp_path / "bukti.zip", book=book)
    assert not (tmp_path / "bukti.zip").exists()


def rewritten(proof: Path, name: str, change: object) -> Path:
    with zipfile.ZipFile(proof) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    members[name] = change(members[name])  # type: ignore[operator]
    with zipfile.ZipFile(proof, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return proof


def test_another_policy_is_refused_or_shows_another_fingerprint(proof: Path) -> None:
    before = verify_proof(proof)
    changed = rewritten(proof, "policy", lambda content: content.replace(b"127.0.0.1", b"127.0.0.2"))
    assert verify_proof(changed)[-1] != before[-1]  # addresses are not signed; the fingerprint tells


@pytest.mark.parametrize("name", ["catatan.json", "bukti.tlog-proof"])
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_flipped_bit_is_refused(proof: Path, name: str, where: float) -> None:
    def flip(content: bytes) -> bytes:
        at = int(len(content) * where)
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    with pytest.raises(ProofRefused):
        verify_proof(rewritten(proof, name, flip))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_what_is_no_proof_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(ProofRefused):
        verify_proof(tmp_path / "x.zip")


def test_a_member_that_unpacks_to_much_is_refused(proof: Path) -> None:
    with pytest.raises(ProofRefused, match="besar"):
        verify_proof(rewritten(proof, "policy", lambda _old: b"\n" * (2 << 20)))


def test_the_whole_log_is_checked_at_home(office: Office, proof: Path) -> None:
    with office.book() as book:
        assert "1 catatan" in verify_book(book)[0]
        tile = office.published / "tile" / "entries" / "000.p" / "1"
        tile.write_bytes(tile.read_bytes().replace(b"34.04", b"34.05"))
        with pytest.raises(Broken):
            verify_book(book)
