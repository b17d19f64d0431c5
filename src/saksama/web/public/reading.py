"""The published folder as its page tells it: the checkpoint, who cosigned it when, how many entries of what kind."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import LedgerError
from saksama.ledger.policy import Policy
from saksama.ledger.tiles import WIDTH, tiles_at, unpack
from saksama.model.errors import Broken
from saksama.model.texts import _

_counted: dict[tuple[Path, str], Counter[str]] = {}  # full bundles never change, so each is counted once a process


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness that cosigned the checkpoint, and when."""

    witness: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What stands published."""

    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    policy_sha256: str
    kinds: Mapping[str, int]


def read_published(folder: Path) -> Published | None:
    """What is published, or None before the first checkpoint; raises Broken where the policy does not believe it."""
    note = folder / "checkpoint"
    if not note.is_file():
        return None
    try:
        policy = Policy.parse((folder / "policy").read_bytes())
        trusted = policy.require_trusted(note.read_bytes())
        kinds = _kinds(folder, trusted.checkpoint.size)
    except LedgerError as fault:
        raise Broken(_("Buku besar: {fault}").format(fault=fault)) from fault
    cosigned = (Cosigned(name, datetime.fromtimestamp(at, UTC)) for name, at in trusted.cosigned.items())
    return Published(trusted.checkpoint, tuple(cosigned), policy.digest, kinds)


def _kinds(folder: Path, size: int) -> Mapping[str, int]:
    """How many entries of each kind the first `size` are."""
    found: Counter[str] = Counter()
    for tile in tiles_at(size):
        if tile.level >= 0:
            continue
        known = _counted.get((folder, tile.path))
        if known is None:
            entries = unpack((folder / tile.path).read_bytes())
            known = Counter(str(json.loads(entry)["kind"]) for entry in entries)
            if len(entries) == WIDTH:
                _counted[folder, tile.path] = known
        found.update(known)
    return dict(sorted(found.items()))
