"""A `.tlog-proof`: everything needed to show offline that an entry is in a log and was witnessed (C2SP tlog-proof)."""

from dataclasses import dataclass

from saksama.ledger import text, tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Malformed, NotInLog, ProofFails
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy, Trusted

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """Entry `index` stands under `checkpoint`, a signed and cosigned note, by the hashes beside its path."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        """The proof file."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {text.base64_text(self.extra)}")
        lines.append(f"index {self.index}")
        lines += map(text.base64_text, self.hashes)
        return "".join(line + "\n" for line in lines).encode() + b"\n" + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "Proof":
        """The proof in a file; raises Malformed. `to_bytes` gives the same bytes back."""
        head, blank, checkpoint = text.decode(raw, what="proof").partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != HEADER:
            raise Malformed(f"a proof begins with {HEADER} and holds a checkpoint after an empty line")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = text.base64_bytes(lines.pop(0)[6:], what="proof's extra data")
            if not extra:
                raise Malformed("the proof's extra line is empty")
        if not lines or not lines[0].startswith("index "):
            raise Malformed("the proof does not say which entry it is of")
        index = text.number(lines.pop(0)[6:], what="proof's index")
        if len(lines) > MAX_HASHES:
            raise Malformed(f"a proof has at most {MAX_HASHES} hashes")
        hashes = tuple(text.hash_line(line, what="hash in the proof") for line in lines)
        Checkpoint.parse(Note.parse(checkpoint.encode()).text)
        return cls(index, hashes, checkpoint.encode(), extra)

    def require_inclusion(self, entry: bytes, policy: Policy) -> Trusted:
        """What the policy says of the checkpoint, if the entry is under it.

        Raises NotInLog if the hashes do not lead from the entry to the root, and what `Policy.require_trusted` raises.
        """
        trusted = policy.require_trusted(self.checkpoint)
        checkpoint = trusted.checkpoint
        try:
            tree.require_inclusion(
                self.index, checkpoint.size, proof=self.hashes, leaf=tree.leaf_hash(entry), root=checkpoint.root
            )
        except ProofFails as fault:
            raise NotInLog(f"this entry is not entry {self.index} of {checkpoint.origin}: {fault}") from fault
        return trusted
