"""How fast the ledger's public pages answer over a long log, served by `saksama serve`, asked over loopback.

    .venv/bin/python bench/public.py --entries 300000

Three times for each address: the first request of the process to that address, and median and 99th percentile of the
rest. The office, its log and three years of days are made first. Prints one JSON object.
"""

import argparse
import http.client
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from saksama.casework.store import MemoryCaseStore
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office, create_office
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.wilayah import Wilayah
from saksama.web.public.tally import FILE

SAKSAMA = Path(sys.executable).with_name("saksama")
SLEMAN = Wilayah("34.04")
BEGIN = datetime(2023, 11, 23, 1, 0, tzinfo=UTC)
BATCH = 10_000
PORT = 18_427


def seen(number: int, of: int) -> tuple[str, bytes]:
    """An entry that an officer has seen the evidence of a case, spread over three years."""
    digest = sha256(str(number).encode()).hexdigest()
    letters = [("23456789ABCDEFGHJKMNPQRSTVWXYZ")[int(digest[at : at + 2], 16) % 30] for at in range(0, 20, 2)]
    case = f"GD-{''.join(letters[:5])}-{''.join(letters[5:])}"
    name = f"evidence_seen:{case}.P-000001.{digest[:16]}"
    at = BEGIN + timedelta(seconds=number * 3 * 365 * 86400 // of)
    body = {"case": case, "officer": "P-000001", "evidence_digest": digest}
    entry = Entry(
        EntryId(name), EntryKind.EVIDENCE_SEEN, at=at, office=SLEMAN.code, actor="P-000001", body=body
    )  # fmt: skip
    return name, entry.to_bytes()


def fill(office: Office, entries: int) -> None:
    """A log of so many entries, cosigned and published."""
    with office.book() as book:
        enter_pending(book, MemoryCaseStore())
        for start in range(0, entries, BATCH):
            book.log.append([seen(n, entries) for n in range(start, min(entries, start + BATCH))])
            book.log.checkpoint(book.witnesses, book.policy)


def asked(path: str) -> tuple[float, int, bytes]:
    """One request on a connection of its own: milliseconds, status, body."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    return took, answer.status, body


def brought(evidence: bytes) -> float:
    """Evidence brought in the form, as a browser sends it: milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", "/buku-besar/periksa/")
    page = connection.getresponse()
    cookie = page.headers["Set-Cookie"].split(";")[0]
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.read())
    assert token is not None
    field = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = field % (b"csrfmiddlewaretoken", b"", token[1])
    body += field % (b"bukti", b'; filename="bukti.zip"\r\nContent-Type: application/zip', evidence) + b"--b--\r\n"
    began = time.perf_counter()
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Cookie": cookie}
    connection.request("POST", "/buku-besar/periksa/", body, headers)
    answer = connection.getresponse()
    assert b'"verdict good"' in answer.read(), answer.status
    took = (time.perf_counter() - began) * 1000
    connection.close()
    return took


def figures(times: list[float]) -> dict[str, float]:
    """First, median and 99th percentile in milliseconds."""
    rest = sorted(times[1:])
    return {
        "first_ms": round(times[0], 1),
        "median_ms": round(statistics.median(rest), 1),
        "p99_ms": round(rest[int(len(rest) * 0.99)], 1),
    }


def wait_until_counted(office: Path, size: int) -> float:
    """Seconds until the process that enters has counted all entries."""
    began = time.monotonic()
    while True:
        try:
            if json.loads((office / FILE).read_bytes())["size"] >= size:
                return round(time.monotonic() - began, 1)
        except FileNotFoundError:
            pass
        time.sleep(0.1)


def main() -> None:
    """Make the office, serve it, ask."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=300_000)
    options.add_argument("--times", type=int, default=100)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="saksama-bench-"))
    office = create_office(folder / "kantor", SLEMAN, name="KPU Kabupaten Sleman")
    fill(office, chosen.entries)
    serving = subprocess.Popen([str(SAKSAMA), "serve", "--office", str(office.folder), "--port", str(PORT)])
    told: dict[str, object] = {}
    try:
        while True:
            try:
                told["first_page_of_all_ms"] = round(asked("/buku-besar/")[0], 1)
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        told["uncounted"] = figures([asked("/buku-besar/")[0] for _ in range(10)])
        told["counted_after_s"] = wait_until_counted(office.folder, chosen.entries)
        middle = chosen.entries // 2
        for path in (
            "", "catatan/", f"catatan/?sampai={middle}", f"catatan/{middle}/", f"catatan/{middle}/bukti.zip",
            "periksa/", "checkpoint", "tile/0/000", "tile/entries/000",
        ):  # fmt: skip
            times = []
            for _ in range(chosen.times):
                took, status, _body = asked(f"/buku-besar/{path}")
                assert status == 200, (path, status)
                times.append(took)
            told["/" + path.replace(str(middle), "N")] = figures(times)
        evidence = asked(f"/buku-besar/catatan/{middle}/bukti.zip")[2]
        told["evidence brought"] = figures([brought(evidence) for _ in range(chosen.times)])
        told["evidence_bytes"] = len(evidence)
    finally:
        serving.terminate()
        serving.wait(30)
        shutil.rmtree(folder)
    about = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    print(json.dumps({"entries": chosen.entries, "machine": about, **told}, indent=2))


if __name__ == "__main__":
    main()
