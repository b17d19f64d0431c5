"""Unpacking within limits: what is packed may be large, but not a bomb."""

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO

from saksama.model.texts import _
from saksama.roll.refusals import LockedFile, NotARollFile, TooBig, UnsafeWorkbook, damaged

LARGEST = 16 << 30  # bytes unpacked: some 100 million lines, more than any one file of any office
FREE = 64 << 20  # below this many unpacked bytes the ratio says nothing
RATIO = 250  # text packs 5 to 30 fold, an empty styled sheet 100 fold; deflate ends at 1,032 fold
MOST_MEMBERS = 10_000
# Other kinds in the same wrapping, by a part that each has.
_OTHERS = (("word/", "dokumen Word"), ("ppt/", "PowerPoint"), ("mimetype", "OpenDocument (ODS)"))
# What the standard library raises on broken ZIP or gzip bytes.
UNPACK_FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    struct.error, OverflowError, IndexError,
)  # fmt: skip


class Bounded(io.RawIOBase):
    """A reader that stops a bomb: it counts what comes out against what went in."""

    def __init__(self, inner: IO[bytes], name: str, *, packed: Callable[[], int]) -> None:
        self._inner, self._name, self._packed, self._out = inner, name, packed, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into `buffer`; raises TooBig past the limits."""
        got = self._inner.read(len(buffer))
        buffer[: len(got)] = got
        self._out += len(got)
        require_no_bomb(self._out, self._packed(), self._name)
        return len(got)


def require_no_bomb(out: int, packed: int, name: str) -> None:
    """Raise TooBig if `packed` bytes becoming `out` bytes is no honest file."""
    if out > LARGEST or (out > FREE and out > RATIO * max(packed, 1)):
        raise TooBig(
            _("Isi {name} membengkak tidak wajar saat dibuka (bom kemasan); kirim berkas tanpa kemasan.").format(
                name=name
            )
        )


def gunzip(file: BinaryIO, name: str) -> io.BufferedReader:
    """The unpacked bytes of a gzip file, counted while they are read."""
    stream = gzip.GzipFile(fileobj=file, mode="rb")
    # The gzip reader takes its input in blocks, so `tell` is what it has taken, at most a block too much.
    return io.BufferedReader(Bounded(stream, name, packed=file.tell), 1 << 20)  # type: ignore[arg-type]


def sole_member(file: BinaryIO, name: str) -> str | None:
    """The one file in a ZIP, or None if the ZIP is a workbook; raises a BadInput for anything else."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except UNPACK_FAULTS as fault:
        raise damaged(name) from fault
    names = [m.filename for m in members]
    if len(names) > MOST_MEMBERS:
        raise TooBig(_("Kemasan {name} berisi terlalu banyak berkas; kirim satu berkas saja.").format(name=name))
    if "[Content_Types].xml" in names or "mimetype" in names:
        _require_plain_workbook(names, name)
        return None
    own = [m for m in members if not m.filename.startswith("__MACOSX/")]  # macOS adds these by itself
    if not all(names):
        raise damaged(name)
    if any("/" in m.filename or "\\" in m.filename for m in own):
        raise NotARollFile(_("Kemasan {name} berisi folder; kemas satu berkas saja, tanpa folder.").format(name=name))
    if len(own) != 1:
        raise NotARollFile(
            _("Kemasan {name} berisi {n} berkas; kemas tepat satu berkas.").format(name=name, n=len(own))
        )
    if own[0].flag_bits & 1:
        raise LockedFile(_("Kemasan {name} dikunci sandi; kemas ulang tanpa sandi.").format(name=name))
    require_no_bomb(own[0].file_size, own[0].compress_size, name)
    return own[0].filename


def _require_plain_workbook(names: list[str], name: str) -> None:
    lower = {n.lower() for n in names}
    if any(n.endswith(("vbaproject.bin", "vbadata.xml")) or n.startswith("xl/macrosheets/") for n in lower):
        raise UnsafeWorkbook(
            _("Buku kerja {name} berisi makro; simpan ulang sebagai XLSX tanpa makro.").format(name=name)
        )
    if "xl/workbook.bin" in lower:
        raise NotARollFile(_("Berkas {name} adalah XLSB; buka di Excel lalu simpan sebagai XLSX.").format(name=name))
    other = next((kind for part, kind in _OTHERS if any(n.startswith(part) for n in lower)), "")
    if other:
        raise NotARollFile(
            _("Berkas {name} adalah {actual}; buka lalu simpan daftarnya sebagai XLSX atau CSV.").format(
                name=name, actual=other
            )
        )
    if "xl/workbook.xml" not in lower and not any(n.endswith("workbook.xml") for n in lower):
        raise NotARollFile(_("Berkas {name} bukan buku kerja Excel; buka lalu simpan sebagai XLSX.").format(name=name))
