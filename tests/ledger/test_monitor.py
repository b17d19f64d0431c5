"""The monitor: it cries out by name, and what it writes down convinces others."""

import json
import shutil

import pytest

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.client import HttpWitness
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.monitor import Alarm, Monitor, is_split_view
from saksama.ledger.note import Note
from saksama.ledger.places import Address, Folder, place_at
from saksama.ledger.policy import Policy
from saksama.ledger.receipt import Receipt
from saksama.ledger.server import Rate, WitnessServer
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, entries


@pytest.fixture
def clock():
    return [NOW + 10.0]


@pytest.fixture
def monitor(tmp_path, policy, signer, clock):
    return Monitor(tmp_path / "monitor", policy, signer.verifier(), patience=600, clock=lambda: clock[0])


@pytest.fixture
def place(grow, tmp_path):
    grow(5)
    return Folder(tmp_path / "published")


@pytest.fixture
def seen_by_witness(witness, tmp_path):
    """What the witness shows, as a folder."""
    return Folder(tmp_path / "witness" / Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT).origin_hash)


def kinds(sightings):
    return [sighting.alarm for sighting in sightings]


def forked(tmp_path, signer, count, *, start=50) -> Folder:
    """Another history of the log, published with a signature of its key and no witness."""
    with Log.create(tmp_path / f"l{count}", tmp_path / f"p{count}", origin=ORIGIN, signer=signer) as other:
        other.append(entries(count, start=start))
        other.checkpoint([], Policy.of(signer.verifier(), []))
    return Folder(tmp_path / f"p{count}")


def test_a_log_in_order_gives_no_alarm(monitor, place, seen_by_witness, grow):
    assert monitor.look(place, [seen_by_witness]) == []
    grow(305)
    assert monitor.look(place, [seen_by_witness]) == []


@pytest.mark.parametrize("count", [3, 5, 9])
def test_a_fork_of_any_size_is_seen_and_written_down(monitor, place, signer, tmp_path, count):
    other = forked(tmp_path, signer, count)
    (sighting,) = monitor.look(place, [other])
    assert sighting.alarm is Alarm.SPLIT
    assert "two histories" in sighting.sentence
    assert sighting.evidence is not None
    notes = [(sighting.evidence / name).read_bytes() for name in ("first.note", "second.note")]
    about = json.loads((sighting.evidence / "about.json").read_text())
    assert about["log"] == str(signer.verifier())
    assert all(signer.verifier().verify_in(Note.parse(raw)) for raw in notes)
    assert is_split_view(*notes, signer.verifier()) is (count == 5)


def test_evidence_needs_the_log_s_own_signatures(place, signer, tmp_path):
    mine = (tmp_path / "published/checkpoint").read_bytes()
    other = forked(tmp_path, signer, 5).get("checkpoint") or b""
    assert is_split_view(mine, other, signer.verifier())
    assert not is_split_view(mine, mine, signer.verifier())
    assert not is_split_view(mine, other, Signer.generate(ORIGIN).verifier())
    assert not is_split_view(mine, other.replace(b"\n5\n", b"\n6\n"), signer.verifier())
    assert not is_split_view(mine, b"x", signer.verifier())


def test_every_bit_of_the_evidence_counts(place, signer, tmp_path):
    """Of the two notes alone, with the log's signatures only: a changed bit convicts nobody."""
    own = Note.parse((tmp_path / "published/checkpoint").read_bytes())
    mine = Note(own.text, own.signatures[:1]).to_bytes()
    other = forked(tmp_path, signer, 5).get("checkpoint") or b""
    assert is_split_view(mine, other, signer.verifier())
    for at in range(len(mine)):
        for bit in range(8):
            bent = bytearray(mine)
            bent[at] ^= 1 << bit
            assert not is_split_view(bytes(bent), other, signer.verifier()), (at, bit)
            assert not is_split_view(other, bytes(bent), signer.verifier()), (at, bit)


