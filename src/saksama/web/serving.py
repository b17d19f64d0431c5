"""Serving: the site on this machine by granian, and the one process that enters. `saksama serve` calls it."""

import multiprocessing
import os
from pathlib import Path
from typing import Final

from saksama.model.errors import BadInput
from saksama.model.texts import _

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_THREADS: Final = 4  # requests served at once by a worker; an office has a handful of people
_PATIENCE: Final = 20  # seconds a worker or the entering process may take to finish what it does


def serve(folder: Path, host: str, port: int, *, workers: int = 1) -> None:
    """Serve the office in `folder` until Ctrl-C or SIGTERM; raises BadInput for a folder or address that will not do.

    The database is brought up to date first. Static files are served from where they lie; nothing is built. Workers
    and the entering process start afresh (spawn): no database handle crosses a fork.
    """
    folder = folder.resolve()
    _name_host(host)
    from saksama.web.office import open_office
    from saksama.web.sqlite.base import may_write_in_parallel

    open_office(folder)
    if workers > 1 and not may_write_in_parallel():
        raise BadInput(_("SQLite di komputer ini terlalu lama untuk lebih dari satu proses; pasang pysqlite3."))
    _require_free(host, port)
    from django.db import connections

    connections.close_all()
    os.environ["SAKSAMA_OFFICE"] = str(folder)
    os.environ["SAKSAMA_SERVED_BY"] = str(os.getpid())
    multiprocessing.set_start_method("spawn", force=True)
    from saksama.web.entering import enter_until

    listening, holding = multiprocessing.Pipe(duplex=False)
    enterer = multiprocessing.Process(target=enter_until, args=(folder, listening), name="saksama-entering")
    enterer.start()
    listening.close()
    try:
        _run(host, port, workers)
    finally:
        holding.close()
        enterer.join(_PATIENCE)


def _run(host: str, port: int, workers: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "saksama.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        workers_kill_timeout=_PATIENCE,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def _name_host(host: str) -> None:
    """Let Django answer under the address asked for; a name other than the address is given in SAKSAMA_HOSTS."""
    if host not in _LOOPBACK:
        named = [name for name in os.environ.get("SAKSAMA_HOSTS", "").split(",") if name]
        os.environ["SAKSAMA_HOSTS"] = ",".join([*named, host])


def _require_free(host: str, port: int) -> None:
    """Raise BadInput where another program listens already; granian would say so in its own words, from a worker."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise BadInput(
                _("Alamat {host}:{port} tidak dapat dipakai. Pilih pintu lain: --port").format(host=host, port=port)
            ) from fault
