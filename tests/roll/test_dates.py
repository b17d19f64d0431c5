"""Birth dates in every writing, and what is said of the odd ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.roll.dates import DateReader, Order, Shape, order_from
from saksama.roll.faults import FAULTS
from saksama.roll.raw import DATE, NUMBER, TEXT


@pytest.mark.parametrize(
    ("text", "value", "fault"),
    [
        ("31-12-1955", date(1955, 12, 31), ""),
        ("31/12/1955", date(1955, 12, 31), ""),
        ("31|12|1955", date(1955, 12, 31), ""),
        ("31.12.1955", date(1955, 12, 31), ""),
        (" 1 - 7 - 1955 ", date(1955, 7, 1), ""),
        ("'01-07-1955", date(1955, 7, 1), ""),
        ("1955-07-01", date(1955, 7, 1), ""),
        ("1955/7/1", date(1955, 7, 1), ""),
        ("1955-07-01T00:00:00", date(1955, 7, 1), ""),
        ("01-07-1955 00:00", date(1955, 7, 1), ""),
        ("17 Agustus 1945", date(1945, 8, 17), ""),
        ("17-AGS-1945", date(1945, 8, 17), ""),
        ("1 Nopember 1960", date(1960, 11, 1), ""),
        ("5 Mei 60", date(1960, 5, 5), "tgl_tahun_dua_angka"),
        ("01071955", date(1955, 7, 1), ""),
        ("19550701", date(1955, 7, 1), ""),
        ("01-07-55", date(1955, 7, 1), "tgl_tahun_dua_angka"),
        ("01-07-08", date(2008, 7, 1), "tgl_tahun_dua_angka"),
        ("29-02-2000", date(2000, 2, 29), ""),
        ("29-02-1900", None, "tgl_mustahil"),
        ("31-06-1955", None, "tgl_mustahil"),
        ("15-13-1955", None, "tgl_mustahil"),
        ("01-07-0955", None, "tgl_mustahil"),
        ("00|00|0000", None, "tgl_nol"),
        ("00-00-0000", None, "tgl_nol"),
        ("0", None, "tgl_nol"),
        ("00-07-1955", None, "tgl_mustahil"),
        ("", None, "tgl_kosong"),
        ("-", None, "tgl_kosong"),
        ("20271", date(1955, 7, 1), "tgl_nomor_seri"),
        ("60", None, "tgl_mustahil"),
        ("99999", None, "tgl_mustahil"),
        ("O1-07-1955", None, "tgl_tak_terbaca"),
        ("1 Brumaire 1955", None, "tgl_tak_terbaca"),
        ("x" * 50, None, "tgl_tak_terbaca"),
        ("٠١-٠٧-١٩٥٥", None, "tgl_tak_terbaca"),
    ],
)
def test_it_reads_a_date_as_written(text: str, value: date | None, fault: str) -> None:
    assert DateReader().read(text, TEXT)[:2] == (value, fault)


@pytest.mark.parametrize(
    ("text", "kind", "base_1904", "value", "fault"),
    [
        ("20271", DATE, False, date(1955, 7, 1), ""),
        ("20271.0", DATE, False, date(1955, 7, 1), ""),
        ("20271.75", DATE, False, date(1955, 7, 1), ""),
        ("18809", DATE, True, date(1955, 7, 1), ""),
        ("20271", NUMBER, False, date(1955, 7, 1), "tgl_nomor_seri"),
        ("1", DATE, False, date(1900, 1, 1), ""),
        ("59", DATE, False, date(1900, 2, 28), ""),
        ("61", DATE, False, date(1900, 3, 1), ""),
        ("0", DATE, False, date(1899, 12, 31), ""),
        ("0", DATE, True, date(1904, 1, 1), ""),
        ("1071955", NUMBER, False, None, "tgl_mustahil"),
        ("19550701", NUMBER, False, date(1955, 7, 1), ""),
        ("-1", NUMBER, False, None, "tgl_tak_terbaca"),
        ("1e300", NUMBER, False, None, "tgl_tak_terbaca"),
    ],
)
def test_it_reads_the_numbers_of_excel(
    text: str, kind: int, *, base_1904: bool, value: date | None, fault: str
) -> None:
    assert DateReader(base_1904=base_1904).read(text, kind)[:2] == (value, fault)


def test_the_order_of_a_column_is_found_from_its_clear_dates() -> None:
    assert order_from(100, 0) is Order.DAY_FIRST
    assert order_from(0, 100) is Order.MONTH_FIRST
    assert order_from(0, 0) is Order.DAY_FIRST
    assert order_from(999, 1) is Order.DAY_FIRST
    assert order_from(1, 999) is Order.MONTH_FIRST
    assert order_from(60, 40) is Order.CONTRADICTORY


def test_an_order_changes_only_dates_that_can_be_read_both_ways() -> None:
    both, clear = "05/07/1955", "25/07/1955"
    assert DateReader(Order.MONTH_FIRST).read(both, TEXT)[:2] == (date(1955, 5, 7), "tgl_bulan_dulu")
    assert DateReader(Order.MONTH_FIRST).read(clear, TEXT).value is None
    assert DateReader(Order.CONTRADICTORY).read(both, TEXT)[:2] == (date(1955, 7, 5), "tgl_urutan_ragu")
    assert DateReader(Order.CONTRADICTORY).read(clear, TEXT)[:2] == (date(1955, 7, 25), "")
    assert DateReader(Order.CONTRADICTORY).read("07/25/1955", TEXT)[:2] == (date(1955, 7, 25), "tgl_bulan_dulu")
    assert DateReader().read(both, TEXT).shape is Shape.EITHER


@given(st.dates(date(1880, 1, 1), date(2020, 12, 31)))
def test_every_date_survives_being_written(day: date) -> None:
    reader = DateReader()
    for written in (day.isoformat(), day.strftime("%d-%m-") + str(day.year), f"{day.day}/{day.month}/{day.year}"):
        assert reader.read(written, TEXT).value == day


@given(st.text(max_size=30), st.sampled_from([TEXT, NUMBER, DATE]), st.sampled_from(list(Order)), st.booleans())
def test_any_text_is_a_date_or_has_a_fault(text: str, kind: int, order: Order, base_1904: bool) -> None:
    read = DateReader(order, base_1904).read(text, kind)
    assert (read.value is not None) or read.fault in FAULTS
    assert not read.fault or read.fault in FAULTS
