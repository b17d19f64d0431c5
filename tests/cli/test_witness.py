"""`saksama witness`: what an operator at a university types and reads."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksama.cli.witness import command
from saksama.ledger.client import HttpWitness
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.witness import Witness

ORIGIN = "saksama.example/34.04"


@pytest.fixture
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture
def log(tmp_path, signer):
    with Log.create(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=signer) as made:
        yield made


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def made(tmp_path: Path, signer: Signer) -> Path:
    wanted = tmp_path / "wanted.policy"
    wanted.write_bytes(Policy.of(signer.verifier(), []).source)
    done = run("init", tmp_path / "w", "--name", "saksi.example", "--policy", wanted)
    assert done.exit_code == 0, done.output
    return tmp_path / "w"


def test_init_prints_the_keys_as_policy_lines(tmp_path, signer):
    folder = made(tmp_path, signer)
    done = run("init", folder, "--name", "saksi.example")
    assert done.exit_code == 1
    assert "Ditolak: a witness is there already" in done.output
    with Witness.open(folder) as witness:
        assert witness.logs == (signer.verifier(),)


def test_trust_and_show_say_what_is_watched(tmp_path, signer):
    folder = made(tmp_path, signer)
    other = Signer.generate("other.example").verifier()
    assert run("trust", folder, str(other)).exit_code == 0
    assert run("trust", folder, "nonsense").exit_code == 1
    shown = run("show", folder).output
    assert f"log {ORIGIN}: belum ada catatan" in shown
    assert "log other.example" in shown
    with Witness.open(folder) as witness:
        assert all(key.fingerprint in shown for key in witness.verifiers())


def test_run_serves_until_it_is_stopped(tmp_path, signer, log):
    folder = made(tmp_path, signer)
    with Witness.open(folder) as witness:
        policy = Policy.of(signer.verifier(), witness.verifiers())
    code = "from saksama.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "witness", "run", str(folder), "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    port = HttpWitness("saksi.example", url)
    log.append([("a", b"a")])
    assert log.checkpoint([port], policy).size == 1
    port.close()
    assert "another process holds this witness" in run("show", folder).output
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.stdout.close()


@pytest.mark.parametrize("listen", ["8765", "127.0.0.1:x", "127.0.0.1:70000"])
def test_run_refuses_an_address_that_is_none(tmp_path, signer, listen):
    assert run("run", made(tmp_path, signer), "--listen", listen).exit_code == 2


def test_mirror_and_watch_are_not_here_any_more():
    assert set(command.commands) == {"init", "trust", "show", "run"}
