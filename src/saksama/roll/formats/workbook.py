"""XLSX: the parts are found and searched for what computes or fetches; then each sheet is read as a stream.

python-calamine is the oracle in the tests and not the reader, for three reasons measured there: it turns a NIK stored
as a number into a float (Papua's lose digits), it allocates the rectangle that the outermost cells span, and it does
not say whether a cell holds a formula.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np

from saksama.model.texts import _
from saksama.roll.formats.sheetxml import Relations, SharedStrings, SheetRows, SheetXml, Styles, WorkbookXml, formulas
from saksama.roll.packing import UNPACK_FAULTS, Bounded, require_no_bomb
from saksama.roll.raw import Kinds, RawBatch, RawSheet, texts
from saksama.roll.refusals import LockedFile, UnsafeWorkbook, damaged
from saksama.roll.source import Source

_BATCH = 1 << 15
_BLOCK = 1 << 20
_OVERLAP = 256
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9_]+:)?f[\s/>]")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_FETCHES = (
    "xl/externallinks/",
    "xl/connections.xml",
    "xl/querytables/",
    "xl/embeddings/",
    "xl/activex/",
    "xl/ctrlprops/",
)
_MOST_SHEETS = 2_000


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook, in its order, hidden ones too; how many rows they have together; its calendar."""

    sheets: tuple[RawSheet, ...]
    rows: int
    base_1904: bool
    hidden: int


@dataclass(frozen=True, slots=True, repr=False)
class WorkbookSheet:
    """A sheet of a workbook. The row number is Excel's; rows that the file leaves out are none."""

    source: Source
    name: str
    part: str
    strings: list[str]
    dates: set[str]

    def head(self, rows: int) -> list[list[str]]:
        """The first `rows` rows."""
        reader = SheetXml(self.source.name, self.strings, self.dates, most=rows)
        with _part(self.source, self.part) as stream:
            reader.read(stream)
        return reader.take().cells

    def batches(self, skip: int, width: int, only: frozenset[int] | None = None) -> Iterator[RawBatch]:
        """The rows after the first `skip`."""
        del only
        reader = SheetXml(self.source.name, self.strings, self.dates)
        with _part(self.source, self.part) as stream:
            for _pause in reader.feed(stream):
                if len(reader.rows.cells) >= _BATCH:
                    rows, skip = _without(reader.take(), skip)
                    if rows.cells:
                        yield _as_batch(rows, width)
        rows, _skip = _without(reader.take(), skip)
        if rows.cells:
            yield _as_batch(rows, width)


def _without(rows: SheetRows, skip: int) -> tuple[SheetRows, int]:
    """`rows` without the first `skip`, and how many are still to be skipped."""
    if not skip:
        return rows, 0
    kinds = [(row - skip, column, kind) for row, column, kind in rows.kinds if row >= skip]
    return SheetRows(rows.cells[skip:], rows.numbers[skip:], kinds), max(skip - len(rows.cells), 0)


def _as_batch(rows: SheetRows, width: int) -> RawBatch:
    pad = [""] * width
    extra = {at: cells[width:] for at, cells in enumerate(rows.cells) if len(cells) > width and any(cells[width:])}
    even = [cells if len(cells) == width else (cells + pad)[:width] for cells in rows.cells]
    columns = tuple(texts(list(column)) for column in zip(*even, strict=True))
    kinds: dict[int, Kinds] = {}
    for row, column, kind in rows.kinds:
        if column < width:
            if column not in kinds:
                kinds[column] = np.zeros(len(even), np.uint8)
            kinds[column][row] = kind
    return RawBatch(columns, np.array(rows.numbers, np.int64), kinds, extra=extra)


