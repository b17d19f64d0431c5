"""Text with comma, semicolon or tab: scanned whole before the first row is believed, then read block by block.

Blocks with as many cells in every row, and quotes only around whole cells, go through Arrow's reader; any other block
goes through the csv module, which says exactly what stands where. Both give the same rows (tested).
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from saksama.model.texts import _
from saksama.roll.packing import UNPACK_FAULTS
from saksama.roll.raw import WIDEST, RawBatch, blank, texts
from saksama.roll.refusals import DamagedFile, NotARollFile, TooBig, damaged
from saksama.roll.source import Source

LONGEST_LINE = 1 << 20  # bytes; a voter's line has some 200
BLOCK = 8 << 20
DELIMITERS = (",", ";", "\t")
_BOM = codecs.BOM_UTF8
_CONTROL = bytes(b for b in range(32) if b not in (9, 10, 12, 13, 26, 27))
_UNDEFINED_1252 = b"\x81\x8d\x8f\x90\x9d"
_IS_CONTROL = re.compile(rb"[" + re.escape(_CONTROL) + rb"]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_WIDEST = 2 * WIDEST  # cells kept of a row that has more than any honest one


@dataclass(frozen=True, slots=True)
class Scan:
    """What a whole pass over the bytes found."""

    encoding: str  # "utf-8" or "cp1252"
    bom: bool
    lines: int  # line ends seen


def scan(source: Source, progress: Callable[[], None] | None = None) -> Scan:
    """Read every byte once, in bounded memory; raises a BadInput if the text cannot be a roll."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, bom, lines, tail, first = True, False, 0, 0, True
    try:
        with source.unpacked() as stream:
            while chunk := stream.read(1 << 20):
                bom, first = bom or (first and chunk.startswith(_BOM)), False
                _require_text(chunk, source.name, lines)
                tail = _longest(chunk, tail, source.name, lines)
                lines += chunk.count(b"\n") or chunk.count(b"\r")
                utf8 = utf8 and _decodes(decoder, chunk, final=False)
                if not utf8 and chunk.translate(None, _UNDEFINED_1252) != chunk:
                    raise _no_encoding(source.name)
                if progress is not None:
                    progress()
        utf8 = utf8 and _decodes(decoder, b"", final=True)
    except UNPACK_FAULTS as fault:
        raise damaged(source.name) from fault
    if not utf8:
        _require_1252(source)
    return Scan("utf-8" if utf8 else "cp1252", bom, lines + (tail > 0))


def _require_text(chunk: bytes, name: str, lines: int) -> None:
    if chunk.translate(None, _CONTROL) == chunk:
        return
    if 0.3 < chunk[:4096].count(0) / len(chunk[:4096]) < 0.6:  # every other byte, as in UTF-16
        raise NotARollFile(
            _("Berkas {name} tampaknya UTF-16; simpan ulang dari Excel sebagai “CSV UTF-8”.").format(name=name)
        )
    found = _IS_CONTROL.search(chunk)
    assert found is not None, "some byte was taken out"
    raise NotARollFile(
        _(
            "Berkas {name}, baris {line}: berisi bita NUL atau kendali, jadi bukan teks CSV; "
            "ekspor ulang dari sumbernya."
        ).format(name=name, line=lines + chunk.count(b"\n", 0, found.start()) + 1)
    )


def _longest(chunk: bytes, tail: int, name: str, lines: int) -> int:
    """Bytes since the last line end, given `tail` before `chunk`; raises TooBig when a line grows past the limit."""
    start = 0
    if tail + len(chunk) <= LONGEST_LINE:
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        return len(chunk) - end - 1 if end >= 0 else tail + len(chunk)
    while start < len(chunk):
        room = LONGEST_LINE - tail
        window = chunk[start : start + room + 1]
        end = max(window.rfind(b"\n"), window.rfind(b"\r"))
        if end < 0:
            if len(window) > room:
                raise TooBig(
                    _(
                        "Berkas {name}, baris {line}: lebih dari 1 MB, jadi bukan baris pemilih; ekspor ulang dari "
                        "sumbernya dengan satu pemilih di tiap baris."
                    ).format(name=name, line=lines + chunk.count(b"\n", 0, start) + 1)
                )
            return tail + len(window)
        start, tail = start + end + 1, 0
    return 0


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _require_1252(source: Source) -> None:
    """Raise unless the bytes before the first that is no UTF-8 are Windows-1252 too."""
    with source.unpacked() as stream:
        while chunk := stream.read(1 << 20):
            if chunk.translate(None, _UNDEFINED_1252) != chunk:
                raise _no_encoding(source.name)


