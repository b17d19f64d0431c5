"""Learning, without labels, how pairs of each class look: expectation-maximisation with strangers held fixed.

m is the chance of a level given the class, u the chance given strangers (Fellegi and Sunter 1969). Strangers' u comes
from frequencies and samples (`strangers`) and never moves, so the classes cannot trade places. Beside the same person
three classes of two people keep twins, families and mistyped numbers from passing for doubles.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from saksama.linkage.comparison import DEPTH, LEVELS, Evidence
from saksama.linkage.kernels.arrays import Bytes, Floats
from saksama.linkage.kernels.fields import (
    DATE_IN_NUMBER,
    DATE_REWRITTEN,
    SAME_DATE,
    SAME_HOUSEHOLD,
    SAME_NUMBER,
    SERIAL_NEXT,
    SERIAL_SLIP,
    SLIP,
)
from saksama.linkage.kernels.mixture import class_shares, level_counts
from saksama.linkage.kernels.names import OTHER as OTHER_NAME
from saksama.linkage.kernels.names import PARTLY, TYPED
from saksama.linkage.namesakes import Namesakes
from saksama.linkage.plan import LinkagePlan

_MOST_AGAINST = 7.0  # bits
_WORTH = 1e-4  # share of all classes but strangers below which a pair teaches nothing
_ROUNDS = 25
_CLOSE = 1e-3  # of the class sizes, relative: then EM has settled
_TRAINING_PAIRS = 1_500_000
_AT_ONCE, _THREADS = 1 << 16, 2  # pairs whose shares one thread counts
_FEW = 5.0  # pairs: smaller classes do not hold EM up

# Where EM starts, and the beliefs it is drawn to: shares of levels 1.. by kind. Doubles: MATCHING notes 7.2 and the
# kinds of error there; families and twins: DOMAIN 2.6 (consecutive serials, like names); one number, two people.
_BELIEFS: dict[str, dict[str, list[float]]] = {
    "person": {
        "name": [0.72, 0.10, 0.06, 0.05, 0.02, 0.02, 0.03],
        "date": [0.90, 0.02, 0.045, 0.01, 0.01, 0.005, 0.01, 0.05],
        "person_number": [0.55, 0.10, 0.03, 0.01, 0.05, 0.04, 0.02, 0.05, 0.15],
        "place": [0.25, 0.10, 0.20, 0.10, 0.15, 0.10, 0.10],
        "text": [0.90, 0.04, 0.03, 0.03],
        "code": [0.97, 0.0, 0.0, 0.03],
    },
    "family": {
        "name": [0.001, 0.001, 0.003, 0.01, 0.005, 0.25, 0.73],
        "date": [0.001, 0.001, 0.004, 0.003, 0.03, 0.05, 0.911, 0.01],
        "person_number": [0.0005, 0.0005, 0.0005, 0.0005, 0.0005, 0.001, 0.001, 0.6, 0.3955],
        "place": [0.9, 0.1, 0, 0, 0, 0, 0],
        "text": [0.7, 0.02, 0.02, 0.26],
        "code": [0.5, 0.0, 0.0, 0.5],
    },
    "twins": {
        "name": [0.001, 0.006, 0.08, 0.02, 0.01, 0.35, 0.533],
        "date": [0.98, 0.001, 0.004, 0.001, 0.002, 0.001, 0.001, 0.02],
        "person_number": [0.001, 0.005, 0.08, 0.75, 0.10, 0.004, 0.01, 0.03, 0.02],
        "place": [0.72, 0.12, 0.08, 0.04, 0.03, 0.005, 0.005],
        "text": [0.95, 0.02, 0.01, 0.02],
        "code": [0.7, 0.0, 0.0, 0.3],
    },
    # Namesakes of one date of birth, more than independence of names and dates allows: cohorts, kin, default birthdays.
    # In all but name, date and place they are strangers; what else they share is learnt (`namesakes`). Their names are
    # so to start with, and from then on written as doubles' are.
    "namesakes": {
        "name": [0.88, 0.07, 0.05, 0, 0, 0, 0],
        "date": [0.98, 0.003, 0.01, 0.002, 0.002, 0.002, 0.001, 0.001],
        "place": [0, 0.01, 0.1, 0.15, 0.2, 0.2, 0.34],
    },
    "one_number": {
        "name": [0.0005, 0.001, 0.002, 0.004, 0.004, 0.12, 0.8685],
        "date": [0.05, 0.003, 0.03, 0.006, 0.03, 0.03, 0.85, 0.001],
        "person_number": [1, 0, 0, 0, 0, 0, 0, 0, 0],
        "place": [0.15, 0.1, 0.2, 0.15, 0.2, 0.1, 0.1],
        "text": [0.4, 0.02, 0.02, 0.56],
        "code": [0.55, 0.0, 0.0, 0.45],
    },
}
# How strongly, in pairs, each class holds to its beliefs. One person learns. The others do not, but for their size: a
# class of twins free to learn soon describes strangers of one date of birth, of whom there are many more.
_FIRMNESS = {"person": 30.0, "family": 1e9, "twins": 1e9, "one_number": 1e9, "namesakes": 1e9}
_SIZES = {
    "person": 0.004,
    "family": 0.5,
    "twins": 0.002,
    "one_number": 0.001,
    "namesakes": 0.001,
}  # of the lines, to start with


_UNNUMBERED = 0.5  # pairs of one person a line, in a list without person numbers
_HALF_STRANGERS = ("namesakes",)
_NEVER = -30.0  # bits
# In pairs, of what is believed of where namesakes live, and of the dates of two people of one NIK: a clerk who copied
# another line's NIK leaves another date, who mistyped a serial leaves the same.
_FREE = 20.0
# Of one person's pairs, in plans with NIK: how many may be of the first level to each of the second. A slip strikes
# the serial's four digits a third as often as the other twelve, and seldom makes the serial of a neighbour: namesakes
# of one day and district have such serials, and would pass for doubles who slipped. Whose name changed keeps a word of
# it more often than none: two people of one NIK would pass for one who was renamed.
_NEVER_TAUGHT = {"date": DATE_IN_NUMBER, "person_number": DATE_REWRITTEN}  # levels that no pair is of which teaches
_MOST = {
    "person_number": ((SERIAL_SLIP, SLIP, 0.4), (SERIAL_NEXT, SLIP, 0.25)),
    "name": ((OTHER_NAME, PARTLY, 0.5),),
}


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt. `tables` are log2 m, float64[classes, comparisons, levels]; `priors` log2 of sizes in pairs.

    `stranger_prior` is log2 of the number of stranger pairs. Class 0 is one person.
    """

    classes: tuple[str, ...]
    tables: Floats
    priors: Floats
    stranger_prior: float
    rounds: int = 0
    namesakes: Namesakes | None = None  # where there is such a class

    def shares(self, evidence: Evidence) -> Floats:
        """Each pair's share of each class but strangers; float32[n, classes]."""
        out = np.empty((len(evidence), len(self.classes)), np.float32)
        half = np.array([name in _HALF_STRANGERS for name in self.classes], np.uint8)
        whole = evidence.chance.sum(axis=1) + np.float32(self.stranger_prior)
        rest = whole if self.namesakes is None else self.namesakes.rest(evidence)
        model = (self.tables, self.priors, half)

        def fill(begin: int) -> None:
            some = slice(begin, begin + _AT_ONCE)
            class_shares(evidence.levels[some], (whole[some], rest[some]), model, out[some])

        if len(evidence) <= _AT_ONCE:  # a thread would cost more than it saves
            fill(0)
            return out
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(fill, range(0, len(evidence), _AT_ONCE)))
        return out


