"""A whole roll, chunk by chunk: who is on which line, then the lines as tables in the order of the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from saksama.model.roll import LINE
from saksama.roll.sample import numbering, traps
from saksama.roll.sample.chance import Ints, below, generator, happens
from saksama.roll.sample.columns import as_table
from saksama.roll.sample.copies import choose_sources, make_copies
from saksama.roll.sample.doubles import Doubles, plan_doubles, recipes
from saksama.roll.sample.names import spread_traditions
from saksama.roll.sample.people import ON, PERSON, People, draw_names, make_people
from saksama.roll.sample.places import Places

_TRUTH_TYPES: dict[str, Any] = {"line": pa.int64(), "person": pa.int64(), "kind": pa.string(), "error": pa.string()}
TRUTH = pa.schema(_TRUTH_TYPES)
_KEPT_LINES = 2_000_000  # up to here the people of the first pass are kept; beyond, they are made a second time
_NAMESAKE_PAIRS = 1_500  # in a million lines
_NAMESAKES_AT_HOME = 500_000  # of a million such pairs: both in one kabupaten


@dataclass(frozen=True)
class Piece:
    """Some lines of the roll and what is true of them, in the order of the file."""

    table: pa.Table
    truth: pa.Table


class Roll:
    """A roll that can be made: `pieces` gives it, in bounded memory."""

    def __init__(self, places: Places, seed: int) -> None:
        """Plan the copies and the namesakes; the people come later."""
        self._places, self._seed = places, seed
        self._doubles = plan_doubles(places, seed)
        self._planned = _plan_namesakes(places, self._doubles, seed)
        self._kept: dict[int, People] = {}
        self._names_settled = self._doubles.name_kind.copy()

    @property
    def chunks(self) -> int:
        """How many pieces there are."""
        return len(self._places.chunk_start) - 1

    def pieces(self) -> Iterator[Piece]:
        """The roll from its first line to its last."""
        sources, serials = self._numbered
        doubles = Doubles(
            self._doubles.lines,
            sources["line"].astype(np.int64),
            self._doubles.recipe,
            self._names_settled,
            self._doubles.numbers,
        )
        for chunk in range(self.chunks):
            people = self._kept.pop(chunk, None)
            people = self._people(chunk) if people is None else people
            people["serial"] = serials[people["nik_line"]]
            first, stop = np.searchsorted(doubles.lines, self._places.chunk_start[chunk : chunk + 2])
            copies = np.arange(first, stop, dtype=np.int64)
            yield self._piece(doubles, people, copies, sources[copies])

    def _people(self, chunk: int) -> People:
        lines = np.arange(*self._places.chunk_start[chunk : chunk + 2], dtype=np.int64)
        return make_people(self._places, lines[~self._doubles.are(lines)], self._seed, chunk, self._planned)

    @cached_property
    def _numbered(self) -> tuple[People, npt.NDArray[np.uint16]]:
        """First pass: everybody's NIK serial, and a record of each person who is copied."""
        count = self._places.lines
        sources = np.zeros(len(self._doubles.lines), dtype=PERSON)
        keys = np.full(count + len(sources), numbering.NOBODY, dtype=np.uint64)
        order = np.argsort(self._doubles.sources, kind="stable")
        sorted_sources = self._doubles.sources[order]
        for chunk in range(self.chunks):
            people = self._people(chunk)
            keys[people["line"]] = numbering.keys_of(people)
            first, stop = np.searchsorted(sorted_sources, self._places.chunk_start[chunk : chunk + 2])
            which = order[first:stop]
            chosen, kinds = choose_sources(self._doubles, which, people)
            sources[which] = people[chosen]
            self._names_settled[which] = kinds
            if count <= _KEPT_LINES:
                self._kept[chunk] = people
        second = self._second_numbers(sources)
        keys[count + second] = numbering.keys_of(sources[second])
        serials = numbering.serials_of(keys)
        sources["serial"] = serials[sources["nik_line"]]
        return sources, serials

    def _second_numbers(self, sources: People) -> Ints:
        """Give copies with a second NIK a number of their own, drawn where they now live; gives which they are."""
        second = np.flatnonzero(
            np.asarray(["second_nik" in recipe.parts for recipe in recipes()], dtype=np.bool_)[self._doubles.recipe]
        )
        village = self._places.village_of(self._doubles.lines[second])
        numbered = sources[second]
        numbered["nik_kec"] = self._places.village_kec[village]
        numbered["nik_born"], numbered["nik_woman"] = numbered["born"], numbered["woman"]
        numbered["nik_line"] = self._places.lines + second
        sources[second] = numbered
        return second

    def _piece(self, doubles: Doubles, people: People, copies: Ints, sources: People) -> Piece:
        copied, labels = make_copies(self._places, doubles, copies, sources, self._seed)
        table = pa.concat_tables([as_table(self._places, people), copied])
        kinds = np.concatenate([people["kind"], sources["kind"]])
        truth = pa.table(
            {
                "line": table.column(LINE),
                "person": np.concatenate([people["line"], sources["line"]]),
                "kind": pa.array(traps.KINDS).take(pa.array(kinds)),
                "error": pa.array([""] * len(people) + labels),
            },
            schema=TRUTH,
        )
        order = np.argsort(table.column(LINE).to_numpy(), kind="stable")
        return Piece(table.take(order), truth.take(order))


def _plan_namesakes(places: Places, doubles: Doubles, seed: int) -> traps.Planned:
    """Pairs of different people with one name and one birth date, half of them within one kabupaten."""
    rng = generator("namesakes", seed)
    count = places.lines * _NAMESAKE_PAIRS // 1_000_000
    first = below(rng, places.lines, count) if places.lines < 1 << 31 else rng.integers(0, places.lines, size=count)
    codes = np.asarray([code[:5] for code in places.villages])
    village = places.village_of(first)
    low = places.village_start[np.searchsorted(codes, codes[village], "left")]
    high = places.village_start[np.searchsorted(codes, codes[village], "right")]
    near = low + below(rng, high - low, count)
    second = np.where(happens(rng, _NAMESAKES_AT_HOME, count), near, rng.integers(0, places.lines, size=count))
    both = np.concatenate([first, second])
    used, times = np.unique(both, return_counts=True)
    free = ~doubles.are(both) & (times[np.searchsorted(used, both)] == 1)
    sound = np.flatnonzero(free[:count] & free[count:])
    lines = np.concatenate([first[sound], second[sound]])
    order = np.argsort(lines, kind="stable")
    identity = np.tile(np.arange(len(sound), dtype=np.int64), 2)
    return traps.Planned(lines[order], identity[order], _identities(rng, places, village[sound]))


def _identities(rng: np.random.Generator, places: Places, village: Ints) -> People:
    people = np.zeros(len(village), dtype=PERSON)
    count = len(people)
    people["woman"] = happens(rng, 500_000, count)
    people["born"] = people["shown_born"] = ON - (24 + below(rng, 45, count)) * 365 - below(rng, 365, count)
    people["tradition"] = spread_traditions(rng, places.village_kab[village], places.country.kabupaten)
    people["tokens"], _ = draw_names(rng, people)
    people["married"] = 1
    return people
