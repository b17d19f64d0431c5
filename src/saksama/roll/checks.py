"""Step 1: every row of a roll file becomes a checked line or is set aside, and every oddity is recorded on its line."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa

from saksama.model.roll import COLUMNS, LINE, ORIGINAL_SUFFIX
from saksama.roll.arrow import Indices, constant, nulls, take_rows
from saksama.roll.aside import SetAside, find_aside, kept, original_cells, without_characters
from saksama.roll.cells import cells_of
from saksama.roll.dates import DateReader
from saksama.roll.faults import FAULTS
from saksama.roll.footers import FooterBlock
from saksama.roll.judging import Judged, judge
from saksama.roll.layout import Layout
from saksama.roll.places import PlaceReader
from saksama.roll.profile import Profile, Profiler
from saksama.roll.raw import Mask, RawBatch, RawSheet
from saksama.roll.reader import OpenSheet, RollFile, empty
from saksama.roll.recap import Stated, read_recap
from saksama.roll.schema import PLACES

Progress = Callable[[int, int | None], None]
ORIGINALS = tuple(name + ORIGINAL_SUFFIX for name in COLUMNS)
_TEXT: pa.DataType = pa.string()
_NUMBER: pa.DataType = pa.int64()
CHECKED = pa.schema(
    [
        (LINE, _NUMBER),
        *((name, pa.date32() if name == "tgl_lahir" else _TEXT) for name in COLUMNS),
        *((name, _TEXT) for name in ORIGINALS),
        ("sheet", _TEXT),
        ("source_row", _NUMBER),
    ]
)
ASIDE_ROWS = pa.schema([(LINE, _NUMBER), ("sheet", _TEXT), ("source_row", _NUMBER), ("codes", _TEXT), ("cells", _TEXT)])
FAULT_ROWS = pa.schema([(LINE, _NUMBER), ("column", _TEXT), ("code", _TEXT), ("level", _TEXT)])
_CODES = tuple(FAULTS)
_RECAP_ROWS = 1 << 14  # of a sheet without voters: more TPS than any kabupaten has
_PLACES_OF_FAULTS = ("", *COLUMNS)  # "" stands for the whole line


@dataclass(frozen=True, slots=True, repr=False)
class CheckedBatch:
    """Lines checked, rows set aside, and faults.

    `checked` has the schema `CHECKED`: the columns of the checked roll, `line`, an original for every column (text
    exactly as in the file; null where the file has no such column), sheet and row. `aside` and `faults` have
    `ASIDE_ROWS` and `FAULT_ROWS`; faults hold no personal data. `worklists` counts what coktas visits, no faults.
    `recap` is what a recapitulation among the sheets states; it is given once, with the first batch of its sheet.
    """

    checked: pa.Table
    aside: pa.Table
    faults: pa.Table
    worklists: Counter[str] = field(default_factory=Counter)
    recap: tuple[Stated, ...] = ()

    @property
    def lines_in(self) -> int:
        """Rows of the file in this batch."""
        return self.checked.num_rows + self.aside.num_rows


def check_roll(
    file: RollFile, *, progress: Progress | None = None, as_of: date | None = None
) -> Iterator[CheckedBatch]:
    """The lines of `file`, checked, in the order of the file, in bounded memory.

    Every row after a header is a line, numbered from 0 through all sheets, and ends as checked or set aside; empty
    rows at the end of a sheet are none. `as_of` is the day that ages are counted to for the work lists; without it
    there are none. Raises a BadInput when the file breaks off or its quotes do not close; then no batch counts.
    """
    state = _State(file.total_lines, progress, as_of)
    for sheet in file.sheets:
        yield from _check_sheet(file, sheet, state)
    file.opened.require_unchanged()
    if not state.line:
        raise empty(file.name)


@dataclass(slots=True)
class _State:
    total: int | None
    progress: Progress | None
    as_of: date | None
    line: int = 0

    def report(self) -> None:
        if self.progress is not None:
            total = None if self.total is None else max(self.total, self.line)
            self.progress(self.line, total)


def _check_sheet(file: RollFile, sheet: OpenSheet, state: _State) -> Iterator[CheckedBatch]:
    if sheet.layout is None:
        yield from _sheet_without_header(sheet.raw, state)
        return
    layout, raw = sheet.layout, sheet.raw
    profiler = Profiler(layout, file.base_1904, file.date_order)
    held: list[RawBatch] | None = None if file.read_twice else []
    for batch in raw.batches(layout.skip, layout.width, profiler.columns if held is None else None):
        profiler.add(batch)
        state.report()
        if held is not None:
            held.append(batch)
    reading = _SheetReading(raw.name, layout, profiler.profile(), file.base_1904, state)
    source = raw.batches(layout.skip, layout.width) if held is None else _let_go(held)
    for batch in source:
        yield reading.check(batch)
        state.report()


def _let_go(held: list[RawBatch]) -> Iterator[RawBatch]:
    """The batches of `held`, each forgotten once it is done with."""
    held.reverse()
    while held:
        yield held.pop()


def _sheet_without_header(raw: RawSheet, state: _State) -> Iterator[CheckedBatch]:
    """A recapitulation or notes: every row that is not blank is set aside, so that nothing is silent."""
    head = raw.head(_RECAP_ROWS)
    width = max(map(len, head), default=0)
    recap = tuple(read_recap(head))
    for batch in raw.batches(0, width):
        rows = [at for at in range(len(batch)) if any((column[at].as_py() or "").strip() for column in batch.columns)]
        if rows:
            found = SetAside(np.array(rows, np.int64), [["tanpa_nama_dan_nomor"]] * len(rows), {})
            lines = np.arange(state.line, state.line + len(rows), dtype=np.int64)
            state.line += len(rows)
            aside = _aside_table(batch, found, lines, raw.name)
            yield CheckedBatch(CHECKED.empty_table(), aside, _no_faults(), recap=recap)
            recap = ()
        state.report()


@dataclass(slots=True)
class _SheetReading:
    """The check of one sheet: what is known of it, and what carries over from batch to batch."""

    name: str
    layout: Layout
    profile: Profile
    base_1904: bool
    state: _State
    dates: DateReader = field(init=False)
    places: PlaceReader = field(init=False)
    # Row and cells of blank rows at the end so far: lines only if something follows.
    blank_rows: list[tuple[int, str]] = field(default_factory=list)
    footer: FooterBlock = field(default_factory=FooterBlock)
    since_total: int = 0
    in_sheet: int = 0

    def __post_init__(self) -> None:
        self.dates = DateReader(self.profile.order, self.base_1904)
        self.places = PlaceReader(self.layout.place)

    def check(self, batch: RawBatch) -> CheckedBatch:
        """One batch, with the blank rows held back from the one before."""
        cells = cells_of(batch, self.layout)
        found = find_aside(batch, cells, self.layout, self.footer)
        batch, found, held = self._hold_back_blanks(batch, found)
        lines = np.arange(self.state.line, self.state.line + len(held) + len(batch), dtype=np.int64)
        self.state.line += len(lines)
        aside = self._aside(batch, found, lines, held)
        mask = found.mask(len(batch))
        parts = list(self._sections(batch, found, mask, lines[len(held) :]))
        return CheckedBatch(
            pa.concat_tables([part.checked for part in parts]),
            aside,
            pa.concat_tables([part.faults for part in parts]),
            sum((part.worklists for part in parts), Counter()),
        )

    def _sections(self, batch: RawBatch, found: SetAside, aside: Mask, lines: Indices) -> Iterator[CheckedBatch]:
        """The lines of a batch judged, those below a row of titles in the place that it names."""
        ends = [*sorted(found.sections), len(batch)]
        for begin, end in pairwise([0, *ends]):
            here = ~aside
            here[:begin] = here[end:] = False
            if begin in found.sections:
                self._enter(found.sections[begin])
            if here.any() or end == len(batch):
                yield self._judged(kept(batch, ~here), lines[here])

    def _enter(self, titles: dict[str, str]) -> None:
        """Go on in the place of these titles: what they name goes, with all below it, before what was named above."""
        levels = (*PLACES, "tps")
        first = min(levels.index(name) for name in titles)
        above = {name: text for name, text in self.layout.place.items() if levels.index(name) < first}
        self.layout = replace(self.layout, place={**above, **titles})
        self.places = PlaceReader(self.layout.place)

    def _judged(self, stay: RawBatch, lines: Indices) -> CheckedBatch:
        judged = judge(cells_of(stay, self.layout), stay, self.layout, self.profile, self.dates, self.places)
        faults = _fault_table(judged, lines)
        checked = self._checked_table(judged, stay, lines)
        return CheckedBatch(checked, ASIDE_ROWS.empty_table(), faults, _worklists(judged, self.state.as_of))

    def _hold_back_blanks(self, batch: RawBatch, found: SetAside) -> tuple[RawBatch, SetAside, list[tuple[int, str]]]:
        """`batch` without the blank rows at its end, and those held from before that now count."""
        blank = {row for row, codes in zip(found.rows.tolist(), found.codes, strict=True) if codes == ["baris_kosong"]}
        end = len(batch)
        while end and end - 1 in blank:
            end -= 1
        bare = without_characters(batch)[end:].tolist()
        fresh = [
            (number, "[]" if empty else original_cells(batch, end + at))
            for at, (number, empty) in enumerate(zip(batch.rows[end:].tolist(), bare, strict=True))
        ]
        if not end:
            self.blank_rows += fresh
            empty = kept(batch, np.ones(len(batch), np.bool_))
            return empty, SetAside(np.zeros(0, np.int64), [], {}), []
        held, self.blank_rows = self.blank_rows, fresh
        if end < len(batch):
            mask = np.zeros(len(batch), np.bool_)
            mask[end:] = True
            batch = kept(batch, mask)
            among = int((found.rows < end).sum())
            found = SetAside(found.rows[:among], found.codes[:among], found.totals, found.sections)
        return batch, found, held

    def _aside(self, batch: RawBatch, found: SetAside, lines: Indices, held: list[tuple[int, str]]) -> pa.Table:
        self._compare_totals(found, len(batch))
        table = _aside_table(batch, found, lines[len(held) :][found.rows], self.name)
        if not held:
            return table
        blank = pa.table(
            [
                pa.array(lines[: len(held)]),
                constant(self.name, len(held)),
                pa.array([row for row, _cells in held], pa.int64()),
                constant("baris_kosong", len(held)),
                pa.array([cells for _row, cells in held], pa.string()),
            ],
            schema=ASIDE_ROWS,
        )
        return pa.concat_tables([blank, table])

    def _compare_totals(self, found: SetAside, length: int) -> None:
        """Mark a total row that states neither the rows since the last total nor those of the sheet so far."""
        last = -1
        for row, codes in zip(found.rows.tolist(), found.codes, strict=True):
            self.since_total += row - last - 1
            self.in_sheet += row - last - 1
            last = row
            stated = found.totals.get(row)
            if stated is not None:
                if stated and not stated & {self.since_total, self.in_sheet}:
                    codes.append("jumlah_tidak_cocok")
                self.since_total = 0
        self.since_total += length - last - 1
        self.in_sheet += length - last - 1

    def _checked_table(self, judged: Judged, stay: RawBatch, lines: Indices) -> pa.Table:
        length = len(stay)
        arrays: list[object] = [pa.array(lines)]
        for name in COLUMNS:
            if name == "tgl_lahir":
                born = judged.born
                arrays.append(born.as_dates() if born is not None else nulls(length, pa.date32()))
            else:
                arrays.append(judged.clean.get(name, nulls(length)))
        arrays += [judged.originals.get(name, nulls(length)) for name in COLUMNS]
        arrays += [constant(self.name, length), pa.array(stay.rows)]
        return pa.Table.from_arrays(arrays, schema=CHECKED)  # type: ignore[arg-type]


def _aside_table(batch: RawBatch, found: SetAside, lines: Indices, sheet: str) -> pa.Table:
    return pa.table(
        [
            pa.array(lines),
            constant(sheet, len(lines)),
            pa.array(batch.rows[found.rows]),
            pa.array([",".join(codes) for codes in found.codes], pa.string()),
            pa.array([original_cells(batch, row) for row in found.rows.tolist()], pa.string()),
        ],
        schema=ASIDE_ROWS,
    )


def _fault_table(judged: Judged, lines: Indices) -> pa.Table:
    """The faults of a batch, by line, then column, then code."""
    rows, columns, codes = [], [], []
    for (column, code), at in judged.faults.items():
        if len(at):
            rows.append(at)
            columns.append(np.full(len(at), _PLACES_OF_FAULTS.index(column), np.int64))
            codes.append(np.full(len(at), _CODES.index(code), np.int64))
    if not rows:
        return _no_faults()
    row, column_at, code_at = np.concatenate(rows), np.concatenate(columns), np.concatenate(codes)
    order = np.lexsort((code_at, column_at, row))
    levels = [FAULTS[code].level.value for code in _CODES]
    return pa.table(
        [
            pa.array(lines[row[order]]),
            take_rows(pa.array(_PLACES_OF_FAULTS, pa.string()), column_at[order]),
            take_rows(pa.array(_CODES, pa.string()), code_at[order]),
            take_rows(pa.array(levels, pa.string()), code_at[order]),
        ],
        schema=FAULT_ROWS,
    )


def _no_faults() -> pa.Table:
    return FAULT_ROWS.empty_table()


def _worklists(judged: Judged, as_of: date | None) -> Counter[str]:
    """How many are over 100 and under 17 on `as_of`: whom coktas visits; never a fault."""
    counts: Counter[str] = Counter()
    if as_of is None or judged.born is None:
        return counts
    born = judged.born
    birthday_past = (born.month < as_of.month) | ((born.month == as_of.month) & (born.day <= as_of.day))
    age = as_of.year - born.year - ~birthday_past
    counts["usia_di_atas_100"] = int((born.known & (age > 100)).sum())
    counts["usia_di_bawah_17"] = int((born.known & (age < 17)).sum())
    return +counts
