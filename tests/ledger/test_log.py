"""The log: what is acknowledged stays, what is published is witnessed, and nobody else can hold it."""

import base64
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import (
    Behind,
    Conflict,
    Damaged,
    Locked,
    Malformed,
    NoQuorum,
    NotInLog,
    SplitView,
    WitnessRefused,
    WitnessUnreachable,
)
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.tree import EMPTY_ROOT
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, check_log, entries, require_proof


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published"


def reopened(log: Log, tmp_path, signer) -> Log:
    log.close()
    return Log.open(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer)


def test_an_entry_gets_an_index_for_ever(log, witness, policy, signer, published):
    assert log.append(entries(3)) == [0, 1, 2]
    assert log.append(entries(2, start=1)) == [1, 2]
    assert log.append([("id:9", b"x"), ("id:9", b"y"), ("id:0", b"z")]) == [3, 3, 0]
    assert (log.size, log.published_size, log.waiting) == (4, 0, 4)
    checkpoint = log.checkpoint([witness], policy)
    assert (checkpoint.size, log.published_size, log.waiting) == (4, 4, 0)
    assert log.entry(3) == b"x"
    assert log.index_of("id:9") == 3
    assert log.index_of("id:8") is None
    check_log(log, signer, published, acknowledged=entries(3))


def test_what_is_published_satisfies_the_policy(log, witness, policy, published):
    log.append(entries(300))
    log.checkpoint([witness], policy)
    trusted = policy.require_trusted((published / "checkpoint").read_bytes())
    assert set(trusted.cosigned.values()) == {NOW}
    assert len(trusted.cosigned) == 2
    assert (published / "policy").read_bytes() == policy.source


def test_an_empty_log_has_a_checkpoint_too(log, witness, policy):
    assert log.checkpoint([witness], policy) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    with pytest.raises(NotInLog):
        log.prove(0)


