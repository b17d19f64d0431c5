"""How far two words are apart: edits with neighbouring swaps, bit-parallel; and sets of letters, which tell most."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Ints, Words

LONGEST = 64  # letters compared: one machine word
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@njit(cache=True, nogil=True)
def edits(data: Bytes, a: int, a_end: int, b: int, b_end: int) -> int:
    """Edits between `data[a:a_end]` and `data[b:b_end]`: insert, delete, replace, swap of neighbours count one each.

    Restricted Damerau-Levenshtein, bit-parallel (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and
    Damerau edit distances"). Only the first 64 letters of each count.
    """
    length = min(a_end - a, LONGEST)
    other = min(b_end - b, LONGEST)
    if length == 0 or other == 0:
        return max(length, other)
    positive = ~_ZERO if length == 64 else (_ONE << np.uint64(length)) - _ONE
    negative, diagonal, before = _ZERO, _ZERO, _ZERO
    last = _ONE << np.uint64(length - 1)
    score = length
    for at in range(b, b + other):
        letter = data[at]
        match = _ZERO
        for k in range(length):
            if data[a + k] == letter:
                match |= _ONE << np.uint64(k)
        swap = (((~diagonal) & match) << _ONE) & before
        diagonal = (((match & positive) + positive) ^ positive) | match | negative | swap
        across = negative | ~(diagonal | positive)
        down = diagonal & positive
        if across & last:
            score += 1
        elif down & last:
            score -= 1
        across = (across << _ONE) | _ONE
        down = down << _ONE
        positive = down | ~(diagonal | across)
        negative = across & diagonal
        before = match
    return score


@njit(cache=True, nogil=True)
def one_edit(data: Bytes, a: int, a_end: int, b: int, b_end: int) -> bool:
    """Whether `edits` of the two words is at most one: what is unlike begins and ends at one place."""
    if a_end - a > LONGEST:
        a_end = a + LONGEST
    if b_end - b > LONGEST:
        b_end = b + LONGEST
    while a < a_end and b < b_end and data[a] == data[b]:
        a += 1
        b += 1
    while a < a_end and b < b_end and data[a_end - 1] == data[b_end - 1]:
        a_end -= 1
        b_end -= 1
    left, right = a_end - a, b_end - b
    if left <= 1 and right <= 1:
        return True
    return left == 2 and right == 2 and data[a] == data[b + 1] and data[a + 1] == data[b]


@njit(cache=True, nogil=True)
def letter_sets(data: Bytes, starts: Ints) -> Words:
    """The letters of each word as a set of 32 bits, and above them its length; uint64.

    Words far apart in letters are far apart in edits, and this tells most of them without a look at the letters.
    """
    out = np.zeros(len(starts) - 1, np.uint64)
    for word in range(len(out)):
        for at in range(starts[word], starts[word + 1]):
            out[word] |= np.uint64(1) << np.uint64(data[at] & 31)
        out[word] |= np.uint64(starts[word + 1] - starts[word]) << np.uint64(32)
    return out


@njit(cache=True, nogil=True, inline="always")
def bits_set(value: np.uint32) -> int:
    """How many bits of a word are set, two by two, then four by four (Warren, Hacker's Delight, 5-1)."""
    value = value - ((value >> np.uint32(1)) & np.uint32(0x55555555))
    value = (value & np.uint32(0x33333333)) + ((value >> np.uint32(2)) & np.uint32(0x33333333))
    value = (value + (value >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return int(np.uint32(value * np.uint32(0x01010101)) >> np.uint32(24))
