"""A reader written from `docs/formats/sealed.md` alone, without our code, opens what we sealed."""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saksama.vault.keys import Keystore
from saksama.vault.pseudonym import commit, mark
from saksama.vault.sealing import SealedTableWriter, seal_bytes

PASSPHRASE = "kopi tubruk di alun-alun é"


def hkdf(root: bytes, info: bytes) -> bytes:
    extracted = hmac.digest(bytes(32), root, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def root_secret(file: Path, passphrase: str | None) -> bytes:
    members = json.loads(file.read_text())
    check = members.pop("check")
    plain = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    assert check == hashlib.sha256(b"saksama/keystore/v1\n" + plain).hexdigest()
    key = base64.b64decode(members["key"])
    if members["kind"] == "plain":
        return key
    assert passphrase is not None
    stretched = hashlib.scrypt(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt=base64.b64decode(members["salt"]),
        n=2**17,
        r=8,
        p=1,
        maxmem=2**28,
        dklen=32,
    )
    return AESGCM(stretched).decrypt(base64.b64decode(members["nonce"]), key, b"saksama/keystore/v1")


def unwrapped(root: bytes, wrapped: bytes, key_id: str) -> bytes:
    assert wrapped[:1] == b"\x01"
    return AESGCM(hkdf(root, b"saksama/vault/wrap/v1")).decrypt(wrapped[1:13], wrapped[13:], key_id.encode())


def opened(root: bytes, blob: bytes, purpose: str) -> bytes:
    magic = b"SAKSAMA-SEALED-1\n"
    assert blob.startswith(magic)
    start = len(magic) + 2 + int.from_bytes(blob[len(magic) : len(magic) + 2], "big")
    cipher = AESGCM(unwrapped(root, blob[len(magic) + 2 : start], f"saksama/v1/blob#{purpose}"))
    frames = [blob[at : at + 1_048_576 + 16] for at in range(start, len(blob), 1_048_576 + 16)]
    return b"".join(
        cipher.decrypt(
            number.to_bytes(11, "big") + (b"\x01" if frame is frames[-1] else b"\x00"),
            frame,
            blob[:start] + purpose.encode(),
        )
        for number, frame in enumerate(frames)
    )


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_it_opens_a_blob_from_the_key_file(tmp_path: Path, passphrase: str | None) -> None:
    keys = Keystore.create(tmp_path / "keys", passphrase=passphrase)
    root = root_secret(tmp_path / "keys" / "office.key", passphrase)
    for plain in (b"", b"alasan", bytes(range(256)) * 10_000):
        assert opened(root, seal_bytes(plain, keys=keys, purpose="reason:GD-1"), "reason:GD-1") == plain


def test_it_finds_the_footers_key_of_a_roll(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    name = "rolls/00aa/sealed.parquet"
    with SealedTableWriter(tmp_path / "r", roll.schema, keys=keys, name=name) as writer:
        writer.write(roll)
    sealed = (tmp_path / "r").read_bytes()
    assert sealed[:4] == sealed[-4:] == b"PARE"
    (material,) = (json.loads(found) for found in re.findall(rb'\{"[^}]*\}', sealed))
    assert material["masterKeyID"] == f"saksama/v1/{name}#"
    assert material["doubleWrapping"] is False
    root = root_secret(tmp_path / "keys" / "office.key", None)
    assert len(unwrapped(root, base64.b64decode(material["wrappedDEK"]), material["masterKeyID"])) == 32


def test_it_makes_the_same_commitments_and_marks(tmp_path: Path, keys: Keystore) -> None:
    made = commit("alasan é".encode(), purpose="reason")
    message = b"saksama/commit/v1\x00" + len("reason").to_bytes(2, "big") + b"reason" + "alasan é".encode()
    assert made.digest == hmac.digest(made.salt, message, "sha256").hex()
    secret = hkdf(root_secret(tmp_path / "keys" / "office.key", None), b"saksama/vault/secret/v1\x00mark/case")
    elements = '{"nama":"RENÉ","nik":"1"}'.encode()
    expected = hmac.digest(secret, b"saksama/mark/v1\x00" + elements, "sha256").hex()
    assert mark({"nik": "1", "nama": "RENÉ"}, keys=keys, purpose="case") == expected
