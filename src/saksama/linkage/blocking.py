"""Blocking: which pairs are looked at. A group too large is split by a longer key, never dropped.

Keys are put in parts by their top bits, and each part is sorted and walked by itself, so that memory does not grow with
the table. Pairs are counted before they are made, made a hundred thousand at a time, and never kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.arrays import Ints, Words
from saksama.linkage.kernels.join import count_pairs, crowded, group_bounds, scatter_keys, sorted_keys, write_pairs
from saksama.linkage.kernels.keying import Share
from saksama.linkage.keys import Keys, base_keys, keys_a_record, longer_keys
from saksama.linkage.plan import BlockingRule, LinkagePlan
from saksama.linkage.prepared import Prepared

AT_ONCE = 1 << 14  # pairs
_A_PART = 2_000_000  # records whose keys are sorted together
_UNDIVIDED = 150_000  # records: fewer are one part
_PAIRS_A_RECORD = 6  # of one rule: what keeps pairs linear in lines
_FEW_PAIRS = 10_000
_LAST_WINDOW = 10  # neighbours compared in a group that no longer key can split
_MOST_ENTRIES = 160_000_000  # of a rule's keys that stand in memory together, 12 bytes each
_SORTED_BITS = 33  # of the keys within a part: others would split few groups


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What a rule gave: pairs (a pair that two rules give counts with both), the cap used, the largest group and how
    often groups were split. `left_in_windows` are entries in groups that no longer key could split: there each meets
    only its neighbours."""

    name: str
    pairs: int
    cap: int
    largest_group: int
    split_entries: int
    left_in_windows: int


@dataclass(slots=True)
class Walk:
    """Groups of one length of key: their bounds in an order of keys, and how many neighbours each entry meets."""

    keys: Keys  # sorted
    bounds: Ints
    window: int

    @property
    def pairs(self) -> int:
        """How many pairs there are in them."""
        return int(count_pairs(self.bounds, self.window))

    def chunks(self, border: int) -> Iterator[Words]:
        """The pairs, packed, in the order of groups."""
        at = (0, 0)
        while at[0] < len(self.bounds):
            out = np.empty(max(AT_ONCE, self.window), np.uint64)
            written, group, entry = write_pairs(self.bounds, self.keys.records, self.window, border, at, out)
            at = (group, entry)
            if written:
                yield out[:written]


def parts_of(records: int) -> int:
    """In how many parts a rule's keys are walked; a power of two. It depends on nothing but the number of records."""
    if records < _UNDIVIDED:
        return 1
    parts = 2
    while parts * _A_PART < records:
        parts *= 2
    return parts


def keys_by_part(rule: BlockingRule, prepared: Prepared, records: range, wanted: range) -> tuple[Words, Ints, Ints]:
    """The keys of some `records` under a rule that lie in the `wanted` parts, whose they are, and where parts begin."""
    share = Share(parts_of(len(prepared)).bit_length() - 1, wanted.start, wanted.stop)
    keys = base_keys(rule.keys, prepared, records, share)
    return scatter_keys(keys.values, keys.records, share)


def rounds_of(rule: BlockingRule, prepared: Prepared) -> list[range]:
    """The parts of a rule that are worked on in one round: so many that their keys stand in memory together."""
    parts, entries = parts_of(len(prepared)), float(len(prepared))
    for part in rule.keys:
        entries *= keys_a_record(part, prepared)
    count = min(parts, int(entries / _MOST_ENTRIES) + 1)
    return [range(parts * k // count, parts * (k + 1) // count) for k in range(count)]


def walks_of_part(
    rule: BlockingRule, prepared: Prepared, plan: LinkagePlan, keys: Keys
) -> tuple[list[Walk], RuleReport]:
    """The groups of one part by length of key: those within the cap at each length, and what is left in windows.

    Where they hold more pairs than a part may, the cap is halved until they do not.
    """
    cap, most = plan.group_cap, _PAIRS_A_RECORD * len(prepared) // parts_of(len(prepared)) + _FEW_PAIRS
    walks = walks_of(rule, prepared, keys, cap)
    while sum(walk.pairs for walk in walks) > most and cap > 4:
        cap //= 2
        walks = walks_of(rule, prepared, keys, cap)
    sizes = [w.bounds[:, 1] - w.bounds[:, 0] for w in walks]
    return walks, RuleReport(
        name=rule.name,
        pairs=sum(walk.pairs for walk in walks),
        cap=cap,
        largest_group=int(max((s.max(initial=0) for s in sizes), default=0)),
        split_entries=sum(len(w.keys.values) for w in walks[1:]),
        left_in_windows=int(sizes[-1][sizes[-1] > cap].sum()),
    )


def reported(name: str, parts: Sequence[RuleReport]) -> RuleReport:
    """What the parts of one rule gave together."""
    return RuleReport(
        name=name,
        pairs=sum(r.pairs for r in parts),
        cap=min(r.cap for r in parts),
        largest_group=max(r.largest_group for r in parts),
        split_entries=sum(r.split_entries for r in parts),
        left_in_windows=sum(r.left_in_windows for r in parts),
    )


def walks_of(rule: BlockingRule, prepared: Prepared, keys: Keys, cap: int) -> list[Walk]:
    """The groups of these keys by length of key: those within `cap` at each length, and what is left in windows."""
    out = []
    for step in range(len(rule.longer) + 1):
        keys = Keys(*sorted_keys(keys.values, keys.records, _SORTED_BITS // 11))
        bounds = group_bounds(keys.values)
        kept, over = crowded(bounds, cap)
        out.append(Walk(keys, kept, cap))
        if len(over) == 0:
            return out
        if step == len(rule.longer):
            break
        keys = longer_keys(Keys(keys.values[over], keys.records[over]), rule.longer[step], prepared)
    large = bounds[(bounds[:, 1] - bounds[:, 0]) > cap]
    out.append(Walk(keys, large, min(_LAST_WINDOW, cap)))
    return out
