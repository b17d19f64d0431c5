"""A sieve for digests: says "surely not in" or "perhaps", in a memory that does not grow."""

import struct
from collections.abc import Iterable

DIGEST_BYTES = 16  # of SHA-256: two of 2^40 ids meet with a chance below 2^-48
_BITS = 28  # 32 MiB; of ten million digests 4 % of strangers pass, of a hundred million a third
_FIRST = struct.Struct(f">I{DIGEST_BYTES - 4}x")


class Sieve:
    """One bit for each value of a digest's first 28 bits."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))

    def add(self, digests: Iterable[bytes]) -> None:
        """Let these pass from now on."""
        bits = self._bits
        for (first,) in _FIRST.iter_unpack(b"".join(digests)):
            bits[first >> 7] |= 1 << (first >> 4 & 7)

    def passing(self, digests: list[bytes]) -> list[bytes]:
        """Those that may have been added; the others surely were not."""
        bits = self._bits
        firsts = _FIRST.iter_unpack(b"".join(digests))
        return [
            digest for digest, (first,) in zip(digests, firsts, strict=True) if bits[first >> 7] >> (first >> 4 & 7) & 1
        ]
