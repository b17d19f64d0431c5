"""The fork drill: two sequencers with one key against seven witness processes, and the arithmetic of a quorum."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from saksama.ledger.client import HttpWitness
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.errors import NoQuorum, SplitView
from saksama.ledger.keys import Signer, Verifier
from saksama.ledger.log import Log
from saksama.ledger.monitor import Alarm, Monitor, is_split_view
from saksama.ledger.note import Note
from saksama.ledger.places import Folder
from saksama.ledger.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from saksama.ledger.witness import Witness
from tests.ledger.parts import entries

WITNESSES, QUORUM = 7, 5
LOGS = [Signer.generate(f"saksama.example/cabang-{corrupt}") for corrupt in range(WITNESSES + 1)]


@dataclass
class Running:
    """A witness process, its address and its keys as its operator has them."""

    port: HttpWitness
    signer: Signer
    process: "subprocess.Popen[str]"


class Corrupt:
    """The same witness in the attacker's hand: signs whatever it is shown and remembers nothing."""

    def __init__(self, signer: Signer) -> None:
        self.name, self._signer = signer.name, signer

    def latest(self, origin: str) -> bytes | None:
        return None

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        return str(self._signer.sign(Note.parse(checkpoint).text, time=1_795_480_000)).encode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Running]]:
    folder = tmp_path_factory.mktemp("witnesses")
    made: list[Running] = []
    for n in range(WITNESSES):
        name = f"saksi{n}.example"
        with Witness.create(folder / name, name, logs=[log.verifier() for log in LOGS]):
            signer = Signer.load((folder / name / "keys").read_text().split()[0])
        command = [sys.executable, "-c", "from saksama.cli.main import main; main()", "witness", "run"]
        process = subprocess.Popen(
            [*command, str(folder / name), "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        made.append(Running(HttpWitness(name, "http://127.0.0.1:9/"), signer, process))
    for witness in made:
        assert witness.process.stdout is not None
        witness.port = HttpWitness(witness.port.name, witness.process.stdout.readline().split()[-1], timeout=20)
    yield made
    for witness in made:
        witness.port.close()
        witness.process.terminate()
        witness.process.wait()
        assert witness.process.stdout is not None
        witness.process.stdout.close()


def policy_of(log: Verifier, running: Sequence[Running]) -> Policy:
    named = tuple(PolicyWitness(item.signer.name, item.signer.verifier(), "http://127.0.0.1/") for item in running)
    group = PolicyGroup("kuorum", QUORUM, tuple(item.name for item in named))
    return Policy((PolicyLog(log),), named, (group,), group.name)


def sequence(folder: Path, signer: Signer, start: int, *, ports: Sequence[WitnessPort], policy: Policy) -> bool:
    """One sequencer with its own history; whether it gets a quorum."""
    with Log.create(folder / "log", folder / "published", origin=signer.name, signer=signer) as log:
        log.append(entries(10, start=start))
        try:
            log.checkpoint(ports, policy)
        except NoQuorum:
            return False
    return True


def test_of_two_sequencers_with_one_key_one_gets_a_quorum_and_the_other_learns_why(running, tmp_path):
    signer = LOGS[0]
    policy = policy_of(signer.verifier(), running)
    ports = [item.port for item in running]
    assert sequence(tmp_path / "a", signer, 0, ports=ports, policy=policy)
    with pytest.raises(SplitView, match="another history") as found:
        sequence(tmp_path / "b", signer, 100, ports=ports, policy=policy)
    assert signer.verifier().verify_in(Note.parse(found.value.first)) is not None


@pytest.mark.parametrize("corrupt", range(1, WITNESSES + 1))
def test_the_fork_succeeds_exactly_at_the_number_that_the_policy_predicts(running, tmp_path, corrupt):
    """Flat q of n: two quorums need 2(q - f) honest witnesses of n - f, so f = 2q - n is the least that forks: 3."""
    signer = LOGS[corrupt]
    policy = policy_of(signer.verifier(), running)
    bought = [Corrupt(item.signer) for item in running[:corrupt]]
    honest = [item.port for item in running[corrupt:]]
    half = len(honest) // 2  # the attacker's best: show each honest witness one story only, half of them each
    first = sequence(tmp_path / "a", signer, 0, ports=[*bought, *honest[:half]], policy=policy)
    second = sequence(tmp_path / "b", signer, 100, ports=[*bought, *honest[half:]], policy=policy)
    assert (first and second) is (corrupt >= 2 * QUORUM - WITNESSES)
    if not (first and second):
        return
    monitor = Monitor(tmp_path / "monitor", policy, signer.verifier(), patience=10**9)
    sightings = monitor.look(Folder(tmp_path / "a/published"), [Folder(tmp_path / "b/published")])
    (split,) = [sighting for sighting in sightings if sighting.alarm is Alarm.SPLIT]
    assert split.evidence is not None
    notes = [(split.evidence / name).read_bytes() for name in ("first.note", "second.note")]
    assert is_split_view(*notes, signer.verifier())
    assert all(len(policy.require_trusted(raw).cosigned) >= QUORUM for raw in notes)
