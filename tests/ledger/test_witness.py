"""The witness: what it signs, what it refuses and with which code, alone and over HTTP."""

import base64
import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.client import HttpWitness
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.errors import (
    Conflict,
    Damaged,
    LedgerError,
    Locked,
    Malformed,
    WitnessRefused,
)
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.note import Note, SignatureLine, parse_signatures
from saksama.ledger.witness import Request, Witness
from tests.ledger.growing import FORK, LEAVES, LOG, note, proof
from tests.ledger.parts import NOW, ORIGIN


@pytest.fixture(params=["in this process", "over HTTP"])
def witness(request: pytest.FixtureRequest, inner: Witness) -> Iterator[WitnessPort]:
    if request.param == "in this process":
        yield inner
        return
    remote = HttpWitness(inner.name, request.getfixturevalue("server").url)
    yield remote
    remote.close()


def forged(size: int) -> bytes:
    false = SignatureLine(ORIGIN, LOG.verifier().key_id, bytes(64))
    return Note.parse(note(size)).with_signatures([false]).to_bytes()


def verified(inner: Witness, raw: bytes, answer: bytes) -> list[int | None]:
    text = Note.parse(raw).text
    lines = parse_signatures(answer)
    assert len(lines) == 2
    return [key.verify(text, line) for key, line in zip(inner.verifiers(), lines, strict=True)]


def test_it_cosigns_a_log_that_grows_with_both_keys(inner, witness):
    assert witness.latest(ORIGIN) is None
    seen = 0
    for size in (0, 1, 1, 7, 64, 100):
        answer = witness.add_checkpoint(seen, proof(seen, size), note(size))
        assert verified(inner, note(size), answer) == [NOW, NOW]
        shown = Note.parse(witness.latest(ORIGIN) or b"")
        assert Checkpoint.parse(shown.text).size == size
        assert LOG.verifier().verify_in(shown) is not None
        assert all(key.verify_in(shown) is not None for key in inner.verifiers())
        seen = size


@pytest.mark.parametrize(
    ("old", "path", "checkpoint", "status"),
    [
        (7, [], note(7, origin="other.example", signer=Signer.generate("other.example")), 404),
        (7, proof(7, 9), note(9, signer=Signer.generate(ORIGIN)), 403),
        (7, proof(7, 9), forged(9), 403),
        (9, [], note(7), 400),
        (8, proof(8, 9), note(9), 409),
        (0, [], note(9), 409),
        (7, proof(6, 9), note(9), 422),
        (7, [], note(9), 422),
        (7, proof(7, 9)[:-1], note(9), 422),
        (7, [*proof(7, 9), bytes(32)], note(9), 422),
        (7, proof(7, 9, FORK), note(9, FORK), 422),
        (7, [], note(7, FORK), 422),
    ],
)
def test_it_refuses_with_the_protocol_s_code(inner, witness, old, path, checkpoint, status):
    inner.add_checkpoint(0, [], note(7))
    before = inner.latest(ORIGIN)
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(old, path, checkpoint)
    assert refusal.value.status == status
    if status == 409:
        assert isinstance(refusal.value, Conflict)
        assert refusal.value.size == 7
    assert inner.latest(ORIGIN) == before


def test_it_refuses_an_empty_tree_of_another_root_and_a_proof_from_nothing(witness):
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    for path, raw in (([], Note(text, (LOG.sign(text),)).to_bytes()), ([bytes(32)], note(3))):
        with pytest.raises(WitnessRefused) as refusal:
            witness.add_checkpoint(0, path, raw)
        assert refusal.value.status == 422


def test_it_cosigns_no_extension_lines(inner):
    text = Checkpoint(ORIGIN, 1, LEAVES[0], ("extra",)).text
    with pytest.raises(WitnessRefused, match="extension"):
        inner.add_checkpoint(0, [], Note(text, (LOG.sign(text),)).to_bytes())


def test_what_it_has_seen_outlives_it(inner, tmp_path):
    inner.add_checkpoint(0, [], note(7))
    inner.close()
    again = Witness.open(tmp_path / "w", clock=lambda: NOW)
    with pytest.raises(Conflict):
        again.add_checkpoint(0, [], note(9, FORK))
    assert again.verifiers() == inner.verifiers()
    again.close()


def test_it_is_made_once_and_held_by_one_process(inner, tmp_path):
    with pytest.raises(Damaged, match="orphan"):
        Witness.create(tmp_path / "w", "saksi.example")
    with pytest.raises(Locked):
        Witness.open(tmp_path / "w")
    with pytest.raises(Damaged, match="no witness"):
        Witness.open(tmp_path / "nowhere")


def test_its_keys_are_for_its_owner_alone(inner, tmp_path):
    assert (tmp_path / "w/keys").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in (tmp_path / "w").iterdir()) == ["keys", "lock", "logs.policy"]


