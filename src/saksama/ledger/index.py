"""The log's own memory: which ids are in, what waits to be published, which checkpoints were signed.

An entry is in the log when its rows are committed here: from then on it has its index for ever. The tiles can be made
from these rows again and again; once they are published the bodies are taken out of the queue.

Ids are random, and a database that keeps random keys in one tree rewrites most of that tree with every batch. So they
are kept in runs: new ids lie in the order of the log, and in memory; when they are many they are written once, sorted,
as a run that never changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.database import Database, DoubleRow
from saksama.ledger.errors import Damaged
from saksama.ledger.sieve import DIGEST_BYTES, Sieve
from saksama.ledger.tiles import pack, unpack

PROMOTING = "promoting"  # a fact of a database that is being made from a mirror's copy
_LAYOUT = "2"
_TABLES = (
    "fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # `count` entries from `idx` on, as a bundle is written.
    "pending (idx {number} PRIMARY KEY, count {number} NOT NULL, bodies {bytes} NOT NULL)",
    # The digests of the ids of the entries from `idx` on, one after the other.
    "recent (idx {number} PRIMARY KEY, digests {bytes} NOT NULL)",
    "known (run {number}, digest {bytes}, idx {number} NOT NULL, PRIMARY KEY (run, digest)) {end}",
    "signed (size {number} PRIMARY KEY, root {bytes} NOT NULL)",
)
_RUN = 1 << 17  # ids in a run, and at most in memory: 15 MB
_ROW = 256  # entries in a row of `pending`: 16 MiB at most
_FRESH_AT_MOST = 16 << 20  # bytes of bodies kept in memory
_PIECE_AT_MOST = 32 << 20  # bytes of bodies to be published at once, give or take a row
_ASKED_AT_ONCE = 500  # SQLite before 3.32 takes 999 parameters at most
# Asking all runs for so many ids takes as long as reading every id into the sieve once.
_SIEVE_AFTER = 100_000


def id_digest(entry_id: str) -> bytes:
    """Under what an id is remembered."""
    return sha256(entry_id.encode()).digest()[:DIGEST_BYTES]


class Index:
    """One open database. Its owner holds the log's lock: there is no second writer."""

    def __init__(self, database: Database) -> None:
        self._db = database
        with self._db.transaction():
            for table in _TABLES:
                written = table.format(**{"end": "", **database.types})
                self._db.rows(f"CREATE TABLE IF NOT EXISTS {written}")
            if self.fact("layout") is None and self.fact("vkey") is None:
                self.note_fact("layout", _LAYOUT)
        if self.fact("layout") != _LAYOUT:
            raise Damaged(
                "the log's database is of another version; move it away and make it anew from the copy (promote)"
            )
        self._read()

    def _read(self) -> None:
        """Know what the database says, and nothing else."""
        self.published = int(self.fact("published") or 0)
        self.size = self._read_size()
        # Bodies just added, so that publishing them need not read them again: none, or all from `published` on.
        self._fresh: list[bytes] = []
        self._fresh_bytes = 0
        self._recent: dict[bytes, int] = {}
        for start, digests in self._db.rows("SELECT idx, digests FROM recent ORDER BY idx"):
            self._recent.update(_apart(bytes(digests), start))
        self._runs = int(self._db.rows("SELECT coalesce(max(run), -1) + 1 FROM known")[0][0])
        self._sieve: Sieve | None = None
        self._asked = 0

    def _read_size(self) -> int:
        last = self._db.rows("SELECT idx + count FROM pending ORDER BY idx DESC LIMIT 1")
        return int(last[0][0]) if last else self.published

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def fact(self, name: str) -> str | None:
        """A fact noted under this name."""
        found = self._db.rows("SELECT value FROM fact WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def note_fact(self, name: str, value: str) -> None:
        """Note a fact, in the place of the old one."""
        statement = "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self._db.rows(statement, (name, value))

    def note_key(self, vkey: str) -> None:
        """Note the log's key, and keep the one it had among the earlier ones."""
        with self._db.transaction():
            before, earlier = self.fact("vkey"), self.earlier_keys
            if before is not None and before != vkey and before not in earlier:
                self.note_fact("vkeys_before", "\n".join((*earlier, before)))
            self.note_fact("vkey", vkey)

    @property
    def earlier_keys(self) -> list[str]:
        """The keys that the log had before."""
        return (self.fact("vkeys_before") or "").split()

    @property
    def sealed(self) -> int:
        """The size at which the log takes in nothing more until its policy has changed; 0 if it is not sealed."""
        return int(self.fact("sealed") or 0)

    def find(self, entry_id: str) -> int | None:
        """The index of the entry that came with this id."""
        digest = id_digest(entry_id)
        return self._known([digest]).get(digest)

    def add(self, entries: Sequence[tuple[str, bytes]]) -> list[int]:
        """Give entries their indexes, all or none; an id already in keeps its old one. Durable on return."""
        before = self.size
        digests = [id_digest(entry_id) for entry_id, _ in entries]
        known = self._known(digests)
        new: dict[bytes, int] = {}
        bodies: list[bytes] = []
        for digest, (_, body) in zip(digests, entries, strict=True):
            if digest not in known and digest not in new:
                new[digest] = before + len(bodies)
                bodies.append(body)
        found = [new[digest] if digest in new else known[digest] for digest in digests]
        with self._or_read():
            self._db.add_rows("pending", ("idx", "count", "bodies"), _rows(before, bodies))
            if new:
                self._db.add_rows("recent", ("idx", "digests"), [(before, b"".join(new))])
        self.size = before + len(bodies)
        self._recent.update(new)
        if self._fresh or before == self.published:
            self._fresh += bodies
            self._fresh_bytes += sum(map(len, bodies))
        if self._fresh_bytes > _FRESH_AT_MOST:
            self._forget_fresh()
        if len(self._recent) >= _RUN:
            with self._or_read():
                self._write_run(sorted(self._recent.items()))
                self._db.rows("DELETE FROM recent")
            self._note_run(self._recent)
            self._recent = {}
        return found

    @contextmanager
    def _or_read(self) -> Iterator[None]:
        """A transaction; if it fails, also a commit that failed half-way, what the database says is read again."""
        try:
            with self._db.transaction():
                yield
        except BaseException:
            self._read()
            raise

    def _forget_fresh(self) -> None:
        self._fresh, self._fresh_bytes = [], 0

    def _write_run(self, ids: Sequence[tuple[bytes, int]]) -> None:
        self._db.add_rows("known", ("run", "digest", "idx"), ((self._runs, digest, index) for digest, index in ids))

    def _note_run(self, digests: Iterable[bytes]) -> None:
        """A run with these is committed."""
        self._runs += 1
        if self._sieve is not None:
            self._sieve.add(digests)

    def _known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        recent = self._recent
        found = {digest: recent[digest] for digest in digests if digest in recent}
        if self._runs and len(found) < len(digests):
            rest = [digest for digest in digests if digest not in found] if found else list(digests)
            found.update(self._in_runs(sorted(set(self._sieved(rest)))))
        return found

    def _sieved(self, digests: list[bytes]) -> list[bytes]:
        """Those of the digests that may be in a run."""
        self._asked += len(digests)
        if self._sieve is None and self._asked > _SIEVE_AFTER:
            self._sieve = Sieve()
            for run in range(self._runs):
                self._sieve.add(row[0] for row in self._db.rows("SELECT digest FROM known WHERE run = ?", (run,)))
        return digests if self._sieve is None else self._sieve.passing(digests)

    def _in_runs(self, digests: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
        for at in range(0, len(digests), _ASKED_AT_ONCE):
            asked = digests[at : at + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(asked))
            # Only question marks are put together here, never a value.
            statement = f"SELECT digest, idx FROM known WHERE run = ? AND digest IN ({marks})"  # noqa: S608
            for run in range(self._runs):
                for digest, index in self._db.rows(statement, (run, *asked)):
                    yield bytes(digest), index

    def remember(self, known: Iterable[tuple[str, int]]) -> None:
        """Remember ids of entries that are published already; raises Damaged if an id stands twice."""
        left = iter(known)
        while piece := [(id_digest(entry_id), index) for entry_id, index in islice(left, _RUN)]:
            ids = sorted(piece)
            digests = [digest for digest, _ in ids]
            if self._known(digests):
                raise Damaged("two published entries have the same id")
            try:
                with self._or_read():
                    self._write_run(ids)
            except DoubleRow as fault:
                raise Damaged("two published entries have the same id") from fault
            self._note_run(digests)

    def piece(self, start: int, end: int) -> int:
        """How far entries from `start` may be published at once, at most to `end`: so that they fit into memory."""
        if len(self._fresh) == self.size - self.published:
            return end
        statement = "SELECT idx + count, length(bodies) FROM pending WHERE idx < ? AND idx + count > ? ORDER BY idx"
        left = _PIECE_AT_MOST
        for upto, size in self._db.rows(statement, (end, start)):
            left -= size
            if left <= 0:
                return min(end, int(upto))
        return end

    def waiting(self, start: int, end: int) -> list[bytes]:
        """The bodies of entries [start, end), none of which is published; raises Damaged if one is gone."""
        if len(self._fresh) == self.size - self.published:
            return self._fresh[start - self.published : end - self.published]
        statement = "SELECT idx, bodies FROM pending WHERE idx < ? AND idx > ? AND idx + count > ? ORDER BY idx"
        bodies: list[bytes] = []
        first = start
        for index, packed in self._db.rows(statement, (end, start - _ROW, start)):
            first = index if not bodies else first
            bodies += unpack(bytes(packed))
        bodies = bodies[start - first : end - first]
        if len(bodies) != end - start:
            raise Damaged(f"entries between {start} and {end} are committed, and their bytes are gone")
        return bodies

    def note_signing(self, checkpoint: Checkpoint) -> None:
        """Note that this root is to be signed for this size; raises Damaged if another was. Durable on return."""
        with self._db.transaction():
            root = self.signed_root(checkpoint.size)
            if root is not None and root != checkpoint.root:
                raise Damaged(f"another root was signed for size {checkpoint.size}: nothing more will be signed")
            if self.most_signed > checkpoint.size:
                raise Damaged(f"size {self.most_signed} was signed already; {checkpoint.size} would shrink the log")
            if root is None:
                self._db.rows("INSERT INTO signed VALUES (?, ?)", (checkpoint.size, checkpoint.root))

    def note_published(self, size: int) -> None:
        """Note that tiles and checkpoint stand published to this size, and let go of the bodies below it."""
        with self._db.transaction():
            self.note_fact("published", str(size))
            self._db.rows("DELETE FROM pending WHERE idx < ? AND idx + count <= ?", (size, size))
        self._fresh = self._fresh[size - self.published :]
        self._fresh_bytes = sum(map(len, self._fresh))
        self.published = size
        self.size = max(self.size, size)

    @property
    def most_signed(self) -> int:
        """The largest size that was noted for signing."""
        return int(self._db.rows("SELECT coalesce(max(size), 0) FROM signed")[0][0])

    def signed_root(self, size: int) -> bytes | None:
        """The root that was noted for signing at this size."""
        found = self._db.rows("SELECT root FROM signed WHERE size = ?", (size,))
        return bytes(found[0][0]) if found else None


def _rows(start: int, bodies: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    for at in range(0, len(bodies), _ROW):
        piece = bodies[at : at + _ROW]
        yield start + at, len(piece), pack(piece)


def _apart(digests: bytes, start: int) -> dict[bytes, int]:
    found = (digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES))
    return {digest: start + at for at, digest in enumerate(found)}
