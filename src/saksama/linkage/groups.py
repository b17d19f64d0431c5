"""Who is flagged by chance: expected false flags by province, sex, decade of birth, kind of name, default birthday.

A model that errs more often over mononyms or over women does wrong to people it names rightly on average, so each
run counts, for every group of voters, how many lines it flags and how many of those it expects to flag falsely.
Only counts leave the run; groups of fewer than thirty lines are counted together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from saksama.linkage.columns import MOST_NAMED
from saksama.linkage.kernels.arrays import Floats, Ints
from saksama.linkage.name_traditions import TRADITIONS, tradition_of_names
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Prepared, Texts

BLANK, SMALL = "blank", "small"
BIRTHDAYS = ("1 January", "1 July", "31 December", "15th of a month", "other day")
_LEAST = 30  # lines of a group that is shown by itself
_AT_ONCE = 1 << 22  # records, so that a whole nation takes little memory
_SEX_COLUMNS = frozenset({"jk", "jenis_kelamin", "sex", "gender"})


@dataclass(frozen=True, slots=True, repr=False)
class Grouping:
    """A way to part records into groups: `names`, and which of them records (by index) belong to; int64[n]."""

    name: str
    names: tuple[str, ...]
    group_of: Callable[[Ints], Ints]


def groupings_for(prepared: Prepared, plan: LinkagePlan) -> list[Grouping]:
    """The groupings that a plan's columns allow."""
    out = [_by_province(prepared, plan), _by_sex(prepared, plan)]
    for comparison in plan.comparisons:
        if comparison.kind == "date":
            dates = prepared.dates[comparison.name]
            out += [_by_decade(dates), _by_birthday(dates)]
            break
    for comparison in plan.comparisons:
        if comparison.kind == "name" and comparison.style == "indonesia":
            traditions = tradition_of_names(prepared.names[comparison.name])
            out.append(Grouping("name_tradition", (*TRADITIONS, BLANK), traditions))
            break
    return [grouping for grouping in out if grouping is not None]


def figures_by_group(
    groupings: list[Grouping], flagged: Ints, false: Floats, size: int
) -> dict[str, list[dict[str, Any]]]:
    """Per grouping and group: `lines`, `flagged` lines, `expected_false` of those with a 95 % interval.

    `flagged` are records in a written pair, `false` the probability that they have no double at all. The interval is
    that of a sum of pairs whose two lines err together.
    """
    return {grouping.name: _figures(grouping, flagged, false, size) for grouping in groupings}


def chance_of_no_double(pairs: tuple[Ints, Ints], false: Floats) -> tuple[Ints, Floats]:
    """The records of pairs, ascending, and for each the share expected false of pairs like its surest."""
    records, where = np.unique(np.concatenate(pairs), return_inverse=True)
    out = np.ones(len(records))
    np.minimum.at(out, where, np.concatenate([false, false]))
    return records, out


def _figures(grouping: Grouping, flagged: Ints, false: Floats, size: int) -> list[dict[str, Any]]:
    width = len(grouping.names)
    lines = np.zeros(width, np.int64)
    for begin in range(0, size, _AT_ONCE):
        records = np.arange(begin, min(begin + _AT_ONCE, size))
        lines += np.bincount(grouping.group_of(records), minlength=width)
    groups = grouping.group_of(flagged)
    counted = np.bincount(groups, minlength=width)
    expected = np.bincount(groups, false, minlength=width)
    spread = np.bincount(groups, 2 * false * (1 - false), minlength=width)
    small = (lines < _LEAST) & (lines > 0)
    shown = [
        _figure(grouping.names[k], (lines[k], counted[k]), expected[k], spread[k])
        for k in np.flatnonzero(lines >= _LEAST)
    ]
    if small.any():
        few = (lines[small].sum(), counted[small].sum())
        shown.append(_figure(SMALL, few, expected[small].sum(), spread[small].sum()))
    return shown


def _figure(name: str, counts: tuple[int, int], expected: float, spread: float) -> dict[str, Any]:
    half = 1.96 * float(np.sqrt(spread))
    return {
        "group": name,
        "lines": int(counts[0]),
        "flagged": int(counts[1]),
        "expected_false": round(float(expected), 2),
        "expected_false_low": round(max(float(expected) - half, 0.0), 2),
        "expected_false_high": round(min(float(expected) + half, float(counts[1])), 2),
    }


def _by_province(prepared: Prepared, plan: LinkagePlan) -> Grouping | None:
    place = plan.comparison("place")
    if place is None or not place.columns.get("tiers"):
        return None
    places = prepared.places[place.name]
    if len(places.provinces) > MOST_NAMED:
        return None
    province = places.tiers[:, 0].astype(np.int64)
    return Grouping("province", (BLANK, *places.provinces), lambda records: province[places.places[records]])


def _by_sex(prepared: Prepared, plan: LinkagePlan) -> Grouping | None:
    for comparison in plan.comparisons:
        if comparison.kind == "code" and set(comparison.columns["columns"]) & _SEX_COLUMNS:
            return _by_value("sex", prepared.texts[comparison.name])
    return None


def _by_value(name: str, texts: Texts) -> Grouping | None:
    if len(texts.starts) - 1 > MOST_NAMED:
        return None
    ends = texts.starts.tolist()
    values = [bytes(texts.letters[a:b]).decode("utf-8", "replace") for a, b in pairwise(ends)]
    return Grouping(name, (BLANK, *values), lambda records: texts.codes[records].astype(np.int64) + 1)


def _by_decade(dates: Ints) -> Grouping:
    """Decades of birth: a run knows no today, so nobody has an age in it."""
    decades = dates[dates > 0] // 10_0000
    first = int(decades.min(initial=1000))
    last = min(int(decades.max(initial=first)), first + MOST_NAMED)
    names = (BLANK, *(f"{decade}0s" for decade in range(first, last + 1)))

    def group_of(records: Ints) -> Ints:
        found = dates[records].astype(np.int64)
        return np.where(found > 0, np.clip(found // 10_0000 - first, 0, last - first) + 1, 0)

    return Grouping("birth_decade", names, group_of)


def _by_birthday(dates: Ints) -> Grouping:
    """Unknown birthdays: 31 December (SIMDUK), 1 July (SIAK), the 15th of a known month; 1 January was named too."""

    def group_of(records: Ints) -> Ints:
        found = dates[records].astype(np.int64)
        day_month = found % 10_000
        kinds = [day_month == 101, day_month == 701, day_month == 1231, day_month % 100 == 15]
        return np.where(found > 0, np.select(kinds, [0, 1, 2, 3], 4), len(BIRTHDAYS))

    return Grouping("default_birthday", (*BIRTHDAYS, BLANK), group_of)
