import json
from dataclasses import replace
from types import MappingProxyType

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.roll import RollId
from saksama.outcome.totals import Count, RollTotals, TotalsCounter, TotalsDisagree, tally_bytes
from tests.outcome.conftest import ROLL, voters

PLACES = st.sampled_from([("A", "A1"), ("A", "A2"), ("B", "B1"), (None, None), ("B", None), (None, "A1")])
PEOPLE = st.lists(st.tuples(PLACES, st.sampled_from(["L", "P", None, "?"]), st.booleans()), max_size=40)


def table_of(people: list) -> pa.Table:  # type: ignore[type-arg]
    return pa.table(
        {
            "kd_kec": pa.array([place[0] for place, _, _ in people], pa.string()),
            "kd_kel": pa.array([place[1] for place, _, _ in people], pa.string()),
            "jk": pa.array([sex for _, sex, _ in people], pa.string()),
        }
    )


@given(PEOPLE)
def test_it_agrees_with_counting_one_by_one(people: list) -> None:  # type: ignore[type-arg]
    counter = TotalsCounter()
    struck = [person for person in people if person[2]]
    counter.count_staying(table_of([person for person in people if not person[2]]))
    counter.count_struck(table_of(struck), [2] * len(struck))
    totals = counter.totals()
    assert totals.lines_before == len(people)
    assert totals.office.struck == len(struck)
    for (kecamatan, desa), count in totals.desa.items():
        here = [p for p in people if (p[0][0] or "", p[0][1] or "") == (kecamatan, desa)]
        assert count.male == sum(not out and sex == "L" for _, sex, out in here)
        assert count.female == sum(not out and sex == "P" for _, sex, out in here)
        assert count.unknown == sum(not out and sex not in ("L", "P") for _, sex, out in here)
        assert count.struck == sum(out for _, _, out in here)


def counted() -> RollTotals:
    counter = TotalsCounter()
    counter.count_staying(voters(30))
    counter.count_struck(voters(3), [2, 2, 8])
    return counter.totals()


def test_children_that_do_not_add_up_to_their_parent_are_refused() -> None:
    totals = counted()
    village, count = next(iter(totals.desa.items()))
    for wrong in (
        replace(count, male=count.male + 1),
        replace(count, tms=MappingProxyType({**count.tms, 1: 1})),
        replace(count, baru=1),
        replace(count, male=count.male + 1, female=count.female - 1),
    ):
        with pytest.raises(TotalsDisagree):
            RollTotals(totals.office, totals.kecamatan, {**totals.desa, village: wrong})
    with pytest.raises(TotalsDisagree):
        RollTotals(replace(totals.office, unknown=7), totals.kecamatan, totals.desa)
    with pytest.raises(TotalsDisagree):
        RollTotals(totals.office, totals.kecamatan, {**totals.desa, ("34.04.99", "x"): Count()})


def test_the_tally_names_places_and_its_numbers_add_up_again() -> None:
    totals = counted()
    written = tally_bytes(totals, roll_before=ROLL, roll_after=RollId("ff" * 8), names={"34.04.07": "DEPOK"})
    tally = json.loads(written)
    assert (tally["lines_before"], tally["lines_after"], tally["struck"]) == (33, 30, 3)
    assert tally["kecamatan"][0]["nama"] == "DEPOK"
    assert tally["total"]["tms"] == {"2": 2, "8": 1}
    for field in ("l", "p", "jk_tidak_diketahui", "jumlah", "baru", "ubah", "tms_jumlah"):
        assert sum(kecamatan[field] for kecamatan in tally["kecamatan"]) == tally["total"][field]
        for kecamatan in tally["kecamatan"]:
            assert sum(desa[field] for desa in kecamatan["desa"]) == kecamatan[field]
    assert written == tally_bytes(counted(), roll_before=ROLL, roll_after=RollId("ff" * 8), names={"34.04.07": "DEPOK"})
