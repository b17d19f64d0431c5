"""Comparing pairs: for each the level of every comparison, and log2 of the chance that strangers share the values."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from saksama.linkage import frequencies
from saksama.linkage.kernels import fields, names
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.mixture import add_chances, conditions
from saksama.linkage.plan import Comparison, LinkagePlan
from saksama.linkage.prepared import Prepared

LEVELS = {"name": 8, "date": 9, "person_number": 10, "place": 8, "text": 5, "code": 5}
DEPTH = 10  # of the tables: the most levels a comparison has, blank included
NAMED = ("name", "date")  # kinds whose chances are kept apart: namesakes share these, and are strangers in the rest
_CHUNK = 1 << 16
_NEARNESS = np.full(DEPTH, 12, np.uint8)  # by place level: same district or nearer 6, same regency 0, else 12
_NEARNESS[fields.SAME_HOUSEHOLD : fields.SAME_DISTRICT + 1] = 6
_NEARNESS[fields.SAME_REGENCY] = 0


@dataclass(frozen=True, slots=True, repr=False)
class Surprise:
    """Bits of surprise of shared values, by comparison: of words, of whole names, of dates, of values."""

    words: dict[str, Floats]
    names: dict[str, tuple[Floats, Floats]]
    dates: dict[str, Floats]
    values: dict[str, Floats]
    serials: dict[str, Floats]
    common: Bytes  # records born on a common date, such as 1 July
    local: tuple[Floats, Floats, Floats] | None = None  # less for name as written, plain, date where birthplaces agree


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """n pairs compared. `levels` is uint8[n, comparisons]; `chance` float32[n, 2], log2 of the chance that strangers
    agree so: in names and dates, and in the rest."""

    left: Ints
    right: Ints
    levels: Bytes
    chance: Floats

    def __len__(self) -> int:
        return len(self.left)

    def taken(self, chosen: Ints) -> "Evidence":
        """Some of the pairs, by mask, slice or index."""
        return Evidence(self.left[chosen], self.right[chosen], self.levels[chosen], self.chance[chosen])


def measure_surprise(prepared: Prepared) -> Surprise:
    """Frequencies of everything that is compared by value, counted on people."""
    people, size = prepared.people, len(prepared)
    words = {name: frequencies.word_rarity(column, people) for name, column in prepared.names.items()}
    dates = next(iter(prepared.dates.values()), None)
    date_bits = {k: frequencies.date_bits(v, people) for k, v in prepared.dates.items()}
    common = frequencies.common_dates(next(iter(date_bits.values()), np.zeros(size, np.float32)), people)
    return Surprise(
        words=words,
        names={k: frequencies.name_bits(v, words[k], people, dates) for k, v in prepared.names.items()},
        dates=date_bits,
        values={k: frequencies.value_bits(v.codes, people) for k, v in prepared.texts.items()},
        serials={k: frequencies.serial_bits(v.values, people, common) for k, v in prepared.numbers.items()},
        common=common,
    )


def measure_local(prepared: Prepared, surprise: Surprise) -> Surprise:
    """The surprise with what names and dates of birth lose among people of one birthplace (the first text compared)."""
    if not (prepared.names and prepared.dates and prepared.texts):
        return surprise
    name, column = next(iter(prepared.names.items()))
    date, dates = next(iter(prepared.dates.items()))
    groups, people, bits = next(iter(prepared.texts.values())).codes, prepared.people, surprise.names[name]
    local = (
        frequencies.local_discount(column.written, bits[0], groups, people),
        frequencies.local_discount(column.plain, bits[1], groups, people),
        frequencies.local_discount(dates, surprise.dates[date], groups, people),
    )
    return replace(surprise, local=local)


def split(pairs: Words) -> tuple[Ints, Ints]:
    """The two records of packed pairs; int32 each."""
    return (pairs >> np.uint64(32)).astype(np.int32), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)


def packed(one: Ints, two: Ints) -> Words:
    """Pairs of records as `smaller << 32 | larger`; uint64."""
    low, high = np.minimum(one, two).astype(np.uint64), np.maximum(one, two).astype(np.uint64)
    return (low << np.uint64(32)) | high


@dataclass(frozen=True, slots=True, repr=False)
class Comparer:
    """Compares pairs of records. `strangers` is log2 of levels' chances by condition; None while those are measured."""

    plan: LinkagePlan
    prepared: Prepared
    surprise: Surprise
    strangers: Floats | None = None

    def compare(self, pairs: Words, least_bits: float = -np.inf) -> Evidence:
        """Packed pairs compared, in their order; those left out whose agreement surprises by less than `least_bits`.

        Two threads, each pair by itself, so their order does not matter.
        """
        begins = range(0, len(pairs), _CHUNK)
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda begin: self._chunk(pairs[begin : begin + _CHUNK], least_bits), begins))
        if not parts:
            width = len(self.plan.comparisons)
            none = np.empty(0, np.int32)
            return Evidence(none, none, np.empty((0, width), np.uint8), np.empty((0, 2), np.float32))
        return Evidence(
            np.concatenate([p.left for p in parts]),
            np.concatenate([p.right for p in parts]),
            np.concatenate([p.levels for p in parts]),
            np.concatenate([p.chance for p in parts]),
        )

    def _chunk(self, pairs: Words, least_bits: float) -> Evidence:
        left, right = split(pairs)
        levels = np.zeros((len(left), len(self.plan.comparisons)), np.uint8)
        chance = np.zeros((len(left), 2), np.float32)
        for column, comparison in enumerate(self.plan.comparisons):
            level, by_value = compare_one(comparison, (left, right), self.prepared, self.surprise)
            levels[:, column] = level
            chance[:, 0 if comparison.kind in NAMED else 1] += by_value
        self.join_dates((left, right), levels, chance)
        self._make_local(left, levels, chance)
        if self.strangers is not None:
            common = self.surprise.common[left]
            named = np.array([c.kind in NAMED for c in self.plan.comparisons], np.uint8)
            add_chances(levels, conditions_of(levels, self.plan, common), self.strangers, named, chance)
        found = Evidence(left, right, levels, chance)
        if least_bits == -np.inf:
            return found
        return found.taken(np.flatnonzero(chance[:, 0] + chance[:, 1] <= -least_bits))

    def _make_local(self, left: Ints, levels: Bytes, chance: Floats) -> None:
        """Where birthplaces agree, names and dates are as common as they are among people born there."""
        kinds = [c.kind for c in self.plan.comparisons]
        if self.surprise.local is None or not {"name", "date", "text"} <= set(kinds):
            return
        name, date = levels[:, kinds.index("name")], levels[:, kinds.index("date")]
        together = levels[:, kinds.index("text")] == fields.SAME_TEXT
        for chosen, less in zip(
            (name == names.EXACT, name == names.RESPELT, date == fields.SAME_DATE), self.surprise.local, strict=True
        ):
            chance[:, 0] += np.where(together & chosen, less[left], np.float32(0))

    def join_dates(self, pair: tuple[Ints, Ints], levels: Bytes, chance: Floats) -> None:
        """Where a plan has dates and NIK: the date inside the NIK and the date of birth become one witness."""
        kinds = [c.kind for c in self.plan.comparisons]
        if "person_number" not in kinds or "date" not in kinds:
            return
        date, number = kinds.index("date"), kinds.index("person_number")
        found, named = levels[:, date].copy(), chance[:, 0].copy()
        bits = self.surprise.dates[self.plan.comparisons[date].name]
        fields.date_in_number(*pair, (found, levels[:, number].copy()), bits, named)
        levels[:, date], chance[:, 0] = found, named


