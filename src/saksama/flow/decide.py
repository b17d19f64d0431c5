"""Step 4: people look at a case and rule on it. No program can: this step takes an Officer, and no assistant is one."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from saksama.casework import rules
from saksama.casework.memory import EarlierRuling
from saksama.casework.store import NewDecision
from saksama.flow.desk import SALT_BYTES, Desk
from saksama.flow.remember import opened_evidence
from saksama.model.case import Case, CaseId
from saksama.model.decision import Choice, Decision, DecisionId, Ruling, choice_commitment
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.nik import mask
from saksama.model.officer import Officer, OfficerId
from saksama.model.recommendation import Assistant, PairComparison
from saksama.model.record import Element, Record
from saksama.vault.pseudonym import commit
from saksama.vault.sealing import seal_bytes
from saksama.vault.unsealing import unseal_bytes

_MASKED = "•"  # disability is specific data under UU 27/2022 art. 4: whether it agrees is said, what it is is not


@dataclass(frozen=True, slots=True, repr=False)
class ShownRecord:
    """A record as an officer may see it: NIK and NKK with ten of sixteen digits starred, disability hidden."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class ShownDecision:
    """A ruling with its texts, as its own officer sees it at once and everybody after the settlement."""

    id: DecisionId
    officer: OfficerId
    choice: Choice
    at: datetime
    reason: str
    document: str
    is_standing: bool


@dataclass(frozen=True, slots=True, repr=False)
class ShownCase:
    """Everything a case page may show."""

    case: Case
    records: tuple[ShownRecord, ...]
    comparisons: tuple[PairComparison, ...]
    assistant: Assistant
    earlier: tuple[EarlierRuling, ...]
    decisions: tuple[ShownDecision, ...]
    settled_as: Ruling | None  # what two officers agreed, once they have
    may_decide: bool


def show_case(case_id: CaseId, officer: Officer, *, desk: Desk) -> ShownCase:
    """What this officer may see of a case; that a deciding officer saw it is recorded before anything is shown.

    1. the case lies in their area             2. the evidence is what it was when the case was opened
    3. the first sight of it is an entry        4. another officer's ruling stays unseen until the case is settled
    """
    case = desk.cases.get(case_id)
    rules.require_reader(officer, case)  # 1
    evidence = opened_evidence(case, desk.cases.sealed_evidence(case.id), keys=desk.keys)  # 2
    if officer.role.decides:
        entry = _seen_entry(case, officer, desk)
        desk.cases.record_seen(case.id, officer.id, digest=case.evidence_digest, entry=entry)  # 3
    decisions = desk.cases.decisions(case.id)
    agreed = rules.agreement(decisions)
    standing = {d.id for d in rules.standing(decisions)}
    shown = tuple(
        _shown(decision, decision.id in standing, desk)
        for decision in rules.visible_decisions(officer, case, decisions)  # 4
    )
    return ShownCase(
        case=case,
        records=tuple(_masked(record) for record in evidence.records),
        comparisons=evidence.recommendation.comparisons,
        assistant=evidence.recommendation.assistant,
        earlier=evidence.earlier,
        decisions=shown,
        settled_as=None if agreed is None else agreed[0].choice.ruling,
        may_decide=rules.may_decide(officer, case, decisions),
    )


def decide_case(
    case_id: CaseId, choice: Choice, *, reason: str, document: str, officer: Officer, desk: Desk
) -> Decision:
    """Record an officer's ruling. It changes no roll; enactment does.

    1. the officer has power over this case    2. it is open, and it is this officer's turn
    3. the evidence has been seen              4. the choice is sound, with reason and document
    5. decision and ledger entry are saved as one, and only if nobody was faster
    6. the choice enters hidden; the settlement opens all of them
    """
    case = desk.cases.get(case_id)
    rules.require_power(officer, case)  # 1
    rules.require_open(case)  # 2
    decisions = desk.cases.decisions(case.id)
    own = rules.require_turn(officer, case, decisions)
    rules.require_evidence_seen(case, desk.cases.seen_digest(case.id, officer.id))  # 3
    rules.require_sound_choice(case, choice, reason=reason, document=document)  # 4
    decision = Decision(
        id=DecisionId(_decision_id(case, officer, choice)),
        case=case.id,
        choice=choice,
        reason=reason.strip(),
        document=document.strip(),
        officer=officer.id,
        at=desk.clock.now(),
        evidence_digest=case.evidence_digest,
        supersedes=None if own is None else own.id,
    )
    new = _sealed(decision, case, desk)
    all_decisions = [*decisions, decision]
    if rules.agreement(all_decisions) is not None:  # 6
        salts = {d.id: _salt_of(desk.cases.sealed_text(d.id), d.id, desk) for d in decisions}
        salts[decision.id] = _salt_of(new.sealed_text, decision.id, desk)
        new = replace(new, settlement=_settlement_entry(case, all_decisions, salts))
    desk.cases.record(new, expected=case.version, state=rules.state_after(all_decisions))  # 5
    return decision


