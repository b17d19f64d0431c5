"""How fast the ledger is. `python bench/ledger.py rate --entries 1000000`, `… latency`, `… proof`, `… kill`.

rate     entries from the queue to a cosigned, published checkpoint, in batches; memory at the end
latency  1,000 submissions a second against witnesses in processes of their own, over HTTP on loopback
proof    one `.tlog-proof` verified
kill     `kill -9` at random instants, as often as asked
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from saksama.ledger.client import HttpWitness
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer, Verifier
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.postgres import PostgresSchema
from saksama.ledger.proof import Proof
from saksama.ledger.sequencer import Limits, Sequencer
from saksama.ledger.witness import Witness

ORIGIN = "saksama.example/bench"
ROOT = Path(__file__).resolve().parents[1]


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> dict[str, object]:
    return {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}


def body(number: int) -> bytes:
    """200 bytes, as an entry has."""
    return f"entry {number} ".encode().ljust(200, b".")


def rate(folder: Path, entries: int, batch: int, database: str) -> dict[str, object]:
    signer = Signer.generate(ORIGIN)
    witness = Witness.create(folder / "w", "saksi.example", logs=[signer.verifier()])
    policy = Policy.of(signer.verifier(), witness.verifiers())
    seconds: list[float] = []
    place = PostgresSchema(database, "bench") if database else None
    with Log.create(folder / "log", folder / "published", origin=ORIGIN, signer=signer, database=place) as log:
        began, cpu = time.perf_counter(), time.process_time()
        for start in range(0, entries, batch):
            items = [(f"decision_made:{n:x}", body(n)) for n in range(start, min(entries, start + batch))]
            then = time.perf_counter()
            log.append(items)
            log.checkpoint([witness], policy)
            seconds.append(time.perf_counter() - then)
        whole, cpu = time.perf_counter() - began, time.process_time() - cpu
    memory = peak_megabytes()
    if place is not None:
        place.discard()
    assert fsck(folder / "published", signer.verifier()).size == entries
    seconds.sort()
    return {
        "entries": entries,
        "batch": batch,
        "database": "postgresql" if database else "sqlite",
        "entries_per_second": round(entries / sum(seconds)),
        "with_making_them": round(entries / whole),
        "cpu_microseconds_per_entry": round(cpu / entries * 1e6, 1),
        "batch_p50_ms": round(statistics.median(seconds) * 1000),
        "batch_p99_ms": round(seconds[int(len(seconds) * 0.99)] * 1000),
        "peak_mb": round(memory),
        "published_bytes_per_entry": round(
            sum(path.stat().st_size for path in (folder / "published").rglob("*") if path.is_file()) / entries
        ),
    }


@contextmanager
def witness_process(folder: Path, name: str, log: Verifier) -> Iterator[tuple[HttpWitness, Verifier]]:
    with Witness.create(folder, name, logs=[log]) as made:
        key = made.verifiers()[0]
    command = [
        sys.executable,
        "-c",
        "from saksama.cli.main import main; main()",
        "witness",
        "run",
        str(folder),
        "--listen",
        "127.0.0.1:0",
    ]
    command += ["--rate", "10000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        port = HttpWitness(name, url)
        yield port, key
        port.close()
    finally:
        process.terminate()
        process.wait()


def latency(folder: Path, per_second: int, seconds: int, witnesses: int) -> dict[str, object]:
    signer = Signer.generate(ORIGIN)
    with ExitStack() as stack:
        made = [
            stack.enter_context(witness_process(folder / f"w{n}", f"s{n}.example", signer.verifier()))
            for n in range(witnesses)
        ]
        policy = Policy.of(signer.verifier(), [key for _, key in made])
        log = stack.enter_context(Log.create(folder / "log", folder / "published", origin=ORIGIN, signer=signer))
        limits = Limits(period=1.0, receipts=True)
        sequencer = Sequencer(log, signer, witnesses=[port for port, _ in made], policy=policy, limits=limits)
        stop = threading.Event()
        running = threading.Thread(target=sequencer.run, args=(stop,))
        running.start()
        took: list[float] = []
        began = time.perf_counter()
        for number in range(per_second * seconds):
            at = began + number / per_second
            while (left := at - time.perf_counter()) > 0:
                time.sleep(min(left, 0.002))
            submitted = time.perf_counter()
            item = sequencer.submit(f"id:{number}", body(number))
            item.published.add_done_callback(lambda _, then=submitted: took.append(time.perf_counter() - then))
        stop.set()
        running.join()
    took.sort()
    assert len(took) == per_second * seconds
    return {
        "per_second": per_second,
        "witnesses": witnesses,
        "p50_s": round(statistics.median(took), 2),
        "p99_s": round(took[int(len(took) * 0.99)], 2),
        "worst_s": round(took[-1], 2),
    }


def proof(folder: Path, entries: int) -> dict[str, object]:
    signer = Signer.generate(ORIGIN)
    witness = Witness.create(folder / "w", "saksi.example", logs=[signer.verifier()])
    policy = Policy.of(signer.verifier(), witness.verifiers())
    with Log.create(folder / "log", folder / "published", origin=ORIGIN, signer=signer) as log:
        log.append([(str(n), body(n)) for n in range(entries)])
        log.checkpoint([witness], policy)
        raw = [log.prove(n).to_bytes() for n in range(0, entries, entries // 100)]
        bodies = [log.entry(n) for n in range(0, entries, entries // 100)]
    took: list[float] = []
    for written, entry in zip(raw * 5, bodies * 5, strict=True):
        then = time.perf_counter()
        Proof.parse(written).require_inclusion(entry, policy)
        took.append(time.perf_counter() - then)
    return {"size": entries, "cosignatures": 2, "verify_ms_p50": round(statistics.median(took) * 1000, 3)}


def kill(folder: Path, kills: int) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.faults.killing", str(folder), str(kills), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    counted: dict[str, object] = json.loads(done.stdout)
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rate", "latency", "proof", "kill"))
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--per-second", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--witnesses", type=int, default=5)
    parser.add_argument(
        "--database", default="", help="a PostgreSQL address, for `rate`; its schema `bench` is dropped"
    )
    parser.add_argument("--kills", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if given.what == "rate":
            found = rate(folder, given.entries, given.batch, given.database)
        elif given.what == "latency":
            found = latency(folder, given.per_second, given.seconds, given.witnesses)
        elif given.what == "proof":
            found = proof(folder, min(given.entries, 100_000))
        else:
            found = kill(folder, given.kills)
    print(json.dumps(found | {"machine": machine()}))


if __name__ == "__main__":
    main()
