"""An index answers for new lines as a run over the roll and the new lines would; and asking leaves no trace in it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saksama.cli.main import main
from saksama.linkage.delta import link_new
from saksama.linkage.indexing import ROOM
from saksama.linkage.lookup import Index
from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import Findings, Workplace, link
from saksama.model.errors import BadInput
from tests.linkage.rolls import as_table, moved, person, strangers

SIZE, DOUBLES = 3000, 60


def everyone() -> list[dict[str, Any]]:
    """A roll with plain doubles in it."""
    people = strangers(SIZE)
    return [*people, *(moved(row) for row in people[:DOUBLES])]


def newcomers() -> list[dict[str, Any]]:
    """Doubles of every kind of lines in the roll, two copies of one another, a third copy, and people unknown."""
    people = strangers(SIZE)
    unknown = strangers(40, seed=77)
    from_afar = {"kd_prov": "51", "kd_kab": "51.02", "kd_kec": "51.02.01", "kd_kel": "51.02.01.2001"}
    return [
        *(moved(row, nkk="3404170707150099") for row in people[100:120]),
        moved(people[5], kd_kel="34.04.17.2001"),
        moved(people[130], nik=None),
        moved(people[131], nik="3404014203900001"),
        moved(people[132], tgl_lahir=date(1999, 9, 9)),
        person(nama="ZXQWY VBNMK", nik="5102014203800001", tempat_lahir="TABANAN", **from_afar),
        moved(person(nama="ZXQWY VBNMK", nik="5102014203800001", tempat_lahir="TABANAN", **from_afar)),
        *unknown,
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over the roll."""
    folder = tmp_path_factory.mktemp("index")
    link(as_table(everyone()), roll_id_plan(), workplace=Workplace(index=folder))
    return folder


def by_records(findings: Findings) -> dict[tuple[int, int], float]:
    """Probability by pair, lines of the new list numbered on behind those of the roll."""
    lines = {}
    for side in ("left", "right"):
        behind = np.array(findings.pairs[f"{side}_in"].to_pylist()) == "new"
        lines[side] = findings.pairs[side].to_numpy() + np.where(behind, SIZE + DOUBLES, 0)
    pairs = zip(lines["left"].tolist(), lines["right"].tolist(), strict=True)
    return dict(zip(pairs, findings.pairs["probability"].to_numpy().tolist(), strict=True))


def test_it_finds_what_a_run_over_both_lists_finds_of_new_lines(folder: Path) -> None:
    new = newcomers()
    found = by_records(link_new(Index(folder), as_table(new)))
    whole = link(as_table([*everyone(), *new]), roll_id_plan())
    members: dict[int, list[int]] = {}
    for line, cluster in zip(*(whole.clusters[name].to_pylist() for name in ("line", "cluster")), strict=True):
        members.setdefault(cluster, []).append(line)
    wanted = {
        (a, b) for lines in members.values() if max(lines) >= SIZE + DOUBLES for a in lines for b in lines if a < b
    }
    assert len(wanted) > 20
    assert set(found) == wanted
    of_whole = dict(
        zip(
            zip(*(whole.pairs[side].to_pylist() for side in ("left", "right")), strict=True),
            whole.pairs["probability"].to_pylist(),
            strict=True,
        )
    )
    assert max(abs(found[pair] - of_whole[pair]) for pair in wanted) < 0.05


def test_a_third_copy_brings_the_pair_it_joins(folder: Path) -> None:
    found = by_records(link_new(Index(folder), as_table([moved(strangers(SIZE)[5], kd_kel="34.04.17.2001")])))
    assert set(found) == {(5, SIZE + 5), (5, SIZE + DOUBLES), (SIZE + 5, SIZE + DOUBLES)}


def test_asking_changes_neither_the_files_nor_the_next_answer(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    index, new = Index(folder), newcomers()
    first = link_new(index, as_table(new))
    link_new(index, as_table(strangers(200, seed=5)))
    again = link_new(index, as_table(new))
    assert first.pairs.equals(again.pairs)
    assert first.evidence.equals(again.evidence)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_evidence_adds_up_to_the_weight(folder: Path) -> None:
    found = link_new(Index(folder), as_table(newcomers()))
    bits = [found.evidence[name].to_numpy() for name in found.evidence.column_names if name.startswith("bits_")]
    assert np.allclose(np.sum(bits, axis=0), found.pairs["weight_bits"].to_numpy(), atol=1e-4)


def test_nobody_new_finds_nothing(folder: Path) -> None:
    found = link_new(Index(folder), as_table([]))
    assert (found.pairs.num_rows, found.summary["counts"]["lines"]) == (0, 0)


def test_only_its_owner_may_read_an_index(folder: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_too_many_lines_at_once_are_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match=str(ROOM)):
        Index(folder).ask(pa.table({"line": pa.array(range(ROOM + 1))}))


@pytest.mark.parametrize("damage", ["no about", "not json", "another version", "array short", "array gone"])
def test_a_folder_that_is_no_whole_index_is_refused(tmp_path: Path, folder: Path, damage: str) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    about = tmp_path / "index.json"
    if damage == "no about":
        about.unlink()
    elif damage == "not json":
        about.write_text("{")
    elif damage == "another version":
        about.write_text(json.dumps({**json.loads(about.read_text()), "index": "saksama.linkage/0"}))
    elif damage == "array short":
        (tmp_path / "000.bin").write_bytes(b"\0" * 8)
    else:
        (tmp_path / "000.bin").unlink()
    with pytest.raises(BadInput, match=r"[Ii]ndeks"):
        Index(tmp_path)


def test_an_operator_leaves_an_index_and_asks_it(tmp_path: Path) -> None:
    pq.write_table(as_table(everyone()), tmp_path / "roll.parquet")
    pq.write_table(as_table(newcomers()), tmp_path / "new.parquet")
    run = ["linkage", "run", str(tmp_path / "roll.parquet"), "--out", str(tmp_path / "run")]
    assert CliRunner().invoke(main, [*run, "--index", str(tmp_path / "index")]).exit_code == 0
    ask = ["linkage", "ask", str(tmp_path / "new.parquet"), "--index", str(tmp_path / "index")]
    told = CliRunner().invoke(main, ask)
    assert told.exit_code == 0
    assert "(baru)" in told.output
    answer = json.loads(CliRunner().invoke(main, [*ask, "--json", "--out", str(tmp_path / "found")]).output)
    assert answer["counts"]["pairs"] == len(answer["found"]) > 20
    assert pq.read_table(tmp_path / "found" / "pairs.parquet").num_rows == len(answer["found"])
    refused = CliRunner().invoke(main, ["linkage", "ask", str(tmp_path / "new.parquet"), "--index", str(tmp_path)])
    assert refused.exit_code != 0
    assert "indeks" in refused.output
