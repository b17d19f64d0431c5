"""Chance is counted: decoys say how many pairs of one name and date there are among people who are surely two."""

import random
import re
from datetime import date, timedelta
from importlib import resources
from typing import Any

import numpy as np
import pytest

from saksama.linkage import decoy_join, decoys, frequencies, strangers
from saksama.linkage.comparison import Comparer, measure_local, measure_surprise
from saksama.linkage.decoy_join import count_decoys
from saksama.linkage.kernels import fields
from saksama.linkage.plan import LinkagePlan, parse_plan, roll_id_plan
from saksama.linkage.prepared import prepare
from saksama.linkage.run import link
from saksama.linkage.scoring import Scores, excess_of_strangers, false_share, q_values
from saksama.linkage.strangers import measure_strangers
from saksama.linkage.training import train
from tests.linkage.rolls import NO_NUMBERS, as_table, moved, person
from tests.linkage.rolls import strangers as people_of_sleman

PLAN = roll_id_plan()
NAMES = [
    f"{one} {two}" for one in ("SITI", "DEWI", "RINI", "YUNI", "TUTI") for two in ("AMINAH", "LESTARI", "PURWANTI")
]


def crowd(size: int, districts: int = 17, years: int = 20, seed: int = 3) -> list[dict[str, Any]]:
    """Women of fifteen names, on dates drawn evenly, NIK given out where they live: all meetings are by chance."""
    chance, rows, given = random.Random(seed), [], dict[str, int]()  # noqa: S311  # people of straw
    for number in range(size):
        born = date(1970, 1, 1) + timedelta(days=chance.randrange(365 * years))
        regency, district = divmod(chance.randrange(districts), 17)
        place = f"{34 + regency // 9}.{regency % 9 + 1:02d}.{district + 1:02d}"
        start = f"{place.replace('.', '')}{born.day + 40}{born:%m%y}"
        given[start] = given.get(start, 0) + 1
        rows.append(
            person(
                nama=chance.choice(NAMES), tgl_lahir=born, nik=f"{start}{given[start]:04d}", nkk=f"340401{number:010d}",
                kd_prov=place[:2], kd_kab=place[:5], kd_kec=place, kd_kel=f"{place}.{2001 + number % 9}", rt=None,
            )
        )  # fmt: skip
    return rows


