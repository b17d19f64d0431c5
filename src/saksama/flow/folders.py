"""Folders that appear whole: what a step writes is born by one rename, its ledger entries inside."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from saksama.model.entry import Entry, EntryId
from saksama.model.errors import BadInput
from saksama.model.texts import _

ENTRIES = "entries.jsonl"  # one canonical entry a line; a step outside the database leaves its entries here
_CHUNK = 1 << 20


class FolderBusy(BadInput):
    """Another process is writing the very same thing."""


@contextmanager
def appearing(final: Path) -> Iterator[Path]:
    """A folder to fill; it becomes `final` by rename when the block ends well, and vanishes when it does not.

    A kill leaves a hidden `.name.partial` that the next attempt clears: nothing half-written is ever seen as done.
    Raises FolderBusy while another process fills it.
    """
    partial = final.parent / f".{final.name}.partial"
    final.parent.mkdir(parents=True, exist_ok=True)
    held = _claim(partial)
    try:
        yield partial
        for path in sorted(partial.rglob("*")):
            sync(path)
        sync(partial)
        partial.rename(final)
        sync(final.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(held)


def _claim(partial: Path) -> int:
    """Make the folder and hold a lock on it; one left by a killed process has no holder and is cleared."""
    if partial.exists():
        with closing_handle(partial) as left:
            _lock(left, partial)
            shutil.rmtree(partial)
    try:
        partial.mkdir(mode=0o700)
    except FileExistsError as fault:  # another process was between our two steps
        raise _busy(partial) from fault
    held = os.open(partial, os.O_RDONLY)
    _lock(held, partial)
    return held


def sweep(parent: Path) -> None:
    """Clear what killed processes left half-written in a shelf of ours; what a living one fills stays."""
    for left in parent.glob(".*.partial"):
        try:
            with closing_handle(left) as handle:
                _lock(handle, left)
                shutil.rmtree(left)
        except (FolderBusy, FileNotFoundError):
            continue


@contextmanager
def closing_handle(path: Path) -> Iterator[int]:
    """An open handle of a file or folder, closed at the end."""
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, partial: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        raise _busy(partial) from fault


def _busy(partial: Path) -> FolderBusy:
    return FolderBusy(_("Proses lain sedang menulis {name}; tunggu sampai selesai.").format(name=partial.name))


def made_at(folder: Path) -> str:
    """When a finished folder was made, as its first entry says: copies and restores change a file's time, not this."""
    with (folder / ENTRIES).open("rb") as file:
        return str(json.loads(file.readline())["at"])


def sync(path: Path) -> None:
    """Put a file or folder on the disk, not only into the system's memory."""
    with closing_handle(path) as handle:
        os.fsync(handle)


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file aside, sync it, and rename it into place."""
    aside = path.with_name(f".{path.name}.partial")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def leave_entries(folder: Path, entries: Sequence[Entry]) -> None:
    """Lay entries into a folder that is about to appear; step 5 finds them there."""
    lines = b"".join(entry.to_bytes() + b"\n" for entry in entries)
    (folder / ENTRIES).write_bytes(lines)


def entries_left_in(parent: Path) -> list[tuple[EntryId, bytes]]:
    """The entries of every finished folder below `parent`, folder by folder in name order."""
    return [
        (EntryId(json.loads(line)["id"]), line)
        for path in sorted(parent.glob(f"[!.]*/{ENTRIES}"))
        for line in path.read_bytes().splitlines()
    ]
