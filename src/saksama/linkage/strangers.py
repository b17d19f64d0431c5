"""What strangers agree on: measured on pairs that are surely two people, given what they agree on already.

Witnesses depend on one another among strangers too: who shares a name mostly shares a sex; who shares a date of birth
shares six digits of the NIK; who lives in one village was mostly born in one place; who was born in one place has the
NIK of one region. So the chance of a level is kept for each condition: whether names agree, whether dates of birth
agree, how near the two live, and whether birthplaces agree.
"""

from collections.abc import Iterator

import numpy as np

from saksama.linkage.comparison import DEPTH, Comparer, Evidence, conditions_of, packed
from saksama.linkage.frequencies import in_slices
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.fields import DATE_IN_NUMBER, SAME_DAY_MONTH, SAME_HOUSEHOLD, SAME_NUMBER
from saksama.linkage.kernels.names import OTHER as OTHER_NAME
from saksama.linkage.kernels.tally import drawn, salted
from saksama.linkage.kernels.text import mixed_all
from saksama.linkage.prepared import Prepared

CONDITIONS = 48  # names agree (2) x dates agree, on a common date (3) x nearness (4) x birthplaces agree (2)
_SAMPLE = 200_000
_NEAR = 50_000  # pairs of each tier of place: neighbours are rare among all pairs of a nation, and common among doubles
_A_LINE = 30  # pairs taken anywhere for each line: a small table has not more to tell
_ONE_NUMBER = -30.0  # log2: two strangers share a NIK by a clerk's hand only, which is a class of its own (`training`)
_ERRED = -4.3  # log2 of a twentieth: how often a date of birth is not the one in the NIK
_WOMAN = 40  # added to the day of birth in a woman's NIK
_LOW = np.uint64(0xFFFFFF)  # bits of a sorting key in which records of one value are scrambled
_DRAWN = 20  # pairs by which a share of few pairs is drawn to that of more
_STEPS = (1, 2, 3, 5, 8)  # neighbours taken in an order by date or name


def measure_strangers(comparer: Comparer) -> Floats:
    """log2 of the chance of each level among strangers by condition; float64[conditions, comparisons, levels].

    Levels by value hold 0: their chance is in `Evidence.chance`, per pair.
    """
    plan, samples = comparer.plan, _samples(comparer)
    counts = _counted(samples, comparer)
    # Pairs chosen for their birthplace tell what NIK do there, and nothing of birthplaces.
    with_birthplace = np.concatenate([counts, _counted(_of_one_birthplace(comparer), comparer)])
    tables = [
        _table((with_birthplace if comparison.kind == "person_number" else counts)[:, :, column], comparison.kind)
        for column, comparison in enumerate(plan.comparisons)
    ]
    return np.stack(tables, axis=1)


def _counted(samples: list[Evidence], comparer: Comparer) -> Floats:
    """Pairs by level of each comparison and condition; float64[samples, conditions, comparisons, levels]."""
    counts = np.zeros((len(samples), CONDITIONS, len(comparer.plan.comparisons), DEPTH))
    for number, evidence in enumerate(samples):
        condition = conditions_of(evidence.levels, comparer.plan, comparer.common_of(evidence.left)).astype(np.int64)
        for column in range(len(comparer.plan.comparisons)):
            flat = condition * DEPTH + evidence.levels[:, column]
            counts[number, :, column] = np.bincount(flat, minlength=CONDITIONS * DEPTH).reshape(CONDITIONS, DEPTH)
    return counts


# Which conditions matter to a kind: names, dates, nearness, birthplaces. What makes a condition does not depend on it.
_MATTERS = {
    "name": (0, 0, 0, 0), "date": (0, 0, 0, 0), "place": (0, 0, 0, 0), "person_number": (0, 1, 1, 1),
    "text": (0, 0, 1, 0), "code": (1, 1, 0, 0),
}  # fmt: skip
_BY_VALUE = {"name": slice(1, 7), "date": slice(1, 3)}


