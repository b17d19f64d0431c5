"""The folder: every byte of it, and what only files can betray."""

import shutil
from pathlib import Path

import pytest

from saksama.audit import Report, Verdict, audit_folder
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.storage import Storage
from saksama.ledger.tiles import Edge
from saksama.ledger.witness import Witness
from saksama.model.texts import speak
from tests.audit.story import BEGIN, LOG_KEY, ORIGIN, OUTCOME, Story


def failed(report: Report) -> list[str]:
    return [finding.sentence for finding in report.findings if finding.verdict is not Verdict.OK]


def rebuild(published: Path, entries: list[bytes]) -> Edge:
    """Write the tiles of other entries over those that stand, as an insider at the server could."""
    shutil.rmtree(published / "tile")
    edge = Edge()
    files = dict(edge.grow(entries))
    Storage(published).put_all([(tile.path, content) for tile, content in files.items()])
    return edge


def test_it_finds_the_true_story_valid_in_numbered_sentences(published):
    report = audit_folder(published)
    assert failed(report) == []
    assert report.exit_code == 0
    assert [finding.number for finding in report.findings] == list(range(1, 18))
    text = "\n".join(report.sentences())
    assert "4 putusan" in text
    assert "2 perubahan" in text
    assert "Bandingkan sidiknya" in text
    assert report.sentences()[-1] == "Kesimpulan: semua yang diperiksa benar."


def test_it_takes_the_policy_from_the_auditor_s_own_file(published, policy, tmp_path):
    own = tmp_path / "own-policy"
    own.write_bytes(policy.source)
    report = audit_folder(published, policy=own)
    assert report.exit_code == 0
    assert "Bandingkan" not in "\n".join(report.sentences())


def test_it_prints_the_fingerprints_that_people_compare(published, witness):
    points = audit_folder(published).findings[0].points
    for key in (LOG_KEY.verifier(), *witness.verifiers()):
        assert any(key.fingerprint in point for point in points)


