"""`saksama keys`: the drills as an operator types them, and what they read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksama.cli.keys import command
from saksama.ledger.keys import Signer
from saksama.ledger.witness import Witness


def saksama(*arguments: str | Path, ok: int = 0) -> str:
    """One command in a process of its own: Django knows one office a process."""
    done = subprocess.run(
        [sys.executable, "-c", "from saksama.cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ok, (done.stdout, done.stderr)
    return done.stdout + done.stderr


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "kantor"
    saksama("office", "init", folder, "--wilayah", "34.04", "--name", "KPU Kabupaten Sleman")
    return folder


def test_a_year_of_keys(office, tmp_path):
    said = saksama("keys", "spare", "--office", office, "--out", tmp_path / "spare")
    assert "Pindahkan ke brankas" in said
    assert (tmp_path / "spare").stat().st_mode & 0o777 == 0o600
    shown = saksama("keys", "show", "--office", office)
    assert shown.count("kunci cadangan: ") == 1
    assert "belum selesai" not in shown
    (office / "keys/log.skey.sealed").unlink()
    said = saksama("keys", "take-spare", "--office", office, "--spare", tmp_path / "spare")
    assert "Serahkan" in said
    shown = json.loads(saksama("keys", "show", "--office", office, "--json"))
    assert (len(shown["logs"]), shown["unfinished"], shown["planned_logs"]) == (1, False, [])
    assert Signer.load((tmp_path / "spare").read_text().strip()).verifier().fingerprint in said
    saksama("keys", "lost", "--office", office, "--what", "log")
    assert "kuncinya hilang" in saksama("audit", office / "published", ok=1)
    assert saksama("audit", office / "published", "--policy", office / "published/policy")
    assert "Tidak ada pergantian" in saksama("keys", "finish", "--office", office, ok=1)


def test_a_witness_changes_its_keys_and_lets_a_log_go(tmp_path):
    old_log = Signer.generate("saksama.example/34.04").verifier()
    with Witness.create(tmp_path / "w", "saksi.example", logs=[old_log]) as witness:
        before = witness.verifiers()
        assert "Ditolak: another process holds this witness" in run("witness-add", tmp_path / "w").output
    assert "Tidak ada kunci lama" in run("witness-retire", tmp_path / "w").output
    said = run("witness-add", tmp_path / "w").output
    assert said.count("witness saksi.example:") == 2
    assert run("witness-add", tmp_path / "w").output == said  # repeated, it gives the same
    with Witness.open(tmp_path / "w") as witness:
        assert witness.verifiers()[2:] == before
        assert all(str(key) in said for key in witness.verifiers()[:2])
    gone = run("witness-retire", tmp_path / "w").output
    assert all(key.fingerprint in gone for key in before)
    assert run("witness-distrust", tmp_path / "w", str(old_log)).exit_code == 0
    assert run("witness-distrust", tmp_path / "w", "nonsense").exit_code == 1
    with Witness.open(tmp_path / "w") as witness:
        assert len(witness.verifiers()) == 2
        assert witness.logs == ()
    assert run("witness-add", tmp_path).exit_code == 1
