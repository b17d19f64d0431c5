"""Hard negatives: different people who look like one. Each is marked with the kind the truth file tells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saksama.roll.sample.chance import Flags, Ints, below, happens
from saksama.roll.sample.names import names

KINDS = ("ordinary", "mononym", "balinese", "default_birthday", "serial_family", "shared_nik", "namesake", "twin")
ORDINARY, MONONYM, BALINESE, DEFAULT_BIRTHDAY, SERIAL_FAMILY, SHARED_NIK, NAMESAKE, TWIN = range(len(KINDS))
# Chances in a million, of the things each is asked of; docs/formats/sample.md gives the shares of lines they lead to.
_TWINS = 16_000  # of neighbours among the grown children of a household
_SERIAL_FAMILIES = 2_300  # of households of two and more
_SHARED_NIK = 750  # of people, who get another's number
_SHARED_BY_HOUSEHOLD = 50_000  # of those: the whole household has it
_DATED_TPS = 300  # of polling places where one date was filled in for all
_EPOCH = 0  # 1 January 1970, as seen in Tulungagung (DOMAIN 3.3)
# Words that twins are named with; all stand in the pool `kembar` of names/umum.toml.
# By the sexes of the two: both men, both women, a man and a woman.
_TWIN_NAMES = (
    (("HASAN", "HUSEIN"), ("HASAN", "HUSIN"), ("ANDI", "ANDRI"), ("RIAN", "RIO"), ("BIMA", "BISMA"),
     ("NAKULA", "SADEWA"), ("IRFAN", "IRHAM"), ("RAHMAT", "ROHMAT"), ("RAMA", "RAMDAN"), ("WAHYU", "WAHYUDI"),
     ("EKO", "DWI"), ("ARIF", "ARIP")),
    (("DINI", "DINA"), ("RINA", "RINI"), ("DEWI", "DESI"), ("YULI", "YULIA"), ("LINA", "LINI"), ("AISYAH", "AISAH"),
     ("NUR AINI", "NUR AINA"), ("SITI HALIMAH", "SITI HALIMATUN"), ("ANISA", "ANITA"), ("EKA", "DWI")),
    (("RIZKI", "RISKA"), ("INDRA", "INDRI"), ("ROMI", "ROMA"), ("FITRA", "FITRI"), ("PUTRA", "PUTRI"), ("ADI", "ADE")),
)  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """Lines given the name and birth date of another line: two different people who share them. Lines ascending."""

    lines: Ints
    identity: Ints  # index into `people`, the same for both of a pair
    people: npt.NDArray[np.void]  # who the pairs are: sex, dates, names


def is_planned(planned: Planned, lines: Ints) -> Flags:
    """Which of `lines` (ascending) are one of a planned pair."""
    at = np.minimum(np.searchsorted(planned.lines, lines), max(len(planned.lines) - 1, 0))
    return planned.lines[at] == lines if len(planned.lines) else np.zeros(len(lines), dtype=np.bool_)


def put_namesakes(planned: Planned, people: npt.NDArray[np.void]) -> None:
    """Give the planned lines the name, sex and date of their pair."""
    mine = np.flatnonzero(is_planned(planned, people["line"]))
    who = planned.people[planned.identity[np.searchsorted(planned.lines, people["line"][mine])]]
    for column in ("woman", "born", "shown_born", "tokens", "tradition", "married"):
        people[column][mine] = who[column]
    people["nik_born"][mine] = who["born"]
    people["nik_woman"][mine] = who["woman"]
    people["front_title"][mine] = people["back_title"][mine] = 0
    people["kind"][mine] = NAMESAKE


def plant(rng: np.random.Generator, people: npt.NDArray[np.void], role: Ints, position: Ints) -> None:
    """Mark mononyms and Balinese names; make twins, serial families, shared numbers and dated polling places."""
    _mark_names(people)
    _make_twins(rng, people, role, position)
    _make_serial_families(rng, people)
    _share_numbers(rng, people)
    date_polling_places(rng, people)


def _mark_names(people: npt.NDArray[np.void]) -> None:
    plain = people["kind"] == ORDINARY
    tokens = people["tokens"]
    mononym = (tokens[:, 1] == 0) & ~names().has_space[tokens[:, 0]]
    bali = names().traditions.index("bali")
    people["kind"] = np.where(plain & mononym, MONONYM, people["kind"])
    people["kind"] = np.where(plain & (people["tradition"] == bali), BALINESE, people["kind"])


def _make_twins(rng: np.random.Generator, people: npt.NDArray[np.void], role: Ints, position: Ints) -> None:
    child = 2
    together = (people["head"][:-1] == people["head"][1:]) & (position[:-1] > 0)
    pair = (role[:-1] == child) & (role[1:] == child) & together & (people["kind"][:-1] != DEFAULT_BIRTHDAY)
    pair &= happens(rng, _TWINS, len(pair))
    pair[1:] &= ~pair[:-1]  # no triplets by accident
    first = np.flatnonzero(pair)
    second = first + 1
    mixed = ~happens(rng, 650_000, len(first))
    people["woman"][second] = np.where(mixed, 1 - people["woman"][first], people["woman"][first])
    people["woman"][first] = np.where(mixed, 0, people["woman"][first])
    people["woman"][second] = np.where(mixed, 1, people["woman"][second])
    _name_twins(rng, people, first, second)
    for column in ("born", "shown_born", "birthplace", "nik_kec"):
        people[column][second] = people[column][first]
    for index in (first, second):
        people["nik_born"][index] = people["born"][first]
        people["nik_woman"][index] = people["woman"][index]
        people["kind"][index] = TWIN


def _name_twins(rng: np.random.Generator, people: npt.NDArray[np.void], first: Ints, second: Ints) -> None:
    """Names of their sex; six in ten pairs rhyme, and half share all that follows the first word."""
    fresh = np.concatenate([first, second])
    tokens, _ = names().draw(
        rng,
        people["tradition"][fresh].astype(np.int64),
        np.full(len(fresh), 2, dtype=np.int64),
        people["woman"][fresh].astype(np.int64),
    )
    one, other = tokens[: len(first)].astype(np.int32), tokens[len(first) :].astype(np.int32)
    rhyme, rest = happens(rng, 600_000, len(first)), happens(rng, 500_000, len(first))
    lots = below(rng, 1 << 20, len(first))
    other[rest, 1:] = one[rest, 1:]
    for row in np.flatnonzero(rhyme | (one == other).all(axis=1)).tolist():
        women = int(people["woman"][first[row]]) + int(people["woman"][second[row]])
        pairs = _TWIN_NAMES[(0, 2, 1)[women]]
        one[row, 0], other[row, 0] = (names().token_of[word] for word in pairs[lots[row] % len(pairs)])
    people["tokens"][first], people["tokens"][second] = one, other


def _make_serial_families(rng: np.random.Generator, people: npt.NDArray[np.void]) -> None:
    """Families registered with the head's date: numbers that differ in the last digits (Kepahiang, DOMAIN 2.6)."""
    line, head = people["line"], people["head"]
    begins = np.flatnonzero(line == head)
    chosen = begins[happens(rng, _SERIAL_FAMILIES, len(begins))]
    member = np.isin(head, line[chosen]) & (people["kind"] != TWIN)
    sizes = np.bincount(np.searchsorted(line[begins], head[member]), minlength=len(begins))
    member[member] = sizes[np.searchsorted(line[begins], head[member])] > 1
    heads = np.searchsorted(line, head[member])
    for column in ("nik_kec", "nik_born", "nik_woman"):
        people[column][member] = people[column][heads]
    people["kind"][member] = SERIAL_FAMILY


