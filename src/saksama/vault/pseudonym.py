"""Names that say nothing: salted commitments for the ledger, keyed marks for the office's own use.

The NIK of one kabupaten can all be tried in about two minutes, so a plain hash of one is the same as the NIK. A
commitment is therefore made with 32 random bytes that stay in the vault: delete the salt and what the ledger holds is
noise. A mark is made with the office's key, so equal persons get equal marks inside the office and nowhere else.
"""

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from saksama.vault.keys import Keystore

SALT_BYTES = 32
_COMMIT = b"saksama/commit/v1\x00"
_MARK = b"saksama/mark/v1\x00"


@dataclass(frozen=True, slots=True, repr=False)
class Commitment:
    """A digest (64 hex digits) that may be published, and the 32-byte salt that opens it and never may."""

    salt: bytes
    digest: str

    def __repr__(self) -> str:
        return f"Commitment({self.digest[:8]}…, salt hidden)"


def commit(value: bytes, *, purpose: str) -> Commitment:
    """A fresh commitment to `value`: two of the same value share nothing."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Commitment(salt, _digest(salt, value, purpose))


def opens(digest: str, salt: bytes, *, value: bytes, purpose: str) -> bool:
    """Whether `digest` was made of `value` for `purpose` with this salt."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(digest.encode(), _digest(salt, value, purpose).encode())


def mark(values: Mapping[str, str], *, keys: Keystore, purpose: str) -> str:
    """64 hex digits that name this set of elements inside this office, for this purpose.

    Order does not count; text is compared in NFC. Without the office's key nobody can make or guess a mark.
    """
    canonical = {_nfc(name): _nfc(value) for name, value in values.items()}
    if len(canonical) != len(values):
        raise AssertionError("two elements have one name")
    message = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(keys.secret(f"mark/{purpose}"), _MARK + message, hashlib.sha256).hexdigest()


def _digest(salt: bytes, value: bytes, purpose: str) -> str:
    # The purpose's length goes first: no purpose and value can be read as another purpose and value.
    named = purpose.encode()
    return hmac.new(salt, _COMMIT + len(named).to_bytes(2, "big") + named + value, hashlib.sha256).hexdigest()


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
