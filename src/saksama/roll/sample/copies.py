"""Copies: the second and later lines of a person, each with what went wrong on it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.roll.sample import variants
from saksama.roll.sample.chance import Dice, Ints
from saksama.roll.sample.columns import SCHEMA, as_table, name_of
from saksama.roll.sample.doubles import HOME, MOVED, NAME, Doubles, recipes
from saksama.roll.sample.people import People, settle
from saksama.roll.sample.places import Places

Row = dict[str, Any]
_EPOCH = date(1970, 1, 1)
_FURTHEST = 500  # lines looked at for a person on whom the planned mistake can be made
_KIND_NAMES = tuple(variants.NAME_KINDS)
_DATES_SWAPPED = np.asarray(["dob_day_month" in recipe.parts for recipe in recipes()], dtype=np.bool_)
_AT_HOME = np.asarray([recipe.place == HOME for recipe in recipes()], dtype=np.bool_)


def choose_sources(doubles: Doubles, which: Ints, people: People) -> tuple[Ints, Ints]:
    """For the copies `which` of this chunk's people: whom each copies (index into `people`), and its name kind.

    The person planned, or the next (of the same village, for a copy at home) on whose name and date the planned mistake
    can be made; where nobody near will do, the planned person, with a slip of the typist for a name.
    """
    chosen = np.searchsorted(people["line"], doubles.sources[which])
    kinds = doubles.name_kind[which].copy()
    swapped, at_home = _DATES_SWAPPED[doubles.recipe[which]], _AT_HOME[doubles.recipe[which]]
    for row in np.flatnonzero((kinds >= 0) | swapped).tolist():
        at, numbers = int(chosen[row]), doubles.numbers[which[row]]
        kind = _KIND_NAMES[kinds[row]] if kinds[row] >= 0 else None
        village_ends = int(np.searchsorted(people["village"], people["village"][at], side="right"))
        stop = min(at + _FURTHEST, village_ends if at_home[row] else len(people))
        fitting = (near for near in range(at, stop) if _fits(people[near], kind, numbers, swapped=bool(swapped[row])))
        found = next(fitting, None)
        chosen[row] = at if found is None else found
        if found is None and kind is not None:
            kinds[row] = _KIND_NAMES.index(variants.ALWAYS)
    return chosen.astype(np.int64), kinds


def _fits(person: np.void, kind: str | None, numbers: Ints, *, swapped: bool) -> bool:
    if swapped:
        born = _EPOCH + timedelta(days=int(person["shown_born"]))
        if born.day > 12 or born.day == born.month:
            return False
    return kind is None or variants.vary(kind, name_of(person), Dice(numbers), woman=bool(person["woman"])) is not None


def make_copies(
    places: Places, doubles: Doubles, which: Ints, sources: People, seed: int
) -> tuple[pa.Table, list[str]]:
    """The copies `which` as rows, made of `sources` (one a copy, with serials), and the label of each."""
    people = sources.copy()
    people["line"] = doubles.lines[which]
    people["tps"] = places.tps_of(doubles.lines[which])
    people["village"] = places.village_of(doubles.lines[which])
    place = places_of_copies(places, people, sources)
    moved = np.flatnonzero(place > 0)
    movers = people[moved]
    settle(places, movers, doubles.lines[which][moved], seed)
    movers["no_nkk"] = 0
    people[moved] = movers
    people["remark"] = 0
    rows = as_table(places, people).to_pylist()
    labels = [
        _spoil(row, doubles, int(copy), int(where), woman=bool(woman))
        for row, copy, where, woman in zip(rows, which, place, people["woman"], strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA), labels


def places_of_copies(places: Places, copies: People, sources: People) -> Ints:
    """Whether each copy stands at home, in another village or in another kabupaten than its original."""
    kab = places.village_kab
    same_village = copies["village"] == sources["village"]
    same_kab = kab[copies["village"]] == kab[sources["village"]]
    return np.where(same_village, 0, np.where(same_kab, 1, 2)).astype(np.int64)


def _spoil(row: Row, doubles: Doubles, copy: int, place: int, *, woman: bool) -> str:
    """Make the mistakes of one copy in `row`; gives its label."""
    # The name's own dice are those its source was chosen with.
    for_name, dice = Dice(doubles.numbers[copy]), Dice(doubles.numbers[copy][::-1])
    labels = [MOVED[place]] if MOVED[place] else []
    for part in recipes()[int(doubles.recipe[copy])].parts:
        if part == NAME:
            kind = _KIND_NAMES[int(doubles.name_kind[copy])]
            varied = variants.vary(kind, row["nama"], for_name, woman=woman)
            if varied is None:
                raise AssertionError("a source was chosen for its name and its name does not vary")
            row["nama"] = varied
            labels.append(kind)
        elif part == "second_name":
            row["nama"] = variants.vary(variants.ALWAYS, row["nama"], dice, woman=woman)
            labels.append(variants.ALWAYS)
        else:
            labels.append(_SPOILERS[part](row, dice))
    kept = [label for label in labels if label and not (label == "repeated" and len(labels) > 1)]
    return "+".join(dict.fromkeys(kept)) or "repeated"


def _one_digit(row: Row, dice: Dice) -> str:
    at, other = dice.below(16), 1 + dice.below(9)
    nik = row["nik"]
    row["nik"] = nik[:at] + str((int(nik[at]) + other) % 10) + nik[at + 1 :]
    return "nik_one_digit"


def _swap(row: Row, dice: Dice) -> str:
    nik = row["nik"]
    able = [at for at in range(15) if nik[at] != nik[at + 1]]
    at = able[dice.below(len(able))]
    row["nik"] = nik[:at] + nik[at + 1] + nik[at] + nik[at + 2 :]
    return "nik_swap"


def _missing(row: Row, _dice: Dice) -> str:
    row["nik"] = None
    return "nik_missing"


def _zeros(row: Row, dice: Dice) -> str:
    row["nik"] = dice.of(("0" * 16, "0" * 16, "0", row["nik"][:6] + "0" * 10))
    return "nik_zeros"


def _second_nik(_row: Row, _dice: Dice) -> str:
    return "second_nik"  # its number was drawn with everybody's, for it must be nobody else's


def _repeated(_row: Row, _dice: Dice) -> str:
    return "repeated"


def _day_month(row: Row, dice: Dice) -> str:
    born = row["tgl_lahir"]
    if born.day > 12 or born.day == born.month:
        return _date_digit(row, dice)
    row["tgl_lahir"] = date(born.year, born.day, born.month)
    return "dob_day_month"


def _date_digit(row: Row, dice: Dice) -> str:
    """One digit of the day or month, or the last of the year, typed wrong; the result is a date."""
    born: date = row["tgl_lahir"]
    written = born.strftime("%d%m%Y")
    places: Sequence[int] = (0, 1, 1, 2, 3, 3, 7)
    for _ in range(40):
        at, other = places[dice.below(len(places))], 1 + dice.below(9)
        typed = written[:at] + str((int(written[at]) + other) % 10) + written[at + 1 :]
        try:
            row["tgl_lahir"] = date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
        except ValueError:
            continue
        return "dob_digit"
    row["tgl_lahir"] = born + timedelta(days=1 if born.day % 10 != 9 and born.day < 28 else -1)
    return "dob_digit"


def _year(row: Row, dice: Dice) -> str:
    born: date = row["tgl_lahir"]
    apart = (1, -1, 2, -2, 10, -10, 1, -1, 3, 5)[dice.below(10)]
    year = min(max(born.year + apart, 1905), 2009)
    year = year if year != born.year else born.year - apart
    row["tgl_lahir"] = date(year, born.month, min(born.day, 28) if born.month == 2 else born.day)
    return "dob_year"


def _birthplace(row: Row, dice: Dice) -> str:
    place: str = row["tempat_lahir"]
    at = 1 + dice.below(max(len(place) - 2, 1))
    row["tempat_lahir"] = place[:at] + place[at + 1 :] if dice.below(2) else f"KAB. {place}"
    return "birthplace"


_SPOILERS = {
    "nik_one_digit": _one_digit,
    "nik_swap": _swap,
    "nik_missing": _missing,
    "nik_zeros": _zeros,
    "second_nik": _second_nik,
    "repeated": _repeated,
    "dob_day_month": _day_month,
    "dob_digit": _date_digit,
    "dob_year": _year,
    "birthplace": _birthplace,
}