def _no_encoding(name: str) -> NotARollFile:
    return NotARollFile(
        _("Berkas {name} bukan teks UTF-8 dan bukan Windows-1252; simpan ulang sebagai “CSV UTF-8”.").format(name=name)
    )


@dataclass(frozen=True, slots=True)
class DelimitedSheet:
    """The whole file as one sheet."""

    source: Source
    scanned: Scan
    delimiter: str
    name: str = ""

    def head(self, rows: int) -> list[list[str]]:
        """The first `rows` rows."""
        with self.source.unpacked() as stream:
            block, more = self._first_block(stream)
        reader = _Rows(self, block, 0)
        return [cells for _row, cells in reader.take(rows, final=not more)]

    def batches(self, skip: int, width: int, only: frozenset[int] | None = None) -> Iterator[RawBatch]:
        """The rows after the first `skip`; raises DamagedFile with the line of an unclosed quote."""
        with self.source.unpacked() as stream:
            block, more = self._first_block(stream)
            reader = _Rows(self, block, 0)
            if skip:
                reader.take(skip, final=not more)
            rest, line = reader.rest()
            while True:
                if rest:
                    batch, rest = self._parse(rest, line, width, only=only, final=not more)
                    if batch is not None:
                        line = batch[1]
                        yield batch[0]
                if not more:
                    return
                fresh = self._read(stream)
                more, rest = bool(fresh), rest + fresh

    def _first_block(self, stream: BinaryIO) -> tuple[bytes, bool]:
        if self.scanned.bom:
            stream.read(len(_BOM))
        block = self._read(stream)
        return block, bool(block)

    def _read(self, stream: BinaryIO) -> bytes:
        try:
            return stream.read(BLOCK)
        except UNPACK_FAULTS as fault:
            raise damaged(self.source.name) from fault

    def _parse(
        self, data: bytes, line: int, width: int, *, only: frozenset[int] | None, final: bool
    ) -> tuple[tuple[RawBatch, int] | None, bytes]:
        """Rows of the whole lines in `data`, with the line that follows; and the bytes left for the next block."""
        end = len(data) if final else _whole_lines(data)
        whole, left = data[:end], data[end:]
        if whole and _plain_line_ends(whole) and _plain_quotes(whole, self.delimiter) and not whole.startswith(_BOM):
            batch = self._by_arrow(whole, line, width, only)
            if batch is not None:
                return (batch, line + len(batch)), left
        reader = _Rows(self, data, line)
        rows = reader.take(None, final=final)
        left, following = reader.rest()
        return ((_as_batch(rows, width), following) if rows else None), left

    def _by_arrow(self, block: bytes, line: int, width: int, only: frozenset[int] | None) -> RawBatch | None:
        """The rows of `block` by Arrow, or None if some row has another number of cells."""
        if self.scanned.encoding != "utf-8":
            block = block.decode(self.scanned.encoding).encode()
        names = [str(at) for at in range(width)]
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block),  # type: ignore[arg-type]  # the stubs forget Arrow's own files
                read_options=pacsv.ReadOptions(column_names=names, block_size=4 << 20),
                parse_options=pacsv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char='"' if b'"' in block else False,
                    double_quote=False,
                    ignore_empty_lines=False,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=names if only is None else [str(at) for at in sorted(only)],
                    strings_can_be_null=False,
                    null_values=[],
                ),
            )
        except pa.ArrowInvalid:
            return None
        empty = blank(table.num_rows)
        columns = [_one_chunk(table, at) if only is None or at in only else empty for at in range(width)]
        rows = np.arange(line + 1, line + 1 + table.num_rows, dtype=np.int64)
        return RawBatch(tuple(columns), rows)


def _one_chunk(table: pa.Table, at: int) -> pa.StringArray:
    return cast("pa.StringArray", pa.concat_arrays(table.column(str(at)).chunks or [blank(0)]))


def _whole_lines(data: bytes) -> int:
    """Where the last whole line of `data` ends. Only a file without any \\n may part its lines by \\r."""
    end = data.rfind(b"\n") + 1
    return end or data.rfind(b"\r", 0, -1) + 1


def _plain_line_ends(block: bytes) -> bool:
    return b"\r" not in block or block.count(b"\r") == block.count(b"\r\n")


