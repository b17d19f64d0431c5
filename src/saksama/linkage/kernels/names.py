"""Names laid side by side, word by word."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.distance import LENGTH_SHIFT, LETTERS, ONCE, edits, one_edit
from saksama.linkage.kernels.machine import bits_set, prefetch

BLANK, EXACT, RESPELT, TYPED, SHORTER, SHORTER_TYPED, PARTLY, OTHER = range(8)  # levels, and 0 is blank everywhere
MOST_WORDS = 12
_SLIPS = 8.6  # bits: a word of usual length can be mistyped in about 400 ways
_INITIAL = 2.0  # bits: five letters begin most names
_AHEAD = 8  # pairs by which memory is asked for before it is needed
_H = 72  # at a seam it is written or not
_ONCE_BUT_H, _NONE = ONCE & ~(np.uint64(1) << np.uint64(_H & 31)), np.uint64(0)


@njit(cache=True, nogil=True, inline="always")
def _lengths(one: np.uint64, two: np.uint64) -> tuple[int, int, int]:
    """Of two words' letter sets the shorter length, by how much the other is longer, and how many edits are a slip."""
    a, b = int(one >> LENGTH_SHIFT), int(two >> LENGTH_SHIFT)
    shorter, longer = min(a, b), max(a, b)
    return shorter, longer - shorter, int(longer >= 4) + int(shorter >= 8)


@njit(cache=True, nogil=True, inline="always")
def may_relate(one: np.uint64, two: np.uint64) -> bool:
    """Whether words of these letter sets can be mistyped or an initial of one another; told without a branch."""
    shorter, apart, allowed = _lengths(one, two)
    return (shorter <= 1) | ((apart <= allowed) & (bits_set((one ^ two) & LETTERS) <= 2 * allowed))


@njit(cache=True, nogil=True, inline="always")
def word_relation(data: Bytes, starts: Ints, sets: Words, a: int, b: int) -> int:
    """How word `a` is to word `b` of the plain dictionary: 3 equal, 2 mistyped, 1 an initial, 0 another word.

    One edit is a slip of typing in words of four letters or more, two in words of eight or more.
    """
    if a == b:
        return 3
    shorter, _apart, allowed = _lengths(sets[a], sets[b])
    if shorter <= 1:
        return 1 if shorter == 1 and data[starts[a]] == data[starts[b]] else 0
    if not may_relate(sets[a], sets[b]):
        return 0
    if allowed == 1:
        return 2 if one_edit(data, starts[a], starts[a + 1], starts[b], starts[b + 1]) else 0
    return 2 if allowed and edits(data, starts[a], starts[a + 1], starts[b], starts[b + 1]) <= allowed else 0


@njit(cache=True, nogil=True, inline="always")
def _join_matches(data: Bytes, starts: Ints, sets: Words, parts: tuple[int, int, int]) -> bool:
    """Of three `parts`, words, whether the first is the second and the third as one, H and doubled letters aside."""
    whole, first, second = parts
    if ((sets[first] | sets[second]) ^ sets[whole]) & _ONCE_BUT_H != _NONE:
        return False
    one, two, both = (
        np.int64(sets[first] >> LENGTH_SHIFT),
        np.int64(sets[second] >> LENGTH_SHIFT),
        np.int64(sets[whole] >> LENGTH_SHIFT),
    )
    if abs(both - one - two) > 2 or one < 2 or two < 2:
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


@njit(cache=True, nogil=True, inline="always")
def _align_joined(
    words: Ints, a: tuple[int, int, int], b: tuple[int, int, int], dictionary: tuple[Bytes, Ints, Words]
) -> tuple[int, int]:
    """Bits of words used, with words of a marked that are two neighbours of b written as one, and those.

    `a` and `b` are where a name's words begin and end in `words`, and the bits of those used already.
    """
    data, starts, sets = dictionary
    a_used, b_used = a[2], b[2]
    for i in range(a[1] - a[0]):
        for j in range(b[1] - b[0] - 1):
            taken = (a_used >> i & 1) | (b_used >> j & 3)
            if not taken and _join_matches(data, starts, sets, (words[a[0] + i], words[b[0] + j], words[b[0] + j + 1])):
                a_used |= 1 << i
                b_used |= 3 << j
    return a_used, b_used


