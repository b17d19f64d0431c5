"""A receipt: the log's signed word that an entry has its index and will be published by a moment.

The text of the note is `saksama.ledger/receipt/v1`, origin, index, leaf hash and deadline (POSIX seconds), a line each.
Its first line is no origin of a log, and a checkpoint has no such second line, so neither can be taken for the other.
"""

from dataclasses import dataclass

from saksama.ledger import text
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import LedgerError, Malformed, NotTrusted
from saksama.ledger.keys import Signer, Verifier
from saksama.ledger.note import Note
from saksama.ledger.places import Place, read_tile
from saksama.ledger.tiles import WIDTH, Tile, hashes_of

HEADER = "saksama.ledger/receipt/v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The promise. `note` is its signed form."""

    origin: str
    index: int
    leaf: bytes
    deadline: int
    note: bytes

    @classmethod
    def make(cls, origin: str, index: int, leaf: bytes, *, deadline: int, signer: Signer) -> "Receipt":
        """A receipt signed by the log."""
        lines = (HEADER, origin, str(index), text.base64_text(leaf), str(deadline))
        body = "".join(line + "\n" for line in lines)
        return cls(origin, index, leaf, deadline, Note(body, (signer.sign(body),)).to_bytes())

    @classmethod
    def parse(cls, raw: bytes, log_key: Verifier) -> "Receipt":
        """The receipt in a note signed by the log; raises Malformed, BadSignature, NotTrusted."""
        note = Note.parse(raw)
        lines = note.text.split("\n")
        if len(lines) != 6 or lines[0] != HEADER or lines[5] != "":
            raise Malformed(f"a receipt has five lines and begins with {HEADER}")
        index = text.number(lines[2], what="receipt's index")
        leaf = text.hash_line(lines[3], what="receipt's leaf hash")
        deadline = text.number(lines[4], what="receipt's deadline")
        if log_key.verify_in(note) is None or lines[1] != log_key.name:
            raise NotTrusted(f"the receipt is not signed by {log_key.name}")
        return cls(lines[1], index, leaf, deadline, raw)

    def is_kept_by(self, place: Place, checkpoint: Checkpoint) -> bool:
        """Whether the entry stands at its index in the log published at `place` under `checkpoint`."""
        if self.index >= checkpoint.size:
            return False
        number = self.index // WIDTH
        try:
            tile = read_tile(place, Tile(0, number, min(WIDTH, checkpoint.size - number * WIDTH)))
            return hashes_of(tile)[self.index % WIDTH] == self.leaf
        except (LedgerError, IndexError):
            return False
