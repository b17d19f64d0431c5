"""Dates, person numbers, places and plain texts compared. Level 0 is blank: it is never agreement."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.distance import LETTERS, edits
from saksama.linkage.kernels.machine import bits_set

SAME_DATE, SWAPPED, ONE_DIGIT, SAME_DAY_MONTH, TWO_PARTS, SAME_YEAR, OTHER_DATE, DATE_IN_NUMBER = range(1, 9)
SAME_TEXT, NEAR_TEXT, ALIKE_TEXT, OTHER_TEXT = range(1, 5)
(
    SAME_NUMBER, SLIP, SERIAL_SLIP, SERIAL_NEXT, SERIAL_OTHER, REISSUED, DATE_REWRITTEN, SAME_REGION, OTHER_NUMBER,
) = range(1, 10)  # fmt: skip
_TEN, _NINE, _NONE, _NO_DIGIT = np.uint64(10), np.uint64(9), np.uint64(0), np.uint64(99)
_10000, _100 = np.uint32(10000), np.uint32(100)
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31
_WOMAN = 40  # added to the day of birth in a woman's NIK
SAME_HOUSEHOLD, SAME_LANE, SAME_VILLAGE, SAME_DISTRICT, SAME_REGENCY, SAME_PROVINCE, ELSEWHERE = range(1, 8)


@njit(cache=True, nogil=True)
def one_digit_apart(a: int, b: int, length: int) -> bool:
    """Whether two numbers of `length` digits differ by one digit replaced, or by two neighbours swapped."""
    one, two = np.uint64(a), np.uint64(b)
    # Then their difference is 1 to 9, or 9 to 81 by nines, and zeros behind it: few numbers have to be read.
    apart_by = max(one, two) - min(one, two)
    while apart_by > _NINE and apart_by % _TEN == _NONE:
        apart_by //= _TEN
    if apart_by > _NINE and (apart_by > _NINE * _NINE or apart_by % _NINE != _NONE):
        return False
    apart, waiting_one, waiting_two = 0, _NO_DIGIT, _NO_DIGIT
    for _ in range(length):
        x, y = one % _TEN, two % _TEN
        one, two = one // _TEN, two // _TEN
        if x == y:
            waiting_one, waiting_two = _NO_DIGIT, _NO_DIGIT
        elif waiting_one == y and waiting_two == x:
            waiting_one, waiting_two = _NO_DIGIT, _NO_DIGIT  # the swap was counted at its first digit
        elif apart == 1:
            return False
        else:
            apart, waiting_one, waiting_two = 1, x, y
    return apart == 1


@njit(cache=True, nogil=True)
def date_level(a: int, b: int) -> int:
    """The level of two dates written yyyymmdd; 0 where either is 0."""
    if a == 0 or b == 0:
        return 0
    if a == b:
        return SAME_DATE
    one, two = np.uint32(a), np.uint32(b)  # unsigned divides without a look at the sign
    a_year, a_month, a_day = one // _10000, one // _100 % _100, one % _100
    b_year, b_month, b_day = two // _10000, two // _100 % _100, two % _100
    if a_year == b_year and a_month == b_day and a_day == b_month:
        return SWAPPED
    # One digit lies in one part, two neighbours swapped in two at most.
    parts_apart = (a_year != b_year) + (a_month != b_month) + (a_day != b_day)
    if parts_apart <= 2 and one_digit_apart(a, b, 8):
        return ONE_DIGIT
    if a_month == b_month and a_day == b_day:
        return SAME_DAY_MONTH
    if a_year == b_year:
        return TWO_PARTS if a_month == b_month or a_day == b_day else SAME_YEAR
    return OTHER_DATE


@njit(cache=True, nogil=True)
def dates_of_days(days: Ints) -> Ints:
    """Days since 1970-01-01 as yyyymmdd; int32, 0 outside the years 1 to 9999.

    The civil calendar from days (Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
    """
    out = np.zeros(len(days), np.int32)
    for k in range(len(days)):
        if not _FIRST_DAY <= days[k] <= _LAST_DAY:
            continue
        shifted = np.int64(days[k]) + 719_468
        era = shifted // 146_097
        of_era = shifted - era * 146_097
        year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
        shifted_month = (5 * of_year + 2) // 153
        day = of_year - (153 * shifted_month + 2) // 5 + 1
        month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
        year = year_of_era + era * 400 + (1 if month <= 2 else 0)
        out[k] = year * 10_000 + month * 100 + day
    return out


@njit(cache=True, nogil=True)
def compare_dates(left: Ints, right: Ints, dates: Ints, bits: Floats, out: tuple[Bytes, Floats]) -> None:
    """Levels of pairs of dates; for the same date log2 of its chance, which default birthdays make large, and for day
    and month swapped that of the date it is swapped to: too rare to be met in a sample of strangers.

    `bits` are by date, as those are written: float32[100,000,000], of which hardly a page is ever touched.
    """
    for k in range(len(left)):
        i, j = left[k], right[k]
        level = date_level(dates[i], dates[j])
        out[0][k] = level
        out[1][k] = -min(bits[dates[i]], bits[dates[j]]) if level in (SAME_DATE, SWAPPED) else 0.0


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
        return SERIAL_SLIP if one_digit_apart(a_serial, b_serial, 4) else SERIAL_OTHER
    if a_date == b_date and a_serial == b_serial:
        return SLIP if one_digit_apart(a_region, b_region, 6) else REISSUED
    if a_region == b_region and a_serial == b_serial:
        return SLIP if a_born == b_born and one_digit_apart(a_date, b_date, 6) else DATE_REWRITTEN
    return SAME_REGION if a_region == b_region else OTHER_NUMBER


@njit(cache=True, nogil=True)
def compare_numbers(
    left: Ints, right: Ints, numbers: tuple[Ints, Ints], serial_bits: Floats, common: Bytes, out: tuple[Bytes, Floats]
) -> None:
    """Levels of pairs of NIK; where the serial is what they share, how much rarer it is than serials shared mostly are.

    `numbers` are NIK and birth dates. Most serials are small: two strangers of one birth date share 0001 easily,
    5177 hardly. `serial_bits` is float32[2, 10000], for people born on an ordinary date and on one that `common`
    (uint8 by date) marks.
    """
    for k in range(len(left)):
        i, j = left[k], right[k]
        level = number_level(numbers[0][i], numbers[0][j], numbers[1][i], numbers[1][j])
        out[0][k] = level
        shared = level in (SLIP, REISSUED, DATE_REWRITTEN)
        out[1][k] = -serial_bits[common[numbers[1][i]], numbers[0][i] % 10**4] if shared else 0.0


@njit(cache=True, nogil=True)
def date_in_number(
    left: Ints, right: Ints, levels: tuple[Bytes, Bytes], dates: tuple[Ints, Floats], chance: Floats
) -> None:
    """Where birth dates differ a little but other NIK hold one date, call the date witness by what they share: that.

    Else the date inside would count a second time, with the NIK. `levels` are of dates (changed) and of NIK; `dates`
    are those of the records, and bits by date.
    """
    born, bits = dates
    for k in range(len(left)):
        near = SWAPPED <= levels[0][k] <= OTHER_DATE
        if near and levels[1][k] in (SLIP, SERIAL_SLIP, SERIAL_NEXT, SERIAL_OTHER, REISSUED):
            if levels[0][k] != SWAPPED:  # there the date has been counted
                chance[k] -= min(bits[born[left[k]]], bits[born[right[k]]])
            levels[0][k] = DATE_IN_NUMBER


@njit(cache=True, nogil=True)
def compare_places(
    left: Ints, right: Ints, households: Words, places: tuple[Ints, Ints], lanes: Words, out: Bytes
) -> None:
    """Household and place as one witness: the closest that two records share.

    `households` and `lanes` are hashes of families and of RT/RW or addresses (0 = none); `places` the number of each
    record's place, and int32[places, 4] of its province, regency, district and village (0 = none).
    """
    numbers, tiers = places
    for k in range(len(left)):
        i, j = left[k], right[k]
        if households[i] != 0 and households[i] == households[j]:
            out[k] = SAME_HOUSEHOLD
            continue
        a, b = numbers[i], numbers[j]
        level, known = ELSEWHERE, False
        for tier in range(3, -1, -1):
            if tiers[a, tier] == 0 or tiers[b, tier] == 0:
                continue
            known = True
            if tiers[a, tier] == tiers[b, tier]:
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
    left: Ints, right: Ints, codes: Ints, values: tuple[Bytes, Ints, Words], bits: Floats, out: tuple[Bytes, Floats]
) -> None:
    """Equal, one edit apart, alike (a quarter of the letters apart, or one begins the other), or other.

    `values` are the letters of all, where those of each begin, and its letters as a set (`letter_sets`).
    """
    data, starts, sets = values
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
        # No fewer edits than this; mostly that is enough to know.
        apart = max(longer - shorter, (bits_set((sets[a] ^ sets[b]) & LETTERS) + 1) // 2)
        if apart <= 1 or 4 * apart <= longer:
            apart = edits(data, starts[a], starts[a + 1], starts[b], starts[b + 1])
        if apart <= 1 and longer >= 4:
            out[0][k] = NEAR_TEXT
        elif 4 * apart <= longer or (shorter >= 4 and _begins(data, starts[a], starts[b], shorter)):
            out[0][k] = ALIKE_TEXT
        else:
            out[0][k] = OTHER_TEXT


@njit(cache=True, nogil=True, inline="always")
def _begins(data: Bytes, a: int, b: int, size: int) -> bool:
    """Whether the first `size` letters from `a` and from `b` are the same."""
    at = 0
    while at < size and data[a + at] == data[b + at]:
        at += 1
    return at == size


@njit(cache=True, nogil=True)
def read_numbers(data: Bytes, offsets: Ints, width: int) -> Ints:
    """Texts of exactly `width` digits as int64. 0 for any other text, for all one digit, and for a tail of four zeros.

    No NIK has the serial 0000: it is a filler, or what a spreadsheet left of a long number.
    """
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
        if sound and varied and value % 10_000 != 0:
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
