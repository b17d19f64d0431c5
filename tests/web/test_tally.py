import json
import time
from datetime import date
from pathlib import Path

import pytest

from saksama.flow.desk import Desk
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.flow.prove import Published
from saksama.web.public.picture import HIGH, WIDE, draw_growth
from saksama.web.public.tally import FILE, Counter, Tally
from tests.web.planting import NGATINEM, THIRD, plant


@pytest.fixture
def log(desk: Desk, office: Office) -> Published:
    """606 entries: three bundles."""
    return grown(desk, office, 600, start=0)


def grown(desk: Desk, office: Office, count: int, *, start: int) -> Published:
    for n in range(start, start + count):
        plant(desk, (NGATINEM, THIRD), lines=(n, 10_000 + n))
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    return Published(office.published)


def plain(log: Published, hours: int = 7) -> dict[str, dict[str, int]]:
    """The slow twin: every entry, every time."""
    from datetime import datetime, timedelta

    found: dict[str, dict[str, int]] = {}
    for index in range(log.checkpoint.size):
        entry = json.loads(log.entry(index))
        at = datetime.strptime(entry["at"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=hours)
        kinds = found.setdefault(at.date().isoformat(), {})
        kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
    return found


def test_it_counts_as_its_slow_twin(log: Published, office: Office) -> None:
    counts = Counter(office.folder, 7).counts(log)
    assert {day: dict(kinds) for day, kinds in counts.days} == plain(log)
    assert sum(counts.kinds.values()) == counts.size == log.checkpoint.size == 606
    assert counts.declared == {log.policy.digest: 0}


@pytest.mark.parametrize("hours", [7, 8, 9, -12])
def test_a_day_is_the_office_s_own(log: Published, office: Office, hours: int) -> None:
    counts = Counter(office.folder, hours).counts(log)
    assert {day: dict(kinds) for day, kinds in counts.days} == plain(log, hours)


def test_it_goes_on_from_where_it_was(log: Published, desk: Desk, office: Office) -> None:
    counter = Counter(office.folder, 7)
    counter.counts(log)
    more = grown(desk, office, 7, start=600)
    assert counter.counts(more).size == 613
    assert {day: dict(kinds) for day, kinds in counter.counts(more).days} == plain(more)
    assert counter.counts(log).size == 613  # a thread with an older checkpoint takes nothing back


def test_a_page_counts_a_piece_at_a_time(log: Published, office: Office) -> None:
    counter = Counter(office.folder, 7)
    assert [counter.counts(log, most=200).size for _ in range(4)] == [256, 512, 606, 606]


def test_what_one_process_keeps_another_takes_up(log: Published, office: Office) -> None:
    Counter(office.folder, 7).keep(office.published)
    kept = Tally.from_json((office.folder / FILE).read_bytes())
    assert kept is not None
    assert kept.size == 606
    assert Counter(office.folder, 7).counts(log, most=0).size == 606
    assert Counter(office.folder, 8).counts(log, most=0).size == 0  # the days would be others


def test_a_process_that_lags_takes_up_what_was_kept_since(log: Published, desk: Desk, office: Office) -> None:
    keeping, showing = Counter(office.folder, 7), Counter(office.folder, 7)
    keeping.keep(office.published)
    assert showing.counts(log, most=0).size == 606
    more = grown(desk, office, 300, start=600)
    time.sleep(0.01)
    keeping.keep(office.published)
    assert showing.counts(more, most=0).size == 906


@pytest.mark.parametrize(
    "bent",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'{"v":2}',
        b'{"v":1,"origin":"x","utc_offset":7,"size":5,"days":{},"declared":{}}',
        b'{"v":1,"origin":"x","utc_offset":7,"size":0,"days":[],"declared":{}}',
        b'{"v":1,"origin":"other","utc_offset":7,"size":1,"days":{"2026-01-01":{"x":1}},"declared":{}}',
    ],
)
def test_a_kept_file_that_is_none_is_counted_anew(log: Published, office: Office, bent: bytes) -> None:
    (office.folder / FILE).write_bytes(bent)
    assert Counter(office.folder, 7).counts(log).kinds["office_opened"] == 1


