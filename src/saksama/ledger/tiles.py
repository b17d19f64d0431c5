"""Tiles: the tree's hashes and the entries as files of 256, most of which never change again (C2SP tlog-tiles).

`tile/<level>/<index>` holds 256 hashes, `tile/entries/<index>` the 256 entries under a level-0 tile. The rightmost
ones are partial: they end in `.p/<width>` and are never hashed upward.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain

from saksama.ledger.errors import Damaged, Malformed
from saksama.ledger.tree import HASH_BYTES, complete_root, fold, leaf_hash, peaks_of

WIDTH = 256
HEIGHT = 8
MAX_ENTRY_BYTES = 65_535  # a bundle writes an entry's length in two bytes
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The name of a tile of hashes, or with level -1 of a bundle of entries. `width` is 1 to 256; 256 is full."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it stands in a published folder."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level < 0 else self.level}/{'/'.join(groups)}{part}"

    @property
    def full(self) -> "Tile":
        """The full tile that takes this one's place."""
        return Tile(self.level, self.index)

    @property
    def start(self) -> int:
        """Its first hash (or entry) among those of its level."""
        return self.index * WIDTH

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """The tile at a path; raises Malformed for any other than the one path of a tile."""
        found = _PATH.fullmatch(path)
        if not found:
            raise Malformed("the path is not one of a tile")
        level = -1 if found[1] == "entries" else int(found[1])
        tile = cls(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH))
        if level > 63 or tile.width > WIDTH or tile.path != path:
            raise Malformed("the path is not the one path of its tile")
        return tile


def tiles_at(size: int) -> Iterator[Tile]:
    """Every tile and bundle that a log of `size` entries has published, partial ones last in their level."""
    yield from _row(-1, size)
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count // WIDTH


def _row(level: int, count: int) -> Iterator[Tile]:
    for index in range(count // WIDTH):
        yield Tile(level, index)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def pack(entries: Sequence[bytes]) -> bytes:
    """Entries as a bundle; raises Malformed for one over 65,535 bytes."""
    lengths = list(map(len, entries))
    if lengths and max(lengths) > MAX_ENTRY_BYTES:
        raise Malformed(f"an entry has at most {MAX_ENTRY_BYTES} bytes, this one {max(lengths)}")
    written = struct.pack(f">{len(lengths)}H", *lengths)
    heads = (written[at : at + 2] for at in range(0, len(written), 2))
    return b"".join(chain.from_iterable(zip(heads, entries, strict=True)))


def unpack(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; raises Malformed."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        if start > len(bundle) or at > len(bundle):
            raise Malformed("the entry bundle ends inside an entry")
        entries.append(bundle[start:at])
    return entries


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes of a tile; raises Malformed."""
    if not tile or len(tile) % HASH_BYTES or len(tile) > WIDTH * HASH_BYTES:
        raise Malformed("a tile holds 1 to 256 hashes of 32 bytes")
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: all that must be known of it to add entries. A few kilobytes at any size.

    `levels[l]` has the hashes of the partial tile of level `l`; `tail` the entries of the partial bundle.
    """

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)
    tail: list[bytes] = field(default_factory=list)

    def copy(self) -> "Edge":
        """An edge that can grow while this one stays."""
        return Edge(self.size, [list(level) for level in self.levels], list(self.tail))

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return fold([peak for level in reversed(self.levels) for peak in peaks_of(level)])

    def grow(self, entries: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add entries; gives every tile and bundle they fill, then the partial ones that remain at the new size.

        The edge is grown when the iterator is at its end.
        """
        at = 0
        while at < len(entries):
            piece = entries[at : at + WIDTH - len(self.tail)]
            at += len(piece)
            self.tail.extend(piece)
            hashes = [sha256(b"\x00" + entry).digest() for entry in piece]  # `leaf_hash`, where it is hot
            if len(self.tail) == WIDTH:
                yield Tile(-1, self.size // WIDTH), pack(self.tail)
                self.tail = []
            self.size += len(piece)
            yield from self._push(0, hashes)
        yield from self._partials()

    def _push(self, level: int, hashes: list[bytes]) -> Iterator[tuple[Tile, bytes]]:
        if level == len(self.levels):
            self.levels.append([])
        row = self.levels[level]
        row.extend(hashes)
        if len(row) == WIDTH:
            done = (self.size >> HEIGHT * (level + 1)) - 1
            yield Tile(level, done), b"".join(row)
            self.levels[level] = []
            yield from self._push(level + 1, [complete_root(row)])

    def _partials(self) -> Iterator[tuple[Tile, bytes]]:
        if self.tail:
            yield Tile(-1, self.size // WIDTH, len(self.tail)), pack(self.tail)
        for level, row in enumerate(self.levels):
            if row:
                yield Tile(level, self.size >> HEIGHT * (level + 1), len(row)), b"".join(row)


def edge_at(size: int, read: Callable[[Tile], bytes]) -> Edge:
    """The edge of a published log, read from its partial tiles; raises Damaged if they contradict each other."""
    edge = Edge(size)
    for tile in tiles_at_edge(size):
        try:
            if tile.level < 0:
                edge.tail = unpack(read(tile))
            else:
                edge.levels += [[] for _ in range(tile.level + 1 - len(edge.levels))]
                edge.levels[tile.level] = hashes_of(read(tile))
        except Malformed as fault:
            raise Damaged(f"{tile.path} is damaged") from fault
    leaves = edge.levels[0] if edge.levels else []
    if [leaf_hash(entry) for entry in edge.tail] != leaves:
        raise Damaged("the last entry bundle and the last tile of leaf hashes contradict each other")
    return edge


def tiles_at_edge(size: int) -> Iterator[Tile]:
    """The partial tiles and the partial bundle of a log of `size` entries."""
    if size % WIDTH:
        yield Tile(-1, size // WIDTH, size % WIDTH)
    level, count = 0, size
    while count:
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)
        level, count = level + 1, count // WIDTH


class Nodes:
    """Hashes of complete subtrees, read from the tiles of a log of `size` entries; what proofs are made of."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self._size = size
        self._read = read
        self._kept: dict[Tile, list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash over leaves [index << level, (index + 1) << level)."""
        row, height = divmod(level, HEIGHT)
        first = index << height
        tile = Tile(row, first // WIDTH, min(WIDTH, (self._size >> HEIGHT * row) - first // WIDTH * WIDTH))
        if tile not in self._kept:
            self._kept[tile] = self._hashes(tile)
        at = first % WIDTH
        return complete_root(self._kept[tile][at : at + (1 << height)])

    def _hashes(self, tile: Tile) -> list[bytes]:
        try:
            hashes = hashes_of(self._read(tile))
        except Malformed as fault:
            raise Damaged(f"{tile.path} is damaged") from fault
        if len(hashes) != tile.width:
            raise Damaged(f"{tile.path} has {len(hashes)} hashes instead of {tile.width}")
        return hashes