def _share_numbers(rng: np.random.Generator, people: npt.NDArray[np.void]) -> None:
    """One person's number on another's line of the same neighbourhood; now and then on a whole household's."""
    count = len(people)
    free = np.isin(people["kind"], (ORDINARY, MONONYM, BALINESE))
    taker = np.flatnonzero(happens(rng, _SHARED_NIK, count) & free)
    giver = np.minimum(taker + 1 + below(rng, 150, len(taker)), count - 1)
    whole = happens(rng, _SHARED_BY_HOUSEHOLD, len(taker))
    giver = np.where(whole, np.searchsorted(people["line"], people["head"][taker]), giver)
    # A giver that takes as well would make a chain; such pairs are left out.
    sound = free[giver] & (giver != taker) & ~np.isin(giver, taker)
    for take, give in zip(taker[sound].tolist(), giver[sound].tolist(), strict=True):
        for column in ("nik_kec", "nik_born", "nik_woman", "nik_line"):
            people[column][take] = people[column][give]
    people["kind"][taker[sound]] = people["kind"][giver[sound]] = SHARED_NIK


def date_polling_places(rng: np.random.Generator, people: npt.NDArray[np.void]) -> None:
    """Rarely a whole polling place shows one date; the numbers still carry the true ones."""
    tps, place = np.unique(people["tps"], return_inverse=True)
    dated = happens(rng, _DATED_TPS, len(tps))[place] & np.isin(
        people["kind"], (ORDINARY, MONONYM, BALINESE, DEFAULT_BIRTHDAY)
    )
    people["shown_born"][dated] = _EPOCH
    people["kind"][dated] = DEFAULT_BIRTHDAY
