"""Which lines are copies, of whom, and what went wrong on them. Planned for the whole roll before anyone is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from saksama.roll.sample import variants
from saksama.roll.sample.chance import Flags, Ints, below, generator, happens, shuffled_shares
from saksama.roll.sample.places import Places

COPIES_PER_MILLE = 10
HOME, VILLAGE, KABUPATEN = range(3)  # where a copy is wanted: at home, in another village, in another kabupaten
MOVED = {HOME: "", VILLAGE: "moved_desa", KABUPATEN: "moved_kabupaten"}
_THIRD_COPY = 60_000  # of a million copies: made of a person who has one already
_FOURTH_COPY = 8_000
_SAME_PROVINCE = 712_000  # 47 of 66 that leave the kabupaten stay in the province (Kayong Utara 2022, DOMAIN 2.2)
NAME = "name"  # a part that becomes one of variants.NAME_KINDS
NIK_PARTS = ("nik_one_digit", "nik_swap", "nik_missing", "nik_zeros", "second_nik")
DATE_PARTS = ("dob_day_month", "dob_digit", "dob_year")
_NUMBERS = 48  # drawn beforehand for the small choices about one copy


@dataclass(frozen=True)
class Recipe:
    """Where a copy stands, what differs on it, and how many of 10,000 copies are so made."""

    place: int
    parts: tuple[str, ...]
    share: int


def _recipes() -> Iterator[Recipe]:
    yield Recipe(HOME, ("repeated",), 250)
    yield Recipe(VILLAGE, (), 1150)
    yield Recipe(KABUPATEN, (), 1150)
    for part, share in zip(NIK_PARTS, (550, 250, 350, 150, 200), strict=True):
        yield Recipe(HOME, (part,), share)
    for part, share in zip(DATE_PARTS, (200, 200, 200), strict=True):
        yield Recipe(HOME, (part,), share)
    yield Recipe(HOME, (NAME,), 1350)
    for place in (VILLAGE, KABUPATEN):
        for part, share in (("second_nik", 400), ("nik_missing", 200), ("nik_one_digit", 150), (NAME, 450)):
            yield Recipe(place, (part,), share)
    yield from _several()


def _several() -> Iterator[Recipe]:
    """Two, three and four things wrong at once: 1,600 of 10,000."""
    numbers = ("nik_one_digit", "nik_missing", "second_nik")
    for place in (HOME, VILLAGE, KABUPATEN):
        for number in numbers:
            yield Recipe(place, (number, NAME), 70)
            yield Recipe(place, (number, NAME, "birthplace"), 25)
            for date in DATE_PARTS:
                yield Recipe(place, (number, date), 13)
                yield Recipe(place, (number, NAME, date), 10)
        for date in DATE_PARTS:
            yield Recipe(place, (NAME, date), 12)
        yield Recipe(place, (NAME, "second_name"), 20)


@cache
def recipes() -> tuple[Recipe, ...]:
    """Every recipe; the shares sum to about 10,000."""
    return tuple(_recipes())


@dataclass(frozen=True)
class Doubles:
    """The copies of a roll, ascending by line. `sources` are lines of originals; a chunk may shift one a little."""

    lines: Ints
    sources: Ints
    recipe: Ints
    name_kind: Ints  # index into variants.NAME_KINDS, -1 where the name stays
    numbers: Ints  # (copies, _NUMBERS)

    def are(self, lines: Ints) -> Flags:
        """Which of `lines` are copies."""
        if not len(self.lines):
            return np.zeros(len(lines), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self.lines, lines), len(self.lines) - 1)
        return np.asarray(self.lines[at] == lines)


def plan_doubles(places: Places, seed: int) -> Doubles:
    """Which lines are copies: ten in a thousand, in any village, with their recipes in exact shares."""
    rng = generator("doubles", seed)
    count = places.lines * COPIES_PER_MILLE // 1000
    lines = _some_lines(rng, places.lines, count)
    recipe = shuffled_shares(rng, [recipe.share for recipe in recipes()], count)
    wanted = np.asarray([recipe.place for recipe in recipes()], dtype=np.int64)[recipe]
    sources = _off_copies(lines, _sources(rng, places, lines, wanted), places.lines)
    sources = _several_of_one(rng, sources)
    named = np.asarray([NAME in recipe.parts for recipe in recipes()], dtype=np.bool_)[recipe]
    kinds = np.full(count, -1, dtype=np.int64)
    kinds[named] = shuffled_shares(rng, list(variants.NAME_KINDS.values()), int(named.sum()))
    numbers = rng.integers(0, 1 << 32, size=(count, _NUMBERS), dtype=np.int64)
    return Doubles(lines, sources, recipe, kinds, numbers)


def _some_lines(rng: np.random.Generator, lines: int, count: int) -> Ints:
    """`count` different lines, ascending."""
    found = np.zeros(0, dtype=np.int64)
    while len(found) < count:
        found = np.unique(np.concatenate([found, rng.integers(0, lines, size=count - len(found), dtype=np.int64)]))
    return found


def _sources(rng: np.random.Generator, places: Places, lines: Ints, wanted: Ints) -> Ints:
    """A line to copy for each copy: of the same village, another one of the kabupaten, or another kabupaten."""
    village = places.village_of(lines)
    codes = np.asarray([code[:5] for code in places.villages])
    provinces = np.asarray([code[:2] for code in places.villages])
    start = places.village_start
    kab = (
        start[np.searchsorted(codes, codes[village], "left")],
        start[np.searchsorted(codes, codes[village], "right")],
    )
    prov_at = (
        np.searchsorted(provinces, provinces[village], "left"),
        np.searchsorted(provinces, provinces[village], "right"),
    )
    prov = start[prov_at[0]], start[prov_at[1]]
    home = start[village], start[village + 1]
    nation = np.zeros_like(lines), np.full_like(lines, places.lines)
    far = np.where(happens(rng, _SAME_PROVINCE, len(lines)), 0, 1)
    far = np.where(prov[1] - prov[0] > kab[1] - kab[0], far, 1)  # a province of one kabupaten
    far = np.where((nation[1] - nation[0] > prov[1] - prov[0]) | (far == 0), far, 0)  # a roll of one province
    within_home = _between(rng, home, (home[0], home[0]))
    within_kab = _between(rng, kab, home)
    elsewhere = np.where(far == 0, _between(rng, prov, kab), _between(rng, nation, prov))
    elsewhere = np.where(elsewhere < 0, within_kab, elsewhere)
    chosen = np.choose(wanted, [within_home, within_kab, elsewhere])
    return np.where(chosen < 0, within_home, chosen)


def _between(rng: np.random.Generator, outer: tuple[Ints, Ints], hole: tuple[Ints, Ints]) -> Ints:
    """A line of `outer` that is not in `hole`; -1 where there is none."""
    room = (outer[1] - outer[0]) - (hole[1] - hole[0])
    drawn = outer[0] + below(rng, np.maximum(room, 1), len(room))
    drawn = np.where(drawn >= hole[0], drawn + (hole[1] - hole[0]), drawn)
    return np.where(room > 0, drawn, -1)


def _off_copies(copies: Ints, sources: Ints, lines: int) -> Ints:
    """`sources` moved to the next line that is no copy itself."""
    if not len(copies):
        return sources
    while True:
        at = np.minimum(np.searchsorted(copies, sources), len(copies) - 1)
        taken = copies[at] == sources
        if not taken.any():
            return sources
        sources = np.where(taken, (sources + 1) % lines, sources)


def _several_of_one(rng: np.random.Generator, sources: Ints) -> Ints:
    """Let some copies be third or fourth lines of a person who has a copy already."""
    count = len(sources)
    again = happens(rng, _THIRD_COPY, count)
    again[:1] = False
    at = np.flatnonzero(again)
    near = np.maximum(at - 1 - below(rng, 40, len(at)), 0)
    near = np.where(again[near], np.maximum(near - 1, 0), near)
    sources[at] = sources[near]
    more = happens(rng, _FOURTH_COPY * 100 // 6, len(at)) & (at + 1 < count)
    sources[at[more] + 1] = sources[at[more]]
    return sources
