"""A university runs witness and verifier from the light wheel: click, cryptography, rfc8785, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
    done = run("".join(f"import {name}\n" for name in [*MODULES, "saksama.cli.witness", "saksama.cli.main"]))
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
