"""`kill -9` at random instants under load."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger.postgres import address

ROOT = Path(__file__).resolve().parents[2]


def killed(*arguments: str) -> dict[str, int]:
    """What `tests.faults.killing` counted: folder, kills, seed, and a database where it is not SQLite."""
    command = [sys.executable, "-m", "tests.faults.killing", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_200_kills_lose_no_acknowledged_entry_and_fork_nothing(tmp_path):
    counted = killed(str(tmp_path), "200", "1")
    assert counted["kills"] == 200
    assert counted["acknowledged"] > 200  # it was really working
    assert counted["checkpoints_seen"] > 20


def test_kills_lose_nothing_with_the_index_in_postgresql_either(tmp_path):
    counted = killed(str(tmp_path), "25", "2", address())
    assert counted["kills"] == 25
    assert counted["acknowledged"] > 25
