"""Files that are whole or absent, also after a power cut: written aside, fsynced, renamed, the folder fsynced."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from saksama.ledger.errors import Locked

ASIDE = ".aside-"
_TOGETHER = 16
_FEW = 3
T = TypeVar("T")


class Disk:
    """The file operations that this package uses, one method each, so that a test can let each one fail."""

    def read(self, path: Path) -> bytes:
        """The bytes of a file; raises FileNotFoundError."""
        return path.read_bytes()

    def write(self, path: Path, content: bytes, *, mode: int = 0o644) -> int:
        """An open file descriptor of a new file with this content, not yet on the platter."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(handle, rest) :]
        except OSError:
            os.close(handle)
            raise
        return handle

    def sync(self, handle: int) -> None:
        """Bring a file's content to the platter."""
        os.fsync(handle)

    def rename(self, source: Path, target: Path) -> None:
        """Put `source` in the place of `target`, at one instant."""
        source.replace(target)

    def sync_folder(self, folder: Path) -> None:
        """Bring names in a folder to the platter."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def make_folder(self, folder: Path) -> None:
        """Make one folder inside a folder that is there."""
        folder.mkdir()

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()


class Storage:
    """A folder of files by relative path."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = root
        self.disk = disk or Disk()
        self._folders: set[Path] = set()

    def read(self, path: str) -> bytes:
        """The bytes at `path`; raises FileNotFoundError."""
        return self.disk.read(self.root / path)

    def read_if_there(self, path: str) -> bytes | None:
        """The bytes at `path`, or None."""
        try:
            return self.read(path)
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes, *, mode: int = 0o644) -> None:
        """Put one file in its place; on return it is durable."""
        self.put_all([(path, content)], mode=mode)

    def put_all(self, files: Iterable[tuple[str, bytes]], *, mode: int = 0o644) -> None:
        """Put files in their places; on return all are durable. If it raises, each is the old one or the new one.

        All are written before the first is fsynced: the platter then takes them in one go.
        """
        written: list[tuple[Path, Path]] = []
        handles: list[int] = []
        try:
            for path, content in files:
                target = self.root / path
                self.make(target.parent)
                aside = target.with_name(ASIDE + target.name)
                handles.append(self.disk.write(aside, content, mode=mode))
                written.append((aside, target))
            _all_at_once(self.disk.sync, handles)
        finally:
            for handle in handles:
                os.close(handle)
        for aside, target in written:
            self.disk.rename(aside, target)
        _all_at_once(self.disk.sync_folder, sorted({target.parent for _, target in written}))

    def make(self, folder: Path) -> None:
        """Make a folder and those above it, durably."""
        if folder in self._folders:
            return
        if not folder.is_dir():
            if folder != self.root:
                self.make(folder.parent)
            elif not folder.parent.is_dir():
                Storage(folder.parent, self.disk).make(folder.parent)
            try:
                self.disk.make_folder(folder)
            except FileExistsError:
                if not folder.is_dir():
                    raise
            self.disk.sync_folder(folder.parent)
        self._folders.add(folder)

    def remove(self, path: str) -> None:
        """Remove a file if it is there; its absence is durable on return."""
        target = self.root / path
        try:
            self.disk.remove(target)
        except FileNotFoundError:
            return
        self.disk.sync_folder(target.parent)

    def discard_folder(self, path: str) -> None:
        """Remove a folder of files that nobody needs any more, as far as that succeeds."""
        folder = self.root / path
        with suppress(OSError):
            for file in folder.iterdir():
                self.disk.remove(file)
            folder.rmdir()
        self._folders.discard(folder)

    def sweep(self) -> None:
        """Remove what a killed process has left written aside."""
        for left in self.root.rglob(f"{ASIDE}*"):
            self.disk.remove(left)


def _all_at_once(sync: Callable[[T], None], items: Sequence[T]) -> None:
    """Many fsyncs at once cost the file system one commit of its journal, one after the other one each."""
    if len(items) < _FEW:
        for item in items:
            sync(item)
        return
    with ThreadPoolExecutor(max_workers=min(len(items), _TOGETHER)) as pool:
        for _ in pool.map(sync, items):
            pass


class FolderLock:
    """Held by one process at a time; the kernel lets go of it when that process dies, however it dies."""

    def __init__(self, path: Path, *, what: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._handle)
            self._handle = -1
            if fault.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise Locked(f"another process holds this {what}; only one may") from fault

    def release(self) -> None:
        """Let go."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
