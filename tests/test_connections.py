"""Whatever a client sends, leaves unsent or leaves unread costs a bounded time; errors have the one shape."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from running_server import PATIENCE, Running, read_response, rest_of, running

from search_api.app import create_app
from search_api.service.connections import Bounds
from search_api.service.settings import Settings

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
QUICK = Bounds(head_seconds=0.3, body_seconds=0.3, read_seconds=0.3, last_seconds=0.3)


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(Settings(index=tmp_path))


@pytest.fixture
def quick(app: FastAPI) -> Iterator[Running]:
    """A server of little patience."""
    with running(app, QUICK) as server:
        yield server


def _error(answer: bytes, status: int, code: str) -> dict[str, str]:
    """Return the headers of an error, after checking that it has the one shape."""
    given, headers, body = read_response(answer)
    assert (given, body["error"]["code"], list(body)) == (status, code, ["error"])
    assert list(body["error"]) == ["code", "message", "hint", "request_id"]
    assert headers["x-request-id"] == body["error"]["request_id"] != ""
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == "application/json"
    assert "server" not in headers
    return headers


@pytest.mark.parametrize(
    "sent",
    [
        b"G",
        HEAD,
        HEAD + b"X-Long: ",
        POST + b"Content-Length: 20\r\n\r\n",
        POST + b'Content-Length: 20\r\n\r\n{"query":',
    ],
)
def test_a_request_half_sent_is_given_up(quick: Running, sent: bytes) -> None:
    headers = _error(quick.ask(sent), 408, "slow")
    assert headers["connection"] == "close"


def test_a_connection_that_asks_nothing_is_closed(quick: Running) -> None:
    assert quick.ask() == b""


@pytest.mark.parametrize("begun", [HEAD + b"X-Long: ", POST + b"Content-Length: 900000\r\n\r\n"])
def test_a_request_that_drips_is_given_up_too(quick: Running, begun: bytes) -> None:
    with quick.connect() as client:
        client.sendall(begun)
        over = threading.Event()

        def drip() -> None:
            while not over.wait(0.02):
                try:
                    client.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            _error(rest_of(client), 408, "slow")
        finally:
            over.set()
            thread.join(PATIENCE)


def test_a_body_that_nobody_reads_and_that_never_ends_does_not_hold_its_connection(quick: Running) -> None:
    """The answer comes at once; the rest of the body is waited for only so long."""
    answer = quick.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{")
    assert read_response(answer)[::2] == (200, {"status": "ok"})


def test_a_second_request_on_a_connection_has_time_of_its_own(app: FastAPI) -> None:
    with running(app) as server, server.connect() as client:
        for end in (b"\r\n", b"Connection: close\r\n\r\n"):
            client.sendall(HEAD)
            client.sendall(end)
            if end == b"\r\n":
                came = b""
                while not came.endswith(b'{"status":"ok"}'):
                    came += client.recv(65536)
                assert came.startswith(b"HTTP/1.1 200 ")
        assert rest_of(client).startswith(b"HTTP/1.1 200 ")


def test_requests_sent_at_once_are_answered_in_order(app: FastAPI) -> None:
    with running(app) as server:
        answers = server.ask(HEAD + b"\r\n" + HEAD.replace(b"healthz", b"nothing") + b"Connection: close\r\n\r\n")
    first, second = answers.split(b"HTTP/1.1 ")[1:]
    assert (first[:3], second[:3]) == (b"200", b"404")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"hello\r\n\r\n", 400, "malformed"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "malformed"),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400, "malformed"),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "malformed"),
        (b"GET /h\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed"),
        (POST + b"Content-Length: x\r\n\r\n", 400, "malformed"),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, "malformed"),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 411, "length_required"),
        (HEAD + b"X: " + b"x" * 200_000, 431, "headers_too_large"),
        (HEAD + b"X: " + b"x" * 40_000 + b"\r\nConnection: close\r\n\r\n", 431, "headers_too_large"),
        (HEAD + b"X: x\r\n" * 120 + b"Connection: close\r\n\r\n", 431, "headers_too_large"),
        (HEAD + b"Range: bytes=9-1\r\nConnection: close\r\n\r\n", 200, ""),
        (HEAD.replace(b"healthz", b"web/page.js") + b"Range: bytes=9-1\r\nConnection: close\r\n\r\n", 400, "http"),
        (HEAD.replace(b"healthz", b"web/page.js") + b"Range: bytes=999999-\r\nConnection: close\r\n\r\n", 416, "http"),
        (HEAD.replace(b"GET", b"FROB") + b"Connection: close\r\n\r\n", 405, "method_not_allowed"),
        (HEAD + b"Upgrade: websocket\r\nConnection: upgrade, close\r\n\r\n", 200, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_an_error_in_the_one_shape(
    quick: Running, sent: bytes, status: int, code: str
) -> None:
    answer = quick.ask(sent)
    if code:
        _error(answer, status, code)
    else:
        assert read_response(answer)[::2] == (status, {"status": "ok"})


def test_connections_that_idle_make_room_for_new_ones(app: FastAPI) -> None:
    with running(app, Bounds(connections=20)) as server:
        idle = [server.connect() for _ in range(200)]
        try:
            assert read_response(server.ask(HEAD + b"Connection: close\r\n\r\n"))[0] == 200
            for client in idle[:170]:
                assert client.recv(1) == b""
            assert len(server.server.server_state.connections) <= 20
        finally:
            for client in idle:
                client.close()


class _Held:
    """Routes that wait to be let go, and that send more than a client reads."""

    def __init__(self) -> None:
        self.reached, self.released, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.app = FastAPI()
        self.app.add_api_route("/held", self.held)
        self.app.add_api_route("/endless", self.endless)
        self.app.add_api_route("/body", self.body, methods=["POST"])

    def held(self) -> str:
        self.reached.set()
        assert self.released.wait(PATIENCE)
        return "done"

    async def body(self, request: Request) -> None:
        await request.body()

    async def endless(self) -> StreamingResponse:
        async def lines() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 100_000
                    await asyncio.sleep(0)
            finally:
                self.ended.set()

        return StreamingResponse(lines())


def test_where_every_connection_is_busy_one_more_is_refused_at_once() -> None:
    held = _Held()
    with running(held.app, Bounds(connections=1)) as server, server.connect() as client:
        client.sendall(HEAD.replace(b"healthz", b"held") + b"Connection: close\r\n\r\n")
        assert held.reached.wait(PATIENCE)
        _error(server.ask(), 503, "busy")
        held.released.set()
        assert read_response(rest_of(client))[::2] == (200, "done")


def test_a_response_that_nobody_reads_ends() -> None:
    held = _Held()
    with running(held.app, QUICK) as server, server.connect() as client:
        client.sendall(HEAD.replace(b"healthz", b"endless") + b"\r\n")
        assert held.ended.wait(PATIENCE)


def test_what_is_being_answered_when_the_service_ends_is_answered() -> None:
    held = _Held()
    bounds = Bounds(last_seconds=0.3)
    with (
        running(held.app, bounds) as server,
        server.connect() as client,
        server.connect() as half,
        server.connect() as idle,
    ):
        half.sendall(POST.replace(b"search", b"body") + b"Content-Length: 20\r\n\r\n")
        client.sendall(HEAD.replace(b"healthz", b"held") + b"\r\n")
        assert held.reached.wait(PATIENCE)
        server.server.should_exit = True
        assert idle.recv(1) == b""
        _error(rest_of(half), 408, "slow")
        held.released.set()
        assert read_response(rest_of(client))[::2] == (200, "done")


def test_a_body_does_not_wait_for_the_confirmation_of_its_head(app: FastAPI) -> None:
    with running(app) as server, server.connect() as client:
        client.sendall(HEAD + b"\r\n")
        assert client.recv(1)
        (connection,) = server.server.server_state.connections
        sock = connection.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_that_is_reset_is_no_error(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    with running(app) as server:
        for sent in (b"", b"G", HEAD, POST + b"Content-Length: 20\r\n\r\n{"):
            with server.connect() as client:
                client.sendall(sent)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        assert read_response(server.ask(HEAD + b"Connection: close\r\n\r\n"))[0] == 200
    said = [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "WARNING"}]
    assert [each for each in said if not each.startswith("not ready: there is no index")] == []
