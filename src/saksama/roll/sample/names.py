"""Names: pools of tokens by tradition, sex and cohort, and the shapes names are built in.

The token lists in `names/*.toml` were written for this generator from general knowledge of naming in Indonesia; they
hold no real person's name. A pool is a list, most frequent first, with weights falling as 1/(rank + 20),
and a long tail composed of beginnings, middles and ends. Cohorts: 1 born before 1966, 2 before 1990, 3 later.
"""

import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np

from saksama.roll.sample import spelling
from saksama.roll.sample.chance import Ints, Lottery, below

SLOTS = 5
COHORTS = 3
_WHOLE = 1 << 30
_HEAD_SHIFT, _TAIL_SHIFT = 20, 300
_LONGEST_TAIL = 8_000
# What no composed name should have: too short or long, three vowels or four consonants in a row, a stammer.
_CLUMSY = re.compile("^.{0,3}$|^.{14}|[AIUEO]{3}|[^AIUEO]{4}|(..)\\1$|^(..)\\2|([B-DF-HJ-NP-TV-Z])[B-DF-HJ-NP-TV-Z]\\3")
_CLAN = "marga"  # pools of this name are inherited from the head of the household


@dataclass
class _Book:
    """Pools and shapes while they are read."""

    tokens: dict[str, int] = field(default_factory=lambda: {"": 0})
    pools: list[tuple[Ints, Ints]] = field(default_factory=list)
    number_of: dict[str, int] = field(default_factory=dict)

    def token(self, text: str) -> int:
        return self.tokens.setdefault(text, len(self.tokens))

    def add(self, name: str, items: Mapping[str, int]) -> None:
        ids = np.asarray([self.token(text) for text in items], dtype=np.int64)
        self.number_of[name] = len(self.pools)
        self.pools.append((ids, np.asarray(list(items.values()), dtype=np.int64)))

    def slot(self, tradition: str, text: str) -> int:
        """The pool a shape's slot means: `=WORD`, `pool` of the same tradition, or `tradition.pool`."""
        if text.startswith("="):
            if text not in self.number_of:
                self.add(text, {text[1:].replace("_", " "): 1})
            return self.number_of[text]
        return self.number_of[text if "." in text else f"{tradition}.{text}"]


class Names:
    """Every pool and shape, ready to draw from. Get it with `names()`."""

    def __init__(self, traditions: Mapping[str, Mapping[str, Mapping[str, object]]]) -> None:
        """Take the parsed files by tradition."""
        book = _Book()
        for tradition, parts in traditions.items():
            for pool, given in parts["pools"].items():
                book.add(f"{tradition}.{pool}", _pool_items(f"{tradition}.{pool}", _table(given)))
        shapes: list[list[int]] = []
        shape_pools: list[tuple[Ints, Ints]] = []
        for tradition, parts in traditions.items():
            for cohort in range(1, COHORTS + 1):
                for sex in "lp":
                    ids, weights = [], []
                    for shape in _texts(parts["shapes"][f"{sex}{cohort}"]):
                        weight, *slots = shape.split()
                        ids.append(len(shapes))
                        weights.append(int(weight))
                        shapes.append([book.slot(tradition, slot) for slot in slots] + [-1] * (SLOTS - len(slots)))
                    shape_pools.append((np.asarray(ids, dtype=np.int64), np.asarray(weights, dtype=np.int64)))
        self.traditions = tuple(traditions)
        self.tokens = np.asarray(list(book.tokens), dtype=object)
        self.token_of = book.tokens
        self._lottery = Lottery(book.pools)
        self._shapes = Lottery(shape_pools)
        self._slots = np.asarray(shapes, dtype=np.int64)
        clans = [number for name, number in book.number_of.items() if name.endswith("." + _CLAN)]
        self._clan_slot = np.isin(self._slots, clans)
        self.has_space = np.asarray([" " in text for text in book.tokens], dtype=np.bool_)

    def draw(self, rng: np.random.Generator, tradition: Ints, cohort: Ints, woman: Ints) -> tuple[Ints, Ints]:
        """Token ids (n, SLOTS), 0 where a name is shorter, and the slot of the clan name or -1."""
        shape = self._shapes.draw(rng, (tradition * COHORTS + cohort) * 2 + woman)
        tokens = np.zeros((len(shape), SLOTS), dtype=np.int64)
        for slot in range(SLOTS):
            pools = self._slots[shape, slot]
            here = np.flatnonzero(pools >= 0)
            tokens[here, slot] = self._lottery.draw(rng, pools[here])
        clan = np.where(self._clan_slot[shape].any(axis=1), self._clan_slot[shape].argmax(axis=1), -1)
        # ANDI ANDI is nobody's name: the second of two equal words goes, and what follows moves up.
        for slot in range(SLOTS - 1):
            twice = np.flatnonzero((tokens[:, slot] == tokens[:, slot + 1]) & (tokens[:, slot] > 0) & (clan < 0))
            tokens[twice, slot : SLOTS - 1] = tokens[twice, slot + 1 :]
            tokens[twice, SLOTS - 1] = 0
        return tokens, clan.astype(np.int64)

    def text(self, tokens: Ints) -> str:
        """One name, its words joined by spaces."""
        return " ".join(str(self.tokens[at]) for at in tokens.tolist() if at > 0)


