"""A record shows who it is only when asked for its values."""

from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import COLUMNS, RollId

ROLL = RollId("a1b2c3d4e5f60718")


def test_it_never_shows_its_values() -> None:
    record = Record(RecordRef(ROLL, 12), {"nama": "SARI WIDURI", "nik": "3404077112850001"})
    for shown in (repr(record), str(record), f"{[record]}"):
        assert "SARI" not in shown
        assert "3404077112850001" not in shown
        assert "12" in shown


def test_references_stand_in_the_order_of_lines() -> None:
    assert sorted([RecordRef(ROLL, 10), RecordRef(ROLL, 9)]) == [RecordRef(ROLL, 9), RecordRef(ROLL, 10)]


def test_every_element_compared_is_a_column_of_the_checked_roll() -> None:
    assert {element.value for element in Element} <= set(COLUMNS)
