"""`saksama ledger`: mirror and watch as a stranger runs them, and the office's own prove, verify and promote."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksama.cli.main import main
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.receipt import Receipt
from saksama.ledger.tree import leaf_hash
from saksama.ledger.witness import Witness

ORIGIN = "saksama.example/34.04"
SAKSAMA = Path(sys.executable).with_name("saksama")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["ledger", *(str(argument) for argument in arguments)])


@pytest.fixture
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture
def trusted(tmp_path: Path, signer: Signer) -> Path:
    """A log of one entry, witnessed and published in `published`; the policy to trust it by."""
    path = tmp_path / "trusted.policy"
    with (
        Witness.create(tmp_path / "w", "saksi.example", logs=[signer.verifier()]) as witness,
        Log.create(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer) as log,
    ):
        policy = Policy.of(signer.verifier(), witness.verifiers())
        path.write_bytes(policy.source)
        log.append([("a", b"a")])
        log.checkpoint([witness], policy)
    return path


def test_mirror_copies_and_watch_is_quiet(tmp_path, trusted):
    mirrored = run("mirror", tmp_path / "published", "--folder", tmp_path / "m", "--policy", trusted)
    assert mirrored.exit_code == 0, mirrored.output
    assert "1 catatan tersalin utuh" in mirrored.output
    seen = ("--folder", tmp_path / "s", "--policy", trusted)
    quiet = run("watch", tmp_path / "published", "--also", tmp_path / "m/copy", *seen)
    assert quiet.exit_code == 0, quiet.output
    assert "Tidak ada tanda bahaya" in quiet.output


def test_watch_cries_out_at_a_fork_and_writes_the_evidence(tmp_path, trusted, signer):
    with Log.create(tmp_path / "l2", tmp_path / "p2", origin=ORIGIN, signer=signer) as forked:
        forked.append([("b", b"b")])
        forked.checkpoint([], Policy.of(signer.verifier(), []))
    seen = ("--folder", tmp_path / "s", "--policy", trusted)
    found = run("watch", tmp_path / "published", "--also", tmp_path / "p2", *seen)
    assert found.exit_code == 1
    assert "split: " in found.output
    assert "simpan dan bagikan" in found.output
    (evidence,) = (tmp_path / "s").glob("evidence-*")
    assert {path.name for path in evidence.iterdir()} == {"first.note", "second.note", "about.json"}
    refused = run("mirror", tmp_path / "p2", "--folder", tmp_path / "m", "--policy", trusted)
    assert refused.exit_code == 1
    assert "no quorum" in refused.output


def test_mirror_keeps_both_notes_of_a_changed_history(tmp_path, trusted, signer):
    alone = tmp_path / "alone.policy"
    policy = Policy.of(signer.verifier(), [])
    alone.write_bytes(policy.source)
    assert run("mirror", tmp_path / "published", "--folder", tmp_path / "m", "--policy", alone).exit_code == 0
    with Log.create(tmp_path / "l2", tmp_path / "p2", origin=ORIGIN, signer=signer) as forked:
        forked.append([("b", b"b"), ("c", b"c")])
        forked.checkpoint([], policy)
    found = run("mirror", tmp_path / "p2", "--folder", tmp_path / "m", "--policy", alone)
    assert found.exit_code == 1
    assert "Bukti ditulis ke" in found.output
    assert (tmp_path / "m/first.note").read_bytes() == (tmp_path / "published/checkpoint").read_bytes()
    assert (tmp_path / "m/second.note").read_bytes() == (tmp_path / "p2/checkpoint").read_bytes()


def test_watch_counts_the_days_of_a_receipt(tmp_path, trusted, signer):
    kept = Receipt.make(ORIGIN, 0, leaf_hash(b"a"), deadline=1, signer=signer)
    broken = Receipt.make(ORIGIN, 1, leaf_hash(b"b"), deadline=1, signer=signer)
    for name, receipt in (("kept", kept), ("broken", broken)):
        (tmp_path / name).write_bytes(receipt.note)
    seen = ("--folder", tmp_path / "s", "--policy", trusted)
    assert run("watch", tmp_path / "published", *seen, "--receipt", tmp_path / "kept").exit_code == 0
    found = run("watch", tmp_path / "published", *seen, "--receipt", tmp_path / "broken")
    assert found.exit_code == 1
    assert "overdue: " in found.output
    (tmp_path / "false").write_bytes(broken.note.replace(b"\n1\n", b"\n0\n", 1))
    assert run("watch", tmp_path / "published", *seen, "--receipt", tmp_path / "false").exit_code == 1


def test_a_mirror_that_is_kept_going_outlives_a_network_that_is_down(tmp_path, trusted):
    """Asked to go on, it says why it could not copy and tries again; asked once, it refuses."""
    nowhere = "http://127.0.0.1:9/"
    once = run("mirror", nowhere, "--folder", tmp_path / "m", "--policy", trusted)
    assert (once.exit_code, "Ditolak" in once.output) == (1, True)
    process = subprocess.Popen(
        [SAKSAMA, "ledger", "mirror", nowhere, "--folder", tmp_path / "m", "--policy", trusted, "--every", "0.1"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    said = [process.stderr.readline() for _ in range(2)]
    assert all("dicoba lagi" in line for line in said), said
    process.terminate()
    process.wait(20)
    process.stderr.close()


@pytest.mark.parametrize("command", ["mirror", "watch"])
def test_what_is_called_wrongly_ends_with_2_and_what_is_refused_with_1(tmp_path, trusted, command):
    folder = ("--folder", tmp_path / "f")
    assert run(command, tmp_path / "published", *folder).exit_code == 2
    assert run(command, tmp_path / "published", *folder, "--policy", tmp_path / "none").exit_code == 2
    assert run(command, tmp_path / "published", *folder, "--policy", trusted, "--every", "-1").exit_code == 2
    (tmp_path / "nonsense").write_text("nonsense\n")
    assert run(command, tmp_path / "published", *folder, "--policy", tmp_path / "nonsense").exit_code == 1
    assert run(command, tmp_path / "none", *folder, "--policy", trusted).exit_code == 1


def saksama(*arguments: str | Path, expected: int = 0) -> str:
    """A command as a process of its own: an office's database belongs to one process."""
    done = subprocess.run(
        [SAKSAMA, *arguments], capture_output=True, text=True, check=False, timeout=120, env=os.environ
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_an_office_loses_its_ledger_and_goes_on_from_a_stranger_s_mirror(tmp_path):
    """The whole drill in commands: prove, mirror, watch, lose both folders, promote, enter, audit."""
    office, mirror = tmp_path / "kantor", tmp_path / "mirror"
    saksama("office", "init", office, "--wilayah", "34.04", "--name", "KPU Kabupaten Sleman")
    saksama("ledger", "enter", "--office", office)
    said = saksama("ledger", "prove", "office_opened:34.04", "--office", office, "--out", tmp_path / "bukti.zip")
    assert "saksama audit" in said
    policy = tmp_path / "bawaslu.policy"
    policy.write_bytes((office / "published/policy").read_bytes())
    published = office / "published"
    told = ("--policy", policy)
    saksama("ledger", "mirror", published, "--folder", mirror, *told)
    saksama("ledger", "watch", published, "--folder", tmp_path / "seen", *told)
    assert "masih ada" in saksama("ledger", "promote", mirror / "copy", "--office", office, expected=1)

    shutil.rmtree(office / "ledger")
    shutil.rmtree(published)
    told_json = json.loads(saksama("ledger", "promote", mirror / "copy", "--office", office, "--json"))
    assert told_json["size"] == 1
    saksama("ledger", "enter", "--office", office)
    assert "1 catatan dihitung ulang" in saksama("ledger", "verify", "--office", office)
    saksama("audit", tmp_path / "bukti.zip")
    saksama("audit", tmp_path / "bukti.zip", *told)
    saksama("audit", published)
    saksama("ledger", "watch", published, "--also", mirror / "copy", "--folder", tmp_path / "seen", *told)
