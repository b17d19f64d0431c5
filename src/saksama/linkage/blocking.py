"""Blocking: which pairs are looked at. A group too large is split by a longer key, never dropped.

Pairs are counted before they are built, so that memory is known: a rule's groups are walked in a kernel and only the
pairs are written, 8 bytes each.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.join import count_pairs, crowded, distinct_sorted, group_bounds, sorted_keys, write_pairs
from saksama.linkage.keys import Keys, base_keys, longer_keys
from saksama.linkage.plan import BlockingRule, LinkagePlan
from saksama.linkage.prepared import Prepared

# Records from which on 44 bits of the keys are sorted by, below it 33: others would split few groups.
_MANY = 3_000_000
_PAIRS_A_RECORD = 6  # of one rule: what keeps pairs linear in lines
_LAST_WINDOW = 10  # neighbours compared in a group that no longer key can split
THREADS = 2


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What a rule gave: pairs (before rules are merged), the cap used, the largest group and how often it was split.

    `left_in_windows` are entries in groups that no longer key could split: there each meets only its neighbours.
    """

    name: str
    pairs: int
    cap: int
    largest_group: int
    split_entries: int
    left_in_windows: int


@dataclass(slots=True)
class _Walk:
    """Groups of one length of key: their bounds in an order of keys, and how many neighbours each entry meets."""

    keys: Keys  # sorted
    bounds: Ints
    window: int

    @property
    def pairs(self) -> int:
        return int(count_pairs(self.bounds, self.window))


def candidate_pairs(
    prepared: Prepared,
    plan: LinkagePlan,
    progress: Callable[[float], None] = lambda _share: None,
) -> tuple[Words, list[Words], list[RuleReport]]:
    """Pairs that share a key of some rule, each once, ascending, packed; those of each rule; and what each gave."""
    pieces, reports = [], []
    with ThreadPoolExecutor(THREADS) as pool:
        work = [pool.submit(_rule_pairs, rule, prepared, plan.group_cap) for rule in plan.blocking]
        for done, future in enumerate(work, 1):
            pairs, report = future.result()
            pieces.append(pairs)
            reports.append(report)
            progress(done / len(work))
    together = np.concatenate(pieces)
    together.sort()
    return distinct_sorted(together), pieces, reports


def _rule_pairs(rule: BlockingRule, prepared: Prepared, cap: int) -> tuple[Words, RuleReport]:
    walks = _walks(rule, prepared, cap)
    while sum(walk.pairs for walk in walks) > _PAIRS_A_RECORD * len(prepared) + 10_000 and cap > 4:
        cap //= 2
        walks = _walks(rule, prepared, cap)
    pairs = [write_pairs(w.bounds, w.keys.records, w.window, prepared.border) for w in walks]
    last = walks[-1]
    sizes = [w.bounds[:, 1] - w.bounds[:, 0] for w in walks]
    report = RuleReport(
        name=rule.name,
        pairs=sum(len(p) for p in pairs),
        cap=cap,
        largest_group=int(max((s.max(initial=0) for s in sizes), default=0)),
        split_entries=sum(len(w.keys.values) for w in walks[1:]),
        left_in_windows=int(sizes[-1][sizes[-1] > cap].sum()) if last.window == _LAST_WINDOW else 0,
    )
    return np.concatenate(pairs), report


def _walks(rule: BlockingRule, prepared: Prepared, cap: int) -> list[_Walk]:
    """The groups of a rule by length of key: those within the cap at each length, and what is left in windows."""
    keys = base_keys(rule.keys, prepared)
    passes = 3 if len(prepared) < _MANY else 4
    out = []
    for step in range(len(rule.longer) + 1):
        keys = Keys(*sorted_keys(keys.values, keys.records, passes))
        bounds = group_bounds(keys.values)
        kept, over = crowded(bounds, cap)
        out.append(_Walk(keys, kept, cap))
        if len(over) == 0:
            return out
        if step == len(rule.longer):
            break
        keys = longer_keys(Keys(keys.values[over], keys.records[over]), rule.longer[step], prepared)
    large = bounds[(bounds[:, 1] - bounds[:, 0]) > cap]
    out.append(_Walk(keys, large, _LAST_WINDOW))
    return out
