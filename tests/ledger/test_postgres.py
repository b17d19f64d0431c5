"""The log on PostgreSQL: the same code, the same promises; and what only a server can do to it."""

import subprocess
import sys
from contextlib import closing

import pytest

from saksama.ledger.errors import Damaged, Locked, NotInLog, StoreFails
from saksama.ledger.log import Log
from saksama.ledger.mirror import promote
from saksama.ledger.postgres import PostgresSchema
from tests.ledger.parts import ORIGIN, check_log, entries, require_proof
from tests.ledger.postgres import address


@pytest.fixture
def place(tmp_path):
    return PostgresSchema(address(), f"t{tmp_path.name}".replace("-", "_"))


@pytest.fixture
def parts(tmp_path, signer, place):
    return {"published": tmp_path / "p", "origin": ORIGIN, "signer": signer, "database": place}


def killed(place):
    """End every other connection, as a server that restarts does."""
    with closing(PostgresSchema(address(), "other").open()) as other:
        other.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename = 'saksama'"
        )


def test_a_log_lives_there_as_in_a_file(tmp_path, parts, witness, policy, signer):
    with Log.create(tmp_path / "l", **parts) as log:
        assert log.append(entries(700)) == list(range(700))
        log.checkpoint([witness], policy)
        assert log.append(entries(3, start=699)) == [699, 700, 701]
    with pytest.raises(Damaged, match="begun again"):
        Log.create(tmp_path / "l2", **(parts | {"published": tmp_path / "p2"}))
    with Log.open(tmp_path / "l", **parts) as log:
        assert (log.size, log.published_size) == (702, 700)
        with pytest.raises(NotInLog):
            log.prove(701)
        log.checkpoint([witness], policy)
        require_proof(log, 701, policy)
        check_log(log, signer, tmp_path / "p", acknowledged=entries(702))
    assert not list((tmp_path / "l").glob("*.sqlite3*"))


def test_one_process_has_it_on_whatever_machine(tmp_path, parts):
    """A second machine has another folder, so that folder's own lock would let it in."""
    with (
        Log.create(tmp_path / "l", **parts),
        pytest.raises(Locked, match="holds this log's database"),
    ):
        Log.open(tmp_path / "elsewhere", **parts)
    Log.open(tmp_path / "elsewhere", **parts).close()


def test_a_connection_that_breaks_loses_nothing_acknowledged_and_signs_nothing_more(
    tmp_path, parts, place, witness, policy, signer
):
    log = Log.create(tmp_path / "l", **parts)
    log.append(entries(5))
    killed(place)
    with pytest.raises(StoreFails, match="the log's database fails"):
        log.append(entries(5, start=5))
    with pytest.raises(StoreFails):
        log.checkpoint([witness], policy)
    assert witness.latest(ORIGIN) is None
    log.close()
    with Log.open(tmp_path / "l", **parts) as again:
        assert again.size == 5
        again.append(entries(10))
        again.checkpoint([witness], policy)
        check_log(again, signer, tmp_path / "p", acknowledged=entries(10))


def test_a_server_that_would_forget_is_refused(place):
    with closing(PostgresSchema(address(), "settings").open()) as admin:
        admin.rows("ALTER SYSTEM SET full_page_writes = off")
        admin.rows("SELECT pg_reload_conf()")
        try:
            for _ in range(200):
                try:
                    place.open().close()
                except StoreFails as fault:
                    assert "full_page_writes off" in str(fault)  # noqa: PT017  # the reload takes a moment
                    break
            else:
                pytest.fail("it was never refused")
        finally:
            admin.rows("ALTER SYSTEM RESET full_page_writes")
            admin.rows("SELECT pg_reload_conf()")


def test_a_mirror_is_promoted_into_it_and_a_half_done_one_again(
    tmp_path, grow, log, parts, place, signer, witness, policy
):
    grow(600)
    log.close()
    copy = tmp_path / "published"
    bodies = dict(entries(600))
    names = {body: name for name, body in bodies.items()}

    def stumbling(entry):
        if entry == bodies["id:400"]:
            raise KeyboardInterrupt
        return names[entry]

    with pytest.raises(KeyboardInterrupt):
        promote(copy, tmp_path / "n", signer=signer, id_of=stumbling, database=place)
    with pytest.raises(Damaged, match="not whole"):
        Log.open(tmp_path / "n", **(parts | {"published": copy}))
    assert promote(copy, tmp_path / "n", signer=signer, id_of=names.__getitem__, database=place) == 600
    with pytest.raises(Damaged, match="there already"):
        promote(copy, tmp_path / "n", signer=signer, id_of=names.__getitem__, database=place)
    with Log.open(tmp_path / "n", **(parts | {"published": copy})) as promoted:
        assert promoted.append(entries(601)) == list(range(601))
        promoted.checkpoint([witness], policy)
        check_log(promoted, signer, copy, acknowledged=entries(601))


def test_nobody_at_the_address_and_a_schema_that_is_none_are_said():
    with pytest.raises(StoreFails, match="database fails"):
        PostgresSchema("postgresql:///x?host=/nowhere").exists()
    with pytest.raises(StoreFails, match="small letters"):
        PostgresSchema("postgresql:///x", 'a"; DROP')


def test_without_psycopg_it_says_which_extra_is_missing():
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from saksama.ledger.postgres import PostgresSchema\n"
        "PostgresSchema('postgresql:///x').open()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'saksama[postgres]'" in done.stderr
