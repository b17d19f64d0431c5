"""A policy: whose log, which witnesses, and how many of them make a checkpoint believed (C2SP tlog-policy)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from saksama.ledger import text
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Malformed, NotTrusted
from saksama.ledger.keys import Verifier
from saksama.ledger.note import Note, SignatureLine

NO_WITNESS = "none"
MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are accepted; the key's name is the origin."""

    verifier: Verifier
    url: str = ""

    def __str__(self) -> str:
        return " ".join(("log", str(self.verifier), self.url)).rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness under the name that groups and the quorum use. Always give a URL: some parsers refuse without."""

    name: str
    verifier: Verifier
    url: str = ""

    def __str__(self) -> str:
        return " ".join(("witness", self.name, str(self.verifier), self.url)).rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """A group counts as having cosigned when `threshold` of its members have."""

    name: str
    threshold: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"group {self.name} {self.threshold} {' '.join(self.members)}\n"


@dataclass(frozen=True, slots=True)
class Trusted:
    """A checkpoint that the policy believes: by which log keys, cosigned by which witnesses when (POSIX seconds)."""

    checkpoint: Checkpoint
    logs: tuple[Verifier, ...]
    cosigned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file's content. `source` is the bytes it was read from, or its plain form."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str
    source: bytes = field(default=b"", compare=False)

    def __post_init__(self) -> None:
        _require_sound(self)
        if not self.source:
            object.__setattr__(self, "source", self.to_text().encode("utf-8", "surrogateescape"))

    @classmethod
    def parse(cls, raw: bytes) -> "Policy":
        """The policy in a file; raises Malformed, naming the line."""
        return _parse(raw)

    @classmethod
    def of(cls, log: Verifier, witness: Sequence[Verifier], *, log_url: str = "", witness_url: str = "") -> "Policy":
        """The policy of an office that begins: one log, and witness keys of which all must have cosigned.

        Without a key of a witness the quorum is `none`.
        """
        named = tuple(
            PolicyWitness(f"{verifier.name}:{verifier.key_type.algorithm}", verifier, witness_url)
            for verifier in witness
        )
        if not named:
            return cls((PolicyLog(log, log_url),), (), (), NO_WITNESS)
        group = PolicyGroup("kuorum", len(named), tuple(item.name for item in named))
        return cls((PolicyLog(log, log_url),), named, (group,), group.name)

    def to_text(self) -> str:
        """The policy in plain form: logs, witnesses, groups, quorum."""
        parts = (*map(str, self.logs), *map(str, self.witnesses), *map(str, self.groups))
        return "".join(parts) + f"quorum {self.quorum}\n"

    @property
    def digest(self) -> str:
        """SHA-256 of `source` in hex: what is printed, so that a policy file can be told from another."""
        return sha256(self.source).hexdigest()

    def is_satisfied_by(self, witnesses: Collection[str]) -> bool:
        """Whether these witnesses, by policy name, make up the quorum."""
        if self.quorum == NO_WITNESS:
            return True
        counted = set(witnesses) & {witness.name for witness in self.witnesses}
        for group in self.groups:  # each names only what stands before it
            if sum(member in counted for member in group.members) >= group.threshold:
                counted.add(group.name)
        return self.quorum in counted

    def would_trust(self, lines: Sequence[SignatureLine]) -> bool:
        """Whether the witnesses whose keys these lines name are a quorum, if the lines are good."""
        names = [w.name for w in self.witnesses if any(w.verifier.is_key_of(line) for line in lines)]
        return self.is_satisfied_by(names)

    def cosigned(self, note: Note) -> dict[str, int]:
        """The witnesses that cosigned the note and when; raises BadSignature if a known one's signature is false."""
        found: dict[str, int] = {}
        for witness in self.witnesses:
            signed = witness.verifier.verify_in(note)
            if signed is not None and signed.time is not None:
                found[witness.name] = signed.time
        return found

    def log_keys(self, note: Note) -> tuple[Verifier, ...]:
        """The logs' keys that signed the note as their own origin; raises BadSignature, Malformed."""
        origin = Checkpoint.parse(note.text).origin
        own = [log.verifier for log in self.logs if log.verifier.name == origin]
        return tuple(verifier for verifier in own if verifier.verify_in(note) is not None)

    def require_trusted(self, raw: bytes) -> Trusted:
        """The checkpoint in a note, if this policy believes it; raises Malformed, BadSignature, NotTrusted."""
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        logs = self.log_keys(note)
        if not logs:
            raise NotTrusted(f"no log of the policy has signed this checkpoint of {checkpoint.origin}")
        cosigned = self.cosigned(note)
        if not self.is_satisfied_by(cosigned):
            named = ", ".join(cosigned) or "nobody"
            raise NotTrusted(f"cosigned by {named}: that is no quorum ({self.quorum})")
        return Trusted(checkpoint, logs, MappingProxyType(cosigned))


