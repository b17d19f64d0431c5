"""How often each value occurs, asked for every record: values scattered into small parts, each counted in cache."""

import numpy as np
from numba import njit

from saksama.linkage.kernels.arrays import Bytes, Ints, Words
from saksama.linkage.kernels.text import mixed

_A_PART = 1 << 15  # values: its table of 64 thousand slots stays in a core's cache
_MOST_PARTS = 1 << 14
_MOST_SCATTERED = 1 << 25  # values, 12 bytes each
_STEP = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


@njit(cache=True, nogil=True)
def is_drawn(key: np.uint64, every: np.uint64) -> bool:
    """Whether a key is one of each `every` that are looked at. Its lowest bit has no say: it is 1 in many keys."""
    return bool((key >> _ONE) % every == 0)


@njit(cache=True, nogil=True)
def drawn(keys: Words, every: np.uint64) -> Ints:
    """Where keys stand that are drawn, one of each `every`, all records of a key together; int64. Never the key 0."""
    count = 0
    for key in keys:
        count += key != 0 and is_drawn(key, every)
    out = np.empty(count, np.int64)
    at = 0
    for k in range(len(keys)):
        if keys[k] != 0 and is_drawn(keys[k], every):
            out[at] = k
            at += 1
    return out


@njit(cache=True, nogil=True)
def salted(values: Words, salts: Ints) -> Words:
    """Each value mixed with a small number of its record's; uint64, 0 where the value is 0."""
    out = np.zeros(len(values), np.uint64)
    for k in range(len(values)):
        if values[k] != 0:
            out[k] = mixed(np.uint64(values[k]) + np.uint64(np.int64(salts[k]) + 1) * _STEP) | _ONE
    return out


@njit(cache=True, nogil=True)
def _part_begins(values: Words, shift: int) -> Ints:
    """Where parts begin, were values that are not 0 put in parts by the top bits of the mixed value."""
    begins = np.zeros((1 << (64 - shift)) + 1, np.int64)
    for k in range(len(values)):
        if values[k] != 0:
            begins[np.int64(mixed(np.uint64(values[k])) >> np.uint64(shift)) + 1] += 1
    for part in range(len(begins) - 1):
        begins[part + 1] += begins[part]
    return begins


@njit(cache=True, nogil=True)
def _scattered(values: Words, shift: int, begins: Ints, wanted: tuple[int, int]) -> tuple[Words, Ints]:
    """Values and their records in parts, of the parts from the first of `wanted` to before the last."""
    first, last = wanted
    at = begins[first : last + 1] - begins[first]
    kept, records = np.empty(at[-1], np.uint64), np.empty(at[-1], np.int32)
    for k in range(len(values)):
        if values[k] != 0:
            part = np.int64(mixed(np.uint64(values[k])) >> np.uint64(shift)) - first
            if 0 <= part < last - first:
                kept[at[part]], records[at[part]] = np.uint64(values[k]), k
                at[part] += 1
    return kept, records


@njit(cache=True, nogil=True)
def _count_part(
    values: Words, records: Ints, counted: Bytes, room: tuple[Words, Ints, Ints], out: tuple[Ints, Bytes]
) -> None:
    """Fill `out`, as `tally` gives it, for the records of one part. `room` are keys and counts of a table with room for
    twice the part, and a slot for each of its values."""
    keys, counts, slots = room
    width = 2
    while width < 2 * len(values):
        width *= 2
    keys[:width] = 0
    counts[:width] = 0
    for k in range(len(values)):
        slot = np.int64(mixed(values[k] + _STEP) & np.uint64(width - 1))
        while keys[slot] != 0 and keys[slot] != values[k]:
            slot = (slot + 1) & (width - 1)
        if keys[slot] == 0:
            keys[slot] = values[k]
            out[1][records[k]] = 1
        counts[slot] += counted[records[k]]
        slots[k] = slot
    for k in range(len(values)):
        out[0][records[k]] = counts[slots[k]]


@njit(cache=True, nogil=True)
def tally(values: Words, counted: Bytes) -> tuple[Ints, Bytes]:
    """For each record how many of the `counted` (uint8) records have its value; and 1 for the first record of each.

    int32[n] and uint8[n]. Value 0 is blank: none has it, and each such record is a first.
    """
    size = len(values)
    bits = 1
    while (1 << bits) < _MOST_PARTS and (size >> bits) > _A_PART:
        bits += 1
    begins = _part_begins(values, 64 - bits)
    largest = (begins[1:] - begins[:-1]).max()
    room = 2
    while room < 2 * largest:
        room *= 2
    keys, counts = np.zeros(room, np.uint64), np.zeros(room, np.int32)
    slots = np.empty(largest, np.int32)
    out, first = np.zeros(size, np.int32), np.zeros(size, np.uint8)
    for k in range(size):
        if values[k] == 0:
            first[k] = 1
    done = 0
    while done < len(begins) - 1:
        last = done + 1  # of the parts that are scattered together: so many that they take little memory
        while last < len(begins) - 1 and begins[last + 1] - begins[done] <= _MOST_SCATTERED:
            last += 1
        kept, records = _scattered(values, 64 - bits, begins, (done, last))
        for part in range(done, last):
            within = slice(begins[part] - begins[done], begins[part + 1] - begins[done])
            _count_part(kept[within], records[within], counted, (keys, counts, slots), (out, first))
        done = last
    return out, first


@njit(cache=True, nogil=True)
def number_more(hashes: Words, table: Ints, keys: Words, known: int) -> tuple[Ints, Ints]:
    """A running number for each hash, those in `keys[:known]` keeping theirs; and where each new one is first seen.

    `table` (int32, a power of two of at least twice all that may be known) and `keys` are filled on.
    """
    mask = np.uint64(len(table) - 1)
    numbers = np.empty(len(hashes), np.int32)
    first = np.empty(len(hashes), np.int64)
    before = known
    for at in range(len(hashes)):
        slot = mixed(hashes[at]) & mask
        while table[slot] >= 0 and keys[table[slot]] != hashes[at]:
            slot = (slot + _ONE) & mask
        if table[slot] < 0:
            table[slot] = known
            keys[known] = hashes[at]
            first[known - before] = at
            known += 1
        numbers[at] = table[slot]
    return numbers, first[: known - before].copy()


@njit(cache=True, nogil=True)
def enter_keys(keys: Words, known: int, table: Ints) -> None:
    """Enter the first `known` keys into an empty `table` (all -1), by their numbers."""
    mask = np.uint64(len(table) - 1)
    for number in range(known):
        slot = mixed(keys[number]) & mask
        while table[slot] >= 0:
            slot = (slot + _ONE) & mask
        table[slot] = number


@njit(cache=True, nogil=True)
def find_numbers(hashes: Words, table: Ints, keys: Words) -> Ints:
    """The number of each hash that stands in `table`, int32; -1 for others."""
    mask = np.uint64(len(table) - 1)
    out = np.empty(len(hashes), np.int32)
    for at in range(len(hashes)):
        slot = mixed(hashes[at]) & mask
        while table[slot] >= 0 and keys[table[slot]] != hashes[at]:
            slot = (slot + _ONE) & mask
        out[at] = table[slot]
    return out
