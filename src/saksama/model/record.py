"""A record: one line of one roll, and the reference that names it without saying who it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from saksama.model.roll import RollId


class Element(StrEnum):
    """An element two records are compared by, named as the checked roll's column."""

    NIK = "nik"
    NKK = "nkk"
    NAMA = "nama"
    TEMPAT_LAHIR = "tempat_lahir"
    TGL_LAHIR = "tgl_lahir"
    JK = "jk"
    STATUS_KAWIN = "status_kawin"
    ALAMAT = "alamat"
    RT = "rt"
    RW = "rw"
    DISABILITAS = "disabilitas"


@dataclass(frozen=True, slots=True, order=True)
class RecordRef:
    """Names a record: a roll and a line of it. Says nothing about the person, so it may stand in the ledger."""

    roll: RollId
    line: int


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A voter's line, in the clear. Lives in memory only; `values` maps checked column names to text, null left out."""

    ref: RecordRef
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Record({self.ref.roll}:{self.ref.line}, hidden)"
