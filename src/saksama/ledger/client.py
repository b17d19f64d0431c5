"""Reach a witness, a log or a mirror over HTTP. Everything that is not the protocol's good answer is a refusal."""

import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from urllib.parse import urlsplit

from saksama.ledger.errors import Conflict, Malformed, WitnessRefused, WitnessUnreachable
from saksama.ledger.policy import Policy
from saksama.ledger.text import number
from saksama.ledger.witness import Request

MAX_ANSWER = 32 << 20  # a full bundle of the largest entries has 16 MiB
_REASON_AT_MOST = 200  # characters of a witness's own words
_MAX_SIGNATURES = 64 * 1024


class HttpFetcher:
    """Requests to one URL prefix over one connection that is kept; safe for threads, one request at a time.

    A request has `timeout` seconds in all, and as many to connect: an answer that drips byte by byte counts as none.
    """

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Malformed("an address begins with http:// or https:// and names a machine")
        self.url = url
        self._prefix = parts.path.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._timeout = timeout
        self._kept: http.client.HTTPConnection | None = None
        self._turn = threading.Lock()

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self._drop()

    def ask(self, method: str, path: str, body: bytes | None = None, *, most: int = MAX_ANSWER) -> "Answer":
        """The answer to one request; raises WitnessUnreachable."""
        with self._turn:
            fresh = self._kept is None
            try:
                return self._once(method, path, body, most)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                self._drop()
                # The other side may have closed a connection that was kept; one it never answered on is not retried.
                if fresh or isinstance(fault, TimeoutError):
                    raise self._silent(fault) from fault
            try:
                return self._once(method, path, body, most)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                self._drop()
                raise self._silent(fault) from fault

    def _silent(self, fault: Exception) -> WitnessUnreachable:
        why = "it takes too long" if isinstance(fault, TimeoutError) else fault or type(fault).__name__
        return WitnessUnreachable(f"{self.url} does not answer: {why}")

    def _once(self, method: str, path: str, body: bytes | None, most: int) -> "Answer":
        if self._kept is None:
            self._kept = self._connection()
        connection = self._kept
        # A socket's own timeout starts anew with every byte; this one does not.
        over = threading.Event()
        timer = threading.Timer(self._timeout, _cut, (connection, over))
        timer.daemon = True
        timer.start()
        try:
            headers = {} if body is None else {"Content-Type": "text/plain; charset=utf-8"}
            connection.request(method, f"{self._prefix}/{path}", body, headers)
            response = connection.getresponse()
            whole = response.read(most + 1)
        except (OSError, http.client.HTTPException) as fault:
            if over.is_set():
                raise TimeoutError("it takes too long") from fault
            raise
        finally:
            timer.cancel()
        if over.is_set():
            raise TimeoutError("it takes too long")
        if len(whole) > most:
            raise ValueError(f"the answer is over {most} bytes")
        if response.will_close:
            self._drop()
        return Answer(response.status, response.headers.get("Content-Type") or "", whole)

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _cut(connection: http.client.HTTPConnection, over: threading.Event) -> None:
    over.set()
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


class Answer:
    """Status, content type and body."""

    def __init__(self, status: int, kind: str, body: bytes) -> None:
        self.status = status
        self.kind = kind
        self.body = body


class HttpWitness:
    """A witness at an address, usable as a `WitnessPort`. `name` is that of its keys in the policy."""

    def __init__(self, name: str, url: str, *, timeout: float = 5.0) -> None:
        self.name = name
        self._fetcher = HttpFetcher(url, timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._fetcher.close()

    def latest(self, origin: str) -> bytes | None:
        """The last checkpoint of the origin that it cosigned; None if it says 404; raises WitnessUnreachable."""
        path = f"{sha256(origin.encode()).hexdigest()}/checkpoint"
        answer = self._fetcher.ask("GET", path, most=_MAX_SIGNATURES)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise WitnessUnreachable(f"{self.name} does not show what it has seen (HTTP {answer.status})")
        return answer.body

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
        """Its signature lines; raises Conflict, WitnessRefused for any other status than 200, WitnessUnreachable."""
        body = Request(old_size, tuple(proof), checkpoint).to_bytes()
        answer = self._fetcher.ask("POST", "add-checkpoint", body, most=_MAX_SIGNATURES)
        if answer.status == 409 and answer.kind.startswith("text/x.tlog.size"):
            raise Conflict(_size_in(answer.body, self.name))
        if answer.status != 200:
            raise WitnessRefused(answer.status, f"{self.name} refused (HTTP {answer.status}{_said(answer.body)})")
        return answer.body


def witnesses_in(policy: Policy, *, timeout: float = 5.0) -> list[HttpWitness]:
    """The witnesses of a policy that have an address, each once however many keys of it the policy names."""
    places = dict.fromkeys((item.verifier.name, item.url) for item in policy.witnesses if item.url)
    return [HttpWitness(name, url, timeout=timeout) for name, url in places]


def _said(body: bytes) -> str:
    """The first line of what a stranger gave as reason, as far as it may stand on an operator's screen."""
    line = body.split(b"\n", 1)[0][:_REASON_AT_MOST].decode("ascii", "replace")
    return f": {line}" if line and line.isprintable() and line.isascii() else ""


def _size_in(body: bytes, name: str) -> int:
    try:
        return number(body.decode("ascii").removesuffix("\n"), what="size")
    except (Malformed, UnicodeDecodeError) as fault:
        raise WitnessUnreachable(f"{name} answered 409 without a size") from fault
