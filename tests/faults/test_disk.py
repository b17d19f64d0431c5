"""Each file operation fails once, lost or kept: the log can be opened, repeated, and `fsck` accepts it."""

import errno
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from saksama.ledger.errors import NoQuorum
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.storage import Disk
from saksama.ledger.witness import Witness
from tests.ledger.parts import NOW, ORIGIN, check_log, entries

T = TypeVar("T")
OPERATIONS = ("write", "sync", "rename", "sync_folder", "make_folder", "read", "remove")


class FailingDisk(Disk):
    """Fails at the `at`-th call of one operation: before doing it (lost), or after (kept but reported failed)."""

    def __init__(self, operation: str = "", at: int = 0, *, kept: bool = False, code: int = errno.EIO) -> None:
        self.operation, self.at, self.kept, self.code = operation, at, kept, code
        self.calls = dict.fromkeys(OPERATIONS, 0)

    def _meet(self, operation: str, do: Callable[[], T]) -> T:
        self.calls[operation] += 1
        if operation != self.operation or self.calls[operation] - 1 != self.at:
            return do()
        if self.kept and operation != "read":  # which leaves nothing behind to be kept
            do()
        raise OSError(self.code, "as the test asked")

    def read(self, path: Path) -> bytes:
        return self._meet("read", lambda: super(FailingDisk, self).read(path))

    def remove(self, path: Path) -> None:
        self._meet("remove", lambda: super(FailingDisk, self).remove(path))

    def write(self, path: Path, content: bytes, *, mode: int = 0o644) -> int:
        return self._meet("write", lambda: super(FailingDisk, self).write(path, content, mode=mode))

    def sync(self, handle: int) -> None:
        self._meet("sync", lambda: super(FailingDisk, self).sync(handle))

    def rename(self, source: Path, target: Path) -> None:
        self._meet("rename", lambda: super(FailingDisk, self).rename(source, target))

    def sync_folder(self, folder: Path) -> None:
        self._meet("sync_folder", lambda: super(FailingDisk, self).sync_folder(folder))

    def make_folder(self, folder: Path) -> None:
        self._meet("make_folder", lambda: super(FailingDisk, self).make_folder(folder))


class Office:
    """A log and a witness on disks that may fail."""

    def __init__(self, folder: Path, log_disk: Disk, witness_disk: Disk) -> None:
        self.folder = folder
        self.published = folder / "published"
        self.signer = Signer(ORIGIN, Signer.generate("x").key_type, bytes(32))
        self.witness = Witness.create(
            folder / "witness", "saksi.example", logs=[self.signer.verifier()], clock=lambda: NOW
        )
        self.witness.close()
        self.policy = Policy.of(self.signer.verifier(), self.witness.verifiers())
        self.log_disk, self.witness_disk = log_disk, witness_disk

    def work(self, log_disk: Disk, witness_disk: Disk, *, upto: int) -> None:
        """Open everything, add entries in two steps with a checkpoint each, close everything."""
        witness = Witness.open(self.folder / "witness", clock=lambda: NOW, disk=witness_disk)
        try:
            begun = (self.folder / "log/log.sqlite3").exists()
            start = Log.open if begun else Log.create
            with start(self.folder / "log", self.published, origin=ORIGIN, signer=self.signer, disk=log_disk) as log:
                for end in (upto // 2, upto):
                    log.append(entries(end))
                    log.checkpoint([witness], self.policy)
        finally:
            witness.close()

    def check(self, *, acknowledged: int) -> None:
        with Log.open(self.folder / "log", self.published, origin=ORIGIN, signer=self.signer) as log:
            assert log.size == log.published_size == acknowledged
            check_log(log, self.signer, self.published, acknowledged=entries(acknowledged))
        assert fsck(self.published, self.signer.verifier()).size == acknowledged
        assert not list(self.folder.rglob(".aside-*"))


def counted(folder: Path) -> dict[str, dict[str, int]]:
    """How often each operation happens when nothing fails."""
    log_disk, witness_disk = FailingDisk(), FailingDisk()
    Office(folder, log_disk, witness_disk).work(log_disk, witness_disk, upto=300)
    return {"log": log_disk.calls, "witness": witness_disk.calls}


@pytest.mark.parametrize("kept", [False, True], ids=["lost", "kept"])
@pytest.mark.parametrize(
    ("whose", "operation"),
    [(whose, name) for whose in ("log", "witness") for name in OPERATIONS if (whose, name) != ("witness", "remove")],
)
def test_every_operation_may_fail_once(tmp_path, whose, operation, kept):
    times = counted(tmp_path / "whole")[whose][operation]
    assert times > 0
    for at in range(times):
        folder = tmp_path / f"{at}"
        failing = FailingDisk(operation, at, kept=kept)
        disks = (failing, Disk()) if whose == "log" else (Disk(), failing)
        office = Office(folder, *disks)
        # What is removed is what nobody needs any more: if that fails it stays, and harms nobody.
        with suppress(OSError) if operation == "remove" else pytest.raises((OSError, NoQuorum)):
            office.work(*disks, upto=300)
        if (office.published / "checkpoint").exists():
            fsck(office.published, office.signer.verifier())  # what is published is whole at every instant
        office.work(Disk(), Disk(), upto=310)  # the ordinary path
        office.check(acknowledged=310)


def test_a_full_disk_says_so_and_loses_nothing(tmp_path):
    failing = FailingDisk("write", 0, code=errno.ENOSPC)
    office = Office(tmp_path / "office", failing, Disk())
    with pytest.raises(OSError, match="as the test asked") as fault:
        office.work(failing, Disk(), upto=300)
    assert fault.value.errno == errno.ENOSPC
    office.work(Disk(), Disk(), upto=300)
    office.check(acknowledged=300)


def test_a_witness_with_a_full_disk_gives_no_cosignature(tmp_path):
    """What it could not keep it has not signed: its next answer is for the tree that it really saw last."""
    failing = FailingDisk("sync", 0, code=errno.ENOSPC)
    office = Office(tmp_path / "office", Disk(), failing)
    with pytest.raises(NoQuorum, match="cannot cosign"):
        office.work(Disk(), failing, upto=300)
    assert not (office.published / "checkpoint").exists()
    with Witness.open(tmp_path / "office/witness") as witness:
        assert witness.latest(ORIGIN) is None


def test_a_folder_that_may_only_be_read_is_refused_at_once(tmp_path):
    """Root writes through permissions, so the folder is in truth a file: no one can make anything inside it."""
    office = Office(tmp_path / "office", Disk(), Disk())
    office.published.write_bytes(b"")
    with pytest.raises(OSError):
        office.work(Disk(), Disk(), upto=2)
    office.published.unlink()
    with Log.open(tmp_path / "office/log", office.published, origin=ORIGIN, signer=office.signer) as log:
        assert log.size == 0
