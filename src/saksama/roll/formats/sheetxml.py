"""The XML inside a workbook, read as a stream: rows of a sheet, shared strings, styles, the list of sheets.

Expat is fed block by block and never expands a document type, so memory is bounded by a row and the shared strings.
A number keeps the text that the file has: a NIK of Papua (91...) is above 2^53 and would lose digits as a float.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from saksama.model.texts import _
from saksama.roll.raw import DATE, NUMBER, OTHER, WIDEST
from saksama.roll.refusals import TooBig, UnsafeWorkbook, damaged

LAST_ROW = 1_048_576  # of any sheet, by the format
LONGEST_CELL = 32_767  # characters, by the format
_BLOCK = 1 << 18
_MOST_STRINGS = 20_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))
_LITERAL = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.")


class _Enough(Exception):
    """Enough has been read."""


class XmlReader:
    """Feeds a part of a workbook through expat; what goes wrong comes out as a BadInput."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._local: dict[str, str] = {}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._local.get(name)
        if local is None:
            local = self._local[name] = name.rpartition(":")[2]
        self.start(local, attributes)

    def _end(self, name: str) -> None:
        self.end(self._local[name])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element `name` (without prefix) begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text between elements."""

    def _refuse_doctype(self, *_declared: object) -> None:
        raise UnsafeWorkbook(
            _("Buku kerja {name} memuat deklarasi DTD yang berbahaya; simpan ulang dari Excel.").format(name=self.name)
        )

    def require_bounded(self) -> None:
        """Raise TooBig if what is gathered grows beyond reason."""

    def feed(self, stream: IO[bytes]) -> Iterator[None]:
        """Parse `stream` a block at a time, pausing after each; raises DamagedFile for what is no XML."""
        try:
            while block := stream.read(_BLOCK):
                self.parser.Parse(block, False)
                self.require_bounded()
                yield
            self.parser.Parse(b"", True)
        except _Enough:
            return
        except expat.ExpatError as fault:
            raise damaged(self.name) from fault
        except (ValueError, LookupError):
            raise damaged(self.name) from None  # its text may quote a cell

    def read(self, stream: IO[bytes]) -> None:
        """Parse the whole of `stream`."""
        for _pause in self.feed(stream):
            pass


class WorkbookXml(XmlReader):
    """`sheets` as (name, relation), how many of them are hidden, whether dates count from 1904."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sheets: list[tuple[str, str]] = []
        self.base_1904 = False
        self.hidden = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
            self.hidden += attributes.get("state", "visible") != "visible"
        elif name == "workbookPr":
            self.base_1904 = attributes.get("date1904", "0") in ("1", "true", "on")


class Relations(XmlReader):
    """`targets` maps a relation to (kind, target)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


class Styles(XmlReader):
    """`dates` has the numbers of the cell styles that show a date."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.dates: set[str] = set()
        self._formats: dict[int, str] = {}
        self._inside = False
        self._style = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "numFmtId" in attributes:
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            number = int(attributes.get("numFmtId", "0"))
            if _shows_date(number, self._formats.get(number)):
                self.dates.add(str(self._style))
            self._style += 1

    def end(self, name: str) -> None:
        self._inside = self._inside and name != "cellXfs"


def _shows_date(number: int, code: str | None) -> bool:
    if code is None:
        return number in _DATE_FORMATS
    return bool(re.search(r"[ymdhs]", _LITERAL.sub("", code.lower()).replace("general", "")))


