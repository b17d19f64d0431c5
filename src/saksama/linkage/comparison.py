"""Comparing pairs: for each the level of every comparison, and log2 of the chance that strangers share the values."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from saksama.linkage import frequencies
from saksama.linkage.frequencies import NameCounts
from saksama.linkage.kernels import fields, names
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.mixture import add_chances, conditions, discount_local
from saksama.linkage.kernels.sifting import by_bucket, each_once, surprising
from saksama.linkage.kernels.tally import salted
from saksama.linkage.plan import Comparison, LinkagePlan
from saksama.linkage.prepared import Prepared
from saksama.linkage.rows import side_by_side

LEVELS = {"name": 8, "date": 9, "person_number": 10, "place": 8, "text": 5, "code": 5}
DEPTH = 10  # of the tables: the most levels a comparison has, blank included
NAMED = ("name", "date")  # kinds whose chances are kept apart: namesakes share these, and are strangers in the rest
_CHUNK = 1 << 14  # pairs: their rows stay in a core's cache from one comparison to the next
_PREPARED, _SURPRISE = "prepared.", "surprise."
NEARNESS = np.full(DEPTH, 12, np.uint8)  # by place level: same regency 0, district or nearer 6, province 18, else 12
NEARNESS[fields.SAME_HOUSEHOLD : fields.SAME_DISTRICT + 1] = 6
NEARNESS[fields.SAME_REGENCY] = 0
NEARNESS[fields.SAME_PROVINCE] = 18
DATES_AGREE, TEXTS_AGREE = 2, 24  # the other parts of a condition (`conditions`), on an ordinary date


@dataclass(frozen=True, slots=True, repr=False)
class Surprise:
    """Bits of surprise of shared values, by comparison: of words, of whole names by record, of dates by date, of
    values by number. `near_words` is how much less each word surprises within a province; 0 where there is but one."""

    words: dict[str, Floats]
    near_words: dict[str, Floats]
    names: dict[str, tuple[Floats, Floats]]
    dates: dict[str, Floats]
    values: dict[str, Floats]
    serials: dict[str, Floats]
    common: Bytes  # dates that are common, such as 1 July, by date
    local: "tuple[Local, ...]" = ()
    unseen: float = 1.0  # how much more often than their words say two strangers share a name that nobody else bears

    @property
    def columns(self) -> dict[str, Any]:
        """All that has a value by record, by name."""
        out = {f"names.{name}.{what}": bits for name, both in self.names.items() for what, bits in enumerate(both)}
        for number, local in enumerate(self.local):
            out |= {f"local.{number}.{what}": discount for what, discount in enumerate(local.discounts)}
        return out

    def with_columns(self, columns: Mapping[str, Any]) -> "Surprise":
        """The same of other records, whose columns are given by name."""
        names = {name: (columns[f"names.{name}.0"], columns[f"names.{name}.1"]) for name in self.names}
        local = [
            replace(each, discounts=tuple(columns[f"local.{number}.{what}"] for what in range(3)))
            for number, each in enumerate(self.local)
        ]
        return replace(self, names=names, local=tuple(local))


@dataclass(frozen=True, slots=True, repr=False)
class Local:
    """What names (as written, in plain spelling) and dates surprise less among people of one birthplace or province.

    By record, in steps of `frequencies.LOCAL_STEP` bits. It holds for pairs whose level of comparison `kind` is one
    of the first `most`.
    """

    kind: str
    most: int
    discounts: tuple[Bytes, Bytes, Bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """n pairs compared. `levels` is uint8[n, comparisons]; `chance` float32[n, 3], log2 of the chance that strangers
    agree so: in names and dates; in the very value of the first text, where they share it; and in the rest."""

    left: Ints
    right: Ints
    levels: Bytes
    chance: Floats

    def __len__(self) -> int:
        return len(self.left)

    @staticmethod
    def none(width: int) -> "Evidence":
        """No pair, of `width` comparisons."""
        records = np.empty(0, np.int32)
        return Evidence(records, records, np.empty((0, width), np.uint8), np.empty((0, 3), np.float32))

    @staticmethod
    def together(parts: "Sequence[Evidence]") -> "Evidence":
        """Several, one after another; at least one."""
        return Evidence(
            np.concatenate([p.left for p in parts]),
            np.concatenate([p.right for p in parts]),
            np.concatenate([p.levels for p in parts]),
            np.concatenate([p.chance for p in parts]),
        )

    def pairs(self) -> Words:
        """The pairs, packed."""
        return packed(self.left, self.right)

    def taken(self, chosen: Ints | slice) -> "Evidence":
        """Some of the pairs, by mask, slice or index."""
        return Evidence(self.left[chosen], self.right[chosen], self.levels[chosen], self.chance[chosen])

    def by_bucket(self, count: int, size: int) -> "list[Evidence]":
        """The pairs by left record, of which there are `size`, in `count` buckets of one width; in their order."""
        rows, begins = by_bucket((self.left, self.right, self.levels, self.chance), count, size)
        whole = Evidence(*rows)
        return [whole.taken(slice(begins[k], begins[k + 1])) for k in range(count)]

    def each_once(self, marks: Bytes) -> "tuple[Evidence, Bytes]":
        """The pairs ascending, each once, with the marks (uint8[n]) of all its likes together."""
        pairs = self.pairs()
        rows, together = each_once((self.left, self.right, self.levels, self.chance), pairs, np.argsort(pairs), marks)
        return Evidence(*rows), together


def measure_surprise(prepared: Prepared) -> tuple[Surprise, NameCounts | None]:
    """Frequencies of everything that is compared by value, counted on people; and the counts behind those of names."""
    people = prepared.people
    dates = next(iter(prepared.dates.values()), None)
    counts: dict[str, NameCounts] = {}
    bits: dict[str, tuple[Floats, Floats]] = {}
    with ThreadPoolExecutor(2) as pool:
        by_date = pool.submit(lambda: {k: frequencies.date_bits(v, people) for k, v in prepared.dates.items()})
        values = pool.submit(lambda: {k: frequencies.value_bits(v.codes, people) for k, v in prepared.texts.items()})
        words = {name: frequencies.word_rarity(column, people) for name, column in prepared.names.items()}
        for name, column in prepared.names.items():
            counts[name] = frequencies.count_names(column, words[name], people, dates)
            bits[name] = (counts[name].bits(0), counts[name].bits(1))
        date_bits = by_date.result()
        if dates is None:
            common = np.zeros(frequencies.DATES, np.uint8)
        else:
            common = frequencies.common_dates(dates, next(iter(date_bits.values())), people)
        serials = {k: frequencies.serial_bits(v.values, people, common, v.born) for k, v in prepared.numbers.items()}
        first = next(iter(counts.values()), None)
        unseen = 1.0 if first is None else first.scale
        near = {name: np.zeros_like(rarity) for name, rarity in words.items()}
        surprise = Surprise(words, near, bits, date_bits, values.result(), serials, common, unseen=unseen)
    return surprise, first


def measure_local(plan: LinkagePlan, prepared: Prepared, surprise: Surprise, counts: NameCounts | None) -> Surprise:
    """The surprise with what names and dates of birth lose among people of one birthplace (the first text compared),
    and of one province (the first tier of place)."""
    if counts is None or not prepared.dates:
        return surprise
    name, column = next(iter(prepared.names.items()))
    date, dates = next(iter(prepared.dates.items()))
    groups, near_words = [], dict(surprise.near_words)
    birthplace, place = plan.comparison("text"), plan.comparison("place")
    if birthplace is not None:
        groups.append(("text", fields.SAME_TEXT, prepared.texts[birthplace.name].codes))
    if place is not None and len(np.unique(prepared.places[place.name].tiers[:, 0])) > 2:  # of one province all are
        places = prepared.places[place.name]
        provinces = places.tiers[places.places, 0] - 1
        groups.append(("place", fields.SAME_PROVINCE, provinces))
        near_words[name] = frequencies.near_word_bits(column, provinces, prepared.people)
    written = salted(column.plain, column.written)
    values = (written, column.plain, dates)
    bits = (*surprise.names[name], surprise.dates[date][dates])
    few = (counts.few(0), counts.few(1), None)

    def discount(number: int) -> Bytes:
        what, group = number % 3, groups[number // 3][2]
        rare = rarer[number // 3]
        return frequencies.local_discount(values[what], bits[what], group, prepared.people, few[what], rare)

    def scale(group: Ints) -> float:
        return frequencies.local_scale(column, counts, dates, group, prepared.people)

    with ThreadPoolExecutor(2) as pool:
        rarer = list(pool.map(scale, [group for _, _, group in groups]))
        found = list(pool.map(discount, range(3 * len(groups))))
    local = [
        Local(kind, most, (found[3 * k], found[3 * k + 1], found[3 * k + 2]))
        for k, (kind, most, _) in enumerate(groups)
    ]
    return replace(surprise, local=tuple(local), near_words=near_words)


def columns_of(columns: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A comparer's columns, those of what was prepared and those of what surprises, by the names they have there."""
    prepared, surprise = (
        {name.removeprefix(whose): column for name, column in columns.items() if name.startswith(whose)}
        for whose in (_PREPARED, _SURPRISE)
    )
    return prepared, surprise


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

    def compare(self, pairs: Words) -> Evidence:
        """Packed pairs compared, in their order. Two threads, each pair by itself, so their order does not matter."""
        if len(pairs) <= _CHUNK:  # a thread costs more than a new line's pairs
            return self.compare_chunk(pairs)
        begins = range(0, len(pairs), _CHUNK)
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda begin: self.compare_chunk(pairs[begin : begin + _CHUNK]), begins))
        return Evidence.together(parts)

    def compare_chunk(self, pairs: Words, least_bits: float = -np.inf) -> Evidence:
        """Packed pairs compared; those left out whose agreement surprises by less than `least_bits`."""
        left, right = split(pairs)
        levels = np.zeros((len(left), len(self.plan.comparisons)), np.uint8)
        chance, near_words = np.zeros((len(left), 3), np.float32), np.zeros(len(left), np.float32)
        first_text = self.plan.comparison("text")
        for column, comparison in enumerate(self.plan.comparisons):
            level, by_value = compare_one(comparison, (left, right), self.prepared, self.surprise, near_words)
            levels[:, column] = level
            rest = 1 if comparison is first_text else 2
            chance[:, 0 if comparison.kind in NAMED else rest] += by_value
        self.join_dates((left, right), levels, chance)
        self._make_local(left, levels, chance, near_words)
        if self.strangers is not None:
            common = self.common_of(left)
            named = np.array([c.kind in NAMED for c in self.plan.comparisons], np.uint8)
            add_chances(levels, conditions_of(levels, self.plan, common), self.strangers, named, chance)
        rows = (left, right, levels, chance)
        return Evidence(*(rows if least_bits == -np.inf else surprising(rows, -least_bits)))

    def in_rows(self, records: Ints | None = None) -> "Comparer":
        """The same with each record's values side by side; or so of some records, of one table, numbered anew."""
        columns, lines, border = self.columns, self.prepared.lines, self.prepared.border
        if records is not None:
            taken = {id(column): column[records] for column in columns.values()}
            columns, lines, border = {name: taken[id(column)] for name, column in columns.items()}, lines[records], 0
        prepared, surprise = columns_of(side_by_side(columns))
        mine = replace(self.prepared, border=border).with_columns(lines, prepared)
        return replace(self, prepared=mine, surprise=self.surprise.with_columns(surprise))

    @property
    def columns(self) -> dict[str, Any]:
        """All that has a value by record, but for the lines, by name."""
        out = {f"{_PREPARED}{name}": column for name, column in self.prepared.columns.items()}
        return out | {f"{_SURPRISE}{name}": column for name, column in self.surprise.columns.items()}

    def of_one_name_and_date(self, evidence: Evidence) -> Bytes:
        """Which pairs share a name in plain spelling and a date of birth, ordinary or common; bool[2, n].

        None without both, or without person numbers.
        """
        kinds = [c.kind for c in self.plan.comparisons]
        if not {"name", "date", "person_number"} <= set(kinds):
            return np.zeros((2, len(evidence)), bool)
        name, date = evidence.levels[:, kinds.index("name")], evidence.levels[:, kinds.index("date")]
        alike = ((name == names.EXACT) | (name == names.RESPELT)) & (date == fields.SAME_DATE)
        common = self.common_of(evidence.left) != 0
        return np.stack([alike & ~common, alike & common])

    def common_of(self, records: Ints) -> Bytes:
        """Which records were born on a common date; uint8[n]."""
        dates = next(iter(self.prepared.dates.values()), None)
        return np.zeros(len(records), np.uint8) if dates is None else self.surprise.common[dates[records]]

    def _make_local(self, left: Ints, levels: Bytes, chance: Floats, near_words: Floats) -> None:
        """Where birthplaces or provinces agree, names and dates are as common as they are among people of there."""
        if self.surprise.local:
            less, together = self.local_discounts(left, levels)
            chance[:, 0] += less.sum(axis=0, dtype=np.float32) * np.float32(frequencies.LOCAL_STEP)
            chance[:, 0] += near_words * together

    def local_discounts(self, left: Ints, levels: Bytes) -> tuple[Bytes, Bytes]:
        """What a name shared as written, one shared in plain spelling, and a date surprise less among people of there;
        and which pairs are of one birthplace or province.

        uint8[3, n], in steps of `frequencies.LOCAL_STEP` bits, and uint8[n]; for plans with names and dates.
        """
        kinds = [c.kind for c in self.plan.comparisons]
        less, together = np.zeros((3, len(left)), np.uint8), np.zeros(len(left), np.uint8)
        for local in self.surprise.local:
            columns = (kinds.index("name"), kinds.index("date"), kinds.index(local.kind))
            discount_local(left, levels, columns, local.most, local.discounts, (less, together))
        return less, together

    def join_dates(self, pair: tuple[Ints, Ints], levels: Bytes, chance: Floats) -> None:
        """Where a plan has dates and NIK: the date inside the NIK and the date of birth become one witness."""
        kinds = [c.kind for c in self.plan.comparisons]
        if "person_number" not in kinds or "date" not in kinds:
            return
        date, number = kinds.index("date"), kinds.index("person_number")
        found, named = levels[:, date].copy(), chance[:, 0].copy()
        name = self.plan.comparisons[date].name
        dates = (self.prepared.dates[name], self.surprise.dates[name])
        fields.date_in_number(*pair, (found, levels[:, number].copy()), dates, named)
        levels[:, date], chance[:, 0] = found, named


