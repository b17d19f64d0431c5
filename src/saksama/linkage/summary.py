"""What run.json says of a run beside its counts: expected false flags, what blocking lost, what was learnt."""

from typing import Any

import numpy as np
import numpy.typing as npt

from saksama.linkage.blocking import RuleReport
from saksama.linkage.comparison import LEVELS
from saksama.linkage.kernels.arrays import Bytes, Floats
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.sifting import BY_NUMBER, BY_OTHERS
from saksama.linkage.training import Model
from saksama.model.pair import Band

LEVEL_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("same", "spelling", "mistyped", "shorter", "shorter_mistyped", "partly", "other"),
    "date": (
        "same", "day_month_swapped", "one_digit", "same_day_month", "two_parts", "same_year", "other", "same_in_number",
    ),
    "person_number": (
        "same", "slip", "serial_slip", "serial_next", "serial_other", "reissued", "date_rewritten",
        "same_region", "other",
    ),
    "place": ("household", "lane", "village", "district", "regency", "province", "elsewhere"),
    "text": ("same", "one_edit", "alike", "other"),
    "code": ("same", "", "", "other"),
}  # fmt: skip


def bands_summary(false: Floats, bands: npt.NDArray[np.str_]) -> dict[str, dict[str, float]]:
    """Per band: pairs, how many of them are expected to be two people, and a 95 % interval of that number.

    The interval is that of a sum of independent pairs; of what the model gets wrong as a whole it holds nothing.
    """
    out = {}
    for band in Band:
        chosen = false[bands == band.value]
        expected = float(chosen.sum())
        half = 1.96 * float(np.sqrt((chosen * (1 - chosen)).sum()))
        out[band.value] = {
            "pairs": len(chosen),
            "expected_false": round(expected, 2),
            "expected_false_low": round(max(expected - half, 0.0), 2),
            "expected_false_high": round(min(expected + half, len(chosen)), 2),
        }
    return out


def blocking_recall(marks: Bytes, probability: Floats) -> dict[str, float | None]:
    """The share of true pairs that blocking is likely to have met, by capture and recapture.

    Rules with a person number and rules without one are two independent catches of the same pairs (Lincoln-Petersen
    with Chapman's correction); they are not wholly independent, so this is an upper estimate. None without both.
    `marks` say of each pair which brought it (`sifting`).
    """
    number, others = (marks & BY_NUMBER) > 0, (marks & BY_OTHERS) > 0
    one, two = (float(probability[mask].sum()) for mask in (number, others))
    both, either = float(probability[number & others].sum()), float(probability[number | others].sum())
    if not one or not two:
        return {"by_number": one, "by_others": two, "by_both": both, "estimate": None}
    whole = (one + 1) * (two + 1) / (both + 1) - 1
    return {
        "by_number": round(one, 1),
        "by_others": round(two, 1),
        "by_both": round(both, 1),
        "estimate": round(min(either / max(whole, 1e-9), 1.0), 4),
    }


def model_summary(model: Model, plan: LinkagePlan, corrections: Floats) -> dict[str, Any]:
    """What was learnt: how many pairs of each class, and of one person's pairs the share at each level."""
    levels = {}
    for column, comparison in enumerate(plan.comparisons):
        shares = 2.0 ** model.tables[0, column, 1 : LEVELS[comparison.kind]]
        named = zip(LEVEL_NAMES[comparison.kind], shares.tolist(), strict=True)
        levels[comparison.name] = {name: round(share, 5) for name, share in named if name}
    return {
        "rounds": model.rounds,
        "classes": {name: round(float(2.0**p), 1) for name, p in zip(model.classes, model.priors, strict=True)},
        "one_person": levels,
        "namesakes": _namesakes_summary(model),
        "decoy_correction_bits": [[round(float(value), 3) for value in each] for each in corrections],
    }


def _namesakes_summary(model: Model) -> dict[str, Any] | None:
    if model.namesakes is None:
        return None
    near = {"near": 1, "regency": 5, "province": 6, "elsewhere": 7}  # by a place level of each
    learnt = {"birthplace_bits": model.namesakes.texts[:, 1:5], "number_bits": model.namesakes.one_region()}
    return {
        "rarity_bits": np.round(model.namesakes.rarity, 2).tolist(),
        "birthplace_rarity_bits": np.round(model.namesakes.birthplaces, 2).tolist(),
    } | {
        what: {name: np.round(bits[level], 2).tolist() for name, level in near.items()} for what, bits in learnt.items()
    }


def histogram(counts: Floats, decoys: Floats) -> list[dict[str, float]]:
    """Pairs by whole bits of weight: how many, how many expected to be one person, how many strangers; and of strangers
    with one name and date of birth, how many are expected, and how many decoys say there are."""
    pairs, persons, chance, *alike = counts
    counted = {"strangers_alike": sum(alike), "decoys": decoys.sum(axis=0)} if decoys.any() else {}
    amounts = {"one_person": persons, "strangers": chance} | counted
    return [
        {"bits": value - 1, "pairs": int(pairs[value])}
        | {name: round(float(amount[value]), 2) for name, amount in amounts.items()}
        for value in range(1, len(pairs))
        if pairs[value]
    ]


def rules_summary(rules: list[RuleReport]) -> list[dict[str, Any]]:
    """What each blocking rule gave, its largest group and what had to be split: the worst blocks are here."""
    return [
        {
            "rule": r.name,
            "pairs": r.pairs,
            "cap": r.cap,
            "largest_group": r.largest_group,
            "split_entries": r.split_entries,
            "left_in_windows": r.left_in_windows,
        }
        for r in rules
    ]
