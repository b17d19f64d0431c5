"""A witness: cosigns a log's checkpoint only if it continues what it cosigned before (C2SP tlog-witness).

It keeps, per log, one file: the last checkpoint it cosigned. That file is durable before the cosignature leaves, and
read, checked and replaced under one lock, so that it can never sign two histories of one origin.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from saksama.ledger import text, tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Conflict, Damaged, Malformed, ProofFails, WitnessRefused
from saksama.ledger.keys import KeyType, Signer, Verifier
from saksama.ledger.note import Note, SignatureLine
from saksama.ledger.policy import NO_WITNESS, Policy, PolicyLog
from saksama.ledger.storage import Disk, FolderLock, Storage

MAX_PROOF_LINES = 63
_KEYS = "keys"
_RETIRED = "retired"
_LOGS = "logs.policy"
_PATIENCE = 300  # seconds a clock may have been ahead before this witness falls silent


@dataclass(frozen=True, slots=True)
class Request:
    """An add-checkpoint request: what the log believes this witness saw last, and the way from there."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        """The request's body."""
        lines = [f"old {self.old_size}", *map(text.base64_text, self.proof), ""]
        return "".join(line + "\n" for line in lines).encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "Request":
        """The request in a body; raises Malformed. `to_bytes` gives the same bytes back."""
        head, blank, rest = text.decode(raw, what="request").partition("\n\n")
        lines = head.split("\n")
        if not blank or not lines[0].startswith("old "):
            raise Malformed("a request begins with the old size and has an empty line before the checkpoint")
        old_size = text.number(lines[0][4:], what="old size")
        if len(lines) - 1 > MAX_PROOF_LINES:
            raise Malformed(f"a consistency proof has at most {MAX_PROOF_LINES} hashes")
        proof = tuple(text.hash_line(line, what="hash in the proof") for line in lines[1:])
        return cls(old_size, proof, rest.encode())


