"""Chance, seeded by name: the same seed and part give the same draws on every machine.

Only integer draws are used, so no result hangs on how a processor rounds a power or a logarithm.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
MILLION = 1_000_000


def generator(part: str, seed: int, number: int = 0) -> np.random.Generator:
    """The generator of one named part of a roll; `number` tells chunks apart."""
    digest = hashlib.sha256(f"saksama/sample/{part}/{seed}".encode()).digest()
    words = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([*words, number])))


def below(rng: np.random.Generator, limit: Ints | int, size: int) -> Ints:
    """`size` whole numbers from 0 to below `limit`, which may differ by element (each under 2^31)."""
    drawn = rng.integers(0, 1 << 32, size=size, dtype=np.int64)
    return np.asarray((drawn * limit) >> 32, dtype=np.int64)


def happens(rng: np.random.Generator, per_million: Ints | int, size: int) -> Flags:
    """For each of `size`, whether a thing of that chance in a million happens."""
    return below(rng, MILLION, size) < per_million


def pick(rng: np.random.Generator, weights: Sequence[int], size: int) -> Ints:
    """`size` positions in `weights`, each as likely as its weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(ends, below(rng, int(ends[-1]), size), side="right").astype(np.int64)


def shuffled_shares(rng: np.random.Generator, shares: Sequence[int], size: int) -> Ints:
    """`size` positions in `shares`, each in its exact share (to one), in random order."""
    ends = np.cumsum(np.asarray(shares, dtype=np.int64))
    # A stride through the whole range keeps every share present as soon as the size allows it.
    marks = (np.arange(size, dtype=np.int64) * int(ends[-1]) + int(ends[-1]) // 2) // max(size, 1)
    exact = np.searchsorted(ends, marks, side="right").astype(np.int64)
    return exact[np.argsort(rng.integers(0, 1 << 62, size=size, dtype=np.int64), kind="stable")]


class Lottery:
    """Many weighted pools in one table, so that a million draws from different pools are one search."""

    def __init__(self, pools: Sequence[tuple[Ints, Ints]]) -> None:
        """Take pools of (items, weights); the weights of a pool sum to under 2^31."""
        self._items = np.concatenate([items for items, _ in pools])
        totals = [int(weights.sum()) for _, weights in pools]
        if max(totals) >= 1 << 31:
            raise AssertionError("a pool's weights must sum to under 2^31")
        self._totals = np.asarray(totals, dtype=np.int64)
        self._ends = np.concatenate([np.cumsum(weights) + (at << 32) for at, (_, weights) in enumerate(pools)])

    def draw(self, rng: np.random.Generator, pools: Ints) -> Ints:
        """One item for each element of `pools`, a pool's number."""
        marks = below(rng, self._totals[pools], len(pools)) + (pools << 32)
        return self._items[np.searchsorted(self._ends, marks, side="right")]


class Dice:
    """A row of numbers drawn beforehand, for the few choices made one by one."""

    def __init__(self, row: Ints) -> None:
        """Take numbers from 0 to below 2^32."""
        self._row = row.tolist()
        self._at = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to below `limit`."""
        number = self._row[self._at % len(self._row)]
        self._at += 1
        # After a round trip the numbers are turned, so that a second reading is not the first again.
        turned = (number * 2654435761 + self._at) & 0xFFFFFFFF if self._at > len(self._row) else number
        return int((turned * limit) >> 32)

    def of(self, items: Sequence[str]) -> str:
        """One of `items`."""
        return items[self.below(len(items))]
