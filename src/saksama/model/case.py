"""A case: a recommendation laid before people of the office that owns the lines."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from saksama.model.pair import Band
from saksama.model.roll import RollId
from saksama.model.wilayah import Wilayah

CaseId = NewType("CaseId", str)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: case numbers are read aloud and copied by hand


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  # nobody has decided
    WAITING = "waiting"  # one has; a second, different officer is needed
    DISPUTED = "disputed"  # two disagree; a third is needed
    SETTLED = "settled"  # two different officers agree
    ENACTED = "enacted"  # its settlement has taken effect


@dataclass(frozen=True, slots=True)
class Case:
    """Records of one roll that people are asked about. Holds no personal data; the evidence is sealed beside it.

    `kpu_class` is "K1".."K4" or "" under the scheme named by `class_scheme`. `version` counts changes: a write names
    the version it saw. `villages` are the desa/kelurahan codes of the records, in their order.
    """

    id: CaseId
    wilayah: Wilayah
    roll: RollId
    run: str
    lines: tuple[int, ...]
    band: Band
    kpu_class: str
    class_scheme: str
    villages: tuple[str, ...]
    evidence_digest: str
    state: CaseState
    opened_at: datetime
    version: int = 0


def case_id_for(roll: RollId, lines: tuple[int, ...]) -> CaseId:
    """The one number of the case about these lines in whatever order, `GD-XXXXX-XXXXX`; referring twice meets it."""
    named = ",".join(map(str, sorted(lines)))
    digest = hashlib.sha256(f"saksama/perkara/v1\n{roll}\n{named}".encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = ""
    for _ in range(10):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return CaseId(f"GD-{letters[:5]}-{letters[5:]}")
