"""Small things that ledger tests share."""

from collections.abc import Sequence
from pathlib import Path

from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.proof import Proof

ORIGIN = "saksama.example/34.04"
NOW = 1_795_480_000


def entries(count: int, *, start: int = 0, size: int = 20) -> list[tuple[str, bytes]]:
    """Distinct entries with their ids."""
    return [(f"id:{n}", f"entry {n} ".encode().ljust(size, b".")) for n in range(start, start + count)]


def check_log(log: Log, signer: Signer, published: Path, *, acknowledged: Sequence[tuple[str, bytes]]) -> None:
    """The published log leads to its signed root, and holds or will hold every acknowledged entry, once."""
    if log.published_size:
        assert fsck(published, signer.verifier()).size >= log.published_size
    found = [log.index_of(entry_id) for entry_id, _ in acknowledged]
    assert None not in found
    assert len(set(found)) == len(found)
    for (_, body), index in zip(acknowledged, found, strict=True):
        assert index is not None
        assert log.entry(index) == body


def require_proof(log: Log, index: int, policy: Policy) -> Proof:
    """A proof that was written, read back, and holds."""
    proof = log.prove(index)
    assert Proof.parse(proof.to_bytes()) == proof
    proof.require_inclusion(log.entry(index), policy)
    return proof


class Answering:
    """A witness that answers as told."""

    name = "saksi.example/kampus"

    def __init__(self, answer: bytes | Exception, latest: bytes | None = None) -> None:
        self.answer = answer
        self.seen = latest
        self.asked: list[int] = []

    def latest(self, origin: str) -> bytes | None:
        return self.seen

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        self.asked.append(old_size)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
