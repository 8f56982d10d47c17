"""A server in a thread of a test, and clients that write to it what no library would."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from search_api.service.connections import Bounds
from search_api.service.server import listen, served_by
from search_api.service.settings import Settings

PATIENCE = 20
"""Seconds after which a test that waits has failed."""


class Running:
    """A server that runs."""

    def __init__(self, server: uvicorn.Server, port: int) -> None:
        self.server, self.port = server, port

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, *parts: bytes) -> bytes:
        """Send parts one after the other, and return all that comes until the server closes."""
        with self.connect() as client:
            for part in parts:
                client.sendall(part)
            return rest_of(client)


@contextlib.contextmanager
def running(app: FastAPI, bounds: Bounds | None = None, **settings: Any) -> Iterator[Running]:
    """Serve an application, on a free port, until the end of the context."""
    (sock,) = listen("127.0.0.1", 0)
    server = served_by(app, Settings(**settings), bounds or Bounds())
    thread = threading.Thread(target=server.run, args=([sock],))
    thread.start()
    try:
        yield Running(server, sock.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def rest_of(client: socket.socket) -> bytes:
    """Return what still comes until the other side closes."""
    came = b""
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(65536):
            came += part
    return came


def read_response(answer: bytes) -> tuple[int, dict[str, str], Any]:
    """Return the status, the headers and the JSON of a response."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body) if body else None
