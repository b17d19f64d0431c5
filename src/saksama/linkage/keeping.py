"""Prepared columns kept on a shelf and taken back: for an index, and for a run larger than memory."""

from typing import Any

import numpy as np

from saksama.linkage.names import Names
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Numbers, Places, Prepared, Texts
from saksama.linkage.shelf import ShelfReader, ShelfWriter

ROOM = 1 << 16  # new lines that can be asked about at once
WORDS_ROOM = 12 * ROOM
LETTERS_ROOM = 1 << 23
WORD_LENGTHS = (None, 3, 1)  # of the beginnings of words that keys are made of
_NAMES = ("begins", "sizes", "words", "letters", "starts", "sets", "written", "plain", "joined", "counts")


def put_columns(shelf: ShelfWriter, prepared: Prepared, *, room: bool) -> None:
    """Keep all columns; with `room` behind them for new lines."""
    lines, words, letters = (ROOM, WORDS_ROOM, LETTERS_ROOM) if room else (0, 0, 0)
    shelf.put("lines", prepared.lines, lines)
    shelf.put("people", prepared.people)
    for name, names in prepared.names.items():
        shelf.put(f"names.{name}.words", names.words, words)
        shelf.put(f"names.{name}.letters", names.letters, letters)
        shelf.put(f"names.{name}.starts", names.starts, words)
        for what in ("sets", "counts"):
            shelf.put(f"names.{name}.{what}", getattr(names, what), words)
        for what in ("begins", "sizes", "written", "plain", "joined"):
            shelf.put(f"names.{name}.{what}", getattr(names, what), lines)
        for length in WORD_LENGTHS:
            shelf.put(f"names.{name}.keys.{length}", names.word_keys(length), words)
    for name, dates in prepared.dates.items():
        shelf.put(f"dates.{name}", dates, lines)
    for name, numbers in prepared.numbers.items():
        shelf.put(f"numbers.{name}.values", numbers.values, lines)
        shelf.put(f"numbers.{name}.born", numbers.born, lines)
    for name, places in prepared.places.items():
        for what in ("households", "lanes", "places"):
            shelf.put(f"places.{name}.{what}", getattr(places, what), lines)
        shelf.put(f"places.{name}.tiers", places.tiers, lines)
        for tier, keys in enumerate(places.keys):
            shelf.put(f"places.{name}.keys.{tier}", keys)
    for name, texts in prepared.texts.items():
        codes = texts.codes.astype(np.int32) if room else texts.codes  # new lines may bring many values
        shelf.put(f"texts.{name}.codes", codes, lines)
        shelf.put(f"texts.{name}.letters", texts.letters, letters)
        for what in ("starts", "sets"):
            shelf.put(f"texts.{name}.{what}", getattr(texts, what), lines)


def get_columns(shelf: ShelfReader, plan: LinkagePlan, *, digests: tuple[str, ...], border: int) -> Prepared:
    """All columns as they were kept, with their room behind them; read from disk as they are used."""
    get = shelf.get
    out = Prepared(get("lines"), border, get("people"), digests)
    for comparison in plan.comparisons:
        name, kind = comparison.name, comparison.kind
        if kind == "name":
            columns: dict[str, Any] = {what: get(f"names.{name}.{what}") for what in _NAMES}
            keys = {length: get(f"names.{name}.keys.{length}") for length in WORD_LENGTHS}
            out.names[name] = Names(**columns, keys=keys)
        elif kind == "date":
            out.dates[name] = get(f"dates.{name}")
        elif kind == "person_number":
            out.numbers[name] = Numbers(get(f"numbers.{name}.values"), get(f"numbers.{name}.born"))
        elif kind == "place":
            households, lanes, places, tiers = (
                get(f"places.{name}.{what}") for what in ("households", "lanes", "places", "tiers")
            )
            tier_keys = tuple(get(key) for key in sorted(shelf.arrays) if key.startswith(f"places.{name}.keys."))
            provinces = tuple(shelf.about["provinces"][name])
            out.places[name] = Places(households, lanes, places, tiers, provinces=provinces, keys=tier_keys)
        else:
            out.texts[name] = Texts(*(get(f"texts.{name}.{what}") for what in ("codes", "letters", "starts", "sets")))
    return out


def names_of_places(prepared: Prepared) -> dict[str, list[str]]:
    """What the first tier of each place is called, to stand beside the arrays."""
    return {name: list(places.provinces) for name, places in prepared.places.items()}
