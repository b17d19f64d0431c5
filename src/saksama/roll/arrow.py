"""The few Arrow operations the intake is made of, with the types that pyarrow's stubs leave out."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from saksama.roll.raw import Kinds, Mask

_pc = cast("Any", pc)
Indices = npt.NDArray[np.int64]


def mask_of(array: object) -> Mask:
    """A boolean Arrow array as numpy; null is false."""
    return np.asarray(_pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def byte_lengths(column: pa.StringArray) -> Indices:
    """Bytes of each cell; null is 0."""
    return np.asarray(_pc.fill_null(_pc.binary_length(column), 0).to_numpy(zero_copy_only=False), dtype=np.int64)


def keep_rows(column: pa.StringArray, mask: Mask) -> pa.StringArray:
    """The rows where `mask` holds; the column itself where it holds everywhere."""
    return column if mask.all() else column.filter(cast("Any", pa.array(mask)))


def take_rows(column: pa.StringArray, rows: Indices) -> pa.StringArray:
    """The rows of these numbers."""
    return column.take(cast("Any", pa.array(rows)))


def put(column: pa.StringArray, mask: Mask, values: Sequence[str | None]) -> pa.StringArray:
    """`column` with `values`, in order, where `mask` holds."""
    return cast("pa.StringArray", _pc.replace_with_mask(column, pa.array(mask), pa.array(values, pa.string())))


def null_where(column: pa.StringArray, mask: Mask) -> pa.StringArray:
    """`column` with null where `mask` holds."""
    if not mask.any():
        return column
    return cast("pa.StringArray", _pc.if_else(pa.array(~mask), column, pa.scalar(None, pa.string())))


def chosen(mask: Mask, column: pa.StringArray, other: pa.StringArray) -> pa.StringArray:
    """The cells of `column` where `mask` holds, else those of `other`."""
    return cast("pa.StringArray", _pc.if_else(pa.array(mask), column, other))


def matches(column: pa.StringArray, pattern: str, *, ignore_case: bool = False) -> Mask:
    """Where the RE2 `pattern` is found."""
    return mask_of(_pc.match_substring_regex(column, pattern, ignore_case=ignore_case))


def equals(column: pa.StringArray, text: str) -> Mask:
    """Where the cell is exactly `text`."""
    return mask_of(_pc.equal(column, text))


def starts(column: pa.StringArray, text: str) -> Mask:
    """Where the cell begins with `text`."""
    return mask_of(_pc.starts_with(column, text))


def trimmed(column: pa.StringArray) -> pa.StringArray:
    """Every cell without white space at its ends."""
    return cast("pa.StringArray", _pc.utf8_trim_whitespace(column))


def replaced(column: pa.StringArray, pattern: str, by: str) -> pa.StringArray:
    """Every match of the RE2 `pattern` replaced."""
    return cast("pa.StringArray", _pc.replace_substring_regex(column, pattern, by))


def extracted(column: pa.StringArray, pattern: str) -> dict[str, pa.StringArray]:
    """The named groups of an RE2 `pattern`, null in rows it does not match."""
    struct = _pc.extract_regex(column, pattern)
    return {f.name: cast("pa.StringArray", _pc.struct_field(struct, f.name)) for f in struct.type}


def coalesced(column: pa.StringArray, other: pa.StringArray | None) -> pa.StringArray:
    """`column`, with the cell of `other` (or "") where it is null."""
    return cast("pa.StringArray", _pc.coalesce(column, "" if other is None else other))


def distinct(column: pa.StringArray, kinds: Kinds | None = None) -> tuple[list[tuple[str, int]], Indices]:
    """The distinct cells (text, kind) and, for each row, which of them it is; null counts as ""."""
    encoded = cast("Any", _pc.fill_null(column, "")).dictionary_encode()
    indices = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    values: list[str] = encoded.dictionary.to_pylist()
    if kinds is None:
        return [(value, 0) for value in values], indices
    pairs, inverse = np.unique(indices * 4 + kinds, return_inverse=True)
    return [(values[pair // 4], pair % 4) for pair in pairs.tolist()], inverse.astype(np.int64)


def mapped(
    column: pa.StringArray, kinds: Kinds | None, read: Callable[[str, int], tuple[str | None, str]]
) -> tuple[pa.StringArray, dict[str, Indices]]:
    """Each cell read by `read` (once per distinct cell) into a value or null and a fault or ""; rows by fault."""
    cells, which = distinct(column, kinds)
    results = [read(text, kind) for text, kind in cells]
    values = pa.array([value for value, _fault in results], pa.string())
    faults: dict[str, Indices] = {}
    for fault in sorted({fault for _value, fault in results} - {""}):
        bad = np.array([f == fault for _value, f in results], np.bool_)
        faults[fault] = np.flatnonzero(bad[which])
    return take_rows(values, which), faults


def digit_block(column: pa.StringArray, width: int) -> npt.NDArray[np.uint8]:
    """The bytes of a column in which every cell has `width` bytes, less the digit zero: rows x width."""
    _validity, offsets, data = column.buffers()
    if not len(column) or offsets is None or data is None:
        return np.zeros((len(column), width), np.uint8)
    start = int(np.frombuffer(cast("Any", offsets), np.int32)[column.offset])
    block = np.frombuffer(cast("Any", data), np.uint8)[start : start + width * len(column)]
    return block.reshape(-1, width) - np.uint8(ord("0"))


def nulls(length: int, kind: Any = None) -> Any:
    """A column of nulls, of text unless told."""
    return pa.nulls(length, kind if kind is not None else pa.string())


def constant(text: str, length: int) -> Any:
    """A column that says `text` in every row."""
    return _pc.fill_null(pa.nulls(length, pa.string()), text)


def column_of(table: pa.Table, name: str) -> pa.StringArray:
    """A column of text of a table, in one piece."""
    chunks = cast("Any", table.column(name)).chunks
    return cast(
        "pa.StringArray", chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks or [pa.array([], pa.string())])
    )
