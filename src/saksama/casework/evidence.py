"""Evidence: what an officer looks at before deciding, fixed byte for byte when the case is opened."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saksama.model.errors import Broken
from saksama.model.pair import Band
from saksama.model.recommendation import Agreement, Assistant, ElementComparison, PairComparison, Recommendation
from saksama.model.record import Element, Record, RecordRef
from saksama.model.roll import RollId


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """The records of a case in the clear, and what the assistant said of them. Sealed wherever it rests."""

    records: tuple[Record, ...]
    recommendation: Recommendation

    def __repr__(self) -> str:
        return f"Evidence({len(self.records)} records, hidden)"

    def to_bytes(self) -> bytes:
        """The one byte form: sorted JSON in UTF-8. Its digest is what a decision is bound to."""
        said = self.recommendation
        document = {
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
        roll = RollId(_of_version_1(document)["roll"])
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
    except (ValueError, KeyError, TypeError) as fault:
        raise Broken("the stored evidence of a case cannot be read") from fault
    return Evidence(records, said)


def _of_version_1(document: dict[str, Any]) -> dict[str, Any]:
    if document["v"] != 1:
        raise ValueError("evidence of another version")
    return document


def _values(values: object) -> Mapping[str, str]:
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise TypeError("values map names to text")
    return values
