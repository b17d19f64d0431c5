"""Quality is counted as one would by hand."""

import pyarrow as pa

from saksama.linkage.evaluation import evaluate


def test_pairs_nobody_looked_at_count_as_missed() -> None:
    truth = pa.table({"line": [0, 1, 2, 3, 4, 5], "person": [7, 7, 7, 8, 8, 9], "error": ["", "a", "b+c", "", "a", ""]})
    pairs = pa.table({"left": [0, 1, 3], "right": [1, 2, 5]})
    quality = evaluate(pairs, truth)
    assert (quality.true_pairs, quality.pairs) == (4, 3)
    assert quality.precision == 2 / 3
    assert quality.recall == 2 / 4
    assert quality.cluster_recall == 3 / 4  # 0 and 2 meet through 1
    assert quality.cluster_precision == 3 / 4
    assert quality.recall_by_error == {"a": (1, 2), "b": (0, 1), "c": (0, 1), "two copies": (1, 1)}


def test_finding_nothing_is_no_fault_of_arithmetic() -> None:
    none = pa.table({"left": pa.array([], pa.int64()), "right": pa.array([], pa.int64())})
    quality = evaluate(none, pa.table({"line": [0, 1], "person": [1, 2]}))
    assert (quality.precision, quality.recall, quality.f1) == (0.0, 0.0, 0.0)
