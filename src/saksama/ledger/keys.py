"""Keys that sign and verify notes: Ed25519 for logs, timestamped Ed25519 and ML-DSA-44 for cosigners.

A verifier is written as a vkey, `name+hex(key id)+base64(type || public key)`; a signer as a skey,
`PRIVATE+KEY+name+hex(key id)+base64(type || 32-byte seed)`. The key id binds name, type and key.
"""

import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from saksama.ledger import cosignature, text
from saksama.ledger.errors import BadSignature, Malformed
from saksama.ledger.note import Note, SignatureLine

SEED_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class KeyType(IntEnum):
    """The signature types of C2SP signed-note that are spoken here."""

    ED25519 = 0x01  # a log's plain signature
    ED25519_COSIGNATURE = 0x04
    ML_DSA_44_COSIGNATURE = 0x06

    @property
    def public_bytes(self) -> int:
        """How long the public key is."""
        return 1312 if self is KeyType.ML_DSA_44_COSIGNATURE else 32

    @property
    def algorithm(self) -> str:
        """The signature scheme's name, as people write it in a policy."""
        return "ml-dsa-44" if self is KeyType.ML_DSA_44_COSIGNATURE else "ed25519"

    @property
    def cosigns(self) -> bool:
        """Whether its signatures carry a time."""
        return self is not KeyType.ED25519


_SIGNATURE_BYTES = {KeyType.ED25519_COSIGNATURE: 64, KeyType.ML_DSA_44_COSIGNATURE: 2420}


def _key_id(name: str, key_type: KeyType, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([key_type]) + public).digest()[:4]


def _split_key(encoded: str, *, what: str) -> tuple[str, bytes, KeyType, bytes]:
    """The name, stated key id, type and key material of a vkey, or of a skey without its first two words."""
    parts = encoded.split("+", 2)
    if len(parts) != 3 or not text.is_name(parts[0]):
        raise Malformed(f"a {what} is a name, a key id and a key, with pluses between")
    if len(parts[1]) != 8 or any(letter not in "0123456789abcdef" for letter in parts[1]):
        raise Malformed(f"the key id of a {what} is 8 small hex digits")
    raw = text.base64_bytes(parts[2], what=what)
    if not raw or raw[0] not in set(KeyType):
        raise Malformed(f"the {what} is of a signature type that is not spoken here")
    return parts[0], bytes.fromhex(parts[1]), KeyType(raw[0]), raw[1:]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name. Two verifiers are equal if name, type and key are."""

    name: str
    key_type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        if not text.is_name(self.name):
            raise Malformed("a key's name has no space and no plus")
        if len(self.public) != self.key_type.public_bytes:
            raise Malformed("the public key is not of its length")

    @property
    def key_id(self) -> bytes:
        """Four bytes that stand in every signature by this key."""
        return _key_id(self.name, self.key_type, self.public)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of type and key in hex: what people compare on paper."""
        return sha256(bytes([self.key_type]) + self.public).hexdigest()

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{text.base64_text(bytes([self.key_type]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """The verifier written as a vkey; raises Malformed."""
        name, key_id, key_type, public = _split_key(vkey, what="verifier key")
        verifier = cls(name, key_type, public)
        if verifier.key_id != key_id:
            raise Malformed("the verifier key's id does not belong to its name and key")
        return verifier

    def is_key_of(self, line: SignatureLine) -> bool:
        """Whether the line claims to be this key's."""
        return line.name == self.name and line.key_id == self.key_id

    def verify(self, note_text: str, line: SignatureLine) -> int | None:
        """The time of a cosignature (POSIX seconds), None for a plain signature; raises BadSignature."""
        if not self.is_key_of(line):
            raise BadSignature(f"the signature is not by the key {self.name}")
        try:
            if self.key_type is KeyType.ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(line.blob, note_text.encode())
                return None
            time, signature = cosignature.unpack(line.blob, _SIGNATURE_BYTES[self.key_type])
            if self.key_type is KeyType.ED25519_COSIGNATURE:
                message = cosignature.ed25519_message(note_text, time)
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                message = cosignature.ml_dsa_message(note_text, time, self.name)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, Malformed, ValueError) as fault:
            raise BadSignature(f"the signature of {self.name} does not fit the note") from fault
        return time

    def verify_in(self, note: Note) -> "Signed | None":
        """What this key signed in the note; None if it is not among the signers; raises BadSignature."""
        for line in note.signatures:
            if self.is_key_of(line):
                return Signed(line, self.verify(note.text, line))
        return None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature found good; `time` is None for a plain one."""

    line: SignatureLine
    time: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key with its name."""

    name: str
    key_type: KeyType
    seed: bytes
    _verifier: Verifier = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Malformed("a private key's seed has 32 bytes")
        if self.key_type is KeyType.ML_DSA_44_COSIGNATURE:
            public = MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key().public_bytes_raw()
        else:
            public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        object.__setattr__(self, "_verifier", Verifier(self.name, self.key_type, public))

    def __repr__(self) -> str:
        return f"Signer({self.name}, hidden)"

    def verifier(self) -> Verifier:
        """The public key that belongs to it."""
        return self._verifier

    @classmethod
    def generate(cls, name: str, key_type: KeyType = KeyType.ED25519) -> "Signer":
        """A new key."""
        return cls(name, key_type, secrets.token_bytes(SEED_BYTES))

    @classmethod
    def load(cls, skey: str) -> "Signer":
        """The signer written as a skey; raises Malformed."""
        if not skey.startswith(_PRIVATE):
            raise Malformed("a private key begins with PRIVATE+KEY+")
        name, key_id, key_type, seed = _split_key(skey[len(_PRIVATE) :], what="private key")
        signer = cls(name, key_type, seed)
        if signer.verifier().key_id != key_id:
            raise Malformed("the private key's id does not belong to its name and key")
        return signer

    def to_text(self) -> str:
        """The skey: whoever has it can sign as this name."""
        encoded = text.base64_text(bytes([self.key_type]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self._verifier.key_id.hex()}+{encoded}"

    def sign(self, note_text: str, *, time: int = 0) -> SignatureLine:
        """This key's line under the text; a cosigner needs the `time` (POSIX seconds) of which it speaks."""
        if self.key_type is KeyType.ED25519:
            blob = Ed25519PrivateKey.from_private_bytes(self.seed).sign(note_text.encode())
            return SignatureLine(self.name, self._verifier.key_id, blob)
        if not 0 < time <= cosignature.MAX_TIME:
            raise Malformed("a cosignature needs a time after 1970")
        if self.key_type is KeyType.ED25519_COSIGNATURE:
            message = cosignature.ed25519_message(note_text, time)
            signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        else:
            message = cosignature.ml_dsa_message(note_text, time, self.name)
            signature = MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(message)
        return SignatureLine(self.name, self._verifier.key_id, cosignature.pack(time, signature))
