"""The region table: what it holds, and how a place is found by its name."""

import time

import pytest

from saksama.model.errors import BadInput
from saksama.roll import regions as regions_module
from saksama.roll.regions import TABLE, Regions, plain_name


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def test_it_holds_every_code_of_2016_to_2025(regions: Regions) -> None:
    assert len(regions) == 99_133
    assert len(regions.children()) == 38
    assert sum(len(regions.children(p)) for p in regions.children()) == 514
    assert TABLE.stat().st_size < 1_500_000


def test_it_loads_fast() -> None:
    began = time.perf_counter()
    regions_module._load.__wrapped__()  # past the cache; the bound is generous for a busy machine, 0.3 s is usual
    assert time.perf_counter() - began < 2


def test_it_knows_an_old_code_and_says_that_it_is_old(regions: Regions) -> None:
    old = next(
        c
        for c in regions.children("34.04.07", old=True) + regions.children("91", old=True)
        if not regions.is_current(c)
    )
    assert regions.known(old)
    assert regions.years_of(old)[1] < 2025


def test_it_names_a_code_and_lists_its_children(regions: Regions) -> None:
    assert regions.name_of("34.04") == "Kabupaten Sleman"
    assert len(regions.children("34.04")) == 17
    assert all(c.startswith("34.04.07.") and regions.is_current(c) for c in regions.children("34.04.07"))


def test_it_refuses_to_name_a_code_no_table_holds(regions: Regions) -> None:
    with pytest.raises(BadInput, match="10"):
        regions.name_of("10")
    with pytest.raises(BadInput):
        regions.children("34.99")


@pytest.mark.parametrize("written", ["SLEMAN", "Kab. Sleman", "KABUPATEN  SLEMAN", "s l e m a n"])
def test_it_finds_a_kabupaten_however_it_is_spaced(regions: Regions, written: str) -> None:
    assert regions.kabupaten_named(written) == "34.04"


def test_it_does_not_choose_between_kabupaten_and_kota_of_one_name(regions: Regions) -> None:
    assert regions.kabupaten_named("Bandung") is None
    assert regions.kabupaten_named("Kab. Bandung") == "32.04"
    assert regions.kabupaten_named("KOTA BANDUNG") == "32.73"
    assert regions.kabupaten_named("Yogyakarta") == "34.71"


def test_it_finds_a_village_inside_its_kecamatan_and_kabupaten(regions: Regions) -> None:
    assert regions.kecamatan_named("34.04", "D E P O K") == "34.04.07"
    assert regions.village_named("34.04.07", "CATUR TUNGGAL") == "34.04.07.2001"
    assert regions.village_named("34.04", "Desa Caturtunggal") == "34.04.07.2001"
    assert regions.village_anywhere("Kec. Depok", "Caturtunggal") == "34.04.07.2001"
    assert regions.village_named("99.99", "Sidorejo") is None


def test_every_village_is_found_by_its_own_name_or_shares_it(regions: Regions) -> None:
    for kecamatan in regions.children("34.04"):
        for village in regions.children(kecamatan):
            found = regions.village_named(kecamatan, regions.name_of(village).upper())
            assert found == village


def test_it_keeps_a_name_that_is_only_a_kind() -> None:
    assert plain_name("Desa") == "DESA"
    assert plain_name("KOTA") == "KOTA"
    assert plain_name("Kota Baru") == "KOTABARU"
