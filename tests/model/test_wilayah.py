"""A region is a code in a tree; a text that is no code is refused without being quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.errors import BadInput
from saksama.model.wilayah import LEVELS, MalformedWilayah, Wilayah

two = st.integers(0, 99).map("{:02d}".format)
codes = st.builds(
    lambda prov, kab, kec, desa, depth: ".".join([prov, kab, kec, f"{desa:04d}"][:depth]),
    two,
    two,
    two,
    st.integers(0, 9999),
    st.integers(1, 4),
)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("34", "provinsi"),
        ("34.04", "kabupaten/kota"),
        ("34.04.07", "kecamatan"),
        ("34.04.07.2001", "desa/kelurahan"),
    ],
)
def test_its_level_is_how_deep_it_lies(code: str, level: str) -> None:
    assert Wilayah(code).level == level
    assert level in LEVELS
    assert str(Wilayah(code)) == code


@given(code=codes)
def test_a_region_contains_itself_and_all_below_it(code: str) -> None:
    parts = code.split(".")
    for depth in range(1, len(parts) + 1):
        above = Wilayah(".".join(parts[:depth]))
        assert above.contains(Wilayah(code))
        assert Wilayah(code).contains(above) == (depth == len(parts))


@given(one=codes, other=codes)
def test_two_regions_contain_each_other_only_if_they_are_one(one: str, other: str) -> None:
    both = Wilayah(one).contains(Wilayah(other)) and Wilayah(other).contains(Wilayah(one))
    assert both == (one == other)


def test_a_neighbour_with_a_code_that_begins_alike_is_outside() -> None:
    assert not Wilayah("34.04").contains(Wilayah("34.02"))
    assert not Wilayah("34.04.07.2001").contains(Wilayah("34.04.07.2002"))


@pytest.mark.parametrize(
    "text",
    [
        "", "3", "3404", "34.", "34.4", "34.04.", "34.04.7", "34.04.07.1", "34.04.07.20011", "34.04.07.2001.01",
        " 34.04", "34.04\n", "34,04", "٣٤.٠٤", "DI Yogyakarta", "3404077112850001", "SARI WIDURI",
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_code_and_does_not_quote_it(text: str) -> None:
    with pytest.raises(MalformedWilayah) as refusal:
        Wilayah(text)
    assert isinstance(refusal.value, BadInput)
    assert "34.04.07.2001" in str(refusal.value)  # the form asked for, as an example
    assert len(text) < 5 or text not in str(refusal.value).replace("34.04.07.2001", "").replace("34.04", "")


def test_regions_stand_in_the_order_of_their_codes() -> None:
    assert sorted([Wilayah("34.04"), Wilayah("34"), Wilayah("11.01")]) == [
        Wilayah("11.01"),
        Wilayah("34"),
        Wilayah("34.04"),
    ]
