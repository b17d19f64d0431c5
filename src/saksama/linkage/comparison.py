"""Comparing pairs: for each the level of every comparison, and log2 of the chance that strangers share the values."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from saksama.linkage import frequencies
from saksama.linkage.kernels import fields, names
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.plan import Comparison, LinkagePlan
from saksama.linkage.prepared import Prepared

LEVELS = {"name": 8, "date": 8, "person_number": 10, "place": 8, "text": 5, "code": 5}
DEPTH = 10  # of the tables: the most levels a comparison has, blank included
BY_VALUE = {
    "name": range(1, 7),
    "date": range(1, 2),
    "text": range(1, 2),
    "code": range(1, 2),
}  # levels with a frequency
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True, repr=False)
class Surprise:
    """Bits of surprise of shared values, by comparison: of words, of whole names, of dates, of values."""

    words: dict[str, Floats]
    names: dict[str, tuple[Floats, Floats]]
    dates: dict[str, Floats]
    values: dict[str, Floats]
    serials: dict[str, Floats]


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """n pairs compared. `levels` is uint8[n, comparisons]; `chance` float32[n, comparisons], log2 of the chance of
    the very value shared, 0 where the level is not by value."""

    left: Ints
    right: Ints
    levels: Bytes
    chance: Floats

    def __len__(self) -> int:
        return len(self.left)


def measure_surprise(prepared: Prepared) -> Surprise:
    """Frequencies of everything that is compared by value, counted on people."""
    people = prepared.people
    words = {name: frequencies.word_rarity(column, people) for name, column in prepared.names.items()}
    dates = next(iter(prepared.dates.values()), None)
    return Surprise(
        words=words,
        names={k: frequencies.name_bits(v, words[k], people, dates) for k, v in prepared.names.items()},
        dates={k: frequencies.date_bits(v, people) for k, v in prepared.dates.items()},
        values={k: frequencies.value_bits(v.codes, people) for k, v in prepared.texts.items()},
        serials={k: frequencies.serial_bits(v.values, people) for k, v in prepared.numbers.items()},
    )


def split(pairs: Words) -> tuple[Ints, Ints]:
    """The two records of packed pairs; int32 each."""
    return (pairs >> np.uint64(32)).astype(np.int32), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)


def compare(left: Ints, right: Ints, plan: LinkagePlan, prepared: Prepared, surprise: Surprise) -> Evidence:
    """All comparisons of the plan over pairs of records; two threads, each pair by itself, so order does not matter."""
    levels = np.zeros((len(left), len(plan.comparisons)), np.uint8)
    chance = np.zeros((len(left), len(plan.comparisons)), np.float32)

    def work(begin: int) -> None:
        part = slice(begin, min(begin + _CHUNK, len(left)))
        for column, comparison in enumerate(plan.comparisons):
            level, bits = _compare_one(comparison, (left[part], right[part]), prepared, surprise)
            levels[part, column] = level
            chance[part, column] = bits

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(0, len(left), _CHUNK)))
    return Evidence(left, right, levels, chance)


def _compare_one(
    comparison: Comparison, pair: tuple[Ints, Ints], prepared: Prepared, surprise: Surprise
) -> tuple[Bytes, Floats]:
    left, right = pair
    name, out = comparison.name, (np.empty(len(left), np.uint8), np.zeros(len(left), np.float32))
    if comparison.kind == "name":
        column = prepared.names[name]
        dictionary = (column.letters, column.starts, surprise.words[name])
        hashes = (column.written, column.plain, column.joined)
        words = (column.offsets, column.words)
        names.compare_names(left, right, hashes, surprise.names[name], words, dictionary, out)
    elif comparison.kind == "date":
        fields.compare_dates(left, right, prepared.dates[name], surprise.dates[name], out)
    elif comparison.kind == "person_number":
        numbers = prepared.numbers[name]
        fields.compare_numbers(left, right, numbers.values, numbers.born, surprise.serials[name], out)
    elif comparison.kind == "place":
        places = prepared.places[name]
        fields.compare_places(left, right, places.households, places.tiers, places.lanes, out[0])
    elif comparison.kind == "text":
        texts = prepared.texts[name]
        fields.compare_texts(left, right, texts.codes, (texts.letters, texts.starts), surprise.values[name], out)
    else:
        fields.compare_codes(left, right, prepared.texts[name].codes, surprise.values[name], out)
    return out
