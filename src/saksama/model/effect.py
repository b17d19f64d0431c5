"""An effect: a change of a roll, which names the decisions it rests on or does not exist."""

from dataclasses import dataclass

from saksama.model.case import CaseId
from saksama.model.decision import DecisionId
from saksama.model.record import RecordRef


@dataclass(frozen=True, slots=True)
class RollChange:
    """Strike `record` with a TMS code because of `decisions` of `case`; `kept` is the line that stays in its place."""

    record: RecordRef
    tms: int
    tms_scheme: str
    case: CaseId
    decisions: tuple[DecisionId, ...]
    kept: RecordRef

    def __post_init__(self) -> None:
        if len(set(self.decisions)) < 2:
            raise AssertionError("a change rests on two decisions")
        if self.record == self.kept:
            raise AssertionError("the record kept is not the record struck")
