"""People as arrays of whole numbers: households, ages, names, birthplaces, NIK regions. Text is made only at writing.

A chunk's people are a function of (roll, chunk): they can be made again instead of being kept.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saksama.roll.sample import traps
from saksama.roll.sample.chance import MILLION, Flags, Ints, below, generator, happens, pick
from saksama.roll.sample.names import SLOTS, names, spread_traditions
from saksama.roll.sample.places import Places

People = npt.NDArray[np.void]  # of PERSON
PERSON = np.dtype(
    [
        ("line", "i8"), ("village", "i4"), ("tps", "i4"),
        ("head", "i8"),  # line of the household's first: what its NKK number and address are drawn from
        ("woman", "i1"), ("born", "i4"), ("shown_born", "i4"),  # days since 1970; shown is what the roll says
        ("tokens", "i4", (SLOTS,)), ("front_title", "i1"), ("back_title", "i1"), ("tradition", "i1"),
        ("birthplace", "i4"), ("married", "i1"),
        ("nik_kec", "i2"), ("nik_born", "i4"), ("nik_woman", "i1"), ("nik_line", "i8"), ("serial", "i4"),
        ("nkk_kec", "i2"), ("nkk_day", "i4"), ("nkk_serial", "i4"), ("no_nkk", "i1"),
        ("rt", "i2"), ("rw", "i2"), ("street", "i4"), ("house", "i2"),
        ("disability", "i1"), ("ktp", "i1"), ("remark", "i1"), ("kind", "i1"),
    ]
)  # fmt: skip
ON = int(np.datetime64("2025-12-08").astype("datetime64[D]").astype(np.int64))  # pleno of triwulan IV 2025
_SIZES = (22, 33, 22, 13, 6, 25 // 10, 1, 1)  # of 100 households, by voters
HEAD, SPOUSE, CHILD, PARENT, OTHER = range(5)
_YEAR = 365
# Share of unknown birth dates in a million, by year of birth: 9.3 % of all voters stood on 1 July, 31 December or
# 1 January in the DPT of 2018 (DOMAIN 4.5), nearly all of them old.
_UNKNOWN_DATE = ((1946, 550_000), (1965, 300_000), (1980, 95_000), (1997, 25_000), (9999, 6_000))
_DEFAULT_DAYS = ((7, 1), (12, 31), (1, 1), (0, 15))  # month 0: any month, known month and unknown day
_DEFAULT_SHARES = (51, 28, 13, 8)
_NKK_DAYS = 6997  # a prime, so that a stride through it meets every day before it repeats
_NKK_FIRST = int(np.datetime64("2006-09-01").astype("datetime64[D]").astype(np.int64))


@dataclass(frozen=True)
class Homes:
    """The households of a chunk: for each person the index of the household's head, the role and the place in it."""

    head: Ints
    position: Ints
    size: Ints
    role: Ints


def make_people(places: Places, lines: Ints, seed: int, chunk: int, planned: "traps.Planned") -> People:
    """The people of these lines (ascending, all of one chunk, no copies among them)."""
    rng = generator("people", seed, chunk)
    people = np.zeros(len(lines), dtype=PERSON)
    people["line"] = people["nik_line"] = lines
    people["village"] = places.village_of(lines)
    people["tps"] = places.tps_of(lines)
    alone = traps.is_planned(planned, lines)
    homes = _households(rng, people["tps"].astype(np.int64), alone)
    people["head"] = lines[homes.head]
    _give_sex_and_age(rng, people, homes)
    _give_names(rng, places, people, homes)
    _give_dates(rng, people)
    _give_origin(rng, places, people, homes)
    _give_home(places, people, seed)
    _give_rest(rng, people)
    traps.plant(generator("traps", seed, chunk), people, homes.role, homes.position)
    traps.put_namesakes(planned, people)
    return people


def _households(rng: np.random.Generator, tps: Ints, alone: Flags) -> Homes:
    count = len(tps)
    sizes = pick(rng, _SIZES, count) + 1
    starts = np.zeros(count, dtype=np.bool_)
    begins = np.cumsum(sizes) - sizes
    starts[begins[begins < count]] = True
    starts |= np.diff(tps, prepend=-1) != 0
    starts |= alone
    starts[1:] |= alone[:-1]
    number = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    size = np.diff(np.append(first, count))[number]
    head = first[number]
    position = np.arange(count, dtype=np.int64) - head
    later = pick(rng, (78, 12, 10), count) + CHILD
    second = np.where(happens(rng, 880_000, count), SPOUSE, later)
    role = np.where(position == 0, HEAD, np.where(position == 1, second, later))
    return Homes(head, position, size, role.astype(np.int64))


