"""What the ledger refuses, and why. Every text is a whole sentence and quotes no entry."""


class LedgerError(Exception):
    """Any refusal of this package."""


class Malformed(LedgerError):
    """Bytes that are not of the format: the one exception that parsers here let out."""


class BadSignature(LedgerError):
    """A signature by a known key does not fit what it claims to sign: the whole note is worthless."""


class NotTrusted(LedgerError):
    """No known log signed the checkpoint, or the witnesses that cosigned it are no quorum."""


class ProofFails(LedgerError):
    """The hashes do not lead to the root."""


class NotInLog(LedgerError):
    """The entry asked for is not under the checkpoint."""


class Locked(LedgerError):
    """Another process holds the folder. Only one may sequence a log or answer as a witness."""


class Damaged(LedgerError):
    """Stored bytes contradict what was committed: stop, and keep the folder as evidence."""


class StoreFails(LedgerError):
    """The log's database cannot be read or written. What it acknowledged before is kept; the step can be repeated."""


class HandingOver(LedgerError):
    """The log is changing its policy or key: nothing is taken in until that is finished."""


class Behind(LedgerError):
    """A witness has seen a longer log than this folder holds: state was lost, and going on would fork it."""


class NoQuorum(LedgerError):
    """Too few witnesses answered. Nothing was published; what is committed stays and the step can be repeated.

    `suspects_split`: a witness says it has seen another tree of the very size offered. That is no outage.
    """

    def __init__(self, sentence: str, *, suspects_split: bool = False) -> None:
        super().__init__(sentence)
        self.suspects_split = suspects_split


class WitnessUnreachable(LedgerError):
    """The witness did not answer in time, or not in the protocol's words."""


class WitnessRefused(LedgerError):
    """The witness answered, and did not cosign. `status` is the code of the tlog-witness protocol."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class SplitSuspected(WitnessRefused):
    """The witness says it has seen another tree of the very size offered, and does not show it."""


class Conflict(WitnessRefused):
    """The witness knows another size than the one offered as old: `size` (409)."""

    def __init__(self, size: int) -> None:
        super().__init__(409, f"the witness has last seen a tree of size {size}")
        self.size = size


class SplitView(LedgerError):
    """Two signed checkpoints of one origin that cannot both be true. `first` and `second` are the notes: evidence."""

    def __init__(self, sentence: str, first: bytes, second: bytes) -> None:
        super().__init__(sentence)
        self.first = first
        self.second = second
