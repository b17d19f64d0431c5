"""Evidence: what an officer looks at before deciding, fixed byte for byte when the case is opened."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saksama.casework.memory import ChangedElement, EarlierRuling
from saksama.model.case import CaseId
from saksama.model.clock import as_text, from_text
from saksama.model.decision import DecisionId, Ruling
from saksama.model.errors import Broken
from saksama.model.pair import Band
from saksama.model.recommendation import Agreement, Assistant, ElementComparison, PairComparison, Recommendation
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """The records of a case in the clear, what the assistant said of them, and what was ruled of their pairs before.

    Sealed wherever it rests.
    """

    records: tuple[Record, ...]
    recommendation: Recommendation
    earlier: tuple[EarlierRuling, ...] = ()

    def __repr__(self) -> str:
        return f"Evidence({len(self.records)} records, hidden)"

    def to_bytes(self) -> bytes:
        """The one byte form: sorted JSON in UTF-8. Its digest is what a decision is bound to."""
        said = self.recommendation
        document: dict[str, Any] = {
            "v": 1,
            "roll": self.records[0].ref.roll,
            "records": [{"line": r.ref.line, "values": dict(r.values)} for r in self.records],
            "assistant": [said.assistant.name, said.assistant.version],
            "run": said.run,
            "band": said.band.value,
            "comparisons": [
                {
                    "left": c.left.line,
                    "right": c.right.line,
                    "elements": [
                        [e.element.value, e.agreement.value, e.sentence_id, e.sentence_en] for e in c.elements
                    ],
                }
                for c in said.comparisons
            ],
        }
        if self.earlier:  # a case of which nothing was ruled before keeps the bytes of version 1
            document |= {"v": 2, "earlier": [_written(ruling) for ruling in self.earlier]}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def evidence_digest(evidence: bytes, *, salt: bytes) -> str:
    """SHA-256 in hex that names this evidence without letting anyone guess it: a keyed salt comes first.

    Without the salt a voter's line could be found by trying: the digest stands in the published ledger.
    """
    if len(salt) != 32:
        raise AssertionError("the salt has 32 bytes")
    return hashlib.sha256(b"saksama/bukti/v1\n" + salt + evidence).hexdigest()


def evidence_from(written: bytes) -> Evidence:
    """The evidence that `to_bytes` wrote; raises Broken if the bytes are no such thing."""
    try:
        document = json.loads(written)
        roll = RollId(_of_known_version(document)["roll"])
        records = tuple(Record(RecordRef(roll, r["line"]), _values(r["values"])) for r in document["records"])
        comparisons = tuple(
            PairComparison(
                RecordRef(roll, c["left"]),
                RecordRef(roll, c["right"]),
                tuple(ElementComparison(Element(e), Agreement(a), id_, en) for e, a, id_, en in c["elements"]),
            )
            for c in document["comparisons"]
        )
        name, version = document["assistant"]
        said = Recommendation(
            Assistant(name, version),
            document["run"],
            tuple(r.ref for r in records),
            Band(document["band"]),
            comparisons,
        )
        earlier = tuple(_read(ruling) for ruling in document.get("earlier", ()))
    except (ValueError, KeyError, TypeError) as fault:
        raise Broken("the stored evidence of a case cannot be read") from fault
    return Evidence(records, said, earlier)


def _of_known_version(document: dict[str, Any]) -> dict[str, Any]:
    if document["v"] != (2 if "earlier" in document else 1):
        raise ValueError("evidence of another version")
    return document


def _written(earlier: EarlierRuling) -> dict[str, object]:
    return {
        "left": earlier.left,
        "right": earlier.right,
        "case": earlier.case,
        "ruling": earlier.ruling.value,
        "decisions": list(earlier.decisions),
        "at": as_text(earlier.at),
        "changed": [[change.line, change.element.value] for change in earlier.changed],
    }


def _read(written: dict[str, Any]) -> EarlierRuling:
    one, other = written["decisions"]
    return EarlierRuling(
        left=written["left"],
        right=written["right"],
        case=CaseId(written["case"]),
        ruling=Ruling(written["ruling"]),
        decisions=(DecisionId(one), DecisionId(other)),
        at=from_text(written["at"]),
        changed=tuple(ChangedElement(line, Element(element)) for line, element in written["changed"]),
    )


def _values(values: object) -> Mapping[str, str]:
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise TypeError("values map names to text")
    return values
