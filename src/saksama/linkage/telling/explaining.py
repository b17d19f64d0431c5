"""Why one pair was proposed: prior, every element's bits, what else could explain it, and the sum. No value quoted."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from saksama.linkage.telling.level_sentences import Both, fact, name_of, times, weighed
from saksama.linkage.telling.reading import RunFolder
from saksama.model.errors import BadInput
from saksama.model.pair import Band
from saksama.model.texts import _

_MOST_SHOWN = 5  # partners named in a refusal
_PRIOR: Both = (
    "Sebelum ada yang dibandingkan: untuk tiap pasangan milik satu orang ada {times} pasangan milik dua orang.",
    "Before anything is compared: for each pair of one person there are {times} pairs of two people.",
)
_PRIOR_FACT: Both = ("Pasangan sembarang di daftar ini", "Any two lines of this list")
_OTHERS_FACT: Both = ("Kembar, sekeluarga, senama, satu NIK", "Twins, family, namesakes, one NIK")
_OTHERS: Both = (
    "Penjelasan lain ikut ditimbang: kembar, sekeluarga, senama dan selahir, atau satu NIK untuk dua orang.",
    "Other explanations are weighed too: twins, one family, namesakes of one birth date, one NIK given to two people.",
)
_NO_OTHERS: Both = (
    "Penjelasan lain (kembar, senama, satu NIK untuk dua orang) hampir tidak mungkin di sini.",
    "Other explanations (twins, namesakes, one NIK given to two people) are next to impossible here.",
)
_SUM_FACT: Both = ("Satu orang: {hundred} dari 100", "One person: {hundred} of 100")
_SUM: Both = (
    "Jumlah: di antara 100 pasangan seperti ini, {hundred} adalah satu orang.",
    "Sum: of 100 pairs like this one, {hundred} are one person.",
)
_CLOSE = 0.005  # bits


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the sum, in bits. `level` is that of a comparison, "" for prior and other explanations.

    `fact` is the sentence without the weight.
    """

    name: str
    level: str
    bits: float
    label_id: str
    label_en: str
    fact_id: str
    fact_en: str
    sentence_id: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """A pair taken apart. `steps` sum to `sum_bits`, log2 of the odds that it is one person, which is `probability`."""

    left: int
    right: int
    band: Band
    weight_bits: float
    sum_bits: float
    probability: float
    q_value: float
    steps: tuple[Step, ...]
    shares: dict[str, float]
    sum_fact_id: str
    sum_fact_en: str
    sum_id: str
    sum_en: str

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain values."""
        return asdict(self)


def explain_pair(run: RunFolder, left: int, right: int) -> PairExplanation:
    """The explanation of a pair of lines, in either order. Raises BadInput where the run did not write the pair."""
    row = _row_of(run, left, right)
    pair = {name: column[0] for name, column in run.pairs.slice(row, 1).to_pydict().items()}
    found = {name: column[0] for name, column in run.evidence.slice(row, 1).to_pydict().items()}
    kinds = {each["name"]: each["kind"] for each in run.about["comparisons"]}
    elements = [_element(name, kind, found) for name, kind in kinds.items()]
    shares = {name.removeprefix("share_"): float(value) for name, value in found.items() if name.startswith("share_")}
    prior, weight = float(found["prior_bits"]), float(pair["weight_bits"])
    others = _others_bits(shares, prior + weight)
    steps = [_prior_step(prior), *elements]
    if len(shares) > len(("person", "strangers")):  # a plan without person numbers weighs no other explanation
        steps.append(_others_step(others))
    hundred = _of_hundred(float(pair["probability"]))
    return PairExplanation(
        left=int(pair["left"]),
        right=int(pair["right"]),
        band=Band(pair["band"]),
        weight_bits=weight,
        sum_bits=round(prior + weight + others, 4),
        probability=float(pair["probability"]),
        q_value=float(pair["q_value"]),
        steps=tuple(steps),
        shares=shares,
        sum_fact_id=_SUM_FACT[0].format(hundred=hundred[0]),
        sum_fact_en=_SUM_FACT[1].format(hundred=hundred[1]),
        sum_id=_SUM[0].format(hundred=hundred[0]),
        sum_en=_SUM[1].format(hundred=hundred[1]),
    )


def _row_of(run: RunFolder, left: int, right: int) -> int:
    lefts, rights = run.pairs["left"].to_numpy(), run.pairs["right"].to_numpy()
    two_tables = run.about.get("other_sha256") is not None
    for one, two in ((left, right),) if two_tables else ((left, right), (right, left)):
        rows = np.flatnonzero((lefts == one) & (rights == two))
        if len(rows):
            return int(rows[0])
    told = [_partners(run, left, "left" if two_tables else "")]
    if right != left:
        told.append(_partners(run, right, "right" if two_tables else ""))
    raise BadInput(
        " ".join(
            [
                _("Baris {left} dan {right} tidak diusulkan sebagai pasangan dalam hasil ini.").format(
                    left=left, right=right
                ),
                *told,
            ]
        )
    )


def _partners(run: RunFolder, line: int, side: str) -> str:
    lefts, rights = run.pairs["left"].to_numpy(), run.pairs["right"].to_numpy()
    found = [rights[lefts == line]] if side != "right" else []
    found += [lefts[rights == line]] if side != "left" else []
    lines = np.sort(np.concatenate(found)).tolist()
    if not lines:
        return _("Baris {line} tidak ada dalam pasangan mana pun.").format(line=line)
    shown = ", ".join(str(each) for each in lines[:_MOST_SHOWN]) + (", ..." if len(lines) > _MOST_SHOWN else "")
    return _("Baris {line} berpasangan dengan {lines}.").format(line=line, lines=shown)


def _element(name: str, kind: str, found: dict[str, Any]) -> Step:
    level, bits = str(found[f"level_{name}"]), float(found[f"bits_{name}"])
    said = fact(name, kind, level)
    return Step(name, level, bits, *name_of(name, kind), *said, *weighed(said, level, bits))


def _prior_step(bits: float) -> Step:
    said = [
        text.format(times=times(bits, english=english)) for text, english in zip(_PRIOR, (False, True), strict=True)
    ]
    return Step("prior", "", bits, "Titik awal", "Starting point", *_PRIOR_FACT, said[0], said[1])


def _others_step(bits: float) -> Step:
    text = _NO_OTHERS if abs(bits) < _CLOSE else _OTHERS
    return Step("others", "", bits, "Penjelasan lain", "Other explanations", *_OTHERS_FACT, *text)


def _others_bits(shares: dict[str, float], against_strangers: float) -> float:
    """What odds against strangers alone lose once every other class is an answer too; 0 or less."""
    person = shares["person"]
    rivals = sum(share for name, share in shares.items() if name not in ("person", "strangers"))
    if person <= 0:
        return 0.0
    strangers = 2.0 ** -max(against_strangers, -1000.0)  # for each pair of one person
    return round(math.log2(strangers) - math.log2(strangers + rivals / person), 4)


def _of_hundred(probability: float) -> Both:
    """How many of a hundred such pairs are one person, as far as it makes sense to say."""
    percent = 100 * probability
    if percent > 99.99:
        return "lebih dari 99,99", "over 99.99"
    if percent < 1:
        return "kurang dari 1", "fewer than 1"
    told = f"{percent:.2f}" if percent > 99 else f"{percent:.0f}"
    return f"kira-kira {told.replace('.', ',')}", f"about {told}"
