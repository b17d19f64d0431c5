"""How many entries of each kind bear each day's date: counted once, kept beside the log, never counted anew for a page.

The file is a cache. It can be deleted; whoever serves the site counts again from the published bundles.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from saksama.audit.entries import KINDS
from saksama.flow.prove import Published
from saksama.ledger.log import CHECKPOINT
from saksama.ledger.tiles import WIDTH
from saksama.model.errors import SaksamaError

_log = logging.getLogger("saksama.public")
FILE: Final = "published-tally.json"
_FORMAT: Final = 1
_A_PAGE: Final = 5_000  # entries a page may count itself, when nobody has: about 25 ms
_A_LOOK: Final = 20_000  # entries counted between two looks of the process that enters
_OTHER: Final = "?"


@dataclass(slots=True)
class Tally:
    """Counts of the first `size` entries of a log: by day of the office's own clock, then by kind."""

    origin: str
    utc_offset: int  # hours
    size: int = 0
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    declared: dict[str, int] = field(default_factory=dict)  # SHA-256 of a policy: the first entry that declares it
    _hours: dict[str, str] = field(default_factory=dict)

    def catch_up(self, log: Published, most: int) -> None:
        """Count on from `size`, at most `most` entries and the rest of a bundle."""
        until = min(log.checkpoint.size, self.size + most)
        while self.size < until:
            entries = log.entries(self.size // WIDTH)
            self._take(entries[self.size % WIDTH :])

    def _take(self, entries: Iterable[bytes]) -> None:
        for raw in entries:
            try:
                entry = json.loads(raw)
                kind, day = str(entry["kind"]), self._day(str(entry["at"]))
                digest = entry["body"].get("policy_sha256")
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                kind, day, digest = _OTHER, max(self.days, default="1970-01-01"), None  # the audit says what it is
            counts = self.days.setdefault(day, {})
            counts[kind] = counts.get(kind, 0) + 1
            if digest is not None:
                self.declared.setdefault(str(digest), self.size)
            self.size += 1

    def _day(self, at: str) -> str:
        """The office's day at a moment of an entry; entries come by the hour, so an hour is worked out once."""
        hour = at[:13]
        found = self._hours.get(hour)
        if found is None:
            found = (datetime.fromisoformat(f"{hour}:00:00") + timedelta(hours=self.utc_offset)).date().isoformat()
            self._hours = {hour: found} if len(self._hours) > 1_000 else self._hours | {hour: found}
        return found

    def to_json(self) -> bytes:
        """The kept form."""
        return json.dumps(
            {
                "v": _FORMAT,
                "origin": self.origin,
                "utc_offset": self.utc_offset,
                "size": self.size,
                "declared": self.declared,
                "days": self.days,
            }
        ).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "Tally | None":
        """The tally kept in these bytes; None for anything else, so that it is counted anew."""
        try:
            whole: dict[str, Any] = json.loads(raw)
            if whole["v"] != _FORMAT:
                return None
            days = {str(day): {str(k): int(n) for k, n in counts.items()} for day, counts in whole["days"].items()}
            found = cls(str(whole["origin"]), int(whole["utc_offset"]), int(whole["size"]), days)
            found.declared = {str(digest): int(index) for digest, index in whole["declared"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return found if sum(sum(counts.values()) for counts in days.values()) == found.size else None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page shows of a tally. `days` are those that have entries, oldest first."""

    size: int
    kinds: Mapping[str, int]
    days: tuple[tuple[str, Mapping[str, int]], ...]
    declared: Mapping[str, int]


class Counter:
    """The tally of one office in this process: loaded from its file, brought up to date a piece at a time."""

    def __init__(self, folder: Path, utc_offset: int) -> None:
        self._file = folder / FILE
        self._utc_offset = utc_offset
        self._lock = Lock()
        self._tally: Tally | None = None
        self._counts: Counts | None = None
        self._loaded_at = 0
        self._saved = self._counted_at = 0

    def counts(self, log: Published, *, most: int = _A_PAGE) -> Counts:
        """The counts of the log, or of its beginning where more than `most` entries have not been counted yet."""
        with self._lock:
            tally = self._brought(log, most)
            if self._counts is None or self._counts.size != tally.size:
                self._counts = _counts_of(tally)
            return self._counts

    def keep(self, folder: Path) -> None:
        """Count what is published in the folder, a piece at a time, and keep it in the file for whoever serves pages.

        Raises nothing: a page without a picture is no reason to stop entering. Costs one look at a file while nothing
        is new.
        """
        try:
            changed_at = (folder / CHECKPOINT).stat().st_mtime_ns
            if changed_at == self._counted_at:
                return
            log = Published(folder)
            with self._lock:
                tally = self._brought(log, _A_LOOK)
                if tally.size != self._saved:
                    _write(self._file, tally.to_json())
                    self._saved = tally.size
                if tally.size == log.checkpoint.size:
                    self._counted_at = changed_at
        except FileNotFoundError:
            return  # nothing is published yet
        except (SaksamaError, OSError) as fault:
            _log.warning("entries are not counted for the public page: %s", type(fault).__name__)

    def _brought(self, log: Published, most: int) -> Tally:
        if self._tally is None or self._tally.size + most < log.checkpoint.size:
            self._load(log)
        assert self._tally is not None
        # Another thread may have read a newer checkpoint than ours: then the tally is ahead, and stays so.
        self._tally.catch_up(log, most)
        return self._tally

    def _load(self, log: Published) -> None:
        """Take the file's tally if it is new to us, of this log and further than ours."""
        try:
            changed_at = self._file.stat().st_mtime_ns
            kept = None if changed_at == self._loaded_at else Tally.from_json(self._file.read_bytes())
            self._loaded_at = changed_at
        except OSError:
            kept = None
        if kept is not None and self._fits(kept, log) and (self._tally is None or self._tally.size < kept.size):
            self._tally, self._counts = kept, None
        if self._tally is None:
            self._tally = Tally(log.checkpoint.origin, self._utc_offset)

    def _fits(self, tally: Tally, log: Published) -> bool:
        told = (tally.origin, tally.utc_offset)
        return told == (log.checkpoint.origin, self._utc_offset) and tally.size <= log.checkpoint.size


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.partial")
    aside.write_bytes(content)  # not synced: what a power cut takes is counted again
    aside.replace(path)


def _counts_of(tally: Tally) -> Counts:
    kinds: dict[str, int] = {}
    for counts in tally.days.values():
        for kind, n in counts.items():
            kinds[kind] = kinds.get(kind, 0) + n
    days = tuple((day, _in_order(counts)) for day, counts in sorted(tally.days.items()))
    return Counts(tally.size, _in_order(kinds), days, dict(tally.declared))


def _in_order(kinds: Mapping[str, int]) -> dict[str, int]:
    """Kinds in the order of the main path, what is of no kind last."""
    known = {kind: kinds[kind] for kind in KINDS if kind in kinds}
    return known | dict(sorted(kinds.items()))


@cache
def counter_of(folder: Path, utc_offset: int) -> Counter:
    """The counter of an office in this process."""
    return Counter(folder, utc_offset)
