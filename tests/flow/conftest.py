"""An office on disk with a real keystore, log and witness, and a case laid before it by hand."""

import dataclasses
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from saksama.casework.evidence import Evidence, evidence_digest
from saksama.casework.opening import open_case, referral_entry
from saksama.casework.store import MemoryCaseStore, NewCase
from saksama.flow.desk import Desk
from saksama.flow.office import Office, create_office
from saksama.model.case import Case
from saksama.model.pair import Band
from saksama.model.recommendation import Agreement, Assistant, ElementComparison, PairComparison, Recommendation
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId
from saksama.model.wilayah import Wilayah
from saksama.vault.sealing import seal_bytes

SLEMAN = Wilayah("34.04")
ROLL = RollId("0123456789abcdef")
SALT = bytes(range(32))


class SteppingClock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office of Sleman with an empty store in memory."""
    made = create_office(tmp_path / "kantor", SLEMAN, name="KPU Kabupaten Sleman", clock=SteppingClock())
    return dataclasses.replace(made, cases=MemoryCaseStore())


@pytest.fixture
def desk(office: Office) -> Desk:
    return office.desk


def records(*lines: int) -> tuple[Record, ...]:
    """Invented voters, alike but for one digit of the NIK."""
    return tuple(
        Record(
            RecordRef(ROLL, line),
            {
                "nik": f"340407410755000{n + 1}",
                "nkk": "3404071203080012",
                "nama": "NGATINEM WIDYASTUTI",
                "tgl_lahir": "1955-07-01",
                "jk": "P",
                "disabilitas": "4",
                "kd_kab": "34.04",
                "kd_kel": "34.04.07.2001",
            },
        )
        for n, line in enumerate(lines)
    )


def refer(desk: Desk, *lines: int) -> Case:
    """Open a case about these lines as step 3 does."""
    people = records(*lines)
    comparisons = tuple(
        PairComparison(
            left.ref,
            right.ref,
            (
                ElementComparison(Element.NIK, Agreement.SIMILAR, "NIK berbeda satu angka.", "NIK differs by a digit."),
                ElementComparison(Element.NAMA, Agreement.AGREE, "Nama sama.", "Same name."),
            ),
        )
        for left, right in pairwise(people)
    )
    said = Recommendation(
        Assistant("pencari-ganda", "0.1.0"),
        "feedfacefeedface",
        tuple(p.ref for p in people),
        Band.PROBABLE,
        comparisons,
    )
    written = Evidence(people, said).to_bytes()
    case = open_case(
        said,
        people,
        owner=SLEMAN,
        scheme=desk.class_scheme,
        evidence_digest=evidence_digest(written, salt=SALT),
        at=desk.clock.now(),
    )
    sealed = seal_bytes(SALT + written, keys=desk.keys, purpose=f"evidence:{case.id}")
    new = NewCase(case, sealed, referral_entry(case, said))
    assert desk.cases.open_new([new]).opened == 1
    return case


@pytest.fixture
def case(desk: Desk) -> Case:
    """One open case about lines 10 and 20."""
    return refer(desk, 10, 20)
