"""The next roll is a roll: intake recognises each of its files, and finds in it what was written."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from saksama.model.roll import COLUMNS
from saksama.outcome.writing import write_csv, write_parquet, write_xlsx
from saksama.roll.checks import check_roll
from saksama.roll.reader import open_roll
from tests.outcome.conftest import voters
from tests.outcome.minutes_made import NAMES


@pytest.mark.parametrize("name", ["next.csv", "next.parquet", "next.xlsx"])
def test_what_was_written_is_taken_in_again_without_a_mapping(tmp_path: Path, name: str) -> None:
    roll = voters(300)
    match name:
        case "next.csv":
            write_csv(tmp_path / name, [roll], names=NAMES)
        case "next.parquet":
            write_parquet(tmp_path / name, [roll])
        case _:
            write_xlsx(tmp_path / name, [roll], names=NAMES, at=datetime(2026, 12, 8, tzinfo=UTC))
    with open_roll(tmp_path / name) as file:
        batches = list(check_roll(file))
    read = pa.concat_tables([batch.checked for batch in batches]).sort_by("nkk")
    assert sum(batch.aside.num_rows for batch in batches) == 0
    written = roll.sort_by("nkk")
    for column in COLUMNS:
        assert read[column].to_pylist() == written[column].to_pylist(), column
    unread = {line: read[f"{column}_asli"].to_pylist()[line] for line, column in ((3, "nik"), (4, "tgl_lahir"))}
    assert unread == {3: "3.40407E+15", 4: "31/02/1980"}