@pytest.mark.parametrize("steps", [(1, 1, 1), (255, 1, 1), (256, 256), (100, 600, 3)])
def test_every_step_is_provable_and_consistent(log, witness, policy, signer, published, steps):
    done = 0
    for step in steps:
        log.append(entries(step, start=done))
        done += step
        log.checkpoint([witness], policy)
        for index in {0, done // 2, done - 1}:
            require_proof(log, index, policy)
    check_log(log, signer, published, acknowledged=entries(done))


def test_a_proof_waits_for_the_checkpoint(log, witness, policy):
    log.append(entries(2))
    log.checkpoint([witness], policy)
    log.append(entries(1, start=2))
    assert log.entry(2) == entries(3)[2][1]
    with pytest.raises(NotInLog, match="not under a published checkpoint"):
        log.prove(2)
    with pytest.raises(NotInLog):
        log.entry(3)


def test_a_proof_of_one_entry_is_none_of_another(log, witness, policy):
    log.append(entries(5))
    log.checkpoint([witness], policy)
    proof = require_proof(log, 2, policy)
    with pytest.raises(NotInLog, match="not entry 2"):
        proof.require_inclusion(log.entry(3), policy)


def test_repeating_the_step_publishes_the_same(log, witness, policy, published):
    log.append(entries(5))
    first = log.checkpoint([witness], policy)
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    assert log.checkpoint([witness], policy) == first
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_a_refresh_brings_a_younger_cosignature(tmp_path, signer, log):
    times = iter(range(NOW, NOW + 10))
    witness = Witness.create(tmp_path / "w", "s.example", logs=[signer.verifier()], clock=lambda: next(times))
    policy = Policy.of(signer.verifier(), witness.verifiers())
    log.append(entries(1))
    log.checkpoint([witness], policy)
    first = policy.require_trusted(log.published_note() or b"").cosigned
    log.checkpoint([witness], policy, refresh=True)
    second = policy.require_trusted(log.published_note() or b"").cosigned
    assert max(first.values()) < min(second.values())


def test_it_goes_on_where_it_was(log, witness, policy, signer, tmp_path, published):
    log.append(entries(300))
    log.checkpoint([witness], policy)
    log.append(entries(5, start=300))
    log = reopened(log, tmp_path, signer)
    assert (log.size, log.published_size) == (305, 300)
    log.append(entries(10, start=300))
    log.checkpoint([witness], policy)
    check_log(log, signer, published, acknowledged=entries(310))
    log.close()


def test_a_second_process_cannot_pass_the_lock(log, tmp_path, signer):
    with pytest.raises(Locked):
        Log.open(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer)
    code = (
        "import sys; from pathlib import Path;"
        "from saksama.ledger.log import Log; from saksama.ledger.keys import Signer;"
        "Log.open(Path(sys.argv[1]), Path(sys.argv[2]), origin=sys.argv[3], signer=Signer.load(sys.argv[4]))"
    )
    arguments = [str(tmp_path / "log"), str(tmp_path / "published"), ORIGIN, signer.to_text()]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Locked: another process holds this log" in done.stderr
    log.close()
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_log_is_begun_once(log, tmp_path, signer):
    log.close()
    with pytest.raises(Damaged, match="never begun again"):
        Log.create(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer)
    with pytest.raises(Damaged, match="no log"):
        Log.open(tmp_path / "nowhere", tmp_path / "published", origin=ORIGIN, signer=signer)


def test_it_opens_with_its_own_key_and_origin_only(log, tmp_path, signer):
    log.close()
    with pytest.raises(Damaged, match="another key"):
        Log.open(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=Signer.generate(ORIGIN))
    with pytest.raises(Malformed, match="bear its name"):
        Log.open(tmp_path / "log", tmp_path / "published", origin="other.example", signer=signer)


@pytest.mark.parametrize("path", ["tile/entries/000.p/5", "tile/0/000.p/5", "checkpoint"])
def test_it_does_not_open_over_a_changed_folder(log, witness, policy, signer, tmp_path, path):
    published = tmp_path / "published"
    log.append(entries(5))
    log.checkpoint([witness], policy)
    whole = (published / path).read_bytes()
    (published / path).unlink()
    with pytest.raises(Damaged):
        reopened(log, tmp_path, signer)
    if path != "checkpoint":
        (published / path).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(Damaged):
            reopened(log, tmp_path, signer)


def test_a_changed_checkpoint_stops_the_next_one(log, witness, policy, published):
    log.append(entries(5))
    log.checkpoint([witness], policy)
    raw = (published / "checkpoint").read_bytes()
    (published / "checkpoint").write_bytes(raw.replace(b"\n5\n", b"\n6\n"))
    log.append(entries(1, start=5))
    with pytest.raises(Damaged, match="was changed"):
        log.checkpoint([witness], policy)


def test_an_entry_too_long_is_refused_and_nothing_of_its_batch_is_in(log):
    with pytest.raises(Malformed, match="65535"):
        log.append([("a", b"a"), ("b", bytes(70_000))])
    assert log.size == 0
    assert log.index_of("a") is None


class Silent:
    """A witness that is down."""

    name = "saksi.example/diam"

    def latest(self, origin: str) -> bytes | None:
        raise WitnessUnreachable(f"{self.name} does not answer")

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        raise WitnessUnreachable(f"{self.name} does not answer")


class Answering:
    """A witness that answers as told."""

    name = "saksi.example/kampus"

    def __init__(self, answer: bytes | Exception, latest: bytes | None = None) -> None:
        self.answer = answer
        self.seen = latest
        self.asked: list[int] = []

    def latest(self, origin: str) -> bytes | None:
        return self.seen

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        self.asked.append(old_size)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_without_a_quorum_nothing_is_published_and_nothing_is_lost(log, witness, policy, signer, published):
    log.append(entries(5))
    with pytest.raises(NoQuorum, match="diam does not answer"):
        log.checkpoint([Silent()], policy)
    assert not (published / "checkpoint").exists()
    assert not (published / "tile").exists()
    log.append(entries(2, start=5))
    assert log.checkpoint([Silent(), witness], policy).size == 7
    assert log.refusals == {"saksi.example/diam": "saksi.example/diam does not answer"}
    check_log(log, signer, published, acknowledged=entries(7))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "something else than signatures"),
        (b"<html>busy</html>", "something else than signatures"),
        (b"\xff\xfe", "something else than signatures"),
        ("— saksi.example/kampus AAAAAAAA\n".encode(), "no key that the policy knows"),
        (WitnessRefused(503, "its clock has gone back"), "clock has gone back"),
        (WitnessRefused(422, "not a continuation"), "not a continuation"),
    ],
)
def test_a_witness_that_talks_nonsense_is_noted(log, policy, answer, why):
    log.append(entries(1))
    with pytest.raises(NoQuorum, match=why):
        log.checkpoint([Answering(answer)], policy)


def test_a_signature_that_does_not_fit_is_not_published(log, witness, policy):
    log.append(entries(1))
    text = Checkpoint(ORIGIN, 9, bytes(32)).text
    key = Signer(witness.name, KeyType.ED25519_COSIGNATURE, bytes(32))
    forged = key.sign(text, time=NOW)
    false = f"— {witness.name} ".encode()
    good_id = witness.verifiers()[0].key_id
    false += base64.b64encode(good_id + forged.blob) + b"\n"
    with pytest.raises(NoQuorum, match="does not fit"):
        log.checkpoint([Answering(false)], policy)


