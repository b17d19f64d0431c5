"""The mixture of classes: how likely each pair is of each, and the counts a new estimate is made from."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints
from saksama.linkage.kernels.fields import SAME_DATE, SAME_NUMBER, SAME_TEXT
from saksama.linkage.kernels.names import PARTLY

_NOTHING = -40.0  # bits behind the likeliest class: a share too small to add up


@njit(cache=True, nogil=True)
def class_shares(
    levels: Bytes, chance: tuple[Floats, Floats], model: tuple[Floats, Floats, Bytes], out: Floats
) -> None:
    """Fill `out` (float32[n, classes]) with each pair's share of each class; strangers are what is left over.

    `levels` is uint8[n, comparisons]; `chance` log2 of a stranger pair's likelihood with its prior, and of all but name
    and date among half strangers; `model` log2 of the likelihood of level by class and comparison, log2 of class sizes,
    and which classes are half strangers.
    """
    tables, priors, half_strangers = model
    classes, width, _depth = tables.shape
    scores = np.empty(classes)
    for k in range(len(levels)):
        best = np.float64(chance[0][k])
        for c in range(classes):
            score = priors[c]
            if half_strangers[c]:
                score += chance[1][k]
            for w in range(width):
                score += tables[c, w, levels[k, w]]
            scores[c] = score
            best = max(best, score)
        total = 2.0 ** (chance[0][k] - best)
        for c in range(classes):
            behind = scores[c] - best
            scores[c] = 2.0**behind if behind > _NOTHING else 0.0
            total += scores[c]
        for c in range(classes):
            out[k, c] = scores[c] / total


@njit(cache=True, nogil=True, inline="always")
def _rarity(name: int, date: int, chance: float, most: int) -> int:
    """How rare a name and date of birth are that a pair shares, in steps of two bits from 1 to `most`; 0 of others."""
    if 1 <= name < PARTLY and date == SAME_DATE:
        return min(max(int(-chance / 2), 0), most - 1) + 1
    return 0


@njit(cache=True, nogil=True, inline="always")
def _rarity_of_text(chance: float, most: int) -> int:
    """How much rarer a text is than those that strangers mostly share, in steps of two bits from -4 bits on."""
    return min(max(int((4 - chance) / 2), 0), most - 1)


@njit(cache=True, nogil=True)
def count_namesakes(
    levels: Bytes, chance: Floats, columns: tuple[int, int, int, int, int], shares: tuple[Floats, Floats],
    nearness: Bytes, most: tuple[int, int, int],
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """How rare the names and texts of doubles of one number are, and of namesakes; and how near and alike namesakes'
    places and numbers are.

    `columns` are those of name, date, number, text and place, -1 where there is none; `chance` is an Evidence's;
    `shares` are those of one person and of namesakes, float32[n] each; `nearness` is by place level; `most` are the
    steps of rarity of names and of texts, and the last level at which texts agree. Gives float64[2, steps + 1] by step
    of two bits, 0 for pairs of another name or date; float64[2, steps] of texts that are the same; float64[nearness,
    text levels]; and float64[nearness, 2, number levels], by whether texts agree.
    """
    name, date, number, text, place = columns
    steps, steps_of_text, alike = most
    tiers = np.int64(nearness.max()) + 1
    rare, rare_texts = np.zeros((2, steps + 1)), np.zeros((2, steps_of_text))
    near, numbers = np.zeros((tiers, 8)), np.zeros((tiers, 2, 10))
    for k in range(len(levels)):
        rarity = _rarity(levels[k, name], levels[k, date], chance[k, 0], steps)
        if levels[k, number] == SAME_NUMBER:
            rare[0, rarity] += shares[0][k]
        rare[1, rarity] += shares[1][k]
        where = nearness[levels[k, place] if place >= 0 else 0]
        together = 0
        if text >= 0:
            near[where, levels[k, text]] += shares[1][k]
            together = 1 if 1 <= levels[k, text] <= alike else 0
            if levels[k, text] == SAME_TEXT:
                step = _rarity_of_text(chance[k, 1], steps_of_text)
                if levels[k, number] == SAME_NUMBER:
                    rare_texts[0, step] += shares[0][k]
                rare_texts[1, step] += shares[1][k]
        numbers[where, together, levels[k, number]] += shares[1][k]
    return rare, rare_texts, near, numbers


@njit(cache=True, nogil=True)
def namesake_bits(
    levels: Bytes, chance: Floats, columns: tuple[int, int, int, int, int], alike: int,
    bits: tuple[Floats, Floats, Floats, Floats], out: Floats,
) -> None:  # fmt: skip
    """Fill `out` (float32[n]) with log2 of the chance of all but name and date among namesakes.

    `chance` is an Evidence's; `columns` are those of name, date, number, text and place, the last two -1 where there is
    none; `alike` is the last level at which texts agree. `bits` are what is added by rarity of name and date, by rarity
    of a text that is the same, by level of place and text, and by level of place, whether texts agree, and level of
    number; float64[steps], [steps], [levels, levels], [levels, 2, levels].
    """
    name, date, number, text, place = columns
    for k in range(len(levels)):
        total = np.float64(chance[k, 2])
        rarity = _rarity(levels[k, name], levels[k, date], chance[k, 0], len(bits[0]))
        if rarity > 0:
            total += bits[0][rarity - 1]
        where, together = levels[k, place] if place >= 0 else 0, 0
        if text >= 0:
            total += bits[2][where, levels[k, text]]
            together = 1 if 1 <= levels[k, text] <= alike else 0
            if levels[k, text] == SAME_TEXT:
                total += bits[1][_rarity_of_text(chance[k, 1], len(bits[1]))]
        out[k] = total + bits[3][where, together, levels[k, number]]


@njit(cache=True, nogil=True)
def conditions(
    levels: Bytes, columns: tuple[int, int, int, int], nearness: Bytes, common: Bytes, most: tuple[int, int]
) -> Bytes:
    """The condition of each pair: 1 if names agree; 2 if dates do, 4 if on a common date; by place 0, 6, 12 or 18; and
    24 if texts agree.

    `columns` are those of name, date, place and text, -1 where there is none; `nearness` maps place levels to 0, 6, 12
    or 18; `common` marks pairs whose first record is of a common date; `most` are the last levels at which names and
    texts agree.
    """
    name, date, place, text = columns
    out = np.zeros(len(levels), np.uint8)
    for k in range(len(levels)):
        condition = 0
        if name >= 0 and 1 <= levels[k, name] <= most[0]:
            condition += 1
        if date >= 0 and (levels[k, date] == 1 or levels[k, date] == 8):
            condition += 4 if common[k] else 2
        if place >= 0:
            condition += nearness[levels[k, place]]
        if text >= 0 and 1 <= levels[k, text] <= most[1]:
            condition += 24
        out[k] = condition
    return out


@njit(cache=True, nogil=True)
def add_chances(levels: Bytes, condition: Bytes, tables: Floats, named: Bytes, chance: Floats) -> None:
    """Add to `chance`, an Evidence's, the log2 chances of levels by condition: of names and dates, and of the rest.

    `tables` is float[conditions, comparisons, levels]; `named` marks the comparisons that are names or dates.
    """
    for k in range(len(levels)):
        for w in range(levels.shape[1]):
            chance[k, 0 if named[w] else 2] += tables[condition[k], w, levels[k, w]]


@njit(cache=True, nogil=True)
def discount_local(
    left: Ints,
    levels: Bytes,
    columns: tuple[int, int, int],
    most: int,
    discounts: tuple[Bytes, Bytes, Bytes],
    out: tuple[Bytes, Bytes],
) -> None:
    """Where two are of one place (level 1 to `most` of the last of `columns`) take the discounts of what they share.

    `columns` are name, date and place; `discounts`, by record, are of a name as written, of one in plain spelling and
    of a date. Fills `out`: uint8[3, n], the larger of what is there and the discount; uint8[n], 1 for one place.
    """
    name, date, place = columns
    for k in range(len(left)):
        if not 1 <= levels[k, place] <= most:
            continue
        out[1][k] = 1
        if 1 <= levels[k, name] <= 2:
            what = levels[k, name] - 1
            discount = discounts[0][left[k]] if what == 0 else discounts[1][left[k]]
            out[0][what, k] = max(out[0][what, k], discount)
        if levels[k, date] == 1:
            out[0][2, k] = max(out[0][2, k], discounts[2][left[k]])


@njit(cache=True, nogil=True)
def level_counts(levels: Bytes, shares: Floats, counted: Bytes, depth: int) -> Floats:
    """Expected number of pairs of each class at each level; float64[classes, comparisons, depth].

    Of class 0, one person, only pairs count that `counted` (uint8[n, comparisons]) marks for the comparison.
    """
    width, classes = levels.shape[1], shares.shape[1]
    counts = np.zeros((classes, width, depth))
    for k in range(len(levels)):
        for c in range(classes):
            if shares[k, c] < 1e-6:
                continue
            for w in range(width):
                if c > 0 or counted[k, w]:
                    counts[c, w, levels[k, w]] += shares[k, c]
    return counts
