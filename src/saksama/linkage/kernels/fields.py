"""Dates, person numbers, places and plain texts compared. Level 0 is blank: it is never agreement."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints
from saksama.linkage.kernels.distance import edits

SAME_DATE, SWAPPED, ONE_DIGIT, SAME_DAY_MONTH, TWO_PARTS, SAME_YEAR, OTHER_DATE, DATE_IN_NUMBER = range(1, 9)
SAME_TEXT, NEAR_TEXT, ALIKE_TEXT, OTHER_TEXT = range(1, 5)
(
    SAME_NUMBER, SLIP, SERIAL_SLIP, SERIAL_NEXT, SERIAL_OTHER, REISSUED, DATE_REWRITTEN, SAME_REGION, OTHER_NUMBER,
) = range(1, 10)  # fmt: skip
_WOMAN = 40  # added to the day of birth in a woman's NIK
SAME_HOUSEHOLD, SAME_LANE, SAME_VILLAGE, SAME_DISTRICT, SAME_REGENCY, SAME_PROVINCE, ELSEWHERE = range(1, 8)


@njit(cache=True, nogil=True)
def digits_apart(a: int, b: int, length: int) -> int:
    """Replaced digits between two numbers of `length` digits; a swap of two neighbours counts one."""
    apart, waiting_a, waiting_b = 0, -1, -1
    for _ in range(length):
        x, y = a % 10, b % 10
        a, b = a // 10, b // 10
        if x == y:
            waiting_a, waiting_b = -1, -1
        elif waiting_a == y and waiting_b == x:
            waiting_a, waiting_b = -1, -1  # the swap was counted at its first digit
        else:
            apart += 1
            waiting_a, waiting_b = x, y
    return apart


@njit(cache=True, nogil=True)
def date_level(a: int, b: int) -> int:
    """The level of two dates written yyyymmdd; 0 where either is 0."""
    if a == 0 or b == 0:
        return 0
    if a == b:
        return SAME_DATE
    a_year, a_month, a_day = a // 10000, a // 100 % 100, a % 100
    b_year, b_month, b_day = b // 10000, b // 100 % 100, b % 100
    if a_year == b_year and a_month == b_day and a_day == b_month:
        return SWAPPED
    if digits_apart(a, b, 8) == 1:
        return ONE_DIGIT
    if a_month == b_month and a_day == b_day:
        return SAME_DAY_MONTH
    if a_year == b_year:
        return TWO_PARTS if a_month == b_month or a_day == b_day else SAME_YEAR
    return OTHER_DATE


@njit(cache=True, nogil=True)
def compare_dates(left: Ints, right: Ints, dates: Ints, bits: Floats, out: tuple[Bytes, Floats]) -> None:
    """Levels of pairs of dates; for the same date log2 of its chance, which default birthdays make large."""
    for k in range(len(left)):
        i, j = left[k], right[k]
        level = date_level(dates[i], dates[j])
        out[0][k] = level
        out[1][k] = -bits[i] if level == SAME_DATE else 0.0


@njit(cache=True, nogil=True)
def number_level(a: int, b: int, a_born: int, b_born: int) -> int:
    """The level of two NIK of 16 digits (0 = none), given birth dates yyyymmdd (0 = none).

    A difference between the dates inside that only repeats the difference of the birth dates is no second witness.
    """
    if a <= 0 or b <= 0:
        return 0
    if a == b:
        return SAME_NUMBER
    a_region, b_region = a // 10**10, b // 10**10
    a_date, b_date = a // 10**4 % 10**6, b // 10**4 % 10**6
    a_serial, b_serial = a % 10**4, b % 10**4
    a_day, b_day = a_date // 10**4, b_date // 10**4
    # A brother's and a sister's numbers of one date differ by the 40 of a woman's day: the numbers of twins.
    same_birth = a_date % 10**4 == b_date % 10**4 and a_day % _WOMAN == b_day % _WOMAN
    if a_region == b_region and same_birth and (a_date == b_date or abs(a_serial - b_serial) <= 3):
        if abs(a_serial - b_serial) <= 3:
            return SERIAL_NEXT
        return SERIAL_SLIP if digits_apart(a_serial, b_serial, 4) == 1 else SERIAL_OTHER
    if a_date == b_date and a_serial == b_serial:
        return SLIP if digits_apart(a_region, b_region, 6) == 1 else REISSUED
    if a_region == b_region and a_serial == b_serial and not (a_born > 0 and b_born > 0 and a_born != b_born):
        return SLIP if digits_apart(a_date, b_date, 6) == 1 else DATE_REWRITTEN
    return SAME_REGION if a_region == b_region else OTHER_NUMBER


@njit(cache=True, nogil=True)
def compare_numbers(
    left: Ints, right: Ints, numbers: tuple[Ints, Ints], serial_bits: Floats, common: Bytes, out: tuple[Bytes, Floats]
) -> None:
    """Levels of pairs of NIK; where the serial is what they share, how much rarer it is than serials shared mostly are.

    `numbers` are NIK and birth dates. Most serials are small: two strangers of one birth date share 0001 easily,
    5177 hardly. `serial_bits` is float32[2, 10000], for people born on an ordinary and on a `common` date.
    """
    for k in range(len(left)):
        i, j = left[k], right[k]
        level = number_level(numbers[0][i], numbers[0][j], numbers[1][i], numbers[1][j])
        out[0][k] = level
        shared = level in (SLIP, REISSUED, DATE_REWRITTEN)
        out[1][k] = -serial_bits[common[i], numbers[0][i] % 10**4] if shared else 0.0


@njit(cache=True, nogil=True)
def date_in_number(left: Ints, right: Ints, levels: tuple[Bytes, Bytes], bits: Floats, chance: Floats) -> None:
    """Where birth dates differ a little but other NIK hold one date, call the date witness by what they share: that.

    Else the date inside would count a second time, with the NIK. `levels` are of dates (changed) and of NIK.
    """
    for k in range(len(left)):
        near = SWAPPED <= levels[0][k] <= OTHER_DATE
        if near and levels[1][k] in (SLIP, SERIAL_SLIP, SERIAL_NEXT, SERIAL_OTHER, REISSUED):
            levels[0][k] = DATE_IN_NUMBER
            chance[k] -= min(bits[left[k]], bits[right[k]])


@njit(cache=True, nogil=True)
def compare_places(left: Ints, right: Ints, households: Ints, tiers: Ints, lanes: Ints, out: Bytes) -> None:
    """Household and place as one witness: the closest that two records share.

    `households` and `lanes` number families and RT/RW or addresses (0 = none); `tiers` is int32[n, 4]: province,
    regency, district, village as running numbers (0 = none).
    """
    for k in range(len(left)):
        i, j = left[k], right[k]
        if households[i] != 0 and households[i] == households[j]:
            out[k] = SAME_HOUSEHOLD
            continue
        level, known = ELSEWHERE, False
        for tier in range(3, -1, -1):
            if tiers[i, tier] == 0 or tiers[j, tier] == 0:
                continue
            known = True
            if tiers[i, tier] == tiers[j, tier]:
                level = SAME_PROVINCE - tier
                break
        if level == SAME_VILLAGE and lanes[i] != 0 and lanes[i] == lanes[j]:
            level = SAME_LANE
        out[k] = level if known else 0


@njit(cache=True, nogil=True)
def compare_codes(left: Ints, right: Ints, codes: Ints, bits: Floats, out: tuple[Bytes, Floats]) -> None:
    """Equal or not: level 1 or 4 of the text levels, with log2 of the chance of the value shared."""
    for k in range(len(left)):
        a, b = codes[left[k]], codes[right[k]]
        if a < 0 or b < 0:
            out[0][k], out[1][k] = 0, 0.0
        elif a == b:
            out[0][k], out[1][k] = SAME_TEXT, -bits[a]
        else:
            out[0][k], out[1][k] = OTHER_TEXT, 0.0


@njit(cache=True, nogil=True)
def compare_texts(
    left: Ints, right: Ints, codes: Ints, values: tuple[Bytes, Ints], bits: Floats, out: tuple[Bytes, Floats]
) -> None:
    """Equal, one edit apart, alike (a quarter of the letters apart, or one begins the other), or other."""
    data, starts = values
    for k in range(len(left)):
        a, b = codes[left[k]], codes[right[k]]
        out[1][k] = 0.0
        if a < 0 or b < 0:
            out[0][k] = 0
            continue
        if a == b:
            out[0][k], out[1][k] = SAME_TEXT, -bits[a]
            continue
        a_length, b_length = starts[a + 1] - starts[a], starts[b + 1] - starts[b]
        shorter, longer = min(a_length, b_length), max(a_length, b_length)
        apart = edits(data, starts[a], starts[a + 1], starts[b], starts[b + 1])
        begins = shorter >= 4
        for at in range(shorter):
            begins = begins and data[starts[a] + at] == data[starts[b] + at]
        if apart <= 1 and longer >= 4:
            out[0][k] = NEAR_TEXT
        elif begins or 4 * apart <= longer:
            out[0][k] = ALIKE_TEXT
        else:
            out[0][k] = OTHER_TEXT


@njit(cache=True, nogil=True)
def read_numbers(data: Bytes, offsets: Ints, width: int) -> Ints:
    """Texts of exactly `width` digits as int64. 0 for any other text, for all one digit, and for 0 itself."""
    out = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(out)):
        if offsets[row + 1] - offsets[row] != width:
            continue
        value, sound, varied = 0, True, False
        for at in range(offsets[row], offsets[row + 1]):
            digit = int(data[at]) - 48
            sound = sound and 0 <= digit <= 9
            varied = varied or bool(data[at] != data[offsets[row]])
            value = value * 10 + digit
        if sound and varied:
            out[row] = value
    return out


@njit(cache=True, nogil=True)
def read_dates(data: Bytes, offsets: Ints) -> Ints:
    """Dates written year first or day first with any separator, or as eight digits, as yyyymmdd; int32, 0 for none."""
    out = np.zeros(len(offsets) - 1, np.int32)
    parts, sizes = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for row in range(len(out)):
        parts[:], sizes[:] = 0, 0
        part, inside = -1, False
        for at in range(offsets[row], offsets[row + 1]):
            digit = np.int64(data[at]) - 48
            if 0 <= digit <= 9:
                if not inside:
                    part, inside = part + 1, True
                    if part > 2:
                        break
                if sizes[part] < 8:
                    parts[part] = parts[part] * 10 + digit
                    sizes[part] += 1
            else:
                inside = False
        if part == 0 and sizes[0] == 8:
            out[row] = parts[0]
        elif part == 2 and sizes[0] == 4 and sizes[1] <= 2 and sizes[2] <= 2:
            out[row] = parts[0] * 10000 + parts[1] * 100 + parts[2]
        elif part == 2 and sizes[2] == 4 and sizes[1] <= 2 and sizes[0] <= 2:
            out[row] = parts[2] * 10000 + parts[1] * 100 + parts[0]
    return out
