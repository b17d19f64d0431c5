"""The database that holds a log's memory: what differs between SQLite and PostgreSQL, and nothing else.

`index` writes its statements once, in the SQL both speak, with `?` for values. A fault of the database comes out as
`StoreFails`; a commit that returned is on the platter.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from saksama.ledger.errors import StoreFails

Row = tuple[Any, ...]


class Database(Protocol):
    """One open connection, used by one process. Statements outside `transaction` are durable one by one."""

    # How this database writes the types of a table's columns: {bytes}, {number}, and what follows the columns.
    types: ClassVar[Mapping[str, str]]

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows a statement gives, none for one that gives none; raises StoreFails."""

    def add_rows(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put many rows into a table, fast; raises StoreFails, DoubleRow if a key stands twice."""

    def transaction(self) -> AbstractContextManager[None]:
        """All statements inside become durable at its end, or none does."""

    def close(self) -> None:
        """Close the connection."""


class DoubleRow(StoreFails):
    """A row with this key is there already."""


class DatabasePlace(Protocol):
    """Where a log's database is or will be."""

    def exists(self) -> bool:
        """Whether a log's tables are there."""

    def open(self) -> Database:
        """Connect; makes the database where there is none. Raises Locked, StoreFails."""

    def discard(self) -> None:
        """Remove what was half made here and never used."""


class SqliteFile:
    """A database in a file of the log's private folder. The folder's lock keeps a second process out."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def open(self) -> "Sqlite":
        """The open database."""
        return Sqlite(self.path)

    def discard(self) -> None:
        """Remove the file, and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


class Sqlite:
    """An open SQLite file."""

    types: ClassVar[Mapping[str, str]] = {"bytes": "BLOB", "number": "INTEGER", "end": "WITHOUT ROWID"}

    def __init__(self, path: Path) -> None:
        with _told_by_sqlite():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            # FULL: a commit is on the platter when it returns; an entry is acknowledged on the strength of it.
            for setting in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16384", "wal_autocheckpoint=8192"):
                self._db.execute(f"PRAGMA {setting}")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows a statement gives."""
        with _told_by_sqlite():
            return self._db.execute(statement, values).fetchall()

    def add_rows(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put many rows into a table."""
        marks = ",".join("?" * len(columns))
        # Names of ours and question marks, never a value.
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        with _told_by_sqlite():
            self._db.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self.rows("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()


@contextmanager
def _told_by_sqlite() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as fault:
        raise DoubleRow("the log's database has this row already") from fault
    except sqlite3.Error as fault:
        raise StoreFails(f"the log's database fails: {fault}. Nothing was acknowledged that it has not kept") from fault
