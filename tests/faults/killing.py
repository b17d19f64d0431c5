"""Run as a program: kill a log at random instants under load, again and again, and check it after every kill.

`python -m tests.faults.killing FOLDER KILLS SEED [ADDRESS]` prints a line of JSON; with the address of a PostgreSQL
server the log's index is there. A nursery of one thread forks the victims, so that a kill costs milliseconds and not
the start of an interpreter.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from saksama.ledger import index
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.database import DatabasePlace
from saksama.ledger.errors import Locked
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.log import Log
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.postgres import PostgresSchema
from saksama.ledger.witness import Witness

ORIGIN = "saksama.example/kill"
SIGNER = Signer(ORIGIN, KeyType.ED25519, bytes(range(32)))


def opened(folder: Path, place: DatabasePlace | None) -> Log:
    """The log, as soon as a server has noticed that its last owner is dead."""
    until = time.monotonic() + 5
    while True:
        try:
            return Log.open(folder / "log", folder / "published", origin=ORIGIN, signer=SIGNER, database=place)
        except Locked:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)


def victim(folder: Path, seed: int, place: DatabasePlace | None) -> None:
    """Write entries and checkpoints until killed; acknowledge each batch in `acks` once `append` has returned."""
    chance = random.Random(seed)  # noqa: S311  # a test's dice
    with Witness.open(folder / "witness") as witness, (folder / "acks").open("a") as acks:
        policy = Policy.of(SIGNER.verifier(), [witness.verifiers()[0]])
        with opened(folder, place) as log:
            while True:
                start = log.size
                count = chance.choice((1, 3, 40, 300))
                batch = [(f"{seed}.{start + n}", f"{seed} {start + n}".encode() * 5) for n in range(count)]
                for (entry_id, _), at in zip(batch, log.append(batch), strict=True):
                    acks.write(f"{entry_id} {at}\n")
                acks.flush()
                if chance.random() < 0.6:
                    log.checkpoint([witness], policy)


def kill_once(folder: Path, seed: int, chance: random.Random, place: DatabasePlace | None) -> None:
    """Fork a victim, let it work for a moment, kill it."""
    child = os.fork()
    if child == 0:
        try:
            victim(folder, seed, place)
        finally:
            os._exit(1)
    time.sleep(0.004 + chance.random() * 0.16)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the victim ended by itself"


def check(folder: Path, seen: dict[int, bytes]) -> None:
    """What is published is whole, and no size has ever had two roots."""
    for place in (folder / "published/checkpoint", *(folder / "witness").glob("*/checkpoint")):
        if place.exists():
            checkpoint = Checkpoint.parse(Note.parse(place.read_bytes()).text)
            assert seen.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root, "one size, two roots"


def main(folder: Path, kills: int, seed: int, address: str = "") -> dict[str, int]:
    """Kill `kills` times, then finish the work by the ordinary path and compare it with every acknowledgement."""
    chance = random.Random(seed)  # noqa: S311
    Witness.create(folder / "witness", "saksi.example", logs=[SIGNER.verifier()]).close()
    place = PostgresSchema(address, "kill") if address else None
    Log.create(folder / "log", folder / "published", origin=ORIGIN, signer=SIGNER, database=place).close()
    seen: dict[int, bytes] = {}
    for kill in range(kills):
        kill_once(folder, kill, chance, place)
        check(folder, seen)
        if kill % 20 == 0 and (folder / "published/checkpoint").exists():
            fsck(folder / "published", SIGNER.verifier())
    with Witness.open(folder / "witness") as witness:
        policy = Policy.of(SIGNER.verifier(), [witness.verifiers()[0]])
        with opened(folder, place) as log:
            log.checkpoint([witness], policy)
            # A line that a kill cut short was never read by anybody, so it acknowledged nothing.
            lines = [line for line in (folder / "acks").read_text().splitlines(keepends=True) if line.endswith("\n")]
            acks = [line.split() for line in lines]
            for entry_id, at in acks:
                assert log.index_of(entry_id) == int(at), "an acknowledged entry is lost"
                seed_text, number = entry_id.split(".")
                assert log.entry(int(at)) == f"{seed_text} {number}".encode() * 5
            size = log.size
    check(folder, seen)
    assert fsck(folder / "published", SIGNER.verifier()).size == size
    return {"kills": kills, "acknowledged": len(acks), "entries": size, "checkpoints_seen": len(seen)}


if __name__ == "__main__":
    index._RUN = 500  # else no kill would ever meet the writing of a run
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])))