def open_workbook(source: Source, beat: Callable[[], None] | None) -> Workbook:
    """The workbook in `source`, every part of it searched.

    Raises UnsafeWorkbook for formulas, external links and embedded objects (macros are refused before), LockedFile,
    TooBig for a bomb, DamagedFile for anything that is cut off or no workbook.
    """
    with source.seekable() as file:
        parts = _parts(file, source.name)
    book, relations, styles = WorkbookXml(source.name), Relations(source.name), Styles(source.name)
    strings = SharedStrings(source.name)
    home = parts.get("xl/workbook.xml")
    if home is None:
        raise damaged(source.name)
    _read_into(book, source, home)
    _read_into(relations, source, parts.get("xl/_rels/workbook.xml.rels"))
    if len(book.sheets) > _MOST_SHEETS:
        raise damaged(source.name)
    _read_into(styles, source, parts.get("xl/styles.xml"))
    _read_into(strings, source, parts.get("xl/sharedstrings.xml"))
    sheets: list[RawSheet] = []
    rows = 0
    for name, relation in book.sheets:
        kind, target = relations.targets.get(relation, ("", ""))
        if kind not in ("worksheet", "chartsheet", ""):
            raise UnsafeWorkbook(
                _("Buku kerja {name} berisi lembar makro atau dialog; simpan ulang tanpa lembar itu.").format(
                    name=source.name
                )
            )
        if kind == "chartsheet":
            continue
        part = parts.get(posixpath.normpath(posixpath.join("xl", target)).lstrip("/").lower())
        if part is None:
            raise damaged(source.name)
        rows += _search(source, part, beat)
        sheets.append(WorkbookSheet(source, name, part, strings.strings, styles.dates))
    return Workbook(tuple(sheets), rows, book.base_1904, book.hidden)


def _parts(file: BinaryIO, name: str) -> dict[str, str]:
    """Parts by name in lower case; raises what forbids the workbook as a whole."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except UNPACK_FAULTS as fault:
        raise damaged(name) from fault
    if any(member.flag_bits & 1 for member in members):
        raise LockedFile(_("Buku kerja {name} dikunci sandi; hapus sandinya lalu simpan ulang.").format(name=name))
    parts = {member.filename.lower(): member.filename for member in members}
    if len(parts) != len(members):
        raise damaged(name)
    if any(part.startswith(_FETCHES) for part in parts):
        raise UnsafeWorkbook(
            _("Buku kerja {name} memuat tautan luar atau objek tertanam; salin nilainya ke buku baru.").format(
                name=name
            )
        )
    for member in members:
        require_no_bomb(member.file_size, member.compress_size, name)
    return parts


@contextmanager
def _part(source: Source, part: str) -> Iterator[IO[bytes]]:
    """The bytes of a part, counted while they are read."""
    with source.seekable() as file:
        try:
            with zipfile.ZipFile(file) as archive:
                packed = archive.getinfo(part).compress_size
                with archive.open(part) as stream:
                    yield io.BufferedReader(Bounded(stream, source.name, packed=lambda: packed), _BLOCK)
        except UNPACK_FAULTS:
            raise damaged(source.name) from None  # what was read in between may be quoted


def _read_into(reader: WorkbookXml | Relations | Styles | SharedStrings, source: Source, part: str | None) -> None:
    if part is not None:
        with _part(source, part) as stream:
            reader.read(stream)


def _search(source: Source, part: str, beat: Callable[[], None] | None) -> int:
    """About how many rows a sheet has, for progress; raises UnsafeWorkbook at the first formula, with its cell."""
    rows, kept = 0, b""
    with _part(source, part) as stream:
        while block := stream.read(_BLOCK):
            if not kept and re.match(rb"\xff\xfe|\xfe\xff|.{0,60}encoding=[\"'](?![Uu][Tt][Ff]-8)", block):
                raise damaged(source.name)  # Excel writes UTF-8; in anything else the search would be blind
            window = kept + block
            found = _FORMULA.search(window) if b"<f" in window or b":f" in window else None
            if found:
                before = _REFERENCE.findall(window[: found.start()][-4096:])
                raise formulas(source.name, before[-1].decode() if before else "")
            rows += block.count(b"<row ")
            kept = window[-_OVERLAP:]
            if beat is not None:
                beat()
    return rows