def first_sizes(plan: LinkagePlan, lines: int) -> dict[str, float]:
    """Pairs of each class to start with. A list without person numbers may hold many lines of each person."""
    sizes = {name: max(share * lines, 0.5) for name, share in _SIZES.items()}
    if plan.comparison("person_number") is None:
        sizes["person"] = max(_UNNUMBERED * lines, 0.5)
    return sizes


def least_bits(plan: LinkagePlan, all_pairs: float, lines: int) -> float:
    """Bits of surprise below which no pair can be one person: seven below even odds at the share EM starts with."""
    return float(np.log2(max(all_pairs, 1.0)) - np.log2(first_sizes(plan, lines)["person"]) - _MOST_AGAINST)


def sample_of(buckets: Sequence[Evidence]) -> tuple[Evidence, int]:
    """At most 1.5 million of the pairs, taken at even steps; and the step."""
    step = max(1, sum(len(bucket) for bucket in buckets) // _TRAINING_PAIRS)
    parts, passed = [], 0
    for bucket in buckets:
        parts.append(bucket.taken(slice(-passed % step, None, step)))
        passed += len(bucket)
    return Evidence.together(parts), step


def train(
    evidence: Evidence, plan: LinkagePlan, all_pairs: float, lines: int, step: int = 1, strangers: Floats | None = None
) -> Model:
    """The model that EM settles on. `evidence` is every `step`-th of the pairs; `strangers` log2 chances of levels,
    float64[conditions, comparisons, levels], where they are not in the evidence alone."""
    classes = _classes_for(plan)
    beliefs = np.stack([_beliefs(name, plan) for name in classes])
    firmness = np.repeat([[_FIRMNESS[name]] for name in classes], len(plan.comparisons), axis=1)[:, :, None]
    near = _namesakes_place(classes, plan) if strangers is not None else None
    if near is not None:
        firmness[near] = _FREE
    if "one_number" in classes:
        dates = [column for column, comparison in enumerate(plan.comparisons) if comparison.kind == "date"]
        firmness[classes.index("one_number"), dates] = _FREE
    first = first_sizes(plan, lines)
    sizes = np.array([first[name] for name in classes])
    tables = _against_strangers(_logs(beliefs), near, strangers)
    namesakes = Namesakes.of(plan) if "namesakes" in classes else None
    names = [column for column, comparison in enumerate(plan.comparisons) if comparison.kind == "name"]
    model = Model(classes, tables, np.log2(sizes), float(np.log2(max(all_pairs, 1.0))), namesakes=namesakes)
    part = evidence
    counted = _anchors(part, plan)
    for rounds in range(1, _ROUNDS + 1):
        shares = model.shares(part)
        if rounds == 1:
            worth = np.flatnonzero(shares.sum(axis=1) > _WORTH)
            part, counted, shares = part.taken(worth), counted[worth], shares[worth]
        known = level_counts(part.levels, shares, counted, DEPTH) * step
        known[:, :, 0] = 0
        if namesakes is not None:
            taught = (shares[:, 0] * step, shares[:, classes.index("namesakes")] * step)
            namesakes = namesakes.learnt(part, taught, strangers)
        drawn = known + beliefs * firmness
        _bound(drawn[0], plan)
        new = np.maximum(shares.sum(axis=0, dtype=np.float64) * step, 0.5)
        moved = np.abs(np.log(new / sizes))[new > _FEW].max(initial=0.0)
        sizes = new
        tables = _logs(drawn / np.maximum(drawn.sum(axis=2, keepdims=True), 1e-12))
        tables[beliefs.sum(axis=2) > 2] = 0.0  # columns a class says nothing of
        for column, comparison in enumerate(plan.comparisons):
            if comparison.kind in _NEVER_TAUGHT:
                level = _NEVER_TAUGHT[comparison.kind]
                tables[0, column, level] = np.log2(beliefs[0, column, level])
        if namesakes is not None:
            tables[classes.index("namesakes"), names] = _written_as_doubles(tables[0, names])
        tables = _against_strangers(tables, near, strangers)
        model = Model(classes, tables, np.log2(sizes), model.stranger_prior, rounds, namesakes)
        if moved < _CLOSE:
            break
    return model


def _bound(counts: Floats, plan: LinkagePlan) -> None:
    """Leave of one person's counts, float64[comparisons, levels], no more than `_MOST` allows."""
    if plan.comparison("person_number") is None:
        return
    for column, comparison in enumerate(plan.comparisons):
        for level, to, most in _MOST.get(comparison.kind, ()):
            counts[column, level] = min(counts[column, level], most * counts[column, to])


def _written_as_doubles(tables: Floats) -> Floats:
    """How the name that two namesakes share is written, from how that of one person is: by clerks of the same offices.

    float64[names, levels], log2; names that share no more than some words are not the same.
    """
    shares = 2.0**tables
    shares[:, 0] = shares[:, PARTLY:] = 0.0
    return np.asarray(_logs((shares / shares.sum(axis=1, keepdims=True))[None])[0])


def _namesakes_place(classes: tuple[str, ...], plan: LinkagePlan) -> tuple[int, int] | None:
    """Where in the tables it stands how near namesakes live."""
    kinds = [c.kind for c in plan.comparisons]
    if "namesakes" not in classes or "place" not in kinds:
        return None
    return classes.index("namesakes"), kinds.index("place")


def _against_strangers(tables: Floats, near: tuple[int, int] | None, strangers: Floats | None) -> Floats:
    """The tables with namesakes' places said relative to strangers', whose chances are counted for them already."""
    if near is not None and strangers is not None:
        tables[near] -= strangers[0, near[1]]
        tables[near][0] = 0.0
        tables[near][SAME_HOUSEHOLD] = _NEVER  # of one family card, name and date: one person, or twins of like names
    return tables


def _anchors(evidence: Evidence, plan: LinkagePlan) -> Bytes:
    """Which pairs teach what one person's lines look like; uint8[n, comparisons].

    Pairs of one NIK teach name, date and place; pairs of one name and date teach the NIK: each learns from pairs that
    it did not itself bring together. A plan without person numbers learns from all pairs.
    """
    kinds = [c.kind for c in plan.comparisons]
    out = np.ones(evidence.levels.shape, np.uint8)
    if "person_number" not in kinds:
        return out
    number = kinds.index("person_number")
    out[:] = (evidence.levels[:, number] == SAME_NUMBER)[:, None]
    named = np.ones(len(evidence), bool)
    for kind, most in (("name", TYPED), ("date", SAME_DATE)):
        if kind in kinds:
            level = evidence.levels[:, kinds.index(kind)]
            named &= (level >= 1) & (level <= most)
    out[:, number] = named
    return out


def _classes_for(plan: LinkagePlan) -> tuple[str, ...]:
    kinds = {c.kind for c in plan.comparisons}
    found = ["person"]
    place = plan.comparison("place")
    if {"name", "date"} <= kinds and place is not None and "household" in place.columns:
        found += ["family", "twins"]
    if {"name", "person_number"} <= kinds:
        found.append("one_number")
    if {"name", "date", "person_number"} <= kinds:
        found.append("namesakes")
    return tuple(found)


def _beliefs(name: str, plan: LinkagePlan) -> Floats:
    out = np.zeros((len(plan.comparisons), DEPTH))
    for column, comparison in enumerate(plan.comparisons):
        if comparison.kind in _BELIEFS[name]:
            shares = np.array(_BELIEFS[name][comparison.kind])
            out[column, 1 : LEVELS[comparison.kind]] = shares / shares.sum()
        else:
            out[column] = 1.0  # the class says nothing here: strangers' chance is counted instead
    return out


def _logs(tables: Floats) -> Floats:
    out = np.log2(np.maximum(tables, 1e-7))
    out[:, :, 0] = 0.0
    return out
