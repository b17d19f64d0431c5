"""A ledger entry: one act, in one byte form, without personal data.

The bytes are RFC 8785 JSON of NFC text, no floats, at most 16 KiB; `docs/formats/entry.md` specifies them. What may
stand in an entry is closed by type: a `Body` is built from identifiers, digests, counts, codes and commitments, and
`Entry` refuses any text that is none of these. Free text (a reason, a document's name) enters only as a commitment.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

import rfc8785

from saksama.model.clock import as_text
from saksama.model.errors import Broken

EntryId = NewType("EntryId", str)
MAX_BYTES = 16 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")
_LONG_NUMBER = re.compile(r"(?<![0-9a-f])[0-9]{12,}(?![0-9a-f])")


class EntryKind(StrEnum):
    """What was done."""

    OFFICE_OPENED = "office_opened"
    OFFICER_ENROLLED = "officer_enrolled"
    ROLL_TAKEN_IN = "roll_taken_in"
    PAIRS_FOUND = "pairs_found"
    CASE_REFERRED = "case_referred"
    EVIDENCE_SEEN = "evidence_seen"
    DECISION_MADE = "decision_made"
    ROLL_CHANGED = "roll_changed"
    OUTCOME_ENACTED = "outcome_enacted"


class NotAnEntry(Broken):
    """A body that must not be entered: it holds free text, a float, a long number, or is too big."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of one actor. `id` is the act's own name: the ledger refuses it the second time."""

    id: EntryId
    kind: EntryKind
    at: datetime
    office: str  # wilayah code
    actor: str  # officer id, or `program:<name>` for a step run by a command
    body: Mapping[str, Value]

    def __post_init__(self) -> None:
        _require_tokens_only(dict(self.body))

    def to_bytes(self) -> bytes:
        """The one byte form; raises NotAnEntry over 16 KiB."""
        document: dict[str, Value] = {
            "v": 1,
            "id": self.id,
            "kind": self.kind.value,
            "at": as_text(self.at),
            "office": self.office,
            "actor": self.actor,
            "body": dict(self.body),
        }
        written: bytes = rfc8785.dumps(document)  # type: ignore[arg-type]  # its JSON type is invariant in dict
        if len(written) > MAX_BYTES:
            raise NotAnEntry(f"entry of {len(written)} bytes; the limit is {MAX_BYTES}")
        return written


def _require_tokens_only(value: Value) -> None:
    """Raise NotAnEntry unless every text is an identifier, digest, code or time, and every number whole.

    Words with spaces, and runs of 12 or more digits, are how a name or a NIK would look; neither can pass.
    """
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) >= 10**11:
            raise NotAnEntry("a number this long could be a NIK")
    elif isinstance(value, str):
        if value and (
            not _TOKEN.fullmatch(value) or _LONG_NUMBER.search(value) or unicodedata.normalize("NFC", value) != value
        ):
            raise NotAnEntry("free text may not stand in an entry")
    elif isinstance(value, list):
        for item in value:
            _require_tokens_only(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_tokens_only(key)
            _require_tokens_only(item)
    else:
        raise NotAnEntry(f"{type(value).__name__} may not stand in an entry")
