"""A roll's tally as its page shows it, made from the JSON that intake wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saksama.model.errors import Broken
from saksama.model.roll import RollSummary
from saksama.model.texts import _


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One kind of fault: how many lines, what it says, how to mend it."""

    code: str
    count: int
    level: str
    sentence: str
    mend: str


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One TPS of one village (or sheet): lines in = checked + set aside."""

    sheet: str
    place: str
    tps: str
    lines_in: int
    checked: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class RollTally:
    """What the page shows. `places` add up to the roll."""

    faults: tuple[FaultLine, ...]
    places: tuple[PlaceLine, ...]


def tally_of(summary: RollSummary, written: Mapping[str, Any]) -> RollTally:
    """The tally; raises Broken if its places do not add up to the roll (law 5: no line is lost)."""
    faults = tuple(
        FaultLine(code, int(about["count"]), str(about["level"]), _(about["sentence"]), _(about["mend"]))
        for code, about in sorted(written["faults"].items(), key=lambda fault: (-int(fault[1]["count"]), fault[0]))
    )
    places = tuple(
        PlaceLine(
            sheet=str(place.get("sheet") or ""),
            place=str(place.get("place") or ""),
            tps=str(place.get("tps") or ""),
            lines_in=int(place["lines_in"]),
            checked=int(place["checked"]),
            set_aside=int(place["set_aside"]),
        )
        for place in written["by_place"]
    )
    if sum(place.lines_in for place in places) != summary.lines_in:
        raise Broken(f"the places of roll {summary.roll} do not add up to its lines")
    return RollTally(faults, places)
