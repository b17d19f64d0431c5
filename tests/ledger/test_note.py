"""Notes, checkpoints, keys and cosignatures: other people's signatures verify, and nothing malformed passes."""

import base64
import json
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.ledger import cosignature
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, LedgerError, Malformed
from saksama.ledger.keys import KeyType, Signer, Verifier
from saksama.ledger.note import Note, SignatureLine, parse_signatures
from saksama.ledger.tree import EMPTY_ROOT
from tests.ledger.parts import NOW, ORIGIN
from tests.vectors import HERE

TEXT = Checkpoint(ORIGIN, 7, bytes(range(32))).text
SIGNERS = [Signer(ORIGIN, kind, bytes(range(32))) for kind in KeyType]
LINES = tuple(signer.sign(TEXT, time=NOW) for signer in SIGNERS)
NOTE = Note(TEXT, LINES)
RAW = NOTE.to_bytes()
PLAIN = Note(TEXT, LINES[:2]).to_bytes()  # without the 3 KiB of ML-DSA, for tests that try every bit


def test_the_specification_s_example_verifies():
    key = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = Note.parse(
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
        "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n".encode()
    )
    assert key.verify_in(note) is not None


def test_third_party_cosignatures_verify():
    """Sunlight's witnesses and its mirror."""
    found = 0
    for description in HERE.glob("witness/**/*.v0.json"):
        (vkey,) = json.loads(description.read_text())["verifier_keys"]
        key = Verifier.parse(vkey)
        for path in description.parent.glob("*/checkpoint"):
            note = Note.parse(path.read_bytes())
            signed = key.verify_in(note)
            if signed is not None:
                assert signed.time == 1_767_139_200
                assert Checkpoint.parse(note.text).origin_hash == path.parent.name
                found += 1
    assert found == 3


@pytest.mark.parametrize("kind", KeyType)
def test_each_kind_of_key_signs_and_verifies(kind):
    signer = Signer.generate("saksi.example", kind)
    line = signer.sign(TEXT, time=NOW)
    assert signer.verifier().verify(TEXT, line) == (NOW if kind.cosigns else None)
    assert Verifier.parse(str(signer.verifier())) == signer.verifier()
    assert Signer.load(signer.to_text()) == signer
    with pytest.raises(BadSignature):
        signer.verifier().verify(TEXT.replace("7", "8", 1), line)
    with pytest.raises(BadSignature, match="not by the key"):
        Signer.generate("other", kind).verifier().verify(TEXT, line)


def test_a_signer_shows_no_secret():
    signer = SIGNERS[0]
    assert signer.seed.hex() not in repr(signer)
    assert base64.b64encode(signer.seed).decode() not in repr(signer)


def test_the_ml_dsa_message_is_the_specification_s_byte_for_byte():
    line = LINES[2]
    time, signature = cosignature.unpack(line.blob, 2420)
    name = ORIGIN.encode()
    message = (
        b"subtree/v1\n\x00"
        + bytes([len(name)])
        + name
        + NOW.to_bytes(8, "big")
        + bytes([len(name)])
        + name
        + bytes(8)
        + (7).to_bytes(8, "big")
        + bytes(range(32))
    )
    assert time == NOW
    MLDSA44PublicKey.from_public_bytes(SIGNERS[2].verifier().public).verify(signature, message)


def test_a_cosignature_without_a_time_is_none():
    with pytest.raises(Malformed, match="time"):
        SIGNERS[1].sign(TEXT)
    line = SIGNERS[1].sign(TEXT, time=NOW)
    for time in (0, 1 << 63):
        bent = SignatureLine(line.name, line.key_id, time.to_bytes(8, "big") + line.blob[8:])
        with pytest.raises(BadSignature):
            SIGNERS[1].verifier().verify(TEXT, bent)


def test_every_bit_of_a_signed_checkpoint_counts():
    """No bit of text, name, key id or signature may change and leave both signatures good."""
    for at in range(len(PLAIN)):
        for bit in range(8):
            bent = bytearray(PLAIN)
            bent[at] ^= 1 << bit
            with suppress(LedgerError):
                note = Note.parse(bytes(bent))
                Checkpoint.parse(note.text)
                assert not all(signer.verifier().verify_in(note) for signer in SIGNERS[:2]), (at, bit)


def test_every_bit_of_an_ml_dsa_cosignature_counts():
    raw = Note(TEXT, LINES[2:]).to_bytes()
    for at in range(len(raw)):
        for bit in range(8):
            bent = bytearray(raw)
            bent[at] ^= 1 << bit
            with suppress(LedgerError):
                assert SIGNERS[2].verifier().verify_in(Note.parse(bytes(bent))) is None, (at, bit)


def test_unknown_signatures_are_ignored_and_a_false_known_one_spoils_the_note():
    stranger = Signer.generate(ORIGIN)
    note = NOTE.with_signatures([stranger.sign(TEXT)])
    assert SIGNERS[0].verifier().verify_in(note) is not None
    false = SignatureLine(LINES[0].name, LINES[0].key_id, bytes(64))
    with pytest.raises(BadSignature):
        SIGNERS[0].verifier().verify_in(Note(TEXT, (false,)))
    assert SIGNERS[0].verifier().verify_in(Note(TEXT, LINES[1:])) is None


def test_at_least_16_signatures_are_taken():
    lines = [Signer.generate(f"saksi{n}.example", KeyType.ED25519_COSIGNATURE).sign(TEXT, time=NOW) for n in range(16)]
    note = Note(TEXT, (*LINES, *lines))
    assert Note.parse(note.to_bytes()) == note


def replaced(old: bytes, new: bytes) -> bytes:
    assert RAW.count(old)
    return RAW.replace(old, new, 1)