def _masked(record: Record) -> ShownRecord:
    values = dict(record.values)
    for number in (Element.NIK.value, Element.NKK.value):
        if number in values:
            values[number] = mask(values[number])
    if Element.DISABILITAS.value in values:
        values[Element.DISABILITAS.value] = _MASKED
    return ShownRecord(record.ref.line, values)


def _salt_of(sealed_text: bytes, decision_id: DecisionId, desk: Desk) -> str:
    return str(_texts_of(sealed_text, decision_id, desk)["choice_salt"])


def _texts_of(sealed_text: bytes, decision_id: DecisionId, desk: Desk) -> dict[str, str | None]:
    opened = unseal_bytes(sealed_text, keys=desk.keys, purpose=f"decision:{decision_id}")
    texts: dict[str, str | None] = json.loads(opened)
    return texts


def _shown(decision: Decision, is_standing: bool, desk: Desk) -> ShownDecision:
    texts = _texts_of(desk.cases.sealed_text(decision.id), decision.id, desk)
    return ShownDecision(
        decision.id,
        decision.officer,
        decision.choice,
        decision.at,
        str(texts["reason"]),
        str(texts["document"]),
        is_standing,
    )


def _decision_id(case: Case, officer: Officer, choice: Choice) -> str:
    # The nonce keeps a decision id from being guessed from its choice while a second officer must not know the first's.
    seed = f"saksama/putusan/v1\n{case.id}\n{case.version}\n{officer.id}\n{choice}\n{secrets.token_hex(16)}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def _sealed(decision: Decision, case: Case, desk: Desk) -> NewDecision:
    """The decision with its texts sealed, and the entry that commits to choice and texts without saying them."""
    choice_salt = secrets.token_bytes(SALT_BYTES)
    reason = commit(decision.reason.encode(), purpose="reason")
    document = commit(decision.document.encode(), purpose="document") if decision.document else None
    texts = {
        "reason": decision.reason,
        "document": decision.document,
        "reason_salt": reason.salt.hex(),
        "document_salt": None if document is None else document.salt.hex(),
        "choice_salt": choice_salt.hex(),
    }
    sealed = seal_bytes(
        json.dumps(texts, ensure_ascii=False).encode(), keys=desk.keys, purpose=f"decision:{decision.id}"
    )
    entry = _entry(
        EntryKind.DECISION_MADE,
        decision,
        case,
        {
            "decision": decision.id,
            "case": case.id,
            "choice_commitment": choice_commitment(case.id, decision.choice, salt=choice_salt),
            "reason_commitment": reason.digest,
            "document_commitment": None if document is None else document.digest,
            "evidence_digest": decision.evidence_digest,
            "supersedes": decision.supersedes,
        },
    )
    return NewDecision(decision, sealed, entry)


def _settlement_entry(case: Case, decisions: Sequence[Decision], salts: Mapping[DecisionId, str]) -> Entry:
    """The entry that says what two officers agreed, and opens every choice made on the case."""
    agreed = rules.agreement(decisions)
    assert agreed is not None
    body = {
        "case": case.id,
        **_said(agreed[0].choice),
        "decisions": [d.id for d in agreed],
        "opened": [{"decision": d.id, "salt": salts[d.id], **_said(d.choice)} for d in decisions],
    }
    return _entry(EntryKind.CASE_SETTLED, decisions[-1], case, body)


def _said(choice: Choice) -> dict[str, object]:
    return {"ruling": choice.ruling.value, "kept": choice.kept, "struck": sorted(choice.struck)}


def _entry(kind: EntryKind, decision: Decision, case: Case, body: Mapping[str, object]) -> Entry:
    return Entry(
        id=EntryId(f"{kind.value}:{decision.id if kind is EntryKind.DECISION_MADE else case.id}"),
        kind=kind,
        at=decision.at,
        office=case.wilayah.code,
        actor=decision.officer,
        body=body,
    )


def _seen_entry(case: Case, officer: Officer, desk: Desk) -> Entry:
    return Entry(
        id=EntryId(f"evidence_seen:{case.id}.{officer.id}.{case.evidence_digest[:16]}"),
        kind=EntryKind.EVIDENCE_SEEN,
        at=desk.clock.now(),
        office=case.wilayah.code,
        actor=officer.id,
        body={"case": case.id, "officer": officer.id, "evidence_digest": case.evidence_digest},
    )
