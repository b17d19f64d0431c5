"""Several processes over one database file: whoever is first wins, the other is told, nothing is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

CASES = 12
PLANT = """
import sys
from pathlib import Path
from saksama.web.office import enrol_officer, open_office
from tests.cast import SARI, WAYAN
from tests.web.planting import NGATINEM, THIRD, plant
from saksama.flow.decide import show_case
office = open_office(Path(sys.argv[1]))
for officer, name in ((SARI, "sari"), (WAYAN, "wayan")):
    enrol_officer(officer, username=name, password="kata sandi yang panjang", office=office)
for n in range(int(sys.argv[2])):
    case = plant(office.desk, (NGATINEM, THIRD), lines=(n, 100 + n))
    for officer in (SARI, WAYAN):
        show_case(case.id, officer, desk=office.desk)
"""
RACE = """
import sys
from pathlib import Path
from saksama.casework.store import CaseChanged, CaseFilter
from saksama.model.case import CaseState
from saksama.web.office import open_office
from tests.cast import SARI, WAYAN
office = open_office(Path(sys.argv[1]))
from tests.web.test_store import decision_on
officer = {"sari": SARI, "wayan": WAYAN}[sys.argv[2]]
cases = office.desk.cases.page(CaseFilter(area=office.desk.office)).cases
prepared = [decision_on(case, officer, office.desk, name=case.id[3:]) for case in cases]
print("ready", flush=True)
sys.stdin.readline()
won = 0
for case, new in zip(cases, prepared):
    try:
        office.desk.cases.record(new, expected=0, state=CaseState.WAITING)
        won += 1
    except CaseChanged:
        pass
print(won)
"""


def start(script: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAKSAMA_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], env=environment, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip


def test_of_two_who_write_at_once_one_wins_and_the_other_is_told(empty_office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sleman"
    shutil.copytree(empty_office, folder)
    planting = start(PLANT, str(folder), str(CASES))
    planting.communicate(timeout=60)
    assert planting.returncode == 0
    racers = [start(RACE, str(folder), name) for name in ("sari", "wayan")]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    won = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert sum(won) == CASES
    database = sqlite3.connect(folder / "cases.sqlite3")
    assert database.execute("SELECT count(*), count(DISTINCT case_id) FROM cases_decisionrow").fetchone() == (
        CASES,
        CASES,
    )
    assert database.execute("SELECT DISTINCT version, state FROM cases_caserow").fetchall() == [(1, "waiting")]
    database.close()
