"""The published folder as its pages tell it: the checkpoint, who cosigned it when, its entries one by one."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from saksama.audit.entries import AuditedEntry, LooksPersonal, NotCanonical, read_entry
from saksama.audit.meaning import meaning_of
from saksama.flow.prove import Published
from saksama.ledger.log import CHECKPOINT
from saksama.ledger.proof import Proof
from saksama.ledger.tiles import WIDTH


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness that cosigned the checkpoint, and when."""

    witness: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a page tells it. `entry` and `meaning` are None for bytes that are not in an entry's one form."""

    index: int
    raw: bytes
    entry: AuditedEntry | None
    meaning: str | None

    @property
    def text(self) -> str:
        """Its bytes as text, as they stand in the log."""
        return self.raw.decode("utf-8", "backslashreplace")

    @property
    def leaf(self) -> str:
        """The hash under which it stands in the tree, in base64."""
        return b64encode(sha256(b"\x00" + self.raw).digest()).decode()

    @property
    def pretty(self) -> str:
        """The same for reading: a field a line. Never what is hashed."""
        try:
            return json.dumps(json.loads(self.raw), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.text


def published_log(folder: Path) -> Published | None:
    """What is published, or None before the first checkpoint; raises Broken where the policy does not believe it."""
    return Published(folder) if (folder / CHECKPOINT).is_file() else None


def cosigners(log: Published) -> list[Cosigned]:
    """Who cosigned the checkpoint, newest first."""
    found = [Cosigned(name, datetime.fromtimestamp(at, UTC)) for name, at in log.trusted.cosigned.items()]
    return sorted(found, key=lambda line: (-line.at.timestamp(), line.witness))


def told(index: int, raw: bytes) -> Told:
    """An entry with its sentence."""
    try:
        entry = read_entry(index, raw)
    except (NotCanonical, LooksPersonal):
        return Told(index, raw, None, None)
    return Told(index, raw, entry, meaning_of(entry))


def told_between(log: Published, first: int, last: int) -> list[Told]:
    """Entries from `first` to before `last`, newest first; reads the bundles they lie in and no others."""
    found: list[Told] = []
    for number in range(first // WIDTH, -(-last // WIDTH)):
        for at, raw in enumerate(log.entries(number), start=number * WIDTH):
            if first <= at < last:
                found.append(told(at, raw))
    return found[::-1]


def path_of(proof: bytes) -> Sequence[str]:
    """The hashes beside an entry's path, lowest first, in base64."""
    return [b64encode(item).decode() for item in Proof.parse(proof).hashes]
