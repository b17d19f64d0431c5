"""A checkpoint: what a log commits to. Origin, size and root, as the text that is signed (C2SP tlog-checkpoint)."""

from dataclasses import dataclass
from hashlib import sha256

from saksama.ledger import text
from saksama.ledger.errors import Malformed
from saksama.ledger.tree import HASH_BYTES, MAX_SIZE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root of the first `size` entries of the log `origin`. Extension lines are kept but mean nothing here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise Malformed("a checkpoint needs an origin of one line")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise Malformed("a checkpoint needs a size below 2^63 and a root of 32 bytes")

    @property
    def text(self) -> str:
        """The note text: what signatures cover."""
        lines = (self.origin, str(self.size), text.base64_text(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)

    @property
    def root_text(self) -> str:
        """The root in base64, as it stands in the note and is printed for comparison."""
        return text.base64_text(self.root)

    @property
    def origin_hash(self) -> str:
        """SHA-256 of the origin in hex: the name of its folder at witnesses and mirrors."""
        return sha256(self.origin.encode()).hexdigest()

    @classmethod
    def parse(cls, note_text: str) -> "Checkpoint":
        """The checkpoint in a note's text; raises Malformed."""
        lines = note_text.split("\n")
        if lines[-1] != "":
            raise Malformed("the checkpoint does not end with a newline")
        if len(lines) < 4 or not all(lines[:-1]):
            raise Malformed("a checkpoint has an origin, a size and a root, each on a line, and no empty line")
        size = text.number(lines[1], what="checkpoint's size")
        root = text.hash_line(lines[2], what="checkpoint's root")
        return cls(lines[0], size, root, tuple(lines[3:-1]))
