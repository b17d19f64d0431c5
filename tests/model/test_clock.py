"""A moment has one text, in UTC, and only that text is read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.clock import SystemClock, as_text, from_text

moments = st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_it_is_written_in_utc() -> None:
    wib = timezone(timedelta(hours=7))
    assert as_text(datetime(2026, 11, 23, 14, 5, tzinfo=wib)) == "2026-11-23T07:05:00Z"


@given(moment=moments, zone=zones)
def test_it_comes_back_as_it_went_whatever_the_zone(moment: datetime, zone: timezone) -> None:
    assert from_text(as_text(moment.astimezone(zone))) == moment


def test_a_fraction_of_a_second_is_not_written() -> None:
    assert as_text(datetime(2026, 11, 23, 7, 5, 0, 999_999, tzinfo=UTC)) == "2026-11-23T07:05:00Z"


def test_it_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(AssertionError, match="zone"):
        as_text(datetime(2026, 11, 23, 7, 5))


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-23", "2026-11-23T07:05:00", "2026-11-23T07:05:00+00:00", "2026-11-23 07:05:00Z",
        "2026-11-23T07:05:00.0Z", "2026-11-23t07:05:00z", "2026-11-3T7:5:0Z", "2026-11- 3T07:05:00Z",
        "2026-11-23T07:05:00Z\n", " 2026-11-23T07:05:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T07:05:60Z", "٢٠٢٦-11-23T07:05:00Z",
    ],
)  # fmt: skip
def test_it_refuses_every_other_form(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)


def test_the_machines_clock_gives_whole_seconds_in_utc() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.microsecond == 0
    assert now.utcoffset() == timedelta(0)
