"""A university runs witness and verifier from the light wheel: click, cryptography, rfc8785, and nothing else."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import click
import pytest

from saksama.ledger.client import HttpWitness
from saksama.ledger.log import Log
from saksama.ledger.note import Note, parse_signatures
from tests.ledger.parts import entries

ROOT = Path(__file__).resolve().parents[2]
# Whatever is neither of the standard library nor of the light wheel is not there.
BLOCKED = """
import sys
LIGHT = {"saksama", "click", "cryptography", "_cffi_backend", "cffi", "pycparser", "rfc8785"}
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in LIGHT | set(sys.stdlib_module_names):
            raise ModuleNotFoundError(f"{name} is not in the light wheel", name=name)
sys.meta_path.insert(0, Blocker())
"""
LIGHT_PACKAGES = ["click", "cryptography", "_cffi_backend", "rfc8785"]
MODULES = [
    f"saksama.{package}.{path.stem}"
    for package in ("ledger", "audit")
    for path in sorted((ROOT / "src/saksama" / package).glob("*.py"))
    if path.stem != "__init__"
]


def run(code: str, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    begin = BLOCKED + (f"sys.path.insert(0, {str(path)!r})\n" if path else "")
    return subprocess.run(
        [sys.executable, "-c", begin + code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_blocker_blocks():
    for name in ("numpy", "pyarrow", "django", "rich", "numba"):
        assert f"{name} is not in the light wheel" in run(f"import {name}").stderr


def test_every_module_of_ledger_and_audit_is_light():
    assert len(MODULES) > 20
    done = run(
        "".join(
            f"import {name}\n" for name in [*MODULES, "saksama.cli.witness", "saksama.cli.ledger", "saksama.cli.main"]
        )
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be installed, apart from the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_makes_a_witness_and_audits_a_folder(unpacked, tmp_path):
    main = "import saksama; print(saksama.__file__, file=sys.stderr); from saksama.cli.main import main; main()"
    made = run(main, "witness", "init", str(tmp_path / "w"), "--name", "saksi.example", path=unpacked)
    assert made.returncode == 0, made.stderr
    assert str(unpacked) in made.stderr
    assert "witness saksi.example:ml-dsa-44 saksi.example+" in made.stdout
    shown = run(main, "witness", "show", str(tmp_path / "w"), path=unpacked)
    assert shown.returncode == 0, shown.stderr
    audited = run(main, "audit", str(tmp_path), path=unpacked)
    assert audited.returncode == 2, audited.stderr
    assert "tidak dapat dipastikan" in audited.stdout


def test_the_wheel_mirrors_watches_and_checks_evidence(unpacked, tmp_path):
    """What a university does with an office's log, from the light wheel alone."""
    from saksama.casework.store import MemoryCaseStore
    from saksama.flow.enter import enter_pending
    from saksama.flow.office import create_office
    from saksama.flow.prove import write_proof
    from saksama.model.wilayah import Wilayah

    office = create_office(tmp_path / "kantor", Wilayah("34.04"), name="KPU Kabupaten Sleman")
    with office.book() as book:
        enter_pending(book, MemoryCaseStore())
        write_proof("office_opened:34.04", tmp_path / "bukti.zip", book=book)
    main = "from saksama.cli.main import main; main()"
    published, policy = str(office.published), ("--policy", str(office.published / "policy"))
    for arguments in (
        ("ledger", "mirror", published, "--folder", str(tmp_path / "m"), *policy),
        ("ledger", "watch", published, "--also", str(tmp_path / "m/copy"), "--folder", str(tmp_path / "s"), *policy),
        ("audit", str(tmp_path / "m/copy")),
        ("audit", str(tmp_path / "bukti.zip"), *policy),
    ):
        done = run(main, *arguments, path=unpacked)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)


