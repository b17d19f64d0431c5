"""Write the next roll: XLSX for people, CSV for every other program, Parquet for the next run.

The three hold the same lines in the same words. Each is written aside with mode 0600 and gets its name only when it
is complete and on the disk: these are the files the operator asked for, and the only ones with voters in clear.
"""

import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from saksama.model.errors import BadInput
from saksama.model.roll import COLUMNS
from saksama.model.texts import _
from saksama.outcome.model_a import MODEL_A_HEADINGS, as_text, model_a
from saksama.outcome.workbook import Columns, TextSheet, TextWorkbook

# More than any kabupaten (Bogor has some 4 million); a ZIP of more may pass the 4 GiB that every program can open.
MAX_XLSX_LINES = 10_000_000
_MAX_SHEETS = 150  # a roll with damaged codes must not open thousands of sheets; the rest shares one
_NO_CODE, _THE_REST = "TANPA KODE", "LAINNYA"
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_NEEDS_QUOTES = r'[",\r\n]|^\s|\s$'
_KECAMATAN = MODEL_A_HEADINGS.index("KODE KECAMATAN")
_WIDTHS = {"NAMA": 28, "ALAMAT": 30, "NIK": 18, "NKK": 18, "KECAMATAN": 18, "KELURAHAN/DESA": 18}


class TooManyForExcel(BadInput):
    """More lines than a workbook can hold and be opened."""


class RollFile(ABC):
    """A file of the next roll being written; a context manager that leaves the whole file or none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        os.close(os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        self.lines = 0

    def __enter__(self) -> Self:
        return self

    def write(self, table: pa.Table) -> None:
        """Add the lines of a checked table."""
        self.lines += table.num_rows
        if table.num_rows:  # an empty table is nothing to write, and must not show in the bytes either
            self._write(table)

    @abstractmethod
    def _write(self, table: pa.Table) -> None: ...

    @abstractmethod
    def _finish(self) -> None:
        """Close the format; after this the bytes are complete."""

    def _give_up(self) -> None:
        """Close what is open, whatever it holds."""
        self._finish()

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._give_up()
                return
            self._finish()
            _sync(self._aside)
            self._aside.replace(self._path)
            _sync(self._path.parent)
        finally:
            self._aside.unlink(missing_ok=True)


class CsvRoll(RollFile):
    """Comma-separated, UTF-8 without a byte order mark, quoted where RFC 4180 asks for it, lines end in LF.

    No mark, because a mark is three bytes that most programs take for part of the first heading. The CSV is for
    programs: Excel would round a NIK of sixteen digits, and gets the XLSX.
    """

    def __init__(self, path: Path, *, names: Mapping[str, str]) -> None:
        super().__init__(path)
        self._names = names
        self._file = self._aside.open("wb")
        self._file.write(",".join(MODEL_A_HEADINGS).encode() + b"\n")

    def _write(self, table: pa.Table) -> None:
        cells: list[Any] = [_quoted(column.combine_chunks()) for column in model_a(table, names=self._names).columns]
        lines = pc.binary_join_element_wise(*cells, ",")
        self._file.write("\n".join(lines.to_pylist()).encode() + b"\n")

    def _finish(self) -> None:
        self._file.close()


class ParquetRoll(RollFile):
    """The checked columns under their own names, in their order, all text: the words of the CSV, and small.

    The date of birth is text too (`1985-12-31`), because a date that could not be read has no place in a column of
    dates and must not be lost.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._schema = pa.schema([(column, pa.string()) for column in COLUMNS])
        self._writer = pq.ParquetWriter(str(self._aside), self._schema, compression="zstd", write_statistics=False)

    def _write(self, table: pa.Table) -> None:
        self._writer.write_table(pa.table({column: as_text(table, column) for column in COLUMNS}, schema=self._schema))

    def _finish(self) -> None:
        self._writer.close()