@njit(cache=True, nogil=True, inline="always")
def align(  # noqa: PLR0912  # three ways to match, and numba inlines no closures
    words: Ints, a: tuple[int, int], b: tuple[int, int], dictionary: tuple[Bytes, Ints, Words, Floats, Floats]
) -> tuple[int, int, int, tuple[float, float]]:
    """Words matched greedily, equal before mistyped before initials.

    `a` and `b` are where the names' words begin and end in `words`. Gives the words of a and of b that found a
    partner, as bits; whether every match was of equal words (1/0); and the bits of surprise in the matches, and how
    many fewer those are among people of one place. `dictionary` is letters, starts, letter sets and rarity of words,
    and how much less rare each is among people of one place.
    """
    data, starts, sets, rarity, local = dictionary
    a_size, b_size = a[1] - a[0], b[1] - b[0]
    a_used, b_used, surprise, less, all_equal, initials = 0, 0, 0.0, 0.0, 1, False
    near = False
    for i in range(a_size):
        one = words[a[0] + i]
        for j in range(b_size):
            two = words[b[0] + j]
            near |= may_relate(sets[one], sets[two]) & (one != two)
            if one == two and not (a_used >> i | b_used >> j) & 1:
                a_used |= 1 << i
                b_used |= 1 << j
                surprise += rarity[one]
                less += local[one]
    if a_size != b_size and a_used != (1 << a_size) - 1 and b_used != (1 << b_size) - 1:
        a_used, b_used = _align_joined(words, (a[0], a[1], a_used), (b[0], b[1], b_used), (data, starts, sets))
        b_used, a_used = _align_joined(words, (b[0], b[1], b_used), (a[0], a[1], a_used), (data, starts, sets))
    for i in range(a_size if near else 0):
        for j in range(b_size):
            one, two = words[a[0] + i], words[b[0] + j]
            if (a_used >> i & 1) | (b_used >> j & 1) or not may_relate(sets[one], sets[two]):
                continue
            relation = word_relation(data, starts, sets, one, two)
            initials |= relation == 1
            if relation == 2:
                a_used |= 1 << i
                b_used |= 1 << j
                all_equal = 0
                # SUPARNO and SUWARNO are both common: people, not slips. A slip of SITI is a word hardly seen.
                rarer, other = max(rarity[one], rarity[two]), min(rarity[one], rarity[two])
                bits = max(min(other, rarer - _SLIPS), 0.0)
                surprise += bits
                less += min(max(local[one], local[two]), bits)
    if initials:
        for i in range(a_size):
            for j in range(b_size):
                if (a_used >> i & 1) | (b_used >> j & 1):
                    continue
                if word_relation(data, starts, sets, words[a[0] + i], words[b[0] + j]) == 1:
                    a_used |= 1 << i
                    b_used |= 1 << j
                    all_equal = 0
                    surprise += _INITIAL
    return a_used, b_used, all_equal, (surprise, less)


@njit(cache=True, nogil=True, inline="always")
def _ask_ahead(pair: tuple[Ints, Ints], k: int, plain: Words, words: tuple[Ints, Ints, Ints]) -> None:
    far, near = k + 2 * _AHEAD, k + _AHEAD
    for side in (0, 1):
        prefetch(plain, pair[side][far])  # and the row it stands in
        prefetch(words[2], words[0][pair[side][near]])


@njit(cache=True, nogil=True)
def compare_names(
    pair: tuple[Ints, Ints],
    hashes: tuple[Words, Words, Words],
    bits: tuple[Floats, Floats],
    words: tuple[Ints, Ints, Ints],
    dictionary: tuple[Bytes, Ints, Words, Floats, Floats],
    out: tuple[Bytes, Floats, Floats],
) -> None:
    """The level of each pair of names, and log2 of the chance that strangers agree so well.

    `hashes` are of the name as written, in plain spelling sorted by word, and in plain spelling run together; `bits`
    the surprise of meeting the first two again; `words` where a name's plain words begin, how many they are, and the
    numbers of all; `dictionary` as in `align`. Fills `out` = level, log2 chance, and by how many bits the chance is
    greater among people of one place: of names that share some words. Of whole names that is counted elsewhere.
    """
    begins, sizes, numbers = words
    for k in range(len(pair[0])):
        if k + 2 * _AHEAD < len(pair[0]):
            _ask_ahead(pair, k, hashes[1], words)
        i, j = pair[0][k], pair[1][k]
        i_size, j_size = np.int64(sizes[i]), np.int64(sizes[j])
        out[2][k] = 0.0
        if i_size == 0 or j_size == 0:
            out[0][k], out[1][k] = BLANK, 0.0
        elif hashes[1][i] == hashes[1][j] and hashes[0][i] == hashes[0][j]:
            out[0][k], out[1][k] = EXACT, -bits[0][i]
        elif hashes[1][i] == hashes[1][j] or (i_size != j_size and hashes[2][i] == hashes[2][j]):
            out[0][k], out[1][k] = RESPELT, -min(bits[1][i], bits[1][j])
        else:
            a, b, all_equal, (surprise, less) = align(
                numbers, (begins[i], begins[i] + i_size), (begins[j], begins[j] + j_size), dictionary
            )
            i_whole, j_whole = a == (1 << i_size) - 1, b == (1 << j_size) - 1
            if a and not (i_whole and j_whole):
                # Any of the longer name's words might have been the shared one.
                surprise = max(surprise - np.log2(max(i_size, j_size)), 0.0)
            if a == 0:
                out[0][k] = OTHER
            elif i_whole and j_whole:
                out[0][k] = RESPELT if all_equal else TYPED
            elif i_whole or j_whole:
                out[0][k] = SHORTER if all_equal else SHORTER_TYPED
            else:
                out[0][k] = PARTLY
            out[1][k] = -surprise
            if out[0][k] != RESPELT:
                out[2][k] = min(less, surprise)
