"""A sample roll as a file: CSV (also gzipped), XLSX or Parquet, and its truth beside it."""

import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter  # type: ignore[import-untyped]  # the package has no types

from saksama.model.errors import BadInput
from saksama.model.texts import _
from saksama.roll.regions import Regions
from saksama.roll.sample.columns import SCHEMA
from saksama.roll.sample.making import TRUTH, Roll
from saksama.roll.sample.places import bare_name, places_for

# Heading of Model A and of the places, with the checked column each is written from.
HEADINGS = {
    "NKK": "nkk", "NIK": "nik", "NAMA": "nama", "TEMPAT LAHIR": "tempat_lahir", "TANGGAL LAHIR": "tgl_lahir",
    "STATUS KAWIN": "status_kawin", "JENIS KELAMIN": "jk", "ALAMAT": "alamat", "RT": "rt", "RW": "rw",
    "DISABILITAS": "disabilitas", "STATUS KTP-EL": "ktp_el", "KETERANGAN": "keterangan", "TPS": "tps",
    "KELURAHAN": "kel", "KECAMATAN": "kec", "KABUPATEN": "kab", "KD_PROV": "kd_prov", "KD_KAB": "kd_kab",
    "KD_KEC": "kd_kec", "KD_KEL": "kd_kel",
}  # fmt: skip
_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".xlsx")
_MOST_SHEET_ROWS = 1_048_575  # Excel's limit, less the heading
_ROW_GROUP = 1_000_000


@dataclass(frozen=True)
class SampleSummary:
    """What was written: lines, of them originals and copies; lines of each kind, and copies with each error."""

    lines: int
    people: int
    copies: int
    kinds: dict[str, int]
    errors: dict[str, int]


