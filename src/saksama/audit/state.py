"""What the entries read so far have established, and what they have broken."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from saksama.audit.entries import AuditedEntry
from saksama.model.texts import _


class Topic(StrEnum):
    """What a fault belongs to: one numbered sentence each."""

    FORM = "form"
    IDENTITY = "identity"
    PERSONAL = "personal"
    TIME = "time"
    OFFICERS = "officers"
    KEYS = "keys"
    ROLLS = "rolls"
    CASES = "cases"
    DECISIONS = "decisions"
    SETTLEMENTS = "settlements"
    CHANGES = "changes"
    OUTCOMES = "outcomes"
    FILES = "files"


DECIDING_ROLES = ("operator", "anggota")


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as enrolled."""

    role: str
    wilayah: str
    office: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as referred."""

    wilayah: str
    roll: str
    lines: frozenset[int]
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as entered: what it says stands in `commitment` until the case is settled."""

    officer: str
    case: str
    commitment: str
    has_document: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What two officers agreed on a case."""

    ruling: str
    kept: int | None
    struck: frozenset[int]
    decisions: frozenset[str]
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy by the SHA-256 of its file, and the entry that brought it; `reason` is empty for the first."""

    digest: str
    index: int
    reason: str = ""


@dataclass(slots=True)
class Effect:
    """The changes of one outcome."""

    struck: dict[int, int] = field(default_factory=dict)  # line: index of the entry
    kept: set[int] = field(default_factory=set)
    rolls: set[str] = field(default_factory=set)
    changes: int = 0
    latest: datetime | None = None


@dataclass(slots=True)
class State:
    """The ledger's world after some entries."""

    ids: set[str] = field(default_factory=set)
    offices: dict[str, dict[str, Any]] = field(default_factory=dict)
    opened_at: dict[str, datetime] = field(default_factory=dict)
    policies: list[PolicyInForce] = field(default_factory=list)  # in the order in which they came into force
    people: dict[str, Person] = field(default_factory=dict)
    rolls: dict[str, int] = field(default_factory=dict)  # roll: its lines
    line_limits: dict[str, int] = field(default_factory=dict)  # roll: line numbers are below this
    runs: dict[str, str] = field(default_factory=dict)  # run: its roll
    cases: dict[str, Case] = field(default_factory=dict)
    in_cases: set[tuple[str, int]] = field(default_factory=set)  # (roll, line) of every case
    seen: dict[tuple[str, str, str], datetime] = field(default_factory=dict)  # (case, officer, evidence)
    decisions: dict[str, Decision] = field(default_factory=dict)
    decisions_of: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # case: decisions
    superseded: set[str] = field(default_factory=set)
    settled: dict[str, Settlement] = field(default_factory=dict)
    effects: defaultdict[str, Effect] = field(default_factory=lambda: defaultdict(Effect))
    enacted: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # roll: lines struck so far
    taken_in: set[str] = field(default_factory=set)  # rolls that came from a file
    outcomes: dict[str, dict[str, str]] = field(default_factory=dict)  # outcome: its files
    counts: Counter[str] = field(default_factory=Counter)
    faults: defaultdict[Topic, list[str]] = field(default_factory=lambda: defaultdict(list))

    def fault(self, topic: Topic, entry: AuditedEntry | int, why: str) -> None:
        """Note that an entry breaks a promise."""
        index = entry if isinstance(entry, int) else entry.index
        self.faults[topic].append(_("catatan ke-{index}: {why}").format(index=index, why=why))

    def after(self, entry: AuditedEntry, cause: datetime) -> None:
        """Note it if an act bears an earlier time than what it rests on: it was backdated."""
        if entry.at < cause:
            self.fault(Topic.TIME, entry, _("bertanggal sebelum catatan yang menjadi dasarnya"))
