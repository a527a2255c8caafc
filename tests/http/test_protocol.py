"""Connections that misbehave, over raw sockets."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from fittrack_http.server import Limits
from tests.http.live import Server, received, running
from tests.http.toys import toy_service

HURRIED = Limits(head_seconds=0.4, body_seconds=0.4, idle_seconds=0.6, answer_seconds=2)
POST = b"POST /toys HTTP/1.1\r\nhost: x\r\nauthorization: Bearer member\r\ncontent-type: application/json\r\n"
TOY = b'{"name":"Bear","colour":"red","price":"5.00"}'


@pytest.fixture(scope="module")
def hurried() -> Iterator[Server]:
    with running(toy_service(limits=HURRIED)) as found:
        yield found


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"\x00\x01\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /toys\r\n\r\n",
        b"GET /toys HTTP/2.0\r\n\r\n",
        b"GET /toys HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /t\xc3\xa4ys HTTP/1.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n",
        b"GET http://x:99999/ HTTP/1.1\r\n\r\n",
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: ten\r\n\r\n",
        POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\n",
        POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\n" + b"1" * 100,
    ],
)
def test_a_malformed_request_is_told_so_and_the_connection_ends(server: Server, data: bytes) -> None:
    answer = server.raw(data, seconds=3)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"/docs/errors#malformed_request" in answer
    assert b"\r\nconnection: close\r\n" in answer
    assert b"nosniff" in answer


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", b"431", b"headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 10_000 + b"\r\n", b"431", b"headers_too_large"),
        (POST + b"expect: tea\r\ncontent-length: 2\r\n\r\n{}", b"417", b"expectation_unknown"),
        (POST + b"content-length: 99999999999\r\n\r\n", b"413", b"body_too_large"),
        (POST + b"transfer-encoding: chunked\r\n\r\nffffffff\r\n", b"413", b"body_too_large"),
    ],
)
def test_what_is_too_much_has_its_own_status(server: Server, data: bytes, status: bytes, code: bytes) -> None:
    answer = server.raw(data, seconds=3)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert code in answer


def test_a_body_in_chunks_is_read(server: Server) -> None:
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(TOY), TOY)
    answer = server.raw(POST + b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n" + chunks)
    assert answer.startswith(b"HTTP/1.1 201 ")


def test_a_client_that_asks_first_is_told_to_go_on(server: Server) -> None:
    head = POST + b"connection: close\r\nexpect: 100-continue\r\ncontent-length: %d\r\n\r\n" % len(TOY)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head)
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(TOY)
        assert received(connection).startswith(b"HTTP/1.1 201 ")


def test_requests_in_one_packet_are_answered_in_order(server: Server) -> None:
    last = b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = server.raw(b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n" + last)
    assert 2 == answer.count(b"HTTP/1.1 ")
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


def test_a_truncated_body_is_given_up(hurried: Server) -> None:
    answer = hurried.raw(POST + b"content-length: 100\r\n\r\n" + TOY)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request_too_slow" in answer


def drip(server: Server, start: bytes, drops: int = 100) -> tuple[bytes, float]:
    """Sends `start`, then a byte every 50 ms; what was answered, and after how many seconds the connection ended."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.05) as connection:
        connection.sendall(start)
        found = b""
        for _ in range(drops):
            try:
                connection.sendall(b"x")
                more = connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            found += more
            if not more:
                break
        return found, time.monotonic() - begun


def test_a_dripped_body_does_not_hold_its_connection(hurried: Server) -> None:
    answer, seconds = drip(hurried, POST + b"content-length: 1000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < 2


def test_dripped_headers_do_not_hold_their_connection(hurried: Server) -> None:
    answer, seconds = drip(hurried, b"GET /toys HTTP/1.1\r\nx: ")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < 2


def test_a_body_dripped_to_a_path_that_does_not_read_it_does_not_hold_its_connection(hurried: Server) -> None:
    answer, seconds = drip(hurried, b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert seconds < 3


def test_an_idle_connection_is_closed_without_a_word(hurried: Server) -> None:
    assert hurried.raw(b"") == b""


def test_a_connection_is_kept_between_requests(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        streams = {id(client.get("/health/live").extensions["network_stream"]) for _ in range(3)}
    assert 1 == len(streams)


def test_a_client_that_leaves_disturbs_nobody(server: Server) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
    assert 200 == httpx.get(f"{server.url}/health/live").status_code
