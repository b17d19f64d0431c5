"""The input made ready to compare: one prepared column a comparison, and nothing of the text it does not need.

The table comes in batches and is read once; about a hundred bytes of each line stay.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.columns import (
    DatesReader,
    HashesReader,
    LinesReader,
    NumbersReader,
    Reader,
    TextsReader,
    TiersReader,
    text_buffers,
)
from saksama.linkage.kernels.arrays import Bytes, Ints, Words
from saksama.linkage.kernels.tally import tally
from saksama.linkage.names import Names, NamesReader
from saksama.linkage.plan import Comparison, LinkagePlan
from saksama.model.errors import BadInput
from saksama.model.roll import LINE
from saksama.model.texts import _

Batches = pa.Table | Iterable[pa.Table]
_BATCH = 1 << 18  # lines read at a time
_FEW_LINES = 1000
_CROWD = 8  # lines of one NIK: whole households with one number have been seen (Bawaslu 2018), crowds are fillers
_CROWDED_CARD = 60  # lines of one family card
_OF_NAMES = ("begins", "sizes", "written", "plain", "joined")
_OF_PLACES = ("households", "lanes", "places")


@dataclass(frozen=True, slots=True, repr=False)
class Texts:
    """Values of a column by number: `codes` is -1 where blank; `letters`, `starts` and `sets` are of the values."""

    codes: Ints
    letters: Bytes
    starts: Ints
    sets: Words  # of letters, and length, by value


@dataclass(frozen=True, slots=True, repr=False)
class Numbers:
    """NIK as int64 (0 = none usable) and birth dates yyyymmdd beside them (0 = none)."""

    values: Ints
    born: Ints


@dataclass(frozen=True, slots=True, repr=False)
class Places:
    """Hashes of family (uint32) and of RT/RW (uint16, told apart in a village), and the place, int32; 0 = none.

    `tiers` is int32[places + 1, 4]: the province, regency, district and village of each place as running numbers;
    province 1 is called `provinces[0]`; `keys` are the hashes that the numbers stand for, by tier.
    """

    households: Words
    lanes: Ints
    places: Ints
    tiers: Ints
    keys: tuple[Words, ...] = ()
    provinces: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class Prepared:
    """n records. `border` is the first record of the second table, 0 where there is one table. `lines` are theirs.

    `people` marks one record of each NIK: frequencies are counted on those, so doubles do not make names common.
    `persons` are records held to be one person by an earlier pass, None before the first.
    """

    lines: Ints
    border: int
    people: Bytes
    digests: tuple[str, ...]  # of the tables as read
    lines_read: int = 0  # of both tables: more than there are records where one of the two is empty
    persons: Ints | None = None
    names: dict[str, Names] = field(default_factory=dict)
    dates: dict[str, Ints] = field(default_factory=dict)
    numbers: dict[str, Numbers] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def columns(self) -> dict[str, Any]:
        """All that has a value by record, but for the lines, by name."""
        out: dict[str, Any] = {"people": self.people}
        for name, names in self.names.items():
            out |= {f"names.{name}.{what}": getattr(names, what) for what in _OF_NAMES}
        out |= {f"dates.{name}": dates for name, dates in self.dates.items()}
        for name, numbers in self.numbers.items():
            out |= {f"numbers.{name}.values": numbers.values, f"numbers.{name}.born": numbers.born}
        for name, places in self.places.items():
            out |= {f"places.{name}.{what}": getattr(places, what) for what in _OF_PLACES}
        return out | {f"texts.{name}.codes": texts.codes for name, texts in self.texts.items()}

    def with_columns(self, lines: Ints, columns: Mapping[str, Any]) -> "Prepared":
        """The same with other records: their lines, and their columns by name; values keep their numbers."""

        def those_of(kind: str, name: str, what: tuple[str, ...]) -> dict[str, Any]:
            return {each: columns[f"{kind}.{name}.{each}"] for each in what}

        out = replace(self, lines=lines, people=columns["people"])
        out.names = {name: replace(each, **those_of("names", name, _OF_NAMES)) for name, each in self.names.items()}
        out.dates = {name: columns[f"dates.{name}"] for name in self.dates}
        out.numbers = {name: Numbers(**those_of("numbers", name, ("values", "born"))) for name in self.numbers}
        out.places = {name: replace(each, **those_of("places", name, _OF_PLACES)) for name, each in self.places.items()}
        out.texts = {name: replace(each, codes=columns[f"texts.{name}.codes"]) for name, each in self.texts.items()}
        return out

    @property
    def all_pairs(self) -> float:
        """How many pairs there are to find a match among."""
        if self.border:
            return float(self.border) * (len(self) - self.border)
        return len(self) * (len(self) - 1) / 2


class _Digest:
    """SHA-256 of the columns read, in plan order: of each the type, its values and their lengths."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.types: dict[str, str] = {}
        self.values: dict[str, Any] = {name: hashlib.sha256() for name in columns}
        self.sizes: dict[str, Any] = {name: hashlib.sha256() for name in columns}

    def add(self, batch: pa.Table, column: str) -> None:
        """Read a column of a batch."""
        if column in batch.column_names:
            values = batch[column]
            self.types[column] = str(values.type)
            if pa.types.is_date32(values.type) or pa.types.is_integer(values.type):
                for chunk in values.chunks:
                    whole = chunk.cast(pa.int32()) if pa.types.is_date32(chunk.type) else chunk
                    self._update(column, whole.fill_null(0).to_numpy(), chunk.is_valid().to_numpy(zero_copy_only=False))
                return
            letters, starts = text_buffers(values)
            self._update(column, letters[starts[0] : starts[-1]], np.diff(starts).astype(np.uint32))

    def _update(self, column: str, values: Any, sizes: Any) -> None:
        self.values[column].update(np.ascontiguousarray(values))
        self.sizes[column].update(np.ascontiguousarray(sizes))

    def finish(self) -> str:
        """The digest, hex."""
        whole = hashlib.sha256()
        for name in self.columns:
            if name in self.types:
                whole.update(f"{name}:{self.types[name]}\n".encode())
                whole.update(self.values[name].digest() + self.sizes[name].digest())
        return whole.hexdigest()