class Witness:
    """A witness with its own folder and its own keys, Ed25519 and ML-DSA-44. Usable as a `WitnessPort`."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time, disk: Disk | None = None) -> None:
        """Open a witness made by `create`; raises Locked, Damaged."""
        self._storage = Storage(folder, disk)
        keys = self._storage.read_if_there(_KEYS)
        if keys is None:
            raise Damaged("there is no witness in this folder; make one first")
        self._signers = tuple(Signer.load(line) for line in text.decode(keys, what="witness's key file").split())
        if not self._signers:
            raise Malformed("the witness's key file is empty")
        self._folder_lock = FolderLock(folder / "lock", what="witness")
        self._storage.sweep()
        self._clock = clock
        self._turn = threading.Lock()  # held from reading what was seen last until the new one is durable

    @classmethod
    def create(
        cls,
        folder: Path,
        name: str,
        *,
        logs: Sequence[Verifier] = (),
        lost: Sequence[Verifier] = (),
        clock: Callable[[], float] = time.time,
        disk: Disk | None = None,
    ) -> "Witness":
        """Make a witness with new keys that will cosign for `logs`; raises Damaged if one is there already.

        `lost` are keys of a witness whose folder this was: what it has seen is in there still, signed by them.
        """
        storage = Storage(folder, disk)
        storage.make(folder)
        if storage.read_if_there(_KEYS) is not None:
            raise Damaged("a witness is there already: new keys would orphan every policy that names it")
        signers = [Signer.generate(name, kind) for kind in KeyType if kind.cosigns]
        storage.put(_LOGS, _logs_file(logs))
        if lost:
            storage.put(_RETIRED, "".join(f"{key}\n" for key in lost).encode())
        storage.put(_KEYS, "".join(signer.to_text() + "\n" for signer in signers).encode(), mode=0o600)
        return cls(folder, clock=clock, disk=disk)

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], float] = time.time, disk: Disk | None = None) -> "Witness":
        """Open a witness; raises Locked if another process answers for it, Damaged if there is none."""
        return cls(folder, clock=clock, disk=disk)

    def close(self) -> None:
        """Let go of the folder."""
        self._folder_lock.release()

    def __enter__(self) -> "Witness":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The name of its keys."""
        return self._signers[0].name

    def verifiers(self) -> tuple[Verifier, ...]:
        """Its public keys: Ed25519, then ML-DSA-44; while keys change, the new ones before the old ones."""
        return tuple(signer.verifier() for signer in self._signers)

    def add_keys(self) -> tuple[Verifier, ...]:
        """Sign with new keys beside the old ones, until `retire_keys`; gives the new ones. May be repeated.

        Logs whose policy names the old keys go on being served while their policy changes.
        """
        with self._turn:
            kinds = [kind for kind in KeyType if kind.cosigns]
            if len(self._signers) == len(kinds):
                new = tuple(Signer.generate(self.name, kind) for kind in kinds)
                self._keep((*new, *self._signers))
            return self.verifiers()[: len(kinds)]

    def retire_keys(self) -> tuple[Verifier, ...]:
        """Sign with the newest keys only; gives those retired, whose private halves are gone. May be repeated."""
        with self._turn:
            kinds = sum(kind.cosigns for kind in KeyType)
            retired = self.verifiers()[kinds:]
            if retired:
                # What was seen last may be signed by them alone: they are still recognised.
                lines = "".join(f"{key}\n" for key in (*self._retired(), *retired))
                self._storage.put(_RETIRED, lines.encode())
                self._keep(self._signers[:kinds])
            return retired

    def _keep(self, signers: tuple[Signer, ...]) -> None:
        self._storage.put(_KEYS, "".join(signer.to_text() + "\n" for signer in signers).encode(), mode=0o600)
        self._signers = signers

    def _retired(self) -> tuple[Verifier, ...]:
        raw = self._storage.read_if_there(_RETIRED) or b""
        return tuple(Verifier.parse(line) for line in text.decode(raw, what="file of retired keys").split())

    @property
    def logs(self) -> tuple[Verifier, ...]:
        """The logs it knows; each key's name is the origin. Read anew from `logs.policy` each time."""
        raw = self._storage.read_if_there(_LOGS)
        return () if raw is None else tuple(log.verifier for log in Policy.parse(raw).logs)

    def trust(self, log: Verifier, url: str = "") -> None:
        """Cosign for this log too. Knowing it already changes nothing."""
        with self._turn:
            raw = self._storage.read_if_there(_LOGS)
            known = () if raw is None else Policy.parse(raw).logs
            if log not in [item.verifier for item in known]:
                policy = Policy((*known, PolicyLog(log, url)), (), (), NO_WITNESS)
                self._storage.put(_LOGS, policy.source)

    def distrust(self, log: Verifier) -> None:
        """Cosign no more for this key of a log; what was seen under it stays known."""
        with self._turn:
            raw = self._storage.read_if_there(_LOGS)
            known = () if raw is None else Policy.parse(raw).logs
            left = tuple(item for item in known if item.verifier != log)
            if left != known:
                self._storage.put(_LOGS, Policy(left, (), (), NO_WITNESS).source)

    def latest(self, origin: str) -> bytes | None:
        """The last checkpoint of the origin that it cosigned, with its cosignatures; None if it never did."""
        return self._storage.read_if_there(f"{sha256(origin.encode()).hexdigest()}/checkpoint")

    def latest_by_hash(self, origin_hash: str) -> bytes | None:
        """The same, by the SHA-256 of the origin in hex."""
        if len(origin_hash) != 64 or any(letter not in "0123456789abcdef" for letter in origin_hash):
            return None
        return self._storage.read_if_there(f"{origin_hash}/checkpoint")

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        """Its signature lines, once what it has seen is durable.

        1. the origin is known (404) and its key signed (403)   2. the old size is not above the new one (400)
        3. the old size is what was seen last (409)              4. the new tree continues the old one (422)
        Raises WitnessRefused with that status, Conflict for 409, Malformed for bytes that are no checkpoint.
        """
        note = Note.parse(checkpoint)
        claimed = Checkpoint.parse(note.text)
        log_lines = self._require_known(note, claimed)  # 1
        if old_size > claimed.size:
            raise WitnessRefused(400, f"the old size {old_size} is above the new size {claimed.size}")  # 2
        with self._turn:
            seen, last_time = self._last(claimed.origin)
            if old_size != (0 if seen is None else seen.size):
                raise Conflict(0 if seen is None else seen.size)  # 3
            _require_continues(seen, claimed, proof)  # 4
            return self._cosign(claimed, log_lines, self._now(last_time))

    def _require_known(self, note: Note, claimed: Checkpoint) -> list[SignatureLine]:
        keys = [key for key in self.logs if key.name == claimed.origin]
        if not keys:
            raise WitnessRefused(404, "this witness does not know the log")
        try:
            signed = [found.line for key in keys if (found := key.verify_in(note)) is not None]
        except BadSignature as fault:
            raise WitnessRefused(403, "the log's signature does not fit the checkpoint") from fault
        if not signed:
            raise WitnessRefused(403, "no key of the log has signed the checkpoint")
        return signed

    def _last(self, origin: str) -> tuple[Checkpoint | None, int]:
        """What was cosigned last for the origin, and when."""
        raw = self.latest(origin)
        if raw is None:
            return None, 0
        try:
            note = Note.parse(raw)
            own = (*self.verifiers(), *self._retired())
            times = [found.time or 0 for key in own if (found := key.verify_in(note)) is not None]
            seen = Checkpoint.parse(note.text)
        except (Malformed, BadSignature) as fault:
            raise Damaged("the record of what this witness has cosigned was changed; it cosigns no more") from fault
        if not times or seen.origin != origin:
            raise Damaged("the record of what this witness has cosigned is not its own; it cosigns no more")
        return seen, max(times)

    def _now(self, last_time: int) -> int:
        """The time of a cosignature, never before the last one: it says that nothing larger had been seen by then."""
        now = int(self._clock())
        if now < last_time - _PATIENCE:
            raise WitnessRefused(503, "this witness's clock has gone back; it cosigns no more until that is mended")
        return max(now, last_time, 1)

    def _cosign(self, checkpoint: Checkpoint, log_lines: Sequence[SignatureLine], now: int) -> bytes:
        bare = Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root)
        if bare != checkpoint:
            # Extension lines are covered by one kind of cosignature and not by the other: sign none.
            raise WitnessRefused(403, "this witness cosigns no checkpoint with extension lines")
        own = [signer.sign(checkpoint.text, time=now) for signer in self._signers]
        note = Note(checkpoint.text, (*log_lines, *own))
        self._storage.put(f"{checkpoint.origin_hash}/checkpoint", note.to_bytes())
        return "".join(map(str, own)).encode()


def _require_continues(seen: Checkpoint | None, claimed: Checkpoint, proof: Sequence[bytes]) -> None:
    if claimed.size == 0 and claimed.root != tree.EMPTY_ROOT:
        raise WitnessRefused(422, "an empty tree has one root, and this is another")
    try:
        if seen is None or seen.size == 0:
            if proof:
                raise WitnessRefused(422, "from an empty tree there is nothing to prove")
        else:
            tree.require_consistency(seen.size, claimed.size, proof=proof, old_root=seen.root, new_root=claimed.root)
    except ProofFails as fault:
        raise WitnessRefused(422, f"this is not a continuation of what was seen: {fault}") from fault


def _logs_file(logs: Sequence[Verifier]) -> bytes:
    return Policy(tuple(PolicyLog(log) for log in logs), (), (), NO_WITNESS).source
