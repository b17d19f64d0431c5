"""`.tlog-proof` files: one form, every bit of it, and nothing but the entry they are of."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import LedgerError, Malformed
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.proof import HEADER, Proof
from tests.ledger.parts import NOW, ORIGIN

ENTRIES = [bytes([n]) * 9 for n in range(40)]
LEAVES = [tree.leaf_hash(entry) for entry in ENTRIES]
LOG = Signer(ORIGIN, KeyType.ED25519, bytes(32))
WITNESS = Signer("saksi.example", KeyType.ED25519_COSIGNATURE, bytes(range(32)))
TEXT = Checkpoint(ORIGIN, 40, tree.root_of(LEAVES)).text
NOTE = Note(TEXT, (LOG.sign(TEXT), WITNESS.sign(TEXT, time=NOW))).to_bytes()
POLICY = Policy.of(LOG.verifier(), [WITNESS.verifier()])


def node(level: int, index: int) -> bytes:
    return tree.root_of(LEAVES[index << level : (index + 1) << level])


def proof_of(index: int, extra: bytes = b"") -> Proof:
    return Proof(index, tuple(tree.inclusion_proof(index, 40, node)), NOTE, extra)


@pytest.mark.parametrize("index", range(40))
def test_it_proves_its_own_entry_and_no_other(index):
    proof = Proof.parse(proof_of(index).to_bytes())
    trusted = proof.require_inclusion(ENTRIES[index], POLICY)
    assert (trusted.checkpoint.size, list(trusted.cosigned.values())) == (40, [NOW])
    with pytest.raises(LedgerError):
        proof.require_inclusion(ENTRIES[(index + 1) % 40], POLICY)


def test_extra_data_is_carried_and_not_believed():
    proof = Proof.parse(proof_of(3, b"who asked").to_bytes())
    assert proof.extra == b"who asked"
    proof.require_inclusion(ENTRIES[3], POLICY)


def test_every_bit_counts():
    raw = proof_of(21).to_bytes()
    for at in range(len(raw)):
        for bit in range(8):
            bent = bytearray(raw)
            bent[at] ^= 1 << bit
            with pytest.raises(LedgerError):
                Proof.parse(bytes(bent)).require_inclusion(ENTRIES[21], POLICY)


RAW = proof_of(21).to_bytes()
LINE = RAW.split(b"\n")[2]


@pytest.mark.parametrize(
    ("bent", "why"),
    [
        (RAW.replace(b"@v1", b"@v2"), "begins with"),
        (RAW.replace(b"\n\n", b"\n", 1), "base64"),
        (RAW.replace(b"\n", b"\r\n"), "carriage"),
        (RAW.replace(b"index 21", b"index 021"), "leading zeros"),
        (RAW.replace(b"index 21", b"index -1"), "leading zeros"),
        (RAW.replace(b"index 21", b"index 9223372036854775808"), "over"),
        (RAW.replace(b"index 21\n", b""), "which entry"),
        (RAW.replace(b"index 21", b"extra \nindex 21"), "extra line is empty"),
        (RAW.replace(b"index 21", b"extra YQ\nindex 21"), "base64"),
        (RAW.replace(LINE, LINE[:-4]), "32 bytes|base64"),
        (RAW.replace(LINE + b"\n", (LINE + b"\n") * 64), "at most 63"),
        (RAW[: RAW.index(b"\n\n") + 2], "empty line|note"),
        (b"", "begins with"),
    ],
)
def test_a_malformed_proof_is_refused_by_name(bent, why):
    with pytest.raises(Malformed, match=why):
        Proof.parse(bent)


@pytest.mark.parametrize("change", ["cut", "added", "swapped"])
def test_hashes_are_neither_cut_nor_added_nor_swapped(change):
    hashes = list(proof_of(21).hashes)
    if change == "cut":
        hashes.pop()
    elif change == "added":
        hashes.append(bytes(32))
    else:
        hashes[0], hashes[1] = hashes[1], hashes[0]
    with pytest.raises(LedgerError, match="not entry 21"):
        Proof(21, tuple(hashes), NOTE).require_inclusion(ENTRIES[21], POLICY)


@settings(deadline=None)
@given(st.integers(0, len(RAW)), st.binary(max_size=6), st.integers(0, 6))
def test_a_bent_proof_is_a_proof_in_one_form_or_refused_in_one_way(at, new, cut):
    bent = RAW[:at] + new + RAW[at + cut :]
    with suppress(Malformed):
        assert Proof.parse(bent).to_bytes() == bent
    assert RAW.startswith(HEADER.encode())
