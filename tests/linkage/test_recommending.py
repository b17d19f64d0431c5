"""Clusters become recommendations."""

import pytest

from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import link
from saksama.linkage.telling.recommending import recommend
from saksama.model.errors import BadInput
from saksama.model.recommendation import Agreement, Assistant
from saksama.model.record import Element
from saksama.model.roll import RollId
from tests.linkage.rolls import as_table, moved, strangers

ROLL, ASSISTANT = RollId("00000000000000aa"), Assistant("linkage", "1")


def test_every_cluster_is_recommended_once_with_all_its_pairs_compared() -> None:
    rows = strangers(900)
    table = as_table([*rows, *(moved(row) for row in rows[:12]), moved(rows[0], rt="009")])
    found = link(table, roll_id_plan())
    made = list(recommend(found.pairs, found.clusters, table, roll=ROLL, run="r", assistant=ASSISTANT))
    assert len(made) == found.summary["counts"]["clusters"] >= 12
    assert [ref.line for ref in made[0].records] == [0, 900, 912]
    assert len(made[0].comparisons) == 3
    nik = made[1].comparisons[0].elements[0]
    assert (nik.element, nik.agreement) == (Element.NIK, Agreement.AGREE)


def test_a_band_is_that_of_the_weakest_pair() -> None:
    rows = strangers(900)
    table = as_table([*rows, *(moved(row) for row in rows[:12])])
    found = link(table, roll_id_plan())
    weak = found.pairs.set_column(5, "band", [["check"] * found.pairs.num_rows])
    made = recommend(weak, found.clusters, table, roll=ROLL, run="r", assistant=ASSISTANT)
    assert {recommendation.band.value for recommendation in made} == {"check"}


def test_records_of_another_roll_are_refused() -> None:
    rows = strangers(900)
    table = as_table([*rows, *(moved(row) for row in rows[:12])])
    found = link(table, roll_id_plan())
    with pytest.raises(BadInput, match="tidak lengkap"):
        list(recommend(found.pairs, found.clusters, table.slice(0, 3), roll=ROLL, run="r", assistant=ASSISTANT))