def conditions_of(levels: Bytes, plan: LinkagePlan, common: Bytes) -> Bytes:
    """What strangers agree on already, by which other chances depend, 0..47; uint8[n]. See `strangers`."""
    kinds = [c.kind for c in plan.comparisons]
    if "person_number" not in kinds:
        # Without a number that tells people apart, strangers who agree cannot be told from doubles.
        return np.zeros(len(levels), np.uint8)
    name, date, place, text = (kinds.index(kind) if kind in kinds else -1 for kind in ("name", "date", "place", "text"))
    return conditions(levels, (name, date, place, text), NEARNESS, common, (names.TYPED, fields.NEAR_TEXT))


def compare_one(
    comparison: Comparison, pair: tuple[Ints, Ints], prepared: Prepared, surprise: Surprise, near_words: Floats
) -> tuple[Bytes, Floats]:
    """The level of each pair, and log2 of the chance of its value. Of names, `near_words` (float32[n]) is filled with
    how many bits less the words they share surprise within a province."""
    left, right = pair
    name, out = comparison.name, (np.empty(len(left), np.uint8), np.zeros(len(left), np.float32))
    if comparison.kind == "name":
        column = prepared.names[name]
        rarity, near = surprise.words[name], surprise.near_words[name]
        dictionary = (column.letters, column.starts, column.sets, rarity, near)
        hashes = (column.written, column.plain, column.joined)
        words = (column.begins, column.sizes, column.words)
        names.compare_names(pair, hashes, surprise.names[name], words, dictionary, (*out, near_words))
    elif comparison.kind == "date":
        fields.compare_dates(left, right, prepared.dates[name], surprise.dates[name], out)
    elif comparison.kind == "person_number":
        numbers = prepared.numbers[name]
        fields.compare_numbers(
            left, right, (numbers.values, numbers.born), surprise.serials[name], surprise.common, out
        )
    elif comparison.kind == "place":
        places = prepared.places[name]
        fields.compare_places(left, right, places.households, (places.places, places.tiers), places.lanes, out[0])
    elif comparison.kind == "text":
        texts = prepared.texts[name]
        values = (texts.letters, texts.starts, texts.sets)
        fields.compare_texts(left, right, texts.codes, values, surprise.values[name], out)
    else:
        fields.compare_codes(left, right, prepared.texts[name].codes, surprise.values[name], out)
    return out