def _give_sex_and_age(rng: np.random.Generator, people: People, homes: Homes) -> None:
    count, head = len(people), homes.head
    woman = happens(rng, 500_000, count)
    woman = np.where(homes.position == 0, happens(rng, np.where(homes.size == 1, 520_000, 100_000), count), woman)
    woman = np.where(homes.role == SPOUSE, ~woman[head], woman)
    alone = 18 + below(rng, 42, count) + below(rng, 30, count) * happens(rng, 600_000, count)
    couple = 21 + below(rng, 30, count) + below(rng, 26, count)
    family = 38 + below(rng, 17, count) + below(rng, 17, count)
    age = np.where(homes.size == 1, alone, np.where(homes.size == 2, couple, family))
    age = age + (happens(rng, 20_000, count) & (age > 60)) * below(rng, 25, count)
    age = age[head]
    mother = age - 19 - below(rng, 9, count)[head] - below(rng, 7, count)[head]
    spouse = np.maximum(17, age + (below(rng, 6, count) + below(rng, 6, count) - 2) * np.where(woman, -1, 1))
    child = mother - (homes.position - 2) * (2 + below(rng, 4, count))
    child = np.where(child < 17, 17 + below(rng, 12, count), child)
    parent = np.minimum(age + 18 + below(rng, 14, count), 104)
    other = 17 + below(rng, 50, count)
    age = np.choose(homes.role, [age, spouse, child, parent, other])
    people["woman"] = woman
    people["born"] = ON - age * _YEAR - age // 4 - 1 - below(rng, _YEAR, count)
    widowed = happens(rng, np.where(age > 60, 300_000, 50_000), count)
    young = happens(rng, np.clip((42 - age) * 50_000, 70_000, 960_000), count)
    paired = (homes.role == SPOUSE) | ((homes.role == HEAD) & np.append(homes.role[1:] == SPOUSE, [False]))
    single = np.where(widowed & (age > 35), 2, np.where(young, 0, 1))
    people["married"] = np.where(paired, 1, np.where(homes.role == PARENT, np.where(widowed, 2, 1), single))


