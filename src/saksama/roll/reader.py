"""A roll file opened: known to be whole, of a kind that can be read, with its columns recognised."""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from saksama.model.texts import _
from saksama.roll.formats.delimited import DelimitedSheet, Scan, scan, sniff
from saksama.roll.formats.parquet import parquet_sheet
from saksama.roll.formats.workbook import open_workbook
from saksama.roll.layout import SEARCHED, Layout, find_layout, unknown_layout
from saksama.roll.mapping import ColumnMapping, load_mapping
from saksama.roll.raw import RawSheet
from saksama.roll.refusals import DamagedFile, EmptyRoll, NotARollFile, UnknownLayout
from saksama.roll.source import Kind, OpenFile, Source, identify

__all__ = ["OpenSheet", "RollFile", "load_mapping", "open_roll"]

_LOOKED_AT = SEARCHED + 8
_TABLE = 3  # columns, at least, of what may be a roll under headings that are not known


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet with its layout; None if it has no header and so no voter (a recapitulation, notes)."""

    raw: RawSheet
    layout: Layout | None


@dataclass(frozen=True, slots=True)
class RollFile:
    """An open roll. `with open_roll(path) as file:` lets go of it at the end.

    `described` says what the file is, for instance "CSV, pemisah ;, Windows-1252". `total_lines` is about right, for
    progress, or None. `date_order` is the operator's, or "". `base_1904` is the calendar of a workbook.
    """

    opened: OpenFile
    sheets: tuple[OpenSheet, ...]
    kind: Kind
    described: str
    total_lines: int | None
    date_order: str = ""
    base_1904: bool = False
    read_twice: bool = True  # cheaper than holding a sheet in memory

    @property
    def name(self) -> str:
        """The file's name."""
        return self.opened.name

    @property
    def unused_columns(self) -> tuple[str, ...]:
        """Labels of columns that the checked roll has no place for, each once."""
        return tuple(dict.fromkeys(label for s in self.sheets if s.layout for label in s.layout.unused))

    def close(self) -> None:
        """Let go of the file."""
        self.opened.close()

    def __enter__(self) -> "RollFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_roll(
    path: Path, *, columns: ColumnMapping | None = None, progress: Callable[[int, int | None], None] | None = None
) -> RollFile:
    """The roll in `path`, recognised by its bytes and its columns; nothing of it is judged yet.

    Raises a BadInput (see `saksama.roll.refusals`) with one sentence that says what is wrong and how to mend it;
    `UnknownLayout` carries the columns seen and a mapping file to write. `progress` is called while a large file is
    scanned, before the number of lines is known.
    """
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(OpenFile(path))
        source = identify(opened)
        beat = (lambda: progress(0, None)) if progress is not None else None
        reader = {
            Kind.DELIMITED: _delimited,
            Kind.WORKBOOK: _workbook,
            Kind.PARQUET: _parquet,
        }[source.kind]
        file = reader(opened, source, columns, beat)
        if not any(sheet.layout for sheet in file.sheets):
            raise _nothing_known(file)
        if file.kind is not Kind.PARQUET and not any(_may_have_lines(sheet) for sheet in file.sheets):
            raise empty(file.name)
        stack.pop_all()
        return file


Beat = Callable[[], None] | None


def _delimited(opened: OpenFile, source: Source, columns: ColumnMapping | None, beat: Beat) -> RollFile:
    scanned = scan(source, beat)
    sheet, layout = _best_delimiter(source, scanned, columns)
    encoding = {"utf-8": _("UTF-8 dengan BOM") if scanned.bom else "UTF-8", "cp1252": "Windows-1252"}[scanned.encoding]
    delimiter = {",": _("koma"), ";": _("titik koma"), "\t": "tab"}[sheet.delimiter]
    skip = layout.skip if layout else 0
    return RollFile(
        opened,
        (OpenSheet(sheet, layout),),
        Kind.DELIMITED,
        f"CSV, {delimiter}, {encoding}",
        max(scanned.lines - skip, 0),
        columns.date_order if columns else "",
    )


