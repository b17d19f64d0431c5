"""The keystore: one root secret per office, which wraps or begets every other key of the vault.

A keystore is the file `office.key` in a folder that nobody but its owner may enter. `docs/formats/sealed.md` gives
its bytes. With a passphrase the root secret rests encrypted under a key made by scrypt; without one the protection
is the file's permissions and the disk's own encryption.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
import stat
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from saksama.model.errors import BadInput, Broken
from saksama.model.texts import _

KEY_FILE = "office.key"
KEY_BYTES = 32  # AES-256 throughout
MIN_PASSPHRASE = 12  # characters; a stolen key file can be tried at leisure
_NONCE_BYTES = 12
_SALT_BYTES = 16
_WRAPPED_V1 = b"\x01"
_AAD = b"saksama/keystore/v1"
# scrypt at 128 MiB and about half a second on one office core (RFC 7914 names the parameters); part of format 1, so a
# changed file cannot ask for a weaker or an endless computation.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_MAX_FILE_BYTES = 4096


class KeystoreMissing(BadInput):
    """There is no keystore in the folder named."""


class KeystoreExists(BadInput):
    """There is one already; a second root secret would orphan all that the first one sealed."""


class KeystoreOpenToOthers(BadInput):
    """Somebody but the owner may read the folder or the file."""


class PassphraseRefused(BadInput):
    """The passphrase is missing, wrong, too short, or given where none is used."""


class KeystoreDamaged(Broken):
    """The file is not what was written."""


class WrongKey(Broken):
    """This office's key did not wrap what it was asked to unwrap, or not under that name."""


class Keystore:
    """An opened keystore. Holds the root secret in memory and never shows it."""

    __slots__ = ("_root", "_wrapping")

    def __init__(self, root: bytes) -> None:
        if len(root) != KEY_BYTES:
            raise AssertionError("the root secret has 32 bytes")
        self._root = root
        self._wrapping = AESGCM(_derive(root, b"saksama/vault/wrap/v1"))

    def __repr__(self) -> str:
        return "Keystore(hidden)"

    @classmethod
    def create(cls, folder: Path, *, passphrase: str | None = None) -> "Keystore":
        """Draw a new root secret and write it to `folder`, made with mode 0700 if it is not there.

        Raises KeystoreExists, KeystoreOpenToOthers or PassphraseRefused; a file half written is never left behind.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_private_folder(folder)
        if (folder / KEY_FILE).exists():
            raise _exists(folder)
        root = secrets.token_bytes(KEY_BYTES)
        _write_once(folder, _written(root, passphrase))
        return cls(root)

    @classmethod
    def open(cls, folder: Path, *, passphrase: str | None = None) -> "Keystore":
        """The keystore in `folder`.

        Raises KeystoreMissing, KeystoreOpenToOthers, PassphraseRefused or KeystoreDamaged.
        """
        if not folder.is_dir():
            raise _missing(folder)
        _require_private_folder(folder)
        return cls(_root_from(_read_private(folder), passphrase))

    def wrap(self, key: bytes, key_id: str) -> bytes:
        """`key` encrypted so that only this office unwraps it, and only under the same `key_id`.

        AES-256-GCM with a random nonce; good for 2**32 wraps of one office (NIST SP 800-38D, 8.3).
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _WRAPPED_V1 + nonce + self._wrapping.encrypt(nonce, key, key_id.encode())

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        """The key that `wrap` was given; raises WrongKey."""
        if wrapped[:1] != _WRAPPED_V1 or len(wrapped) < 1 + _NONCE_BYTES + 16:
            raise _wrong_key()
        nonce, sealed = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        try:
            return self._wrapping.decrypt(nonce, sealed, key_id.encode())
        except InvalidTag as refused:
            raise _wrong_key() from refused

    def secret(self, purpose: str) -> bytes:
        """32 bytes of this office for `purpose` alone (HKDF-SHA-256): the same every time, unrelated to others."""
        return _derive(self._root, b"saksama/vault/secret/v1\x00" + purpose.encode())


def _derive(root: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root)


