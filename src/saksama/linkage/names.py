"""A column of names made ready to compare: words in plain spelling, numbered, with how rare each is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.arrow import pc
from saksama.linkage.columns import joined_text, text_buffers
from saksama.linkage.growing import Growing, discard
from saksama.linkage.kernels.arrays import Bytes, Ints, Words
from saksama.linkage.kernels.distance import letter_sets
from saksama.linkage.kernels.names import MOST_WORDS
from saksama.linkage.kernels.text import (
    beginnings_hashed,
    count_words,
    cut_words,
    hash_bytes,
    hash_words,
    plain_words,
    take_words,
)
from saksama.linkage.kernels.words import gathered, hash_names, tally_words
from saksama.linkage.numbering import Numbering
from saksama.linkage.spelling import full_forms, in_latin, letter_table, spelling_tables

_BY_RECORD = (np.int32, np.int8, np.uint32, np.uint64, np.uint32)  # begins, sizes, written, plain, joined
_AT_ONCE = 1 << 18  # names


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """Names of n records. `words[begins[i]:begins[i] + sizes[i]]` are record i's words, numbers into `letters`.

    `written`, `plain` and `joined` are hashes of the whole name as written (32 bits, to be asked only of names whose
    `plain` is one), in plain spelling with its words sorted, and in plain spelling run together (32 bits); 0 where it
    is blank.
    """

    begins: Ints
    sizes: Ints
    words: Ints
    letters: Bytes
    starts: Ints
    sets: Words  # of letters, and length, by word
    written: Ints
    plain: Words
    joined: Words
    counts: Ints  # in how many names each word stands
    keys: dict[int | None, Words] = field(default_factory=dict)  # of words, by how many letters; made when asked for

    def __len__(self) -> int:
        return len(self.begins)

    def words_of(self, records: Ints | slice) -> tuple[Ints, Ints]:
        """The words of some records end to end, and whose they are, counted from the first of `records`; int32 each."""
        return gathered(self.begins[records], self.sizes[records], self.words)

    def word_counts(self, people: Bytes) -> Ints:
        """In how many names of `people` (uint8 mask) each word stands; int64[words]."""
        counts = np.zeros(len(self.starts) - 1, np.int64)
        tally_words(self.begins, self.sizes, self.words, people, counts)
        return counts

    def word_keys(self, length: int | None = None) -> Words:
        """A hash of each plain word, or of its first `length` letters; uint64[words], to be looked up by `words`."""
        if length not in self.keys:
            self.keys[length] = beginnings_hashed(self.letters, self.starts, length)
        return self.keys[length]


class NamesReader:
    """Names from one or several columns, read batch by batch. `style` is `indonesia` or `plain` (see `spelling`)."""

    def __init__(self, columns: Sequence[str], style: str, folder: Path | None = None) -> None:
        self.columns, self.style, self.table, self.folder = columns, style, letter_table(style), folder
        self.numbering = Numbering()
        self.counts, self.numbers = Growing(np.int8, folder), Growing(np.int32, folder)  # of words a name; the words
        self.letters, self.sizes = [np.empty(0, np.uint8)], [np.zeros(1, np.int64)]

    def add(self, batch: pa.Table) -> None:
        """Read a batch: cut its names into words and number those."""
        data, offsets = text_buffers(_latin_only(joined_text(batch, self.columns)))
        counts = count_words(data, offsets, self.table, MOST_WORDS)
        cut, starts = cut_words(data, offsets, self.table, np.concatenate([[0], np.cumsum(counts)]))
        numbers, first = self.numbering.number(hash_words(cut, starts))
        letters, letter_starts = take_words(cut, starts, first)
        self.letters.append(letters)
        self.sizes.append(np.diff(letter_starts))
        self.counts.add(counts)
        self.numbers.add(numbers)

    def finish(self) -> Names:
        """All names: words written plainly, titles left out."""
        starts = np.cumsum(np.concatenate(self.sizes))
        plain, kept = _plain_dictionary(np.concatenate(self.letters), starts, self.style)
        plain_words = Numbering()
        plain_numbers, first = plain_words.number(hash_words(*plain))
        dictionary = (*take_words(*plain, first), self.numbering.keys, plain_words.keys)
        counts, numbers = self.counts.finish(), self.numbers.finish()
        columns = [Growing(dtype, self.folder) for dtype in _BY_RECORD]
        at, words = 0, Growing(np.int32, self.folder)
        for begin in range(0, len(counts), _AT_ONCE):
            ends = np.cumsum(counts[begin : begin + _AT_ONCE], dtype=np.int64)
            cut = (np.concatenate([[0], ends]), numbers[at : at + ends[-1]])
            offsets, found, *hashes = hash_names(*cut, kept, plain_numbers, dictionary)
            for column, part in zip(columns, (words.size + offsets[:-1], np.diff(offsets), *hashes), strict=True):
                column.add(part)
            words.add(found)
            at += ends[-1]
        discard(counts, numbers)
        begins, sizes, written, plain_names, joined = (column.finish() for column in columns)
        letters, letter_starts = dictionary[:2]
        sets, none = letter_sets(letters, letter_starts), np.zeros(len(letter_starts) - 1, np.int64)
        out = Names(
            begins, sizes, words.finish(), letters, letter_starts, sets, written, plain_names, joined, counts=none
        )
        out.counts[:] = out.word_counts(np.ones(len(out), np.uint8))
        return out


def _latin_only(column: Any) -> Any:
    """The column with names beyond ASCII written in Latin letters; those are few, so one by one."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = whole.cast(pa.large_string())
    foreign = pc.fill_null(pc.invert(pc.string_is_ascii(whole)), False)
    if not pc.any(foreign).as_py():
        return whole
    written = [in_latin(str(text)) for text in whole.filter(foreign).to_pylist()]
    return pc.replace_with_mask(whole, foreign, pa.array(written, pa.large_string()))


def _plain_dictionary(data: Bytes, starts: Ints, style: str) -> tuple[tuple[Bytes, Ints], Bytes]:
    """Each word in plain spelling, short forms written out; and whether it is part of a name (titles are not)."""
    plain, plain_starts = plain_words(data, starts, *spelling_tables(style))
    forms = full_forms(style)
    kept = np.ones(len(starts) - 1, np.uint8)
    if not forms:
        return (plain, plain_starts), kept
    wanted = {int(hash_bytes(np.frombuffer(short, np.uint8), 0, len(short))): full for short, full in forms.items()}
    hashes = hash_words(plain, plain_starts)
    found = np.flatnonzero(np.isin(hashes, np.array(list(wanted), np.uint64)))
    full_texts = [wanted[int(hashes[word])] for word in found]
    kept[found[np.array([not text for text in full_texts], bool)]] = 0
    short = found[np.array([bool(text) for text in full_texts], bool)]
    if len(short) == 0:
        return (plain, plain_starts), kept
    return _replaced(plain, plain_starts, short, [text for text in full_texts if text]), kept


def _replaced(data: Bytes, starts: Ints, places: Ints, texts: list[bytes]) -> tuple[Bytes, Ints]:
    """The words with those at `places` replaced by `texts`."""
    added = np.frombuffer(b"".join(texts), np.uint8)
    ends = np.cumsum([len(text) for text in texts]) + starts[-1]
    all_data, all_starts = np.concatenate([data, added]), np.concatenate([starts, ends])
    chosen = np.arange(len(starts) - 1)
    chosen[places] = len(starts) - 1 + np.arange(len(places))
    return take_words(all_data, all_starts, chosen)
