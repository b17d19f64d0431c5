"""What a run tells beside its pairs: why each has its weight, what strangers agree on, whom it flags by chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.comparison import Comparer, packed, split
from saksama.linkage.evidence import evidence_table, level_name, prior_bits
from saksama.linkage.groups import chance_of_no_double, figures_by_group, groupings_for
from saksama.linkage.kernels.arrays import Floats, Words
from saksama.linkage.kernels.text import mixed_all
from saksama.linkage.prepared import Prepared
from saksama.linkage.scoring import Scores
from saksama.linkage.summary import LEVEL_NAMES
from saksama.linkage.training import Model

_FEWEST, _MOST = 1 << 12, 1 << 14  # pairs of strangers: what one in a thousand reaches is then seen 4 to 16 times
_LINES_A_PAIR = 16  # so that in a small table too counting costs little beside the run


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """`evidence` is the content of evidence.parquet; `figures` go into run.json. Neither holds personal data."""

    evidence: pa.Table
    figures: dict[str, Any]


def account_for(comparer: Comparer, model: Model, inside: Words, scores: Scores, false: Floats) -> Account:
    """The account of a run: `inside` are the written pairs, `false` the share expected false of pairs like each.

    Cost: 3 % of a run at most (bench/README.md).
    """
    prepared, plan = comparer.prepared, comparer.plan
    flagged, no_double = chance_of_no_double(split(inside), false)
    groupings = groupings_for(prepared, plan)
    figures: dict[str, Any] = {
        "comparisons": [{"name": c.name, "kind": c.kind} for c in plan.comparisons],
        "prior_bits": prior_bits(model),
        "strangers": strangers_summary(comparer),
        "groups": figures_by_group(groupings, flagged, no_double, len(prepared)),
        "flagged": {"lines": len(flagged), "expected_false": round(float(no_double.sum()), 2)},
    }
    return Account(evidence_table(comparer, model, inside, scores), figures)


def strangers_summary(comparer: Comparer) -> dict[str, Any]:
    """u as counted: of pairs taken anywhere in the table, the share at each level, blanks left out.

    `pairs` compared, `levels` by comparison; what no pair of the sample reached has share 0.
    """
    prepared, plan = comparer.prepared, comparer.plan
    pairs = _anywhere(prepared)
    levels = comparer.compare(pairs).levels
    shares = {}
    for column, comparison in enumerate(plan.comparisons):
        counts = np.bincount(levels[:, column], minlength=len(LEVEL_NAMES[comparison.kind]) + 1)
        counts[0] = 0
        named = [(level_name(comparison.kind, level), int(count)) for level, count in enumerate(counts) if level]
        known = max(int(counts.sum()), 1)
        shares[comparison.name] = {name: round(count / known, 6) for name, count in named if name}
    return {"pairs": len(pairs), "levels": shares}


def _anywhere(prepared: Prepared) -> Words:
    """Pairs spread over the table by a fixed scramble, the same at every run; none known to be of one person."""
    size, border = len(prepared), prepared.border
    if size < 2:
        return np.empty(0, np.uint64)
    numbers = np.arange(min(max(size // _LINES_A_PAIR, _FEWEST), _MOST), dtype=np.uint64)
    one, two = mixed_all(numbers * np.uint64(2) + np.uint64(0xA5)), mixed_all(numbers * np.uint64(2) + np.uint64(0xA6))
    if border:
        one, two = one % np.uint64(border), two % np.uint64(size - border) + np.uint64(border)
    else:
        one, two = one % np.uint64(size), two % np.uint64(size)
    kept = one != two
    if prepared.persons is not None:  # a list without person numbers may hold many lines of each person
        kept &= prepared.persons[one] != prepared.persons[two]
    return packed(one[kept], two[kept])
