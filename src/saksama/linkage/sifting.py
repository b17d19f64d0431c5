"""Sifting: the pairs that blocking gives are compared at once, and those worth weighing kept; the rest is forgotten."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from saksama.linkage.blocking import RuleReport, keys_by_part, reported, rounds_of, walks_of_part
from saksama.linkage.comparison import Comparer, Evidence
from saksama.linkage.kernels.arrays import Bytes
from saksama.linkage.keys import Keys
from saksama.linkage.plan import BlockingRule
from saksama.linkage.resuming import Part, Scratch

THREADS = 2
BY_NUMBER, BY_OTHERS = np.uint8(1), np.uint8(2)  # who brought a pair: rules with a person number in their key, others
_SLICE = 1 << 19  # records whose keys are made at a time
_A_BUCKET = 500_000  # records whose pairs are put in order together: so many lie near one another in memory
_MOST_BUCKETS = 64
_UNDIVIDED = 150_000  # records: the pairs of fewer are put in order by one thread


@dataclass(frozen=True, slots=True, repr=False)
class Sifted:
    """Pairs worth weighing, each once, ascending over the buckets; by pair which rules brought it (marks); and counts.

    `candidates` are pairs compared: one that two rules gave counts twice.
    """

    buckets: list[Evidence]
    marks: list[Bytes]
    candidates: int
    rules: list[RuleReport]
    caps: list[list[int]]  # of groups, by rule and part

    def __len__(self) -> int:
        return sum(len(bucket) for bucket in self.buckets)


def sift(
    comparer: Comparer,
    least_bits: float,
    progress: Callable[[float], None] = lambda _share: None,
    scratch: Scratch | None = None,
) -> Sifted:
    """All pairs that share a key of some rule and whose agreement surprises by `least_bits` or more.

    Two threads, each part by itself; what comes out does not depend on which is done first. With `scratch` each rule's
    pairs are put there, and what an earlier attempt put there is not made again.
    """
    plan, prepared = comparer.plan, comparer.prepared
    numbers = {c.name for c in plan.comparisons if c.kind == "person_number"}
    count, width = _buckets_of(len(prepared)), len(plan.comparisons)
    buckets: list[list[tuple[Evidence, np.uint8]]] = [[] for _ in range(count)]
    rules, caps = [], []
    with ThreadPoolExecutor(THREADS) as pool:

        def merged(number: int) -> tuple[Evidence, Bytes]:
            if scratch is None:
                return _merged(buckets[number], width)
            return scratch.merged(number, lambda: _merged(buckets[number], width))

        for number, rule in enumerate(plan.blocking):
            mark = BY_NUMBER if any(part.partition(":")[0] in numbers for part in rule.keys) else BY_OTHERS
            parts = _in_turn(pool, rule, comparer, least_bits)
            found, reports = _gathered(parts) if scratch is None else scratch.rule(number, parts, count, width)
            for by_bucket in found:
                for bucket, evidence in zip(buckets, by_bucket, strict=True):
                    bucket.append((evidence, mark))
            rules.append(reported(rule.name, reports))
            caps.append([report.cap for report in reports])
            progress((number + 1) / len(plan.blocking))
        merged_all = list(pool.map(merged, range(count)))
    return Sifted([e for e, _ in merged_all], [m for _, m in merged_all], sum(r.pairs for r in rules), rules, caps)


def _buckets_of(records: int) -> int:
    return 1 if records < _UNDIVIDED else min(max(THREADS, records // _A_BUCKET), _MOST_BUCKETS)


def _in_turn(pool: ThreadPoolExecutor, rule: BlockingRule, comparer: Comparer, least_bits: float) -> Iterator[Part]:
    """What each part of a rule gives, in the order of parts."""
    prepared, size = comparer.prepared, len(comparer.prepared)
    step = min(_SLICE, max(size // (2 * THREADS), 1))
    records = [range(begin, min(begin + step, size)) for begin in range(0, max(size, 1), step)]
    for wanted in rounds_of(rule, prepared):
        slices = list(pool.map(partial(keys_by_part, rule, prepared, wanted=wanted), records))
        work: list[Future[Part]] = []
        for part in wanted:
            keys = Keys(
                np.concatenate([k[b[part] : b[part + 1]] for k, _r, b in slices]),
                np.concatenate([r[b[part] : b[part + 1]] for _k, r, b in slices]),
            )
            work.append(pool.submit(_sift_part, rule, comparer, keys, least_bits))
            if len(work) > THREADS:  # no more parts stand in memory than are worked on
                yield work.pop(0).result()
        for future in work:
            yield future.result()


def _gathered(parts: Iterable[Part]) -> tuple[list[Sequence[Evidence]], list[RuleReport]]:
    """What the parts of a rule gave, each by bucket, and their reports."""
    whole = list(parts)
    return [found for found, _ in whole], [report for _, report in whole]


def _sift_part(rule: BlockingRule, comparer: Comparer, keys: Keys, least_bits: float) -> Part:
    walks, report = walks_of_part(rule, comparer.prepared, comparer.plan, keys)
    found = [Evidence.none(len(comparer.plan.comparisons))]
    for walk in walks:
        found += [comparer.compare_chunk(pairs, least_bits) for pairs in walk.chunks(comparer.prepared.border)]
    return Evidence.together(found).by_bucket(_buckets_of(len(comparer.prepared)), len(comparer.prepared)), report


def _merged(bucket: list[tuple[Evidence, np.uint8]], width: int) -> tuple[Evidence, Bytes]:
    """The pairs of a bucket in order, each once, with the marks of all rules that brought it; the list is emptied."""
    if not bucket:
        return Evidence.none(width), np.empty(0, np.uint8)
    marks = np.repeat([mark for _, mark in bucket], [len(evidence) for evidence, _ in bucket]).astype(np.uint8)
    whole = Evidence.together([evidence for evidence, _ in bucket])
    bucket.clear()
    return whole.each_once(marks)
