"""Names as rows of word numbers: what is left without titles, the hashes of whole names, keys from their words."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.text import hash_bytes, mixed

_STEP = np.uint64(0x9E3779B97F4A7C15)  # golden ratio, as in splitmix64
_ONE = np.uint64(1)
_H = 72


@njit(cache=True, nogil=True)
def _keep_words(offsets: Ints, numbers: Ints, kept: Bytes, row: int) -> int:
    """How many words of a name count; where none does (a name that is all titles) all do."""
    total = 0
    for at in range(offsets[row], offsets[row + 1]):
        total += kept[numbers[at]]
    return total if total > 0 else offsets[row + 1] - offsets[row]


@njit(cache=True, nogil=True)
def hash_names(
    offsets: Ints, numbers: Ints, kept: Bytes, plain_of: Ints, dictionary: tuple[Bytes, Ints, Words, Words]
) -> tuple[Ints, Ints, Ints, Words, Words]:
    """Offsets and plain words without titles, and hashes of each name.

    They are of the name as written (32 bits), of its plain words sorted, and of those run together (32 bits).

    `numbers` are words as written, `plain_of` maps them to plain words, `dictionary` holds the plain words' letters,
    and hashes of words as written and of plain words: what a name is hashed to depends on its letters alone.
    """
    rows = len(offsets) - 1
    out_offsets = np.zeros(rows + 1, np.int64)
    for row in range(rows):
        out_offsets[row + 1] = out_offsets[row] + _keep_words(offsets, numbers, kept, row)
    words = np.empty(out_offsets[rows], np.int32)
    written = np.zeros(rows, np.uint32)
    plain, joined = np.zeros(rows, np.uint64), np.zeros(rows, np.uint32)
    buffer = np.empty(4096, np.uint8)
    data, starts, written_keys, plain_keys = dictionary
    for row in range(rows):
        take_all = out_offsets[row + 1] - out_offsets[row] == offsets[row + 1] - offsets[row]
        put, length = out_offsets[row], 0
        exact, mixed_sum = np.uint64(7), np.uint64(0)
        for at in range(offsets[row], offsets[row + 1]):
            if not take_all and kept[numbers[at]] == 0:
                continue
            word = plain_of[numbers[at]]
            words[put] = word
            put += 1
            exact = mixed(exact * _STEP + written_keys[numbers[at]])
            mixed_sum += mixed(plain_keys[word] + _STEP)  # a sum does not know the order of its parts
            for k in range(starts[word], starts[word + 1]):
                # H at a seam is written or not (RETNASIH WATI, RETNASIHWATI), and a letter doubled there or not.
                if data[k] != _H and length < len(buffer) and (length == 0 or buffer[length - 1] != data[k]):
                    buffer[length] = data[k]
                    length += 1
        if put > out_offsets[row]:
            written[row], plain[row] = np.uint32(exact >> np.uint64(32)) | np.uint32(1), mixed(mixed_sum) | _ONE
            joined[row] = np.uint32(hash_bytes(buffer, 0, length) >> np.uint64(32)) | np.uint32(1)
    return out_offsets, words, written, plain, joined


@njit(cache=True, nogil=True)
def tally_words(begins: Ints, sizes: Ints, words: Ints, people: Bytes, counts: Ints) -> None:
    """Add to `counts` (int64 by word) in how many names of `people` (uint8 by record) each word stands."""
    for row in range(len(begins)):
        if people[row]:
            for at in range(begins[row], begins[row] + sizes[row]):
                counts[words[at]] += 1


@njit(cache=True, nogil=True)
def gathered(begins: Ints, sizes: Ints, words: Ints) -> tuple[Ints, Ints]:
    """The words of all names end to end, and in which name each stands; int32 each."""
    total = 0
    for row in range(len(sizes)):
        total += sizes[row]
    out, rows = np.empty(total, np.int32), np.empty(total, np.int32)
    put = 0
    for row in range(len(begins)):
        for at in range(begins[row], begins[row] + sizes[row]):
            out[put], rows[put] = words[at], row
            put += 1
    return out, rows


@njit(cache=True, nogil=True)
def summed(begins: Ints, sizes: Ints, words: Ints, values: Floats) -> Floats:
    """The sum of the words' values for each name; float64[n]."""
    out = np.zeros(len(begins))
    for row in range(len(begins)):
        for at in range(begins[row], begins[row] + sizes[row]):
            out[row] += values[words[at]]
    return out


@njit(cache=True, nogil=True)
def rarest_words(begins: Ints, sizes: Ints, words: Ints, counts: Ints) -> Ints:
    """Of each name the word that fewest names hold, the first of equals; int32, -1 where it is blank."""
    out = np.full(len(begins), -1, np.int32)
    for k in range(len(begins)):
        for at in range(begins[k], begins[k] + sizes[k]):
            if out[k] < 0 or counts[words[at]] < counts[out[k]]:
                out[k] = words[at]
    return out
