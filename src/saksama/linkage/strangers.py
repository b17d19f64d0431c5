"""What strangers agree on: measured on pairs that are surely two people, given what they agree on already.

Witnesses depend on one another among strangers too: who shares a name mostly shares a sex; who shares a date of birth
shares six digits of the NIK; who lives in one village was mostly born in one place. So the chance of a level is kept
for each condition: whether names agree, whether dates of birth agree, and how near the two live.
"""

import numpy as np

from saksama.linkage.comparison import DEPTH, Evidence, Surprise, compare
from saksama.linkage.kernels.arrays import Floats, Ints
from saksama.linkage.kernels.fields import SAME_DISTRICT, SAME_HOUSEHOLD, SAME_REGENCY
from saksama.linkage.kernels.names import OTHER as OTHER_NAME
from saksama.linkage.kernels.names import TYPED
from saksama.linkage.kernels.text import mixed_all, number_words
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Prepared

CONDITIONS = 12  # names agree (2) x dates agree (2) x nearness (3)
_SAMPLE = 300_000
_STEPS = (1, 2, 3, 5, 8)  # neighbours taken in an order by date or name


def conditions_of(evidence: Evidence, plan: LinkagePlan) -> Ints:
    """The condition of each pair, 0..11; uint8."""
    kinds = [c.kind for c in plan.comparisons]
    out = np.zeros(len(evidence), np.uint8)
    if "person_number" not in kinds:
        return out  # without a number that tells people apart, strangers who agree cannot be told from doubles
    if "name" in kinds:
        name = evidence.levels[:, kinds.index("name")]
        out += ((name >= 1) & (name <= TYPED)).astype(np.uint8)
    if "date" in kinds:
        out += 2 * (evidence.levels[:, kinds.index("date")] == 1).astype(np.uint8)
    if "place" in kinds:
        place = evidence.levels[:, kinds.index("place")]
        near = (place >= SAME_HOUSEHOLD) & (place <= SAME_DISTRICT)
        out += np.where(near, 4, np.where(place == SAME_REGENCY, 0, 8)).astype(np.uint8)
    return out


def measure_strangers(plan: LinkagePlan, prepared: Prepared, surprise: Surprise) -> Floats:
    """log2 of the chance of each level among strangers by condition; float64[conditions, comparisons, levels].

    Levels by value hold 0: their chance is in `Evidence.chance`, per pair.
    """
    samples = _samples(plan, prepared, surprise)
    counts = np.zeros((len(samples), CONDITIONS, len(plan.comparisons), DEPTH))
    for number, evidence in enumerate(samples):
        condition = conditions_of(evidence, plan).astype(np.int64)
        for column in range(len(plan.comparisons)):
            flat = condition * DEPTH + evidence.levels[:, column]
            counts[number, :, column] = np.bincount(flat, minlength=CONDITIONS * DEPTH).reshape(CONDITIONS, DEPTH)
    tables = [_table(counts[:, :, column], comparison.kind) for column, comparison in enumerate(plan.comparisons)]
    return np.stack(tables, axis=1)


# Which conditions matter to a kind: names (1), dates (2), nearness (4, 8). What makes a condition does not depend on it.
_MATTERS = {"name": 0, "date": 0, "place": 0, "person_number": 2 | 12, "text": 12, "code": 1 | 2}
_BY_VALUE = {"name": slice(1, 7), "date": slice(1, 2), "text": slice(1, 2)}


def _table(counts: Floats, kind: str) -> Floats:
    """log2 shares by condition, drawn towards the share over all conditions by twenty pairs."""
    known = (
        (counts[0] if _MATTERS[kind] == 0 else counts.sum(axis=0)).copy()
        if len(counts)
        else np.zeros((CONDITIONS, DEPTH))
    )
    known[:, 0] = 0
    whole = known.sum(axis=0)
    whole = (whole + 0.5 * (np.arange(DEPTH) > 0)) / (whole.sum() + 0.5 * (DEPTH - 1))
    same = [[c for c in range(CONDITIONS) if c & _MATTERS[kind] == d & _MATTERS[kind]] for d in range(CONDITIONS)]
    summed = np.stack([known[group].sum(axis=0) for group in same])
    shares = (summed + 20 * whole) / (summed.sum(axis=1, keepdims=True) + 20)
    out = np.log2(np.maximum(shares, 1e-9))
    out[:, 0] = 0.0
    if kind in _BY_VALUE:
        out[:, _BY_VALUE[kind]] = 0.0
    return out


def _samples(plan: LinkagePlan, prepared: Prepared, surprise: Surprise) -> list[Evidence]:
    """Pairs of strangers: taken anywhere; of one date but unlike names; of one name but unlike dates."""
    size = len(prepared)
    if size < 2:
        return []
    out = [compare(*_anywhere(prepared), plan, prepared, surprise)]
    kinds = [c.kind for c in plan.comparisons]
    if "person_number" not in kinds:
        return out
    for column, other, least in (("date", "name", OTHER_NAME), ("name", "date", 4)):
        if column not in kinds or other not in kinds:
            continue
        found = compare(*_neighbours(prepared, column), plan, prepared, surprise)
        stranger = found.levels[:, kinds.index(other)] >= least
        if "place" in kinds:
            stranger &= found.levels[:, kinds.index("place")] != SAME_HOUSEHOLD
        stranger &= found.levels[:, kinds.index("person_number")] != 1
        out.append(
            Evidence(found.left[stranger], found.right[stranger], found.levels[stranger], found.chance[stranger])
        )
    return out


def _anywhere(prepared: Prepared) -> tuple[Ints, Ints]:
    """Pairs spread over the table by a fixed scramble, the same at every run."""
    size, border = len(prepared), prepared.border
    numbers = np.arange(_SAMPLE, dtype=np.uint64)
    one, two = mixed_all(numbers * np.uint64(2) + np.uint64(1)), mixed_all(numbers * np.uint64(2) + np.uint64(2))
    if border:
        left, right = one % np.uint64(border), two % np.uint64(size - border) + np.uint64(border)
    else:
        left, right = one % np.uint64(size), two % np.uint64(size)
    kept = left != right
    low, high = np.minimum(left, right)[kept], np.maximum(left, right)[kept]
    return low.astype(np.int32), high.astype(np.int32)


def _neighbours(prepared: Prepared, kind: str) -> tuple[Ints, Ints]:
    """Pairs of the same date or the same plain name, taken across the table and not from one village."""
    values = (
        next(iter(prepared.dates.values())).astype(np.uint64)
        if kind == "date"
        else next(iter(prepared.names.values())).plain
    )
    groups, _first = number_words(values)
    scramble = mixed_all(np.arange(len(prepared), dtype=np.uint64))
    order = np.lexsort((scramble, groups))
    order = order[(values[order] != 0)]
    lefts, rights = [], []
    for step in _STEPS:
        same = groups[order[step:]] == groups[order[:-step]]
        lefts.append(order[:-step][same])
        rights.append(order[step:][same])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    stride = max(1, len(left) // _SAMPLE)
    left, right = left[::stride], right[::stride]
    return np.minimum(left, right).astype(np.int32), np.maximum(left, right).astype(np.int32)
