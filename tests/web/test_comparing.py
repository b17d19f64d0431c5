import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.flow.decide import show_case
from saksama.flow.desk import Desk
from saksama.flow.places import place_name
from saksama.model.case import Case
from saksama.model.recommendation import Agreement
from saksama.web.cases.comparing import marked, side_by_side
from tests.cast import SARI


def spelled(value: str, other: str) -> str:
    """The value with what differs in brackets."""
    return "".join(f"[{s.text}]" if s.is_different else s.text for s in marked(value, other))


@pytest.mark.parametrize(
    ("value", "other", "told"),
    [
        ("RATNA SARI", "RATNASARI", "RATNA[ ]SARI"),
        ("RATNASARI", "RATNA SARI", "RATNASARI"),
        ("DEWI", "DEWY", "DEW[I]"),
        ("01-07-1955", "10-07-1955", "0[1]-07-1955"),
        ("SAMA", "SAMA", "SAMA"),
        ("SLEMAN", "YOGYAKARTA", "SLEMAN"),  # nearly every letter would be marked, which shows nothing
        ("003", "", "003"),
        ("", "003", ""),
    ],
)
def test_it_marks_the_letters_that_differ(value: str, other: str, told: str) -> None:
    assert spelled(value, other) == told


def test_hidden_digits_are_never_marked() -> None:
    assert spelled("3404**********01", "3471**********02") == "34[04]**********0[1]"
    assert spelled("************", "****************") == "************"


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_of_a_value_is_lost_or_added_by_marking(value: str, other: str) -> None:
    assert "".join(piece.text for piece in marked(value, other)) == value


@given(st.text(max_size=30))
def test_equal_values_have_no_mark(value: str) -> None:
    assert not any(piece.is_different for piece in marked(value, value))


def test_every_element_has_a_row_and_counts_add_up(case: Case, desk: Desk) -> None:
    table = side_by_side(show_case(case.id, SARI, desk=desk))
    assert [row.name for row in table.rows][:3] == ["nik", "nkk", "nama"]
    assert sum(n for _, n in table.counts) == len(table.rows) == 11
    assert [column.value for column in table.columns] == ["1040", "52317"]


def test_a_cluster_takes_the_least_alike_of_its_pairs(trio: Case, desk: Desk) -> None:
    rows = {row.name: row for row in side_by_side(show_case(trio.id, SARI, desk=desk)).rows}
    assert rows["tempat_lahir"].agreement is Agreement.DIFFER
    assert rows["tgl_lahir"].agreement is Agreement.AGREE
    assert [(said.pairs, said.agreement) for said in rows["tempat_lahir"].says] == [
        ("A–B", Agreement.AGREE),
        ("A–C, B–C", Agreement.DIFFER),
    ]


def test_dates_are_written_day_first_and_codes_are_spoken(case: Case, desk: Desk) -> None:
    rows = {row.name: row for row in side_by_side(show_case(case.id, SARI, desk=desk)).rows}
    assert rows["tgl_lahir"].cells[0].segments[0].text == "01-07-1955"
    assert rows["jk"].cells[0].spoken == "perempuan"
    assert rows["rt"].cells[1].segments == ()


def test_places_are_named_and_their_codes_stand_beside(case: Case, desk: Desk) -> None:
    where = {row.name: row for row in side_by_side(show_case(case.id, SARI, desk=desk)).where}
    village = where["kd_kel"].cells[0]
    assert village.spoken == "34.04.07.2001"
    assert "".join(s.text for s in village.segments) == place_name("34.04.07.2001")
    assert "rt" not in where
