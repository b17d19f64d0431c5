"""Values numbered in order of first sight, a batch at a time."""

import numpy as np

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.tally import enter_keys, number_more

_FEWEST = 1 << 10


class Numbering:
    """Numbers for 64-bit hashes; the same hash has the same number in every batch."""

    def __init__(self) -> None:
        self.known = 0
        self._keys = np.empty(_FEWEST, np.uint64)
        self._table = np.full(2 * _FEWEST, -1, np.int32)

    @property
    def keys(self) -> Words:
        """The hashes in order of their numbers."""
        return self._keys[: self.known]

    def number(self, hashes: Words) -> tuple[Ints, Ints]:
        """The number of each hash, int32; and where in this batch each new one is first seen, int64."""
        self._make_room(self.known + len(hashes))
        numbers, first = number_more(hashes, self._table, self._keys, self.known)
        self.known += len(first)
        return numbers, first

    def _make_room(self, wanted: int) -> None:
        if wanted > len(self._keys):
            size = max(wanted, len(self._keys) + len(self._keys) // 2)
            self._keys = np.concatenate([self._keys, np.empty(size - len(self._keys), np.uint64)])
        if len(self._table) < 2 * wanted:
            width = len(self._table)
            while width < 2 * wanted:
                width *= 2
            self._table = np.full(width, -1, np.int32)
            enter_keys(self._keys, self.known, self._table)
