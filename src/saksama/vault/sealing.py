"""Seal: tables become encrypted Parquet, other bytes an encrypted blob. Format: `docs/formats/sealed.md`."""

import hashlib
import io
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saksama.model.errors import Broken
from saksama.vault.keys import KEY_BYTES, Keystore
from saksama.vault.kms import OfficeKms, is_sealable_name, sealing_properties

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ROW_GROUP_LINES = 65_536
BLOB_MAGIC = b"SAKSAMA-SEALED-1\n"
FRAME_BYTES = 1 << 20  # of plaintext in a frame of a blob


class NotSealable(Broken):
    """A table that cannot be sealed whole: a column that no key would cover, or rows of another schema."""


class SealedTableWriter:
    """Writes a stream of tables as one encrypted Parquet file, which appears under its name only when complete.

    A context manager; or call `close`, or `abandon` after a failure. Every column is encrypted under a data key of its
    own; a schema with a column that could escape the key map (nested, oddly named, twice there) is refused with
    NotSealable before a byte is written. `name` is what the keys are bound to ("rolls/<id>/sealed.parquet"): no
    personal data, it stands in the file in clear. After `close`, `sha256` holds the hex digest of the file; after
    `abandon` nothing is left on disk.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, keys: Keystore, name: str) -> None:
        require_sealable(schema)
        self._path = path
        self._schema = schema.remove_metadata()
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._sha256 = ""
        self.rows = 0
        properties = sealing_properties(OfficeKms(keys), name, schema.names)
        self._sink = _HashingFile(path.with_name(f".{path.name}.{secrets.token_hex(8)}"))
        try:
            self._writer = pq.ParquetWriter(
                pa.PythonFile(self._sink, mode="w"),
                self._schema,
                compression="zstd",
                write_statistics=False,  # smallest and largest value of a column are somebody's
                encryption_properties=properties,
            )
        except BaseException:
            self._sink.discard()
            raise

    @property
    def sha256(self) -> str:
        """Hex digest of the finished file, of the bytes as they were handed to the disk."""
        if not self._sha256:
            raise AssertionError("the file is not finished")
        return self._sha256

    def write(self, table: pa.Table) -> None:
        """Add rows. Keeps at most one row group in memory besides `table`; raises NotSealable for another schema."""
        if not table.schema.equals(self._schema, check_metadata=False):
            raise NotSealable("rows of another schema than the file's")
        self._waiting.append(table.replace_schema_metadata(None))
        self._waiting_rows += table.num_rows
        self.rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP_LINES:
            self._flush(keep=self._waiting_rows % ROW_GROUP_LINES)

    def close(self) -> None:
        """Write what waits, put the file on the disk and give it its name."""
        try:
            self._flush(keep=0)
            self._writer.close()
            self._sha256 = self._sink.keep_as(self._path)
        finally:
            self._sink.discard()

    def abandon(self) -> None:
        """Leave no trace. Safe to call after `close`, where it does nothing."""
        if not self._sha256:
            self._writer.close()
            self._sink.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _flush(self, *, keep: int) -> None:
        if self._waiting_rows == keep:
            return
        waiting = pa.concat_tables(self._waiting)
        ready = self._waiting_rows - keep
        self._writer.write_table(waiting.slice(0, ready), row_group_size=ROW_GROUP_LINES)
        self._waiting = [waiting.slice(ready)] if keep else []
        self._waiting_rows = keep


def require_sealable(schema: pa.Schema) -> None:
    """Raise NotSealable unless a key named after each column covers the whole of it.

    pyarrow writes a column that is missing from its key map in clear without a word, and a nested column is stored
    under paths (`a.list.element`) that its name does not cover.
    """
    if len(set(schema.names)) != len(schema.names) or not schema.names:
        raise NotSealable("a column is there twice, or none at all")
    for field in schema:
        if not is_sealable_name(field.name):
            raise NotSealable("a column's name is not lower-case letters, digits and _")
        if pa.types.is_nested(field.type) or pa.types.is_dictionary(field.type):
            raise NotSealable(f"column {field.name} is nested or a dictionary; only plain columns are sealed")


def seal_bytes(plain: bytes, *, keys: Keystore, purpose: str) -> bytes:
    """`plain` encrypted with AES-256-GCM under a fresh key wrapped by the office's; only the same `purpose` opens it.

    In frames of 1 MiB, each bound to its place and the last marked as last, so nothing can be cut, swapped or joined.
    """
    data_key = secrets.token_bytes(KEY_BYTES)
    wrapped = keys.wrap(data_key, blob_key_id(purpose))
    header = BLOB_MAGIC + len(wrapped).to_bytes(2, "big") + wrapped
    cipher, aad = AESGCM(data_key), header + purpose.encode()
    frames = [header]
    view = memoryview(plain)
    count = max(1, -(-len(plain) // FRAME_BYTES))
    for index in range(count):
        frame = view[index * FRAME_BYTES : (index + 1) * FRAME_BYTES]
        frames.append(cipher.encrypt(frame_nonce(index, last=index == count - 1), bytes(frame), aad))
    return b"".join(frames)


def blob_key_id(purpose: str) -> str:
    """The id under which a blob's data key is wrapped."""
    return f"saksama/v1/blob#{purpose}"


def frame_nonce(index: int, *, last: bool) -> bytes:
    """12 bytes: the frame's number and whether it is the last. Never twice under one key, which is drawn per blob."""
    return index.to_bytes(11, "big") + bytes([last])


class _HashingFile(io.RawIOBase):
    """A file written aside under a hidden name, hashed as it goes, then renamed or removed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._aside = path
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=1 << 20)
        self._hash = hashlib.sha256()
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        self._hash.update(data)
        count = self._file.write(data)
        self._written += count
        return count

    def tell(self) -> int:
        return self._written

    def keep_as(self, path: Path) -> str:
        """Put the file on the disk under its name; gives the hex digest of what was written."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._aside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Remove what stands aside; after `keep_as` there is nothing to remove."""
        self._file.close()
        self._aside.unlink(missing_ok=True)
