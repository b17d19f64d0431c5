"""Files that are whole or absent, and a lock that dies with its owner."""

import subprocess
import sys
from pathlib import Path

import pytest

from saksama.ledger.errors import Locked
from saksama.ledger.storage import Disk, FolderLock, Storage

HOLD = """
import sys
from pathlib import Path
from saksama.ledger.storage import FolderLock
held = FolderLock(Path(sys.argv[1]), what="log")
print("held", flush=True)
sys.stdin.read()
"""


class WatchingDisk(Disk):
    """Writes down what is done, in order."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []

    def write(self, path: Path, content: bytes, *, mode: int = 0o644) -> int:
        self.done.append(("write", path.name))
        return super().write(path, content, mode=mode)

    def sync(self, handle: int) -> None:
        self.done.append(("sync", ""))
        super().sync(handle)

    def rename(self, source: Path, target: Path) -> None:
        assert not target.exists() or source.read_bytes() != b""
        self.done.append(("rename", target.name))
        super().rename(source, target)

    def sync_folder(self, folder: Path) -> None:
        self.done.append(("sync_folder", folder.name))
        super().sync_folder(folder)


def test_a_file_is_written_aside_synced_renamed_and_its_folder_synced(tmp_path):
    disk = WatchingDisk()
    storage = Storage(tmp_path / "root", disk)
    storage.put("tile/a", b"1")
    assert storage.read("tile/a") == b"1"
    assert disk.done == [
        ("sync_folder", tmp_path.name),  # root has been made
        ("sync_folder", "root"),  # tile has been made
        ("write", ".aside-a"),
        ("sync", ""),
        ("rename", "a"),
        ("sync_folder", "tile"),
    ]


def test_all_files_of_a_batch_are_synced_before_the_first_is_seen(tmp_path):
    disk = WatchingDisk()
    Storage(tmp_path, disk).put_all([(f"{n:02}", b"x") for n in range(40)])
    steps = [step for step, _ in disk.done]
    assert steps == ["write"] * 40 + ["sync"] * 40 + ["rename"] * 40 + ["sync_folder"]


def test_what_is_not_there_is_none(tmp_path):
    assert Storage(tmp_path).read_if_there("a/b") is None
    with pytest.raises(FileNotFoundError):
        Storage(tmp_path).read("a")
    Storage(tmp_path).remove("a")


def test_removing_and_sweeping_leave_the_rest(tmp_path):
    storage = Storage(tmp_path)
    storage.put_all([("a", b"1"), ("b/c", b"2"), ("b/d", b"3"), ("e/f", b"4")])
    (tmp_path / "b/.aside-d").write_bytes(b"half")
    storage.sweep()
    storage.remove("a")
    storage.discard_folder("e")
    storage.discard_folder("nowhere")
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["b/c", "b/d"]
    storage.put("e/f", b"again")  # a folder that was discarded is made anew
    assert storage.read("e/f") == b"again"


def test_a_private_file_is_private_from_its_first_byte(tmp_path):
    Storage(tmp_path).put("keys", b"secret", mode=0o600)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_a_lock_is_held_once_and_let_go_by_a_killed_owner(tmp_path):
    with FolderLock(tmp_path / "lock", what="log"), pytest.raises(Locked, match="holds this log"):
        FolderLock(tmp_path / "lock", what="log")
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    assert owner.stdout.readline() == b"held\n"
    with pytest.raises(Locked):
        FolderLock(tmp_path / "lock", what="log")
    owner.kill()
    owner.wait()
    owner.stdout.close()
    owner.stdin.close()
    FolderLock(tmp_path / "lock", what="log").release()
