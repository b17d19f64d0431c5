"""Why a pair has its weight: the parts are the whole, for every pair and every plan."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import Findings, link, write_run
from tests.linkage.rolls import NO_NUMBERS, as_table, moved, person, strangers

CHANGES: list[dict[str, Any]] = [
    {}, {"nama": "RAHAJOE KINASIH"}, {"nik": None}, {"nik": "3404014203800081"}, {"nkk": None, "rt": None},
    {"nama": "RAHAYU K"},
]  # fmt: skip


@pytest.fixture(scope="module")
def findings() -> Findings:
    """A roll in which one birthplace has names of its own, NIK err, and one woman has a double of every kind."""
    rows = strangers(3000)
    rows += [moved(row, **CHANGES[k % len(CHANGES)]) for k, row in enumerate(rows[:60])]
    rows += [person(), *(moved(person(), **change) for change in CHANGES)]
    bali = {"kd_prov": "51", "kd_kab": "51.04", "kd_kec": "51.04.01", "kd_kel": "51.04.01.2001"}
    rows += [{**row, **bali, "nama": f"WAYAN {row['nama']}"} for row in strangers(300, seed=5)]
    rows += [{**row, "nama": row["nama"].rpartition(" ")[0]} for row in rows[-60:]]
    balinese = [
        person(nama="NI WAYAN SARI", tempat_lahir="GIANYAR", nik=f"51040141078000{n:02d}", nkk=f"51040101010100{n:02d}")
        for n in range(10, 18)
    ]
    return link(as_table([*rows, *balinese, moved(balinese[0])]), roll_id_plan())


def bits_of(evidence: pa.Table) -> np.ndarray:
    return np.stack([evidence[name].to_numpy() for name in evidence.column_names if name.startswith("bits_")])


def test_the_bits_of_a_pair_sum_to_its_weight(findings: Findings) -> None:
    assert findings.pairs.num_rows > 50
    for side in ("left", "right"):
        assert findings.evidence[side].equals(findings.pairs[side])
    assert np.array_equal(bits_of(findings.evidence).sum(axis=0).round(4), findings.pairs["weight_bits"].to_numpy())


def test_the_shares_of_the_classes_are_all_there_is_and_one_person_is_the_probability(findings: Findings) -> None:
    names = [name for name in findings.evidence.column_names if name.startswith("share_")]
    assert names == [
        "share_person", "share_family", "share_twins", "share_one_number", "share_namesakes", "share_strangers"
    ]  # fmt: skip
    shares = np.stack([findings.evidence[name].to_numpy() for name in names])
    assert np.allclose(shares.sum(axis=0), 1, atol=1e-5)
    assert np.allclose(shares[0], findings.pairs["probability"].to_numpy(), atol=1e-6)


def test_the_odds_against_strangers_are_prior_and_weight(findings: Findings) -> None:
    person_share, strangers_share = (findings.evidence[f"share_{name}"].to_numpy() for name in ("person", "strangers"))
    odds = findings.evidence["prior_bits"].to_numpy() + findings.pairs["weight_bits"].to_numpy()
    seen = strangers_share > 1e-20
    assert seen.any()
    assert np.allclose(np.log2(person_share[seen] / strangers_share[seen]), odds[seen], atol=0.05)


def test_a_blank_speaks_neither_for_nor_against(findings: Findings) -> None:
    blank = np.array(findings.evidence["level_nik"].to_pylist()) == "blank"
    assert blank.any()
    assert (findings.evidence["bits_nik"].to_numpy()[blank] == 0).all()


def test_rare_agreement_weighs_more_than_common_agreement(findings: Findings) -> None:
    same = np.array(findings.evidence["level_nama"].to_pylist()) == "same"
    assert len(set(findings.evidence["bits_nama"].to_numpy()[same].round(2))) > 5


def test_a_list_without_person_numbers_has_evidence_too() -> None:
    rows = strangers(300)
    findings = link(as_table([*rows, *rows[:80]]), NO_NUMBERS)
    assert findings.evidence.column_names == [
        "left", "right", "level_nama", "bits_nama", "level_lahir", "bits_lahir", "level_rumah", "bits_rumah",
        "prior_bits", "share_person", "share_strangers",
    ]  # fmt: skip
    assert np.array_equal(bits_of(findings.evidence).sum(axis=0).round(4), findings.pairs["weight_bits"].to_numpy())


@pytest.mark.parametrize("size", [0, 1])
def test_of_no_pairs_there_is_no_evidence(size: int, tmp_path: Path) -> None:
    write_run(link(as_table([person()] * size), roll_id_plan()), tmp_path)
    assert pq.read_table(tmp_path / "evidence.parquet").num_rows == 0
    assert json.loads((tmp_path / "run.json").read_text())["strangers"]["pairs"] == 0
