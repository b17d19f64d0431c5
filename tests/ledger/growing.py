"""A log that grows as a witness sees it: only sizes, roots and proofs; and another history of the same log."""

from collections.abc import Callable

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.keys import Signer
from saksama.ledger.note import Note
from tests.ledger.parts import ORIGIN

LOG = Signer.generate(ORIGIN)
LEAVES = [tree.leaf_hash(bytes([n])) for n in range(100)]
FORK = [tree.leaf_hash(bytes([n, 1])) for n in range(100)]


def node_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: tree.root_of(leaves[index << level : (index + 1) << level])


def note(size: int, leaves: list[bytes] = LEAVES, *, signer: Signer = LOG, origin: str = ORIGIN) -> bytes:
    text = Checkpoint(origin, size, tree.root_of(leaves[:size])).text
    return Note(text, (signer.sign(text),)).to_bytes()


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    return tree.consistency_proof(old, new, node_of(leaves))
