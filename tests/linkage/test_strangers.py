"""What strangers share is measured given what they share already: known answers."""

import random
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from saksama.linkage.comparison import Comparer, measure_surprise
from saksama.linkage.kernels import fields
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.prepared import prepare
from saksama.linkage.strangers import CONDITIONS, measure_strangers
from tests.linkage.rolls import as_table, strangers

PLAN = roll_id_plan()
KINDS = [c.kind for c in PLAN.comparisons]
NUMBER, TEXT = KINDS.index("person_number"), KINDS.index("text")
DATES_AGREE, BIRTHPLACES_AGREE = 2, 24
ONE_REGION = slice(fields.SERIAL_SLIP, fields.SERIAL_OTHER + 1)


def born_where_their_number_is_from(size: int, moved: float) -> list[dict[str, Any]]:
    """Nobody lives where he was born but by chance; a share of the NIK was given elsewhere than at the birthplace."""
    chance, rows = random.Random(3), strangers(size)  # noqa: S311  # people of straw
    for row in rows:
        born, home = date(1950, 1, 1) + timedelta(days=37 * chance.randrange(200)), chance.randrange(20)
        given = chance.randrange(20) if chance.random() < moved else home
        day = born.day + (40 if row["jk"] == "P" else 0)
        row |= {"tgl_lahir": born, "tempat_lahir": f"{'ABCDEFGHIJKLMNOPQRST'[home] * 3}KOTA"}
        row["nik"] = f"3404{given:02d}{day:02d}{born:%m%y}{chance.randrange(1, 9999):04d}"
    return rows


def measured(rows: list[dict[str, Any]]) -> np.ndarray:
    prepared = prepare(as_table(rows), PLAN, None)
    surprise, _counts = measure_surprise(prepared)
    return 2.0 ** measure_strangers(Comparer(PLAN, prepared, surprise))


@pytest.mark.parametrize("moved", [0.0, 0.3])
def test_who_was_born_in_one_place_has_the_nik_of_one_region(moved: float) -> None:
    table = measured(born_where_their_number_is_from(40_000, moved))
    stay = 1 - moved
    together = stay**2 + (1 - stay**2) / 20
    apart = (1 - stay**2) / 20
    assert table.shape == (CONDITIONS, len(KINDS), table.shape[2])
    assert table[DATES_AGREE + BIRTHPLACES_AGREE, NUMBER, ONE_REGION].sum() == pytest.approx(together, abs=0.03)
    assert table[DATES_AGREE, NUMBER, ONE_REGION].sum() == pytest.approx(apart, abs=0.01)


def test_pairs_chosen_for_their_birthplace_say_nothing_of_birthplaces() -> None:
    table = measured(born_where_their_number_is_from(40_000, 0.0))
    assert table[:, TEXT, fields.SAME_TEXT] == pytest.approx(np.full(CONDITIONS, 0.05), rel=0.2)  # one in twenty