def _best_delimiter(
    source: Source, scanned: Scan, columns: ColumnMapping | None
) -> tuple[DelimitedSheet, Layout | None]:
    """The delimiter under which most columns are recognised; among equals the most frequent."""
    with source.unpacked() as stream:
        head = stream.read(1 << 18)
    wanted = (columns.delimiter,) if columns and columns.delimiter else sniff(head, scanned.encoding)
    best: tuple[DelimitedSheet, Layout | None] | None = None
    most = (-1, -1)
    refusal: UnknownLayout | DamagedFile | None = None
    for delimiter in wanted:
        sheet = DelimitedSheet(source, scanned, delimiter)
        try:
            layout = find_layout(sheet.head(_LOOKED_AT), columns, where=source.name)
        except (UnknownLayout, DamagedFile) as fault:  # read with the wrong delimiter, quotes look misplaced
            if refusal is None or (isinstance(refusal, DamagedFile) and isinstance(fault, UnknownLayout)):
                refusal = fault
            continue
        size = _size(sheet, layout)
        if size > most:
            best, most = (sheet, layout), size
    wide_unknown = isinstance(refusal, DamagedFile) and most[1] >= _TABLE  # its columns are shown, to be mapped
    if refusal is not None and not most[0] and not wide_unknown:
        raise refusal
    if best is None:
        raise AssertionError("some delimiter was tried")
    return best


def _size(sheet: DelimitedSheet, layout: Layout | None) -> tuple[int, int]:
    """Columns recognised; then, of a sheet where none are, columns seen."""
    return (len(layout.fields), 0) if layout else (0, max(map(len, sheet.head(_LOOKED_AT)), default=0))


def _workbook(opened: OpenFile, source: Source, columns: ColumnMapping | None, beat: Beat) -> RollFile:
    book = open_workbook(source, beat)
    sheets = tuple(_open_sheets(book.sheets, source, columns))
    described = _("XLSX, {n} lembar").format(n=len(sheets))
    if book.hidden:
        described = _("XLSX, {n} lembar, {hidden} di antaranya tersembunyi").format(n=len(sheets), hidden=book.hidden)
    order = columns.date_order if columns else ""
    return RollFile(opened, sheets, Kind.WORKBOOK, described, book.rows, order, book.base_1904, read_twice=False)


def _open_sheets(raw: tuple[RawSheet, ...], source: Source, columns: ColumnMapping | None) -> Iterator[OpenSheet]:
    for sheet in raw:
        head = sheet.head(_LOOKED_AT)
        where = f"{source.name}, {sheet.name}" if sheet.name else source.name
        layout = find_layout(head, columns, where=where)
        if layout is None and _holds_voters(head):
            raise unknown_layout(head, where=where)
        if layout is not None and re.match(r"\s*tps\b", sheet.name, re.I) and "tps" not in layout.place:
            layout = replace(layout, place={**layout.place, "tps": sheet.name})
        yield OpenSheet(sheet, layout)


def _holds_voters(head: list[list[str]]) -> bool:
    """Whether a sheet without a header has lines of voters: some cell with 16 digits."""
    return any(len(cell.strip(" '")) == 16 and cell.strip(" '").isdecimal() for row in head for cell in row)


def _parquet(opened: OpenFile, source: Source, columns: ColumnMapping | None, _beat: Beat) -> RollFile:
    sheet = parquet_sheet(source)
    layout = find_layout(sheet.head(1), columns, where=source.name)
    order = columns.date_order if columns else ""
    return RollFile(opened, (OpenSheet(sheet, layout),), Kind.PARQUET, "Parquet", sheet.rows, order)


def _may_have_lines(sheet: OpenSheet) -> bool:
    """False if the sheet ends, as far as cells go, with its header."""
    if sheet.layout is None:
        return False
    head = sheet.raw.head(_LOOKED_AT)
    return len(head) == _LOOKED_AT or any(cell.strip() for row in head[sheet.layout.skip :] for cell in row)


def _nothing_known(file: RollFile) -> EmptyRoll | UnknownLayout | NotARollFile:
    """The refusal of a file in which no sheet has a header that is known."""
    with file:
        for sheet in file.sheets:
            head = sheet.raw.head(_LOOKED_AT)
            if not any(cell.strip() for row in head for cell in row):
                continue
            if file.kind is Kind.DELIMITED and max(map(len, head)) == 1:
                return NotARollFile(
                    _(
                        "Berkas {name} hanya satu kolom: tidak ada koma, titik koma, atau tab di antara kolomnya; "
                        "ekspor ulang dengan salah satunya."
                    ).format(name=file.name)
                )
            where = f"{file.name}, {sheet.raw.name}" if sheet.raw.name else file.name
            return unknown_layout(head, where=where, labelled=file.kind is Kind.PARQUET)
    return empty(file.name)


def empty(name: str) -> EmptyRoll:
    """The refusal of a file without a single line."""
    return EmptyRoll(
        _("Berkas {name} tidak berisi satu baris pemilih pun; kirim berkas yang berisi.").format(name=name)
    )
