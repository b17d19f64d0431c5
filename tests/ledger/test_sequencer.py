"""The sequencer: order by one, receipts at once, acknowledgement only after the quorum."""

import threading
from collections.abc import Sequence
from concurrent.futures import TimeoutError as NotYet

import pytest

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Behind, LedgerError, Malformed, NoQuorum, NotTrusted, WitnessUnreachable
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.places import Folder
from saksama.ledger.receipt import Receipt
from saksama.ledger.sequencer import Busy, Limits, Sequencer, Submission
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, check_log, entries

QUICK = Limits(period=0.01, batch=100, waiting=1000)


@pytest.fixture
def sequencer(log, signer, witness, policy) -> Sequencer:
    return Sequencer(log, signer, witnesses=[witness], policy=policy, limits=QUICK, clock=lambda: NOW)


def test_many_threads_submit_and_each_gets_its_own_index(sequencer, log, signer, tmp_path):
    stop = threading.Event()
    running = threading.Thread(target=sequencer.run, args=(stop,))
    running.start()
    submitted: list[Submission] = []

    def submit(start: int) -> None:
        for entry_id, entry in entries(50, start=start):
            submitted.append(sequencer.submit(entry_id, entry))  # one by one, as people do

    threads = [threading.Thread(target=submit, args=(50 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    indexes = [item.published.result(timeout=30) for item in submitted]
    stop.set()
    running.join()
    assert sorted(indexes) == list(range(400))
    assert [log.entry(item.published.result()) for item in submitted] == [item.entry for item in submitted]
    check_log(log, signer, tmp_path / "published", acknowledged=entries(400))


def test_a_receipt_is_a_signed_promise_that_can_be_checked(sequencer, log, signer, tmp_path):
    item = sequencer.submit("a", b"entry")
    sequencer.step()
    receipt = item.committed.result(timeout=0)
    assert Receipt.parse(receipt.note, signer.verifier()) == receipt
    assert (receipt.index, receipt.leaf, receipt.deadline) == (0, tree.leaf_hash(b"entry"), NOW + 60)
    place = Folder(tmp_path / "published")
    held = Checkpoint.parse(Note.parse(log.published_note() or b"").text)
    assert receipt.is_kept_by(place, held)
    other = Receipt.make(ORIGIN, 0, tree.leaf_hash(b"other"), deadline=NOW, signer=signer)
    later = Receipt.make(ORIGIN, 1, tree.leaf_hash(b"entry"), deadline=NOW, signer=signer)
    assert not other.is_kept_by(place, held)
    assert not later.is_kept_by(place, held)
    assert not receipt.is_kept_by(Folder(tmp_path / "nowhere"), held)


def test_a_receipt_is_refused_if_another_signed_it_or_it_is_none(signer):
    receipt = Receipt.make(ORIGIN, 7, bytes(32), deadline=NOW, signer=signer)
    with pytest.raises(NotTrusted):
        Receipt.parse(receipt.note, Signer.generate(ORIGIN).verifier())
    with pytest.raises(NotTrusted):
        Receipt.parse(Receipt.make("o.example", 7, bytes(32), deadline=NOW, signer=signer).note, signer.verifier())
    for old, new in ((b"v1", b"v2"), (b"\n7\n", b"\n07\n"), (b"\n7\n", b"\n7\nx\n")):
        with pytest.raises(Malformed):
            Receipt.parse(receipt.note.replace(old, new), signer.verifier())
    with pytest.raises(Malformed):
        Checkpoint.parse(Note.parse(receipt.note).text)  # never taken for a checkpoint


def test_every_bit_of_a_receipt_counts(signer):
    raw = Receipt.make(ORIGIN, 7, bytes(32), deadline=NOW, signer=signer).note
    assert Receipt.parse(raw, signer.verifier()).index == 7
    for at in range(len(raw)):
        for bit in range(8):
            bent = bytearray(raw)
            bent[at] ^= 1 << bit
            with pytest.raises(LedgerError):
                Receipt.parse(bytes(bent), signer.verifier())


def test_an_id_submitted_twice_is_one_entry(sequencer, log):
    items = [sequencer.submit("a", b"entry"), sequencer.submit("a", b"entry"), sequencer.submit("b", b"entry")]
    sequencer.step()
    assert [item.published.result(timeout=0) for item in items] == [0, 0, 1]
    assert log.size == 2


def test_it_takes_no_more_than_may_wait(log, signer, witness, policy):
    small = Sequencer(log, signer, witnesses=[witness], policy=policy, limits=Limits(waiting=2))
    small.submit("a", b"a")
    small.submit("b", b"b")
    with pytest.raises(Busy):
        small.submit("c", b"c")
    with pytest.raises(Malformed):
        small.submit("d", bytes(70_000))


class Failing:
    """A witness that can be switched off, or made to say that it saw more."""

    def __init__(self, inner: Witness) -> None:
        self.inner, self.name = inner, inner.name
        self.fault: Exception | None = None

    def latest(self, origin: str) -> bytes | None:
        return self.inner.latest(origin)

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        if self.fault is not None:
            raise self.fault
        return self.inner.add_checkpoint(old_size, proof, checkpoint)


def test_without_a_quorum_nothing_is_acknowledged_until_there_is_one(log, signer, witness, policy):
    failing = Failing(witness)
    failing.fault = WitnessUnreachable("down")
    sequencer = Sequencer(log, signer, witnesses=[failing], policy=policy, limits=QUICK)
    first = sequencer.submit("a", b"a")
    sequencer.step()
    assert first.committed.result(timeout=0).index == 0
    with pytest.raises(NotYet):
        first.published.result(timeout=0)
    assert "down" in sequencer.last_refusal
    failing.fault = None
    second = sequencer.submit("b", b"b")
    sequencer.step()
    assert (first.published.result(timeout=0), second.published.result(timeout=0)) == (0, 1)
    assert sequencer.last_refusal == ""


def test_it_stops_for_good_when_state_was_lost(log, signer, witness, policy):
    failing = Failing(witness)
    failing.fault = Behind("a witness has seen more")
    sequencer = Sequencer(log, signer, witnesses=[failing], policy=policy, limits=QUICK)
    item = sequencer.submit("a", b"a")
    with pytest.raises(Behind):
        sequencer.run(threading.Event())
    with pytest.raises(Behind):
        item.published.result(timeout=0)


def test_what_is_committed_when_it_stops_is_published_by_the_next(log, signer, witness, policy, tmp_path):
    failing = Failing(witness)
    failing.fault = WitnessUnreachable("down")
    sequencer = Sequencer(log, signer, witnesses=[failing], policy=policy, limits=QUICK)
    item = sequencer.submit("a", b"a")
    stop = threading.Event()
    stop.set()
    sequencer.run(stop)
    with pytest.raises(NoQuorum, match="will be published by the next"):
        item.published.result(timeout=0)
    log.close()
    with Log.open(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer) as again:
        assert again.checkpoint([witness], policy).size == 1