def _require_sound(policy: Policy) -> None:
    names: set[str] = set()
    members: set[str] = set()
    for witness in policy.witnesses:
        _require_new(witness.name, names)
        if not witness.verifier.key_type.cosigns:
            raise Malformed(f"the key of witness {witness.name} is of a type that does not cosign")
    for group in policy.groups:
        for member in group.members:
            if member not in names:
                raise Malformed(f"group {group.name} names a member that no line before it defines")
            if member in members:
                raise Malformed(f"{member} is a member twice: a witness counts in one way only")
            members.add(member)
        if not 1 <= group.threshold <= len(group.members):
            raise Malformed(f"group {group.name} asks for {group.threshold} of {len(group.members)}")
        _require_new(group.name, names)
    for kind, keys in (
        ("log", [log.verifier.public for log in policy.logs]),
        ("witness", [witness.verifier.public for witness in policy.witnesses]),
    ):
        if len(set(keys)) != len(keys):
            raise Malformed(f"two {kind} lines have the same key")
    if policy.quorum != NO_WITNESS and policy.quorum not in names:
        raise Malformed("the quorum names no witness and no group")


def _require_new(name: str, names: set[str]) -> None:
    if name == NO_WITNESS or name in names or not name or len(name.split()) != 1:
        raise Malformed(f"a witness or group cannot be called {name!r}: the name is taken or not one word")
    names.add(name)


def _lines(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(raw) > MAX_BYTES:
        raise Malformed(f"a policy is at most {MAX_BYTES} bytes")
    if any(byte < 0x20 and byte not in b"\t\n" for byte in raw) or 0x7F in raw:
        raise Malformed("the policy has control characters, or line ends that are not plain newlines")
    if raw and not raw.endswith(b"\n"):
        raise Malformed("the policy's last line has no newline: it may have been cut off")
    for at, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), start=1):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if words and not words[0].startswith("#"):
            yield at, words


def _parse(raw: bytes) -> Policy:
    reader = _Reader()
    for at, words in _lines(raw):
        try:
            reader.take(words)
        except Malformed as fault:
            raise Malformed(f"policy line {at}: {fault}") from fault
    if not reader.quorum:
        raise Malformed("the policy has no quorum line")
    return Policy(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum, raw)


class _Reader:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[PolicyGroup] = []
        self.quorum = ""
        self._defined = {NO_WITNESS}

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) < 2:
                self.logs.append(PolicyLog(Verifier.parse(vkey), "".join(url)))
            case ["witness", name, vkey, *url] if len(url) < 2:
                self.witnesses.append(PolicyWitness(name, Verifier.parse(vkey), "".join(url)))
                self._defined.add(name)
            case ["group", name, rule, *members] if members:
                self._require_defined(members)
                self.groups.append(PolicyGroup(name, _threshold(rule, len(members)), tuple(members)))
                self._defined.add(name)
            case ["quorum", name] if not self.quorum:
                self._require_defined([name])
                self.quorum = name
            case ["quorum", _]:
                raise Malformed("a policy has one quorum line")
            case _:
                raise Malformed("not a log, witness, group or quorum line")

    def _require_defined(self, names: list[str]) -> None:
        if not set(names) <= self._defined:
            raise Malformed("a name stands here that no line before defines")


def _threshold(rule: str, members: int) -> int:
    if rule in ("all", "any"):
        return members if rule == "all" else 1
    return text.number(rule, what="group's number")


def load_policy(path: Path) -> Policy:
    """The policy in the file at `path`; raises Malformed, FileNotFoundError."""
    return Policy.parse(path.read_bytes())
