"""Parquet, the checked schema itself above all: columns of text pass through as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from saksama.model.roll import ORIGINAL_SUFFIX
from saksama.model.texts import _
from saksama.roll.arrow import coalesced, mask_of
from saksama.roll.packing import RATIO, UNPACK_FAULTS
from saksama.roll.raw import BATCH_ROWS, NUMBER, OTHER, WIDEST, Kinds, RawBatch, blank
from saksama.roll.refusals import EmptyRoll, NotARollFile, TooBig, damaged
from saksama.roll.source import Source

_WIDEST = 2 * WIDEST  # with the originals of a checked roll
_FAULTS = (pa.ArrowException, *UNPACK_FAULTS)


@dataclass(frozen=True, slots=True)
class ParquetSheet:
    """The whole file as one sheet; row n of the file is row n + 1."""

    source: Source
    names: tuple[str, ...]
    rows: int
    name: str = ""

    def head(self, rows: int) -> list[list[str]]:
        """The column names as a header row, then the first rows."""
        found = [list(self.names)][:rows]
        if rows < 2:
            return found
        for batch in self.batches(0, len(self.names)):
            lines = zip(*(column[: rows - 1].to_pylist() for column in batch.columns), strict=True)
            return found + [list(cells) for cells in lines]
        return found

    def batches(self, skip: int, width: int, only: frozenset[int] | None = None) -> Iterator[RawBatch]:
        """All rows; `skip` counts the row of names."""
        del skip
        with self.source.seekable() as stream:
            done = 0
            wanted = [n for at, n in enumerate(self.names) if only is None or at in only]
            try:
                file = pq.ParquetFile(cast("Any", stream), pre_buffer=False)
                for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
                    yield self._raw(batch, done, width)
                    done += batch.num_rows
            except _FAULTS:
                raise damaged(self.source.name) from None  # its text may quote a cell
            if done != self.rows and wanted:
                raise damaged(self.source.name)

    def _raw(self, batch: pa.RecordBatch, done: int, width: int) -> RawBatch:
        columns: list[pa.StringArray] = []
        kinds: dict[int, Kinds] = {}
        present = set(batch.schema.names)
        empty = blank(batch.num_rows)
        for at, name in enumerate(self.names[:width]):
            if name not in present:
                columns.append(empty)
                continue
            text, kind = _as_text(batch.column(name))
            text.validate(full=True)  # a damaged page may decode into bytes that are no text
            columns.append(text)
            if kind is not None:
                kinds[at] = kind
        return RawBatch(tuple(columns), np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64), kinds)


def _as_text(column: Any) -> tuple[pa.StringArray, Kinds | None]:
    """A column of any plain type as text, and of what kind its cells were; a date is written yyyy-mm-dd."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind: Kinds | None = None
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        kind = np.full(len(column), NUMBER, np.uint8)
    elif pa.types.is_boolean(column.type):
        kind = np.full(len(column), OTHER, np.uint8)
    if pa.types.is_floating(column.type):
        text = pa.array([None if v is None or v != v else repr(v) for v in column.to_pylist()], pa.string())  # noqa: PLR0124  # NaN
    elif pa.types.is_timestamp(column.type):
        text = column.cast(pa.date32()).cast(pa.string())
    else:
        text = column.cast(pa.string())
    if kind is not None:
        kind[~mask_of(text.is_valid())] = 0
    return coalesced(text, None), kind


def parquet_sheet(source: Source) -> ParquetSheet:
    """The one sheet of a Parquet file; raises a BadInput if it is cut off, swells beyond reason, or has no rows."""
    with source.seekable() as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        try:
            file = pq.ParquetFile(cast("Any", stream), pre_buffer=False)
            schema, meta = file.schema_arrow, file.metadata
            groups = [meta.row_group(at) for at in range(meta.num_row_groups)]
            swollen = sum(group.total_byte_size for group in groups)
        except _FAULTS as fault:
            raise damaged(source.name) from fault
    if swollen > (1 << 30) and swollen > RATIO * size:
        raise TooBig(_("Isi {name} membengkak tidak wajar saat dibuka (bom kemasan).").format(name=source.name))
    if meta.num_rows == 0:
        raise EmptyRoll(_("Parquet {name} tidak berisi baris; kirim berkas yang berisi.").format(name=source.name))
    nested = [at for at, kind in enumerate(schema.types, 1) if _is_nested(kind)]
    twins = [at for at, label in enumerate(schema.names, 1) if schema.names.index(label) != at - 1]
    if nested or twins:
        raise NotARollFile(
            _(
                "Parquet {name}, kolom ke-{at}: bersarang, biner, atau bernama kembar; jadikan teks biasa dengan nama "
                "sendiri."
            ).format(name=source.name, at=(nested or twins)[0])
        )
    if len(schema.names) > _WIDEST:
        raise TooBig(
            _("{where}: lebih dari {n} kolom; simpan hanya kolom daftar pemilih.").format(where=source.name, n=WIDEST)
        )
    names = tuple(n for n in schema.names if not n.endswith(ORIGINAL_SUFFIX))
    return ParquetSheet(source, names, meta.num_rows)


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
