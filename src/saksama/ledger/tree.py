"""The Merkle tree of RFC 6962 section 2.1, as arithmetic on hashes: no storage, no signatures.

A leaf is SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right), the empty tree SHA-256 of nothing. A tree of
n > 1 leaves splits at k, the largest power of two below n.

Four kinds of proof are one here. "The subtree over leaves [start, end) stands in the tree of n leaves" is proved by
the hashes beside the path, lowest first (draft-ietf-plants-merkle-tree-certs, section 4.4). With end = start + 1 that
is an inclusion proof, with start = 0 a consistency proof; so one recursion makes them all and one checks them all.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from saksama.ledger.errors import ProofFails

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_SIZE = 2**63 - 1

Node = Callable[[int, int], bytes]  # (level, index) -> hash of leaves [index << level, (index + 1) << level)


def leaf_hash(entry: bytes) -> bytes:
    """The hash under which an entry stands in the tree."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (size > 1): how many leaves stand left of the root."""
    return 1 << ((size - 1).bit_length() - 1)


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, largest first; of none, the empty root."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def peaks_of(hashes: Sequence[bytes]) -> list[bytes]:
    """The complete subtrees, largest first, over hashes that stand side by side at one level."""
    peaks: list[bytes] = []
    start = 0
    for bit in reversed(range(len(hashes).bit_length())):
        width = 1 << bit
        if len(hashes) & width:
            peaks.append(complete_root(hashes[start : start + width]))
            start += width
    return peaks


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^n hashes."""
    while len(hashes) > 1:
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return fold(peaks_of(list(leaf_hashes)))


def range_root(start: int, end: int, node: Node) -> bytes:
    """The hash of the subtree over leaves [start, end), from hashes of complete subtrees."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + split(width)
    return node_hash(range_root(start, middle, node), range_root(middle, end, node))


# --- making proofs ---


def subtree_proof(start: int, end: int, size: int, node: Node) -> list[bytes]:
    """The proof that the subtree [start, end) stands in the tree of `size` leaves; `node` gives complete subtrees."""
    require_subtree(start, end)
    if not 0 <= start < end <= size:
        raise ProofFails(f"leaves {start} to {end} are not all inside a tree of size {size}")
    return _subproof(start, end, (0, size), node, known=True)


def _subproof(start: int, end: int, tree: tuple[int, int], node: Node, *, known: bool) -> list[bytes]:
    low, high = tree
    if (start, end) == tree:
        return [] if known else [range_root(low, high, node)]
    middle = low + split(high - low)
    if end <= middle:
        return [*_subproof(start, end, (low, middle), node, known=known), range_root(middle, high, node)]
    if start >= middle:
        return [*_subproof(start, end, (middle, high), node, known=known), range_root(low, middle, node)]
    # The subtree reaches over the middle, so it begins at `low` and holds the whole left half.
    return [*_subproof(middle, end, (middle, high), node, known=False), range_root(low, middle, node)]


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of `size` leaves (RFC 6962, 2.1.1)."""
    return subtree_proof(index, index + 1, size, node)


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of `old` leaves begins the tree of `new` leaves (RFC 6962, 2.1.2); empty from 0."""
    return [] if old == 0 else subtree_proof(0, old, new, node)


# --- checking proofs ---


def require_subtree(start: int, end: int) -> None:
    """Raise ProofFails unless [start, end) is a range that every larger tree keeps as one subtree."""
    if not 0 <= start <= end <= 2**64:
        raise ProofFails("the range is not one of leaves")
    if end > start and start % (1 << (end - start - 1).bit_length()):
        raise ProofFails(f"no tree has the leaves from {start} to {end} as one subtree")


def _roots_over(
    start: int, end: int, tree: tuple[int, int], *, path: list[bytes], known: bytes | None
) -> tuple[bytes, bytes]:
    """The roots of the subtree and of the whole that `path`, eaten from its end, leads to."""
    low, high = tree
    if (start, end) == tree:
        found = known if known is not None else _take(path)
        return found, found
    middle = low + split(high - low)
    beside = _take(path)
    if end <= middle:
        part, whole = _roots_over(start, end, (low, middle), path=path, known=known)
        return part, node_hash(whole, beside)
    if start >= middle:
        part, whole = _roots_over(start, end, (middle, high), path=path, known=known)
        return part, node_hash(beside, whole)
    part, whole = _roots_over(middle, end, (middle, high), path=path, known=None)
    return node_hash(beside, part), node_hash(beside, whole)


def _take(path: list[bytes]) -> bytes:
    if not path:
        raise ProofFails("the proof is too short")
    return path.pop()


def require_subtree_in(start: int, end: int, size: int, *, proof: Sequence[bytes], part: bytes, root: bytes) -> None:
    """Raise ProofFails unless `proof` shows that the subtree [start, end) of hash `part` stands under `root`."""
    require_subtree(start, end)
    if end > size:
        raise ProofFails(f"leaves up to {end} are not in a tree of size {size}")
    if any(len(item) != HASH_BYTES for item in proof):
        raise ProofFails("a hash in the proof is not of 32 bytes")
    if start == end:  # an empty subtree stands in every tree and says nothing of it
        if proof or part != EMPTY_ROOT:
            raise ProofFails("the proof of an empty subtree must be empty")
        return
    path = list(proof)
    found_part, found_root = _roots_over(start, end, (0, size), path=path, known=part)
    if path:
        raise ProofFails("the proof is too long")
    if found_part != part or found_root != root:
        raise ProofFails("the proof does not lead to the root")


def require_leaf_in_subtree(
    index: int, start: int, end: int, *, proof: Sequence[bytes], leaf: bytes, root: bytes
) -> None:
    """Raise ProofFails unless `proof` places `leaf` at `index` under the subtree [start, end) of hash `root`."""
    require_subtree(start, end)
    if not start <= index < end:
        raise ProofFails(f"leaf {index} is not among the leaves from {start} to {end}")
    require_inclusion(index - start, end - start, proof=proof, leaf=leaf, root=root)


def require_inclusion(index: int, size: int, *, proof: Sequence[bytes], leaf: bytes, root: bytes) -> None:
    """Raise ProofFails unless `proof` places the leaf hash at `index` under the root of `size` leaves."""
    if not 0 <= index < size:
        raise ProofFails(f"leaf {index} is not in a tree of size {size}")
    if len(leaf) != HASH_BYTES:
        raise ProofFails("the leaf hash is not of 32 bytes")
    require_subtree_in(index, index + 1, size, proof=proof, part=leaf, root=root)


def require_consistency(old: int, new: int, *, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofFails unless `proof` shows the old tree to begin the new one. From 0 there is nothing to prove."""
    if not 0 < old <= new:
        raise ProofFails(f"no proof leads from size {old} to size {new}")
    require_subtree_in(0, old, new, proof=proof, part=old_root, root=new_root)
