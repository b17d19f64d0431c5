"""A ledger entry: one act, in one byte form, without personal data.

The bytes are RFC 8785 JSON, at most 16 KiB; `docs/formats/entry.md` specifies them. What may stand in an entry is
closed by kind: every field has a type below, and no type admits free text. A reason or a document's name enters only
as a salted commitment, so nothing a person typed can reach what is published.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

import rfc8785

from saksama.model.clock import as_text
from saksama.model.errors import Broken

EntryId = NewType("EntryId", str)
MAX_BYTES = 16 * 1024

Field = Callable[[object], bool]


class NotAnEntry(Broken):
    """A body that must not be entered: a field missing, unknown, of another type, or too big a whole."""


def _text(pattern: str) -> Field:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _choice(*allowed: str) -> Field:
    return lambda value: isinstance(value, str) and value in allowed


def _optional(field: Field) -> Field:
    return lambda value: value is None or field(value)


def _many(field: Field) -> Field:
    return lambda value: isinstance(value, list) and all(field(item) for item in value)


def _table(key: Field, item: Field) -> Field:
    return lambda value: isinstance(value, dict) and all(key(k) and item(v) for k, v in value.items())


def _record(fields: Mapping[str, Field]) -> Field:
    return lambda value: (
        isinstance(value, dict) and set(value) == set(fields) and all(f(value[n]) for n, f in fields.items())
    )


def _count(value: object) -> bool:
    # A thousand million counts every voter of any country; a longer number could be most of a NIK.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9


DIGEST = _text("[0-9a-f]{64}")
WILAYAH = _text(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
OFFICER = _text("P-[0-9]{6}")
PROGRAM = _text("program:[a-z]+(-[a-z]+)*")
ACTOR: Field = lambda value: OFFICER(value) or PROGRAM(value)  # noqa: E731  # a union of two named fields
CASE = _text("GD-[0-9A-Z]{5}-[0-9A-Z]{5}")
# No name made of a digest is sixteen decimal digits, the form of a NIK (`model.digests.short_digest` sees to it).
ROLL = _text("(?![0-9]{16})[0-9a-f]{16}")
SHORT_DIGEST = _text(r"(?![0-9]{16}\Z)[0-9a-f]{16,64}")
# Codes, versions and file names are the programs' own constants: two words or more, and too few digits for a number.
_FEW_DIGITS = "(?!(?:[^0-9]*[0-9]){5})"
CODE = _text(_FEW_DIGITS + "[a-z][a-z0-9]{0,19}([_-][a-z0-9]{1,20}){1,5}")
VERSION = _text(r"[0-9]{1,3}(\.[0-9]{1,3}){1,3}(\+[0-9a-f]{8,10})?")
FILE_NAME = _text(_FEW_DIGITS + r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,5}(\.[a-z0-9]{1,8}){1,2}")
ORIGIN = _text("(?!(?:[^0-9]*[0-9]){11})[a-z][a-z0-9.-]{0,99}(/[a-z0-9.-]{1,100}){1,5}")  # ten digits name a desa


_CHOICE: Mapping[str, Field] = {
    "ruling": _choice("bukan_ganda", "ganda", "rujuk_disdukcapil"),
    "kept": _optional(_count),
    "struck": _many(_count),
}


# Why a policy changes. Only after the last two may the old policy be unable to sign its own end.
POLICY_REASONS = (
    "log_key_rotated",
    "spare_named",
    "spare_taken",
    "witness_key_rotated",
    "witnesses_changed",
    "log_key_lost",
    "quorum_lost",
)


class EntryKind(StrEnum):
    """What was done."""

    OFFICE_OPENED = "office_opened"
    OFFICER_ENROLLED = "officer_enrolled"
    ROLL_TAKEN_IN = "roll_taken_in"
    PAIRS_FOUND = "pairs_found"
    CASE_REFERRED = "case_referred"
    RUN_REFERRED = "run_referred"  # how many clusters of a run became cases, and why the others did not
    EVIDENCE_SEEN = "evidence_seen"
    DECISION_MADE = "decision_made"  # says that, not what: the choice stands as a commitment until the case is settled
    CASE_SETTLED = "case_settled"  # opens the choices of all decisions of the case, once two officers agree
    ROLL_CHANGED = "roll_changed"
    OUTCOME_ENACTED = "outcome_enacted"
    POLICY_CHANGED = "policy_changed"  # the last entry under the old policy: keys and witnesses change after it


BODIES: Mapping[EntryKind, Mapping[str, Field]] = MappingProxyType(
    {
        EntryKind.OFFICE_OPENED: {"wilayah": WILAYAH, "origin": ORIGIN, "policy_sha256": DIGEST},
        EntryKind.OFFICER_ENROLLED: {
            "officer": OFFICER,
            "role": _choice("operator", "anggota", "pengawas"),
            "wilayah": WILAYAH,
            "by": ACTOR,
        },
        EntryKind.ROLL_TAKEN_IN: {
            "roll": ROLL,
            "roll_kind": _choice("DP4", "DPHP", "DPS", "DPSHP", "DPT", "DPTb", "DPK", "DPB"),
            "file_sha256": DIGEST,
            "sealed_sha256": DIGEST,
            "lines_in": _count,
            "checked": _count,
            "set_aside": _count,
            "faults": _table(CODE, _count),
        },
        EntryKind.PAIRS_FOUND: {
            "run": SHORT_DIGEST,
            "roll": ROLL,
            "engine": VERSION,
            "plan_sha256": DIGEST,
            "pairs_sha256": DIGEST,
            "clusters_sha256": DIGEST,
            "certain": _count,
            "probable": _count,
            "check": _count,
            "clusters": _count,
        },
        EntryKind.CASE_REFERRED: {
            "case": CASE,
            "wilayah": WILAYAH,
            "roll": ROLL,
            "run": SHORT_DIGEST,
            "lines": _many(_count),
            "band": _choice("certain", "probable", "check"),
            "kpu_class": _choice("", "K1", "K2", "K3", "K4"),
            "class_scheme": _text("[0-9]{4}"),
            "evidence_digest": DIGEST,
            "assistant": CODE,
            "assistant_version": VERSION,
        },
        EntryKind.RUN_REFERRED: {
            "run": SHORT_DIGEST,
            "roll": ROLL,
            "clusters": _count,
            "referred": _count,
            "ruled_before": _count,
            "awaiting": _count,
            "overlapping": _count,
            "not_ours": _count,
        },
        EntryKind.EVIDENCE_SEEN: {"case": CASE, "officer": OFFICER, "evidence_digest": DIGEST},
        EntryKind.DECISION_MADE: {
            "decision": SHORT_DIGEST,
            "case": CASE,
            "choice_commitment": DIGEST,
            "reason_commitment": DIGEST,
            "document_commitment": _optional(DIGEST),
            "evidence_digest": DIGEST,
            "supersedes": _optional(SHORT_DIGEST),
        },
        EntryKind.CASE_SETTLED: {
            "case": CASE,
            **_CHOICE,
            "decisions": _many(SHORT_DIGEST),
            "opened": _many(_record({"decision": SHORT_DIGEST, "salt": DIGEST, **_CHOICE})),
        },
        EntryKind.ROLL_CHANGED: {
            "outcome": SHORT_DIGEST,
            "roll": ROLL,
            "line": _count,
            "kept": _count,
            "tms": _count,
            "tms_scheme": _text("[0-9]{4}"),
            "case": CASE,
            "decisions": _many(SHORT_DIGEST),
        },
        EntryKind.OUTCOME_ENACTED: {
            "outcome": SHORT_DIGEST,
            "roll_before": ROLL,
            "roll_after": ROLL,
            "lines_before": _count,
            "lines_after": _count,
            "struck": _count,
            "changes": _count,
            "files": _table(FILE_NAME, DIGEST),
        },
        EntryKind.POLICY_CHANGED: {
            "policy_sha256": DIGEST,
            "replaces_sha256": DIGEST,
            "reason": _choice(*POLICY_REASONS),
        },
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of one actor. `id` is the act's own name (`kind:…`): the ledger refuses it the second time."""

    id: EntryId
    kind: EntryKind
    at: datetime
    office: str  # wilayah code
    actor: str  # officer id, or `program:<name>` for a step run by a command
    body: Mapping[str, object]

    def __post_init__(self) -> None:
        self._require_form()

    def _require_form(self) -> None:
        fields = BODIES[self.kind]
        if set(self.body) != set(fields):
            missing = sorted(set(fields) - set(self.body))
            unknown = len(set(self.body) - set(fields))  # how many, not which: a name could be anybody's
            raise NotAnEntry(f"{self.kind.value}: fields missing {missing}, unknown {unknown}")
        for name, field in fields.items():
            if not field(self.body[name]):
                raise NotAnEntry(f"{self.kind.value}.{name}: a value of another type")  # never quote it
        if not (WILAYAH(self.office) and ACTOR(self.actor)):
            raise NotAnEntry(f"{self.kind.value}: office or actor is not of its form")
        if not self._is_named_by_its_body():
            raise NotAnEntry(f"{self.kind.value}: the id is not the kind and values of the body")

    def _is_named_by_its_body(self) -> bool:
        """Whether the id is `kind:` and values of the body, or their first sixteen characters, set apart by dots."""
        kind, _, name = str(self.id).partition(":")
        texts = [str(value) for value in self.body.values() if isinstance(value, str | int) and value != ""]
        said = {part for text in texts for part in (*text.split("."), text[:16])}
        return kind == self.kind.value and len(name) <= 100 and all(part in said for part in name.split("."))

    def to_bytes(self) -> bytes:
        """The one byte form; raises NotAnEntry over 16 KiB, or where the body was changed since it was checked."""
        self._require_form()
        written: bytes = rfc8785.dumps(
            {
                "v": 1,
                "id": self.id,
                "kind": self.kind.value,
                "at": as_text(self.at),
                "office": self.office,
                "actor": self.actor,
                "body": dict(self.body),  # type: ignore[arg-type]  # every value passed its field above
            }
        )
        if len(written) > MAX_BYTES:
            raise NotAnEntry(f"entry of {len(written)} bytes; the limit is {MAX_BYTES}")
        return written
