"""A PostgreSQL server of the test run's own, where the machine has one; its data lie in a folder that goes away."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from saksama.ledger.database import DatabasePlace, SqliteFile
from saksama.ledger.postgres import PostgresSchema


def places(request: pytest.FixtureRequest, tmp_path: Path) -> DatabasePlace:
    """A new place in the database that the test's parameter names."""
    if request.param == "sqlite":
        return SqliteFile(tmp_path / "log.sqlite3")
    return PostgresSchema(address(), f"t{tmp_path.name.lower()}"[:60].replace("-", "_"))


@cache
def address() -> str:
    """The address of the server, started at the first asking; skips the test where there is none."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed (extra `postgres`)")
    binaries = next(_binaries(), None)
    if binaries is None:
        pytest.skip("no PostgreSQL server on this machine (no initdb)")
    # initdb refuses root, as PostgreSQL does.
    user = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user `postgres`")
    folder = Path(tempfile.mkdtemp(prefix="saksama-pg-"))
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"

    def run(*command: str | Path) -> None:
        who = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60, **who)

    run(binaries / "initdb", "-D", data, "-U", "saksama", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c shared_buffers=16MB"
    run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "server.log", "-o", options, "start")

    def stop() -> None:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql:///postgres?host={folder}&user=saksama"


def _binaries() -> Iterator[Path]:
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent
    yield from (path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True))