def _table(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _pool_items(name: str, given: Mapping[str, object]) -> dict[str, int]:
    head = [word.replace("_", " ") for word in dict.fromkeys(str(given["names"]).split())]
    tail = _tail(given, taken=set(head))
    tail_share = int(str(given.get("ekor", 0))) if tail else 0
    items: dict[str, int] = {}
    for words, share, shift in ((head, 100 - tail_share, _HEAD_SHIFT), (tail, tail_share, _TAIL_SHIFT)):
        raw = [1_000_000_000 // (rank + shift) for rank in range(len(words))]
        whole = sum(raw) or 1
        items.update(
            {word: max(1, _WHOLE // 100 * share * weight // whole) for word, weight in zip(words, raw, strict=True)}
        )
    for word in (
        head if "gelar" not in name and "urutan" not in name and not name.endswith((".muhammad", ".marga")) else ()
    ):
        _add_other_spellings(items, word, cohort=name[-1])
    return items


def _add_other_spellings(items: dict[str, int], word: str, *, cohort: str) -> None:
    """Other people of the same sounding name spell it otherwise: the old way among the old, freely among the young."""
    others = [(spelling.old(word), 14), (spelling.part_old(word, len(word)), 18)] if cohort == "1" else []
    others += [(spelling.swap_i_y(word, len(word)), 22), (spelling.change_double(word, len(word)), 24)]
    for other, part in others:
        if other != word and other not in items and len(word) > 3:
            items[other] = max(1, items[word] // part)


def _tail(given: Mapping[str, object], *, taken: set[str]) -> list[str]:
    parts = [str(given.get(part, "")).split() or [""] for part in ("start", "mid", "end")]
    if parts[0] == [""]:
        return []
    made = {a + b + c for a in parts[0] for b in ("", *parts[1]) for c in parts[2]} - taken
    # In the order of a checksum: common and rare endings are mixed, the same on every machine. A checksum of so few
    # letters may be that of two words, so the word itself decides then.
    mixed = sorted((zlib.crc32(word.encode()), word) for word in made if not _CLUMSY.search(word))
    return [word for _, word in mixed[:_LONGEST_TAIL]]


@cache
def names() -> Names:
    """The names of the country, read once a process (about half a second)."""
    folder = files(__package__).joinpath("names")
    found = sorted(
        part.name for part in folder.iterdir() if part.name.endswith(".toml") and part.name != "tradisi.toml"
    )
    return Names(
        {name.removesuffix(".toml"): tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in found}
    )


@cache
def tradition_shares() -> dict[str, tuple[int, ...]]:
    """Per prefix of a kabupaten's code, the share of each of `names().traditions`."""
    folder = files(__package__).joinpath("names")
    order = names().traditions
    shares = {}
    for prefix, text in tomllib.loads(folder.joinpath("tradisi.toml").read_text("utf-8")).items():
        words = str(text).split()
        given = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        unknown = set(given) - set(order)
        if unknown:
            raise AssertionError(f"no such tradition: {sorted(unknown)}")
        shares[prefix] = tuple(given.get(tradition, 0) for tradition in order)
    return shares


def spread_traditions(rng: np.random.Generator, kabupaten: Ints, codes: tuple[str, ...]) -> Ints:
    """The tradition of each household, by the shares of its kabupaten."""
    shares = tradition_shares()
    table = np.cumsum([_shares_of(codes[at], shares) for at in range(len(codes))], axis=1)
    drawn = below(rng, table[kabupaten, -1], len(kabupaten))
    return np.asarray((table[kabupaten] <= drawn[:, None]).sum(axis=1), dtype=np.int64)


def _shares_of(code: str, shares: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    return next(shares[code[:length]] for length in (5, 2, 0) if code[:length] in shares)
