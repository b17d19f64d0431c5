"""The hard negatives: different people, each pair of them alike in the way its kind says."""

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from saksama.roll.sample import traps
from saksama.roll.sample.chance import Lottery, generator, pick, shuffled_shares
from saksama.roll.sample.numbering import NOBODY, serials_of
from saksama.roll.sample.people import PERSON
from saksama.roll.sample.places import country, places_for
from saksama.roll.sample.traps import KINDS
from tests.roll.test_sample import made

LINES = 100_000


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    roll, _ = made(tmp_path_factory.mktemp("traps"), lines=LINES, wilayah="34.04", seed=11)
    return roll.filter(pl.col("error") == "")


def of(people: pl.DataFrame, kind: str) -> pl.DataFrame:
    return people.filter(pl.col("kind") == kind)


def test_every_kind_has_its_share(people: pl.DataFrame) -> None:
    found = Counter(people["kind"])
    assert set(found) == set(KINDS)
    for kind, least, most in (
        ("twin", 200, 700), ("namesake", 200, 320), ("shared_nik", 70, 260), ("serial_family", 100, 500),
        ("default_birthday", 6_000, 12_000), ("balinese", 300, 1_500), ("mononym", 15_000, 30_000),
    ):  # fmt: skip
        assert least <= found[kind] <= most, kind


def test_twins_share_household_date_and_birthplace_and_not_the_name(people: pl.DataFrame) -> None:
    twins = of(people, "twin").sort("line")
    pairs = [
        (a, b) for a, b in pairwise(twins.iter_rows(named=True)) if b["line"] - a["line"] <= 2 and a["nkk"] == b["nkk"]
    ]
    assert len(pairs) >= 0.9 * twins.height / 2
    consecutive = 0
    for a, b in pairs:
        assert (a["tgl_lahir"], a["tempat_lahir"]) == (b["tgl_lahir"], b["tempat_lahir"])
        assert a["nama"] != b["nama"]
        assert a["nik"] != b["nik"]
        assert a["person"] != b["person"]
        consecutive += a["nik"][:12] == b["nik"][:12] and int(b["nik"]) - int(a["nik"]) == 1
    assert consecutive > 0.4 * len(pairs)
    assert (
        any({a["nama"].split()[0], b["nama"].split()[0]} == {"HASAN", "HUSEIN"} for a, b in pairs) or len(pairs) < 300
    )
    alike = sum(a["nama"][:1] == b["nama"][:1] or a["nama"].split()[1:] == b["nama"].split()[1:] for a, b in pairs)
    assert alike > 0.4 * len(pairs)


def test_namesakes_share_name_and_date_and_nothing_that_says_one_person(people: pl.DataFrame) -> None:
    pairs = of(people, "namesake").group_by("nama", "tgl_lahir", "jk").agg("person", "nik", "nkk", "kd_kab")
    assert pairs["person"].list.len().value_counts().filter(pl.col("person") == 2)["count"][0] > 90
    for row in pairs.iter_rows(named=True):
        assert len(set(row["person"])) == len(row["person"]) >= 1
        assert len(set(row["nik"])) == len(row["nik"])
        assert None in row["nkk"] or len(set(row["nkk"])) == len(row["nkk"])


def test_a_shared_number_is_on_people_of_other_names(people: pl.DataFrame) -> None:
    shared = of(people, "shared_nik").group_by("nik").agg("nama", "person", "tgl_lahir")
    assert shared["person"].list.len().min() >= 2
    assert sum(len(set(names)) == 1 for names in shared["nama"]) <= 1  # two SITI may meet by chance


def test_a_serial_family_differs_in_the_last_digits_only(people: pl.DataFrame) -> None:
    families = of(people, "serial_family").drop_nulls("nkk").group_by("nkk").agg("nik", "tgl_lahir", "nama")
    assert families.height > 20
    for row in families.iter_rows(named=True):
        assert len({nik[:12] for nik in row["nik"]}) == 1
        serials = sorted(int(nik[12:]) for nik in row["nik"])
        assert len(set(serials)) == len(serials) >= 2
        assert serials[-1] - serials[0] < 12
    assert sum(len(set(row)) > 1 for row in families["tgl_lahir"]) > 0.9 * families.height


