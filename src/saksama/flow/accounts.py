"""What became of the clusters of a run, as the ledger has it: for pages, which do not load what finds them."""

import json
from dataclasses import dataclass

from saksama.casework.store import CaseStore
from saksama.model.entry import EntryKind
from saksama.model.roll import RollId


@dataclass(frozen=True, slots=True)
class LastReferral:
    """The newest referral, in clusters: `referred` are cases now, the others were left out for the reason named."""

    run: str
    roll: RollId
    clusters: int
    referred: int
    ruled_before: int
    awaiting: int
    overlapping: int
    not_ours: int


def last_referral(cases: CaseStore) -> LastReferral | None:
    """What the newest referral of the office came to; None before the first."""
    written = cases.latest_entry(EntryKind.RUN_REFERRED)
    return None if written is None else LastReferral(**json.loads(written)["body"])
