import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.utils import OperationalError

from saksama.web.sqlite import base


def test_the_sqlite_in_use_is_sound_with_several_writers() -> None:
    assert base.version() >= base.SOUND_WAL
    assert base.may_write_in_parallel()


def test_the_rest_of_the_process_keeps_pythons_driver() -> None:
    assert sys.modules["sqlite3"] is sqlite3
    assert sqlite3.__name__ == "sqlite3"
    assert base.DatabaseWrapper.Database.__name__.startswith("pysqlite3")


def test_a_commit_is_on_the_disk_when_it_returns_and_transactions_take_the_lock_at_once(db: None) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert cursor.execute("PRAGMA trusted_schema").fetchone()[0] == 0
    assert connection.transaction_mode == "IMMEDIATE"


def test_an_old_sqlite_is_refused_a_write_ahead_log(monkeypatch: pytest.MonkeyPatch) -> None:
    base.require_sound("wal")
    monkeypatch.setattr(base, "version", lambda: (3, 40, 1))
    base.require_sound("delete")
    with pytest.raises(OperationalError, match=r"3\.40\.1 can corrupt it"):
        base.require_sound("wal")


def test_with_pythons_driver_alone_the_file_keeps_a_rollback_journal(tmp_path: Path) -> None:
    """A process of its own, in which the wheel cannot be imported."""
    script = """
import sys
sys.modules["pysqlite3"] = sys.modules["pysqlite3.dbapi2"] = None
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "saksama.web.sqlite", "NAME": sys.argv[1]}})
import django; django.setup()
from django.db import connection
from saksama.web.sqlite import base
with connection.cursor() as cursor:
    mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
print(mode, base.may_write_in_parallel())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "x.sqlite3")], capture_output=True, text=True, check=True
    )
    mode, sound = done.stdout.split()
    assert (mode, sound) == (("wal", "True") if sqlite3.sqlite_version_info >= base.SOUND_WAL else ("delete", "False"))