def as_batches(table: Batches) -> Iterator[pa.Table]:
    """A table in slices, or batches as they come; at least one, so that columns are known."""
    if isinstance(table, pa.Table):
        for begin in range(0, max(table.num_rows, 1), _BATCH):
            yield table.slice(begin, _BATCH)
    else:
        yield from table


def prepare(
    table: Batches,
    plan: LinkagePlan,
    other: Batches | None = None,
    *,
    progress: Callable[[int], None] | None = None,
    folder: Path | None = None,
) -> Prepared:
    """The columns of `plan` prepared; in files of `folder`, where one is given.

    Raises BadInput where a column is missing or of a type no text can be made of.
    """
    readers = _Readers(plan, folder)
    border, empty = 0, None
    with ThreadPoolExecutor(2) as pool:  # Arrow and the kernels let go of the interpreter; order is that of batches
        for number, each in enumerate([table] if other is None else [table, other]):
            if number:
                border = readers.next_table()
            for batch in as_batches(each):
                _require_columns(batch, plan)
                empty = batch.slice(0, 0)
                each_of = _worked_by(pool, batch.num_rows)
                list(each_of(lambda add: add(), readers.tasks(batch)))  # done before the next turn
                if progress is not None:
                    progress(readers.lines.size)
        digests, lines_read = readers.finish_digests(), readers.size
        if other is not None and border in {0, readers.size} and empty is not None:
            readers.lines.finish()  # which refuses lines that repeat
            readers, border = _Readers(plan, folder), 0  # of an empty list nothing is found
            for task in readers.tasks(empty):
                task()
        pa.default_memory_pool().release_unused()  # what Arrow keeps of batches that are gone
        found = readers.finish(_worked_by(pool, readers.size))
    return _put_together(plan, found, border, digests, lines_read)


def _worked_by(pool: ThreadPoolExecutor, lines: int) -> Callable[..., Iterator[Any]]:
    """How several things are done with so many lines: by threads, where they are worth handing over."""
    return pool.map if lines > _FEW_LINES else map


class _Readers:
    """A reader for each column that some comparison needs, each column once."""

    def __init__(self, plan: LinkagePlan, folder: Path | None) -> None:
        self.plan = plan
        self.lines, self.digests = LinesReader(LINE, folder), [_Digest((LINE, *plan.columns))]
        self.readers: dict[tuple[str, ...], Reader] = {}
        for comparison in sorted(plan.comparisons, key=lambda c: c.kind != "name"):  # the longest work first
            for key in _parts_of(comparison):
                if key not in self.readers:
                    self.readers[key] = _reader(key, folder)
        self.size = 0

    def tasks(self, batch: pa.Table) -> list[Callable[[], None]]:
        """What is to be done with a batch, each by itself."""
        self.lines.add(batch)
        self.size += batch.num_rows
        digest = self.digests[-1]
        reading = [lambda reader=reader: reader.add(batch) for reader in self.readers.values()]
        return [*reading, *(lambda name=name: digest.add(batch, name) for name in digest.columns)]

    def next_table(self) -> int:
        """Another table begins; how many records stand before it."""
        self.lines.next_table()
        self.digests.append(_Digest(self.digests[0].columns))
        return self.size

    def finish_digests(self) -> tuple[str, ...]:
        """The digest of each table."""
        return tuple(digest.finish() for digest in self.digests)

    def finish(self, each_of: Callable[..., Iterator[Any]]) -> dict[tuple[str, ...], Any]:
        """All columns by what they are."""
        lines = self.lines.finish()
        found = dict(zip(self.readers, each_of(lambda reader: reader.finish(), self.readers.values()), strict=True))
        return {("lines",): lines, **found}