def _table(counts: Floats, kind: str) -> Floats:
    """log2 shares by condition, drawn by twenty pairs towards the shares whatever the birthplaces, and these towards
    the shares over all conditions."""
    known = np.zeros((CONDITIONS, DEPTH))
    if len(counts):
        known += counts.sum(axis=0) if any(_MATTERS[kind]) else counts[0]  # pairs taken anywhere, where nothing matters
    known[:, 0] = 0
    whole = known.sum(axis=0)
    whole = (whole + 0.5 * (np.arange(DEPTH) > 0)) / (whole.sum() + 0.5 * (DEPTH - 1))
    *others, birthplaces = _MATTERS[kind]
    shares = _shares(known, (*others, 0), whole)
    if birthplaces:
        shares = _shares(known, (*others, 1), shares)
    out = np.log2(np.maximum(shares, 1e-9))
    out[:, 0] = 0.0
    if kind in _BY_VALUE:
        out[:, _BY_VALUE[kind]] = 0.0
    if kind == "date":
        out[:, DATE_IN_NUMBER] = _ERRED
    if kind == "person_number":
        out[:, SAME_NUMBER] = _ONE_NUMBER
    return np.asarray(out)


def _shares(known: Floats, matters: tuple[int, ...], drawn_to: Floats) -> Floats:
    """Shares of levels over the conditions alike in what matters; float64[conditions, levels]."""
    parts = [tuple(part * each for part, each in zip(_parts_of(c), matters, strict=True)) for c in _ALL]
    summed = np.stack([known[[c for c in _ALL if parts[c] == parts[d]]].sum(axis=0) for d in _ALL])
    return np.asarray((summed + _DRAWN * drawn_to) / (summed.sum(axis=1, keepdims=True) + _DRAWN))


_ALL = range(CONDITIONS)


def _parts_of(condition: int) -> tuple[int, int, int, int]:
    """Names agree (0, 1); dates (0, 1, 2 on a common date); nearness (0 regency, 1 nearer, 2 afar, 3 province);
    birthplaces agree (0, 1)."""
    return condition % 2, condition % 6 // 2, condition % 24 // 6, condition // 24


def _samples(comparer: Comparer) -> list[Evidence]:
    """Pairs of strangers: taken anywhere; of one date but unlike names; of one name but unlike dates."""
    prepared = comparer.prepared
    if len(prepared) < 2:
        return []
    out = [comparer.compare(pairs_anywhere(prepared, min(_SAMPLE, _A_LINE * len(prepared))))]
    kinds = [c.kind for c in comparer.plan.comparisons]
    if "person_number" not in kinds:
        return out
    for column, other, least in (("date", "name", OTHER_NAME), ("name", "date", SAME_DAY_MONTH)):
        if column not in kinds or other not in kinds:
            continue
        for pairs in _neighbours(prepared, column):
            found = _of_two_people(comparer.compare(pairs), kinds, other, least)
            out.append(found.taken(_of_one_sex(prepared, found)) if column == "date" else found)
    return out


def _of_one_birthplace(comparer: Comparer) -> list[Evidence]:
    """Pairs of strangers of one date and birthplace, and so alike that they might share a name."""
    kinds, prepared = [c.kind for c in comparer.plan.comparisons], comparer.prepared
    if not {"name", "date", "person_number", "text"} <= set(kinds):
        return []
    some, values = _some_dates(prepared)
    birthplaces = next(iter(prepared.texts[c.name] for c in comparer.plan.comparisons if c.kind == "text")).codes[some]
    known = np.flatnonzero(birthplaces >= 0)
    pairs = _next_to_each_other(some[known], salted(values[known], birthplaces[known] + 1), _SAMPLE)
    found = _of_two_people(comparer.compare(pairs), kinds, "name", OTHER_NAME)
    return [found.taken(_of_one_sex(prepared, found))]


