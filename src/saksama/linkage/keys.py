"""Blocking keys: a part of a comparison of every record as a 64-bit hash, 0 where it is blank."""

from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.fields import DATE_DIGITS, digits_left_out
from saksama.linkage.kernels.text import beginnings_hashed, mixed_all
from saksama.linkage.kernels.words import rarest_words
from saksama.linkage.names import Names
from saksama.linkage.plan_reading import MANY
from saksama.linkage.prepared import Places, Prepared, Texts

_WOMAN = 40  # added to the day inside a woman's NIK


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys and whose they are: `values[k]` belongs to `records[k]`. Blank keys are left out."""

    values: Words
    records: Ints


def combine(one: Words, other: Words) -> Words:
    """A key of two parts; 0 where either is blank."""
    both = mixed_all(one * np.uint64(0x9E3779B97F4A7C15) + other)
    return np.where((one == 0) | (other == 0), np.uint64(0), both | np.uint64(1))


def base_keys(parts: tuple[str, ...], prepared: Prepared, begin: int, end: int) -> Keys:
    """The keys of a rule's `parts` for records `begin` to `end`; records with a blank part have none.

    One part may have many keys a record.
    """
    total: Words | None = None
    many: str | None = None
    for part in parts:
        if is_many(part, prepared):
            many = part
        else:
            one = single_key(part, prepared, slice(begin, end))
            total = one if total is None else combine(total, one)
    if many is None:
        assert total is not None
        kept = np.flatnonzero(total)
        return Keys(total[kept], (kept + begin).astype(np.int32))
    values, records = _many_keys(many, prepared, begin, end)
    if total is not None:
        values = combine(values, total[records])
    kept = np.flatnonzero(values)
    return Keys(values[kept], records[kept] + np.int32(begin))


def longer_keys(keys: Keys, part: str, prepared: Prepared) -> Keys:
    """Keys made longer by one part. A blank part stays a value of its own, so nobody is dropped."""
    values, records = keys.values, keys.records
    if not is_many(part, prepared):
        added = np.maximum(single_key(part, prepared, records), np.uint64(1))
        return Keys(combine(values, added), records)
    names, by_word = _word_keys(part, prepared)
    words, rows = names.words_of(records)
    nameless = np.flatnonzero(names.sizes[records] == 0)
    rows, added = np.concatenate([rows, nameless]), np.concatenate([by_word[words], np.ones(len(nameless), np.uint64)])
    return Keys(combine(values[rows], added), records[rows])


def is_many(part: str, prepared: Prepared) -> bool:
    """Whether a record has several keys of this part: one for each word of its name, or each digit left out."""
    name, _, what = part.partition(":")
    kind = "name" if name in prepared.names else "person_number" if name in prepared.numbers else ""
    return what in MANY.get(kind, ())


def keys_a_record(part: str, prepared: Prepared) -> float:
    """How many keys a record has of this part, on the average."""
    if not is_many(part, prepared):
        return 1.0
    names = prepared.names.get(part.partition(":")[0])
    return float(DATE_DIGITS) if names is None else len(names.words) / max(len(names), 1)


def _many_keys(part: str, prepared: Prepared, begin: int, end: int) -> tuple[Words, Ints]:
    """The keys of records `begin` to `end`, and whose they are, counted from `begin`."""
    name = part.partition(":")[0]
    if name in prepared.numbers:
        values = digits_left_out(prepared.numbers[name].values[begin:end])
        return values.ravel(), np.repeat(np.arange(end - begin, dtype=np.int32), values.shape[1])
    names, by_word = _word_keys(part, prepared)
    words, records = names.words_of(slice(begin, end))
    return by_word[words], records


def single_key(part: str, prepared: Prepared, chosen: Ints | slice) -> Words:
    """One key a record for a part such as `tgl_lahir:date`, of the records chosen by slice or index."""
    name, _, what = part.partition(":")
    if name in prepared.names:
        if what.startswith("rarest"):
            return _rarest_key(prepared.names[name], chosen, int(what[-1]))
        names = prepared.names[name]
        return names.plain[chosen] if what == "plain" else _as_key(names.joined[chosen], names.joined[chosen] > 0)
    if name in prepared.dates:
        return _date_key(prepared.dates[name][chosen], what)
    if name in prepared.numbers:
        numbers = prepared.numbers[name]
        return _number_key(numbers.values[chosen], numbers.born[chosen], what)
    if name in prepared.places:
        return _place_key(prepared.places[name], chosen, what)
    return _text_key(prepared.texts[name], chosen, what)


def _as_key(values: Ints, known: Ints) -> Words:
    hashed = mixed_all(values.astype(np.int64).view(np.uint64) + np.uint64(1)) | np.uint64(1)
    return np.where(known, hashed, np.uint64(0))


def _word_keys(part: str, prepared: Prepared) -> tuple[Names, Words]:
    name, _, what = part.partition(":")
    names = prepared.names[name]
    return names, names.word_keys({"word": None, "start3": 3, "start1": 1}[what])


def _rarest_key(names: Names, chosen: Ints | slice, length: int) -> Words:
    """The first letters of the rarest word of each name: what a shorter form of it is likely to keep."""
    rarest = rarest_words(names.begins[chosen], names.sizes[chosen], names.words, names.counts)
    if not len(names.words):
        return np.zeros(len(rarest), np.uint64)
    return np.where(rarest >= 0, names.word_keys(length)[np.maximum(rarest, 0)], np.uint64(0))


def _date_key(dates: Ints, what: str) -> Words:
    year, month, day = dates // 10000, dates // 100 % 100, dates % 100
    low, high = np.minimum(day, month), np.maximum(day, month)  # a swapped day and month has the same key
    value = {
        "date": year * 10000 + low * 100 + high,
        "day_month": low * 100 + high,
        "year": year,
        "year_month": year * 100 + month,
        "year_day": year * 100 + day,
    }[what]
    return _as_key(value, dates > 0)


def _number_key(value: Ints, born: Ints, what: str) -> Words:
    known = value > 0
    region, date, serial = value // 10**10, value // 10**4 % 10**6, value % 10**4
    if what == "rebuilt":
        woman = np.where(date // 10**4 > _WOMAN, _WOMAN, 0)
        born = born.astype(np.int64)
        date = (born % 100 + woman) * 10**4 + born // 100 % 100 * 100 + born // 10000 % 100
        return _as_key(region * 10**10 + date * 10**4 + serial, known & (born > 0))
    chosen = {
        "number": value,
        "region": region,
        "region_date": region * 10**6 + date,
        "date_serial": date * 10**4 + serial,
        "region_serial": region * 10**4 + serial,
    }[what]
    return _as_key(chosen, known)


def _place_key(places: Places, chosen: Ints | slice, what: str) -> Words:
    tier = {"regency": 1, "district": 2, "village": 3}.get(what)
    if tier is None:
        value = places.households[chosen] if what == "household" else places.lanes[chosen]
        return _as_key(value.astype(np.int64), value != 0)
    number = places.tiers[places.places[chosen], tier]
    return _as_key(number, number > 0)


def _text_key(texts: Texts, chosen: Ints | slice, what: str) -> Words:
    codes = texts.codes[chosen]
    if what == "value":
        return _as_key(codes, codes >= 0)
    hashes = beginnings_hashed(texts.letters, texts.starts, 3)
    return np.where(codes >= 0, hashes[np.maximum(codes, 0)], np.uint64(0))
