"""The witness on the network: its door, its limits, its codes."""

import http.client

import pytest

from saksama.ledger.server import MAX_BODY, Rate, WitnessServer
from saksama.ledger.witness import Request
from tests.ledger.growing import note


def ask(server: WitnessServer, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    try:
        connection.request(method, path, body or None, {name.replace("_", "-"): v for name, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_shows_its_keys_at_its_door(server, inner):
    status, body = ask(server, "GET", "/")
    assert status == 200
    assert body.decode().split() == [str(key) for key in inner.verifiers()]


@pytest.mark.parametrize("path", ["/keys", "/../keys", "/x/checkpoint", "/%2e%2e/keys", "/" + "0" * 64 + "/checkpoint"])
def test_it_shows_nothing_else(server, path):
    assert ask(server, "GET", path)[0] == 404
    assert ask(server, "POST", path, b"x")[0] == 404


def test_it_answers_malformed_requests_with_400(server):
    for body in (b"x", b"old 0\n\nx", b"old 0\n\n" + note(3).replace(b"\n", b"\r\n")):
        assert ask(server, "POST", "/add-checkpoint", body)[0] == 400


def test_it_reads_no_more_than_it_should(server):
    assert ask(server, "POST", "/add-checkpoint", b"", Content_Length=str(MAX_BODY + 1))[0] == 413
    assert ask(server, "POST", "/add-checkpoint", b"", Content_Length="9" * 40)[0] == 413
    assert ask(server, "POST", "/add-checkpoint", b"", Content_Length="-1")[0] == 411
    assert ask(server, "POST", "/add-checkpoint", b"x", Transfer_Encoding="chunked")[0] == 411


def test_a_conflict_is_answered_as_the_protocol_says(server, inner):
    inner.add_checkpoint(0, [], note(7))
    body = Request(0, (), note(9)).to_bytes()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request("POST", "/add-checkpoint", body)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"], answer.read()) == (409, "text/x.tlog.size", b"7\n")
    connection.close()


def test_a_client_that_asks_too_often_waits():
    clock = [0.0]
    rate = Rate(2, 3, clock=lambda: clock[0])
    assert [rate.allows("a") for _ in range(5)] == [True, True, True, False, False]
    assert rate.allows("b")
    clock[0] += 0.5
    assert [rate.allows("a") for _ in range(2)] == [True, False]


def test_the_server_says_429(inner, serving):
    server = serving(WitnessServer(("127.0.0.1", 0), inner, rate=Rate(0.001, 2)))
    assert [ask(server, "GET", "/")[0] for _ in range(3)] == [200, 200, 429]
