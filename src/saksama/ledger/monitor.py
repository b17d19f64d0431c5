"""A monitor: looks at a log, its witnesses and mirrors from outside, and raises its voice.

What it has seen it keeps, so that a log cannot go back on it. A split view becomes evidence that anyone can check
without trusting the monitor: two notes signed by the same log key that cannot both be true.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, LedgerError, Malformed, WitnessUnreachable
from saksama.ledger.keys import Verifier
from saksama.ledger.log import CHECKPOINT
from saksama.ledger.note import Note
from saksama.ledger.places import Place, read_tile
from saksama.ledger.policy import Policy
from saksama.ledger.receipt import Receipt
from saksama.ledger.storage import Storage
from saksama.ledger.tiles import Nodes

_SEEN = "seen"


class Alarm(StrEnum):
    """What a monitor cries out about."""

    SPLIT = "split"  # two histories, both signed: evidence is written
    SHRUNK = "shrunk"  # fewer entries than were shown before
    STALLED = "stalled"  # the newest cosignature is too old
    NO_QUORUM = "no_quorum"  # witnesses are missing under the published checkpoint
    UNREADABLE = "unreadable"  # a place does not answer, or shows no checkpoint of this log
    OVERDUE = "overdue"  # a receipt's deadline has passed and its entry is not in


@dataclass(frozen=True, slots=True)
class Sighting:
    """One alarm: where, and a sentence. `evidence` is the folder with two signed notes, for a split view."""

    alarm: Alarm
    place: str
    sentence: str
    evidence: Path | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint as a place showed it."""

    place: Place
    raw: bytes
    checkpoint: Checkpoint


