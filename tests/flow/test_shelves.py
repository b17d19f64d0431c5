"""What an office keeps, in the order it came, whatever a copy did to the files' times."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksama.flow.intake import take_in_roll
from saksama.flow.office import Office, enrolment_entry
from saksama.flow.sample import make_sample
from saksama.model.clock import local_date
from saksama.model.errors import BadInput
from saksama.model.roll import RollKind
from saksama.model.wilayah import Wilayah
from tests.cast import SARI


def test_the_latest_roll_is_the_one_taken_in_last_not_the_one_touched_last(office: Office, tmp_path: Path) -> None:
    rolls = []
    for seed in (1, 2):
        make_sample(tmp_path / f"{seed}.csv", lines=50, seed=seed, wilayah="34.04")
        taken = take_in_roll(tmp_path / f"{seed}.csv", RollKind.DPB, shelf=office.rolls, clock=office.clock)
        rolls.append(taken.summary.roll)
    for path in (office.rolls.folder / rolls[0]).iterdir():
        os.utime(path)
    assert [summary.roll for summary in office.rolls.rolls()] == rolls
    assert office.rolls.latest() == rolls[1]


def test_a_run_that_is_not_here_is_said_so(office: Office) -> None:
    with pytest.raises(BadInput, match="tidak ada di kantor ini"):
        office.runs.about("feedfacefeedface")


def test_nobody_is_enrolled_for_a_place_that_does_not_exist(office: Office) -> None:
    with pytest.raises(BadInput, match=r"99\.99"):
        enrolment_entry(replace(SARI, wilayah=Wilayah("99.99")), office=office, by="program:office-enrol")


@pytest.mark.parametrize(("wilayah", "date"), [("34.04", 1), ("51.03", 1), ("91.71", 1), ("34.04", 31)])
def test_the_date_is_the_one_on_the_offices_wall(wilayah: str, date: int) -> None:
    hour = 20 if date == 1 else 16  # in UTC, on 31 December: past midnight in Indonesia, and not yet (WIB)
    moment = datetime(2026, 12, 31, hour, 30, tzinfo=UTC)
    assert local_date(moment, Wilayah(wilayah).utc_offset_hours).day == date