def conditions_of(levels: Bytes, plan: LinkagePlan, common: Bytes) -> Bytes:
    """What strangers agree on already, by which other chances depend, 0..17; uint8[n]. See `strangers`."""
    kinds = [c.kind for c in plan.comparisons]
    if "person_number" not in kinds:
        # Without a number that tells people apart, strangers who agree cannot be told from doubles.
        return np.zeros(len(levels), np.uint8)
    name, date, place = (kinds.index(kind) if kind in kinds else -1 for kind in ("name", "date", "place"))
    return conditions(levels, (name, date, place), _NEARNESS, common, names.TYPED)


def compare_one(
    comparison: Comparison, pair: tuple[Ints, Ints], prepared: Prepared, surprise: Surprise
) -> tuple[Bytes, Floats]:
    left, right = pair
    name, out = comparison.name, (np.empty(len(left), np.uint8), np.zeros(len(left), np.float32))
    if comparison.kind == "name":
        column = prepared.names[name]
        dictionary = (column.letters, column.starts, column.sets, surprise.words[name])
        hashes = (column.written, column.plain, column.joined)
        words = (column.offsets, column.words)
        names.compare_names(pair, hashes, surprise.names[name], words, dictionary, out)
    elif comparison.kind == "date":
        fields.compare_dates(left, right, prepared.dates[name], surprise.dates[name], out)
    elif comparison.kind == "person_number":
        numbers = prepared.numbers[name]
        fields.compare_numbers(
            left, right, (numbers.values, numbers.born), surprise.serials[name], surprise.common, out
        )
    elif comparison.kind == "place":
        places = prepared.places[name]
        fields.compare_places(left, right, places.households, places.tiers, places.lanes, out[0])
    elif comparison.kind == "text":
        texts = prepared.texts[name]
        fields.compare_texts(left, right, texts.codes, (texts.letters, texts.starts), surprise.values[name], out)
    else:
        fields.compare_codes(left, right, prepared.texts[name].codes, surprise.values[name], out)
    return out
