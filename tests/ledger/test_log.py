"""The log: what is acknowledged stays, what is published is witnessed, and nobody else can hold it."""

import subprocess
import sys

import pytest

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import (
    Damaged,
    Locked,
    Malformed,
    NoQuorum,
    NotInLog,
    WitnessRefused,
)
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.tree import EMPTY_ROOT
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, Answering, check_log, entries, require_proof
from tests.vectors import HERE, WORDS


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


def test_no_size_is_signed_with_two_roots(log, witness, policy):
    log.append(entries(2))
    log.checkpoint([witness], policy)
    with pytest.raises(Damaged, match="another root was signed"):
        log._index.note_signing(Checkpoint(ORIGIN, 2, bytes(32)))
    with pytest.raises(Damaged, match="shrink"):
        log._index.note_signing(Checkpoint(ORIGIN, 1, bytes(32)))


def test_very_much_that_waits_is_published_in_pieces(log, witness, policy, signer, published, monkeypatch):
    monkeypatch.setattr("saksama.ledger.log._AT_ONCE", 300)
    log.append(entries(700))
    down = Answering(WitnessRefused(503, "down"))
    with pytest.raises(NoQuorum):
        log.checkpoint([down], policy)
    assert log.checkpoint([witness], policy).size == 700
    assert sorted(size for size in range(701) if log._index.signed_root(size)) == [300, 600, 700]
    check_log(log, signer, published, acknowledged=entries(700))


def test_a_full_tile_takes_the_place_of_its_beginnings(log, witness, policy, signer, published):
    for size in (100, 200, 256, 300):
        log.append(entries(size))
        log.checkpoint([witness], policy)
    left = {str(path.relative_to(published)) for path in published.rglob("*.p")}
    assert left == {"tile/0/001.p", "tile/1/000.p", "tile/entries/001.p"}
    assert fsck(published, signer.verifier()).size == 300


def test_given_tessera_s_test_key_it_publishes_tessera_s_log_byte_for_byte(tmp_path):
    """The key stands in Tessera's testdata/build_log.sh. Ed25519 is deterministic, so signatures must be theirs too."""
    theirs = HERE / "tessera-log"
    signer = Signer.load((theirs / "signing-key").read_text().strip())
    policy = Policy.of(signer.verifier(), [])
    with Log.create(tmp_path / "l", tmp_path / "p", origin=signer.name, signer=signer) as log:
        for size in range(16):
            log.append([(word.decode(), word) for word in WORDS[:size]])
            log.checkpoint([], policy)
            assert (tmp_path / "p/checkpoint").read_bytes() == (theirs / f"checkpoint.{size}").read_bytes()
    ours = {str(path.relative_to(tmp_path / "p")): path.read_bytes() for path in (tmp_path / "p").rglob("000.p/*")}
    assert ours == {str(path.relative_to(theirs)): path.read_bytes() for path in theirs.rglob("000.p/*")}
    assert len(ours) == 30
