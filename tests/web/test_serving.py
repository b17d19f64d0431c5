"""The site as it is really served: granian, a database file, the entering process, Ctrl-C."""

import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from saksama.web.serving import serve
from tests.web.conftest import PASSWORD

RUN = """
import sys
from pathlib import Path
from saksama.web.serving import serve
serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
"""
ENROL = """
import sys
from pathlib import Path
from saksama.web.office import enrol_officer, open_office
from tests.cast import SARI
office = open_office(Path(sys.argv[1]))
enrol_officer(SARI, username="sari", password=sys.argv[2], office=office)
"""
fetch = build_opener(ProxyHandler({})).open  # whatever proxy the machine has, the site is here


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python(*arguments: str, **kept: object) -> "subprocess.Popen[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAKSAMA_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", *arguments], env=environment, text=True, stderr=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        start_new_session=True,
    )  # fmt: skip


@contextmanager
def site_of(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Serve a folder in a process of its own, the leader of its group; gives the address and that process."""
    port = free_port()
    process = python(RUN, str(folder), str(port))
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                fetch(address + "/masuk/").close()
                break
            except (URLError, ConnectionError):
                assert process.poll() is None, process.communicate()
                time.sleep(0.1)
        yield address, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)


@pytest.fixture(scope="module")
def enrolled(empty_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with Sari enrolled, in a file."""
    folder = tmp_path_factory.mktemp("served") / "sleman"
    shutil.copytree(empty_office, folder)
    assert python(ENROL, str(folder), PASSWORD).communicate()[1] == ""
    return folder


@pytest.fixture(scope="module")
def served(enrolled: Path) -> Iterator[tuple[str, Path]]:
    """The address of a site, and its folder."""
    with site_of(enrolled) as (address, _process):
        yield address, enrolled


def children_of(process: "subprocess.Popen[str]") -> list[int]:
    """Process ids below this one, oldest first."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def left_in(group: int, *, within: float) -> list[str]:
    """Processes of a group that are still there when so many seconds have passed."""
    until = time.monotonic() + within
    while (found := _alive_in(group)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def _alive_in(group: int) -> list[str]:
    found = []
    for stat_file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat_file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(stat_file.parent.name)
    return found


def test_it_answers_with_pages_and_static_files(served: tuple[str, Path]) -> None:
    address = served[0]
    with fetch(address + "/masuk/") as answer:
        assert "KPU Kabupaten Sleman" in answer.read().decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for path in ("css/base.css", "js/keys.js", "django_htmx/htmx-2.min.js", "img/saksama.svg"):
        with fetch(f"{address}/static/{path}") as answer:
            assert answer.status == 200
    fonts = Path("src/saksama/web/static/vendor").rglob("*.woff2")
    for font in fonts:
        with fetch(f"{address}/static/vendor/{font.parent.name}/{font.name}") as answer:
            assert answer.headers["Content-Type"] == "font/woff2"


def test_another_host_name_is_refused(served: tuple[str, Path]) -> None:
    from urllib.request import Request

    with pytest.raises(HTTPError) as refused:
        fetch(Request(served[0] + "/masuk/", headers={"Host": "evil.example"}))  # noqa: S310  # http, by the fixture
    assert refused.value.code == 400
    refused.value.close()


def test_what_waits_is_entered_while_the_site_is_open(served: tuple[str, Path]) -> None:
    note = served[1] / "published" / "checkpoint"
    for _ in range(150):
        if note.is_file() and int(note.read_text().split("\n")[1]) >= 2:
            break
        time.sleep(0.1)
    assert int(note.read_text().split("\n")[1]) == 2  # the office opened, Sari enrolled


def test_the_database_is_in_write_ahead_mode_and_the_secret_is_the_offices_alone(
    served: tuple[str, Path],
) -> None:
    with (served[1] / "cases.sqlite3").open("rb") as file:
        assert file.read(20)[18:20] == b"\x02\x02"  # file format 2: WAL (https://sqlite.org/fileformat2.html, 1.3.3)
    secret = served[1] / "keys" / "web.secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text()) > 60


def test_a_port_in_use_is_told_in_a_sentence(served: tuple[str, Path]) -> None:
    port = served[0].rsplit(":", 1)[1]
    second = python(RUN, str(served[1]), port)
    assert "tidak dapat dipakai" in second.communicate(timeout=60)[1]
    assert second.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("whole_group", [True, False], ids=["everybody", "the-first"])
def test_it_closes_cleanly_and_nothing_is_left_behind(
    number: signal.Signals, whole_group: bool, enrolled: Path
) -> None:
    """A terminal and a service manager tell every process; `kill` tells one."""
    with site_of(enrolled) as (address, process):
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        told = process.communicate(timeout=40)[1]
        assert process.returncode == 0, told
        assert "Traceback" not in told
        assert left_in(process.pid, within=5) == []  # Python's resource tracker outlives its master by a moment
        with pytest.raises(URLError):
            fetch(address + "/masuk/")
    database = sqlite3.connect(enrolled / "cases.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT count(*) FROM cases_outboxrow WHERE NOT entered").fetchone() == (0,)
    database.close()


def test_an_entering_process_that_was_killed_holds_nothing_up(enrolled: Path) -> None:
    with site_of(enrolled) as (address, process):
        for child in children_of(process):
            if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(child, signal.SIGKILL)  # the entering process was started first
                break
        fetch(address + "/masuk/").close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)
        assert process.returncode == 0


def test_a_site_that_was_killed_takes_its_workers_with_it_and_can_be_opened_again(enrolled: Path) -> None:
    with site_of(enrolled) as (_address, process):
        process.kill()
        process.wait(timeout=10)
        assert left_in(process.pid, within=30) == []
    with site_of(enrolled) as (address, _process):
        fetch(address + "/masuk/").close()


def test_a_folder_that_is_no_office_is_refused(tmp_path: Path) -> None:
    from saksama.model.errors import BadInput

    with pytest.raises(BadInput, match="bukan kantor"):
        serve(tmp_path, "127.0.0.1", free_port())
