"""A workbook of text alone, written column by column in bounded memory, into any number of sheets at a time.

Half a million lines took a general writer minutes, cell by cell; here a batch of rows becomes XML in a few Arrow calls.
Each sheet is deflated into a file of its own beside the workbook; at the end these bytes are put together as they are.
"""

import io
import re
import shutil
import struct
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from saksama.model.errors import BadInput
from saksama.model.texts import _

LAST_ROW = 1_048_576  # of a sheet, by the format (ECMA-376, and Excel's own bound)
LONGEST_CELL = 32_767  # characters
# Bytes of XML in a sheet, and of the file: a ZIP without its 64-bit parts holds 4 GiB.
_LARGEST_PART = _LARGEST_ZIP = 3 << 30
_LEVEL = 1  # of deflate: XML of rows packs fifteenfold with it already, four times as fast as with 6
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML cannot hold, or what a reader of workbooks would take for such an escape.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE_RE2 = r"[\x00-\x08\x0b-\x1f\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_"
_BLANK_ENDS = r"^\s|\s$|\n"
# Cell styles: 0 is Excel's own, 1 text, 2 a heading.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="2">'
    "<border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/>"
    '<bottom style="thin"/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" borderId="1" '
    'applyNumberFormat="1" applyFont="1" applyBorder="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    'xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class CellTooLong(BadInput):
    """A value longer than the 32,767 characters of an Excel cell."""


class TooLargeForExcel(BadInput):
    """More than the 4 GiB that every program can open."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of every sheet and the width of each column, in characters."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]


class _Part:
    """One file inside the workbook, deflated as it is written."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name, self.file = name, file
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        self.sum, self.size, self.packed = 0, 0, 0

    def write(self, data: bytes) -> None:
        self.sum = zlib.crc32(data, self.sum)
        self.size += len(data)
        self._pack(self._deflate.compress(data))

    def finish(self) -> None:
        self._pack(self._deflate.flush())

    def _pack(self, packed: bytes) -> None:
        self.packed += len(packed)
        self.file.write(packed)

    def header(self) -> bytes:
        """What both of a ZIP's headers say of the file; dated at the ZIP's first day, so that bytes repeat."""
        name = self.name.encode()
        return struct.pack("<HHHHHIIIHH", 20, 0x800, 8, 0, 0x21, self.sum, self.packed, self.size, len(name), 0)


class TextSheet:
    """A sheet being written: rows gather below its headings. `is_full` where the next row needs another sheet."""

    def __init__(self, name: str, part: _Part, columns: Columns) -> None:
        self.name, self.part, self._columns = name, part, columns
        self.rows = 1
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width}" style="1" customWidth="1"/>'
            for at, width in enumerate(columns.widths, 1)
        )
        headings = "".join(
            f'<c r="{letters(at)}1" s="2" t="inlineStr"><is><t>{escape(heading)}</t></is></c>'
            for at, heading in enumerate(columns.headings)
        )
        self.part.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr '
            f'defaultRowHeight="15"/><cols>{widths}</cols><sheetData><row r="1">{headings}</row>'.encode()
        )

    @property
    def room(self) -> int:
        """How many more rows fit."""
        return LAST_ROW - self.rows if self.part.size < _LARGEST_PART else 0

    @property
    def extent(self) -> str:
        """The cells written, absolute: `$A$1:$T$100`."""
        return f"$A$1:${letters(len(self._columns.headings) - 1)}${self.rows}"

    def append(self, cells: Sequence[pa.StringArray]) -> None:
        """Add rows, given as columns of text in which null is an empty cell; raises CellTooLong."""
        length = len(cells[0])
        numbers = pa.array(range(self.rows + 1, self.rows + 1 + length)).cast(pa.string())
        parts: list[Any] = ['<row r="', numbers, '">']
        parts += [_cells(column, at, numbers) for at, column in enumerate(cells) if column.null_count < length]
        rows: Any = pc.binary_join_element_wise(*parts, "</row>", "", null_handling="replace", null_replacement="")
        self.part.write(_joined(rows))
        self.rows += length

    def finish(self) -> None:
        """End the sheet."""
        area = self.extent.replace("$", "")
        self.part.write(f'</sheetData><autoFilter ref="{area}"/></worksheet>'.encode())
        self.part.finish()


