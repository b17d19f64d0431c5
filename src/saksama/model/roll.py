"""A voter roll: what its columns are, what a fault is, and the summary that is made of one when it is taken in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

RollId = NewType("RollId", str)  # the first 16 hex digits of the file's SHA-256: the same file is the same roll

# Order and names of the checked roll. All are text but `tgl_lahir`, a date; empty is null. Form Model A-Daftar Pemilih
# has thirteen elements; the rest say where the line stands.
COLUMNS = (
    "nik", "nkk", "nama", "tempat_lahir", "tgl_lahir", "status_kawin", "jk", "alamat", "rt", "rw", "disabilitas",
    "ktp_el", "tps", "kd_prov", "kd_kab", "kd_kec", "kd_kel", "keterangan",
)  # fmt: skip
LINE = "line"  # 0-based, in the order of the file; the name of a record inside its roll
ORIGINAL_SUFFIX = "_asli"  # `nik_asli` holds the cell exactly as the file had it


class RollKind(StrEnum):
    """Which list of the chain a roll is (DOMAIN: DP4 to DPT, and DPB between elections)."""

    DP4 = "DP4"
    DPHP = "DPHP"
    DPS = "DPS"
    DPSHP = "DPSHP"
    DPT = "DPT"
    DPTB = "DPTb"
    DPK = "DPK"
    DPB = "DPB"


class FaultLevel(StrEnum):
    """How much a fault says. Neither level is a reason to strike a voter."""

    FORMAT = "format"  # the value cannot be what the column asks for
    LOOK = "lihat"  # perlu dilihat: odd, lawful, worth a look; never called invalid


@dataclass(frozen=True, slots=True)
class RollSummary:
    """What is known, and may be published, of a roll taken in: counts and digests, no voter.

    `faults` counts fault codes. `file_sha256` is of the file as handed in, `sealed_sha256` of the sealed Parquet.
    Invariant: lines_in = checked + set_aside.
    """

    roll: RollId
    kind: RollKind
    wilayah: str
    file_sha256: str
    sealed_sha256: str
    lines_in: int
    checked: int
    set_aside: int
    faults: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.lines_in != self.checked + self.set_aside:
            raise AssertionError("lines in must equal checked plus set aside")
