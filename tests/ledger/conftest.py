"""A log of Sleman, a witness at a university, and the policy that names both."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.server import Rate, WitnessServer
from saksama.ledger.witness import Witness
from tests.ledger.growing import LOG
from tests.ledger.parts import NOW, ORIGIN, entries


@pytest.fixture
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture
def witness(tmp_path: Path, signer: Signer) -> Iterator[Witness]:
    made = Witness.create(tmp_path / "witness", "saksi.example/kampus", logs=[signer.verifier()], clock=lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def policy(signer: Signer, witness: Witness) -> Policy:
    return Policy.of(signer.verifier(), witness.verifiers(), witness_url="http://127.0.0.1:1/")


@pytest.fixture
def log(tmp_path: Path, signer: Signer) -> Iterator[Log]:
    with Log.create(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer) as made:
        yield made


@pytest.fixture
def inner(tmp_path: Path) -> Iterator[Witness]:
    made = Witness.create(tmp_path / "w", "saksi.example", logs=[LOG.verifier()], clock=lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def serving() -> Iterator[Callable[[WitnessServer], WitnessServer]]:
    """Runs servers on threads until the test is over."""
    running: list[tuple[WitnessServer, threading.Thread]] = []

    def serve(server: WitnessServer) -> WitnessServer:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return server

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server(inner: Witness, serving: Callable[[WitnessServer], WitnessServer]) -> WitnessServer:
    return serving(WitnessServer(("127.0.0.1", 0), inner, rate=Rate(1000, 1000)))


@pytest.fixture
def grow(log: Log, witness: Witness, policy: Policy) -> Callable[[int], None]:
    """Adds entries until the log has so many, under a cosigned checkpoint."""

    def to(size: int) -> None:
        log.append(entries(size - log.size, start=log.size))
        log.checkpoint([witness], policy)

    return to