def test_it_learns_of_a_log_while_it_runs(inner):
    other = Signer.generate("other.example")
    with pytest.raises(WitnessRefused):
        inner.add_checkpoint(0, [], note(3, signer=other, origin=other.name))
    inner.trust(other.verifier())
    inner.trust(other.verifier())
    inner.add_checkpoint(0, [], note(3, signer=other, origin=other.name))
    assert inner.logs == (LOG.verifier(), other.verifier())


def test_it_falls_silent_when_its_clock_goes_back(tmp_path):
    times = [NOW]
    witness = Witness.create(tmp_path / "w2", "saksi.example", logs=[LOG.verifier()], clock=lambda: times[0])
    witness.add_checkpoint(0, [], note(1))
    times[0] = NOW - 20  # a small step back: it speaks, and never of an earlier moment than before
    answer = witness.add_checkpoint(1, proof(1, 2), note(2))
    assert verified(witness, note(2), answer) == [NOW, NOW]
    times[0] = NOW - 86_400
    with pytest.raises(WitnessRefused, match="clock has gone back") as refusal:
        witness.add_checkpoint(2, proof(2, 3), note(3))
    assert refusal.value.status == 503
    times[0] = NOW + 5
    assert verified(witness, note(3), witness.add_checkpoint(2, proof(2, 3), note(3))) == [NOW + 5, NOW + 5]


def test_it_does_not_sign_over_a_changed_record(inner):
    inner.add_checkpoint(0, [], note(7))
    (record,) = (inner._storage.root).glob("*/checkpoint")
    record.write_bytes(note(3))
    with pytest.raises(Damaged, match="not its own"):
        inner.add_checkpoint(3, proof(3, 9), note(9))
    record.write_bytes(b"x")
    with pytest.raises(Damaged, match="was changed"):
        inner.add_checkpoint(3, proof(3, 9), note(9))


def test_of_many_at_once_one_wins_and_none_rolls_back(inner):
    inner.add_checkpoint(0, [], note(1))
    answers: list[str] = []

    def ask(size: int) -> None:
        try:
            inner.add_checkpoint(1, proof(1, size), note(size))
            answers.append("signed")
        except Conflict:
            answers.append("conflict")

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(2, 22)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["conflict"] * 19 + ["signed"]


def test_a_request_has_one_form():
    whole = Request(7, tuple(proof(7, 9)), note(9))
    assert Request.parse(whole.to_bytes()) == whole
    good = whole.to_bytes()
    for bad in (
        b"",
        good.replace(b"old 7", b"old 07"),
        good.replace(b"old 7", b"old  7"),
        good.replace(b"old 7", b"new 7"),
        good.replace(b"old 7\n", b"old 7\n" + base64.b64encode(bytes(31)) + b"\n"),
        good.replace(b"old 7\n", b"old 7\n" + (base64.b64encode(bytes(32)) + b"\n") * 64),
        good.replace(b"\n\n", b"\n"),
        good.replace(b"\n", b"\r\n"),
        good.replace(b"old 7", b"old 9223372036854775808"),
    ):
        with pytest.raises(Malformed):
            Request.parse(bad)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_in_one_form_or_refused_in_one_way(raw):
    try:
        assert Request.parse(raw).to_bytes() == raw
    except LedgerError as fault:
        assert type(fault) is Malformed  # noqa: PT017  # the one exception that may leave a parser


@pytest.mark.parametrize("kind", [KeyType.ED25519, KeyType.ML_DSA_44_COSIGNATURE])
def test_it_knows_logs_by_either_kind_of_key(tmp_path, kind):
    log = Signer.generate(ORIGIN, kind)
    witness = Witness.create(tmp_path / "either", "saksi.example", logs=[log.verifier()])
    text = Checkpoint(ORIGIN, 3, tree.root_of(LEAVES[:3])).text
    raw = Note(text, (log.sign(text, time=NOW),)).to_bytes()
    assert len(parse_signatures(witness.add_checkpoint(0, [], raw))) == 2


def test_a_killed_process_leaves_nothing_aside(inner, tmp_path):
    (tmp_path / "w/.aside-keys").write_bytes(b"half")
    inner.close()
    Witness.open(tmp_path / "w").close()
    assert not (tmp_path / "w/.aside-keys").exists()
    assert os.listdir(tmp_path / "w")  # noqa: PTH208  # names are all that is asked


def test_it_does_not_open_over_broken_keys(inner, tmp_path):
    inner.close()
    for content in (b"", b"\n", b"PRIVATE+KEY+x\n", b"\xff"):
        (tmp_path / "w/keys").write_bytes(content)
        with pytest.raises(Malformed):
            Witness.open(tmp_path / "w")
