"""A witness at an address that hangs, drips, floods or lies about its codes."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from saksama.ledger.client import HttpWitness, witnesses_in
from saksama.ledger.errors import Conflict, Malformed, WitnessRefused, WitnessUnreachable
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.policy import Policy, PolicyWitness
from tests.ledger.growing import note
from tests.ledger.parts import ORIGIN


@pytest.fixture
def door() -> Iterator[tuple[str, Callable[[bytes, float], None]]]:
    """A port that answers every connection with given bytes, or with none, whatever it is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    said: dict[str, object] = {"bytes": b"", "pause": 0.0}
    stop = threading.Event()

    def serve() -> None:
        listener.settimeout(0.05)
        open_ones = []
        while not stop.is_set():
            try:
                other, _ = listener.accept()
            except TimeoutError:
                continue
            open_ones.append(other)
            raw = said["bytes"]
            assert isinstance(raw, bytes)
            threading.Thread(target=drip, args=(other, raw, said["pause"]), daemon=True).start()
        for other in open_ones:
            other.close()

    def drip(other: socket.socket, raw: bytes, pause: float) -> None:
        for at in range(len(raw)) if pause else [None]:
            try:
                other.sendall(raw if at is None else raw[at : at + 1])
            except OSError:
                return
            stop.wait(pause)

    thread = threading.Thread(target=serve)
    thread.start()

    def say(raw: bytes, pause: float = 0.0) -> None:
        said.update({"bytes": raw, "pause": pause})

    yield f"http://127.0.0.1:{listener.getsockname()[1]}/", say
    stop.set()
    thread.join()
    listener.close()


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        (b"", 0.0),  # hangs
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100, 0.05),  # drips its headers
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"y" * 400, 0.05),  # drips its body
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 400, 0.05),  # drips a body of no known length
        (b"garbage\r\n\r\n", 0.0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"y" * 100_000, 0.0),
    ],
)
def test_a_witness_that_hangs_drips_or_floods_is_given_up(door, said, pause):
    url, say = door
    say(said, pause)
    witness = HttpWitness("saksi.example", url, timeout=0.4)
    with pytest.raises(WitnessUnreachable, match="does not answer"):
        witness.add_checkpoint(0, [], note(3))
    witness.close()


def test_other_codes_are_refusals_and_a_409_needs_a_size(door):
    url, say = door
    witness = HttpWitness("saksi.example", url, timeout=2)
    for status in (b"201", b"302", b"500", b"403", b"409"):
        say(b"HTTP/1.1 " + status + b" X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n7\n")
        with pytest.raises(WitnessRefused) as refusal:
            witness.add_checkpoint(0, [], note(3))
        assert not isinstance(refusal.value, Conflict)
    head = b"HTTP/1.1 409 X\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
    say(head + b"7\n")
    with pytest.raises(Conflict):
        witness.add_checkpoint(0, [], note(3))
    say(head + b"07")
    with pytest.raises(WitnessUnreachable, match="without a size"):
        witness.add_checkpoint(0, [], note(3))
    say(head.replace(b"409", b"500"))
    with pytest.raises(WitnessUnreachable):
        witness.latest(ORIGIN)
    witness.close()


def test_a_refusal_is_told_in_the_witness_s_own_words_as_far_as_they_are_words(door):
    url, say = door
    witness = HttpWitness("saksi.example", url, timeout=2)
    for body, told in (
        (b"this witness's clock has gone back\nmore", "(HTTP 503: this witness's clock has gone back)"),
        (b"\x1b[2Jowned", "(HTTP 503)"),
        ("keadaan é".encode(), "(HTTP 503)"),
        (b"a" * 300, f"(HTTP 503: {'a' * 200})"),
        (b"", "(HTTP 503)"),
    ):
        say(b"HTTP/1.1 503 X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        with pytest.raises(WitnessRefused) as refusal:
            witness.add_checkpoint(0, [], note(3))
        assert str(refusal.value) == f"saksi.example refused {told}"
    witness.close()


def test_nobody_at_the_address_is_said_plainly():
    witness = HttpWitness("saksi.example", "http://127.0.0.1:9/", timeout=1)
    with pytest.raises(WitnessUnreachable, match=r"127\.0\.0\.1:9/ does not answer"):
        witness.latest(ORIGIN)
    for url in ("ftp://x/", "http:///", "saksi.example"):
        with pytest.raises(Malformed):
            HttpWitness("saksi.example", url)


def test_a_policy_leads_to_its_witnesses(inner, server):
    """Both keys of one witness at one address are one witness; who has no address is not asked."""
    log = Signer.generate(ORIGIN)
    elsewhere = Signer.generate("s.example", KeyType.ED25519_COSIGNATURE).verifier()
    near = Policy.of(log.verifier(), inner.verifiers(), witness_url=server.url)
    policy = Policy((), (*near.witnesses, PolicyWitness("far", elsewhere)), (), "none")
    (witness,) = witnesses_in(policy)
    assert witness.name == inner.name
    assert witness.latest(ORIGIN) is None
    witness.close()
