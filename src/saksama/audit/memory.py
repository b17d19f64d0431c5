"""What an audit that found everything valid remembers, so that the next one reads only what is new.

A file of the auditor's own, JSON, as trustworthy as the disk it lies on: whoever can write it can fool its owner.
It is bound to the log, to the policy the auditor brought, and to the files that vouch for earlier policies.
"""

import json
import types
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from saksama.audit.reading import Begun
from saksama.audit.state import State

_VERSION = 1


class Unusable(Exception):
    """The file is no memory of an audit of this log under this policy."""


@dataclass(slots=True)
class Memory:
    """How far a log was found valid: `begun` the tree, `state` what its entries establish.

    `vouching` has the SHA-256 of each file that vouches for an earlier policy, by path.
    """

    origin: str
    own_policy: str  # SHA-256 of the auditor's own policy file; "" without one
    begun: Begun = field(default_factory=Begun)
    state: State = field(default_factory=State)
    vouching: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The memory as a file."""
        whole = {
            "v": _VERSION,
            "origin": self.origin,
            "own_policy": self.own_policy,
            "size": self.begun.size,
            "rows": [[b64encode(item).decode() for item in row] for row in self.begun.rows],
            "tail": [b64encode(item).decode() for item in self.begun.tail],
            "vouching": self.vouching,
            "state": {
                item.name: _plain(getattr(self.state, item.name)) for item in fields(State) if item.name != _FAULTS
            },
        }
        return json.dumps(whole, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def parse(cls, raw: bytes) -> "Memory":
        """The memory in a file; raises Unusable."""
        try:
            whole = json.loads(raw)
            if whole["v"] != _VERSION:
                raise Unusable("another version")
            rows = tuple(tuple(b64decode(item) for item in row) for row in whole["rows"])
            begun = Begun(int(whole["size"]), rows, tuple(b64decode(item) for item in whole["tail"]))
            state = State()
            hints = get_type_hints(State)
            for item in fields(State):
                if item.name == _FAULTS:
                    continue
                value = _restored(hints[item.name], whole["state"][item.name])
                if isinstance(value, Mapping):
                    getattr(state, item.name).update(value)  # which may be a table with a default
                else:
                    setattr(state, item.name, value)
            return cls(whole["origin"], whole["own_policy"], begun, state, dict(whole["vouching"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            raise Unusable("not a memory of an audit") from fault


_FAULTS = "faults"  # there are none in an audit that is remembered


def read_memory(path: Path, *, origin: str, own_policy: str) -> Memory:
    """The memory in the file, or an empty one where there is none, or none that fits; raises OSError."""
    empty = Memory(origin, own_policy)
    try:
        memory = Memory.parse(path.read_bytes())
    except (FileNotFoundError, Unusable):
        return empty
    if (memory.origin, memory.own_policy) != (origin, own_policy):
        return empty
    return memory


def write_memory(path: Path, memory: bytes) -> None:
    """Put a memory in the place of the file."""
    aside = path.with_name(f".{path.name}.partial")
    aside.write_bytes(memory)
    aside.replace(path)


def _plain(value: Any) -> Any:  # anything a state is made of
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _restored(hint: Any, value: Any) -> Any:  # what the hint says; a return for each type
    origin, inner = get_origin(hint) or hint, get_args(hint)
    if hint is Any or value is None:
        return value
    if origin in (Union, types.UnionType):
        (only,) = (item for item in inner if item is not type(None))
        return _restored(only, value)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        parts = {item.name: _restored(hints[item.name], part) for item, part in zip(fields(hint), value, strict=True)}
        return hint(**parts)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, item = (*inner, int)[:2]  # a Counter counts
        return {_restored(key, name): _restored(item, part) for name, part in value}
    if origin in (set, frozenset, list):
        return origin(_restored(inner[0], item) for item in value)
    if origin is tuple:
        return tuple(_restored(part, item) for part, item in zip(inner, value, strict=True))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if not isinstance(value, hint):
        raise TypeError("a value of another type")
    return value