def test_it_never_says_valid_after_one_byte_of_any_file_is_changed(published):
    files = sorted(path for path in published.rglob("*") if path.is_file())
    assert len(files) == 7  # checkpoint, policy, one bundle, one tile, Berita Acara twice, tally
    for path in files:
        whole = path.read_bytes()
        step = max(1, len(whole) // 60)
        for at in {0, len(whole) - 1, *range(0, len(whole), step)}:
            for mask in (0x01, 0x20):
                changed = bytearray(whole)
                changed[at] ^= mask
                path.write_bytes(changed)
                assert audit_folder(published).exit_code != 0, (path.name, at, mask)
        path.write_bytes(whole)
    assert audit_folder(published).exit_code == 0


def test_it_never_says_valid_after_a_file_is_cut_or_gone(published):
    for path in sorted(path for path in published.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert audit_folder(published).exit_code != 0, path.name
        path.write_bytes(whole + b"\n")
        assert audit_folder(published).exit_code != 0, path.name
        path.unlink()
        assert audit_folder(published).exit_code != 0, path.name
        path.write_bytes(whole)
    assert audit_folder(published).exit_code == 0


@pytest.mark.parametrize(
    "path",
    [
        "catatan.txt",
        "tile/0/001",
        "tile/entries/001.p/3",
        "tile/1/000.p/1",
        f"outcomes/{OUTCOME}/lagi.html",
        "outcomes/ffffffffffffffff/berita-acara.html",
        ".aside-checkpoint",
    ],
)
def test_it_names_a_file_that_belongs_to_nothing(published, path):
    (published / path).parent.mkdir(parents=True, exist_ok=True)
    (published / path).write_bytes(b"x" * 32)
    report = audit_folder(published)
    assert report.exit_code == 1
    assert any(path in finding.points for finding in report.findings)


def test_it_refuses_a_link_to_somewhere_else(published, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(published / "tile", elsewhere)
    (published / "tile").symlink_to(elsewhere)
    assert audit_folder(published).exit_code == 1


def test_it_refuses_the_roll_itself_among_published_files(story, witness, tmp_path):
    story.files[f"outcomes/{OUTCOME}/daftar-berikutnya.xlsx"] = b"next roll"
    report = audit_folder(story.publish(tmp_path, witness))
    assert any("daftar pemilih tidak boleh diterbitkan" in point for f in report.findings for point in f.points)


def test_older_partial_tiles_may_remain_and_are_checked_too(story, policy, witness, tmp_path):
    entries = story.entries()
    published = tmp_path / "published"
    with Log.create(tmp_path / "ledger", published, origin=ORIGIN, signer=LOG_KEY) as log:
        for at, raw in enumerate(entries):
            log.append([(str(at), raw)])
            log.checkpoint([witness], policy)
    for path, content in story.files.items():
        (published / path).parent.mkdir(parents=True, exist_ok=True)
        (published / path).write_bytes(content)
    assert audit_folder(published).exit_code == 0
    older = published / "tile/entries/000.p/3"
    older.write_bytes(older.read_bytes()[:-1] + b"!")
    assert audit_folder(published).exit_code == 1


@pytest.mark.parametrize("attack", ["drop", "reorder", "add", "change"])
def test_it_finds_entries_bent_under_the_old_signature(story, published, attack):
    entries = story.entries()
    if attack == "drop":
        del entries[3]
    elif attack == "reorder":
        entries[1], entries[2] = entries[2], entries[1]
    elif attack == "add":
        entries.append(entries[1].replace(b"P-000001", b"P-000077"))
    else:
        entries[-1] = entries[-1].replace(b'"struck":2', b'"struck":3')
    rebuild(published, entries)
    assert audit_folder(published).exit_code == 1


@pytest.mark.parametrize("attack", ["drop", "reorder", "add", "change"])
def test_it_does_not_believe_them_signed_anew_without_the_witness(story, published, attack):
    entries = story.entries()
    if attack == "drop":
        del entries[-4:]
    elif attack == "reorder":
        entries[1], entries[2] = entries[2], entries[1]
    elif attack == "add":
        entries.append(entries[1].replace(b"P-000001", b"P-000077"))
    else:
        entries[-1] = entries[-1].replace(b'"lines_before":1000', b'"lines_before":1001')
    edge = rebuild(published, entries)
    text = Checkpoint(ORIGIN, edge.size, edge.root).text
    old = Note.parse((published / "checkpoint").read_bytes())
    signed = Note(text, (LOG_KEY.sign(text),))
    (published / "checkpoint").write_bytes(signed.to_bytes())
    assert audit_folder(published).exit_code != 0
    with_old_cosignatures = signed.with_signatures(old.signatures[1:])
    (published / "checkpoint").write_bytes(with_old_cosignatures.to_bytes())
    assert audit_folder(published).exit_code == 1


def test_it_does_not_believe_a_log_of_another_key(published, tmp_path):
    other = Policy.of(Signer.generate(ORIGIN).verifier(), [])
    path = tmp_path / "other"
    path.write_bytes(other.source)
    assert audit_folder(published, policy=path).exit_code == 1


def test_it_cannot_tell_without_checkpoint_policy_or_folder(published, tmp_path):
    (published / "policy").rename(tmp_path / "policy")
    assert audit_folder(published).exit_code == 2
    (published / "checkpoint").unlink()
    assert audit_folder(published, policy=tmp_path / "policy").exit_code == 2
    assert audit_folder(tmp_path / "nowhere").exit_code == 2


def test_it_cannot_tell_when_the_witness_has_not_signed(published):
    note = Note.parse((published / "checkpoint").read_bytes())
    (published / "checkpoint").write_bytes(Note(note.text, note.signatures[:1]).to_bytes())
    report = audit_folder(published)
    assert report.exit_code == 2
    assert any("belum memenuhi kuorum" in finding.sentence for finding in report.findings)


def test_an_empty_ledger_is_valid_and_says_so(policy, witness, tmp_path):
    published = Story(policy).publish(tmp_path, witness)
    report = audit_folder(published)
    assert report.exit_code == 0
    assert "atas 0 catatan" in "\n".join(report.sentences())


def test_an_entry_from_the_future_or_from_before_the_office_is_found(story, witness, tmp_path):
    story.acts[-1].at = BEGIN.replace(year=2031)
    story.acts[5].at = BEGIN.replace(year=2020)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 1
    (finding,) = [f for f in report.findings if "Urutan waktu" in f.sentence]
    assert len(finding.points) >= 2


def test_another_policy_than_the_one_declared_is_found(story, tmp_path):
    other = Witness.create(tmp_path / "other", "bayangan.example", logs=[LOG_KEY.verifier()])
    story.policy = Policy.of(LOG_KEY.verifier(), other.verifiers())
    report = audit_folder(story.publish(tmp_path, other))
    assert any("bukan yang dicatat saat kantor" in point for f in report.findings for point in f.points)


def test_it_speaks_english_where_asked(published):
    speak("en")
    try:
        assert audit_folder(published).exit_code == 0
    finally:
        speak("id")


def test_it_tells_how_far_it_is(published):
    told: list[tuple[float, float | None]] = []
    audit_folder(published, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 22)]
