"""A roll's summary balances: every line in ends as checked or set aside."""

from dataclasses import replace

import pytest

from saksama.model.roll import COLUMNS, LINE, ORIGINAL_SUFFIX, FaultLevel, RollId, RollKind, RollSummary

SUMMARY = RollSummary(
    roll=RollId("a1b2c3d4e5f60718"),
    kind=RollKind.DPB,
    wilayah="34.04",
    file_sha256="0f" * 32,
    sealed_sha256="e1" * 32,
    lines_in=100_002,
    checked=100_000,
    set_aside=2,
    faults={"nomor_panjang": 7},
)


@pytest.mark.parametrize("spoilt", [{"lines_in": 100_001}, {"checked": 99_999}, {"set_aside": 3}])
def test_it_refuses_to_lose_or_invent_a_line(spoilt: dict[str, int]) -> None:
    with pytest.raises(AssertionError, match="checked plus set aside"):
        replace(SUMMARY, **spoilt)  # type: ignore[arg-type]


def test_columns_are_named_once_and_never_as_the_line_or_an_original() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS) == 18
    assert LINE not in COLUMNS
    assert not any(name.endswith(ORIGINAL_SUFFIX) for name in COLUMNS)


def test_neither_level_of_fault_is_called_invalid() -> None:
    assert {level.value for level in FaultLevel} == {"format", "lihat"}
