"""RFC 6962: other people's 518 answers, every small tree, and an independent implementation."""

import base64
import json
from collections import Counter
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.ledger import tree
from saksama.ledger.errors import ProofFails
from tests.vectors import HERE

VECTORS = [json.loads(line) for line in (HERE / "merkle.jsonl").read_text().splitlines()]
LEAVES = [tree.leaf_hash(f"leaf {n}".encode()) for n in range(100)]


def node(level: int, index: int) -> bytes:
    return tree.root_of(LEAVES[index << level : (index + 1) << level])


def holds(vector: dict[str, Any]) -> bool:
    def raw(name: str) -> bytes:
        return base64.b64decode(vector[name] or "")

    proof = [base64.b64decode(item or "") for item in vector["proof"] or []]
    kind = vector["file"].split("/")[0]
    try:
        if kind == "inclusion":
            tree.require_inclusion(
                vector["leafIdx"], vector["treeSize"], proof=proof, leaf=raw("leafHash"), root=raw("root")
            )
        elif kind == "consistency":
            tree.require_consistency(
                vector["size1"], vector["size2"], proof=proof, old_root=raw("root1"), new_root=raw("root2")
            )
        elif kind == "subtreeinclusion":
            tree.require_leaf_in_subtree(
                vector["leafIdx"],
                vector["start"],
                vector["end"],
                proof=proof,
                leaf=raw("leafHash"),
                root=raw("root"),
            )
        else:
            tree.require_subtree_in(
                vector["start"], vector["end"], vector["size"], proof=proof, part=raw("root1"), root=raw("root2")
            )
    except ProofFails:
        return False
    return True


def test_it_agrees_with_all_518_vectors():
    counted = Counter((vector["file"].split("/")[0], holds(vector), not vector["wantErr"]) for vector in VECTORS)
    assert counted == {
        ("inclusion", True, True): 6,
        ("inclusion", False, False): 92,
        ("consistency", True, True): 6,
        ("consistency", False, False): 92,
        ("subtreeinclusion", True, True): 12,
        ("subtreeinclusion", False, False): 192,
        ("subtreeconsistency", True, True): 12,
        ("subtreeconsistency", False, False): 106,
    }
    assert counted.total() == 518


def definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return tree.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return tree.node_hash(definition(leaves[:k]), definition(leaves[k:]))


@pytest.mark.parametrize("size", range(101))
def test_its_root_is_the_definition_s(size):
    assert tree.root_of(LEAVES[:size]) == definition(LEAVES[:size])


def test_every_inclusion_proof_of_every_tree_up_to_64_holds_and_no_other_leaf_s():
    for size in range(1, 65):
        root = tree.root_of(LEAVES[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index, size, node)
            tree.require_inclusion(index, size, proof=proof, leaf=LEAVES[index], root=root)
            for other in {index ^ 1, (index + 1) % size, size - 1} - {index}:
                with pytest.raises(ProofFails):
                    tree.require_inclusion(other, size, proof=proof, leaf=LEAVES[index], root=root)


def test_every_consistency_proof_of_every_pair_up_to_64_holds():
    roots = [tree.root_of(LEAVES[:size]) for size in range(65)]
    for new in range(1, 65):
        for old in range(1, new + 1):
            proof = tree.consistency_proof(old, new, node)
            tree.require_consistency(old, new, proof=proof, old_root=roots[old], new_root=roots[new])
            if old < new:
                with pytest.raises(ProofFails):
                    tree.require_consistency(old, new, proof=proof, old_root=roots[old - 1], new_root=roots[new])
    assert tree.consistency_proof(0, 40, node) == []


def test_every_subtree_of_every_tree_up_to_32_is_proved():
    for size in range(1, 33):
        root = tree.root_of(LEAVES[:size])
        for end in range(1, size + 1):
            for start in range(end):
                if start % (1 << (end - start - 1).bit_length()):
                    with pytest.raises(ProofFails):
                        tree.subtree_proof(start, end, size, node)
                    continue
                proof = tree.subtree_proof(start, end, size, node)
                part = tree.root_of(LEAVES[start:end])
                tree.require_subtree_in(start, end, size, proof=proof, part=part, root=root)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (2**64, 2**63)])
def test_it_proves_nothing_outside_the_tree(index, size):
    with pytest.raises(ProofFails):
        tree.require_inclusion(index, size, proof=[], leaf=LEAVES[0], root=LEAVES[0])


def test_every_bit_of_a_proof_counts():
    size = 37
    root = tree.root_of(LEAVES[:size])
    for index in (0, 20, 36):
        proof = tree.inclusion_proof(index, size, node)
        for at in range(len(proof)):
            for bit in range(256):
                bent = list(proof)
                bent[at] = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
                with pytest.raises(ProofFails):
                    tree.require_inclusion(index, size, proof=bent, leaf=LEAVES[index], root=root)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=300))
def test_its_roots_are_pymerkle_s(leaves):
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    assert tree.root_of(map(tree.leaf_hash, leaves)) == theirs.get_root()
