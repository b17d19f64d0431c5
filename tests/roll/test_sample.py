"""A sample roll as a whole: its size, its bytes, its places, its numbers, and what it refuses."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from saksama.model.errors import BadInput
from saksama.model.nik import Nik
from saksama.model.roll import COLUMNS, LINE
from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll
from saksama.roll.regions import Regions
from saksama.roll.sample import SampleSummary, write_sample
from saksama.roll.sample.writing import HEADINGS

LINES = 30_000


def made(folder: Path, *, lines: int, wilayah: str, seed: int = 7) -> tuple[pl.DataFrame, SampleSummary]:
    """A roll and its truth in one table."""
    roll, truth = folder / "roll.parquet", folder / "truth.parquet"
    summary = write_sample(roll, lines=lines, seed=seed, wilayah=wilayah, truth=truth)
    return pl.read_parquet(roll).join(pl.read_parquet(truth), on=LINE, how="left"), summary


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """A roll of DI Yogyakarta."""
    return made(tmp_path_factory.mktemp("province"), lines=LINES, wilayah="34")[0]


@pytest.fixture(scope="module")
def people(province: pl.DataFrame) -> pl.DataFrame:
    """The originals of that roll."""
    return province.filter(pl.col("error") == "")


@pytest.mark.parametrize("lines", [1, 2, 99, 1_000, 4_321])
def test_it_has_exactly_the_lines_asked_for(tmp_path: Path, lines: int) -> None:
    roll, summary = made(tmp_path, lines=lines, wilayah="34.71")
    assert roll.height == summary.lines == lines
    assert roll[LINE].to_list() == list(range(lines))
    assert summary.people + summary.copies == lines
    assert summary.copies == lines // 100


def test_the_parquet_has_the_columns_of_a_checked_roll(province: pl.DataFrame) -> None:
    assert province.columns[: len(COLUMNS) + 1] == [*COLUMNS, LINE]
    assert province.schema["tgl_lahir"] == pl.Date
    assert province.schema[LINE] == pl.Int64
    assert not [c for c in COLUMNS if c != "tgl_lahir" and (province[c] == "").any()]  # a blank is null


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "a.xlsx"])
def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    both = []
    for folder in ("once", "twice"):
        (tmp_path / folder).mkdir()
        write_sample(
            tmp_path / folder / name, lines=700, seed=3, wilayah="34.04", truth=tmp_path / folder / "t.parquet"
        )
        both.append([(tmp_path / folder / file).read_bytes() for file in (name, "t.parquet")])
    assert both[0] == both[1]


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    one, _ = made(tmp_path, lines=500, wilayah="34.04", seed=1)
    other, _ = made(tmp_path, lines=500, wilayah="34.04", seed=2)
    assert not set(one["nik"].drop_nulls()) & set(other["nik"].drop_nulls())


def test_csv_gzip_xlsx_and_parquet_hold_the_same_people(tmp_path: Path) -> None:
    for name in ("a.csv", "a.csv.gz", "a.xlsx", "a.parquet"):
        write_sample(tmp_path / name, lines=900, seed=5, wilayah="34.71", truth=None)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == tuple(HEADINGS)
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    cells = [[str(cell or "") for cell in row] for sheet in sheets for row in list(sheet.values)[1:]]
    assert cells == rows[1:]
    assert {tuple(str(cell) for cell in next(sheet.values)) for sheet in sheets} == {tuple(HEADINGS)}
    roll = pl.read_parquet(tmp_path / "a.parquet")
    for place, name in enumerate(HEADINGS.values()):
        if name in roll.columns:
            column = roll[name].dt.strftime("%d-%m-%Y") if name == "tgl_lahir" else roll[name]
            assert [row[place] for row in rows[1:]] == column.fill_null("").to_list(), name


def test_a_sheet_of_the_workbook_is_a_kecamatan(tmp_path: Path) -> None:
    write_sample(tmp_path / "a.xlsx", lines=2_000, seed=5, wilayah="34.71", truth=None)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    kecamatan = Regions.load().children("34.71")
    assert len(book.sheetnames) == len(kecamatan)
    place = list(HEADINGS).index("KD_KEC")
    assert [{row[place] for row in list(sheet.values)[1:]} for sheet in book] == [{code} for code in kecamatan]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.xlsx", "a.parquet"])
def test_intake_recognises_it_and_finds_the_very_same_lines(tmp_path: Path, name: str) -> None:
    write_sample(tmp_path / name, lines=1_500, seed=9, wilayah="34.04", truth=None)
    write_sample(tmp_path / "truth.parquet", lines=1_500, seed=9, wilayah="34.04", truth=None)
    with open_roll(tmp_path / name) as file:
        batches = list(check_roll(file))
    checked = pl.concat([pl.DataFrame(pl.from_arrow(batch.checked)) for batch in batches])
    assert sum(batch.aside.num_rows for batch in batches) == 0
    whole = pl.read_parquet(tmp_path / "truth.parquet")
    for column in COLUMNS:
        assert checked[column].to_list() == whole[column].to_list(), column


def test_places_nest_and_are_real_and_come_in_order(province: pl.DataFrame) -> None:
    regions = Regions.load()
    for prov, kab, kec, kel in set(province.select("kd_prov", "kd_kab", "kd_kec", "kd_kel").iter_rows()):
        assert (prov, kab, kec) == (kel[:2], kel[:5], kel[:8])
        assert prov == "34"
        assert regions.is_current(kel)
    order = province.select(pl.struct("kd_kel", "tps"))["kd_kel"].to_list()
    assert order == sorted(order, key=lambda place: (place["kd_kel"], int(place["tps"])))
    assert province["kd_kab"].n_unique() == 5


def test_a_nation_spreads_over_its_kabupaten_by_size(tmp_path: Path) -> None:
    roll, _ = made(tmp_path, lines=20_000, wilayah="ID")
    by_province = Counter(roll["kd_prov"])
    assert len(by_province) == 38
    assert by_province["32"] > by_province["35"] > by_province["12"] > by_province["65"] > 10
    assert roll["kd_kab"].n_unique() == 514


def test_no_polling_place_has_more_than_three_hundred(province: pl.DataFrame) -> None:
    size = province.group_by("kd_kel", "tps").len()["len"]
    assert size.max() <= 300
    assert size.median() > 40


def test_a_household_is_one_to_eight_people_of_one_address(people: pl.DataFrame) -> None:
    homes = (
        people.drop_nulls("nkk")
        .group_by("nkk")
        .agg(pl.len(), pl.struct("kd_kel", "tps", "rt", "rw", "alamat").n_unique())
    )
    assert homes["len"].max() <= 8
    assert homes["kd_kel"].max() == 1
    assert 2.0 < homes["len"].mean() < 3.5
    assert people["nkk"].drop_nulls().str.contains("^[0-9]{16}$").all()
    assert 0.002 < people["nkk"].null_count() / people.height < 0.01


def test_every_number_is_sound_and_only_shared_ones_repeat(people: pl.DataFrame) -> None:
    for digits in people["nik"]:
        nik = Nik(digits)
        date(2000 if nik.birth_day == 29 else 2001, nik.birth_month, nik.birth_day)
        assert 1 <= int(nik.serial) <= 9999
    repeated = people.filter(pl.col("nik").is_duplicated())
    assert set(repeated["kind"]) == {"shared_nik"}


def test_a_number_is_from_a_kecamatan_of_any_year_and_often_of_elsewhere(people: pl.DataFrame) -> None:
    regions = Regions.load()
    codes = people.select(kec=pl.col("nik").str.replace("^(..)(..)(..).*$", "$1.$2.$3"), here="kd_kec")
    assert all(regions.known(code) for code in codes["kec"].unique())
    assert 0.09 < (codes["kec"] != codes["here"]).mean() < 0.16


def test_the_date_and_sex_in_a_number_seldom_differ(people: pl.DataFrame) -> None:
    plain = people.filter(~pl.col("kind").is_in(["serial_family", "shared_nik"]))
    niks = [Nik(digits) for digits in plain["nik"]]
    dated = [nik.agrees_with(born) for nik, born in zip(niks, plain["tgl_lahir"], strict=True)]
    assert 0.005 < dated.count(False) / len(dated) < 0.025
    sexed = [nik.is_womans == (sex == "P") for nik, sex in zip(niks, plain["jk"], strict=True)]
    assert 0 < sexed.count(False) / len(sexed) < 0.003


def test_default_birthdays_stand_out_among_the_old(people: pl.DataFrame) -> None:
    days = people.select(day=pl.col("tgl_lahir").dt.strftime("%d-%m"), old=pl.col("tgl_lahir").dt.year() < 1965)
    share = {day: (days["day"] == day).mean() for day in ("01-07", "31-12", "01-01")}
    # DPT 2018: 5.2, 2.9 and 1.3 % (DOMAIN 4.5)
    assert 0.04 < share["01-07"] < 0.065
    assert 0.022 < share["31-12"] < 0.036
    assert 0.009 < share["01-01"] < 0.019
    july = days.filter(pl.col("day") == "01-07")
    assert july["old"].mean() > 2 * days["old"].mean()


def test_voters_are_seventeen_or_older_and_both_sexes(people: pl.DataFrame) -> None:
    assert people["tgl_lahir"].max() <= date(2008, 12, 31)
    assert people["tgl_lahir"].min() > date(1910, 1, 1)
    assert 0.47 < (people["jk"] == "P").mean() < 0.53
    assert set(people["status_kawin"]) == {"B", "S", "P"}


def test_what_is_rare_but_natural_is_there(people: pl.DataFrame) -> None:
    assert set(people["disabilitas"].drop_nulls()) == set("123456")
    assert set(people["ktp_el"]) == {"S", "B"}
    assert people["keterangan"].null_count() / people.height > 0.9
    assert 0.02 < (people["rw"] == "000").mean() < 0.5
    assert people["rt"].n_unique() > 5


@pytest.mark.parametrize("lines", [0, -5])
def test_it_refuses_fewer_lines_than_one(tmp_path: Path, lines: int) -> None:
    with pytest.raises(BadInput, match="1 atau lebih"):
        write_sample(tmp_path / "a.csv", lines=lines, seed=1, wilayah="34.04")


@pytest.mark.parametrize("wilayah", ["99", "34.99", "34.04.07", "Sleman", "3404"])
def test_it_refuses_a_region_it_does_not_know(tmp_path: Path, wilayah: str) -> None:
    with pytest.raises(BadInput, match="tidak dikenal"):
        write_sample(tmp_path / "a.csv", lines=10, seed=1, wilayah=wilayah)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xls", ".csv"])
def test_it_refuses_a_suffix_it_cannot_write(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="Akhiran"):
        write_sample(tmp_path / name, lines=10, seed=1, wilayah="34.04")


def test_it_refuses_more_lines_than_a_region_could_have(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="terlalu kecil"):
        write_sample(tmp_path / "a.csv", lines=10**9, seed=1, wilayah="34.71")


def test_it_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Folder"):
        write_sample(tmp_path / "no" / "a.csv", lines=10, seed=1, wilayah="34.04")


def test_a_refusal_or_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(_done: int, _of: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "a.csv", lines=10, seed=1, wilayah="34.04", truth=tmp_path / "t.parquet", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_number_of_lines(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    write_sample(tmp_path / "a.csv", lines=250, seed=1, wilayah="34.04", progress=lambda *now: seen.append(now))
    assert seen[-1] == (250, 250)
