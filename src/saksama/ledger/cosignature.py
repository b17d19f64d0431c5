"""What a cosignature says, as the bytes that are signed (C2SP tlog-cosignature v1).

Both forms say: as of `time`, this is the largest consistent tree that I have seen of this origin. The Ed25519 form
covers the checkpoint's text; the ML-DSA-44 form also the cosigner's name, and no extension lines.
"""

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Malformed

MAX_TIME = 2**63 - 1
_LABEL = b"subtree/v1\n\0"


def ed25519_message(note_text: str, time: int) -> bytes:
    """The message of a key of type 0x04; `time` in POSIX seconds."""
    return f"cosignature/v1\ntime {time}\n{note_text}".encode()


def ml_dsa_message(note_text: str, time: int, cosigner: str) -> bytes:
    """The message of a key of type 0x06; raises Malformed if the text is no checkpoint or a name is over 255 bytes."""
    checkpoint = Checkpoint.parse(note_text)
    return b"".join(
        (
            _LABEL,
            _short(cosigner),
            time.to_bytes(8, "big"),
            _short(checkpoint.origin),
            (0).to_bytes(8, "big"),  # a checkpoint is the subtree from leaf 0
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _short(name: str) -> bytes:
    raw = name.encode()
    if not 0 < len(raw) < 256:
        raise Malformed("a name in an ML-DSA cosignature has 1 to 255 bytes")
    return bytes([len(raw)]) + raw


def pack(time: int, signature: bytes) -> bytes:
    """The timestamped signature that stands in the note."""
    return time.to_bytes(8, "big") + signature


def unpack(blob: bytes, signature_bytes: int) -> tuple[int, bytes]:
    """The time and the signature in a timestamped signature; raises Malformed."""
    if len(blob) != 8 + signature_bytes:
        raise Malformed("the cosignature is not of its length")
    time = int.from_bytes(blob[:8], "big")
    if not 0 < time <= MAX_TIME:
        raise Malformed("the cosignature has no time")
    return time, blob[8:]
