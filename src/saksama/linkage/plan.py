"""A plan of linkage: which columns are compared how, which keys bring records together, where the bands begin."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from saksama.linkage.plan_reading import PlanText, read_plan
from saksama.model.errors import BadInput
from saksama.model.texts import _

ENGINE = "1"  # part of every digest: a change of what a plan means is a new number


@dataclass(frozen=True, slots=True)
class Comparison:
    """One witness. `kind` is name, date, person_number, place, text or code; `columns` by role, in order."""

    name: str
    kind: str
    columns: Mapping[str, tuple[str, ...]]
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Records that share every part of `keys` meet; a group too large is split by `longer`, one step at a time.

    A part is `comparison:what`, for instance `nama:word` or `tgl_lahir:date`.
    """

    name: str
    keys: tuple[str, ...]
    longer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """The least probability of each band. Below `check` a pair is not written at all."""

    certain: float = 0.99
    probable: float = 0.9
    check: float = 0.5


@dataclass(frozen=True, slots=True)
class LinkagePlan:
    """A whole plan, validated. The order of comparisons and rules is part of it."""

    name: str
    comparisons: tuple[Comparison, ...]
    blocking: tuple[BlockingRule, ...]
    bands: Bands = field(default_factory=Bands)
    group_cap: int = 40
    largest_cluster: int = 6

    @property
    def columns(self) -> tuple[str, ...]:
        """The input columns the plan reads, each once, in order of first mention."""
        named = [c for comparison in self.comparisons for role in comparison.columns.values() for c in role]
        return tuple(dict.fromkeys(named))

    @property
    def digest(self) -> str:
        """SHA-256, hex, of the plan's meaning: comments and layout of its file do not count."""
        return hashlib.sha256(json.dumps([ENGINE, self.as_json()], sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The plan as plain values."""
        return {
            "name": self.name,
            "comparisons": [
                {
                    "name": c.name,
                    "kind": c.kind,
                    "columns": {k: list(v) for k, v in c.columns.items()},
                    "style": c.style,
                }
                for c in self.comparisons
            ],
            "blocking": [asdict(rule) for rule in self.blocking],
            "bands": asdict(self.bands),
            "group_cap": self.group_cap,
            "largest_cluster": self.largest_cluster,
        }

    def comparison(self, kind: str) -> Comparison | None:
        """The first comparison of a kind, or None."""
        return next((c for c in self.comparisons if c.kind == kind), None)


def plan_from_json(raw: Any) -> LinkagePlan:
    """The plan that `as_json` gave, as it was."""
    return LinkagePlan(
        name=raw["name"],
        comparisons=tuple(
            Comparison(
                c["name"], c["kind"], MappingProxyType({k: tuple(v) for k, v in c["columns"].items()}), c["style"]
            )
            for c in raw["comparisons"]
        ),
        blocking=tuple(BlockingRule(r["name"], tuple(r["keys"]), tuple(r["longer"])) for r in raw["blocking"]),
        bands=Bands(**raw["bands"]),
        group_cap=raw["group_cap"],
        largest_cluster=raw["largest_cluster"],
    )


def load_plan(path: Path) -> LinkagePlan:
    """The plan in a TOML file (docs/formats/plan.md). Raises BadInput that names line and mend."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(_("Rencana {path} tidak dapat dibaca sebagai teks UTF-8.").format(path=path)) from fault
    return parse_plan(text, where=path.name)


def parse_plan(text: str, *, where: str) -> LinkagePlan:
    """The plan written in `text`; `where` names it in messages. Raises BadInput."""
    read: PlanText = read_plan(text, where)
    return LinkagePlan(
        name=read.name,
        comparisons=tuple(
            Comparison(c.name, c.kind, MappingProxyType(dict(c.columns)), c.style) for c in read.comparisons
        ),
        blocking=tuple(BlockingRule(r.name, r.keys, r.longer) for r in read.blocking),
        bands=Bands(**read.bands),
        group_cap=read.limits.get("group_cap", 40),
        largest_cluster=read.limits.get("largest_cluster", 6),
    )


@cache
def roll_id_plan() -> LinkagePlan:
    """The built-in plan for a checked roll (`roll-id.toml` beside this module)."""
    return parse_plan(Path(__file__).with_name("roll-id.toml").read_text(encoding="utf-8"), where="roll-id.toml")
