"""One entry's proof, for people: valid, invalid, cannot tell, and every bit of it."""

import zipfile
from pathlib import Path

import pytest

from saksama.audit import audit_folder
from saksama.audit.proofs import ENTRY, POLICY, PROOF
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.proof import Proof
from tests.audit.story import LOG_KEY, ORIGIN, Story


@pytest.fixture
def parts(story: Story, published: Path, tmp_path: Path, policy: Policy) -> dict[str, bytes]:
    with Log.open(tmp_path / "ledger", published, origin=ORIGIN, signer=LOG_KEY) as log:
        return {ENTRY: log.entry(7), PROOF: log.prove(7).to_bytes(), POLICY: policy.source}


def audited(tmp_path: Path, parts: dict[str, bytes], policy: Path | None = None) -> tuple[int, str]:
    path = tmp_path / "bukti.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    report = audit_folder(path, policy=policy)
    return report.exit_code, "\n".join(report.sentences())


def test_a_proof_says_what_who_when_and_under_which_policy(tmp_path, parts, policy):
    code, said = audited(tmp_path, parts)
    assert code == 0
    assert policy.digest in said
    assert "catatan ke-7 dari 22" in said
    assert "case_referred oleh program:cases-refer" in said
    assert "saksi.example:ml-dsa-44 pada 2026-11-24T01:00:00Z" in said
    (tmp_path / "own").write_bytes(policy.source)
    assert audited(tmp_path, parts, tmp_path / "own")[0] == 0


def test_no_bit_of_entry_proof_or_policy_may_change(tmp_path, parts):
    """Of the ML-DSA parts every 97th byte; of all else every byte. A policy has no digest of itself, so its own URL and
    names may change without making the proof false: what is compared on paper is the fingerprint."""
    for name in (ENTRY, PROOF):
        whole = parts[name]
        for at in range(0, len(whole), 1 if name == ENTRY else 13):
            bent = bytearray(whole)
            bent[at] ^= 1 << at % 8
            assert audited(tmp_path, {**parts, name: bytes(bent)})[0] != 0, (name, at)


def test_a_proof_of_another_entry_or_place_fails(tmp_path, parts, story):
    other = story.acts[8].to_bytes()
    assert audited(tmp_path, {**parts, ENTRY: other})[0] == 1
    moved = Proof.parse(parts[PROOF])
    moved = Proof(moved.index + 1, moved.hashes, moved.checkpoint)
    assert audited(tmp_path, {**parts, PROOF: moved.to_bytes()})[0] == 1


def test_without_the_witness_it_cannot_tell(tmp_path, parts):
    proof = Proof.parse(parts[PROOF])
    note = Note.parse(proof.checkpoint)
    bare = Proof(proof.index, proof.hashes, Note(note.text, note.signatures[:1]).to_bytes())
    assert audited(tmp_path, {**parts, PROOF: bare.to_bytes()})[0] == 2


def test_a_log_that_the_policy_does_not_know_is_not_believed(tmp_path, parts, witness):
    from saksama.ledger.keys import Signer

    (tmp_path / "own").write_bytes(Policy.of(Signer.generate(ORIGIN).verifier(), witness.verifiers()).source)
    assert audited(tmp_path, parts, tmp_path / "own")[0] == 1


@pytest.mark.parametrize("name", [ENTRY, PROOF, POLICY])
def test_a_file_that_lacks_or_adds_a_part_is_refused(tmp_path, parts, name):
    assert audited(tmp_path, {other: raw for other, raw in parts.items() if other != name})[0] == 1
    assert audited(tmp_path, {**parts, "more.txt": b"x"})[0] == 1
    assert audited(tmp_path, {**parts, name: b""})[0] == 1


def test_what_is_no_zip_or_a_bomb_is_refused(tmp_path, parts):
    path = tmp_path / "bukti.zip"
    path.write_bytes(b"PK")
    assert audit_folder(path).exit_code == 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (ENTRY, PROOF, POLICY):
            archive.writestr(name, bytes(30 << 20))
    assert audit_folder(path).exit_code == 1
    assert path.stat().st_size < 1 << 20