def test_409_with_our_own_size_is_an_alarm_and_never_a_retry(log, policy):
    log.append(entries(1))
    lying = Answering(Conflict(1), latest=None)
    with pytest.raises(NoQuorum, match="names size 1 and shows 0"):
        log.checkpoint([lying], policy)
    assert lying.asked == [0]


def test_409_at_equal_size_says_split_view(log, witness, policy, signer):
    log.append(entries(1))
    log.checkpoint([witness], policy)
    forked = Answering(Conflict(1), latest=log.published_note())
    wanting = Policy.of(signer.verifier(), [Signer.generate(forked.name, KeyType.ED25519_COSIGNATURE).verifier()])
    with pytest.raises(NoQuorum, match="suspect a split view"):
        log.checkpoint([forked], wanting, refresh=True)
    assert forked.asked == [1]


def test_a_witness_that_saw_more_stops_the_log_before_it_signs(log, witness, policy, signer, tmp_path):
    log.append(entries(5))
    log.checkpoint([witness], policy)
    log.append(entries(5, start=5))
    with Log.create(tmp_path / "log2", tmp_path / "published2", origin=ORIGIN, signer=signer) as lost:
        lost.append(entries(3))
        with pytest.raises(Behind, match=r"has seen 5 entries .* this folder has 3"):
            lost.checkpoint([witness], policy)
        assert lost._index.signed_root(3) is None


def test_a_fork_is_found_with_evidence_in_hand(log, witness, policy, signer, tmp_path):
    log.append(entries(5))
    log.checkpoint([witness], policy)
    with Log.create(tmp_path / "log2", tmp_path / "published2", origin=ORIGIN, signer=signer) as forked:
        forked.append(entries(6, start=100))
        with pytest.raises(SplitView) as found:
            forked.checkpoint([witness], policy)
        assert signer.verifier().verify_in(Note.parse(found.value.first)) is not None
        assert forked._index.signed_root(6) is None


def test_a_conflict_with_a_larger_size_stops_the_log(log, policy):
    log.append(entries(1))
    with pytest.raises(Behind):
        log.checkpoint([Answering(Conflict(7))], policy)


def test_a_lost_answer_is_asked_for_again(log, witness, policy, signer, tmp_path, published):
    """The witness cosigned and its answer was lost: asked anew, it signs the same tree, or what has grown since."""

    class Lossy:
        name = witness.name
        lost = 0

        def latest(self, origin: str) -> bytes | None:
            return witness.latest(origin)

        def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
            answer = witness.add_checkpoint(old_size, proof, checkpoint)
            self.lost += 1
            if self.lost < 3:
                raise WitnessUnreachable("the line was cut")
            return answer

    lossy = Lossy()
    log.append(entries(3))
    with pytest.raises(NoQuorum, match="the line was cut"):
        log.checkpoint([lossy], policy)
    log = reopened(log, tmp_path, signer)
    log.append(entries(1, start=3))
    with pytest.raises(NoQuorum, match="the line was cut"):
        log.checkpoint([lossy], policy)
    assert log.checkpoint([lossy], policy).size == 4
    assert fsck(published, signer.verifier()).size == 4
    log.close()


def test_a_false_latest_is_not_believed(log, policy):
    log.append(entries(1))
    stranger = Signer.generate(ORIGIN)
    text = Checkpoint(ORIGIN, 10, bytes(32)).text
    shown = Note(text, (stranger.sign(text),)).to_bytes()
    with pytest.raises(NoQuorum, match="has not signed"):
        log.checkpoint([Answering(b"", latest=shown)], policy)
    with pytest.raises(NoQuorum, match="that is none"):
        log.checkpoint([Answering(b"", latest=b"<html>")], policy)


def test_witnesses_are_asked_at_once(log, signer, tmp_path):
    together = threading.Barrier(3, timeout=10)
    made = [Witness.create(tmp_path / f"w{n}", f"s{n}.example", logs=[signer.verifier()]) for n in range(3)]

    class Slow:
        def __init__(self, inner: Witness) -> None:
            self.inner, self.name = inner, inner.name

        def latest(self, origin: str) -> bytes | None:
            return self.inner.latest(origin)

        def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
            together.wait()  # passes only if all three are being asked
            return self.inner.add_checkpoint(old_size, proof, checkpoint)

    log.append(entries(1))
    policy = Policy.of(signer.verifier(), [witness.verifiers()[0] for witness in made])
    assert log.checkpoint([Slow(witness) for witness in made], policy).size == 1


def test_no_size_is_signed_with_two_roots(log, witness, policy):
    log.append(entries(2))
    log.checkpoint([witness], policy)
    with pytest.raises(Damaged, match="another root was signed"):
        log._index.note_signing(Checkpoint(ORIGIN, 2, bytes(32)))
    with pytest.raises(Damaged, match="shrink"):
        log._index.note_signing(Checkpoint(ORIGIN, 1, bytes(32)))
