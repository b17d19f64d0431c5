"""The sequencer: many submit, one process gives the order. Batches once a second, or as soon as one is full.

A submission has three moments: it is taken (queued), it is committed (a signed receipt promises when it will be
published), it is published (under a checkpoint that a quorum of witnesses has cosigned). Only the last acknowledges it.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.errors import LedgerError, Malformed, NoQuorum
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.receipt import Receipt
from saksama.ledger.tiles import MAX_ENTRY_BYTES
from saksama.ledger.tree import leaf_hash


class Busy(LedgerError):
    """More is waiting than may wait; nothing was taken. Try again later."""


@dataclass(slots=True)
class Submission:
    """An entry on its way. `committed` gives its receipt, `published` its index; both may be waited for."""

    entry_id: str
    entry: bytes
    committed: "Future[Receipt]" = field(default_factory=Future)
    published: "Future[int]" = field(default_factory=Future)
    index: int = -1


@dataclass(frozen=True, slots=True)
class Limits:
    """A batch after `period` seconds or at `batch` entries; receipts promise to publish within `delay` seconds."""

    period: float = 1.0
    batch: int = 10_000
    waiting: int = 100_000
    delay: int = 60
    receipts: bool = True


class Sequencer:
    """Owns an open log while it runs. `submit` may be called from any thread."""

    def __init__(
        self,
        log: Log,
        signer: Signer,
        *,
        witnesses: Sequence[WitnessPort],
        policy: Policy,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._signer = signer
        self._witnesses = witnesses
        self._policy = policy
        self._limits = limits or Limits()
        self._clock = clock
        self._queue: queue.Queue[Submission] = queue.Queue(self._limits.waiting)
        self._unpublished: deque[Submission] = deque()
        self.last_refusal = ""  # why the last checkpoint was not published; "" if it was

    def submit(self, entry_id: str, entry: bytes) -> Submission:
        """Take one entry; raises Busy if too many wait, Malformed if it is too long."""
        submission = Submission(entry_id, entry)
        if len(entry) > MAX_ENTRY_BYTES:
            raise Malformed(f"an entry has at most {MAX_ENTRY_BYTES} bytes")
        try:
            self._queue.put_nowait(submission)
        except queue.Full as fault:
            raise Busy(f"{self._limits.waiting} entries wait already") from fault
        return submission

    def run(self, stop: threading.Event) -> None:
        """Sequence until `stop` is set and everything taken is published or refused by the witnesses.

        Without a quorum it goes on committing and tries again with every batch; Behind, SplitView, Damaged and errors
        of the disk end it, and every submission not yet published learns why.
        """
        try:
            while not stop.is_set() or not self._queue.empty():
                self.step()
            if self._unpublished:
                self._publish()
        except (LedgerError, OSError) as fault:
            self._fail(fault)
            raise
        finally:
            self._fail(NoQuorum("the sequencer has stopped; the entry is committed and will be published by the next"))

    def step(self) -> int:
        """Sequence one batch; gives how many entries it had."""
        batch = self._batch()
        if batch:
            self._commit(batch)
        if self._unpublished:
            self._publish()
        return len(batch)

    def _batch(self) -> list[Submission]:
        deadline = time.monotonic() + self._limits.period
        batch: list[Submission] = []
        while len(batch) < self._limits.batch:
            left = deadline - time.monotonic()
            try:
                batch.append(self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _commit(self, batch: Sequence[Submission]) -> None:
        indexes = self._log.append([(item.entry_id, item.entry) for item in batch])
        deadline = int(self._clock()) + self._limits.delay
        for item, index in zip(batch, indexes, strict=True):
            item.index = index
            if self._limits.receipts:
                item.committed.set_result(
                    Receipt.make(self._log.origin, index, leaf_hash(item.entry), deadline=deadline, signer=self._signer)
                )
        self._unpublished.extend(batch)

    def _publish(self) -> None:
        try:
            checkpoint = self._log.checkpoint(self._witnesses, self._policy)
        except NoQuorum as refusal:
            self.last_refusal = str(refusal)
            return
        self.last_refusal = ""
        while self._unpublished and self._unpublished[0].index < checkpoint.size:
            item = self._unpublished.popleft()
            item.published.set_result(item.index)

    def _fail(self, fault: Exception) -> None:
        while not self._queue.empty():
            self._unpublished.append(self._queue.get_nowait())
        while self._unpublished:
            item = self._unpublished.popleft()
            for future in (item.committed, item.published):
                if not future.done():
                    future.set_exception(fault)