def test_a_log_that_goes_back_on_what_it_showed_is_seen(monitor, place, signer, grow, tmp_path):
    shutil.copytree(tmp_path / "published", tmp_path / "older")
    grow(8)
    assert monitor.look(place) == []
    assert Alarm.SHRUNK in kinds(monitor.look(Folder(tmp_path / "older")))
    assert monitor.look(place) == []  # what it remembers is still the largest
    rewritten = forked(tmp_path, signer, 9)
    assert Alarm.SPLIT in kinds(monitor.look(rewritten))


def test_missing_cosignatures_are_named(monitor, place, tmp_path, witness):
    path = tmp_path / "published/checkpoint"
    note = Note.parse(path.read_bytes())
    path.write_bytes(Note(note.text, note.signatures[:2]).to_bytes())
    (sighting,) = monitor.look(place)
    assert sighting.alarm is Alarm.NO_QUORUM
    assert f"{witness.name}:ml-dsa-44" in sighting.sentence


def test_a_false_cosignature_is_an_alarm(monitor, place, tmp_path):
    path = tmp_path / "published/checkpoint"
    note = Note.parse(path.read_bytes())
    line = note.signatures[1]
    path.write_bytes(note.with_signatures([type(line)(line.name, line.key_id, bytes(len(line.blob)))]).to_bytes())
    assert kinds(monitor.look(place)) == [Alarm.NO_QUORUM]


def test_a_log_that_stands_still_is_seen(monitor, place, clock):
    clock[0] = NOW + 601
    (sighting,) = monitor.look(place)
    assert sighting.alarm is Alarm.STALLED
    assert "601 seconds old" in sighting.sentence


def test_places_that_show_nothing_are_named(monitor, place, tmp_path):
    (tmp_path / "garbage").mkdir()
    (tmp_path / "garbage/checkpoint").write_bytes(b"<html>")
    stranger = Signer.generate(ORIGIN)
    text = Checkpoint(ORIGIN, 5, bytes(32)).text
    (tmp_path / "stranger").mkdir()
    (tmp_path / "stranger/checkpoint").write_bytes(Note(text, (stranger.sign(text),)).to_bytes())
    others = [Folder(tmp_path / "nowhere"), Folder(tmp_path / "garbage"), Folder(tmp_path / "stranger")]
    others.append(Address("http://127.0.0.1:9/", timeout=0.5))
    assert kinds(monitor.look(place, others)) == [Alarm.UNREADABLE] * 4


def test_without_tiles_consistency_cannot_be_told_and_that_is_said(monitor, grow, place, tmp_path):
    monitor.look(place)
    grow(8)
    shutil.rmtree(tmp_path / "published/tile")
    (sighting,) = monitor.look(place)
    assert sighting.alarm is Alarm.UNREADABLE
    assert "cannot be told" in sighting.sentence


def test_an_entry_over_its_delay_is_seen(monitor, place, signer, clock):
    kept = Receipt.make(ORIGIN, 2, tree.leaf_hash(entries(5)[2][1]), deadline=NOW, signer=signer)
    broken = Receipt.make(ORIGIN, 5, tree.leaf_hash(b"withheld"), deadline=NOW, signer=signer)
    not_yet = Receipt.make(ORIGIN, 6, tree.leaf_hash(b"later"), deadline=NOW + 60, signer=signer)
    (sighting,) = monitor.look(place, receipts=[kept, broken, not_yet])
    assert sighting.alarm is Alarm.OVERDUE
    assert "entry 5" in sighting.sentence


def test_it_watches_a_witness_over_http(monitor, place, signer, tmp_path, serving):
    with Witness.create(tmp_path / "w2", "s2.example", logs=[signer.verifier()], clock=lambda: NOW) as second:
        server = WitnessServer(("127.0.0.1", 0), second, rate=Rate(1000, 1000))
        serving(server)
        port = HttpWitness(second.name, server.url)
        other = forked(tmp_path, signer, 5)
        port.add_checkpoint(0, [], other.get("checkpoint") or b"")
        port.close()
        origin_hash = Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT).origin_hash
        address = place_at(server.url + origin_hash)
        (sighting,) = monitor.look(place, [address])
        address.close()
        assert sighting.alarm is Alarm.SPLIT
