"""One request and its response as they pass: what was answered, and what every response has in common."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

from starlette.types import Message, Scope, Send

from search_api.service.errors import status_error
from search_api.service.http.headers import completed, first

_OWN = (b"application/json", b"text/html")
"""How the service itself reports errors; libraries do it as plain text."""
Allowed = Callable[[], Sequence[str]]


class Exchange:
    """Passes a response on: with the headers of all responses, errors in their one shape, and no body to ``HEAD``."""

    def __init__(self, scope: Scope, send: Send, request_id: str, allowed: Allowed, private: bool) -> None:
        self.scope, self.request_id = scope, request_id
        self.routed = scope
        """What the routes are given, and note in it which of them answered."""
        self.status = 0
        """Of the response; 0 until it begins."""
        self.began = time.perf_counter()
        self._send, self._allowed, self._private = send, allowed, private
        self._is_head = scope["method"] == "HEAD"
        self._ended = False

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.began

    async def send(self, message: Message) -> None:
        """Pass a message of the application on to the client."""
        if self._ended:
            return
        if message["type"] == "http.response.start":
            await self._start(message)
        else:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = message.get("headers", ())
        self.status = message["status"]
        if self.status >= 400 and not (first(headers, b"content-type") or b"").startswith(_OWN):
            await self._say_as_json(headers)
            return
        if self.status == 405:
            headers = [each for each in headers if each[0].lower() != b"allow"]
            headers.append((b"allow", ", ".join(self._allowed()).encode()))
        await self._send({**message, "headers": completed(headers, self.request_id, self._private)})
        if self._is_head:
            await self._end(b"")

    async def _say_as_json(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Report an error that a library says in its own way, such as a range that cannot be served."""
        kept = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers
                if not name.lower().startswith(b"content-") or name.lower() == b"content-range"}  # fmt: skip
        response = status_error(self.status, HTTPStatus(self.status).phrase, kept)
        start = {"type": "http.response.start", "status": self.status}
        await self._send({**start, "headers": completed(response.raw_headers, self.request_id, self._private)})
        await self._end(b"" if self._is_head else bytes(response.body))

    async def _end(self, body: bytes) -> None:
        self._ended = True
        await self._send({"type": "http.response.body", "body": body, "more_body": False})
