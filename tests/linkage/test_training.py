"""Planted shares are recovered: levels of one person's pairs and the number of them, from pairs of known make."""

import numpy as np

from saksama.linkage.comparison import Evidence
from saksama.linkage.plan import parse_plan
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
    whole = np.stack([np.zeros(len(levels)), bits], axis=1).astype(np.float32)
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
