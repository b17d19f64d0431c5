"""Where a published log can be read: a folder, or an address that serves one."""

from pathlib import Path
from typing import Protocol

from saksama.ledger.client import HttpFetcher
from saksama.ledger.errors import Damaged, WitnessUnreachable
from saksama.ledger.tiles import WIDTH, Tile


class Place(Protocol):
    """Files by the paths of C2SP tlog-tiles."""

    @property
    def name(self) -> str:
        """How people call it."""

    def get(self, path: str) -> bytes | None:
        """The bytes at a path, None if there are none; raises WitnessUnreachable."""

    def close(self) -> None:
        """Let go of what it holds open."""


class Folder:
    """A published folder on this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = str(root)

    def get(self, path: str) -> bytes | None:
        """The bytes at a path, or None."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            raise WitnessUnreachable(f"{self.name} cannot be read: {fault.strerror}") from fault

    def close(self) -> None:
        """Nothing is held open."""


class Address:
    """A published folder behind a web server; for a witness or a mirror, `url` ends in the hash of the origin."""

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        self._fetcher = HttpFetcher(url, timeout=timeout)
        self.name = url

    def get(self, path: str) -> bytes | None:
        """The bytes at a path; None on 404; raises WitnessUnreachable."""
        answer = self._fetcher.ask("GET", path)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise WitnessUnreachable(f"{self.name} answered HTTP {answer.status}")
        return answer.body

    def close(self) -> None:
        """Close the connection."""
        self._fetcher.close()


def place_at(text: str) -> Place:
    """The place that a person wrote: an address with http:// or https://, or else a folder; raises Malformed."""
    return Address(text) if text.startswith(("http://", "https://")) else Folder(Path(text))


def read_tile(place: Place, tile: Tile) -> bytes:
    """A tile or bundle, cut from the full one where the partial one is gone; raises Damaged, WitnessUnreachable."""
    content = place.get(tile.path)
    if content is None and tile.width < WIDTH:
        full = place.get(tile.full.path)
        content = None if full is None else _cut(tile, full)
    if content is None:
        raise Damaged(f"{place.name} does not have {tile.path}")
    return content


def _cut(tile: Tile, full: bytes) -> bytes:
    if tile.level >= 0:
        return full[: tile.width * 32]
    at = 0
    for _ in range(tile.width):
        at += 2 + int.from_bytes(full[at : at + 2], "big")
    return full[:at]
