"""What a run will need, said before it starts; and a refusal rather than a killed process."""

import os
from pathlib import Path

from saksama.model.errors import BadInput
from saksama.model.texts import _

# Measured on rolls of 0.1 to 3 million lines, on disk on one of 205 million (85 bytes a line): docs/2-find.md.
_BYTES_A_LINE = 420
_BYTES_ON_DISK = 95
_BYTES_AT_REST = 600 * 2**20  # the interpreter, Arrow, compiled kernels


def memory_needed(lines: int, *, on_disk: bool = False) -> int:
    """Bytes a run over so many lines is expected to need at its peak; less where its phases' work is kept on disk."""
    return _BYTES_AT_REST + (_BYTES_ON_DISK if on_disk else _BYTES_A_LINE) * lines


def memory_free() -> int | None:
    """Bytes that this machine can give a program now; None where it cannot be told."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def memory_taken() -> int:
    """Bytes this program holds now; 0 where it cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def require_memory(lines: int, *, on_disk: bool = False) -> None:
    """Raise BadInput where the machine has not the memory that a run over so many lines needs."""
    needed, free = memory_needed(lines, on_disk=on_disk), memory_free()
    if free is not None and needed - memory_taken() > free:
        raise BadInput(
            _(
                "Pencarian atas {lines} baris perlu sekitar {needed} GB memori; yang tersedia {free} GB. "
                "Tutup program lain, pakai --scratch FOLDER, atau jalankan di komputer dengan memori lebih besar."
            ).format(lines=lines, needed=round(needed / 2**30, 1), free=round(free / 2**30, 1))
        )
