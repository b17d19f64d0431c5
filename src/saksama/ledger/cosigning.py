"""Ask witnesses to cosign a checkpoint, and tell a late answer from a forked history."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import (
    BadSignature,
    Behind,
    Conflict,
    LedgerError,
    Malformed,
    SplitSuspected,
    SplitView,
    WitnessRefused,
    WitnessUnreachable,
)
from saksama.ledger.keys import Verifier
from saksama.ledger.note import Note, SignatureLine, parse_signatures

T = TypeVar("T")
_REST = 30.0  # seconds
_GRACE = 0.2  # seconds


class WitnessPort(Protocol):
    """A witness as a log sees it: in this process, or over HTTP (`client.HttpWitness`)."""

    @property
    def name(self) -> str:
        """The name of its keys."""

    def latest(self, origin: str) -> bytes | None:
        """The last checkpoint of the origin that it cosigned, as a note; None if none. Raises WitnessUnreachable."""

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        """Its signature lines over the checkpoint. Raises WitnessRefused, Conflict, WitnessUnreachable."""


@dataclass(frozen=True, slots=True)
class View:
    """A log's own knowledge of itself at the size to be cosigned."""

    checkpoint: Checkpoint
    published: bytes  # the note that stands published; b"" before the first
    root_at: Callable[[int], bytes]  # the root of an earlier size
    proof_from: Callable[[int], Sequence[bytes]]  # the consistency proof from an earlier size


