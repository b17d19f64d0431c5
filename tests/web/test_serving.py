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
    )  # fmt: skip


@pytest.fixture(scope="module")
def served(
    empty_office: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, "subprocess.Popen[str]"]]:
    """The address of a site served in a process of its own, its folder, and that process."""
    folder = tmp_path_factory.mktemp("served") / "sleman"
    shutil.copytree(empty_office, folder)
    enrolling = python(ENROL, str(folder), PASSWORD)
    assert enrolling.communicate()[1] == ""
    port = free_port()
    process = python(RUN, str(folder), str(port))
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            fetch(address + "/masuk/").close()
            break
        except (URLError, ConnectionError):
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
    yield address, folder, process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_it_answers_with_pages_and_static_files(served: tuple[str, Path, object]) -> None:
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


def test_another_host_name_is_refused(served: tuple[str, Path, object]) -> None:
    from urllib.request import Request

    with pytest.raises(HTTPError) as refused:
        fetch(Request(served[0] + "/masuk/", headers={"Host": "evil.example"}))  # noqa: S310  # http, by the fixture
    assert refused.value.code == 400
    refused.value.close()


def test_what_waits_is_entered_while_the_site_is_open(served: tuple[str, Path, object]) -> None:
    note = served[1] / "published" / "checkpoint"
    for _ in range(150):
        if note.is_file() and int(note.read_text().split("\n")[1]) >= 2:
            break
        time.sleep(0.1)
    assert int(note.read_text().split("\n")[1]) == 2  # the office opened, Sari enrolled


def test_the_database_is_in_write_ahead_mode_and_the_secret_is_the_offices_alone(
    served: tuple[str, Path, object],
) -> None:
    with (served[1] / "cases.sqlite3").open("rb") as file:
        assert file.read(20)[18:20] == b"\x02\x02"  # file format 2: WAL (https://sqlite.org/fileformat2.html, 1.3.3)
    secret = served[1] / "keys" / "web.secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text()) > 60


def test_a_port_in_use_is_told_in_a_sentence(served: tuple[str, Path, object]) -> None:
    port = served[0].rsplit(":", 1)[1]
    second = python(RUN, str(served[1]), port)
    assert "tidak dapat dipakai" in second.communicate(timeout=60)[1]
    assert second.returncode == 1


def test_ctrl_c_closes_it_cleanly_and_nothing_is_left_behind(
    served: tuple[str, Path, "subprocess.Popen[str]"],
) -> None:
    """Last of this file: it ends the site."""
    address, folder, process = served
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=30)[1]
    assert process.returncode == 0, told
    assert "Traceback" not in told
    with pytest.raises(URLError):
        fetch(address + "/masuk/")
    with sqlite3.connect(folder / "cases.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM cases_outboxrow WHERE NOT entered").fetchone() == (0,)
    database.close()


def test_a_folder_that_is_no_office_is_refused(tmp_path: Path) -> None:
    from saksama.model.errors import BadInput

    with pytest.raises(BadInput, match="bukan kantor"):
        serve(tmp_path, "127.0.0.1", free_port())