def _parts_of(comparison: Comparison) -> list[tuple[str, ...]]:
    """What a comparison reads: what to make of which columns."""
    columns = comparison.columns
    if comparison.kind == "name":
        return [("name", comparison.style, *columns["columns"])]
    if comparison.kind == "date":
        return [("date", *columns["columns"])]
    if comparison.kind == "person_number":
        return [("number", *columns["number"]), *([("date", *columns["born"])] if "born" in columns else [])]
    if comparison.kind == "place":
        made = {"household": "hash", "lane": "hash", "tiers": "tiers"}
        return [(made[role], *columns[role]) for role in made if columns.get(role)]
    return [("text", *columns["columns"])]


def _reader(key: tuple[str, ...], folder: Path | None) -> Reader:
    what, *columns = key
    if what == "name":
        return NamesReader(columns[1:], columns[0], folder)
    if what == "date":
        return DatesReader(columns, folder)
    if what == "number":
        return NumbersReader(columns[0], folder)
    if what == "hash":
        return HashesReader(columns, folder)
    return TiersReader(columns, folder) if what == "tiers" else TextsReader(columns[0], folder)


def _put_together(
    plan: LinkagePlan, found: dict[tuple[str, ...], Any], border: int, digests: tuple[str, ...], lines_read: int
) -> Prepared:
    lines = found.pop(("lines",))
    size = len(lines)
    out = Prepared(lines, border, np.ones(size, np.uint8), digests, lines_read)
    for comparison in plan.comparisons:
        name, parts = comparison.name, _parts_of(comparison)
        if comparison.kind == "name":
            out.names[name] = found[parts[0]]
        elif comparison.kind == "date":
            out.dates[name] = found[parts[0]]
        elif comparison.kind == "person_number":
            values = found[parts[0]]
            counts, first = tally(values, np.ones(size, np.uint8))
            if not out.numbers:
                out.people = np.where(counts > _CROWD, np.uint8(1), first)
            values[counts > _CROWD] = 0
            out.numbers[name] = Numbers(values, found[parts[1]] if len(parts) > 1 else np.zeros(size, np.int32))
        elif comparison.kind == "place":
            out.places[name] = _places(comparison, found, size)
        else:
            out.texts[name] = Texts(*found[parts[0]])
    return out


def _places(comparison: Comparison, found: dict[tuple[str, ...], Any], size: int) -> Places:
    columns = comparison.columns
    households, lanes = np.zeros(size, np.uint32), np.zeros(size, np.uint16)
    if columns.get("household"):
        households = found["hash", *columns["household"]]
        counts, _first = tally(households, np.ones(size, np.uint8))
        households[counts > _CROWDED_CARD] = 0
    if columns.get("lane"):
        hashes = found["hash", *columns["lane"]]
        lanes = np.where(hashes == 0, 0, np.maximum(hashes >> np.uint32(16), 1)).astype(np.uint16)
    if columns.get("tiers"):
        return Places(households, lanes, *found["tiers", *columns["tiers"]])
    return Places(households, lanes, np.zeros(size, np.int32), np.zeros((1, 4), np.int32))


def _require_columns(table: pa.Table, plan: LinkagePlan) -> None:
    twice = [name for name in (LINE, *plan.columns) if table.column_names.count(name) > 1]
    if twice:
        raise BadInput(
            _("Kolom {columns} ada lebih dari sekali; hapus yang berlebih atau ganti namanya.").format(
                columns=", ".join(twice)
            )
        )
    missing = [name for name in plan.columns if name not in table.column_names]
    if missing:
        raise BadInput(
            _("Kolom {missing} diminta rencana {plan} tetapi tidak ada; tambahkan kolomnya atau ubah rencana.").format(
                missing=", ".join(missing), plan=plan.name
            )
        )
