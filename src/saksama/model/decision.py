"""A decision: one officer's ruling on a case. Never edited; a change of mind is a new one that names the old."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from saksama.model.officer import OfficerId

DecisionId = NewType("DecisionId", str)


class Ruling(StrEnum):
    """The three things an officer can say (DOMAIN section 10 no. 4)."""

    DIFFERENT_PEOPLE = "bukan_ganda"
    SAME_PERSON = "ganda"  # one record is kept
    UNDECIDED = "rujuk_disdukcapil"  # belum dapat diputuskan: never changes a roll


@dataclass(frozen=True, slots=True)
class Choice:
    """A ruling with what it names. For `SAME_PERSON` the line kept and the lines struck; else neither."""

    ruling: Ruling
    kept: int | None = None
    struck: tuple[int, ...] = ()


def choice_commitment(case: str, choice: Choice, *, salt: bytes) -> str:
    """64 hex digits that bind an officer to a choice without saying it, until `salt` (32 bytes) is shown.

    The ledger is public at once, and the second officer must not see what the first chose: so a decision enters as
    this commitment, and the settlement opens it. `docs/formats/entry.md` gives the bytes.
    """
    if len(salt) != 32:
        raise AssertionError("the salt has 32 bytes")
    said = {"case": case, "kept": choice.kept, "ruling": choice.ruling.value, "struck": sorted(choice.struck)}
    message = b"saksama/choice/v1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(salt, message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Decision:
    """One officer's ruling. `reason` and `document` are free text that may name people: sealed, never published."""

    id: DecisionId
    case: str
    choice: Choice
    reason: str
    document: str  # reference of the supporting document; obligatory where a line is struck
    officer: OfficerId
    at: datetime
    evidence_digest: str  # of exactly what was on the screen
    supersedes: DecisionId | None = None

    def __repr__(self) -> str:
        return f"Decision({self.id}, {self.choice.ruling.value})"