def _of_two_people(evidence: Evidence, kinds: list[str], other: str, least: int) -> Evidence:
    """The pairs unlike in the `other` comparison, at level `least` or worse, and of neither one family card nor NIK."""
    stranger = evidence.levels[:, kinds.index(other)] >= least
    if "place" in kinds:
        stranger &= evidence.levels[:, kinds.index("place")] != SAME_HOUSEHOLD
    stranger &= evidence.levels[:, kinds.index("person_number")] != SAME_NUMBER
    return evidence.taken(stranger)


def _of_one_sex(prepared: Prepared, evidence: Evidence) -> Bytes:
    """Which pairs are of one sex by their NIK: those whom it is asked of share a name, and so a sex; bool[n]."""
    numbers = next(iter(prepared.numbers.values())).values
    woman = numbers // 10**8 % 100 > _WOMAN
    return np.asarray(woman[evidence.left] == woman[evidence.right])


def pairs_anywhere(prepared: Prepared, most: int, salt: int = 0) -> Words:
    """At most so many pairs spread over the table by a fixed scramble, the same at every run; of two tables, across.

    None known to be of one person: a list without person numbers may hold many lines of each.
    """
    size, border = len(prepared), prepared.border
    if size < 2:
        return np.empty(0, np.uint64)
    numbers = np.arange(most, dtype=np.uint64) * np.uint64(2) + np.uint64(salt)
    one, two = mixed_all(numbers + np.uint64(1)), mixed_all(numbers + np.uint64(2))
    if border:
        one, two = one % np.uint64(border), two % np.uint64(size - border) + np.uint64(border)
    else:
        one, two = one % np.uint64(size), two % np.uint64(size)
    kept = one != two
    if prepared.persons is not None:
        kept[kept] = prepared.persons[one[kept]] != prepared.persons[two[kept]]
    return packed(one[kept], two[kept])


def _neighbours(prepared: Prepared, kind: str) -> Iterator[Words]:
    """Pairs of the same date or plain name: taken across the table, and within each tier of place that divides it."""
    if kind == "date":
        some, values = _some_dates(prepared)
    else:
        plain = next(iter(prepared.names.values())).plain
        some = _some_of(plain, len(plain))
        values = plain[some]
    yield _next_to_each_other(some, values, _SAMPLE)
    for places in list(prepared.places.values())[:1]:
        for tier in range(places.tiers.shape[1] - 1):  # not the last: a district is as near as conditions tell
            where = places.tiers[places.places[some], tier]
            if where.max(initial=0) > 1:
                near = np.flatnonzero(where > 0)
                yield _next_to_each_other(some[near], salted(values[near], where[near]), _NEAR)


def _some_dates(prepared: Prepared) -> tuple[Ints, Words]:
    """All records of some dates of birth, and the dates as keys."""
    dates = next(iter(prepared.dates.values()))
    parts = [_some_of(_date_keys(dates[part]), len(dates)) + part.start for part in in_slices(len(dates))]
    some = np.concatenate([np.empty(0, np.int64), *parts])
    return some, _date_keys(dates[some])


def _date_keys(dates: Ints) -> Words:
    values = mixed_all(dates.astype(np.uint64))
    values[dates == 0] = 0
    return values


def _some_of(values: Words, size: int) -> Ints:
    return drawn(values, np.uint64(max(1, size // _SAMPLE)))


def _next_to_each_other(records: Ints, values: Words, most: int) -> Words:
    """Pairs of records of one value that stand near each other in a scrambled order; some of them, evenly."""
    scrambled = mixed_all(records.astype(np.uint64))
    # Two values that are alike above stand mixed: no harm.
    order = np.argsort((values & ~_LOW) | (scrambled & _LOW), kind="stable")
    records, values = records[order], values[order]
    pairs = [np.empty(0, np.uint64)]
    for step in _STEPS:
        same = values[step:] == values[:-step]
        pairs.append(packed(records[:-step][same], records[step:][same]))
    together = np.concatenate(pairs)
    return np.asarray(together[:: max(1, len(together) // most)])
