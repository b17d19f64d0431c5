"""Planted shares are recovered: levels of one person's pairs and the number of them, from pairs of known make."""

import numpy as np
import pytest

from saksama.linkage import training
from saksama.linkage.comparison import DEPTH, Evidence
from saksama.linkage.kernels import fields, names
from saksama.linkage.plan import parse_plan, roll_id_plan
from saksama.linkage.strangers import CONDITIONS
from saksama.linkage.training import train

PLAN = parse_plan(
    """name = "three"
[[comparison]]
name = "a"
kind = "text"
columns = "a"
[[comparison]]
name = "b"
kind = "text"
columns = "b"
[[comparison]]
name = "c"
kind = "code"
columns = "c"
[[blocking]]
name = "a"
keys = ["a:value"]
""",
    where="three.toml",
)
STRANGERS = np.array([[0.01, 0.02, 0.07, 0.9], [0.005, 0.015, 0.08, 0.9], [0.3, 0, 0, 0.7]])
PERSONS = np.array([[0.8, 0.1, 0.06, 0.04], [0.7, 0.2, 0.07, 0.03], [0.95, 0, 0, 0.05]])


def planted(persons: int, strangers: int) -> Evidence:
    chance = np.random.default_rng(5)
    levels = np.concatenate(
        [
            np.stack([chance.choice(4, count, p=shares) + 1 for shares in table], axis=1)
            for table, count in ((PERSONS, persons), (STRANGERS, strangers))
        ]
    ).astype(np.uint8)
    bits = sum(np.log2(np.maximum(STRANGERS[w], 1e-9))[levels[:, w] - 1] for w in range(3))
    whole = np.stack([np.zeros(len(levels)), np.zeros(len(levels)), bits], axis=1).astype(np.float32)
    ids = np.arange(len(levels), dtype=np.int32)
    return Evidence(ids, ids, levels, whole)


def test_it_recovers_planted_shares_and_the_number_of_doubles() -> None:
    model = train(planted(8_000, 200_000), PLAN, 200_000, 16_000)
    assert model.classes == ("person",)
    assert abs(2.0 ** model.priors[0] / 8_000 - 1) < 0.05
    for column in range(3):
        learnt = 2.0 ** model.tables[0, column, 1:5]
        assert np.abs(learnt - PERSONS[column]).max() < 0.03


def test_strangers_alone_teach_it_that_there_are_few_doubles() -> None:
    model = train(planted(0, 200_000), PLAN, 200_000, 16_000)
    assert 2.0 ** model.priors[0] < 2_000


SIZES = {"person": 8_000, "family": 6_000, "twins": 2_000, "one_number": 700, "namesakes": 2_500}
RARE = np.array([17.0, 21.0, 25.0, 29.0, 33.0])  # bits of a name and date of birth shared
DOUBLES_ARE = np.array([0.05, 0.15, 0.3, 0.3, 0.2])  # how many bear such, of all people
NAMESAKES_ARE = np.array([0.4, 0.35, 0.2, 0.04, 0.01])
RARER = np.array([-1.0, 3.0, 7.0])  # bits, of birthplaces shared, than those strangers mostly share
DOUBLES_ARE_OF = np.array([0.6, 0.25, 0.15])  # such birthplaces
STRANGERS_ARE_OF = DOUBLES_ARE_OF * 2.0**-RARER / (DOUBLES_ARE_OF * 2.0**-RARER).sum()
ANYWHERE = {
    "name": [0.001, 0.001, 0.004, 0.004, 0.02, 0.2, 0.77],
    "date": [0.001, 0.001, 0.003, 0.003, 0.03, 0.03, 0.932, 0],
    "person_number": [0, 0.002, 0.004, 0.004, 0.01, 0.004, 0.006, 0.07, 0.9],
    "place": [1e-6, 1e-5, 0.011, 0.05, 0.1, 0.24, 0.599],
    "text": [0.05, 0.01, 0.01, 0.93],
    "code": [0.5, 0, 0, 0.5],
}
KINDS = {
    "person": {
        "name": [0.6, 0.15, 0.1, 0.05, 0.03, 0.04, 0.03],
        "date": [0.85, 0.03, 0.06, 0.01, 0.01, 0.02, 0.01, 0.01],
        "person_number": [0.6, 0.08, 0.03, 0.02, 0.02, 0.08, 0.02, 0.03, 0.12],
        "place": [0.2, 0.1, 0.25, 0.1, 0.15, 0.1, 0.1],
        "text": [0.85, 0.06, 0.04, 0.05],
        "code": [0.96, 0, 0, 0.04],
    },
    # Two in five of those who bear one NIK were born on one day: of these a clerk mistyped the serial.
    "one_number": {
        **training._BELIEFS["one_number"],
        "date": [0.4, 0.003, 0.1, 0.006, 0.03, 0.03, 0.43, 0.001],
    },
    "namesakes": {
        "person_number": [0, 0.001, 0.06, 0.06, 0.15, 0.003, 0.004, 0.052, 0.67],
        "place": [0, 0.01, 0.1, 0.15, 0.2, 0.2, 0.34],
        "text": [0.4, 0.01, 0.01, 0.58],
    },
}


