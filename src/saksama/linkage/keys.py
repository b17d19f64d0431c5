"""Blocking keys: a part of a comparison of every record as a 64-bit hash, 0 where it is blank."""

from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.keying import (
    ALL,
    DATE_DIGITS,
    DATE_PARTS,
    NUMBER_PARTS,
    Share,
    combined_all,
    date_keys,
    hashed_all,
    number_keys,
    one_off_keys,
    word_keys,
)
from saksama.linkage.kernels.text import beginnings_hashed
from saksama.linkage.kernels.words import rarest_words
from saksama.linkage.names import Names
from saksama.linkage.plan_reading import MANY
from saksama.linkage.prepared import Places, Prepared, Texts


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys and whose they are: `values[k]` belongs to `records[k]`. Blank keys are left out."""

    values: Words
    records: Ints


def base_keys(parts: tuple[str, ...], prepared: Prepared, records: range, share: Share = ALL) -> Keys:
    """The keys of a rule's `parts` for some records; a record with a blank part has none. Only those of the `share`.

    One part may have many keys a record.
    """
    begin, chosen = records.start, slice(records.start, records.stop)
    total: Words | None = None
    many: str | None = None
    for part in parts:
        if is_many(part, prepared):
            many = part
        else:
            one = single_key(part, prepared, chosen)
            total = one if total is None else combined_all(total, one)
    if many is None:
        assert total is not None
        owners = np.arange(begin, records.stop, dtype=np.int32)
        kept = total != 0
        return Keys(total[kept], owners[kept])
    others = np.ones(len(records), np.uint64) if total is None else total
    name = many.partition(":")[0]
    if name in prepared.numbers:
        return Keys(*one_off_keys(prepared.numbers[name].values[chosen], others, begin, share))
    names, by_word = _word_keys(many, prepared)
    return Keys(*word_keys((names.begins[chosen], names.sizes[chosen], names.words), by_word, others, begin, share))


def longer_keys(keys: Keys, part: str, prepared: Prepared) -> Keys:
    """Keys made longer by one part. A blank part stays a value of its own, so nobody is dropped."""
    values, records = keys.values, keys.records
    if not is_many(part, prepared):
        added = np.maximum(single_key(part, prepared, records), np.uint64(1))
        return Keys(combined_all(values, added), records)
    names, by_word = _word_keys(part, prepared)
    words, rows = names.words_of(records)
    nameless = np.flatnonzero(names.sizes[records] == 0)
    rows, added = np.concatenate([rows, nameless]), np.concatenate([by_word[words], np.ones(len(nameless), np.uint64)])
    return Keys(combined_all(values[rows], added), records[rows])


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


def single_key(part: str, prepared: Prepared, chosen: Ints | slice) -> Words:
    """One key a record for a part such as `tgl_lahir:date`, of the records chosen by slice or index."""
    name, _, what = part.partition(":")
    if name in prepared.names:
        if what.startswith("rarest"):
            return _rarest_key(prepared.names[name], chosen, int(what[-1]))
        names = prepared.names[name]
        return names.plain[chosen] if what == "plain" else _known(names.joined[chosen])
    if name in prepared.dates:
        return date_keys(prepared.dates[name][chosen], DATE_PARTS.index(what))
    if name in prepared.numbers:
        numbers = prepared.numbers[name]
        return number_keys(numbers.values[chosen], numbers.born[chosen], NUMBER_PARTS.index(what))
    if name in prepared.places:
        return _place_key(prepared.places[name], chosen, what)
    return _text_key(prepared.texts[name], chosen, what)


def _known(values: Ints | Words) -> Words:
    """Keys of values of which 0 says that there is none."""
    return hashed_all(values.astype(np.int64) - 1)


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


def _place_key(places: Places, chosen: Ints | slice, what: str) -> Words:
    tier = {"regency": 1, "district": 2, "village": 3}.get(what)
    if tier is None:
        value = places.households[chosen] if what == "household" else places.lanes[chosen]
        return _known(value)
    return _known(places.tiers[places.places[chosen], tier])


def _text_key(texts: Texts, chosen: Ints | slice, what: str) -> Words:
    codes = texts.codes[chosen]
    if what == "value":
        return hashed_all(codes)
    hashes = beginnings_hashed(texts.letters, texts.starts, 3)
    return np.where(codes >= 0, hashes[np.maximum(codes, 0)], np.uint64(0))
