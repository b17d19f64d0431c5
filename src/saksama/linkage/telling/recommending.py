"""Clusters become recommendations: "these lines may be one person", with every element compared."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

import pyarrow as pa

from saksama.linkage.telling.explanation import compare_elements
from saksama.model.errors import BadInput
from saksama.model.pair import Band
from saksama.model.recommendation import Assistant, PairComparison, Recommendation
from saksama.model.record import Element, RecordRef
from saksama.model.roll import LINE, RollId
from saksama.model.texts import _

_WEAKEST_FIRST = (Band.CHECK, Band.PROBABLE, Band.CERTAIN)


def recommend(
    findings_pairs: pa.Table,
    clusters: pa.Table,
    records: pa.Table,
    *,
    roll: RollId,
    run: str,
    assistant: Assistant,
) -> Iterator[Recommendation]:
    """One recommendation a cluster, in the clusters' order; lines ascending, every pair inside compared.

    A recommendation's band is its weakest pair's. `records` holds the checked columns of every line in a cluster;
    raises BadInput where one is absent.
    """
    bands = {
        (left, right): Band(band)
        for left, right, band in zip(
            findings_pairs["left"].to_numpy().tolist(),
            findings_pairs["right"].to_numpy().tolist(),
            map(str, findings_pairs["band"].to_pylist()),
            strict=True,
        )
    }
    by_line = _elements_by_line(records)
    for lines in _lines_of_clusters(clusters):
        pairs = list(combinations(lines, 2))
        if any(line not in by_line for line in lines):
            raise BadInput(_("Data baris yang diusulkan tidak lengkap: hasil pencarian ini bukan dari daftar ini."))
        yield Recommendation(
            assistant=assistant,
            run=run,
            records=tuple(RecordRef(roll, line) for line in lines),
            band=min((bands.get(pair, Band.CHECK) for pair in pairs), key=_WEAKEST_FIRST.index),
            comparisons=tuple(
                PairComparison(RecordRef(roll, a), RecordRef(roll, b), compare_elements(by_line[a], by_line[b]))
                for a, b in pairs
            ),
        )


def _lines_of_clusters(clusters: pa.Table) -> list[tuple[int, ...]]:
    members: dict[int, list[int]] = {}
    for line, number in zip(clusters[LINE].to_numpy().tolist(), clusters["cluster"].to_numpy().tolist(), strict=True):
        members.setdefault(number, []).append(line)
    return [tuple(sorted(members[number])) for number in sorted(members)]


def _elements_by_line(records: pa.Table) -> dict[int, Mapping[str, str | None]]:
    present = [element.value for element in Element if element.value in records.column_names]
    rows = records.select([LINE, *present]).to_pylist()
    return {row.pop(LINE): {name: _as_text(value) for name, value in row.items()} for row in rows}


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
