"""Prepared columns kept on a shelf and taken back: for an index, and for a run larger than memory."""

from collections.abc import Callable
from typing import Any

import numpy as np

from saksama.linkage.growing import Growing
from saksama.linkage.names import Names
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Numbers, Places, Prepared, Texts
from saksama.linkage.rows import Array, Layout
from saksama.linkage.shelf import ShelfReader, ShelfWriter

ROOM = 1 << 16  # new lines that can be asked about at once
WORDS_ROOM = 12 * ROOM
LETTERS_ROOM = 1 << 23
WORD_LENGTHS = (None, 3, 1)  # of the beginnings of words that keys are made of
_OF_NAMES = ("words", "letters", "starts", "sets", "counts")
_OF_NAMES_BY_RECORD = ("begins", "sizes", "written", "plain", "joined")
_OF_TEXTS = ("letters", "starts", "sets")
_UNIT = 8  # bytes: rows on disk are as short as their widest values allow
_SLICE = 1 << 16  # rows


def put_columns(shelf: ShelfWriter, prepared: Prepared) -> None:
    """Keep all columns, each by itself, and what their numbers stand for."""
    for name, column in prepared.columns.items():
        shelf.put(name, column)
    put_values(shelf, prepared, room=False)


def put_rows(shelf: ShelfWriter, columns: dict[str, Array]) -> Layout:
    """Keep columns side by side, with room behind them for new lines: who asks for a record reads one page of it."""
    columns = {name: _widened(name, column) for name, column in columns.items()}
    layout = Layout.of(columns, _UNIT)
    rows = Growing(np.uint8, shelf.folder, (layout.width,))
    size = len(next(iter(columns.values())))
    for begin in range(0, size, _SLICE):
        part = np.zeros((min(_SLICE, size - begin), layout.width), np.uint8)
        layout.fill(part, {name: column[begin : begin + len(part)] for name, column in columns.items()})
        rows.add(part)
    shelf.put("rows", rows.finish(), ROOM)
    return layout


def _widened(name: str, column: Array) -> Array:
    return column.astype(np.int32) if name.endswith(".codes") else column  # new lines may bring many values


def put_values(shelf: ShelfWriter, prepared: Prepared, *, room: bool) -> None:
    """Keep the lines, and what numbers in the columns stand for; with `room` behind for what new lines bring."""
    lines, words, letters = (ROOM, WORDS_ROOM, LETTERS_ROOM) if room else (0, 0, 0)
    shelf.put("lines", prepared.lines, lines)
    for name, names in prepared.names.items():
        for what in _OF_NAMES:
            shelf.put(f"names.{name}.{what}", getattr(names, what), letters if what == "letters" else words)
        for length in WORD_LENGTHS:
            shelf.put(f"names.{name}.keys.{length}", names.word_keys(length), words)
    for name, places in prepared.places.items():
        shelf.put(f"places.{name}.tiers", places.tiers, lines)
        for tier, keys in enumerate(places.keys):
            shelf.put(f"places.{name}.keys.{tier}", keys)
    for name, texts in prepared.texts.items():
        for what in _OF_TEXTS:
            shelf.put(f"texts.{name}.{what}", getattr(texts, what), letters if what == "letters" else lines)


def get_columns(
    shelf: ShelfReader, plan: LinkagePlan, by_record: Callable[[str], Any], *, digests: tuple[str, ...], border: int
) -> Prepared:
    """All columns as they were kept, with their room behind them; read from disk as they are used.

    `by_record` gives a column that has a value by record, by its name in `Prepared.columns`.
    """
    get = shelf.get
    out = Prepared(get("lines"), border, by_record("people"), digests)
    for comparison in plan.comparisons:
        name, kind = comparison.name, comparison.kind
        if kind == "name":
            columns: dict[str, Any] = {what: get(f"names.{name}.{what}") for what in _OF_NAMES}
            columns |= {what: by_record(f"names.{name}.{what}") for what in _OF_NAMES_BY_RECORD}
            keys = {length: get(f"names.{name}.keys.{length}") for length in WORD_LENGTHS}
            out.names[name] = Names(**columns, keys=keys)
        elif kind == "date":
            out.dates[name] = by_record(f"dates.{name}")
        elif kind == "person_number":
            out.numbers[name] = Numbers(by_record(f"numbers.{name}.values"), by_record(f"numbers.{name}.born"))
        elif kind == "place":
            households, lanes, places = (
                by_record(f"places.{name}.{what}") for what in ("households", "lanes", "places")
            )
            tier_keys = tuple(get(key) for key in sorted(shelf.arrays) if key.startswith(f"places.{name}.keys."))
            provinces, tiers = tuple(shelf.about["provinces"][name]), get(f"places.{name}.tiers")
            out.places[name] = Places(households, lanes, places, tiers, provinces=provinces, keys=tier_keys)
        else:
            values = {what: get(f"texts.{name}.{what}") for what in _OF_TEXTS}
            out.texts[name] = Texts(by_record(f"texts.{name}.codes"), **values)
    return out


def names_of_places(prepared: Prepared) -> dict[str, list[str]]:
    """What the first tier of each place is called, to stand beside the arrays."""
    return {name: list(places.provinces) for name, places in prepared.places.items()}
