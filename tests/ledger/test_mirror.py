"""The mirror: a whole copy or none, and a log that lives on when its own folder is gone."""

import shutil

import pytest

from saksama.ledger.errors import Behind, Damaged, Locked, NotTrusted, SplitView
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.mirror import Mirror, promote
from saksama.ledger.monitor import is_split_view
from saksama.ledger.places import Folder
from saksama.ledger.policy import Policy
from saksama.ledger.proof import Proof
from saksama.ledger.tiles import Tile, pack, unpack
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, check_log, entries, require_proof


@pytest.fixture
def mirror(tmp_path, policy):
    with Mirror(tmp_path / "mirror", policy) as made:
        yield made


@pytest.fixture
def place(tmp_path):
    return Folder(tmp_path / "published")


def id_of(entry: bytes) -> str:
    return f"id:{entry.split()[1].decode()}"


@pytest.mark.parametrize("steps", [(3,), (256, 1), (300, 212, 1, 70_000)])
def test_it_copies_what_is_new_and_the_copy_is_whole(grow, signer, mirror, place, steps):
    done = 0
    for step in steps:
        done += step
        grow(done)
        assert mirror.pull(place).size == done
        assert mirror.pull(place).size == done
        assert fsck(mirror.copy, signer.verifier()).size == done
    assert mirror.held is not None
    assert sorted(mirror.copy.parent.iterdir()) == [mirror.copy, mirror.copy.parent / "lock"]


def test_a_mirror_is_kept_by_one_process(mirror, tmp_path, policy):
    with pytest.raises(Locked):
        Mirror(tmp_path / "mirror", policy)


def test_it_copies_nothing_that_does_not_lead_to_the_root(grow, mirror, place, tmp_path):
    grow(300)
    mirror.pull(place)
    grow(600)
    before = {path: path.read_bytes() for path in mirror.copy.rglob("*") if path.is_file()}
    bundle = tmp_path / "published" / Tile(-1, 1).path
    whole = bundle.read_bytes()
    bent = unpack(whole)
    bent[99] = b"bent"
    for content in (pack(bent), pack(bent[:-1]), whole[:-1]):
        bundle.write_bytes(content)
        with pytest.raises(Damaged):
            mirror.pull(place)
        assert {path: path.read_bytes() for path in mirror.copy.rglob("*") if path.is_file()} == before
    bundle.unlink()
    with pytest.raises(Damaged, match="does not have"):
        mirror.pull(place)
    bundle.write_bytes(whole)
    assert mirror.pull(place).size == 600


def test_it_believes_only_what_the_policy_believes(grow, witness, mirror, place, tmp_path):
    with pytest.raises(Damaged, match="no checkpoint"):
        mirror.pull(place)
    grow(3)
    other = Policy.of(Signer.generate(ORIGIN).verifier(), witness.verifiers())
    with Mirror(tmp_path / "other", other) as strict, pytest.raises(NotTrusted):
        strict.pull(place)


def test_it_keeps_both_notes_when_history_was_changed(grow, policy, signer, mirror, place, tmp_path):
    """With the log's key and a witness that forgot, the log tells the mirror another story."""
    grow(5)
    mirror.pull(place)
    for count, told in ((5, True), (9, False), (3, False)):
        with Log.create(tmp_path / f"l{count}", tmp_path / f"p{count}", origin=ORIGIN, signer=signer) as forked:
            forked.append(entries(count, start=50))
            raw_witness = tmp_path / f"w{count}"
            shutil.copytree(tmp_path / "witness", raw_witness)
            for seen in raw_witness.glob("*/checkpoint"):
                seen.unlink()
            with Witness.open(raw_witness, clock=lambda: NOW) as forgetful:
                forked.checkpoint([forgetful], policy)
        with pytest.raises(SplitView) as found:
            mirror.pull(Folder(tmp_path / f"p{count}"))
        assert is_split_view(found.value.first, found.value.second, signer.verifier()) is told
        assert mirror.held is not None
        assert mirror.held.checkpoint.size == 5


def test_an_older_checkpoint_of_the_same_history_changes_nothing(grow, mirror, place, tmp_path):
    grow(5)
    shutil.copytree(tmp_path / "published", tmp_path / "older")
    grow(10)
    mirror.pull(place)
    assert mirror.pull(Folder(tmp_path / "older")).size == 10


def test_it_notices_that_its_own_copy_was_changed(grow, mirror, place):
    grow(5)
    mirror.pull(place)
    grow(10)
    tile = mirror.copy / Tile(0, 0, 5).path
    tile.write_bytes(bytes(5 * 32))
    with pytest.raises(Damaged):
        mirror.pull(place)


def test_the_log_lives_on_from_a_mirror(grow, log, signer, witness, policy, tmp_path):
    """The drill: the sequencer's disk is gone; earlier proofs verify and the next checkpoint continues the last."""
    grow(300)
    kept = [log.prove(index).to_bytes() for index in (0, 299)]
    with Mirror(tmp_path / "mirror", policy) as mirror:
        mirror.pull(Folder(tmp_path / "published"))
    log.close()
    shutil.rmtree(tmp_path / "log")
    shutil.rmtree(tmp_path / "published")
    assert promote(mirror.copy, tmp_path / "new", signer=signer, id_of=id_of) == 300
    with pytest.raises(Damaged, match="already"):
        promote(mirror.copy, tmp_path / "new", signer=signer, id_of=id_of)
    with Log.open(tmp_path / "new", mirror.copy, origin=ORIGIN, signer=signer) as promoted:
        assert promoted.append(entries(10, start=295)) == list(range(295, 305))
        assert promoted.checkpoint([witness], policy).size == 305
        for raw in kept:
            proof = Proof.parse(raw)
            proof.require_inclusion(promoted.entry(proof.index), policy)
        require_proof(promoted, 304, policy)
        check_log(promoted, signer, mirror.copy, acknowledged=entries(305))


def test_a_mirror_that_is_behind_is_not_let_go_on(grow, signer, witness, policy, mirror, tmp_path):
    grow(300)
    mirror.pull(Folder(tmp_path / "published"))
    grow(305)
    promote(mirror.copy, tmp_path / "new", signer=signer, id_of=id_of)
    with Log.open(tmp_path / "new", mirror.copy, origin=ORIGIN, signer=signer) as promoted:
        promoted.append(entries(1, start=900))
        with pytest.raises(Behind, match="has seen 305 entries"):
            promoted.checkpoint([witness], policy)
