"""A log's memory in PostgreSQL, in a schema of its own of the office's database (extra `postgres`: psycopg 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from saksama.ledger.database import DoubleRow, Row
from saksama.ledger.errors import Locked, StoreFails

if TYPE_CHECKING:
    import psycopg

SCHEMA = "buku_besar"
_PLAIN = re.compile("[a-z_][a-z0-9_]{0,62}")


class PostgresSchema:
    """A schema of a database. `address` is libpq's: `postgresql:///kpu_sleman`; no password belongs in it."""

    def __init__(self, address: str, schema: str = SCHEMA) -> None:
        if not _PLAIN.fullmatch(schema):
            raise StoreFails(f"a schema is named by small letters, digits and underscores, not {schema!r}")
        self._address = address
        self._schema = schema

    def exists(self) -> bool:
        """Whether the schema has a log's tables."""
        with _connected(self._address) as db, db.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", (f"{self._schema}.fact",))
            found = cursor.fetchone()
        return found is not None and found[0] is not None

    def open(self) -> Postgres:
        """Connect and take the schema's lock; raises Locked if another process has it, on whatever machine."""
        return Postgres(self._address, self._schema)

    def discard(self) -> None:
        """Drop the schema."""
        with _connected(self._address) as db:
            db.execute(f"DROP SCHEMA IF EXISTS {self._schema} CASCADE".encode())


class Postgres:
    """An open connection that holds the schema's advisory lock: when it breaks, lock and writing end together."""

    types: ClassVar[Mapping[str, str]] = {"bytes": "bytea", "number": "bigint", "end": ""}

    def __init__(self, address: str, schema: str) -> None:
        self._db = _connect(address)
        self._written: dict[str, bytes] = {}
        try:
            self._require_durable()
            self._lock(schema)
            self.rows(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            self.rows(f"SET search_path TO {schema}")
        except BaseException:
            self._db.close()
            raise

    def _lock(self, schema: str) -> None:
        lock = int.from_bytes(sha256(f"saksama.ledger/{schema}".encode()).digest()[:8], "big", signed=True)
        if self.rows("SELECT pg_try_advisory_lock(?)", (lock,)) != [(True,)]:
            raise Locked("another process holds this log's database; only one may")

    def _require_durable(self) -> None:
        """An entry is acknowledged on the strength of a commit, so a commit must have reached the platter."""
        self.rows("SET synchronous_commit TO on")
        for setting in ("fsync", "full_page_writes"):
            if self.rows("SELECT current_setting(?)", (setting,)) != [("on",)]:
                raise StoreFails(f"this PostgreSQL server runs with {setting} off: it would lose what it acknowledged")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows a statement gives."""
        written = self._written.get(statement)
        if written is None:
            written = statement.replace("?", "%s").encode()
            if len(self._written) < 100:
                self._written[statement] = written
        with _told_by_postgres(), self._db.cursor() as cursor:
            cursor.execute(written, values or None)
            return [] if cursor.description is None else cursor.fetchall()

    def add_rows(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put many rows into a table, by COPY."""
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()
        with _told_by_postgres(), self._db.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.rows("BEGIN")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if not self._db.closed and self._db.info.transaction_status:
                self.rows("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the connection, which lets go of the lock."""
        self._db.close()


def _connect(address: str) -> psycopg.Connection:
    try:
        import psycopg
    except ImportError as fault:
        raise StoreFails("PostgreSQL needs the extra `postgres`: pip install 'saksama[postgres]'") from fault
    with _told_by_postgres():
        return psycopg.connect(address, autocommit=True, connect_timeout=10)


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection]:
    db = _connect(address)
    try:
        with _told_by_postgres():
            yield db
    finally:
        db.close()


@contextmanager
def _told_by_postgres() -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.errors.UniqueViolation as fault:
        raise DoubleRow("the log's database has this row already") from fault
    except psycopg.Error as fault:
        why = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        raise StoreFails(f"the log's database fails: {why}. Nothing was acknowledged that it has not kept") from fault