class XlsxRoll(RollFile):
    """A workbook, a sheet for each kecamatan, every cell text: a NIK keeps its sixteen digits, nothing is a formula.

    A kecamatan of more lines than a sheet holds goes on in a second. `names` gives names of places by code; `at` is the
    moment the workbook says it was made. Raises TooManyForExcel beyond `MAX_XLSX_LINES` and CellTooLong. Rows wait in a
    private folder beside the file until the end.
    """

    def __init__(self, path: Path, *, names: Mapping[str, str], at: datetime) -> None:
        super().__init__(path)
        self._names = names
        columns = Columns(MODEL_A_HEADINGS, tuple(_WIDTHS.get(heading, 14) for heading in MODEL_A_HEADINGS))
        self._book = TextWorkbook(self._aside, columns, title="Model A-Daftar Pemilih", at=at)
        self._sheets: dict[str, TextSheet] = {}

    def _write(self, table: pa.Table) -> None:
        require_fits_excel(self.lines)
        lines = model_a(table, names=self._names)
        columns: list[Any] = [column.combine_chunks() for column in lines.columns]
        keys = pc.fill_null(columns[_KECAMATAN], "").dictionary_encode()
        which = np.asarray(keys.indices)
        for number, kecamatan in enumerate(keys.dictionary.to_pylist()):
            rows = np.flatnonzero(which == number)
            while len(rows):
                sheet = self._sheet_of(kecamatan)
                here, rows = rows[: sheet.room], rows[sheet.room :]
                sheet.append([column.take(pa.array(here)) for column in columns])

    def _sheet_of(self, kecamatan: str) -> TextSheet:
        """The sheet in which the next line of a kecamatan stands."""
        key = kecamatan if kecamatan in self._sheets or len(self._sheets) < _MAX_SHEETS else _THE_REST
        if key not in self._sheets or not self._sheets[key].room:
            self._sheets[key] = self._book.sheet(self._sheet_name(key))
        return self._sheets[key]

    def _sheet_name(self, key: str) -> str:
        wanted = f"{key} {self._names.get(key, '')}".strip() or _NO_CODE
        name = _NOT_IN_A_SHEET_NAME.sub(" ", wanted)[:31].strip() or _NO_CODE
        taken = {sheet.name.lower() for sheet in self._book.sheets}
        if name.lower() in taken:  # Excel does not tell "a" from "A", nor what stands after 31 letters
            name = f"{name[:26]} {len(self._book.sheets) + 1}"
        return name

    def _finish(self) -> None:
        if not self._sheets:
            self._sheet_of("")  # a roll without voters is still a workbook with headings
        self._book.close()

    def _give_up(self) -> None:
        self._book.give_up()


def require_fits_excel(lines: int) -> None:
    """Raise TooManyForExcel if a roll of so many lines is not written as a workbook."""
    if lines > MAX_XLSX_LINES:
        raise TooManyForExcel(
            _("Lebih dari {limit} baris tidak ditulis sebagai Excel. Gunakan berkas CSV atau Parquet.").format(
                limit=f"{MAX_XLSX_LINES:,}".replace(",", ".")
            )
        )


def write_csv(path: Path, batches: Iterable[pa.Table], *, names: Mapping[str, str]) -> int:
    """Write the tables as one CSV file; gives the number of lines."""
    return _write_all(CsvRoll(path, names=names), batches)


def write_parquet(path: Path, batches: Iterable[pa.Table]) -> int:
    """Write the tables as one Parquet file; gives the number of lines."""
    return _write_all(ParquetRoll(path), batches)


def write_xlsx(path: Path, batches: Iterable[pa.Table], *, names: Mapping[str, str], at: datetime) -> int:
    """Write the tables as one workbook; gives the number of lines. Raises TooManyForExcel, CellTooLong."""
    return _write_all(XlsxRoll(path, names=names, at=at), batches)


def _quoted(cells: Any) -> Any:  # the stubs of Arrow's kernels lose the type of what they are given
    """Cells as they stand in a CSV: nothing for null, in quotes if they hold a comma, a quote or a line's end."""
    filled: Any = pc.fill_null(cells, "")
    needs = pc.match_substring_regex(filled, _NEEDS_QUOTES)
    if not pc.any(needs).as_py():
        return filled
    inside: Any = pc.replace_substring(filled, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', inside, '"', ""), filled)


def _write_all(file: RollFile, batches: Iterable[pa.Table]) -> int:
    with file:
        for table in batches:
            file.write(table)
    return file.lines


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
