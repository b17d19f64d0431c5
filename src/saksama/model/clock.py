"""Time, handed in, so that engines have none and tests have a fixed one."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """Where a step gets the time from."""

    def now(self) -> datetime:
        """The present moment, in UTC, whole seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, in UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


def local_date(moment: datetime, utc_offset_hours: int) -> date:
    """The date on the office's wall: in Indonesia it is tomorrow seven to nine hours before it is in UTC."""
    return moment.astimezone(timezone(timedelta(hours=utc_offset_hours))).date()


def as_text(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, `2026-11-23T07:05:00Z`: the one form written in entries and files."""
    if moment.tzinfo is None:
        raise AssertionError("a moment names its zone: the machine's own would change what is written")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The moment written by `as_text`; raises ValueError for any other form."""
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if as_text(moment) != text:  # strptime also takes 2026-1-3 and digits of other scripts
        raise ValueError("not a moment in the form 2026-11-23T07:05:00Z")
    return moment