def _stretch(passphrase: str, salt: bytes) -> AESGCM:
    # NFC, because the same passphrase typed on another keyboard may come as other code points.
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return AESGCM(Scrypt(salt=salt, length=KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(typed))


def _written(root: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        fields: dict[str, str | int] = {"v": 1, "kind": "plain", "key": _base64(root)}
    else:
        if len(passphrase) < MIN_PASSPHRASE:
            raise PassphraseRefused(_("Frasa sandi kunci sekurang-kurangnya {n} karakter.").format(n=MIN_PASSPHRASE))
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        sealed = _stretch(passphrase, salt).encrypt(nonce, root, _AAD)
        fields = {
            "v": 1,
            "kind": "passphrase",
            "salt": _base64(salt),
            "nonce": _base64(nonce),
            "key": _base64(sealed),
        }
    return json.dumps(fields | {"check": _check(fields)}, indent=1).encode() + b"\n"


def _root_from(written: bytes, passphrase: str | None) -> bytes:
    fields = _fields(written)
    if fields["kind"] == "plain":
        if passphrase is not None:
            raise PassphraseRefused(_("Penyimpan kunci ini tidak memakai frasa sandi; buka tanpa frasa sandi."))
        return _bytes_of(fields["key"], KEY_BYTES)
    if passphrase is None:
        raise PassphraseRefused(_("Penyimpan kunci ini dikunci dengan frasa sandi; berikan frasa sandinya."))
    salt, nonce = _bytes_of(fields["salt"], _SALT_BYTES), _bytes_of(fields["nonce"], _NONCE_BYTES)
    try:
        return _stretch(passphrase, salt).decrypt(nonce, _bytes_of(fields["key"], KEY_BYTES + 16), _AAD)
    except InvalidTag as refused:
        raise PassphraseRefused(_("Frasa sandi penyimpan kunci salah; ketik sekali lagi.")) from refused


def _fields(written: bytes) -> dict[str, str]:
    """The file's fields with their checksum confirmed, so that damage is never reported as a wrong passphrase."""
    try:
        fields = json.loads(written)
        check = fields.pop("check")
        names = {"plain": {"v", "kind", "key"}, "passphrase": {"v", "kind", "salt", "nonce", "key"}}[fields["kind"]]
        sound = set(fields) == names and fields["v"] == 1 and check == _check(fields)
    except (ValueError, KeyError, TypeError, AttributeError) as refused:
        raise _damaged() from refused
    if not sound:
        raise _damaged()
    return dict(fields)


def _check(fields: dict[str, str | int]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(_AAD + b"\n" + canonical).hexdigest()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes_of(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as refused:
        raise _damaged() from refused
    if len(raw) != length:
        raise _damaged()
    return raw


def _require_private_folder(folder: Path) -> None:
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise KeystoreOpenToOthers(
            _("Folder kunci {folder} dapat dimasuki pengguna lain. Jalankan: chmod 700 {folder}").format(folder=folder)
        )


def _read_private(folder: Path) -> bytes:
    path = folder / KEY_FILE
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as refused:
        raise _missing(folder) from refused
    except OSError as refused:
        raise KeystoreDamaged(
            _("Berkas kunci {path} tidak dapat dibaca: bukan berkas biasa, atau milik pengguna lain.").format(path=path)
        ) from refused
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise _damaged()
        if stat.S_IMODE(mode) & 0o077:
            raise KeystoreOpenToOthers(
                _("Berkas kunci {path} dapat dibaca pengguna lain. Jalankan: chmod 600 {path}").format(path=path)
            )
        return file.read(_MAX_FILE_BYTES)


def _write_once(folder: Path, written: bytes) -> None:
    """Write aside and link into place: of two processes that create at once, one is refused, neither is half done."""
    aside = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, folder / KEY_FILE)
    except FileExistsError as refused:
        raise _exists(folder) from refused
    finally:
        aside.unlink(missing_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(folder: Path) -> KeystoreMissing:
    return KeystoreMissing(
        _("Tidak ada penyimpan kunci di {folder}. Pulihkan dari cadangan, atau buat kantor baru.").format(folder=folder)
    )


def _exists(folder: Path) -> KeystoreExists:
    return KeystoreExists(
        _("Sudah ada penyimpan kunci di {folder}; kunci baru akan membuat data lama tidak terbaca.").format(
            folder=folder
        )
    )


def _damaged() -> KeystoreDamaged:
    return KeystoreDamaged(_("Berkas kunci kantor rusak. Hentikan pekerjaan dan pulihkan berkas kunci dari cadangan."))


def _wrong_key() -> WrongKey:
    return WrongKey(_("Kunci kantor ini tidak membuka data tersebut: data milik kantor lain, atau sudah diubah."))
