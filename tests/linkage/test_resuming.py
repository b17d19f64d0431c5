"""A run that keeps its work on disk finds the same, goes on after any interruption, and touches nobody else's work."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saksama.cli.main import main
from saksama.linkage import sifting
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.resuming import Scratch
from saksama.linkage.run import Findings, Workplace, link
from saksama.linkage.shelf import ShelfWriter
from saksama.model.errors import BadInput
from tests.linkage.rolls import as_table, moved, strangers


def roll() -> list[dict[str, object]]:
    people = strangers(2000)
    return [*people, *(moved(row) for row in people[:40])]


def worked_in(folder: Path, source: str = "roll") -> Findings:
    return link(as_table(roll()), roll_id_plan(), workplace=Workplace(scratch=Scratch(folder, roll_id_plan(), source)))


def said(findings: Findings) -> str:
    """All that a run finds and says, but for what it measured of itself."""
    about = {name: value for name, value in findings.summary.items() if name != "measured"}
    tables = (findings.pairs, findings.clusters, findings.evidence)
    return json.dumps([about, *(table.to_pylist() for table in tables)], sort_keys=True)


class Interrupted(Exception):
    """The power went."""


def test_work_on_disk_finds_what_work_in_memory_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = link(as_table(roll()), roll_id_plan())
    assert said(worked_in(tmp_path / "one")) == said(in_memory)
    monkeypatch.setattr(sifting, "_A_BUCKET", 300)  # many buckets are put together to the same
    assert said(worked_in(tmp_path / "two")) == said(in_memory)


@pytest.mark.parametrize("shelves", [0, 1, 2, 7, 12, 13])
def test_a_run_goes_on_from_where_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shelves: int
) -> None:
    kept = 0
    close = ShelfWriter.close

    def power_goes(self: ShelfWriter, about: dict[str, object]) -> None:
        nonlocal kept
        if kept == shelves:
            raise Interrupted
        kept += 1
        close(self, about)

    monkeypatch.setattr(ShelfWriter, "close", power_goes)
    with pytest.raises(Interrupted):
        worked_in(tmp_path)
    monkeypatch.undo()
    done = {path.parent.name: path.stat().st_mtime_ns for path in tmp_path.glob("*/index.json")}
    assert len(done) == shelves
    assert said(worked_in(tmp_path)) == said(link(as_table(roll()), roll_id_plan()))
    assert {name: (tmp_path / name / "index.json").stat().st_mtime_ns for name in done} == done


def test_work_of_another_run_is_refused(tmp_path: Path) -> None:
    worked_in(tmp_path)
    with pytest.raises(BadInput, match="pekerjaan lain"):
        worked_in(tmp_path, source="another roll")


def test_an_operator_works_in_a_folder_that_is_gone_when_all_is_done(tmp_path: Path) -> None:
    pq.write_table(as_table(roll()), tmp_path / "roll.parquet")
    run = ["linkage", "run", str(tmp_path / "roll.parquet"), "--scratch", str(tmp_path / "work")]
    assert CliRunner().invoke(main, [*run, "--out", str(tmp_path / "run")]).exit_code == 0
    assert (tmp_path / "run" / "pairs.parquet").is_file()
    assert not (tmp_path / "work").exists()


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    pq.write_table(as_table(roll()), tmp_path / "roll.parquet")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "letter.txt").write_text("Yth.")
    run = ["linkage", "run", str(tmp_path / "roll.parquet"), "--out", str(tmp_path / "run")]
    refused = CliRunner().invoke(main, [*run, "--scratch", str(tmp_path / "work")])
    assert refused.exit_code != 0
    assert "berisi hal lain" in refused.output
    assert (tmp_path / "work" / "letter.txt").read_text() == "Yth."
