"""Names laid side by side, word by word."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.distance import edits

BLANK, EXACT, RESPELT, TYPED, SHORTER, SHORTER_TYPED, PARTLY, OTHER = range(8)  # levels, and 0 is blank everywhere
MOST_WORDS = 12
_LIKE_WORDS = 2.0  # bits: other words lie as near to a mistyped one


@njit(cache=True, nogil=True)
def word_relation(data: Bytes, starts: Ints, a: int, b: int) -> int:
    """How word `a` is to word `b` of the plain dictionary: 3 equal, 2 mistyped, 1 an initial, 0 another word.

    One edit is a slip of typing in words of four letters or more, two in words of eight or more.
    """
    if a == b:
        return 3
    a_length, b_length = starts[a + 1] - starts[a], starts[b + 1] - starts[b]
    if a_length == 0 or b_length == 0:
        return 0
    if a_length == 1 or b_length == 1:
        return 1 if data[starts[a]] == data[starts[b]] else 0
    shorter, longer = min(a_length, b_length), max(a_length, b_length)
    allowed = 2 if shorter >= 8 else (1 if longer >= 4 else 0)
    if longer - shorter > allowed:
        return 0
    return 2 if edits(data, starts[a], starts[a + 1], starts[b], starts[b + 1]) <= allowed else 0


@njit(cache=True, nogil=True)
def _join_matches(data: Bytes, starts: Ints, whole: int, first: int, second: int) -> bool:
    """Whether word `whole` is `first` and `second` written as one."""
    cut = starts[first + 1] - starts[first]
    rest = starts[second + 1] - starts[second]
    if starts[whole + 1] - starts[whole] != cut + rest:
        return False
    for k in range(cut):
        if data[starts[whole] + k] != data[starts[first] + k]:
            return False
    for k in range(rest):
        if data[starts[whole] + cut + k] != data[starts[second] + k]:
            return False
    return True


@njit(cache=True, nogil=True)
def _align_joined(words: tuple[Ints, Ints], used: tuple[Bytes, Bytes], data: Bytes, starts: Ints) -> int:
    """Mark words of the first name that are two neighbours of the second written as one; how many were found."""
    found = 0
    for a in range(len(words[0])):
        for b in range(len(words[1]) - 1):
            free = used[0][a] == 0 and used[1][b] == 0 and used[1][b + 1] == 0
            if free and _join_matches(data, starts, words[0][a], words[1][b], words[1][b + 1]):
                used[0][a], used[1][b], used[1][b + 1] = 1, 1, 1
                found += 1
    return found


@njit(cache=True, nogil=True)
def align(a_words: Ints, b_words: Ints, data: Bytes, starts: Ints, rarity: Floats) -> tuple[int, int, int, float]:
    """Words matched greedily, equal before mistyped before initials.

    Gives how many words of a and of b found a partner, whether every match was of equal words (1/0), and the bits of
    surprise in the matches: the sum of the rarer-is-more `rarity` (bits) of the commoner word of each match.
    """
    a_used, b_used = np.zeros(len(a_words), np.uint8), np.zeros(len(b_words), np.uint8)
    surprise, all_equal = 0.0, 1
    for wanted in (3, 2, 1):
        if wanted == 2 and (len(a_words) != len(b_words)):
            _align_joined((a_words, b_words), (a_used, b_used), data, starts)
            _align_joined((b_words, a_words), (b_used, a_used), data, starts)
        for a in range(len(a_words)):
            if a_used[a]:
                continue
            for b in range(len(b_words)):
                if b_used[b] or word_relation(data, starts, a_words[a], b_words[b]) != wanted:
                    continue
                a_used[a], b_used[b] = 1, 1
                if wanted == 1:
                    surprise += 2.0  # an initial says little: five letters begin most names
                else:
                    surprise += min(rarity[a_words[a]], rarity[b_words[b]])
                if wanted == 2:
                    surprise = max(surprise - _LIKE_WORDS, 0.0)
                if wanted < 3:
                    all_equal = 0
                break
    return a_used.sum(), b_used.sum(), all_equal, surprise


@njit(cache=True, nogil=True)
def compare_names(
    left: Ints, right: Ints, hashes: tuple[Words, Words, Words], bits: tuple[Floats, Floats], words: tuple[Ints, Ints],
    dictionary: tuple[Bytes, Ints, Floats], out: tuple[Bytes, Floats],
) -> None:  # fmt: skip
    """The level of each pair of names, and log2 of the chance that strangers agree so well.

    `hashes` are of the name as written, in plain spelling sorted by word, and in plain spelling run together; `bits`
    the surprise of meeting the first two again; `words` the offsets and numbers of plain words; `dictionary` their
    letters, starts and rarity in bits. Fills `out` = level, log2 chance.
    """
    for k in range(len(left)):
        i, j = left[k], right[k]
        i_words, j_words = words[1][words[0][i] : words[0][i + 1]], words[1][words[0][j] : words[0][j + 1]]
        if len(i_words) == 0 or len(j_words) == 0:
            out[0][k], out[1][k] = BLANK, 0.0
        elif hashes[0][i] == hashes[0][j]:
            out[0][k], out[1][k] = EXACT, -bits[0][i]
        elif hashes[1][i] == hashes[1][j] or hashes[2][i] == hashes[2][j]:
            out[0][k], out[1][k] = RESPELT, -min(bits[1][i], bits[1][j])
        else:
            a, b, all_equal, surprise = align(i_words, j_words, dictionary[0], dictionary[1], dictionary[2])
            i_whole, j_whole = a == len(i_words), b == len(j_words)
            # Any of the longer name's words might have been the shared one.
            surprise = (
                max(surprise - np.log2(max(len(i_words), len(j_words))), 0.0) if not (i_whole and j_whole) else surprise
            )
            if a == 0:
                out[0][k] = OTHER
            elif i_whole and j_whole:
                out[0][k] = RESPELT if all_equal else TYPED
            elif i_whole or j_whole:
                out[0][k] = SHORTER if all_equal else SHORTER_TYPED
            else:
                out[0][k] = PARTLY
            out[1][k] = -surprise
