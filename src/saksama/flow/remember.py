"""What the decided cases say of pairs, for step 3: unsealed in memory each time, so that nothing more rests on disk."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from saksama.casework.evidence import Evidence, evidence_digest, evidence_from
from saksama.casework.memory import Elements, Memory
from saksama.flow.desk import SALT_BYTES, Desk
from saksama.model.case import Case, CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.errors import Broken
from saksama.model.record import Record
from saksama.model.roll import RollId
from saksama.vault.keys import Keystore
from saksama.vault.pseudonym import mark
from saksama.vault.unsealing import unseal_bytes


def memory_of(
    desk: Desk,
    *,
    clusters: Iterable[Sequence[Record]] = (),
    apart_from: RollId | None = None,
    learnt: Callable[[int], None] | None = None,
) -> Memory:
    """Everything the office has ruled, ready to recall `clusters`; cases of the roll `apart_from` are left out.

    A roll's own cases are met by their number. `learnt` hears how many cases have been read. Raises Broken
    where the evidence of a case is not what it was.
    """
    memory = Memory(partial(pair_fingerprint, keys=desk.keys), clusters)
    for number, (case, decisions, sealed) in enumerate(desk.cases.history(), start=1):
        if case.roll != apart_from:
            memory.learn(case, decisions, opened_evidence(case, sealed, keys=desk.keys).records)
        if learnt is not None:
            learnt(number)
    return memory


@dataclass(frozen=True, slots=True)
class RememberedCase:
    """A settled case of which at least one pair is not raised again as long as it does not change."""

    case: CaseId
    roll: RollId
    ruling: Ruling
    decisions: tuple[DecisionId, DecisionId]
    at: datetime
    pairs: tuple[tuple[int, int], ...]


def remembered_cases(desk: Desk) -> list[RememberedCase]:
    """What is remembered now, by case number: pairs ruled bukan ganda, and referrals not yet raised again."""
    return [
        RememberedCase(one.case, one.roll, one.ruling, one.decisions, one.at, tuple((r.left, r.right) for r in rulings))
        for rulings in (list(group) for _case, group in groupby(memory_of(desk).standing(), key=lambda r: r.case))
        for one in rulings[:1]
    ]


def pair_fingerprint(one: Elements, other: Elements, *, keys: Keystore) -> str:
    """64 hex digits that name two records by all their compared elements, whichever comes first.

    The same two records on another roll have the same; any element changed gives another; without the office's key
    nobody can make or guess one.
    """
    people = sorted(json.dumps(elements, ensure_ascii=False) for elements in (one, other))
    return mark({"one": people[0], "other": people[1]}, keys=keys, purpose="pair")


def opened_evidence(case: Case, sealed: bytes, *, keys: Keystore) -> Evidence:
    """The evidence of a case in the clear; raises Broken unless it is what it was when the case was opened."""
    opened = unseal_bytes(sealed, keys=keys, purpose=f"evidence:{case.id}")
    salt, written = opened[:SALT_BYTES], opened[SALT_BYTES:]
    if evidence_digest(written, salt=salt) != case.evidence_digest:
        raise Broken(f"the evidence of case {case.id} is not what it was when the case was opened")
    return evidence_from(written)
