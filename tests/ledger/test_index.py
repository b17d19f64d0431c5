"""The index: an id is in once, in memory, in `recent` or in a run; what is committed is there after any failure."""

import random
from contextlib import closing

import pytest

from saksama.ledger import index as index_module
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.database import SqliteFile
from saksama.ledger.errors import Damaged, StoreFails
from saksama.ledger.index import Index
from tests.ledger.postgres import places


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    return places(request, tmp_path)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Runs of 64 ids, and the sieve after 200 questions: what happens at 131,072 happens here."""
    monkeypatch.setattr(index_module, "_RUN", 64)
    monkeypatch.setattr(index_module, "_SIEVE_AFTER", 200)


def opened(place):
    return closing(Index(place.open()))


def test_it_says_what_a_plain_dict_says_over_runs_and_openings(place):
    chance = random.Random(1945)  # noqa: S311  # the same every time, on purpose
    model: dict[str, int] = {}
    bodies: list[bytes] = []
    for _opening in range(4):
        with opened(place) as index:
            for _batch in range(12):
                batch = [(f"id:{chance.randrange(600)}", chance.randbytes(5)) for _ in range(chance.randrange(40))]
                expected = []
                for entry_id, body in batch:
                    if entry_id not in model:
                        model[entry_id] = len(bodies)
                        bodies.append(body)
                    expected.append(model[entry_id])
                assert index.add(batch) == expected
                if chance.random() < 0.3:
                    index.note_published(chance.randint(index.published, index.size))
                assert index.waiting(index.published, index.size) == bodies[index.published :]
            assert index.size == len(bodies)
            assert {name: index.find(name) for name in model} == model
            assert index.find("id:never") is None
    assert len(model) > 64 * 4


def test_a_piece_of_what_waits_is_read_from_any_row(place):
    with opened(place) as index:
        for start, end in ((0, 1), (1, 700), (700, 703)):
            index.add([(str(n), b"%d" % n) for n in range(start, end)])
    with opened(place) as index:
        for start, end in ((0, 703), (0, 1), (255, 258), (256, 512), (700, 702), (690, 701), (5, 5)):
            assert index.waiting(start, end) == [b"%d" % n for n in range(start, end)]
        index.note_published(300)
    with opened(place) as index:
        assert (index.published, index.size) == (300, 703)
        assert index.waiting(300, 703) == [b"%d" % n for n in range(300, 703)]


def test_what_waits_is_published_in_pieces_that_fit_into_memory(place, monkeypatch):
    monkeypatch.setattr(index_module, "_FRESH_AT_MOST", 1000)
    monkeypatch.setattr(index_module, "_PIECE_AT_MOST", 100_000)
    with opened(place) as index:
        index.add([(str(n), bytes(50)) for n in range(10)])
        assert index.piece(0, 10) == 10  # all in memory anyway
        index.add([(str(n), bytes(200)) for n in range(10, 2000)])
        assert index._fresh == []
        ends, at = [], 0
        while at < 2000:
            at = index.piece(at, min(2000, at + 900))
            ends.append(at)
        assert ends == [522, 1034, 1546, 2000]  # rows of 256, as they were put in
        assert index.piece(0, 300) == 300


def test_bytes_that_are_gone_are_missed(place):
    with opened(place) as index:
        index.add([(str(n), b"x") for n in range(600)])
        index._db.rows("DELETE FROM pending WHERE idx = 256")
    with opened(place) as index, pytest.raises(Damaged, match="their bytes are gone"):
        index.waiting(0, 600)


def test_ids_of_what_is_published_are_taken_over_once(place):
    with opened(place) as index:
        index.remember((f"id:{n}", n) for n in range(200))
        index.note_published(200)
        assert index.add([("id:150", b"again"), ("id:new", b"new")]) == [150, 200]
        with pytest.raises(Damaged, match="same id"):
            index.remember([("id:3", 300)])
        with pytest.raises(Damaged, match="same id"):
            index.remember([("id:a", 300), ("id:a", 301)])


@pytest.mark.parametrize("kept", [False, True], ids=["lost", "kept"])
def test_a_commit_that_fails_leaves_what_the_database_says(place, kept):
    with opened(place) as index:
        index.add([("id:0", b"0")])
        rows = index._db.rows

        def failing(statement, values=()):
            if statement == "COMMIT" and not kept:
                rows("ROLLBACK")
                raise StoreFails("as the test asked")
            found = rows(statement, values)
            if statement == "COMMIT":
                raise StoreFails("as the test asked")
            return found

        index._db.rows = failing
        with pytest.raises(StoreFails):
            index.add([("id:1", b"1"), ("id:0", b"0")])
        index._db.rows = rows
        assert index.size == (2 if kept else 1)
        assert index.find("id:1") == (1 if kept else None)
        assert index.add([("id:1", b"1")]) == [1]
        assert index.waiting(0, 2) == [b"0", b"1"]


@pytest.mark.parametrize("kept", [False, True], ids=["lost", "kept"])
def test_a_run_whose_writing_fails_is_written_or_there(place, kept):
    """The 64th id makes a run: its entry is in before, and whatever becomes of the run, every id is known once."""
    with opened(place) as index:
        index.add([(f"id:{n}", b"%d" % n) for n in range(60)])
        rows, commits = index._db.rows, 0

        def failing(statement, values=()):
            nonlocal commits
            commits += statement == "COMMIT"
            fails = statement == "COMMIT" and commits == 2
            found = rows("ROLLBACK" if fails and not kept else statement, values)
            if fails:
                raise StoreFails("as the test asked")
            return found

        index._db.rows = failing
        with pytest.raises(StoreFails):
            index.add([(f"id:{n}", b"%d" % n) for n in range(60, 64)])
        index._db.rows = rows
        for _ in range(2):
            assert index.add([(f"id:{n}", b"again") for n in range(200)]) == list(range(200))
        assert index.waiting(60, 64) == [b"60", b"61", b"62", b"63"]
    with opened(place) as index:
        assert [index.find(f"id:{n}") for n in range(200)] == list(range(200))


def test_no_size_gets_two_roots_and_none_below_the_largest(place):
    with opened(place) as index:
        index.note_signing(Checkpoint("a.example", 7, bytes(32)))
        index.note_signing(Checkpoint("a.example", 7, bytes(32)))
    with opened(place) as index:
        assert (index.most_signed, index.signed_root(7), index.signed_root(8)) == (7, bytes(32), None)
        with pytest.raises(Damaged, match="another root"):
            index.note_signing(Checkpoint("a.example", 7, bytes([1]) * 32))
        with pytest.raises(Damaged, match="shrink"):
            index.note_signing(Checkpoint("a.example", 6, bytes(32)))


def test_a_full_disk_is_said_and_nothing_of_the_batch_is_in(tmp_path):
    place = SqliteFile(tmp_path / "log.sqlite3")
    with opened(place) as index:
        index.add([("id:0", b"0")])
        (pages,) = index._db.rows("PRAGMA page_count")[0]
        index._db.rows(f"PRAGMA max_page_count={pages}")  # SQLite then says what it says of a full disk
        with pytest.raises(StoreFails, match="database or disk is full"):
            index.add([(f"id:{n}", bytes(4000)) for n in range(1, 50)])
        assert (index.size, index.find("id:1")) == (1, None)
        index._db.rows("PRAGMA max_page_count=100000")
        assert index.add([("id:1", b"1")]) == [1]


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "log.sqlite3").write_bytes(b"something else" * 1000)
    with pytest.raises(StoreFails, match="not a database"):
        SqliteFile(tmp_path / "log.sqlite3").open()


def test_a_database_of_another_version_is_not_touched(place):
    with opened(place) as index:
        index.note_fact("layout", "1")
    with closing(place.open()) as database, pytest.raises(Damaged, match="another version"):
        Index(database)