def _joined(rows: Any) -> bytes:
    """All rows in one piece: the bytes below an Arrow column of text."""
    _valid, offsets, data = rows.buffers()
    ends = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[ends[rows.offset] : ends[rows.offset + len(rows)]])


def _cells(column: Any, at: int, numbers: Any) -> Any:
    """A column as cells, null where empty."""
    if (pc.max(pc.utf8_length(column)).as_py() or 0) > LONGEST_CELL:
        raise CellTooLong(_("Sebuah isian terlalu panjang bagi Excel; gunakan berkas CSV atau Parquet."))
    if pc.any(pc.match_substring_regex(column, _UNWRITABLE_RE2)).as_py():
        column = pa.array([text and _UNWRITABLE.sub(_escaped, text) for text in column.to_pylist()], pa.string())
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if pc.any(pc.match_substring(column, sign)).as_py():
            column = pc.replace_substring(column, sign, name)
    kept = ' xml:space="preserve"' if pc.any(pc.match_substring_regex(column, _BLANK_ENDS)).as_py() else ""
    begin, middle = f'<c r="{letters(at)}', f'" s="1" t="inlineStr"><is><t{kept}>'
    return pc.binary_join_element_wise(begin, numbers, middle, column, "</t></is></c>", "")


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def letters(at: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    return (letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


class TextWorkbook:
    """The workbook: `sheet` begins one, `close` puts the file at `path` together, `give_up` leaves what was there.

    The parts wait in a private folder beside `path`. `at` is the moment the workbook says it was made.
    """

    def __init__(self, path: Path, columns: Columns, *, title: str, at: datetime) -> None:
        self._path, self._columns, self._title, self._at = path, columns, title, at
        self._waiting = tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.")
        self.sheets: list[TextSheet] = []

    def sheet(self, name: str) -> TextSheet:
        """A new sheet, after those there are; the name is the caller's to keep different and short enough."""
        number = len(self.sheets) + 1
        file = (Path(self._waiting.name) / f"{number}").open("w+b")
        sheet = TextSheet(name, _Part(f"xl/worksheets/sheet{number}.xml", file), self._columns)
        self.sheets.append(sheet)
        return sheet

    def close(self) -> None:
        """Write the file; raises TooLargeForExcel past what a ZIP can hold."""
        try:
            parts = [self._small(name, text) for name, text in self._texts().items()]
            for sheet in self.sheets:
                sheet.finish()
                parts.append(sheet.part)
            if sum(part.packed for part in parts) > _LARGEST_ZIP:
                raise TooLargeForExcel(_("Daftar ini terlalu besar bagi Excel; gunakan berkas CSV atau Parquet."))
            with self._path.open("wb") as out:
                _zip(out, parts)
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Forget what was written so far."""
        for sheet in self.sheets:
            sheet.part.file.close()
        self._waiting.cleanup()

    def _small(self, name: str, text: str) -> _Part:
        part = _Part(name, io.BytesIO())
        part.write(text.encode())
        part.finish()
        return part

    def _texts(self) -> dict[str, str]:
        """The parts around the sheets."""
        count = range(1, len(self.sheets) + 1)
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in count
        )
        sheets = "".join(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, sheet in enumerate(self.sheets, 1)
        )
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'
            + escape(f"'{sheet.name}'!{sheet.extent}") + "</definedName>" for at, sheet in enumerate(self.sheets)
        )  # fmt: skip
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in count
        )
        made = self._at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{_TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
            f'ContentType="{_TYPES}.styles+xml"/><Override '
            'PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
            f"{types}</Types>",
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" '
            f'Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
            "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{escape(self._title)}</dc:title><dc:creator>Saksama</dc:creator>"
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>',
            "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
            f"<definedNames>{filters}</definedNames></workbook>",
            "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{len(self.sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            "</Relationships>",
            "xl/styles.xml": _STYLES,
        }


def _zip(out: IO[bytes], parts: Sequence[_Part]) -> None:
    """A ZIP of parts that are deflated already (APPNOTE 6.3: local headers, then the directory, then its end)."""
    directory = b""
    for part in parts:
        at = out.tell()
        out.write(b"PK\x03\x04" + part.header() + part.name.encode())
        part.file.seek(0)
        shutil.copyfileobj(part.file, out, 1 << 20)
        told = struct.pack("<HHHII", 0, 0, 0, 0, at)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + part.header() + told + part.name.encode()
    at = out.tell()
    count = len(parts)
    out.write(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), at, 0))
