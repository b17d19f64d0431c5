"""A signed note: a text and the signature lines under it (C2SP signed-note v1.0.0). Keys are in `keys`."""

from collections.abc import Iterable
from dataclasses import dataclass

from saksama.ledger import text
from saksama.ledger.errors import Malformed

MAX_BYTES = 1 << 20
MAX_SIGNATURES = 100  # the specification asks for at least 16
_DASH = "— "


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note: whose key, by name and key id, and its signature."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {text.base64_text(self.key_id + self.blob)}\n"

    @classmethod
    def parse(cls, line: str) -> "SignatureLine":
        """The signature on a line without its newline; raises Malformed."""
        if not line.startswith(_DASH):
            raise Malformed("a signature line begins with an em dash and a space")
        name, space, encoded = line[len(_DASH) :].partition(" ")
        if not space or not text.is_name(name):
            raise Malformed("a signature line has a key name and a signature, with one space between")
        raw = text.base64_bytes(encoded, what="signature")
        if len(raw) < 5:
            raise Malformed("the signature is shorter than its key id")
        return cls(name, raw[:4], raw[4:])


def parse_signatures(raw: bytes) -> tuple[SignatureLine, ...]:
    """Signature lines alone, as a witness answers with them; raises Malformed."""
    return _signatures(text.decode(_bounded(raw), what="signatures"))


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise Malformed(f"a note is at most {MAX_BYTES} bytes")
    return raw


def _signatures(block: str) -> tuple[SignatureLine, ...]:
    lines = block.split("\n")
    if lines.pop() != "" or not lines:
        raise Malformed("a note ends with signature lines, each closed by a newline")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed(f"a note has at most {MAX_SIGNATURES} signatures")
    found = tuple(SignatureLine.parse(line) for line in lines)
    if len({(item.name, item.key_id) for item in found}) != len(found):
        raise Malformed("a key has signed the note twice")
    return found


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in a newline, and the signatures under it. Whether they are good, `keys` can tell."""

    text: str
    signatures: tuple[SignatureLine, ...]

    @classmethod
    def parse(cls, raw: bytes) -> "Note":
        """The note in these bytes; raises Malformed. `to_bytes` gives the same bytes back."""
        whole = text.decode(_bounded(raw), what="note")
        # The text may have empty lines itself: the last one parts it from the signatures.
        at = whole.rfind("\n\n")
        if at < 0:
            raise Malformed("the note has no empty line between text and signatures")
        return cls(whole[: at + 1], _signatures(whole[at + 2 :]))

    def to_bytes(self) -> bytes:
        """The note as it is stored and sent."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    def with_signatures(self, more: Iterable[SignatureLine]) -> "Note":
        """The note with `more` below; a later signature of a key takes the place of its earlier one."""
        by_key = {(line.name, line.key_id): line for line in (*self.signatures, *more)}
        return Note(self.text, tuple(by_key.values()))
