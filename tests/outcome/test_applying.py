from dataclasses import replace

import pyarrow as pa
import pytest

from saksama.model.roll import RollId
from saksama.outcome.applying import ChangeDoesNotFit, TotalsCounter, apply_changes
from saksama.outcome.changes import BothStruck, changes_for
from tests.outcome.conftest import ROLL, settled, voters


def test_the_next_roll_is_the_roll_without_the_struck_lines_in_its_order(roll: pa.Table) -> None:
    changes = changes_for([settled(1, 0, 7), settled(2, 10, 2, 3)], tms_scheme="2024")
    parts = list(apply_changes([roll.slice(0, 5), roll.slice(5)], changes, roll=ROLL))
    assert pa.concat_tables(parts)["line"].to_pylist() == [0, 1, 4, 5, 6, 8, 9, 10, 11]
    assert parts[0].schema == roll.schema


def test_without_changes_the_next_roll_is_the_roll(roll: pa.Table) -> None:
    assert pa.concat_tables(apply_changes([roll], [], roll=ROLL)).equals(roll)


@pytest.mark.parametrize(("kept", "struck"), [(0, 99), (99, 0)])
def test_a_line_that_is_not_there_is_refused(roll: pa.Table, kept: int, struck: int) -> None:
    changes = changes_for([settled(1, kept, struck)], tms_scheme="2024")
    with pytest.raises(ChangeDoesNotFit):
        list(apply_changes([roll], changes, roll=ROLL))


def test_a_line_that_is_there_twice_is_refused(roll: pa.Table) -> None:
    changes = changes_for([settled(1, 0, 7)], tms_scheme="2024")
    with pytest.raises(ChangeDoesNotFit):
        list(apply_changes([roll, roll.slice(7, 1)], changes, roll=ROLL))


def test_changes_of_another_roll_are_refused(roll: pa.Table) -> None:
    other = RollId("ff" * 8)
    changes = changes_for([settled(1, 0, 7)], tms_scheme="2024")
    with pytest.raises(ChangeDoesNotFit):
        next(apply_changes([roll], changes, roll=other))
    with pytest.raises(ChangeDoesNotFit):
        next(
            apply_changes([roll], [*changes, *changes_for([replace(settled(2, 1, 8), roll=other)], tms_scheme="2024")])
        )


def test_changes_that_did_not_come_from_settlements_are_checked_again(roll: pa.Table) -> None:
    one, other = (changes_for([settled(1, *pair)], tms_scheme="2024")[0] for pair in ((0, 7), (7, 0)))
    with pytest.raises(BothStruck):
        next(apply_changes([roll], [one, other]))
    with pytest.raises(ChangeDoesNotFit):
        next(apply_changes([roll], [one, one]))


def test_it_counts_who_stays_and_who_is_struck_by_place(roll: pa.Table) -> None:
    counter = TotalsCounter()
    changes = changes_for([settled(1, 0, 7), settled(2, 10, 2, 3)], tms_scheme="2024")
    list(apply_changes([roll.slice(0, 4), roll.slice(4)], changes, counter=counter))
    totals = counter.totals()
    assert (totals.lines_before, totals.office.struck, totals.lines_after) == (12, 3, 9)
    # by hand, lines 0 1 4 5 6 8 9 10 11 stay: women 0 4 6 8 10, men 1 9 11, line 5 without sex
    assert (totals.office.female, totals.office.male, totals.office.unknown) == (5, 3, 1)
    depok, ngaglik = totals.kecamatan["34.04.07"], totals.kecamatan["34.04.12"]
    assert (depok.total, dict(depok.tms)) == (6, {2: 2})  # 1 4 5 8 10 11; struck 2 7
    assert (ngaglik.total, dict(ngaglik.tms)) == (3, {2: 1})  # 0 6 9; struck 3
    assert {code: count.total for code, count in totals.villages_of("34.04.07").items()} == {
        "34.04.07.2001": 3,
        "34.04.07.2002": 3,
    }


def test_a_place_left_without_voters_is_still_counted() -> None:
    roll = voters(4).slice(2)  # line 2 alone is in Depok's first desa
    counter = TotalsCounter()
    list(apply_changes([roll], changes_for([settled(1, 3, 2)], tms_scheme="2024"), counter=counter))
    totals = counter.totals()
    assert (totals.kecamatan["34.04.07"].total, totals.kecamatan["34.04.07"].struck) == (0, 1)
