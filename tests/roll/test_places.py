"""A place is the same however its code is written, and is never guessed."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.roll.places import PlaceReader, read_places
from saksama.roll.regions import Regions

REGIONS = Regions.load()
VILLAGES = [v for kecamatan in REGIONS.children("34.04") for v in REGIONS.children(kecamatan)]


@settings(deadline=None)
@given(st.sampled_from(VILLAGES), st.sampled_from(["dotted", "plain", "parts", "names", "mixed"]))
def test_every_spelling_gives_the_same_codes(village: str, spelling: str) -> None:
    codes = [village[:2], village[:5], village[:8], village]
    written = {
        "dotted": codes,
        "plain": [code.replace(".", "") for code in codes],
        "parts": [code.rpartition(".")[2] for code in codes],
        "names": [REGIONS.name_of(code).upper() for code in codes],
        "mixed": [codes[0], codes[1].replace(".", ""), REGIONS.name_of(codes[2]), codes[3]],
    }[spelling]
    assert PlaceReader({}).read(tuple(written)) == (tuple(codes), "", "")


def test_parents_come_from_the_deepest_code() -> None:
    assert PlaceReader({}).read(("", "", "", "3404072001")).codes == ("34", "34.04", "34.04.07", "34.04.07.2001")


def test_titles_stand_in_for_columns() -> None:
    reader = PlaceReader({"kd_kab": "Kabupaten Sleman", "kd_kec": "DEPOK"})
    assert reader.read(("", "", "", "Caturtunggal")).codes[3] == "34.04.07.2001"
    assert reader.read(("", "", "Gamping", "Balecatur")).codes[3] == "34.04.01.2001", "a cell goes before a title"


@pytest.mark.parametrize(
    ("texts", "codes", "fault"),
    [
        (("", "", "", ""), (None, None, None, None), ""),
        (("-", "", "", ""), (None, None, None, None), ""),
        (("ATLANTIS", "", "", ""), (None, None, None, None), "wilayah_tak_dikenal"),
        (("", "Bandung", "", ""), (None, None, None, None), "wilayah_tak_dikenal"),
        (("34", "3404", "", "34.99.01.2001"), ("34", "34.04", None, None), "wilayah_bertentangan"),
        (("99", "", "", ""), (None, None, None, None), "wilayah_tak_dikenal"),
        (("34", "04", "07", "2999"), ("34", "34.04", "34.04.07", "34.04.07.2999"), "wilayah_tak_dikenal"),
        (("1", "2", "3", "4"), (None, None, None, None), "wilayah_tak_dikenal"),
    ],
)
def test_what_is_unknown_stays_unknown(texts: tuple[str, ...], codes: tuple[str | None, ...], fault: str) -> None:
    place = PlaceReader({}).read(texts)
    assert (place.codes, place.fault) == (codes, fault)


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from(["", "34", "3404", "DEPOK", "x", "34.04.07.2001", "07"])] * 4), max_size=30)
)
def test_a_batch_reads_as_its_lines_do(lines: list[tuple[str, str, str, str]]) -> None:
    names = ("kd_prov", "kd_kab", "kd_kec", "kd_kel")
    cells = {name: pa.array([line[n] for line in lines], pa.string()) for n, name in enumerate(names)}
    batch = read_places(cells, {}, len(lines), PlaceReader({}))
    one = [PlaceReader({}).read(line) for line in lines]
    for n, name in enumerate(names):
        assert batch.columns[name].to_pylist() == [place.codes[n] for place in one]
    faulty = np.sort(np.concatenate([np.zeros(0, np.int64), *batch.faults.values()]))
    assert faulty.tolist() == [n for n, place in enumerate(one) if place.fault]


@settings(deadline=None)
@given(st.tuples(*[st.text(max_size=15)] * 4))
def test_any_text_gives_codes_that_hold_one_another_or_none(texts: tuple[str, ...]) -> None:
    codes = PlaceReader({}).read(texts).codes
    for parent, child in pairwise(codes):
        assert child is None or child.startswith(f"{parent}.")
