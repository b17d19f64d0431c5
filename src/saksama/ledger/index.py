"""The log's own memory, in SQLite: which ids are in, what waits to be published, which checkpoints were signed.

An entry is in the log when its row is committed here: from then on it has its index for ever. The tiles can be made
from these rows again and again; once they are published the bodies are taken out of the queue.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Damaged

_TABLES = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (digest BLOB PRIMARY KEY, idx INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (idx INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS signed (size INTEGER PRIMARY KEY, root BLOB NOT NULL);
"""
_DIGEST_BYTES = 16  # of SHA-256: two of 2^40 ids meet with a chance below 2^-48

_FRESH_AT_MOST = 50_000  # entries kept in memory
_ASKED_AT_ONCE = 500  # SQLite before 3.32 takes 999 parameters at most


def id_digest(entry_id: str) -> bytes:
    """Under what an id is remembered."""
    return sha256(entry_id.encode()).digest()[:_DIGEST_BYTES]


class Index:
    """One open database. Its owner holds the log's lock: there is no second writer."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # FULL: a commit is on the platter when it returns; an entry is acknowledged on the strength of it.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.execute("PRAGMA wal_autocheckpoint=8192")
        with self._transaction():
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
        self.published = int(self.fact("published") or 0)
        self.size = self._read_size()
        # Bodies just added, so that publishing them need not read them again: none, or all from `published` on.
        self._fresh: list[bytes] = []

    def _read_size(self) -> int:
        (last,) = self._db.execute("SELECT max(idx) FROM queue").fetchone()
        return self.published if last is None else int(last) + 1

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def fact(self, name: str) -> str | None:
        """A fact noted under this name."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note_fact(self, name: str, value: str) -> None:
        """Note a fact, in the place of the old one."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def find(self, entry_id: str) -> int | None:
        """The index of the entry that came with this id."""
        row = self._db.execute("SELECT idx FROM known WHERE digest = ?", (id_digest(entry_id),)).fetchone()
        return None if row is None else int(row[0])

    def add(self, entries: Sequence[tuple[str, bytes]]) -> list[int]:
        """Give entries their indexes, all or none; an id already in keeps its old one. Durable on return."""
        before = self.size
        try:
            with self._transaction():
                found, bodies = self._add(entries)
        except BaseException:
            self._fresh = []  # what the database says, also after a commit that failed half-way
            self.size = self._read_size()
            raise
        self.size = before + len(bodies)
        if self._fresh or before == self.published:
            self._fresh += bodies
        if len(self._fresh) > _FRESH_AT_MOST:
            self._fresh = []
        return found

    def _add(self, entries: Sequence[tuple[str, bytes]]) -> tuple[list[int], list[bytes]]:
        digests = [id_digest(entry_id) for entry_id, _ in entries]
        known = self._known(digests)
        found: list[int] = []
        new: dict[bytes, int] = {}
        bodies: list[bytes] = []
        for digest, (_, body) in zip(digests, entries, strict=True):
            index = known.get(digest, new.get(digest))
            if index is None:
                index = new[digest] = self.size + len(bodies)
                bodies.append(body)
            found.append(index)
        # In the order of the tree that they go into: neighbours share pages.
        self._db.executemany("INSERT INTO known VALUES (?, ?)", sorted(new.items()))
        self._db.executemany("INSERT INTO queue VALUES (?, ?)", enumerate(bodies, start=self.size))
        return found, bodies

    def _known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        ordered = sorted(set(digests))
        for at in range(0, len(ordered), _ASKED_AT_ONCE):
            asked = ordered[at : at + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(asked))
            # Only question marks are put together here, never a value.
            rows = self._db.execute(f"SELECT digest, idx FROM known WHERE digest IN ({marks})", asked)  # noqa: S608
            found.update((bytes(digest), index) for digest, index in rows)
        return found

    def remember(self, known: Sequence[tuple[str, int]]) -> None:
        """Remember ids of entries that are published already; raises Damaged if an id stands twice."""
        rows = [(id_digest(entry_id), index) for entry_id, index in known]
        try:
            with self._transaction():
                self._db.executemany("INSERT INTO known VALUES (?, ?)", rows)
        except sqlite3.IntegrityError as fault:
            raise Damaged("two published entries have the same id") from fault

    def waiting(self, start: int, end: int) -> list[bytes]:
        """The bodies of entries [start, end), none of which is published; raises Damaged if one is gone."""
        if len(self._fresh) == self.size - self.published:
            return self._fresh[start - self.published : end - self.published]
        rows = self._db.execute("SELECT body FROM queue WHERE idx >= ? AND idx < ? ORDER BY idx", (start, end))
        bodies = [bytes(row[0]) for row in rows]
        if len(bodies) != end - start:
            raise Damaged(f"entries between {start} and {end} are committed, and their bytes are gone")
        return bodies

    def note_signing(self, checkpoint: Checkpoint) -> None:
        """Note that this root is to be signed for this size; raises Damaged if another was. Durable on return."""
        with self._transaction():
            row = self._db.execute("SELECT root FROM signed WHERE size = ?", (checkpoint.size,)).fetchone()
            if row is not None and bytes(row[0]) != checkpoint.root:
                raise Damaged(f"another root was signed for size {checkpoint.size}: nothing more will be signed")
            if self.most_signed > checkpoint.size:
                raise Damaged(f"size {self.most_signed} was signed already; {checkpoint.size} would shrink the log")
            self._db.execute("INSERT OR IGNORE INTO signed VALUES (?, ?)", (checkpoint.size, checkpoint.root))

    def note_published(self, size: int) -> None:
        """Note that tiles and checkpoint stand published to this size, and let go of the bodies below it."""
        with self._transaction():
            self.note_fact("published", str(size))
            self._db.execute("DELETE FROM queue WHERE idx < ?", (size,))
        self._fresh = self._fresh[size - self.published :]
        self.published = size

    @property
    def most_signed(self) -> int:
        """The largest size that was noted for signing."""
        (most,) = self._db.execute("SELECT max(size) FROM signed").fetchone()
        return int(most or 0)

    def signed_root(self, size: int) -> bytes | None:
        """The root that was noted for signing at this size."""
        row = self._db.execute("SELECT root FROM signed WHERE size = ?", (size,)).fetchone()
        return None if row is None else bytes(row[0])