class Monitor:
    """One log watched from `folder`, where it keeps the largest checkpoint it saw and the evidence it found."""

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        log_key: Verifier,
        *,
        patience: int = 3600,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`patience`: seconds that the newest cosignature may be old.

        Another key of this log that the policy names, a spare's, is as good as `log_key`.
        """
        self._storage = Storage(folder)
        self._storage.make(folder)
        self._policy = policy
        self._log_key = log_key
        self._log_keys = {log_key, *(log.verifier for log in policy.logs if log.verifier.name == log_key.name)}
        self._patience = patience
        self._clock = clock

    def look(self, log: Place, others: Sequence[Place] = (), *, receipts: Sequence[Receipt] = ()) -> list[Sighting]:
        """Look once at the log and at others that show its checkpoints (witnesses, mirrors); gives the alarms.

        1. each shows a checkpoint of this log's key    2. the log's is cosigned by a quorum, not long ago
        3. none is larger or another than what was seen before, and all are one history   4. no receipt is overdue
        """
        alarms: list[Sighting] = []
        shown = [seen for place in (log, *others) if (seen := self._show(place, alarms)) is not None]  # 1
        published = next((seen for seen in shown if seen.place is log), None)
        if published is not None:
            self._judge_cosignatures(published, alarms)  # 2
            self._judge_receipts(published, receipts, alarms)  # 4
        before = self._remembered(log)
        if before is not None:
            if published is not None and published.checkpoint.size < before.checkpoint.size:
                alarms.append(
                    Sighting(
                        Alarm.SHRUNK,
                        log.name,
                        f"{log.name} shows {published.checkpoint.size} entries; it has shown {before.checkpoint.size}",
                    )
                )
            shown.append(before)
        self._judge_history(shown, alarms)  # 3
        if published is not None and not any(a.alarm in (Alarm.SPLIT, Alarm.SHRUNK) for a in alarms):
            self._storage.put(_SEEN, published.raw)
        return alarms

    def _show(self, place: Place, alarms: list[Sighting]) -> Seen | None:
        try:
            raw = place.get(CHECKPOINT)
            if raw is None:
                raise WitnessUnreachable(f"{place.name} shows no checkpoint")
            note = Note.parse(raw)
            checkpoint = Checkpoint.parse(note.text)
            ours = any(key.verify_in(note) is not None for key in self._log_keys)
            if not ours or checkpoint.origin != self._log_key.name:
                raise WitnessUnreachable(f"{place.name} shows a checkpoint that the log's key has not signed")
        except LedgerError as fault:
            alarms.append(Sighting(Alarm.UNREADABLE, place.name, str(fault)))
            return None
        return Seen(place, raw, checkpoint)

    def _remembered(self, log: Place) -> Seen | None:
        raw = self._storage.read_if_there(_SEEN)
        return None if raw is None else Seen(log, raw, Checkpoint.parse(Note.parse(raw).text))

    def _judge_cosignatures(self, seen: Seen, alarms: list[Sighting]) -> None:
        name = seen.place.name
        try:
            cosigned = self._policy.cosigned(Note.parse(seen.raw))
        except BadSignature as fault:
            alarms.append(Sighting(Alarm.NO_QUORUM, name, f"{name}: {fault}"))
            return
        if not self._policy.is_satisfied_by(cosigned):
            missing = [witness.name for witness in self._policy.witnesses if witness.name not in cosigned]
            alarms.append(Sighting(Alarm.NO_QUORUM, name, f"{name}: no quorum; missing {', '.join(missing)}"))
        elif cosigned:
            age = int(self._clock()) - max(cosigned.values())
            if age > self._patience:
                alarms.append(Sighting(Alarm.STALLED, name, f"{name}: the newest cosignature is {age} seconds old"))

    def _judge_history(self, shown: Sequence[Seen], alarms: list[Sighting]) -> None:
        """Any two checkpoints must be one history: equal at equal size, else the smaller begins the larger."""
        places = list(dict.fromkeys(seen.place for seen in shown))
        distinct = list({(seen.checkpoint.size, seen.checkpoint.root): seen for seen in reversed(shown)}.values())
        for smaller, larger in pairwise(sorted(distinct, key=lambda seen: seen.checkpoint.size)):
            try:
                same = _is_one_history(smaller.checkpoint, larger.checkpoint, places)
            except LedgerError as fault:
                alarms.append(Sighting(Alarm.UNREADABLE, larger.place.name, f"consistency cannot be told: {fault}"))
                continue
            if not same:
                sentence = (
                    f"{smaller.place.name} and {larger.place.name} show two histories of {self._log_key.name}, "
                    f"at sizes {smaller.checkpoint.size} and {larger.checkpoint.size}, both signed by its key"
                )
                evidence = self._write_evidence(smaller.raw, larger.raw, sentence)
                alarms.append(Sighting(Alarm.SPLIT, larger.place.name, sentence, evidence))

    def _judge_receipts(self, seen: Seen, receipts: Sequence[Receipt], alarms: list[Sighting]) -> None:
        for receipt in receipts:
            if receipt.deadline < self._clock() and not receipt.is_kept_by(seen.place, seen.checkpoint):
                when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(receipt.deadline))
                alarms.append(
                    Sighting(
                        Alarm.OVERDUE,
                        seen.place.name,
                        f"{seen.place.name}: entry {receipt.index} was promised by {when} and is not in",
                    )
                )

    def _write_evidence(self, first: bytes, second: bytes, sentence: str) -> Path:
        name = f"evidence-{sha256(first + second).hexdigest()[:16]}"
        about = {"sentence": sentence, "log": str(self._log_key), "found_at": int(self._clock())}
        self._storage.put_all(
            [
                (f"{name}/first.note", first),
                (f"{name}/second.note", second),
                (f"{name}/about.json", json.dumps(about, indent=1).encode()),
            ]
        )
        return self._storage.root / name


def _is_one_history(old: Checkpoint, new: Checkpoint, places: Sequence[Place]) -> bool:
    """Whether the old tree begins the new one; raises LedgerError if nobody shows the tiles to tell by."""
    if old.size == new.size:
        return old.root == new.root
    if old.size == 0:
        return old.root == tree.EMPTY_ROOT
    fault: LedgerError = WitnessUnreachable("no place shows the tiles")
    for place in places:  # a witness shows none; whoever does, the new root vouches for what they say
        nodes = Nodes(new.size, partial(read_tile, place))
        try:
            if tree.range_root(0, new.size, nodes) == new.root:
                return tree.range_root(0, old.size, nodes) == old.root
        except LedgerError as why:
            fault = why
    raise fault


def is_split_view(first: bytes, second: bytes, log_key: Verifier) -> bool:
    """Whether two notes prove by themselves that the log's key signed two histories: one size, two roots.

    Notes of different sizes prove it together with a consistency proof that nobody can give; ask the log for one.
    """
    try:
        notes = [Note.parse(raw) for raw in (first, second)]
        one, other = (Checkpoint.parse(note.text) for note in notes)
        if any(log_key.verify_in(note) is None for note in notes):
            return False
    except (Malformed, BadSignature):
        return False
    return one.origin == other.origin and one.size == other.size and one.root != other.root
