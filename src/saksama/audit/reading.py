"""Read a published folder as a stranger would: recompute every hash from the entries up.

Written from RFC 6962 and C2SP tlog-tiles, apart from the code of `ledger` that wrote the folder.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from saksama.model.texts import _

TILE_WIDTH = 256
_HASH = 32
_PLACES = ("checkpoint", "policy")


@dataclass(slots=True)
class Tree:
    """What the entries of a folder hash to, and everything in its files that does not fit."""

    size: int
    root: bytes = b""
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    files: int = 0


def files_under(folder: Path) -> set[str]:
    """Every file below the folder by relative path; whatever is neither file nor folder ends in an asterisk."""
    found: set[str] = set()
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                found.add(relative + "*")
            elif name in names:
                found.add(relative)
    return found


def hash_pair(left: bytes, right: bytes) -> bytes:
    """An inner node."""
    return sha256(b"\x01" + left + right).digest()


def merkle_root(hashes: list[bytes]) -> bytes:
    """The tree hash over leaf hashes, straight from its definition."""
    if not hashes:
        return sha256(b"").digest()
    while len(hashes) > 1:
        # Pairing from the left and carrying an odd last hash up gives the same tree as splitting at powers of two.
        paired = [hash_pair(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
        hashes = paired + hashes[len(paired) * 2 :]
    return hashes[0]


def split_bundle(bundle: bytes) -> list[bytes] | None:
    """The entries of a bundle; None if it ends inside one."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            return None
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


class FolderReader:
    """Walks the tiles of one folder. `entries` must be read to its end before `tree` says anything."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._left = files_under(folder)
        self.tree = Tree(size, files=len(self._left))
        self._leaves: list[bytes] = []

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every entry with its index, in order; then the hashes above them are checked."""
        size = self.tree.size
        for number in range(-(-size // TILE_WIDTH)):
            first = number * TILE_WIDTH
            width = min(TILE_WIDTH, size - first)
            content = self._take("entries", number, width)
            entries = None if content is None else split_bundle(content)
            if entries is None or len(entries) != width:
                if content is not None:
                    self.tree.changed.append(_tile_path("entries", number, width))
                continue
            self._older("entries", number, width, entries)
            self._leaves += [sha256(b"\x00" + entry).digest() for entry in entries]
            yield from enumerate(entries, start=first)
        self._check_hashes()
        self.tree.root = merkle_root(self._leaves)
        self.tree.extra += sorted(self._left - set(_PLACES))

    def root_of_first(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None if there are not so many."""
        return merkle_root(self._leaves[:size]) if 0 <= size <= len(self._leaves) else None

    def take_extra(self, path: str) -> bytes | None:
        """The bytes of a file that is no tile and stands in `extra`, which then belongs to something."""
        if path not in self.tree.extra:
            return None
        self.tree.extra.remove(path)
        return (self._folder / path).read_bytes()

    def _check_hashes(self) -> None:
        if len(self._leaves) != self.tree.size:
            self._left = {path for path in self._left if not path.startswith("tile/")}
            return  # a bundle is gone or broken: every hash above would only repeat that
        row, level = self._leaves, 0
        while row:
            above: list[bytes] = []
            for number in range(-(-len(row) // TILE_WIDTH)):
                hashes = row[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
                content = self._take(str(level), number, len(hashes))
                if content is not None and content != b"".join(hashes):
                    self.tree.changed.append(_tile_path(str(level), number, len(hashes)))
                self._older(str(level), number, len(hashes), hashes)
                if len(hashes) == TILE_WIDTH:
                    above.append(merkle_root(hashes))
            row, level = above, level + 1

    def _take(self, level: str, number: int, width: int) -> bytes | None:
        path = _tile_path(level, number, width)
        if path not in self._left:
            self.tree.missing.append(path)
            return None
        self._left.discard(path)
        return (self._folder / path).read_bytes()

    def _older(self, level: str, number: int, width: int, parts: list[bytes]) -> None:
        """Partial tiles of earlier checkpoints may remain: each must be the beginning of what is there now."""
        for earlier in range(1, width):
            path = _tile_path(level, number, earlier)
            if path not in self._left:
                continue
            self._left.discard(path)
            begun = parts[:earlier]
            if level == "entries":
                begun = [len(entry).to_bytes(2, "big") + entry for entry in begun]
            if (self._folder / path).read_bytes() != b"".join(begun):
                self.tree.changed.append(path)


def _tile_path(level: str, number: int, width: int) -> str:
    groups = f"{number:,}".split(",")
    groups = [f"{int(group):03}" for group in groups]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{name}" + ("" if width == TILE_WIDTH else f".p/{width}")


def folder_sentence(tree: Tree) -> str:
    """What is promised of the folder's files."""
    return _("Setiap berkas ubin dan catatan ({files} berkas) dihitung ulang dari {size} catatan.").format(
        files=tree.files, size=tree.size
    )
