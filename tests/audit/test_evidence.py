"""One entry's evidence, for people: valid, invalid, cannot tell, and every bit of it."""

import base64
import io
import json
import re
import struct
import warnings
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.audit import Report, Verdict, audit_folder
from saksama.audit.evidence import (
    DECLARED,
    DECLARED_PROOF,
    ENTRY,
    MAX_BYTES,
    MEMBERS,
    POLICY,
    PROOF,
    NotEvidence,
    judge_evidence,
    read_members,
    read_proof,
    root_from,
)
from saksama.flow.prove import Published
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from saksama.ledger.proof import Proof
from tests.audit.story import LOG_KEY, ORIGIN, Story

VECTORS = Path(__file__).parents[1] / "vectors" / "merkle.jsonl"
INDEX = 7


@pytest.fixture
def whole(published: Path) -> bytes:
    return Published(published).evidence(INDEX)


@pytest.fixture
def parts(whole: bytes) -> dict[str, bytes]:
    return read_members(whole)


def zipped(parts: dict[str, bytes], compress: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def judged(raw: bytes, policy: bytes | None = None) -> Report:
    report = Report()
    judge_evidence(raw, policy=policy, report=report)
    return report


def refusal(raw: bytes) -> str:
    """The one sentence with which a file is refused before anything of it is believed."""
    report = judged(raw)
    (found,) = report.findings
    assert (found.verdict, report.exit_code) == (Verdict.FAIL, 1)
    return found.sentence


def test_it_says_what_who_when_and_under_which_policy(whole, policy, tmp_path):
    (tmp_path / "bukti.zip").write_bytes(whole)
    report = audit_folder(tmp_path / "bukti.zip")
    said = "\n".join(report.sentences())
    assert report.exit_code == 0
    assert [finding.number for finding in report.findings] == list(range(1, 8))
    assert f"sidik berkas kebijakan: {policy.digest}" in said
    assert "catatan ke-7 dari 22" in said
    assert "Perkara GD-" in said
    assert "saksi.example:ml-dsa-44 pada 2026-11-24T01:00:00Z" in said
    assert "saksi.example:ed25519 pada 2026-11-24T01:00:00Z" in said
    assert "dinyatakan buku besar itu sendiri, pada catatan ke-0" in said


def test_every_entry_of_the_story_can_be_proved_the_declaration_too(published, story):
    log = Published(published)
    for index in range(len(story.acts)):
        assert judged(log.evidence(index)).exit_code == 0, index


def test_the_format_page_names_the_files_in_their_order(whole):
    page = (Path(__file__).parents[2] / "docs/formats/evidence.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) == MEMBERS
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert tuple(archive.namelist()) == MEMBERS


def test_the_same_entry_is_the_same_bytes(published, whole):
    assert Published(published).evidence(INDEX) == whole
    assert judged(zipped(read_members(whole), zipfile.ZIP_DEFLATED)).exit_code == 0  # packed anew on the way


@pytest.mark.slow
def test_no_bit_of_any_member_may_change(parts, policy):
    """Every single bit of all five files, with and without a policy of the auditor's own: never valid."""
    flips = 0
    for name in MEMBERS:
        content = parts[name]
        for bit in range(len(content) * 8):
            bent = bytearray(content)
            bent[bit // 8] ^= 1 << bit % 8
            own = policy.source if bit % 8 == 0 else None
            assert judged(zipped({**parts, name: bytes(bent)}), own).exit_code in (1, 2), (name, bit)
            flips += 1
    assert flips == 8 * sum(map(len, parts.values())) > 80_000


def test_no_bit_of_the_zip_itself_changes_what_is_read(whole, parts):
    """Every 7th bit of the file, and every bit of the zip's own directory: refused, or the same five files."""
    directory = whole.index(b"PK\x01\x02")
    same = 0
    for bit in [*range(0, directory * 8, 7), *range(directory * 8, len(whole) * 8)]:
        bent = bytearray(whole)
        bent[bit // 8] ^= 1 << bit % 8
        try:
            read = read_members(bytes(bent))
        except NotEvidence:
            continue
        if read == parts:
            same += 1  # a date, an attribute: nothing that is evidence
        else:
            assert judged(bytes(bent)).exit_code in (1, 2), bit
    assert same < 1500


def test_an_unsigned_addition_is_refused(parts):
    """What the format of a proof or note allows and nobody signs has no place in evidence."""
    proof = Proof.parse(parts[PROOF])
    assert judged(zipped({**parts, PROOF: Proof(7, proof.hashes, proof.checkpoint, b"x").to_bytes()})).exit_code == 1
    note = Note.parse(proof.checkpoint)
    more = note.with_signatures([Signer.generate("passer.by").sign(note.text)]).to_bytes()
    for name in (PROOF, DECLARED_PROOF):
        parts[name] = Proof(Proof.parse(parts[name]).index, Proof.parse(parts[name]).hashes, more).to_bytes()
    report = judged(zipped(parts))
    assert report.exit_code == 1
    assert "tidak dijamin oleh kebijakan" in report.findings[-1].sentence


def test_a_policy_other_than_the_declared_one_is_refused(parts):
    """Addresses and names of a policy are signed by nobody; the log's own entry vouches for every byte of them."""
    for old, new in ((b"\n", b"\n# note\n"), (b"witness ", b"witness  "), (b"quorum kuorum", b"quorum none")):
        report = judged(zipped({**parts, POLICY: parts[POLICY].replace(old, new, 1)}))
        assert report.exit_code == 1, old
        assert "bukan yang dinyatakan di buku besar" in report.findings[-1].sentence


def test_an_entry_that_declares_nothing_vouches_for_no_policy(parts):
    report = judged(zipped({**parts, DECLARED: parts[ENTRY], DECLARED_PROOF: parts[PROOF]}))
    assert report.exit_code == 1
    assert "bukan yang dinyatakan" in report.findings[-1].sentence


def test_evidence_of_another_entry_or_place_fails(parts, story):
    other = story.acts[8].to_bytes()
    assert judged(zipped({**parts, ENTRY: other})).exit_code == 1
    proof = Proof.parse(parts[PROOF])
    moved = Proof(proof.index + 1, proof.hashes, proof.checkpoint)
    assert judged(zipped({**parts, PROOF: moved.to_bytes()})).exit_code == 1


def test_two_checkpoints_in_one_file_are_refused(parts):
    proof = Proof.parse(parts[DECLARED_PROOF])
    note = Note.parse(proof.checkpoint)
    fewer = Proof(proof.index, proof.hashes, Note(note.text, note.signatures[:1]).to_bytes())
    report = judged(zipped({**parts, DECLARED_PROOF: fewer.to_bytes()}))
    assert report.exit_code == 1
    assert "checkpoint yang berbeda" in report.findings[-1].sentence


def unwitnessed(parts: dict[str, bytes]) -> dict[str, bytes]:
    found = dict(parts)
    for name in (PROOF, DECLARED_PROOF):
        proof = Proof.parse(parts[name])
        note = Note.parse(proof.checkpoint)
        bare = Note(note.text, note.signatures[:1]).to_bytes()
        found[name] = Proof(proof.index, proof.hashes, bare).to_bytes()
    return found


def test_without_the_witness_it_cannot_tell(parts):
    report = judged(zipped(unwitnessed(parts)))
    assert report.exit_code == 2
    assert "belum memenuhi kuorum" in "\n".join(report.sentences())


def test_the_auditors_own_policy_is_what_counts(parts, whole, witness, policy):
    assert judged(whole, policy.source).exit_code == 0
    assert "Bandingkan sidiknya" not in "\n".join(judged(whole, policy.source).sentences())
    stranger = Policy.of(Signer.generate(ORIGIN).verifier(), witness.verifiers())
    refused = judged(whole, stranger.source)
    assert refused.exit_code == 1
    assert "kebijakan Anda" in refused.findings[-1].sentence
    absent = Signer.generate("bawaslu.example", KeyType.ED25519_COSIGNATURE).verifier()
    assert judged(whole, Policy.of(LOG_KEY.verifier(), [absent]).source).exit_code == 2
    assert judged(whole, b"nonsense").exit_code == 1


def test_what_a_stranger_calls_a_witness_can_be_printed(whole, witness):
    key = next(iter(witness.verifiers()))
    own = f"log {LOG_KEY.verifier()}\nwitness k\xe9 {key}\nquorum k\xe9\n".encode("latin-1")
    said = "\n".join(judged(whole, own).sentences()).encode()
    assert b"saksi k\\udce9" in said


def test_a_policy_of_the_auditors_that_is_not_there_cannot_be_told(whole, tmp_path):
    (tmp_path / "bukti.zip").write_bytes(whole)
    assert audit_folder(tmp_path / "bukti.zip", policy=tmp_path / "none").exit_code == 2


def test_a_quorum_of_some_leaves_no_line_unjudged(story: Story, witness, tmp_path):
    """With one of two keys enough, a bent line of the other still makes the evidence invalid, never valid."""
    named = [PolicyWitness(f"{key.name}:{key.key_type.algorithm}", key) for key in witness.verifiers()]
    policy = Policy(
        (PolicyLog(LOG_KEY.verifier()),), tuple(named), (PolicyGroup("q", 1, tuple(w.name for w in named)),), "q"
    )
    story.policy = policy
    story.first("office_opened").body["policy_sha256"] = policy.digest
    parts = read_members(Published(story.publish(tmp_path / "other", witness)).evidence(3))
    assert judged(zipped(parts)).exit_code == 0
    note_at = parts[PROOF].rindex(b"\n\n")
    for at in range(note_at, len(parts[PROOF]), 11):
        bent = {}
        for name in (PROOF, DECLARED_PROOF):
            content = bytearray(parts[name])
            content[at - len(parts[PROOF])] ^= 1
            bent[name] = bytes(content)
        assert judged(zipped({**parts, **bent})).exit_code != 0, at


def test_an_entry_dated_after_its_cosignature_is_refused(story: Story, witness, tmp_path):
    from datetime import timedelta

    from tests.audit.story import WITNESSED

    story.acts[-1].at = WITNESSED + timedelta(days=2)
    log = Published(story.publish(tmp_path / "other", witness))
    report = judged(log.evidence(len(story.acts) - 1))
    assert report.exit_code == 1
    assert "sesudah tanda tangan saksi" in report.findings[-1].sentence


def test_an_entry_that_is_no_entry_is_refused(story: Story, witness, tmp_path):
    story.raw[5] = b'{"NIK": "3404010101700001"}'
    report = judged(Published(story.publish(tmp_path / "other", witness)).evidence(5))
    assert report.exit_code == 1
    assert "3404010101700001" not in "\n".join(report.sentences())


@pytest.mark.parametrize("name", MEMBERS)
def test_a_file_that_lacks_or_adds_a_part_is_refused(parts, name):
    lacking = {other: raw for other, raw in parts.items() if other != name}
    assert refusal(zipped(lacking)) == f"Di dalam zip tidak ada: {name}."
    assert judged(zipped({**parts, name: b""})).exit_code == 1
    assert "bukan bagian dari bukti" in refusal(zipped({**parts, "more.txt": b"x"}))
    warnings.simplefilter("ignore", UserWarning)  # zipfile's own, for the name that stands there twice
    written = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr(name, b"another")
    assert "muncul dua kali" in refusal(written.getvalue())


@pytest.mark.parametrize("name", ["../policy", "/etc/passwd", "a/policy", "..\\policy", "C:\\policy"])
def test_a_name_that_leads_elsewhere_is_refused_and_not_quoted(parts, name):
    said = refusal(zipped({**parts, name: b"x"}))
    assert "menunjuk ke folder lain" in said
    assert name not in said


def test_a_bomb_is_refused_before_it_opens(parts):
    bomb = zipped({**parts, POLICY: bytes(300 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < MAX_BYTES
    assert "mengembang" in refusal(bomb)
    lying = bytearray(bomb)  # the zip says 9 bytes where 300 million come out
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = 0
        while (start := lying.find(signature, start)) >= 0:
            (size,) = struct.unpack_from("<I", lying, start + at)
            if size == 300 << 20:
                struct.pack_into("<I", lying, start + at, 9)
            start += 4
    assert "bukan zip yang utuh" in refusal(bytes(lying))


def test_what_is_encrypted_or_packed_in_another_way_is_refused(parts):
    locked = bytearray(zipped(parts))
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "bersandi" in refusal(bytes(locked))
    assert "tidak dikenal" in refusal(zipped(parts, zipfile.ZIP_LZMA))


@pytest.mark.parametrize("raw", [b"", b"PK", b"PK\x03\x04", b"hello", b"PK\x05\x06" + bytes(18), bytes(MAX_BYTES + 1)])
def test_what_is_no_zip_is_refused_in_a_sentence(raw):
    assert refusal(raw).endswith(".")


def test_a_truncated_file_is_refused(whole):
    for end in range(0, len(whole), 97):
        assert judged(whole[:end]).exit_code == 1


@given(raw=st.binary(max_size=400))
def test_whatever_comes_is_answered(raw):
    assert judged(raw).exit_code == 1


@given(head=st.binary(max_size=200), tail=st.binary(max_size=50))
def test_a_proof_parses_or_raises_one_exception(head, tail):
    for raw in (head + tail, b"c2sp.org/tlog-proof@v1\nindex 7\n" + head + b"\n\n" + tail):
        try:
            found = read_proof(raw)
        except NotEvidence:
            continue
        lines = [b"c2sp.org/tlog-proof@v1", b"index %d" % found.index, *map(base64.b64encode, found.hashes)]
        assert b"\n".join(lines) + b"\n\n" + found.note == raw


@pytest.mark.parametrize(
    "bent",
    [b"index 07\n", b"index +7\n", b"index 7 \n", b"index -1\n", b"index 99999999999999999999\n", b"\nindex 7\n"],
)
def test_an_index_has_one_form(parts, bent):
    with pytest.raises(NotEvidence):
        read_proof(parts[PROOF].replace(b"index 7\n", bent))


def test_a_hash_has_one_form(parts):
    first = parts[PROOF].split(b"\n")[2]
    for bent in (first[:-1], first + b" ", b" " + first, first[:-2] + b"F=", base64.b64encode(bytes(31)), b"!" * 44):
        with pytest.raises(NotEvidence):
            read_proof(parts[PROOF].replace(first, bent))


def test_other_peoples_inclusion_vectors_are_judged_as_they_say():
    """98 proofs by transparency-dev: what the auditor's own arithmetic leads to is the root, or it is not."""
    judged_right = 0
    for line in VECTORS.read_text().splitlines():
        case = json.loads(line)
        if not case["file"].startswith("inclusion/"):
            continue
        proof = tuple(base64.b64decode(item) for item in case["proof"] or ())
        found = root_from(base64.b64decode(case["leafHash"] or ""), case["leafIdx"], case["treeSize"], proof)
        holds = found is not None and found == base64.b64decode(case["root"] or "")
        holds = holds and all(len(item) == 32 for item in (*proof, base64.b64decode(case["leafHash"] or "")))
        assert holds is not case["wantErr"], case["file"]
        judged_right += 1
    assert judged_right == 98


def test_every_proof_up_to_a_hundred_entries_leads_to_the_root(witness, tmp_path):
    from saksama.ledger import tree

    leaves = [sha256(b"\x00" + str(n).encode()).digest() for n in range(100)]

    def node(level: int, index: int) -> bytes:
        return tree.root_of(leaves[index << level : (index + 1) << level])

    for size in range(1, 101):
        root = tree.root_of(leaves[:size])
        for index in range(size):
            proof = tuple(tree.inclusion_proof(index, size, node))
            assert root_from(leaves[index], index, size, proof) == root
            assert root_from(leaves[index], index, size, (*proof, root)) != root
            assert not proof or root_from(leaves[index], index, size, proof[:-1]) != root


def test_a_log_whose_policy_no_entry_declares_gives_no_evidence(story: Story, witness, tmp_path):
    from saksama.model.errors import Broken

    story.drop(story.first("office_opened"))
    with pytest.raises(Broken, match="declares the policy"):
        Published(story.publish(tmp_path / "other", witness)).evidence(3)


def test_a_log_that_was_changed_gives_no_evidence(published, story, tmp_path):
    from saksama.model.errors import Broken

    with Log.open(tmp_path / "ledger", published, origin=ORIGIN, signer=LOG_KEY):
        pass
    (published / "tile/entries/000.p" / str(len(story.acts))).unlink()
    with pytest.raises(Broken):
        Published(published).evidence(3)
