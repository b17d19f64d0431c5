"""An officer: a person with a role at an office. Known to the ledger by number, never by name."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from saksama.model.errors import BadInput
from saksama.model.texts import _
from saksama.model.wilayah import Wilayah

_NUMBER = re.compile("P-[0-9]{6}")
OfficerId = NewType("OfficerId", str)  # "P-000001": stable, not a name, not a NIP


class Role(StrEnum):
    """What a person may do in an area."""

    OPERATOR = "operator"  # takes in rolls, finds, refers, and may decide cases
    MEMBER = "anggota"  # decides cases; enacts
    OBSERVER = "pengawas"  # Bawaslu: reads masked cases of its area, writes nothing

    @property
    def decides(self) -> bool:
        """Whether the role may rule on a case."""
        return self in (Role.OPERATOR, Role.MEMBER)


class MalformedOfficer(BadInput):
    """The text is no officer's number."""


@dataclass(frozen=True, slots=True)
class Officer:
    """A person signed in, with the one role and area the office gave them; raises MalformedOfficer."""

    id: OfficerId
    role: Role
    wilayah: Wilayah
    office_name: str  # "KPU Kabupaten Sleman", for the sentence that says who may

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.id):
            raise MalformedOfficer(_("Nomor petugas adalah P- dan enam angka, misalnya P-000001."))
