"""The Berita Acara: what an open plenary signs about a roll, in figures. It names no voter."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from saksama.model.case import CaseId
from saksama.model.decision import Ruling
from saksama.model.errors import Broken
from saksama.model.roll import RollId, RollKind
from saksama.model.tms import GANDA, SCHEMES
from saksama.outcome.totals import RollTotals


class MinutesDisagree(Broken):
    """The parts of a Berita Acara do not agree with one another; nothing may be printed."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The ledger's checkpoint that the document is tied to. `root` is base64 of 32 bytes, as the checkpoint has it."""

    origin: str
    size: int
    root: str
    witnesses: tuple[str, ...]
    policy_fingerprint: str

    def __post_init__(self) -> None:
        try:
            root = base64.b64decode(self.root, validate=True)
        except binascii.Error as refused:
            raise MinutesDisagree("the root is not base64") from refused
        if len(root) != 32:
            raise MinutesDisagree("the root has not 32 bytes")


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """A case as the annex shows it: places, class, ruling and line numbers; no name, no NIK, no NKK."""

    case: CaseId
    villages: tuple[str, ...]  # desa/kelurahan codes
    kpu_class: str
    ruling: Ruling
    decisions: int  # how many decisions of different officers agree
    lines: tuple[int, ...]
    kept: int | None = None
    struck: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """A line to sign on. Without a name the line is left blank."""

    role: str
    name: str = ""


FIVE_MEMBERS = (Signer("Ketua"), *(Signer("Anggota") for _ in range(4)))  # of a KPU kabupaten/kota


@dataclass(frozen=True, slots=True)
class Minutes:
    """Everything a Berita Acara says. `names` gives names of places by code; `number` is blank until it is given one.

    `cases` are those decided for this roll, in any order; `returned` those whose rulings contradict each other and
    went back to people, so that they changed nothing. `set_aside` counts lines that intake could not read as a voter.
    `observers` are invited to sign as present: the Bawaslu of the same place unless others are named.
    Raises MinutesDisagree unless every struck line is in exactly one place of the totals and of the annex.
    """

    number: str
    office_name: str  # "KPU Kabupaten Sleman"
    kind: RollKind
    period: str  # "Triwulan IV Tahun 2026"
    held_on: date
    place: str
    roll_before: RollId
    roll_after: RollId
    totals: RollTotals
    names: Mapping[str, str]
    cases: tuple[DecidedCase, ...]
    tms_scheme: str
    class_scheme: str
    anchor: Anchor | None = None
    returned: tuple[CaseId, ...] = ()
    set_aside: int = 0
    signers: tuple[Signer, ...] = FIVE_MEMBERS
    observers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.tms_scheme not in SCHEMES or not set(self.totals.office.tms) <= set(SCHEMES[self.tms_scheme].codes):
            raise MinutesDisagree("the totals have a TMS code that the scheme does not know")
        struck = {line for case in self.cases for line in case.struck}
        if len(struck) != self.totals.office.tms.get(GANDA, 0):
            raise MinutesDisagree("the annex strikes another number of lines than the totals")
        if struck & {case.kept for case in self.cases}:
            raise MinutesDisagree("the annex strikes a line that it keeps")
        if len({case.case for case in self.cases} | set(self.returned)) != len(self.cases) + len(self.returned):
            raise MinutesDisagree("a case stands in the document twice")
        for case in self.cases:
            if case.decisions < 2:
                raise MinutesDisagree("a case rests on fewer than two decisions")
            named = {*case.struck, *([] if case.kept is None else [case.kept])}
            if not named <= set(case.lines) or bool(named) != (case.ruling is Ruling.SAME_PERSON):
                raise MinutesDisagree("the lines of a case do not fit its ruling")

    def cases_ruled(self, ruling: Ruling) -> int:
        """How many of the cases were ruled so."""
        return sum(case.ruling is ruling for case in self.cases)
