"""Cases, decisions, records and comparisons to judge, made short."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, count

from saksama.model.case import Case, CaseId, CaseState, case_id_for
from saksama.model.decision import Choice, Decision, DecisionId, Ruling
from saksama.model.officer import Officer
from saksama.model.pair import Band
from saksama.model.recommendation import Agreement, Assistant, ElementComparison, PairComparison, Recommendation
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId
from saksama.model.wilayah import Wilayah
from tests.cast import SLEMAN

ROLL = RollId("a1b2c3d4e5f60718")
AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
ASSISTANT = Assistant("pencari-ganda", "0.1.0")

DIFFERENT, UNDECIDED = Choice(Ruling.DIFFERENT_PEOPLE), Choice(Ruling.UNDECIDED)
KEEP_12 = Choice(Ruling.SAME_PERSON, kept=12, struck=(40711,))
KEEP_40711 = Choice(Ruling.SAME_PERSON, kept=40711, struck=(12,))
CHOICES = (DIFFERENT, KEEP_12, KEEP_40711, UNDECIDED)

_numbers = count(1)


def case_of(
    lines: tuple[int, ...] = (12, 40711), *, wilayah: Wilayah = SLEMAN, state: CaseState = CaseState.OPEN
) -> Case:
    """A case about these lines."""
    return Case(
        id=case_id_for(ROLL, lines),
        wilayah=wilayah,
        roll=ROLL,
        run="0718a1b2c3d4e5f6",
        lines=lines,
        band=Band.CERTAIN,
        kpu_class="K3",
        class_scheme="2018",
        villages=("34.04.07.2001",) * len(lines),
        evidence_digest="0f" * 32,
        state=state,
        opened_at=AT,
    )


def said(officer: Officer, choice: Choice, *, instead_of: Decision | None = None) -> Decision:
    """A decision of this officer, later than every one before."""
    number = next(_numbers)
    return Decision(
        id=DecisionId(f"{number:032x}"),
        case=CaseId("GD-7KM2P-QX4ZB"),
        choice=choice,
        reason="NKK dan tanda tangan sama",
        document="470/1123/DKCS/2026",
        officer=officer.id,
        at=AT + timedelta(seconds=number),
        evidence_digest="0f" * 32,
        supersedes=None if instead_of is None else instead_of.id,
    )


def compared(
    agreements: Mapping[Element, Agreement], *, left: int = 12, right: int = 40711, sentence: str = "Sama."
) -> PairComparison:
    """Two records compared; an element not named is blank."""
    return PairComparison(
        RecordRef(ROLL, left),
        RecordRef(ROLL, right),
        tuple(
            ElementComparison(element, agreements.get(element, Agreement.BLANK), sentence, "Same.")
            for element in Element
        ),
    )


def agreeing_in(*elements: Element) -> PairComparison:
    """Two records that agree in these elements and are blank in every other."""
    return compared(dict.fromkeys(elements, Agreement.AGREE))


def recommended(lines: Iterable[int], comparisons: tuple[PairComparison, ...] | None = None) -> Recommendation:
    """A recommendation about these lines; every pair agrees in NIK, nama and tgl_lahir unless said otherwise."""
    named = tuple(lines)
    alike = dict.fromkeys((Element.NIK, Element.NAMA, Element.TGL_LAHIR), Agreement.AGREE)
    pairs = tuple(compared(alike, left=a, right=b) for a, b in combinations(named, 2))
    return Recommendation(
        assistant=ASSISTANT,
        run="0718a1b2c3d4e5f6",
        records=tuple(RecordRef(ROLL, line) for line in named),
        band=Band.PROBABLE,
        comparisons=pairs if comparisons is None else comparisons,
    )


def record_of(line: int, **values: str) -> Record:
    """A record with these values, in Sleman unless said otherwise."""
    return Record(RecordRef(ROLL, line), {"nama": "SARI WIDURI", "kd_kab": SLEMAN.code} | values)
