"""Text as bytes: cutting names into words, and writing a word in its plainest spelling."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Ints, Words

SKIP, STOP, SPACE = 1, 2, 0  # what a byte of the letter table may say besides a letter
_FNV_BASIS = np.uint64(14695981039346656037)
_FNV_PRIME = np.uint64(1099511628211)  # FNV-1a, 64 bits (draft-eastlake-fnv)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)  # finaliser of splitmix64
_SPACE, _BEYOND = 32, 127
_R30, _R27, _R31 = np.uint64(30), np.uint64(27), np.uint64(31)


@njit(cache=True, nogil=True)
def mixed(value: np.uint64) -> np.uint64:
    """`value` with every bit spread over all 64 (splitmix64), so that any bits of it serve to sort by."""
    value = (value ^ (value >> _R30)) * _MIX_1
    value = (value ^ (value >> _R27)) * _MIX_2
    return value ^ (value >> _R31)


@njit(cache=True, nogil=True)
def hash_bytes(data: Bytes, start: int, end: int) -> np.uint64:
    """A 64-bit hash of `data[start:end]`, never 0: 0 stands for blank everywhere."""
    value = _FNV_BASIS
    for at in range(start, end):
        value = (value ^ np.uint64(data[at])) * _FNV_PRIME
    value = mixed(value)
    return value if value != 0 else np.uint64(1)


@njit(cache=True, nogil=True)
def count_words(data: Bytes, offsets: Ints, letters: Bytes, most: int) -> Ints:
    """How many words each text has, at most `most`; int64[n]."""
    counts = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(counts)):
        inside, found = False, 0
        for at in range(offsets[row], offsets[row + 1]):
            letter = letters[data[at]]
            if letter == STOP and (found or inside):
                break
            if letter == SKIP:
                continue
            if letter > STOP:
                if not inside:
                    if found == most:
                        break
                    inside = True
                    found += 1
            else:
                inside = False
        counts[row] = found
    return counts


@njit(cache=True, nogil=True)
def cut_words(data: Bytes, offsets: Ints, letters: Bytes, word_offsets: Ints) -> tuple[Bytes, Ints]:
    """The words' letters end to end, and where each begins (one more than words); as counted by `count_words`."""
    out = np.empty(offsets[-1] - offsets[0], np.uint8)
    starts = np.empty(word_offsets[-1] + 1, np.int64)
    written, word = 0, 0
    for row in range(len(offsets) - 1):
        inside, last = False, word_offsets[row + 1]
        for at in range(offsets[row], offsets[row + 1]):
            letter = letters[data[at]]
            if letter == STOP and (word > word_offsets[row]):
                break
            if letter == SKIP:
                continue
            if letter > STOP:
                if not inside:
                    if word == last:
                        break
                    inside = True
                    starts[word] = written
                    word += 1
                out[written] = letter
                written += 1
            else:
                inside = False
    starts[word] = written
    return out[:written].copy(), starts


@njit(cache=True, nogil=True)
def hash_words(data: Bytes, starts: Ints) -> Words:
    """The hash of each word `data[starts[k]:starts[k + 1]]`; uint64."""
    out = np.empty(len(starts) - 1, np.uint64)
    for word in range(len(out)):
        out[word] = hash_bytes(data, starts[word], starts[word + 1])
    return out


@njit(cache=True, nogil=True)
def edges_bare(data: Bytes, starts: Ints) -> bool:
    """Whether no value begins or ends with a space or with a letter beyond ASCII, which might be one."""
    for word in range(len(starts) - 1):
        if starts[word + 1] > starts[word]:
            first, last = data[starts[word]], data[starts[word + 1] - 1]
            if first <= _SPACE or first >= _BEYOND or last <= _SPACE or last >= _BEYOND:
                return False
    return True


@njit(cache=True, nogil=True)
def take_words(data: Bytes, starts: Ints, chosen: Ints) -> tuple[Bytes, Ints]:
    """The words numbered `chosen`, end to end, with their starts."""
    total = 0
    for word in chosen:
        total += starts[word + 1] - starts[word]
    out = np.empty(total, np.uint8)
    out_starts = np.zeros(len(chosen) + 1, np.int64)
    written = 0
    for k in range(len(chosen)):
        for at in range(starts[chosen[k]], starts[chosen[k] + 1]):
            out[written] = data[at]
            written += 1
        out_starts[k + 1] = written
    return out, out_starts


@njit(cache=True, nogil=True)
def plain_words(data: Bytes, starts: Ints, pairs: Bytes, single: Bytes) -> tuple[Bytes, Ints]:
    """Each word in plainest spelling: letter pairs and letters replaced by table, doubled letters written once.

    `pairs` is uint8[256, 256, 2]: the letters a pair becomes (0 = no rule; second 0 = one letter). `single` is
    uint8[256].
    A final H after a vowel is silent (AMINA/AMINAH) and left out of words of four letters or more.
    """
    out = np.empty(len(data), np.uint8)
    out_starts = np.zeros(len(starts), np.int64)
    written = 0
    for word in range(len(starts) - 1):
        begin, at, end = written, starts[word], starts[word + 1]
        while at < end:
            step = 1
            first, second = np.uint8(data[at]), np.uint8(0)
            if at + 1 < end and pairs[data[at], data[at + 1], 0] != 0:
                first, second = pairs[data[at], data[at + 1], 0], pairs[data[at], data[at + 1], 1]
                step = 2
            first = single[first]
            if written == begin or out[written - 1] != first:
                out[written] = first
                written += 1
            if second != 0:
                second = single[second]
                if out[written - 1] != second:
                    out[written] = second
                    written += 1
            at += step
        if written - begin >= 4 and out[written - 1] == 72:  # H
            written -= 1
        out_starts[word + 1] = written
    return out[:written].copy(), out_starts


@njit(cache=True, nogil=True)
def mixed_all(values: Words) -> Words:
    """`mixed` of every value."""
    out = np.empty(len(values), np.uint64)
    for k in range(len(values)):
        out[k] = mixed(values[k])
    return out