MALFORMED = {
    "crlf": (RAW.replace(b"\n", b"\r\n"), "carriage"),
    "control character": (replaced(b"34.04", b"34\x0004"), "control"),
    "tab": (replaced(b"34.04", b"34\t04"), "control"),
    "not utf-8": (replaced(b"34.04", b"34\xff04"), "UTF-8"),
    "no signature": (TEXT.encode() + b"\n", "signature"),
    "no empty line": (RAW.replace(b"\n\n", b"\n"), "empty line"),
    "cut at the end": (RAW[:-1], "newline"),
    "doubled signature": (RAW + str(LINES[0]).encode(), "twice"),
    "hyphen for dash": (RAW.replace("—".encode(), b"-"), "em dash"),
    "two spaces": (RAW.replace("— ".encode(), "—  ".encode()), "space"),
    "name with plus": (replaced("— saksama.example/34.04".encode(), "— a+b".encode()), "space"),
    "no name": (replaced("— saksama.example/34.04 ".encode(), "—  ".encode()), "space"),
    "base64 without padding": (RAW.replace(b"=\n", b"\n"), "base64"),
    "base64 with spare bits": (RAW[:-3] + b"B=\n" if RAW[-3:-2] != b"B" else RAW[:-3] + b"C=\n", "base64|one form"),
    "short signature": (TEXT.encode() + "\n— a AAAA\n".encode(), "key id"),
    "over a mebibyte": (b"a\n" * 600_000 + RAW, "1048576"),
    "too many signatures": (
        TEXT.encode() + b"\n" + b"".join(f"— n{n} AAAAAAAA\n".encode() for n in range(101)),
        "100",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_note_is_refused_by_name(name):
    raw, why = MALFORMED[name]
    with pytest.raises(Malformed, match=why):
        Note.parse(raw)


ROOT = base64.b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"o\n007\n{ROOT}\n", "leading zeros"),
        (f"o\n-1\n{ROOT}\n", "leading zeros"),
        (f"o\n+1\n{ROOT}\n", "leading zeros"),
        (f"o\n1 \n{ROOT}\n", "leading zeros"),
        (f"o\n١\n{ROOT}\n", "leading zeros"),
        (f"o\n\n{ROOT}\n", "empty line"),
        (f"o\n{1 << 63}\n{ROOT}\n", "over"),
        (f"o\n{10**300}\n{ROOT}\n", "over"),
        (f"o\n7\n{ROOT[:-1]}\n", "base64"),
        (f"o\n7\n{ROOT[:-2]}X=\n", "one form"),
        ("o\n7\nAAAA\n", "32 bytes"),
        ("o\n7\n", "origin, a size and a root"),
        (f"\n7\n{ROOT}\n", "empty line"),
        (f"o\n7\n{ROOT}\n\nx\n", "empty line"),
        (f"o\n7\n{ROOT}", "newline"),
    ],
)
def test_a_malformed_checkpoint_is_refused_by_name(text, why):
    with pytest.raises(Malformed, match=why):
        Checkpoint.parse(text)


def test_a_checkpoint_keeps_its_extension_lines():
    text = f"{TEXT}extra one\nextra two\n"
    assert Checkpoint.parse(text).extensions == ("extra one", "extra two")
    assert Checkpoint.parse(text).text == text


VKEY = str(SIGNERS[0].verifier())


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        VKEY[:-1],
        VKEY.replace("+", "", 1),
        VKEY.replace("saksama", "saksami", 1),
        VKEY.upper(),
        VKEY.replace("+", " +", 1),
        VKEY.replace("+", "+0", 1),
        f"a+{'0' * 8}+{base64.b64encode(bytes([2]) + bytes(32)).decode()}",
        f"a+{'0' * 8}+{base64.b64encode(bytes([1]) + bytes(31)).decode()}",
        f"a+{'0' * 8}+",
    ],
)
def test_a_malformed_key_is_refused(vkey):
    with pytest.raises(Malformed):
        Verifier.parse(vkey)
    with pytest.raises(Malformed):
        Signer.load(vkey)
    with pytest.raises(Malformed):
        Signer.load("PRIVATE+KEY+" + vkey)


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(alphabet="— ab+/=\n19A", max_size=200).map(str.encode))
def test_any_bytes_are_a_note_in_one_form_or_refused_in_one_way(raw):
    with suppress(Malformed):
        assert Note.parse(raw).to_bytes() == raw
    with suppress(Malformed):
        assert "".join(map(str, parse_signatures(raw))).encode() == raw


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_checkpoint_in_one_form_or_refused_in_one_way(text):
    with suppress(Malformed):
        assert Checkpoint.parse(text).text == text
    with suppress(Malformed):
        assert str(Verifier.parse(text)) == text


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(PLAIN) - 1), st.binary(max_size=8), st.integers(0, 8))
def test_a_bent_note_is_a_note_in_one_form_or_refused_in_one_way(at, new, cut):
    bent = PLAIN[:at] + new + PLAIN[at + cut :]
    with suppress(Malformed):
        note = Note.parse(bent)
        assert note.to_bytes() == bent
        assert Checkpoint.parse(note.text).text == note.text


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(SIGNERS[:2]), st.integers(0, 200), st.text("+=/ 0aAfé\n", max_size=3), st.integers(0, 3))
def test_a_bent_key_is_a_key_in_one_form_or_refused_in_one_way(signer, at, new, cut):
    for whole, parse in ((str(signer.verifier()), Verifier.parse), (signer.to_text(), Signer.load)):
        bent = whole[:at] + new + whole[at + cut :]
        with suppress(Malformed):
            found = parse(bent)
            assert (found.to_text() if isinstance(found, Signer) else str(found)) == bent