def test_a_kept_file_ahead_of_the_log_is_not_believed(log: Published, office: Office) -> None:
    ahead = Tally(log.checkpoint.origin, 7, 607, {"2026-01-01": {"x": 607}})
    (office.folder / FILE).write_bytes(ahead.to_json())
    assert Counter(office.folder, 7).counts(log).size == 606


def test_keeping_raises_nothing_and_costs_nothing_when_nothing_is_new(office: Office, tmp_path: Path) -> None:
    counter = Counter(office.folder, 7)
    counter.keep(tmp_path)  # nothing is published
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    counter.keep(office.published)
    (office.folder / FILE).unlink()
    counter.keep(office.published)
    assert not (office.folder / FILE).exists()  # the checkpoint is the one already counted
    (office.published / "policy").write_bytes(b"x")
    (office.published / "checkpoint").touch()
    counter.keep(office.published)


def test_a_bundle_that_was_cut_short_is_a_fault_and_no_endless_count(log: Published, office: Office) -> None:
    from saksama.ledger.tiles import pack, unpack
    from saksama.model.errors import Broken

    bundle = office.published / "tile/entries/001"
    bundle.write_bytes(pack(unpack(bundle.read_bytes())[:100]))
    counter = Counter(office.folder, 7)
    with pytest.raises(Broken, match="holds 100 entries instead of 256"):
        counter.counts(log)
    counter.keep(office.published)  # said in the log line, and entering goes on


def test_what_is_no_entry_is_counted_as_such() -> None:
    tally = Tally("x", 7)
    tally._take(
        [b"{}", b"\xff", b"[]", b'{"at":"x","kind":"y","body":{}}', b'{"at":7,"kind":"y","body":3}', b"[" * 9000]
    )
    assert tally.days == {"1970-01-01": {"?": 6}}


def test_the_process_that_enters_keeps_the_tally(office: Office, desk: Desk) -> None:
    from saksama.web.entering import Looking

    look = Looking(office, sleep=lambda _seconds: None)
    plant(desk)
    assert look()
    assert look()
    kept = Tally.from_json((office.folder / FILE).read_bytes())
    assert kept is not None
    assert kept.size == Published(office.published).checkpoint.size


def test_growth_begins_at_nothing_and_ends_at_all() -> None:
    drawn = draw_growth([("2026-11-20", 3), ("2026-11-24", 5)])
    assert drawn is not None
    assert (drawn.total, drawn.top, drawn.middle) == (8, 8, 4)
    assert (drawn.first, drawn.last) == (date(2026, 11, 20), date(2026, 11, 24))
    assert drawn.line == "0,160 0,160 120,100 480,100 600,0"
    assert drawn.area == f"0,{HIGH} {drawn.line} {WIDE},{HIGH}"


def test_a_long_history_is_thinned_and_never_falls() -> None:
    days = [(date.fromordinal(730_000 + n).isoformat(), n % 7 + 1) for n in range(3_000)]
    drawn = draw_growth(days)
    assert drawn is not None
    points = [tuple(map(float, pair.split(","))) for pair in drawn.line.split()]
    assert len(points) <= 202
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert points[0] == (0, HIGH)
    assert points[-1] == (WIDE, HIGH - drawn.total / drawn.top * HIGH) or abs(points[-1][1] - 0) < HIGH
    assert drawn.top >= drawn.total > drawn.top * 0.4


@pytest.mark.parametrize(
    ("count", "top"), [(1, 2), (2, 2), (3, 4), (8, 8), (10, 10), (11, 20), (41, 60), (300_000, 400_000)]
)
def test_the_axis_ends_at_a_round_number(count: int, top: int) -> None:
    drawn = draw_growth([("2026-11-20", count)])
    assert drawn is not None
    assert drawn.top == top
    assert drawn.middle * 2 == top


def test_without_entries_there_is_no_picture() -> None:
    assert draw_growth([]) is None
    assert draw_growth([("2026-11-20", 0)]) is None