def _plain_quotes(block: bytes, delimiter: str) -> bool:
    """Whether quotes only ever enclose whole cells of one line: opening at a cell's start, closing at its end.

    Then any reader of CSV reads the same. A doubled or stray quote, or a line end inside quotes, is left to the csv
    module.
    """
    if b'"' not in block:
        return True
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    ends = (ord(delimiter), 10)
    before = data[np.maximum(opening - 1, 0)]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    starts_cell = (before == ends[0]) | (before == ends[1]) | (opening == 0)
    ends_cell = (after == ends[0]) | (after == ends[1]) | (after == 13) | (closing == len(data) - 1)
    if not (starts_cell.all() and ends_cell.all()):
        return False
    quotes_before_line_ends = np.searchsorted(quotes, np.flatnonzero(data == 10))
    return not (quotes_before_line_ends % 2).any()


class _Rows:
    """Rows of some bytes by the csv module, with the line each begins on."""

    def __init__(self, sheet: DelimitedSheet, data: bytes, line: int) -> None:
        self._sheet, self._data, self._line, self._at = sheet, data, line, 0

    def take(self, most: int | None, *, final: bool) -> list[tuple[int, list[str]]]:
        """Up to `most` rows with their line, from 1. Unless `final` the last line may go on and is left."""
        end = len(self._data) if final else _whole_lines(self._data)
        text = self._data[:end].decode(self._sheet.scanned.encoding)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._sheet.delimiter, strict=True)
        rows: list[tuple[int, list[str]]] = []
        done = 0
        try:
            while most is None or len(rows) < most:
                cells = next(reader, None)
                if cells is None:
                    break
                self._require_closed(cells, self._line + done + 1, reader.line_num - done)
                rows.append((self._line + done + 1, cells[:_WIDEST]))
                done = reader.line_num
        except csv.Error as fault:
            ended = "unexpected end of data" in str(fault)
            if not ended or final or len(self._data) > 2 * BLOCK:
                raise _open_quote(self._sheet.source.name, self._line + done + 1) from None
        self._skip_lines(done)
        return rows

    def _skip_lines(self, lines: int) -> None:
        for _number in range(lines):
            found = _LINE_END.search(self._data, self._at)
            self._at = found.end() if found else len(self._data)
        self._line += lines

    def rest(self) -> tuple[bytes, int]:
        """The bytes not taken, and the number of lines before them."""
        return self._data[self._at :], self._line

    def _require_closed(self, cells: list[str], line: int, lines: int) -> None:
        """A quote left open swallows voters: refuse a cell that runs over lines that look like rows."""
        if lines > 1 and any(
            part.count(self._sheet.delimiter) >= 3 for cell in cells if "\n" in cell for part in cell.split("\n")
        ):
            raise _open_quote(self._sheet.source.name, line)


def _open_quote(name: str, line: int) -> DamagedFile:
    return DamagedFile(
        _('Berkas {name}, baris {line}: tanda kutip (") tidak ditutup atau salah tempat; perbaiki baris itu.').format(
            name=name, line=line
        )
    )


def _as_batch(rows: list[tuple[int, list[str]]], width: int) -> RawBatch:
    lines = np.fromiter((line for line, _cells in rows), np.int64, len(rows))
    widths = np.fromiter((len(cells) for _line, cells in rows), np.int32, len(rows))
    cells_of = [cells for _line, cells in rows]
    if (widths != width).any():
        pad = [""] * width
        cells_of = [cells if len(cells) == width else (cells + pad)[: max(width, len(cells))] for cells in cells_of]
        extra = [cells[width:] for cells in cells_of]
        cells_of = [cells[:width] for cells in cells_of]
        return RawBatch(
            _columns(cells_of, width),
            lines,
            widths=widths,
            extra={at: cells for at, cells in enumerate(extra) if cells},
        )
    return RawBatch(_columns(cells_of, width), lines)


def _columns(rows: list[list[str]], width: int) -> tuple[pa.StringArray, ...]:
    if not rows:
        return tuple(blank(0) for _ in range(width))
    return tuple(texts(list(column)) for column in zip(*rows, strict=True))


def sniff(head: bytes, encoding: str) -> tuple[str, ...]:
    """Delimiters worth trying on a file that begins with `head`, the likeliest first."""
    text = head.decode(encoding, errors="replace")
    lines = [line for line in re.split(r"\r\n|\n|\r", text) if line.strip()][:60]
    if lines and (hint := re.fullmatch(r"sep=(.)", lines[0].strip())) and hint.group(1) in DELIMITERS:
        return (hint.group(1),)
    counts = {d: sum(line.count(d) for line in lines) for d in DELIMITERS}
    return tuple(sorted(DELIMITERS, key=lambda d: -counts[d]))
