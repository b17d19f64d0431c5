"""What Parquet's encryption asks when it needs a key: the office's keystore, and nobody else.

Every data key is wrapped under an id that names its file and its column, so a key taken from one column or one file
opens no other. Nothing is kept between two operations on a file: `CryptoFactory` has a cache that outlives a
revocation, therefore each operation makes its own factory, used once.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet.encryption as pe

from saksama.model.errors import Broken
from saksama.model.texts import _
from saksama.vault.keys import KEY_BYTES, Keystore, WrongKey

if TYPE_CHECKING:
    from pyarrow._parquet import FileDecryptionProperties, FileEncryptionProperties

_NAME = re.compile(r"[A-Za-z0-9]+([./_-][A-Za-z0-9]+)*")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_PREFIX = "saksama/v1/"
_MAX_NAME = 200


class SealedFileForeign(Broken):
    """The file is not the one it is taken for: its keys name another file, or another column."""


class OfficeKms(pe.KmsClient):
    """Wraps and unwraps the data keys of one operation on one file. `unwraps` counts what the keystore was asked."""

    def __init__(self, keys: Keystore, *, name: str | None = None) -> None:
        super().__init__()
        self._keys = keys
        self._name = name
        self._seen: dict[tuple[str, str], bytes] = {}
        self.unwraps = 0
        self.unwrapped: set[str] = set()  # names of the columns whose key was asked for

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
        """Base64 of the wrapped data key; refuses a key that is not of 256 bits (pyarrow's default is 128)."""
        if len(key_bytes) != KEY_BYTES:
            raise AssertionError("a data key has 256 bits")
        return base64.b64encode(self._keys.wrap(key_bytes, master_key_identifier)).decode("ascii")

    def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:  # type: ignore[override]  # stub: str
        """The data key. Asked once a row group by pyarrow, so an answer is kept for this one operation."""
        asked = (wrapped_key, master_key_identifier)
        if asked not in self._seen:
            column = self._column_of(master_key_identifier)
            try:
                wrapped = base64.b64decode(wrapped_key, validate=True)
            except binascii.Error as refused:
                raise WrongKey(_("Kunci data pada berkas tersegel rusak.")) from refused
            self.unwraps += 1
            self._seen[asked] = self._keys.unwrap(wrapped, master_key_identifier)
            self.unwrapped.add(column)
        return self._seen[asked]

    def _column_of(self, key_id: str) -> str:
        name, hash_sign, column = key_id.removeprefix(_PREFIX).partition("#")
        if not key_id.startswith(_PREFIX) or not hash_sign or (column and not _COLUMN.fullmatch(column)):
            raise foreign()
        if self._name is None:
            self._name = name  # the footer's key is asked for first
        if name != self._name:
            raise foreign()
        return column


def foreign() -> SealedFileForeign:
    """The refusal of a file that is not the one expected."""
    return SealedFileForeign(
        _("Berkas tersegel ini bukan berkas yang diminta. Hentikan pekerjaan dan simpan buktinya.")
    )


def key_id(name: str, column: str = "") -> str:
    """The id under which a column's data key is wrapped; without a column, the footer's."""
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise AssertionError("a sealed file's name is made of letters, digits and . / _ -")
    return f"{_PREFIX}{name}#{column}"


def is_sealable_name(column: str) -> bool:
    """Whether a column may be sealed: pyarrow's key map is text in which `:`, `;`, `,` and `.` have a meaning."""
    return _COLUMN.fullmatch(column) is not None


def sealing_properties(kms: OfficeKms, name: str, columns: Sequence[str]) -> "FileEncryptionProperties":
    """Properties for writing one file, in which every one of `columns` has a key of its own and the footer another."""
    configuration = pe.EncryptionConfiguration(
        footer_key=key_id(name),
        column_keys={key_id(name, column): [column] for column in columns},
        encryption_algorithm="AES_GCM_V1",
        plaintext_footer=False,  # a plain footer shows column names, key ids and statistics
        double_wrapping=False,  # with it, a key-encryption key stays cached and goes on reading after revocation
        cache_lifetime=timedelta(0),
        internal_key_material=True,
        data_key_length_bits=8 * KEY_BYTES,
    )
    return pe.CryptoFactory(lambda _config: kms).file_encryption_properties(pe.KmsConnectionConfig(), configuration)


def unsealing_properties(kms: OfficeKms) -> "FileDecryptionProperties":
    """Properties for reading one file once."""
    configuration = pe.DecryptionConfiguration(cache_lifetime=timedelta(0))
    return pe.CryptoFactory(lambda _config: kms).file_decryption_properties(pe.KmsConnectionConfig(), configuration)