def of_kind(
    kind: str, count: int, chance: np.random.Generator, namesakes_are_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Levels of pairs of a kind of the built-in plan, and log2 of the chance that strangers are so."""
    shares = {**ANYWHERE, **(KINDS.get(kind) or training._BELIEFS.get(kind, {}))}
    if kind == "strangers":  # those alone whose names and dates are the same
        shares = {**shares, "name": [1, 0, 0, 0, 0, 0, 0], "date": [1, 0, 0, 0, 0, 0, 0, 0]}
    if kind == "namesakes":  # one name, written as clerks write that of one person
        shares = {**shares, "name": [*KINDS["person"]["name"][:5], 0, 0], "date": [1, 0, 0, 0, 0, 0, 0, 0]}
    kinds = [c.kind for c in roll_id_plan().comparisons]
    drawn = {w: np.array(shares[name]) / sum(shares[name]) for w, name in enumerate(kinds)}
    levels = np.stack([chance.choice(len(p), count, p=p) + 1 for p in drawn.values()], axis=1).astype(np.uint8)
    bits = np.stack([np.log2(np.maximum(ANYWHERE[name], 1e-9))[levels[:, w] - 1] for w, name in enumerate(kinds)])
    named = bits[0] + bits[1]
    if kind != "strangers":
        bears = NAMESAKES_ARE if kind == "namesakes" else DOUBLES_ARE
    else:
        bears = DOUBLES_ARE * 2.0**-RARE / (DOUBLES_ARE * 2.0**-RARE).sum()
    alike = (levels[:, 0] <= names.SHORTER_TYPED) & (levels[:, 1] == 1)
    named[alike] = -RARE[chance.choice(len(RARE), int(alike.sum()), p=bears)]
    of, same = np.zeros(count), levels[:, kinds.index("text")] == fields.SAME_TEXT
    are_of = {"namesakes": namesakes_are_of, "strangers": STRANGERS_ARE_OF}.get(kind, DOUBLES_ARE_OF)
    of[same] = -RARER[chance.choice(len(RARER), int(same.sum()), p=are_of)]
    return levels, np.stack([named, of, bits[2:].sum(axis=0)], axis=1).astype(np.float32)


@pytest.mark.parametrize("are_of", [DOUBLES_ARE_OF, STRANGERS_ARE_OF], ids=["by custom", "by chance"])
def test_it_recovers_the_number_of_each_kind_of_pair_and_what_namesakes_share(are_of: np.ndarray) -> None:
    """Also of namesakes who bear common names, of whom four in ten share a birthplace, and a quarter all of a NIK but
    its serial."""
    chance, plan, all_pairs = np.random.default_rng(7), roll_id_plan(), 2e8
    strangers = chance.poisson(all_pairs * (DOUBLES_ARE * 2.0**-RARE).sum())
    parts = [of_kind(kind, size, chance, are_of) for kind, size in [*SIZES.items(), ("strangers", strangers)]]
    levels, bits = (np.concatenate(each) for each in zip(*parts, strict=True))
    ids = np.arange(len(levels), dtype=np.int32)
    table = np.full((CONDITIONS, len(plan.comparisons), DEPTH), -30.0)
    for column, comparison in enumerate(plan.comparisons):
        usual = np.log2(np.maximum(ANYWHERE[comparison.kind], 1e-9))
        table[:, column, 1 : len(usual) + 1] = usual
    model = train(Evidence(ids, ids, levels, bits), plan, all_pairs, 1_000_000, strangers=table)
    found = dict(zip(model.classes, 2.0**model.priors, strict=True))
    assert found == {kind: pytest.approx(size, rel=0.08) for kind, size in SIZES.items()}
    for column, comparison in enumerate(plan.comparisons):
        planted_shares = KINDS["person"][comparison.kind]
        learnt = 2.0 ** model.tables[0, column, 1 : len(planted_shares) + 1]
        assert np.abs(learnt - planted_shares).max() < 0.04
    dates = 2.0 ** model.tables[model.classes.index("one_number"), 1, 1:9]
    assert np.abs(dates - KINDS["one_number"]["date"]).max() < 0.05
    assert model.namesakes is not None
    rarity = model.namesakes.rarity[(RARE // 2).astype(int)]
    assert np.abs(rarity - np.log2(NAMESAKES_ARE / DOUBLES_ARE))[:3].max() < 0.5
    elsewhere = model.namesakes.texts[fields.ELSEWHERE, fields.SAME_TEXT]
    assert elsewhere == pytest.approx(np.log2(0.4 / 0.05), abs=0.5)
    # Of 2,500 namesakes four in ten share a birthplace; one pair to twenty doubles speaks for chance.
    drawn = (1_000 * are_of + 400 * STRANGERS_ARE_OF) / 1_400
    birthplaces = model.namesakes.birthplaces[((4 + RARER) // 2).astype(int)]
    assert np.abs(birthplaces - np.log2(drawn / DOUBLES_ARE_OF)).max() < 0.5
    for together in (0, 1):
        numbers = model.namesakes.numbers[fields.ELSEWHERE, together]
        assert numbers[fields.SERIAL_NEXT] == pytest.approx(np.log2(0.27 / 0.018), abs=0.5)
        assert numbers[fields.OTHER_NUMBER] == pytest.approx(np.log2(0.73 / 0.982), abs=0.15)


@pytest.mark.parametrize(
    ("kind", "level", "to", "most"),
    [
        ("person_number", fields.SERIAL_NEXT, fields.SLIP, 0.25),
        ("person_number", fields.SERIAL_SLIP, fields.SLIP, 0.4),
        ("name", names.OTHER, names.PARTLY, 0.5),
    ],
)
def test_of_one_person_there_is_no_more_of_what_two_people_are_mistaken_by(
    kind: str, level: int, to: int, most: float
) -> None:
    """However many pairs are so that look like one person's otherwise."""
    chance, plan, all_pairs = np.random.default_rng(9), roll_id_plan(), 2e8
    levels, bits = of_kind("person", 8_000, chance, DOUBLES_ARE_OF)
    column = [c.kind for c in plan.comparisons].index(kind)
    alike = np.ones(len(levels), bool)
    for other, surely in ((0, names.EXACT), (1, fields.SAME_DATE), (2, fields.SAME_NUMBER)):
        alike &= (levels[:, other] == surely) | (other == column)
    levels[alike & (chance.random(len(levels)) < 0.5), column] = level
    ids = np.arange(len(levels), dtype=np.int32)
    table = 2.0 ** train(Evidence(ids, ids, levels, bits), plan, all_pairs, 1_000_000).tables[0, column]
    assert table[level] <= most * table[to] * 1.001
