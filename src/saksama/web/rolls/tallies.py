"""A roll's tally by village, and by TPS inside one: a kabupaten has thousands of TPS, so no page lists them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class PlaceLine:
    """One village, or one TPS of it: lines in = checked + set aside."""

    village: str
    tps: str
    sheet: str
    lines_in: int = 0
    checked: int = 0
    set_aside: int = 0
    parts: int = 0  # TPS (or sheets) counted in

    def add(self, place: Mapping[str, Any]) -> None:
        """Count one TPS in."""
        self.lines_in += int(place["lines_in"])
        self.checked += int(place["checked"])
        self.set_aside += int(place["set_aside"])
        self.parts += 1


def by_village(described: Mapping[str, Any]) -> list[PlaceLine]:
    """The balance of every village, by code; lines of no village last."""
    villages: dict[str, PlaceLine] = {}
    for place in described["by_place"]:
        villages.setdefault(place["village"], PlaceLine(place["village"], "", "")).add(place)
    return sorted(villages.values(), key=lambda line: (line.village == "", line.village))


def by_tps(described: Mapping[str, Any], village: str) -> list[PlaceLine]:
    """The balance of every TPS of a village."""
    found = []
    for place in described["by_place"]:
        if place["village"] == village:
            line = PlaceLine(village, place["tps"], place["sheet"])
            line.add(place)
            found.append(line)
    return found