def namesakes(rows: list[dict[str, Any]]) -> int:
    """Pairs of one name and date of birth."""
    sizes: dict[tuple[str, date], int] = {}
    for row in rows:
        sizes[row["nama"], row["tgl_lahir"]] = sizes.get((row["nama"], row["tgl_lahir"]), 0) + 1
    return sum(count * (count - 1) // 2 for count in sizes.values())


def comparer_of(rows: list[dict[str, Any]], plan: LinkagePlan = PLAN) -> Comparer:
    prepared = prepare(as_table(rows), plan, None)
    surprise, counts = measure_surprise(prepared)
    surprise, _corrections = decoys.set_names_right(prepared, surprise, counts)
    comparer = Comparer(plan, prepared, surprise)
    return Comparer(plan, prepared, surprise, measure_strangers(comparer))


def counted(rows: list[dict[str, Any]]) -> np.ndarray:
    comparer = comparer_of(rows)
    taught = comparer.compare(np.array([(k << 32) + k + 1 for k in range(100)], np.uint64))
    return count_decoys(comparer, train(taught, PLAN, 1e6, len(rows)))


@pytest.mark.parametrize(("names", "pairs"), [(4_000_000, 500_000), (4_000_000, 40_000), (8_000, 500_000)])
def test_decoys_are_as_many_as_the_pairs_that_chance_makes(
    monkeypatch: pytest.MonkeyPatch, names: int, pairs: int
) -> None:
    """Also where some names or some pairs are looked at and stand for all."""
    monkeypatch.setattr(decoys, "_MOST_NAMES", names)
    monkeypatch.setattr(decoy_join, "_MOST_PAIRS", pairs)
    rows = crowd(40_000)
    assert counted(rows)[0].sum() == pytest.approx(namesakes(rows), rel=0.1 if names > len(rows) else 0.5)


def test_on_common_dates_decoys_are_namesakes_of_other_years() -> None:
    """Of a roll in which every third woman is of 1 July, and those bear three of the names alone."""
    chance, rows = random.Random(8), crowd(30_000, years=40)  # noqa: S311  # people of straw
    for number, row in enumerate(rows[::3]):
        row["tgl_lahir"] = row["tgl_lahir"].replace(month=7, day=1)
        row["nik"] = row["nik"][:6] + f"4107{row['tgl_lahir']:%y}{number % 9999 + 1:04d}"
        row["nama"] = chance.choice(NAMES[:3])
    ordinary, common = counted(rows).sum(axis=1)
    first_of_july = [row for row in rows if (row["tgl_lahir"].month, row["tgl_lahir"].day) == (7, 1)]
    assert common == pytest.approx(namesakes(first_of_july), rel=0.1)
    assert ordinary == pytest.approx(namesakes(rows) - namesakes(first_of_july), rel=0.1)
    prepared = prepare(as_table(rows), PLAN, None)
    corrections = decoys.set_names_right(prepared, *measure_surprise(prepared))[1]
    among_all = (1 / 3 + 2 / 15) / 3  # the share of each of the three names, which is a third among those of 1 July
    assert corrections[1][2] == pytest.approx(np.log2(1 / 3 / among_all), rel=0.15)
    assert corrections[0][2] < 0


def test_doubles_with_a_slip_in_the_date_are_no_decoys() -> None:
    rows = crowd(20_000)
    slipped = [moved(row, tgl_lahir=row["tgl_lahir"].replace(day=11)) for row in rows if row["tgl_lahir"].day == 17]
    assert len(slipped) > 500
    assert counted([*rows, *slipped])[:, 60:].sum() < 10


def test_model_and_decoys_say_the_same_of_strangers() -> None:
    """Of a roll without a double, what the model expects by chance and what was counted, over the bits."""
    found = link(as_table(crowd(40_000)), PLAN).summary["histogram"]
    high = [row for row in found if row["bits"] >= 5]
    expected, chance = (sum(row[name] for row in high) for name in ("strangers_alike", "decoys"))
    assert chance > 20
    assert expected == pytest.approx(chance, rel=0.5)


def test_a_list_without_person_numbers_has_no_decoys() -> None:
    rows = [{**row, "alamat": f"JALAN {k}"} for k, row in enumerate(people_of_sleman(500))]
    assert all("decoys" not in row for row in link(as_table(rows), NO_NUMBERS).summary["histogram"])


@pytest.mark.parametrize("missing", ["born", "tempat_lahir"])
def test_decoys_and_local_words_are_those_of_any_plan(missing: str) -> None:
    """A plan whose NIK have no dates of birth beside them, and one without birthplaces."""
    text = resources.files("saksama.linkage").joinpath("roll-id.toml").read_text()
    if missing == "born":
        text = text.replace('born = "tgl_lahir"\n', "")
    else:
        text = re.sub(r'\[\[comparison\]\]\nname = "tempat_lahir"\n(.+\n)+', "", text)
        text = re.sub(r'"tempat_lahir:[a-z0-9]+",? ?', "", text)
    plan = parse_plan(text, where="plan.toml")
    rows = crowd(20_000, districts=17 * 20)
    comparer = comparer_of(rows, plan)
    taught = comparer.compare(np.array([(k << 32) + k + 1 for k in range(100)], np.uint64))
    decoys_found = count_decoys(comparer, train(taught, plan, 1e6, len(rows)))
    assert decoys_found[0].sum() == pytest.approx(namesakes(rows), rel=0.1)
    pairs = comparer.in_rows(np.arange(2))
    decoy_join._born_on_one_day(pairs.prepared)
    born = next(iter(pairs.prepared.numbers.values())).born
    assert (born == 0).all() == (missing == "born")
    measured = measure_local(plan, comparer.prepared, *measure_surprise(comparer.prepared))
    assert [local.kind for local in measured.local][-1] == "place"
    assert measured.near_words["nama"].max() > 0
    assert link(as_table([*rows[:2000], moved(rows[0])]), plan).pairs.num_rows >= 1


def test_a_roll_too_large_to_look_at_every_name_has_its_names_set_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are drawn by their hashes, which all end in one: an even share of them must not be none."""
    rows = [row for row in crowd(6_000) for row in (row, {**row, "nik": None, "nama": row["nama"] + " JUWITA"})]
    whole = decoys.set_names_right(prepared := prepare(as_table(rows), PLAN, None), *measure_surprise(prepared))[1]
    assert np.abs(whole).max() > 0
    for share in (2, 4, 3):
        monkeypatch.setattr(decoys, "_MOST_NAMES", len(rows) // share)
        monkeypatch.setattr(frequencies, "_MOST_RARE", len(rows) // share)
        corrections = decoys.set_names_right(prepared, *measure_surprise(prepared))[1]
        assert np.abs(corrections).max() > 0


@pytest.mark.parametrize("districts", [17, 17 * 40])
def test_what_neighbours_share_is_known_however_few_pairs_are_neighbours(
    monkeypatch: pytest.MonkeyPatch, districts: int
) -> None:
    """Of one district and date two NIK share their beginning, in a roll of one regency and of forty alike."""
    monkeypatch.setattr(strangers, "_SAMPLE", 20_000)
    monkeypatch.setattr(strangers, "_NEAR", 20_000)
    measured = 2.0 ** comparer_of(crowd(30_000, districts, years=1)).strangers
    number = [c.kind for c in PLAN.comparisons].index("person_number")
    alike_dates_near = 2 + 6 + 24  # names unlike, dates alike, of one district and birthplace
    levels = measured[alike_dates_near, number]
    shared = levels[[fields.SERIAL_SLIP, fields.SERIAL_NEXT, fields.SERIAL_OTHER]].sum()
    assert shared > 0.5


def test_a_word_at_home_in_one_province_is_less_rare_among_its_people() -> None:
    """A sixteenth of the people are of Bali, and half of them are called WAYAN; SITI is called so anywhere."""
    rows = []
    for number, row in enumerate(people_of_sleman(4_000)):
        bali = number % 16 == 0
        word = "WAYAN" if bali and number % 32 == 0 else ("SITI" if number % 5 == 0 else "HAPPY")
        there = {"kd_prov": "51", "kd_kab": "51.07", "kd_kec": "51.07.01", "kd_kel": "51.07.01.2001"} if bali else {}
        rows.append({**row, "nama": f"{word} {row['nama'].split()[-1]}", **there})
    prepared = prepare(as_table(rows), PLAN, None)
    measured = measure_local(PLAN, prepared, *measure_surprise(prepared))
    names, less = prepared.names["nama"], measured.near_words["nama"]
    known = {
        bytes(names.letters[a:b]).decode(): float(bits)
        for a, b, bits in zip(names.starts[:-1], names.starts[1:], less, strict=False)
    }
    assert known["WAIAN"] == pytest.approx(4.0, abs=0.2)
    assert known["SITI"] == pytest.approx(0.0, abs=0.2)


def test_where_more_strangers_are_counted_than_expected_more_pairs_are_expected_false() -> None:
    expected, counts = np.zeros((2, 202)), np.zeros((2, 202))
    expected[:, 20:30] = 10.0
    counts[0, 20:30] = 30.0
    excess = excess_of_strangers(counts, expected)
    assert excess[0, 25] == pytest.approx(3.0, rel=0.1)
    assert excess[0, 100] == pytest.approx(1.0)
    assert (excess[1] == 1.0).all()
    assert excess_of_strangers(expected, counts)[0, 25] == 1.0
    alike = np.array([0.9, 0.9, 0.9])
    scores = Scores(np.array([24.5, 24.5, 99.5]), alike, alike.astype(np.float32)[:, None])
    doubted, of_common_date, far_above = false_share(scores, excess, np.array([0, 1, 0], np.uint8)).tolist()
    assert doubted == pytest.approx(3 * far_above, rel=0.1)
    assert of_common_date == far_above


def test_q_is_the_mean_of_what_is_expected_false_among_pairs_as_probable() -> None:
    q = q_values(np.array([0.5, 0.9, 0.99]), np.array([0.6, 0.2, 0.01]))
    assert q.tolist() == pytest.approx([0.27, 0.105, 0.01])
