"""Asking witnesses: a late answer, a lost one, a lie, a fork; and what is published in each case."""

import base64
import threading
import time
from collections.abc import Sequence

import pytest

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Behind, Conflict, NoQuorum, SplitView, WitnessRefused, WitnessUnreachable
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.log import Log
from saksama.ledger.monitor import is_split_view
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, Answering, check_log, entries


class Silent:
    """A witness that is down."""

    name = "saksi.example/diam"

    def latest(self, origin: str) -> bytes | None:
        raise WitnessUnreachable(f"{self.name} does not answer")

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        raise WitnessUnreachable(f"{self.name} does not answer")


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published"


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
    with pytest.raises(NoQuorum, match="suspect a split view") as refused:
        log.checkpoint([forked], wanting, refresh=True)
    assert refused.value.suspects_split
    assert forked.asked == [1]


def test_409_at_equal_size_with_another_tree_in_hand_is_evidence(log, witness, policy, signer, tmp_path):
    """It had nothing when it was surveyed, and cosigned another history while ours was being signed."""
    log.append(entries(1))
    log.checkpoint([witness], policy)
    with Log.create(tmp_path / "l2", tmp_path / "p2", origin=ORIGIN, signer=signer) as forked:
        forked.append(entries(1, start=50))
        forked.checkpoint([], Policy.of(signer.verifier(), []))
        theirs = forked.published_note()

    class Turning(Answering):
        def add_checkpoint(self, old_size, proof, checkpoint):
            self.seen = theirs
            return super().add_checkpoint(old_size, proof, checkpoint)

    turned = Turning(Conflict(1), latest=log.published_note())
    with pytest.raises(SplitView) as found:
        log.checkpoint([turned], policy, refresh=True)
    assert is_split_view(found.value.first, found.value.second, signer.verifier())


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
    log.close()
    log = Log.open(tmp_path / "log", published, origin=ORIGIN, signer=signer)
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


class Hanging:
    """A witness that answers what it has seen, and then takes its time."""

    def __init__(self, inner: Witness, release: threading.Event, *, from_the_start: bool = False) -> None:
        self.inner, self.name, self.release = inner, inner.name, release
        self.from_the_start = from_the_start
        self.asked = 0

    def latest(self, origin: str) -> bytes | None:
        self.asked += 1
        if self.from_the_start:
            raise WitnessUnreachable(f"{self.name} does not answer")
        return self.inner.latest(origin)

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        self.release.wait(30)
        return self.inner.add_checkpoint(old_size, proof, checkpoint)


@pytest.fixture
def three(tmp_path, signer):
    """Three witnesses, of whom two are a quorum."""
    made = [Witness.create(tmp_path / f"w{n}", f"s{n}.example", logs=[signer.verifier()]) for n in range(3)]
    named = tuple(PolicyWitness(w.name, w.verifiers()[0]) for w in made)
    group = PolicyGroup("two", 2, tuple(w.name for w in made))
    yield made, Policy((PolicyLog(signer.verifier()),), named, (group,), "two")
    for witness in made:
        witness.close()


def test_a_witness_that_hangs_is_not_waited_for_once_the_others_are_enough(log, three):
    made, policy = three
    release = threading.Event()
    ports = [made[0], made[1], Hanging(made[2], release)]
    log.append(entries(1))
    then = time.monotonic()
    assert log.checkpoint(ports, policy).size == 1
    assert time.monotonic() - then < 10
    assert log.refusals == {"s2.example": "s2.example was slower than the others"}
    release.set()


def test_a_witness_that_is_down_is_let_rest_while_the_others_are_enough(log, three):
    made, policy = three
    down = Hanging(made[2], threading.Event(), from_the_start=True)
    for size in (1, 2, 3):
        log.append(entries(size))
        log.checkpoint([made[0], made[1], down], policy)
    assert down.asked == 1
    assert log.refusals == {"s2.example": "s2.example does not answer"}


def test_everybody_is_asked_again_when_there_was_no_quorum(log, three):
    made, policy = three
    down = Hanging(made[2], threading.Event(), from_the_start=True)
    log.append(entries(1))
    for _ in range(3):
        with pytest.raises(NoQuorum, match=r"s2\.example does not answer"):
            log.checkpoint([made[0], down], policy)
    assert down.asked == 3
