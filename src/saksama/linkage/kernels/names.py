"""Names laid side by side, word by word."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.distance import edits

BLANK, EXACT, RESPELT, TYPED, SHORTER, SHORTER_TYPED, PARTLY, OTHER = range(8)  # levels, and 0 is blank everywhere
MOST_WORDS = 12
_SLIPS = 8.6  # bits: a word of usual length can be mistyped in about 400 ways
_INITIAL = 2.0  # bits: five letters begin most names
_H = 72  # at a seam it is written or not


@njit(cache=True, nogil=True)
def letter_sets(data: Bytes, starts: Ints) -> Ints:
    """The letters of each word as a set of 32 bits; uint32. Words far apart in letters are far apart in edits."""
    out = np.zeros(len(starts) - 1, np.uint32)
    for word in range(len(out)):
        for at in range(starts[word], starts[word + 1]):
            out[word] |= np.uint32(1) << np.uint32(data[at] & 31)
    return out


@njit(cache=True, nogil=True)
def _bits_set(value: np.uint32) -> int:
    count = 0
    while value:
        value &= value - np.uint32(1)
        count += 1
    return count


@njit(cache=True, nogil=True)
def word_relation(data: Bytes, starts: Ints, sets: Ints, a: int, b: int) -> int:
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
    if longer - shorter > allowed or _bits_set(sets[a] ^ sets[b]) > 2 * allowed:
        return 0
    return 2 if edits(data, starts[a], starts[a + 1], starts[b], starts[b + 1]) <= allowed else 0


@njit(cache=True, nogil=True)
def _join_matches(data: Bytes, starts: Ints, whole: int, first: int, second: int) -> bool:
    """Whether word `whole` is `first` and `second` written as one, H and doubled letters aside."""
    sizes = starts[whole + 1] - starts[whole], starts[first + 1] - starts[first], starts[second + 1] - starts[second]
    if abs(sizes[0] - sizes[1] - sizes[2]) > 2 or sizes[1] < 2 or sizes[2] < 2:
        return False
    at, last = starts[whole], np.uint8(0)
    for word in (first, second):
        for k in range(starts[word], starts[word + 1]):
            letter = data[k]
            if letter == _H or letter == last:  # noqa: PLR1714, SIM109  # numba has no `in` for mixed types
                continue
            while at < starts[whole + 1] and (data[at] == _H or data[at] == last):
                at += 1
            if at == starts[whole + 1] or data[at] != letter:
                return False
            last = letter
            at += 1
    while at < starts[whole + 1] and (data[at] == _H or data[at] == last):
        at += 1
    return bool(at == starts[whole + 1])


@njit(cache=True, nogil=True)
def _align_joined(a_words: Ints, b_words: Ints, used: tuple[int, int], data: Bytes, starts: Ints) -> tuple[int, int]:
    """`used` (bits of words taken) with words of a marked that are two neighbours of b written as one, and those."""
    a_used, b_used = used
    for a in range(len(a_words)):
        for b in range(len(b_words) - 1):
            taken = (a_used >> a & 1) | (b_used >> b & 3)
            if not taken and _join_matches(data, starts, a_words[a], b_words[b], b_words[b + 1]):
                a_used |= 1 << a
                b_used |= 3 << b
    return a_used, b_used


@njit(cache=True, nogil=True)
def align(a_words: Ints, b_words: Ints, dictionary: tuple[Bytes, Ints, Ints, Floats]) -> tuple[int, int, int, float]:
    """Words matched greedily, equal before mistyped before initials.

    Gives the words of a and of b that found a partner, as bits; whether every match was of equal words (1/0); and the
    bits of surprise in the matches. `dictionary` is letters, starts, letter
    sets and rarity of words.
    """
    data, starts, sets, rarity = dictionary
    a_used, b_used, surprise, all_equal, near = 0, 0, 0.0, 1, 0
    for a in range(len(a_words)):
        for b in range(len(b_words)):
            if b_used >> b & 1:
                continue
            relation = word_relation(data, starts, sets, a_words[a], b_words[b])
            if relation == 3:
                a_used |= 1 << a
                b_used |= 1 << b
                surprise += rarity[a_words[a]]
                break
            near = max(near, relation)
    if len(a_words) != len(b_words):
        a_used, b_used = _align_joined(a_words, b_words, (a_used, b_used), data, starts)
        b_used, a_used = _align_joined(b_words, a_words, (b_used, a_used), data, starts)
    for wanted in range(near, 0, -1):
        for a in range(len(a_words)):
            for b in range(len(b_words)):
                if (a_used >> a & 1) | (b_used >> b & 1):
                    continue
                if word_relation(data, starts, sets, a_words[a], b_words[b]) == wanted:
                    a_used |= 1 << a
                    b_used |= 1 << b
                    all_equal = 0
                    one, two = rarity[a_words[a]], rarity[b_words[b]]
                    # SUPARNO and SUWARNO are both common: people, not slips. A slip of SITI is a word hardly seen.
                    slip = max(min(one, two, max(one, two) - _SLIPS), 0.0)
                    surprise += _INITIAL if wanted == 1 else slip
    return a_used, b_used, all_equal, surprise


@njit(cache=True, nogil=True)
def compare_names(
    pair: tuple[Ints, Ints], hashes: tuple[Words, Words, Words], bits: tuple[Floats, Floats],
    words: tuple[Ints, Ints], dictionary: tuple[Bytes, Ints, Ints, Floats], out: tuple[Bytes, Floats],
) -> None:  # fmt: skip
    """The level of each pair of names, and log2 of the chance that strangers agree so well.

    `hashes` are of the name as written, in plain spelling sorted by word, and in plain spelling run together; `bits`
    the surprise of meeting the first two again; `words` the offsets and numbers of plain words; `dictionary` as in
    `align`. Fills `out` = level, log2 chance.
    """
    for k in range(len(pair[0])):
        i, j = pair[0][k], pair[1][k]
        i_words, j_words = words[1][words[0][i] : words[0][i + 1]], words[1][words[0][j] : words[0][j + 1]]
        if len(i_words) == 0 or len(j_words) == 0:
            out[0][k], out[1][k] = BLANK, 0.0
        elif hashes[0][i] == hashes[0][j]:
            out[0][k], out[1][k] = EXACT, -bits[0][i]
        elif hashes[1][i] == hashes[1][j] or (hashes[2][i] == hashes[2][j] and len(i_words) != len(j_words)):
            out[0][k], out[1][k] = RESPELT, -min(bits[1][i], bits[1][j])
        else:
            a, b, all_equal, surprise = align(i_words, j_words, dictionary)
            i_whole, j_whole = a == (1 << len(i_words)) - 1, b == (1 << len(j_words)) - 1
            if not (i_whole and j_whole):
                # Any of the longer name's words might have been the shared one.
                surprise = max(surprise - np.log2(max(len(i_words), len(j_words))), 0.0)
            if a == 0:
                out[0][k] = OTHER
            elif i_whole and j_whole:
                out[0][k] = RESPELT if all_equal else TYPED
            elif i_whole or j_whole:
                out[0][k] = SHORTER if all_equal else SHORTER_TYPED
            else:
                out[0][k] = PARTLY
            out[1][k] = -surprise
