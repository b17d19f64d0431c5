"""What a run tells beside its pairs: why each has its weight, what strangers agree on, whom it flags by chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage.comparison import Comparer, split
from saksama.linkage.evidence import evidence_table, level_name, prior_bits
from saksama.linkage.groups import chance_of_no_double, figures_by_group, groupings_for
from saksama.linkage.kernels.arrays import Floats, Words
from saksama.linkage.scoring import Scores
from saksama.linkage.strangers import pairs_anywhere
from saksama.linkage.summary import LEVEL_NAMES
from saksama.linkage.training import Model

_FEWEST, _MOST = 1 << 12, 1 << 14  # pairs of strangers: what one in a thousand reaches is then seen 4 to 16 times
_APART = 0xA4  # of the scramble: other pairs than those that the weights were measured on
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
    pairs = pairs_anywhere(prepared, min(max(len(prepared) // _LINES_A_PAIR, _FEWEST), _MOST), _APART)
    levels = comparer.compare(pairs).levels
    shares = {}
    for column, comparison in enumerate(plan.comparisons):
        counts = np.bincount(levels[:, column], minlength=len(LEVEL_NAMES[comparison.kind]) + 1)
        counts[0] = 0
        named = [(level_name(comparison.kind, level), int(count)) for level, count in enumerate(counts) if level]
        known = max(int(counts.sum()), 1)
        shares[comparison.name] = {name: round(count / known, 6) for name, count in named if name}
    return {"pairs": len(pairs), "levels": shares}
