"""How far two words are apart: edits with neighbouring swaps, bit-parallel; and sets of letters, which tell most."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Ints, Words

LONGEST = 64  # letters compared: one machine word
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
# What `letter_sets` gives: the letters that a word has, those it has twice or more, and its length.
_CLASSES = 28
ONCE, LETTERS = np.uint64((1 << _CLASSES) - 1), np.uint64((1 << 2 * _CLASSES) - 1)
LENGTH_SHIFT, _MOST_LENGTH = np.uint64(2 * _CLASSES), 255


@njit(cache=True, nogil=True)
def edits(data: Bytes, a: int, a_end: int, b: int, b_end: int) -> int:
    """Edits between `data[a:a_end]` and `data[b:b_end]`: insert, delete, replace, swap of neighbours count one each.

    Restricted Damerau-Levenshtein, bit-parallel (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and
    Damerau edit distances"). Only the first 64 letters of each count.
    """
    a_end, b_end = min(a_end, a + LONGEST), min(b_end, b + LONGEST)
    while a < a_end and b < b_end and data[a] == data[b]:  # as many edits without what both begin or end with
        a += 1
        b += 1
    while a < a_end and b < b_end and data[a_end - 1] == data[b_end - 1]:
        a_end -= 1
        b_end -= 1
    length, other = a_end - a, b_end - b
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
    a_end, b_end = min(a_end, a + LONGEST), min(b_end, b + LONGEST)
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


@njit(cache=True, nogil=True, inline="always")
def letter_bit(letter: int) -> np.uint64:
    """The bit of a letter in a set; one for each of A to Z, some for other bytes together."""
    return _ONE << np.uint64(min(letter & 31, _CLASSES - 1))


@njit(cache=True, nogil=True)
def letter_sets(data: Bytes, starts: Ints) -> Words:
    """The letters of each word as a set, above it those it has twice or more, and above both its length; uint64.

    An edit changes two bits of the sets at most. Words far apart in letters are far apart in edits, and this tells most
    of them without a look at the letters.
    """
    out = np.zeros(len(starts) - 1, np.uint64)
    for word in range(len(out)):
        for at in range(starts[word], starts[word + 1]):
            letter = letter_bit(data[at])
            out[word] |= letter if out[word] & letter == _ZERO else letter << np.uint64(_CLASSES)
        length = min(starts[word + 1] - starts[word], _MOST_LENGTH)
        out[word] |= np.uint64(length) << LENGTH_SHIFT
    return out
