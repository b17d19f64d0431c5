"""Django's SQLite backend, driven by the pysqlite3 wheel where it is installed.

Debian 12 ships SQLite 3.40.1, in the range (3.7.0 to 3.51.2) of a bug by which two connections that reset the
write-ahead log at once can corrupt the file. The wheel brings 3.53. Django takes its driver by the name `sqlite3`, so
the name is lent to the wheel while Django's own backend is imported, and given back: the rest of the process keeps
Python's driver. Where only an old SQLite is to be had, the file is kept in rollback-journal mode, which the bug does
not touch and which is slower; a file that others hold in write-ahead mode is refused.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

SOUND_WAL: Final = (
    3,
    51,
    3,
)  # https://www.sqlite.org/releaselog/3_51_3.html: "Fix the WAL-reset database corruption bug"
_DJANGOS: Final = "django.db.backends.sqlite3"
_LENT: Final = ("sqlite3", "sqlite3.dbapi2")


def _driver() -> ModuleType:
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3.dbapi2")


def _backend_over(driver: ModuleType) -> ModuleType:
    """Django's backend module, bound to `driver`."""
    if f"{_DJANGOS}.base" not in sys.modules:
        kept = {name: sys.modules.get(name) for name in _LENT}
        package = ModuleType("sqlite3")
        package.__dict__.update({name: value for name, value in vars(driver).items() if not name.startswith("__")})
        package.dbapi2 = driver  # type: ignore[attr-defined]  # as the standard package has it
        sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = package, driver
        try:
            import_module(f"{_DJANGOS}.base")
            import_module(f"{_DJANGOS}.creation")
        finally:
            for name, module in kept.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module
    backend = sys.modules[f"{_DJANGOS}.base"]
    if backend.Database is not driver:
        raise ImproperlyConfigured(
            "Django's SQLite backend was imported before Saksama's settings could choose a driver"
        )
    return backend


if TYPE_CHECKING:
    from django.db.backends.sqlite3 import base as backend
else:
    backend = _backend_over(_driver())


def version() -> tuple[int, ...]:
    """The version of the SQLite in use."""
    return tuple(DatabaseWrapper.Database.sqlite_version_info)


def may_write_in_parallel() -> bool:
    """Whether this SQLite is safe with several writers on a write-ahead log."""
    return version() >= SOUND_WAL


def require_sound(journal_mode: str) -> None:
    """Raise OperationalError for a write-ahead log under a SQLite that can corrupt it: several writers are refused."""
    if journal_mode == "wal" and not may_write_in_parallel():
        raise OperationalError(
            f"this file is in use with a write-ahead log, and SQLite {'.'.join(map(str, version()))} can corrupt it;"
            " close the other program, or install pysqlite3"
        )


class DatabaseWrapper(backend.DatabaseWrapper):
    """A connection that is durable (`synchronous=FULL`) and, where sound, uses a write-ahead log."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the pragmas of every new connection."""
        params: dict[str, Any] = super().get_connection_params()
        # A decision acknowledged survives a power cut: FULL syncs the log at each commit, WAL's default does not.
        self.init_commands = [
            f"PRAGMA journal_mode = {'WAL' if may_write_in_parallel() else 'DELETE'}",
            "PRAGMA synchronous = FULL",
            "PRAGMA trusted_schema = OFF",
            "PRAGMA secure_delete = ON",  # what is deleted (a session, a throttle) leaves no trace in the file
            "PRAGMA cache_size = -32768",
        ]
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection with its pragmas; raises OperationalError where the log could be corrupted."""
        connection = super().get_new_connection(conn_params)
        try:
            require_sound(connection.execute("PRAGMA journal_mode").fetchone()[0])
        except OperationalError:
            connection.close()
            raise
        return connection
