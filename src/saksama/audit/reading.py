"""Read a published folder as a stranger would: recompute every hash from the entries up.

Written from RFC 6962 and C2SP tlog-tiles, apart from the code of `ledger` that wrote the folder.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from saksama.model.texts import _

TILE_WIDTH = 256
_HASH = 32
_PLACES = ("checkpoint", "policy")
_PARTIAL = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})\.p/([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Begun:
    """How far a folder was read and found whole before.

    `rows[l]` has the hashes of level `l` that fill no tile yet, for the tree cut down to full bundles; `tail` the leaf
    hashes after those.
    """

    size: int = 0
    rows: tuple[tuple[bytes, ...], ...] = ()
    tail: tuple[bytes, ...] = ()

    @property
    def start(self) -> int:
        """The first entry of the first bundle that must be read again."""
        return self.size - len(self.tail)


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


def _powers(row: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    """The row in pieces of powers of two, the largest first."""
    at = 0
    while at < len(row):
        width = 1 << (len(row) - at).bit_length() - 1
        yield width, row[at : at + width]
        at += width


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
    """Walks the tiles of one folder. `entries` must be read to its end before `tree` says anything.

    From `begun` on only: older tiles must be there, what they lead to is known. The new root is computed from what was
    known and the new entries, so a history that was changed before does not lead to it.
    """

    def __init__(self, folder: Path, size: int, begun: Begun | None = None) -> None:
        self._folder = folder
        self._left = files_under(folder)
        self._begun = begun or Begun()
        self.tree = Tree(size, files=len(self._left))
        self._leaves: list[bytes] = []  # from `begun.start` on
        self._rows: list[tuple[bytes, ...]] = []

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every new entry with its index, in order; then the hashes above them are checked."""
        size, known = self.tree.size, self._begun
        for number in range(known.start // TILE_WIDTH, -(-size // TILE_WIDTH)):
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
            yield from ((at, entry) for at, entry in enumerate(entries, start=first) if at >= known.size)
        if tuple(self._leaves[: len(known.tail)]) != known.tail:
            self.tree.changed.append(_tile_path("entries", known.start // TILE_WIDTH, TILE_WIDTH))
        self._check_hashes()
        self._pass_over_older()
        self.tree.root = self.root_of_first(size) or b""
        self.tree.extra += sorted(self._left - set(_PLACES))

    @property
    def end(self) -> Begun:
        """How far it is read now; of a whole folder only."""
        tail = len(self._leaves) % TILE_WIDTH
        return Begun(self.tree.size, tuple(self._rows), tuple(self._leaves[len(self._leaves) - tail :]))

    def root_of_first(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None if there are not so many, or it was passed over."""
        new = size - self._begun.start
        if not 0 <= new <= len(self._leaves) or (new == 0 and size == 0):
            return sha256(b"").digest() if size == 0 else None
        if not self._begun.start:
            return merkle_root(self._leaves[:new])
        # Whole subtrees side by side, each larger than the next: like the digits of the size in base two.
        peaks = [
            (TILE_WIDTH**level * width, merkle_root(list(part)))
            for level, row in reversed(list(enumerate(self._begun.rows)))
            for width, part in _powers(row)
        ]
        for leaf in self._leaves[:new]:
            width, root = 1, leaf
            while peaks and peaks[-1][0] == width:
                root = hash_pair(peaks.pop()[1], root)
                width *= 2
            peaks.append((width, root))
        while len(peaks) > 1:
            (_, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((0, hash_pair(left, right)))
        return peaks[0][1] if peaks else sha256(b"").digest()

    def take_extra(self, path: str) -> bytes | None:
        """The bytes of a file that is no tile and stands in `extra`, which then belongs to something."""
        if path not in self.tree.extra:
            return None
        self.tree.extra.remove(path)
        return (self._folder / path).read_bytes()

    def _check_hashes(self) -> None:
        known = self._begun
        if known.start + len(self._leaves) != self.tree.size:
            self._left = {path for path in self._left if not path.startswith("tile/")}
            return  # a bundle is gone or broken: every hash above would only repeat that
        above, level = self._leaves, 0
        while self.tree.size >> 8 * level:
            before = known.rows[level] if level < len(known.rows) else ()
            row = [*before, *above]
            above = []
            offset = ((known.start >> 8 * level) - len(before)) // TILE_WIDTH
            for at in range(-(-len(row) // TILE_WIDTH)):
                number, hashes = offset + at, row[at * TILE_WIDTH : (at + 1) * TILE_WIDTH]
                content = self._take(str(level), number, len(hashes))
                if content is not None and content != b"".join(hashes):
                    self.tree.changed.append(_tile_path(str(level), number, len(hashes)))
                self._older(str(level), number, len(hashes), hashes)
                if len(hashes) == TILE_WIDTH:
                    above.append(merkle_root(hashes))
            # Of the leaves only full bundles count: the others are read again next time.
            self._rows.append(tuple(row[len(row) - len(row) % TILE_WIDTH :]) if level else ())
            level += 1

    def _pass_over_older(self) -> None:
        """Tiles from before `begun` must be there; partial ones of theirs may have stayed. None is read."""
        level, count = 0, self._begun.start
        while count:
            for name in (str(level), "entries") if level == 0 else (str(level),):
                for number in range(count // TILE_WIDTH):
                    path = _tile_path(name, number, TILE_WIDTH)
                    if path not in self._left:
                        self.tree.missing.append(path)
                    self._left.discard(path)
            level, count = level + 1, count // TILE_WIDTH
        for path in [path for path in self._left if path.startswith("tile/")]:
            found = _PARTIAL.fullmatch(path)
            if found is None or not 0 < int(found[3]) < TILE_WIDTH:
                continue
            number = int(found[2].replace("x", "").replace("/", ""))
            below = self._begun.start >> (8 if found[1] == "entries" else 8 * (int(found[1]) + 1))
            if number < below and path == _tile_path(found[1], number, int(found[3])):
                self._left.discard(path)

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


def folder_sentence(tree: Tree, begun: Begun) -> str:
    """What is promised of the folder's files."""
    if begun.size:
        return _(
            "Pemeriksaan atas {known} catatan dilanjutkan: setiap ubin dan catatan yang baru dihitung ulang sampai "
            "{size} catatan; ubin yang lama hanya dilihat masih ada."
        ).format(known=begun.size, size=tree.size)
    return _("Setiap berkas ubin dan catatan ({files} berkas) dihitung ulang dari {size} catatan.").format(
        files=tree.files, size=tree.size
    )