@dataclass(frozen=True, slots=True)
class Gathered:
    """The cosignatures that came, and why the others did not, by witness name."""

    lines: tuple[SignatureLine, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    suspects_split: bool = False  # whether one of them says it has seen another tree of this size


class Panel:
    """The witnesses of one log, and what each is known to have seen of it since the log was opened."""

    def __init__(self, *log_keys: Verifier, clock: Callable[[], float] = time.monotonic) -> None:
        """`log_keys` are the log's key and those it had before, under which a witness may have seen it last."""
        self._log_keys = log_keys
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._resting: dict[str, tuple[float, str]] = {}  # who did not answer: until when nobody waits for it, and why

    def survey(self, witnesses: Sequence[WitnessPort], view: View) -> None:
        """Ask those not yet asked what they have seen. To be done before anything is signed.

        Raises Behind if a witness has seen more than there is here, SplitView if one has seen another history. One that
        does not answer is left unknown, and not asked again for half a minute or until `wake`.
        """
        unknown = [w for w in witnesses if w.name not in self._seen and not self._rests(w)]
        for witness, answer in zip(unknown, _all_at_once(unknown, lambda w: self._look(w, view)), strict=True):
            if isinstance(answer, int):
                self._seen[witness.name] = answer
            elif isinstance(answer, Behind | SplitView):
                raise answer
            else:
                self._resting[witness.name] = (self._clock() + _REST, str(answer))

    def cosign(
        self,
        witnesses: Sequence[WitnessPort],
        note: Note,
        view: View,
        *,
        known: Sequence[Verifier],
        enough: Callable[[Sequence[SignatureLine]], bool],
    ) -> Gathered:
        """Cosignatures by `known` keys under `note`, which bears the log's own signatures and no others.

        Once they are `enough`, those that have not answered get a moment more and are not waited for. Raises Behind and
        SplitView; a witness that refuses, hangs or talks nonsense is only noted.
        """
        awake = [witness for witness in witnesses if witness.name in self._seen]
        refusals = {w.name: self._resting[w.name][1] for w in witnesses if w.name not in self._seen}
        answers = _all_at_once(
            awake,
            lambda w: _good_lines(w.name, self._ask(w, note, view), note, known),
            is_enough=lambda got: enough([line for lines in got if isinstance(lines, tuple) for line in lines]),
        )
        lines: list[SignatureLine] = []
        for witness, answer in zip(awake, answers, strict=True):
            if isinstance(answer, Behind | SplitView):
                raise answer
            if isinstance(answer, LedgerError):
                refusals[witness.name] = str(answer)
                self._seen.pop(witness.name, None)  # ask anew next time: its answer may only have been lost
            else:
                lines.extend(answer)
                self._seen[witness.name] = view.checkpoint.size
        return Gathered(tuple(lines), refusals, any(isinstance(answer, SplitSuspected) for answer in answers))

    def wake(self) -> None:
        """Ask everybody next time: without those who rest there is no quorum."""
        self._resting.clear()

    def _rests(self, witness: WitnessPort) -> bool:
        return witness.name in self._resting and self._resting[witness.name][0] > self._clock()

    def _look(self, witness: WitnessPort, view: View) -> int:
        raw = witness.latest(view.checkpoint.origin)
        if raw is None:
            return 0
        try:
            note = Note.parse(raw)
            seen = Checkpoint.parse(note.text)
            ours = (
                any(key.verify_in(note) is not None for key in self._log_keys) and seen.origin == view.checkpoint.origin
            )
        except (Malformed, BadSignature) as fault:
            raise WitnessUnreachable(f"{witness.name} showed a checkpoint that is none: {fault}") from fault
        if not ours:
            raise WitnessUnreachable(f"{witness.name} showed a checkpoint that this log's key has not signed")
        if seen.size > view.checkpoint.size:
            raise _behind(witness.name, seen.size, view)
        if seen.root != view.root_at(seen.size):
            raise SplitView(
                f"{witness.name} has cosigned another history of this log, of {seen.size} entries", raw, view.published
            )
        return seen.size

    def _ask(self, witness: WitnessPort, note: Note, view: View) -> bytes:
        size = view.checkpoint.size
        old = self._seen.get(witness.name)
        if old is None:
            old = self._look(witness, view)
        raw = note.to_bytes()
        try:
            return witness.add_checkpoint(old, view.proof_from(old), raw)
        except Conflict as conflict:
            if conflict.size > size:
                raise _behind(witness.name, conflict.size, view) from conflict
            if conflict.size == size == old:
                # Some witnesses answer 409 where the protocol says 422: our size, another root. No reason to retry,
                # but to look at what it shows: two signed notes are evidence, and `_look` raises with them in hand.
                self._look(witness, view)
                raise SplitSuspected(
                    409, f"{witness.name} says that it has seen another tree of our size {size}: suspect a split view"
                ) from conflict
            # It had moved on. What it has seen now must again begin our tree.
            old = self._look(witness, view)
            if old != conflict.size:
                raise WitnessRefused(409, f"{witness.name} names size {conflict.size} and shows {old}") from conflict
        try:
            return witness.add_checkpoint(old, view.proof_from(old), raw)
        except Conflict as conflict:
            raise WitnessRefused(409, f"{witness.name} said twice that it has seen another size") from conflict


def _behind(name: str, seen: int, view: View) -> Behind:
    return Behind(
        f"{name} has seen {seen} entries of this log; this folder has {view.checkpoint.size}. "
        "Entries were lost here: restore them from a mirror before anything new is signed"
    )


def _all_at_once(
    witnesses: Sequence[WitnessPort],
    ask: Callable[[WitnessPort], T],
    *,
    is_enough: Callable[[Sequence[T | LedgerError]], bool] = lambda _: False,
) -> list[T | LedgerError]:
    """What each witness answers, or why it does not; those still silent a moment after it is enough are given up."""

    def answer(witness: WitnessPort) -> T | LedgerError:
        try:
            return ask(witness)
        except LedgerError as refusal:
            return refusal
        except OSError as fault:  # a witness in this process whose own disk failed
            return WitnessUnreachable(f"{witness.name} cannot cosign: {fault}")

    if len(witnesses) < 2:
        return [answer(witness) for witness in witnesses]
    pool = ThreadPoolExecutor(max_workers=len(witnesses))
    asked = [pool.submit(answer, witness) for witness in witnesses]
    pool.shutdown(wait=False)
    waiting, given_up_at = set(asked), None
    while waiting:
        if given_up_at is None and is_enough([one.result() for one in asked if one.done()]):
            given_up_at = time.monotonic() + _GRACE
        left = None if given_up_at is None else given_up_at - time.monotonic()
        if left is not None and left <= 0:
            break
        waiting = wait(waiting, timeout=left, return_when=FIRST_COMPLETED).not_done
    return [
        one.result() if one.done() else WitnessUnreachable(f"{witness.name} was slower than the others")
        for one, witness in zip(asked, witnesses, strict=True)
    ]


def _good_lines(name: str, answer: bytes, note: Note, known: Sequence[Verifier]) -> tuple[SignatureLine, ...]:
    try:
        lines = parse_signatures(answer)
    except Malformed as fault:
        raise WitnessUnreachable(f"{name} answered with something else than signatures: {fault}") from fault
    good = tuple(line for line in lines for key in known if key.is_key_of(line))
    try:
        for line in good:
            for key in known:
                if key.is_key_of(line):
                    key.verify(note.text, line)
    except BadSignature as fault:
        raise WitnessUnreachable(f"{name} answered with a signature that does not fit: {fault}") from fault
    if not good:
        raise WitnessUnreachable(f"{name} signed with no key that the policy knows")
    return good