def test_a_default_birthday_is_one_of_the_known_days(people: pl.DataFrame) -> None:
    plain = of(people, "default_birthday").filter(pl.col("tgl_lahir") != date(1970, 1, 1))
    days = plain.select(
        known=pl.col("tgl_lahir").dt.strftime("%d-%m").is_in(["01-07", "31-12", "01-01"])
        | (pl.col("tgl_lahir").dt.day() == 15)
    )
    assert days["known"].all()


def test_balinese_names_begin_in_their_order(people: pl.DataFrame) -> None:
    first = {"I", "NI", "IDA", "ANAK", "A.A.", "COKORDA", "IB", "NGAKAN", "SANG", "DESAK", "DEWA", "DRS."}
    first |= {"WAYAN", "MADE", "NYOMAN", "KETUT", "KADEK", "KOMANG", "PUTU", "GEDE", "NENGAH", "LUH"}
    assert {name.split()[0] for name in of(people, "balinese")["nama"]} <= first
    mononyms = of(people, "mononym")["nama"].str.replace("^(H|HJ|DRS)\\. ", "").str.replace(",.*$", "")
    assert not mononyms.str.contains(" ").any()


def test_a_few_polling_places_in_ten_thousand_have_one_date() -> None:
    crowd = np.zeros(200_000, dtype=PERSON)
    crowd["tps"] = np.arange(len(crowd)) // 10
    crowd["shown_born"] = crowd["born"] = 1 + np.arange(len(crowd)) % 9_000
    traps.date_polling_places(generator("test", 1), crowd)
    dated = crowd["shown_born"].reshape(-1, 10) == 0
    assert set(dated.sum(axis=1).tolist()) == {0, 10}
    assert 1 <= dated.all(axis=1).sum() <= 20
    assert (crowd["born"] > 0).all()  # the numbers still carry the true dates


def test_names_have_a_long_tail_and_few_chance_namesakes(people: pl.DataFrame) -> None:
    tokens = {word for name in people["nama"] for word in name.split()}
    assert len(tokens) > 15_000
    pairs = people.group_by("nama", "tgl_lahir").len()["len"]
    assert int((pairs * (pairs - 1) // 2).sum()) < 500


def test_names_follow_the_region(tmp_path: Path) -> None:
    def first_words(wilayah: str) -> Counter[str]:
        return Counter(
            word for name in made(tmp_path, lines=2_000, wilayah=wilayah)[0]["nama"] for word in name.split()
        )

    bali, batak, papua, madura = (first_words(code) for code in ("51.01", "12.02", "95.01", "35.27"))
    assert bali["NI"] + bali["I"] > 1_000
    assert bali["WAYAN"] > 100
    assert batak["SIREGAR"] > 20 > madura["SIREGAR"]
    assert papua["WENDA"] > 20 > bali["WENDA"]


def test_serials_count_up_and_never_meet() -> None:
    keys = np.asarray([5, 9, 5, NOBODY, 5, 9, 2], dtype=np.uint64)
    original = keys.copy()
    serials = serials_of(keys)
    pairs = [(int(key), int(serial)) for key, serial in zip(original, serials, strict=True) if key != NOBODY]
    assert len(set(pairs)) == len(pairs)
    assert serials[0] + 1 == serials[2] == serials[4] - 1


def test_shares_are_exact_and_picks_are_not_far_off() -> None:
    rng = generator("test", 1)
    assert Counter(shuffled_shares(rng, [50, 30, 20], 1_000).tolist()) == {0: 500, 1: 300, 2: 200}
    found = Counter(pick(rng, [90, 10], 10_000).tolist())
    assert 800 < found[1] < 1_200
    lottery = Lottery([(np.asarray([7, 8]), np.asarray([3, 1])), (np.asarray([9]), np.asarray([1]))])
    drawn = lottery.draw(rng, np.asarray([0, 1] * 4_000))
    assert set(drawn[1::2]) == {9}
    assert 0.7 < (drawn[::2] == 7).mean() < 0.8


def test_old_codes_lead_to_the_kecamatan_of_the_same_name() -> None:
    nation = country()
    replaced = [at for at in range(len(nation.kecamatan)) if nation.old_twin[at] != at]
    assert len(replaced) > 100
    names = nation.birthplaces[len(nation.kabupaten) :]
    assert all(names[at] == names[nation.old_twin[at]] for at in replaced)


def test_polling_places_fill_their_villages() -> None:
    places = places_for("34.04", 12_345)
    assert places.tps_start[-1] == places.village_start[-1] == 12_345
    assert set(places.village_start) <= set(places.tps_start)
    assert (np.diff(places.tps_start) > 0).all()