@pytest.fixture
def empty_environment(tmp_path: Path) -> Path:
    """Nothing but what the light wheel asks for, as an empty venv has it."""
    folder = tmp_path / "light"
    folder.mkdir()
    installed = Path(click.__file__).parents[1]
    for name in LIGHT_PACKAGES:
        (found,) = installed.glob(f"{name}.*.so") if name.startswith("_") else [installed / name]
        (folder / found.name).symlink_to(found)
    return folder


def test_what_needs_the_office_says_so(unpacked, empty_environment, tmp_path):
    paths = f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(empty_environment)!r}]\n"
    for arguments, said in (
        (("ledger", "enter", "--office", str(tmp_path)), "Perintah `ledger enter` memerlukan"),
        (("roll", "check", "x.csv"), "Perintah `roll` memerlukan"),
    ):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", paths + "from saksama.cli.main import main; main()", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert "pip install 'saksama[office]'" in done.stderr


_MAIN = "from saksama.cli.main import main; main()"


@pytest.fixture(scope="module")
def empty_venv(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A venv with nothing but the wheel and what its metadata says that the light install needs."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    (site,) = folder.glob("lib/python*/site-packages")
    (wheel,) = unpacked.parent.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (metadata,) = site.glob("saksama-*.dist-info/METADATA")
    for name in closure(metadata.read_text()):
        for path in {Path(str(file)).parts[0] for file in distribution(name).files or ()} - {"..", "__pycache__"}:
            source = Path(str(distribution(name).locate_file(path)))
            if not (site / path).exists():
                (site / path).symlink_to(source)
    return folder / "bin/python"


def closure(metadata: str) -> set[str]:
    """The distributions that a metadata file needs without any extra, and those that they need."""
    left = [line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    found: set[str] = set()
    while left:
        name, _, marker = left.pop().partition(";")
        name = re.split("[ <>=!~\\[(]", name.strip())[0]
        if (
            "extra" in marker
            or "win32" in marker
            or "Windows" in marker
            or name in found
            or "python_version <" in marker
        ):
            continue
        found.add(name)
        left += distribution(name).requires or ()
    return found


def test_a_witness_and_a_verifier_run_in_an_empty_venv(empty_venv, tmp_path, signer, log, witness, policy):
    """No module of the office is there to be found: not blocked, absent."""
    log.append(entries(3))
    log.checkpoint([witness], policy)

    def saksama(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(empty_venv), "-c", _MAIN, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)

    absent = subprocess.run(
        [str(empty_venv), "-c", "import numpy"], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert "No module named 'numpy'" in absent.stderr
    (tmp_path / "policy").write_bytes(policy.source)
    made = saksama("witness", "init", tmp_path / "w", "--name", "saksi.example", "--policy", tmp_path / "policy")
    assert (made.returncode, made.stderr) == (0, "")
    assert saksama("keys", "witness-add", tmp_path / "w").returncode == 0
    running = subprocess.Popen(
        [str(empty_venv), "-c", _MAIN, "witness", "run", str(tmp_path / "w"), "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        remote = HttpWitness("saksi.example", running.stdout.readline().split()[-1])
        lines = parse_signatures(remote.add_checkpoint(0, [], bare(log)))
        remote.close()
        assert len(lines) == 4
    finally:
        running.terminate()
        running.wait()
        running.stdout.close()  # type: ignore[union-attr]  # it was a pipe above
    audited = saksama("audit", tmp_path / "published")
    assert "ditandatangani oleh log" in audited.stdout
    assert "Setiap berkas ubin dan catatan" in audited.stdout
    assert audited.returncode == 1  # these entries are no entries of Saksama, and it says so
    refused = saksama("keys", "show", "--office", tmp_path)
    assert (refused.returncode, "saksama[office]" in refused.stderr) == (2, True)


def bare(log: Log) -> bytes:
    """The published checkpoint with the log's own signature alone, as a log submits it."""
    note = Note.parse(log.published_note() or b"")
    return Note(note.text, note.signatures[:1]).to_bytes()
