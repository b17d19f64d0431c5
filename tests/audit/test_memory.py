"""An audit goes on from an earlier one: the same verdict, less work, and no history changed before it passes."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from saksama.audit import Report, audit_folder, checks
from saksama.audit.memory import Memory, Unusable
from saksama.audit.reading import Begun, FolderReader
from saksama.cli.main import main
from saksama.ledger.log import Log
from saksama.ledger.storage import Storage
from saksama.ledger.tiles import Edge
from saksama.ledger.tree import leaf_hash, root_of
from tests.audit.story import LOG_KEY, ORIGIN, Story, true_story


def failures(report: Report) -> list[str]:
    return [p for f in report.findings if f.verdict.value == "fail" for p in (f.sentence, *f.points)]


class Office:
    """A log that publishes the story piece by piece."""

    def __init__(self, folder: Path, story: Story, witness) -> None:
        self.published = folder / "published"
        self.log = Log.create(folder / "ledger", self.published, origin=ORIGIN, signer=LOG_KEY)
        self.story, self.witness = story, witness

    def publish(self, upto: int) -> None:
        self.log.append([(str(at), raw) for at, raw in enumerate(self.story.entries()[:upto])])
        self.log.checkpoint([self.witness], self.story.policy)

    def publish_files(self) -> None:
        for path, content in self.story.files.items():
            (self.published / path).parent.mkdir(parents=True, exist_ok=True)
            (self.published / path).write_bytes(content)


@pytest.fixture
def begun(story, witness, tmp_path):
    made = Office(tmp_path, story, witness)
    yield made
    made.log.close()


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "ingatan.json"


def remembered(path: Path) -> int:
    return int(json.loads(path.read_bytes())["size"])


def test_in_pieces_it_says_what_it_says_at_once(begun, memory, monkeypatch):
    read: list[int] = []
    reading = checks.read_entry
    monkeypatch.setattr(checks, "read_entry", lambda index, raw: read.append(index) or reading(index, raw))
    whole = len(begun.story.acts)
    # Not between the changes of an outcome and the outcome: that is a fault for as long as it lasts.
    pieces = (1, 2, 7, 8, 12, 19, whole - 3, whole)
    for at, upto in enumerate(pieces):
        if upto == whole:
            begun.publish_files()
        begun.publish(upto)
        read.clear()
        report = audit_folder(begun.published, memory=memory)
        assert (failures(report), report.exit_code) == ([], 0)
        assert read == list(range(pieces[at - 1] if at else 0, upto))
        assert remembered(memory) == upto
    at_once = audit_folder(begun.published)
    others = [(one, other) for one, other in zip(report.findings, at_once.findings, strict=True) if one != other]
    assert len(others) == 1
    assert f"Pemeriksaan atas {whole - 3} catatan dilanjutkan" in others[0][0].sentence
    again = audit_folder(begun.published, memory=memory)
    assert (again.exit_code, f"Pemeriksaan atas {whole} catatan" in "\n".join(again.sentences())) == (0, True)


def test_what_an_earlier_audit_established_counts(begun, memory):
    """The second half alone would be full of faults: decisions on no cases, by people who are nobody."""
    begun.publish(9)
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    begun.story.acts[12].actor = "P-999999"
    begun.publish(13)
    report = audit_folder(begun.published, memory=memory)
    assert report.exit_code == 1
    assert remembered(memory) == 9  # nothing is learnt from what is wrong


def test_a_history_changed_before_the_earlier_audit_is_seen_though_everybody_signed_it(
    begun, memory, policy, witness, tmp_path
):
    """Log, witness and files all lie together: a full audit believes them, and one that remembers does not."""
    begun.publish(9)
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    other = true_story(policy)
    other.acts[0].at = other.acts[0].at.replace(minute=0, second=0, hour=0)
    next((tmp_path / "witness").glob("*/checkpoint")).unlink()  # the witness forgets, on purpose
    forged = other.publish(tmp_path / "forged", witness)
    assert audit_folder(forged).exit_code == 0
    report = audit_folder(forged, memory=memory)
    assert report.exit_code == 1
    assert "berubah" in "\n".join(failures(report))
    assert remembered(memory) == 9


def test_an_auditor_goes_on_from_a_file_of_their_own_by_command(begun, memory):
    begun.publish(9)
    audit = ["--lang", "id", "audit", str(begun.published), "--memory", str(memory), "--json"]
    first = CliRunner().invoke(main, audit)
    assert first.exit_code == 0, first.output
    assert memory.is_file()
    again = CliRunner().invoke(main, audit)
    assert again.exit_code == 0
    told = " ".join(finding["sentence"] for finding in json.loads(again.output)["findings"])
    assert "Pemeriksaan atas 9 catatan dilanjutkan" in told


def test_a_log_that_has_shrunk_is_seen(begun, memory, story, witness, tmp_path):
    begun.publish(9)
    shutil.copytree(begun.published, tmp_path / "older")
    begun.publish(11)
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    report = audit_folder(tmp_path / "older", memory=memory)
    assert report.exit_code == 1
    assert "pemeriksaan Anda yang lalu menemukan 11" in "\n".join(failures(report))


@pytest.mark.parametrize("spoil", ["garbage", "version", "origin", "policy", "cut"])
def test_a_memory_that_does_not_fit_is_no_memory(begun, memory, spoil, policy, tmp_path):
    begun.publish(9)
    own = tmp_path / "own"
    own.write_bytes(policy.source)
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    whole = json.loads(memory.read_bytes())
    if spoil == "garbage":
        memory.write_bytes(b"\x00")
    elif spoil == "cut":
        memory.write_bytes(memory.read_bytes()[:-9])
    elif spoil != "policy":
        memory.write_text(json.dumps(whole | ({"v": 2} if spoil == "version" else {"origin": "other.example/x"})))
    report = audit_folder(begun.published, policy=own if spoil == "policy" else None, memory=memory)
    assert report.exit_code == 0
    assert not any("dilanjutkan" in finding.sentence for finding in report.findings)
    assert remembered(memory) == 9


def test_a_memory_reads_back_as_it_was(begun, memory):
    begun.publish(len(begun.story.acts))
    begun.publish_files()
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    found = Memory.parse(memory.read_bytes())
    assert found.to_bytes() == memory.read_bytes()
    assert (len(found.state.decisions), len(found.state.settled), len(found.state.people)) == (4, 2, 4)
    assert found.state.decisions_of["GD-none"] == []  # a table with a default is one again
    with pytest.raises(Unusable):
        Memory.parse(memory.read_bytes().replace(b'"ganda"', b"7"))


def folder_of(entries: list[bytes], folder: Path) -> Path:
    """The tiles of a log of these entries, as it would have published them at this size alone."""
    edge = Edge()
    Storage(folder).put_all([(tile.path, content) for tile, content in edge.grow(entries)])
    return folder


def whole(folder: Path, size: int, begun: Begun | None = None) -> tuple[FolderReader, list[int]]:
    reader = FolderReader(folder, size, begun)
    read = [index for index, _ in reader.entries()]
    assert (reader.tree.missing, reader.tree.changed, reader.tree.extra) == ([], [], [])
    return reader, read


@pytest.mark.parametrize(
    "steps",
    [(1, 2, 3), (255, 256, 257, 511, 512, 513), (5, 300, 700), (256, 768), (65_535, 65_537, 66_100)],
)
def test_roots_and_tiles_are_those_of_a_whole_reading(steps, tmp_path):
    entries = [b"%d" % number for number in range(steps[-1])]
    leaves = [leaf_hash(entry) for entry in entries]
    known = Begun()
    for at, size in enumerate(steps):
        folder = folder_of(entries[:size], tmp_path / str(size))
        before = steps[at - 1] if at else 0
        reader, read = whole(folder, size, known)
        assert read == list(range(before, size))
        assert reader.tree.root == root_of(leaves[:size])
        if size < 1000:
            assert [reader.root_of_first(n) for n in range(before, size + 1)] == [
                root_of(leaves[:n]) if n >= known.start else None for n in range(before, size + 1)
            ]
        assert reader.end == whole(folder, size)[0].end
        known = reader.end


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/0/001", "tile/entries/002", "tile/0/002", "tile/1/000.p/3"])
def test_files_that_are_gone_are_missed_old_and_new(path, tmp_path):
    entries = [b"%d" % number for number in range(800)]
    known = whole(folder_of(entries[:600], tmp_path / "a"), 600)[0].end
    folder = folder_of(entries, tmp_path / "b")
    (folder / path).unlink()
    reader = FolderReader(folder, 800, known)
    list(reader.entries())
    assert path in reader.tree.missing


def test_beginnings_of_old_tiles_may_have_stayed_and_strangers_may_not(tmp_path):
    entries = [b"%d" % number for number in range(800)]
    known = whole(folder_of(entries[:600], tmp_path / "a"), 600)[0].end
    folder = folder_of(entries, tmp_path / "b")
    stay = ("tile/entries/000.p/7", "tile/0/001.p/255", "tile/0/002.p/3")
    strangers = ("tile/0/000.p/256", "tile/0/0000.p/3", "tile/entries/009.p/3", "tile/2/000.p/1", "tile/0/x000/001.p/3")
    for path in (*stay, *strangers):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"".join(leaf_hash(entry) for entry in entries[512:515]))
    reader = FolderReader(folder, 800, known)
    list(reader.entries())
    assert reader.tree.extra == sorted(strangers)


def test_it_is_remembered_that_a_number_was_used(begun, memory):
    begun.publish(9)
    assert audit_folder(begun.published, memory=memory).exit_code == 0
    begun.story.raw[9] = begun.story.entries()[1]
    begun.publish(10)
    assert "nomor catatan yang sama sudah dipakai" in "\n".join(failures(audit_folder(begun.published, memory=memory)))
