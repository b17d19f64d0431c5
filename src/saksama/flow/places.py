"""Names of places, for people who do not read codes."""

from functools import cache

from saksama.roll.regions import Regions


@cache
def place_name(code: str) -> str:
    """The name of a region by its code; the code itself where no table of 2016 to 2025 holds it."""
    regions = Regions.load()
    return regions.name_of(code) if regions.known(code) else code
