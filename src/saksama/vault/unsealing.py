"""Unseal: read what `sealing` wrote, after making sure that it is that very file."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saksama.model.errors import Broken
from saksama.model.texts import _
from saksama.vault.keys import Keystore, WrongKey
from saksama.vault.kms import OfficeKms, unsealing_properties
from saksama.vault.sealing import BLOB_MAGIC, FRAME_BYTES, blob_key_id, frame_nonce

_TAG_BYTES = 16
_ENCRYPTED_FOOTER = b"PARE"  # the magic at both ends of a Parquet file whose footer is encrypted


class SealedFileMissing(Broken):
    """The sealed file is not where the office says it is."""


class SealedFileChanged(Broken):
    """The file's digest is not the one recorded: it was changed, or another file was put in its place."""


class SealedFileDamaged(Broken):
    """The bytes do not decrypt: damaged or forged."""


def read_sealed(
    path: Path,
    *,
    keys: Keystore,
    expected_sha256: str,
    columns: Sequence[str] | None = None,
    name: str | None = None,
) -> pa.Table:
    """The table in a sealed file, or `columns` of it in that order; only the keys of those columns are unwrapped.

    The whole file is hashed first and compared with `expected_sha256`: Parquet's encryption cannot tell an old file
    of ours from the current one. With `name` its keys must also be bound to that name. Raises SealedFileMissing,
    SealedFileChanged, SealedFileDamaged, SealedFileForeign or WrongKey, all of them Broken.
    """
    with _opened(path, keys=keys, expected_sha256=expected_sha256, name=name) as (file, kms):
        wanted = _wanted(file, columns)
        table = _without_metadata(file.read(columns=wanted).select(wanted))
        _require_all_were_sealed(table, kms)
        return table


def iter_sealed(
    path: Path,
    *,
    keys: Keystore,
    expected_sha256: str,
    columns: Sequence[str] | None = None,
    name: str | None = None,
) -> Iterator[pa.Table]:
    """As `read_sealed`, a row group of about 65,536 rows at a time. The file is checked before the first one."""
    with _opened(path, keys=keys, expected_sha256=expected_sha256, name=name) as (file, kms):
        wanted = _wanted(file, columns)
        for group in range(file.num_row_groups):
            table = _without_metadata(file.read_row_group(group, columns=wanted).select(wanted))
            _require_all_were_sealed(table, kms)
            yield table


def unseal_bytes(sealed: bytes, *, keys: Keystore, purpose: str) -> bytes:
    """What `seal_bytes` was given for the same purpose; raises SealedFileDamaged or WrongKey."""
    body = len(BLOB_MAGIC) + 2
    if not sealed.startswith(BLOB_MAGIC) or len(sealed) < body:
        raise _damaged()
    start = body + int.from_bytes(sealed[len(BLOB_MAGIC) : body], "big")
    header, view = sealed[:start], memoryview(sealed)[start:]
    cipher = AESGCM(keys.unwrap(header[body:], blob_key_id(purpose)))
    aad, step = header + purpose.encode(), FRAME_BYTES + _TAG_BYTES
    count = max(1, -(-len(view) // step))
    frames = []
    try:
        for index in range(count):
            frame = bytes(view[index * step : (index + 1) * step])
            frames.append(cipher.decrypt(frame_nonce(index, last=index == count - 1), frame, aad))
    except (InvalidTag, ValueError) as refused:
        raise _damaged() from refused
    return b"".join(frames)


@contextmanager
def _opened(
    path: Path, *, keys: Keystore, expected_sha256: str, name: str | None
) -> Iterator[tuple[pq.ParquetFile, OfficeKms]]:
    """The file, opened after its digest was found right. Hashed and read through one descriptor."""
    try:
        with pa.OSFile(str(path), "rb") as raw:
            _require_digest(raw, expected_sha256)
            kms = OfficeKms(keys, name=name)
            with pq.ParquetFile(raw, decryption_properties=unsealing_properties(kms), pre_buffer=False) as file:
                yield file, kms
    except FileNotFoundError as refused:
        raise SealedFileMissing(
            _("Berkas tersegel {name} tidak ada. Pulihkan dari cadangan; jangan lanjutkan.").format(name=path.name)
        ) from refused
    except (OSError, pa.ArrowException, UnicodeDecodeError) as refused:
        raise _damaged() from refused


def _require_digest(raw: pa.OSFile, expected_sha256: str) -> None:
    """Raise unless the bytes are the recorded ones and of the kind whose footer is encrypted."""
    digest = hashlib.sha256()
    start = end = b""
    while chunk := raw.read(1 << 20):
        digest.update(chunk)
        start, end = start or chunk[:4], (end + chunk)[-4:]
    if digest.hexdigest() != expected_sha256:
        raise SealedFileChanged(
            _("Berkas tersegel tidak sama dengan yang tercatat: berubah atau diganti. Hentikan dan simpan buktinya.")
        )
    if start != _ENCRYPTED_FOOTER or end != _ENCRYPTED_FOOTER:
        raise _damaged()  # pyarrow would read a plain file without a word
    raw.seek(0)


def _wanted(file: pq.ParquetFile, columns: Sequence[str] | None) -> list[str]:
    """Column names to read. Only the schema is looked at: asking for statistics of an encrypted column whose key is
    not at hand aborts the interpreter."""
    there = file.schema_arrow.names
    if columns is None:
        return list(there)
    if missing := [column for column in columns if column not in there]:
        raise SealedFileDamaged(_("Kolom {names} tidak ada pada berkas tersegel.").format(names=", ".join(missing)))
    return list(columns)


def _require_all_were_sealed(table: pa.Table, kms: OfficeKms) -> None:
    """A column that came without its key being asked for stood in the file in clear: not by our hand."""
    if table.num_rows and not set(table.column_names) <= kms.unwrapped:
        raise _damaged()


def _without_metadata(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)


def _damaged() -> SealedFileDamaged:
    return SealedFileDamaged(_("Data tersegel rusak atau dipalsukan dan tidak dibuka. Pulihkan dari cadangan."))


__all__ = [
    "SealedFileChanged",
    "SealedFileDamaged",
    "SealedFileMissing",
    "WrongKey",
    "iter_sealed",
    "read_sealed",
    "unseal_bytes",
]
