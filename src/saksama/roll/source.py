"""What a file is, by its bytes; and its bytes unpacked, within limits. Nothing is ever written to disk."""

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO

from saksama.model.texts import _
from saksama.roll.packing import UNPACK_FAULTS, Bounded, gunzip, sole_member
from saksama.roll.refusals import EmptyRoll, LockedFile, NotARollFile, TooBig, damaged

IN_MEMORY = 1 << 30  # a workbook or Parquet inside .gz or .zip must be held whole; more than 1 GiB is refused
_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Kind(StrEnum):
    """What can be read."""

    DELIMITED = "CSV"
    WORKBOOK = "XLSX"
    PARQUET = "Parquet"


_SUFFIXES = {
    ".csv": Kind.DELIMITED,
    ".txt": Kind.DELIMITED,
    ".tsv": Kind.DELIMITED,
    ".tab": Kind.DELIMITED,
    ".xlsx": Kind.WORKBOOK,
    ".xlsm": Kind.WORKBOOK,
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
}
_TEXT_SUFFIXES = tuple(suffix for suffix, kind in _SUFFIXES.items() if kind is Kind.DELIMITED)
_CLAIMS = {*_SUFFIXES, ".gz", ".zip", ".xls", ".xlsb"}
# First bytes -> what to call it. Only kinds that people do hand in by mistake.
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "basis data SQLite"),
    (b"ORC", "ORC"),
    (b"ARROW1", "Arrow"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """An open file of a known kind. `name` is the one the operator gave, also of a packed file."""

    file: BinaryIO
    name: str
    kind: Kind
    packing: str  # "", "gz" or "zip"
    member: str

    @contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """The bytes from the start, unpacked while reading; raises TooBig past the limits, DamagedFile if cut off."""
        self.file.seek(0)
        if not self.packing:
            yield self.file
            return
        try:
            if self.packing == "gz":
                yield gunzip(self.file, self.name)
            else:
                with zipfile.ZipFile(self.file) as archive, archive.open(self.member) as inner:
                    size = archive.getinfo(self.member).compress_size
                    yield io.BufferedReader(Bounded(inner, self.name, packed=lambda: size), 1 << 20)
        except UNPACK_FAULTS:
            raise damaged(self.name) from None  # what was read in between may be quoted

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """The bytes, unpacked into memory if need be; raises TooBig over 1 GiB."""
        with self.unpacked() as stream:
            if not self.packing:
                yield stream
                return
            held = stream.read(IN_MEMORY + 1)
            if len(held) > IN_MEMORY:
                raise TooBig(
                    _("Isi {name} lebih dari 1 GB; buka kemasannya dahulu lalu kirim berkasnya.").format(name=self.name)
                )
        yield io.BytesIO(held)


class OpenFile:
    """A regular file held open, so that what was checked is what is read."""

    def __init__(self, path: Path) -> None:
        """Open `path`; raises NotARollFile for a link, folder or device, and for one that may not be read."""
        name = path.name
        try:
            # O_NONBLOCK: opening a pipe must not wait for a writer.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError as fault:
            raise NotARollFile(_("Berkas {name} tidak ada; periksa nama dan foldernya.").format(name=name)) from fault
        except PermissionError as fault:
            raise NotARollFile(
                _("Berkas {name} tidak boleh dibaca oleh akun ini; minta hak bacanya.").format(name=name)
            ) from fault
        except OSError as fault:
            raise NotARollFile(
                _("{name} adalah tautan atau bukan berkas biasa; kirim berkasnya sendiri.").format(name=name)
            ) from fault
        self.name = name
        self.stamp = os.fstat(descriptor)
        if not stat.S_ISREG(self.stamp.st_mode):
            os.close(descriptor)
            raise NotARollFile(
                _("{name} adalah folder atau alat, bukan berkas; kirim berkas daftarnya.").format(name=name)
            )
        self.file: BinaryIO = open(descriptor, "rb")  # noqa: SIM115, PTH123  # a descriptor; close() closes it

    def require_unchanged(self) -> None:
        """Raise DamagedFile if the file was written to since it was opened."""
        now = os.fstat(self.file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.stamp.st_size, self.stamp.st_mtime_ns):
            raise damaged(self.name)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def __enter__(self) -> "OpenFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def identify(opened: OpenFile) -> Source:
    """What `opened` is, by its bytes; raises a BadInput that says what it is instead, or that the name lies."""
    file, name = opened.file, opened.name
    head = _head(file)
    if not head:
        raise EmptyRoll(_("Berkas {name} kosong (0 bita); kirim berkas yang berisi.").format(name=name))
    suffix = PurePosixPath(name).suffix.lower()
    if head[:2] == b"\x1f\x8b":
        _require_suffix(name, suffix, (".gz",), "gzip")
        return _packed(Source(file, name, Kind.DELIMITED, "gz", ""), name.removesuffix(PurePosixPath(name).suffix))
    if head[:2] == b"PK" and head[2:4] in (b"\x03\x04", b"\x05\x06"):
        member = sole_member(file, name)
        if member is not None:
            _require_suffix(name, suffix, (".zip",), "ZIP")
            return _packed(Source(file, name, Kind.DELIMITED, "zip", member), PurePosixPath(member).name)
        kind = Kind.WORKBOOK
    else:
        kind = _kind_of(head, name, file)
    if kind is Kind.DELIMITED and suffix not in ("", *_TEXT_SUFFIXES) and suffix in _CLAIMS and not _is_text(head):
        raise damaged(name)  # neither what its name says nor text
    if suffix in (".gz", ".zip", ".xls", ".xlsb"):
        raise _lies(name, suffix, str(kind))
    if _SUFFIXES.get(suffix, kind) is not kind:
        raise _lies(name, suffix, str(kind))
    return Source(file, name, kind, "", "")


def _is_text(head: bytes) -> bool:
    return not head.translate(None, bytes(range(9, 256)))


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    return head


def _require_suffix(name: str, suffix: str, honest: tuple[str, ...], actual: str) -> None:
    if suffix not in honest and suffix in _CLAIMS:
        raise _lies(name, suffix, actual)


def _lies(name: str, suffix: str, actual: str) -> NotARollFile:
    return NotARollFile(
        _("Berkas {name} bernama {suffix} tetapi isinya {actual}; beri akhiran yang benar atau kirim ulang.").format(
            name=name, suffix=suffix, actual=actual
        )
    )


def _packed(source: Source, inside: str) -> Source:
    """`source` with the kind of the file called `inside` in it; raises a BadInput if that cannot be read."""
    with source.unpacked() as stream:
        head = stream.read(_HEAD)
        if not head:
            raise EmptyRoll(_("Isi {name} kosong; kirim berkas yang berisi.").format(name=source.name))
        if head[:2] == b"\x1f\x8b":
            raise NotARollFile(_("{name} dikemas dua kali; buka satu kemasan dahulu.").format(name=source.name))
    if head[:2] == b"PK":
        with source.seekable() as inner:
            if sole_member(inner, source.name) is not None:
                raise NotARollFile(_("{name} dikemas dua kali; buka satu kemasan dahulu.").format(name=source.name))
        kind = Kind.WORKBOOK
    else:
        with source.unpacked() as stream:
            kind = _kind_of(head, source.name, stream)
    suffix = PurePosixPath(inside).suffix.lower()
    if _SUFFIXES.get(suffix, kind) is not kind:
        raise _lies(inside, suffix, str(kind))
    return Source(source.file, source.name, kind, source.packing, source.member)


def _kind_of(head: bytes, name: str, stream: BinaryIO) -> Kind:
    """The kind of a file that is no ZIP and no gzip; raises what it is instead."""
    if head.startswith(_OLE):
        raise _old_or_locked(name, stream)
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"PARE"):
        raise LockedFile(_("Parquet {name} tersandi; kirim salinan tanpa sandi.").format(name=name))
    if head[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise NotARollFile(
            _("Berkas {name} memakai UTF-16; simpan ulang dari Excel sebagai “CSV UTF-8”.").format(name=name)
        )
    for magic, actual in _FOREIGN:
        if head.startswith(magic):
            raise NotARollFile(
                _("Isi {name} adalah {actual}; kirim berkas datanya sebagai CSV, XLSX, atau Parquet.").format(
                    name=name, actual=actual
                )
            )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower()
    if re.match(rb'\[\s*[\[{]|\{\s*["}]', start):
        raise NotARollFile(
            _("Isi {name} adalah {actual}; kirim berkas datanya sebagai CSV, XLSX, atau Parquet.").format(
                name=name, actual="JSON"
            )
        )
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")):
        raise NotARollFile(
            _("Isi {name} adalah halaman web (HTML/XML); buka di Excel lalu simpan sebagai XLSX.").format(name=name)
        )
    return Kind.DELIMITED


def _old_or_locked(name: str, stream: BinaryIO) -> NotARollFile | LockedFile:
    """Excel before 2007 and password-protected Excel share a container; the latter holds `EncryptedPackage`."""
    wanted, kept = "EncryptedPackage".encode("utf-16-le"), b""
    stream.seek(0) if stream.seekable() else None
    for _block in range(256):
        block = stream.read(1 << 20)
        if not block:
            break
        if wanted in kept + block:
            return LockedFile(
                _("Berkas {name} dikunci sandi; buka di Excel, hapus sandinya, lalu simpan ulang.").format(name=name)
            )
        kept = block[-len(wanted) :]
    return NotARollFile(
        _("Berkas {name} adalah Excel lama (.xls); buka di Excel lalu simpan sebagai XLSX.").format(name=name)
    )