class SharedStrings(XmlReader):
    """`strings` in order. Half a million pass here, so the handlers are direct (see `SheetXml`)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._runs: list[str] = []
        self._phonetic = False
        self._known: dict[str, str] = {}
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._finish
        self.parser.CharacterDataHandler = self._parts.append

    def _begin(self, raw: str, _attributes: dict[str, str]) -> None:
        name = self._known.get(raw)
        if name is None:
            name = self._known[raw] = raw.rpartition(":")[2]
        if name == "t":
            self._parts.clear()
        elif name == "si":
            self._runs.clear()
        elif name == "rPh":
            self._phonetic = True

    def _finish(self, raw: str) -> None:
        name = self._known[raw]
        if name == "t":
            if not self._phonetic:
                self._runs.append("".join(self._parts))
            self._parts.clear()
        elif name == "si":
            self.strings.append(cell_text("".join(self._runs), self.name))
        elif name == "rPh":
            self._phonetic = False

    def require_bounded(self) -> None:
        """Raise TooBig for more strings than any roll has, or one without end."""
        if len(self.strings) > _MOST_STRINGS or len(self._parts) > 100_000 or len(self._runs) > 100_000:
            raise TooBig(_("Buku kerja {name} terlalu besar; bagi menjadi beberapa berkas.").format(name=self.name))


def cell_text(text: str, name: str) -> str:
    """A text of a workbook with `_x000D_` and its like taken back; raises TooBig past what a cell can hold."""
    if len(text) > 8 * LONGEST_CELL:
        raise TooBig(
            _("Buku kerja {name} punya sel yang terlalu panjang; kosongkan sel itu lalu simpan ulang.").format(
                name=name
            )
        )
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class SheetRows:
    """Rows read and not yet taken: cells, the number of each row, and (row, column, kind) of cells that are no text."""

    cells: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    kinds: list[tuple[int, int, int]] = field(default_factory=list)


class SheetXml(XmlReader):
    """The rows of a sheet gather in `rows`; stops after `most` rows if told.

    Two million cells pass here in a few seconds, so text goes straight to a list and elements are told apart by one
    look in a table.
    """

    def __init__(self, name: str, strings: list[str], dates: set[str], most: int | None = None) -> None:
        super().__init__(name)
        self.rows = SheetRows()
        self._strings, self._dates, self._most = strings, dates, most
        self._columns: dict[str, int] = {}
        self._row: list[str] = []
        self._number, self._digits, self._at = 0, 1, -1
        self._cell: dict[str, str] = {}
        self._parts: list[str] = []
        self._inline: list[str] = []
        self._phonetic = False
        self._known: dict[str, str] = {}
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._finish
        self.parser.CharacterDataHandler = self._parts.append

    def _begin(self, raw: str, attributes: dict[str, str]) -> None:
        name = self._known.get(raw) or self._learn(raw)
        if name == "c":
            self._cell = attributes
            reference = attributes.get("r")
            at = self._at + 1 if reference is None else self._columns.get(reference[: -self._digits], -1)
            if at <= self._at:
                at = self._column(reference or "")
            self._at = at
        elif name in ("v", "t"):
            self._parts.clear()
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "f":
            raise formulas(self.name)
        elif name == "is":
            self._inline = []
        elif name == "rPh":
            self._phonetic = True

    def _finish(self, raw: str) -> None:
        name = self._known[raw]
        if name == "v":
            self._end_cell("".join(self._parts))
        elif name == "c":
            return
        elif name == "row":
            self._end_row()
        elif name == "t" and not self._phonetic:
            self._inline.append("".join(self._parts))
        elif name == "is":
            self._end_cell("".join(self._inline))
        elif name == "rPh":
            self._phonetic = False

    def _learn(self, raw: str) -> str:
        name = self._known[raw] = raw.rpartition(":")[2]
        return name

    def _column(self, reference: str) -> int:
        """The column of a reference not met before; cells of a row come from left to right, each once."""
        letters = reference.rstrip("0123456789")
        if not re.fullmatch(r"[A-Z]{1,3}", letters):
            raise damaged(self.name)
        at = 0
        for letter in letters:
            at = at * 26 + ord(letter) - 64
        if at - 1 <= self._at:
            raise damaged(self.name)
        self._columns[letters] = at - 1
        return at - 1

    def _begin_row(self, number: str | None) -> None:
        following = int(number) if number is not None else self._number + 1
        if not self._number < following <= LAST_ROW:
            raise damaged(self.name)
        self._number, self._digits, self._at, self._row = following, len(str(following)), -1, []

    def _end_cell(self, text: str) -> None:
        at, row = self._at, self._row
        if not text:
            return
        if at >= WIDEST:
            raise self._too_wide()
        if len(row) != at:
            if len(row) > at:
                raise damaged(self.name)  # a cell with two values
            row += [""] * (at - len(row))
        kind = self._cell.get("t", "n")
        if kind == "s":
            index = int(text)
            row.append(self._strings[index] if index >= 0 else self._strings[len(self._strings)])
            return
        if kind in ("n", "b", "e"):
            number = DATE if self._cell.get("s", "") in self._dates else NUMBER
            self.rows.kinds.append((len(self.rows.cells), at, number if kind == "n" else OTHER))
            row.append(text)
        else:
            row.append(cell_text(text, self.name))

    def _too_wide(self) -> TooBig:
        return TooBig(
            _("Buku kerja {name} punya lebih dari {n} kolom; simpan hanya kolom daftar pemilih.").format(
                name=self.name, n=WIDEST
            )
        )

    def _end_row(self) -> None:
        if len(self._parts) > 1:
            self._parts.clear()
        self.rows.cells.append(self._row)
        self.rows.numbers.append(self._number)
        if self._most is not None and len(self.rows.cells) >= self._most:
            raise _Enough

    def require_bounded(self) -> None:
        """Raise TooBig when text gathers that belongs to no cell's end."""
        if len(self._parts) > 1000 or len(self._inline) > 1000:
            raise TooBig(
                _("Buku kerja {name} punya sel yang terlalu panjang; kosongkan sel itu lalu simpan ulang.").format(
                    name=self.name
                )
            )

    def take(self) -> SheetRows:
        """The rows read so far, which are then forgotten."""
        taken, self.rows = self.rows, SheetRows()
        return taken


def formulas(name: str, cell: str = "") -> UnsafeWorkbook:
    """The refusal of a workbook that computes."""
    where = _(" di sel {cell}").format(cell=cell) if cell else ""
    return UnsafeWorkbook(
        _("Buku kerja {name} berisi rumus{where}; salin lalu tempel sebagai nilai, kemudian simpan ulang.").format(
            name=name, where=where
        )
    )
