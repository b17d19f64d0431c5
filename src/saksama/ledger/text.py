"""The few lexical rules that every C2SP text format shares, each refusing with its own sentence."""

import base64
import binascii
import re

from saksama.ledger.errors import Malformed
from saksama.ledger.tree import HASH_BYTES, MAX_SIZE

_NUMBER = re.compile("0|[1-9][0-9]*")


def decode(raw: bytes, *, what: str) -> str:
    """`raw` as UTF-8 without control characters but the newline."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed(f"the {what} is not UTF-8") from fault
    if "\r" in text:
        raise Malformed(f"the {what} has carriage returns: its line ends were changed on the way")
    if any(letter < " " and letter != "\n" for letter in text):
        raise Malformed(f"the {what} has control characters")
    return text


def number(text: str, *, what: str, most: int = MAX_SIZE) -> int:
    """A decimal number in its one form: no sign, no leading zero."""
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise Malformed(f"the {what} is not a decimal number without leading zeros")
    if len(text) > 20 or int(text) > most:
        raise Malformed(f"the {what} is over {most}")
    return int(text)


def base64_bytes(text: str, *, what: str) -> bytes:
    """The bytes of standard base64 in its one form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Malformed(f"the {what} is not base64") from fault
    if base64.b64encode(raw).decode() != text:
        raise Malformed(f"the {what} is base64 in a form that is not the one form of its bytes")
    return raw


def base64_text(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


def hash_line(text: str, *, what: str) -> bytes:
    """A SHA-256 hash in base64."""
    raw = base64_bytes(text, what=what)
    if len(raw) != HASH_BYTES:
        raise Malformed(f"the {what} is not a hash of 32 bytes")
    return raw


def is_name(text: str) -> bool:
    """Whether `text` may name a key: not empty, UTF-8, no space of any alphabet, no plus, no control character."""
    return (
        bool(text)
        and "+" not in text
        and not any(c.isspace() or c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in text)
    )