class _Sink(Protocol):
    def write(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


def write_sample(
    path: Path,
    *,
    lines: int,
    seed: int,
    wilayah: str,
    truth: Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> SampleSummary:
    """Write a synthetic roll of exactly `lines` lines of `wilayah` (a province, a kabupaten/kota, or "ID") to `path`.

    The form goes by the suffix: .csv, .csv.gz, .xlsx, .parquet. `truth` gets a Parquet file of line, person, kind and
    error. Same arguments, same bytes. Nobody in it exists. Raises BadInput for a line count under 1, an unknown
    region, an unknown suffix, or more lines than Excel or the region can hold.
    """
    suffix = next(
        (suffix for suffix in _SUFFIXES if path.name.lower().endswith(suffix) and len(path.name) > len(suffix)), None
    )
    if suffix is None:
        raise BadInput(_("Akhiran berkas harus .csv, .csv.gz, .xlsx, atau .parquet."))
    roll = Roll(places_for(wilayah, lines), seed)
    kinds: dict[str, int] = {}
    errors: dict[str, int] = {}
    done = 0
    with _aside(path) as part, _maybe_aside(truth) as truth_part, ExitStack() as sinks:
        sink = sinks.enter_context(closing(_sink(part, suffix)))
        truth_sink = sinks.enter_context(closing(_ParquetSink(truth_part, TRUTH))) if truth_part else None
        for piece in roll.pieces():
            sink.write(piece.table)
            if truth_sink:
                truth_sink.write(piece.truth)
            _count(kinds, piece.truth.column("kind"))
            _count(errors, piece.truth.column("error"))
            done += len(piece.table)
            if progress:
                progress(done, lines)
    copies = done - errors.pop("", 0)
    return SampleSummary(done, done - copies, copies, dict(sorted(kinds.items())), dict(sorted(errors.items())))


def _count(into: dict[str, int], column: "pa.ChunkedArray[Any]") -> None:
    for label, times in Counter(column.to_pylist()).items():
        for part in str(label).split("+"):
            into[part] = into.get(part, 0) + times


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the name when all went well, and is gone when not."""
    if not path.parent.is_dir():
        raise BadInput(_("Folder {folder} tidak ada; buat dahulu.").format(folder=path.parent))
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _maybe_aside(path: Path | None) -> Iterator[Path | None]:
    if path is None:
        yield None
        return
    with _aside(path) as part:
        yield part


def _sink(part: Path, suffix: str) -> _Sink:
    if suffix == ".parquet":
        return _ParquetSink(part, SCHEMA)
    return _XlsxSink(part) if suffix == ".xlsx" else _CsvSink(part, zipped=suffix == ".csv.gz")


class _ParquetSink:
    def __init__(self, part: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(part, schema, compression="zstd")

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=_ROW_GROUP)

    def close(self) -> None:
        self._writer.close()


def as_printed(table: pa.Table) -> pa.Table:
    """The columns of `HEADINGS`, all text, the date as dd-mm-yyyy, places by code and by name."""
    return pa.table({heading: _printed(table, name) for heading, name in HEADINGS.items()})


def _printed(table: pa.Table, name: str) -> "pa.Array[Any] | pa.ChunkedArray[Any]":
    if name == "tgl_lahir":
        return pc.strftime(table.column(name), format="%d-%m-%Y")
    if name not in ("kel", "kec", "kab"):
        return table.column(name)
    codes: Any = table.column(f"kd_{name}").combine_chunks().dictionary_encode()
    regions = Regions.load()
    full = [regions.name_of(code).upper() for code in codes.dictionary.to_pylist()]
    words = pa.array(full if name == "kab" else [bare_name(word) for word in full])
    return cast("pa.Array[Any]", words.take(codes.indices))


class _CsvSink:
    """Comma, UTF-8, quotes only where a comma asks for them."""

    def __init__(self, part: Path, *, zipped: bool) -> None:
        self._file = part.open("wb")
        # No name and no time in the header: same roll, same bytes.
        self._out = cast(BinaryIO, gzip.GzipFile("", "wb", 6, self._file, mtime=0)) if zipped else self._file
        self._out.write((",".join(HEADINGS) + "\n").encode())

    def write(self, table: pa.Table) -> None:
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
        pa_csv.write_csv(as_printed(table), self._out, options)

    def close(self) -> None:
        if self._out is not self._file:
            self._out.close()
        self._file.close()


class _XlsxSink:
    """A sheet for each kecamatan, heading on each; every cell is text, so that no NIK loses its last digits."""

    def __init__(self, part: Path) -> None:

        self._book = xlsxwriter.Workbook(
            str(part),
            {
                "constant_memory": True,
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        self._book.set_properties(
            {
                "title": "Model A-Daftar Pemilih (contoh sintetis)",
                "created": datetime(2025, 12, 8),
            }
        )
        self._sheet: Any = None
        self._kecamatan, self._row = "", 0

    def write(self, table: pa.Table) -> None:
        places = table.column("kd_kec").to_pylist()
        printed = [column.to_pylist() for column in as_printed(table).columns]
        for kecamatan, row in zip(map(str, places), zip(*printed, strict=True), strict=True):
            if kecamatan != self._kecamatan or self._row > _MOST_SHEET_ROWS:
                self._open_sheet(kecamatan)
            write, at = self._sheet._write_string, self._row
            for column, text in enumerate(row):
                if text is not None:
                    write(at, column, text)
            self._row += 1

    def _open_sheet(self, kecamatan: str) -> None:
        again = kecamatan == self._kecamatan
        name = bare_name(Regions.load().name_of(kecamatan))
        clean = "".join(letter for letter in name if letter not in "[]:*?/\\'")
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet(
            f"{clean[:24]} {number}" if again or clean.lower() in self._taken() else clean[:31]
        )
        self._kecamatan, self._row = kecamatan, 1
        for column, heading in enumerate(HEADINGS):
            self._sheet.write_string(0, column, heading)

    def _taken(self) -> set[str]:
        return {sheet.name.lower() for sheet in self._book.worksheets()}

    def close(self) -> None:
        self._book.close()