def year_month_day(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Calendar parts of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month_number = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return month_number // 12 + 1970, month_number % 12 + 1, day


def days_of(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970 of dates that exist."""
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + day - 1, dtype=np.int64)


def _give_names(rng: np.random.Generator, places: Places, people: People, homes: Homes) -> None:
    own = spread_traditions(rng, places.village_kab[people["village"]], places.country.kabupaten)
    people["tradition"] = np.where((homes.role == SPOUSE) & happens(rng, 150_000, len(people)), own, own[homes.head])
    tokens, clan = draw_names(rng, people)
    clan_token = np.where(clan >= 0, tokens[np.arange(len(tokens)), clan], 0)
    heads = clan_token[homes.head]
    takes = np.flatnonzero((homes.role == CHILD) & (clan >= 0) & (heads > 0) & (people["woman"][homes.head] == 0))
    tokens[takes, clan[takes]] = heads[takes]
    people["tokens"] = tokens
    year, _, _ = year_month_day(people["born"].astype(np.int64))
    haji = happens(rng, np.where(year < 1975, 45_000, 4_000), len(people)) & ~np.isin(
        people["tradition"], _not_muslim()
    )
    people["front_title"] = np.where(haji, 1, np.where(happens(rng, 4_000, len(people)) & (year < 1998), 2, 0))
    people["back_title"] = np.where(
        happens(rng, 12_000, len(people)) & (year < 2002), 1 + below(rng, 8, len(people)), 0
    )


def draw_names(rng: np.random.Generator, people: People) -> tuple[Ints, Ints]:
    """Fresh names for these people, by tradition, cohort and sex."""
    year, _, _ = year_month_day(people["born"].astype(np.int64))
    cohort = (year >= 1966).astype(np.int64) + (year >= 1990)
    return names().draw(rng, people["tradition"].astype(np.int64), cohort, people["woman"].astype(np.int64))


def _not_muslim() -> list[int]:
    return [
        at
        for at, name in enumerate(names().traditions)
        if name in ("bali", "ntt", "papua", "minahasa", "tionghoa", "nias")
    ]


def _give_dates(rng: np.random.Generator, people: People) -> None:
    """Default days where the date was never known, and the year rounded with it; the NIK carries the same date."""
    born = people["born"].astype(np.int64)
    year, month, _ = year_month_day(born)
    limit = np.full(len(people), _UNKNOWN_DATE[-1][1], dtype=np.int64)
    for before, share in reversed(_UNKNOWN_DATE):
        limit = np.where(year < before, share, limit)
    unknown = happens(rng, limit, len(people))
    which = pick(rng, _DEFAULT_SHARES, len(people))
    days = np.asarray(_DEFAULT_DAYS, dtype=np.int64)
    rounds = happens(rng, 200_000, len(people)) & (which < 3) & (year < 1990)
    rounded: Ints = np.where(rounds, year - year % 5, year)
    default = days_of(rounded, np.where(days[which, 0] > 0, days[which, 0], month), days[which, 1])
    # Nobody grows younger than seventeen by it.
    default = np.where(default > ON - 17 * _YEAR - 5, born, default)
    people["born"] = people["shown_born"] = np.where(unknown, default, born)
    people["kind"] = np.where(unknown & (default != born), traps.DEFAULT_BIRTHDAY, traps.ORDINARY)
    # The number was drawn up with another date than the one now in the roll: a slip, or a correction since.
    slip = happens(rng, 10_000, len(people))
    people["nik_born"] = np.where(slip, _slipped(rng, people["born"].astype(np.int64)), people["born"])
    people["nik_woman"] = people["woman"] ^ happens(rng, 500, len(people))


def _slipped(rng: np.random.Generator, born: Ints) -> Ints:
    year, month, day = year_month_day(born)
    other_year: Ints = np.clip(
        year + np.where(happens(rng, 500_000, len(born)), 1, -1) * (1 + below(rng, 4, len(born))), 1905, 2008
    )
    swapped = np.where(day <= 12, days_of(year, np.minimum(day, 12), month), born - 1 - below(rng, 20, len(born)))
    by_year = days_of(other_year, month, np.minimum(day, 28))
    return np.where(happens(rng, 400_000, len(born)), by_year, np.where(swapped != born, swapped, born - 1))


def _give_origin(rng: np.random.Generator, places: Places, people: People, homes: Homes) -> None:
    """NIK region and birthplace: 12 % were first registered elsewhere; some numbers carry a code since replaced."""
    country, count = places.country, len(people)
    here_kec = places.village_kec[people["village"]]
    here_kab = places.village_kab[people["village"]]
    moved = pick(rng, (880_000, 48_000, 36_000, 36_000), count)  # no; another kecamatan, kabupaten, province
    grown = (homes.role == CHILD) & happens(rng, 500_000, count)
    moved = np.where(grown, moved[homes.head], moved)
    kab_province = np.asarray([int(code[:2]) for code in country.kabupaten], dtype=np.int64)
    first = np.searchsorted(kab_province, kab_province[here_kab], side="left")
    last = np.searchsorted(kab_province, kab_province[here_kab], side="right")
    nation = np.cumsum(country.kab_weights)
    near = first + below(rng, last - first, count)
    far = np.searchsorted(nation, below(rng, int(nation[-1]), count), side="right")
    kab = np.choose(moved, [here_kab, here_kab, near, far])
    span = country.kab_first[kab + 1] - country.kab_first[kab]
    kec = country.kecamatan_current[country.kab_first[kab] + below(rng, span, count)]
    kec = np.where(moved == 0, here_kec, kec)
    year, _, _ = year_month_day(people["born"].astype(np.int64))
    people["nik_kec"] = np.where((year < 2000) & happens(rng, 600_000, count), country.old_twin[kec], kec)
    as_kecamatan = happens(rng, np.where(year < 1980, 160_000, 60_000), count)
    people["birthplace"] = np.where(as_kecamatan, len(country.kabupaten) + kec, kab)


def _give_home(places: Places, people: People, seed: int) -> None:
    """NKK, RT, RW and address of the household, from the line of its head alone."""
    heads = people["head"].astype(np.int64)
    settle(places, people, heads, seed)


def settle(places: Places, people: People, heads: Ints, seed: int) -> None:
    """Give the people the card and address that a household beginning at line `heads` has; used for movers too."""
    lot = _mixed(heads, seed)
    village = people["village"].astype(np.int64)
    kec = places.village_kec[village]
    people["nkk_kec"] = kec
    # Unique in the kecamatan: a stride over the days, the serial counting the rounds.
    ordinal = heads - places.village_start[np.searchsorted(places.village_kec, kec, side="left")]
    people["nkk_day"] = _NKK_FIRST + ordinal * 2749 % _NKK_DAYS
    people["nkk_serial"] = 1 + ordinal // _NKK_DAYS + (kec % 7)
    people["no_nkk"] = lot % 1000 < 4
    tps_first = places.tps_start[people["tps"]]
    block = (heads - tps_first) // 75
    rt = (places.tps_number[people["tps"]] - 1) * 4 + block
    unnumbered = _mixed(village, 7) % 100 < 9  # whole villages without RT and RW: never a fault (DOMAIN 10 no. 7)
    people["rt"] = np.where(unnumbered, 0, rt % 12 + 1)
    people["rw"] = np.where(unnumbered | (_mixed(village, 8) % 100 < 12), 0, rt // 12 % 40 + 1)
    people["street"] = _mixed(village * 8 + _mixed(lot, 3) % 6, 11) % MILLION
    people["house"] = np.where(lot // 1000 % 100 < 35, 1 + lot // 100_000 % 180, 0)


def _mixed(values: Ints, salt: int) -> Ints:
    """A fixed scrambling of whole numbers (splitmix64), positive."""
    with np.errstate(over="ignore"):
        mixed = values.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed >> np.uint64(20), dtype=np.int64)


def _give_rest(rng: np.random.Generator, people: People) -> None:
    count = len(people)
    people["disability"] = np.where(happens(rng, 6_000, count), 1 + pick(rng, (45, 9, 14, 10, 11, 11), count), 0)
    year, _, _ = year_month_day(people["born"].astype(np.int64))
    people["ktp"] = happens(rng, np.where(year >= 2007, 450_000, 6_000), count)
    people["remark"] = pick(rng, (970, 14, 12, 4), count)
    people["no_nkk"] |= happens(rng, 500, count)
