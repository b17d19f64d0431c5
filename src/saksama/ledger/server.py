"""A witness on the network: the HTTP side of the C2SP tlog-witness protocol, with limits.

It needs no database and no other service. Put a reverse proxy with TLS before it, or listen on an inner network: the
protocol authenticates by the log's signature, not by the connection.
"""

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from saksama.ledger.errors import Conflict, LedgerError, Malformed, WitnessRefused
from saksama.ledger.witness import Request, Witness

MAX_BODY = 64 * 1024  # 63 hashes and a checkpoint with a dozen ML-DSA signatures
_MAX_CLIENTS = 10_000
_TEXT = "text/plain; charset=utf-8"


class Rate:
    """A bucket per client: `per_second` requests in the long run, `burst` at once."""

    def __init__(self, per_second: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client: (tokens, when)
        self._turn = threading.Lock()

    def allows(self, client: str) -> bool:
        """Whether this client may ask now; asking counts."""
        now = self._clock()
        with self._turn:
            tokens, then = self._buckets.pop(client, (float(self._burst), now))
            tokens = min(float(self._burst), tokens + (now - then) * self._per_second)
            allowed = tokens >= 1
            self._buckets[client] = (tokens - 1 if allowed else tokens, now)
            while len(self._buckets) > _MAX_CLIENTS:
                self._buckets.popitem(last=False)
        return allowed


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness until `shutdown`. At most `threads` requests are worked on at once; more are turned away."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], witness: Witness, *, rate: Rate | None = None, threads: int = 64
    ) -> None:
        self.witness = witness
        self.rate = rate or Rate(20, 100)
        self.places = threading.BoundedSemaphore(threads)
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread of its own, or close it if all places are taken."""
        if not self.places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Work on one connection, then give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        """A connection that broke off: say so in one line."""
        fault = sys.exc_info()[0]
        sys.stderr.write(f"connection ended: {'' if fault is None else fault.__name__}\n")


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "saksama-witness"
    sys_version = ""
    timeout = 10  # seconds without a byte from the other side
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        if self.path.rstrip("/") != "/add-checkpoint":
            self._answer(HTTPStatus.NOT_FOUND, b"not found\n", close=True)
            return
        body = self._body()
        if body is not None:
            self._answer(*self._decide(body))

    def do_GET(self) -> None:
        if not self._may_ask():
            return
        parts = self.path.strip("/").split("/")
        if parts == [""]:
            self._answer(HTTPStatus.OK, "".join(f"{key}\n" for key in self.server.witness.verifiers()).encode())
            return
        raw = self.server.witness.latest_by_hash(parts[0]) if parts[1:] == ["checkpoint"] else None
        if raw is None:
            self._answer(HTTPStatus.NOT_FOUND, b"not found\n")
        else:
            self._answer(HTTPStatus.OK, raw)

    def _may_ask(self) -> bool:
        if self.server.rate.allows(str(self.client_address[0])):
            return True
        self._answer(HTTPStatus.TOO_MANY_REQUESTS, b"too many requests\n", close=True)
        return False

    def _body(self) -> bytes | None:
        """The request's body, if it may be read; what is wrong is answered here."""
        if not self._may_ask():
            return None
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()) or self.headers.get("Transfer-Encoding"):
            self._answer(HTTPStatus.LENGTH_REQUIRED, b"a length is needed\n", close=True)
            return None
        if len(length) > 9 or int(length) > MAX_BODY:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BODY} bytes\n".encode(), close=True)
            return None
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self._answer(HTTPStatus.BAD_REQUEST, b"the body was cut off\n", close=True)
            return None
        return body

    def _decide(self, body: bytes) -> tuple[int, bytes, str]:
        try:
            request = Request.parse(body)
            lines = self.server.witness.add_checkpoint(request.old_size, request.proof, request.checkpoint)
        except Conflict as conflict:
            return 409, f"{conflict.size}\n".encode(), "text/x.tlog.size"
        except WitnessRefused as refusal:
            return refusal.status, f"{refusal}\n".encode(), _TEXT
        except Malformed as fault:
            return 400, f"{fault}\n".encode(), _TEXT
        except (LedgerError, OSError) as fault:
            sys.stderr.write(f"this witness cannot cosign: {fault}\n")
            return 500, b"this witness cannot cosign now\n", _TEXT
        return 200, lines, _TEXT

    def _answer(self, status: int, body: bytes, kind: str = _TEXT, *, close: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store" if self.command == "POST" else "max-age=1")
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """One line per request: when, who, what, status; nothing in it can end the line."""
        sys.stderr.write(f"{self.log_date_time_string()} {self.client_address[0]} {format % args!a}\n")
