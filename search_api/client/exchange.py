"""How a request is sent and its answer is read, whoever sends it: address, headers, retries, errors."""

import contextlib
import json
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2

from search_api.client.calls import Call
from search_api.client.decoding import UndecodableError, decode
from search_api.client.errors import (
    KINDS,
    ApiError,
    ClientError,
    TimedOutError,
    UnavailableError,
    UnreachableError,
    UnreadableError,
)

T = TypeVar("T")
DEFAULT_URL = "http://127.0.0.1:8000"
_CONNECT = 5.0
"""Seconds for a connection, at most."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0
_PATIENCE = 60.0
"""Seconds of Retry-After that are waited; where the service asks for more, its error is raised at once."""
_SHOWN = 200
"""Characters that an error shows of what a stranger sent."""


@dataclass(frozen=True)
class Connection:
    """Where the service is, and how it is spoken to."""

    url: str = ""
    """Empty: what ``DATELINE_URL`` holds, or this machine."""
    key: str = ""
    """Empty: what ``DATELINE_KEY`` holds, or none."""
    timeout: float = 30.0
    """Seconds without a byte after which an answer is given up."""
    retries: int = 2
    """How often a request is sent again where the service is not reached or not available."""

    @property
    def base(self) -> str:
        """The address without the slash at its end.

        Raises:
            ClientError: It is none.
        """
        url = (self.url or os.environ.get("DATELINE_URL", "") or DEFAULT_URL).strip().rstrip("/")
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            raise ClientError(f"{url!r} is no address of a service", f"give one such as {DEFAULT_URL}")
        return url

    def arguments(self) -> dict[str, Any]:
        """Return what both kinds of HTTP client are made with."""
        base = self.base
        return {
            "base_url": base,
            "headers": self._headers(),
            "timeout": httpx2.Timeout(self.timeout, connect=min(_CONNECT, self.timeout)),
            "trust_env": not _is_here(urlsplit(base).hostname or ""),  # no proxy stands before this machine
        }

    def pause(self, error: ClientError, attempt: int) -> float:
        """Return how long to wait before a request is sent again, the first time after attempt 0.

        Raises:
            ClientError: The error itself: it does not go away by asking again, or it was asked often enough.
        """
        passing = isinstance(error, UnavailableError | UnreachableError) and not isinstance(error, TimedOutError)
        wanted = error.retry_after if isinstance(error, ApiError) else None
        if not passing or attempt >= self.retries or (wanted or 0) > _PATIENCE:
            raise error
        jitter = random.uniform(0.5, 1)  # noqa: S311 (so that clients do not come back all at once)
        own: float = jitter * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
        return max(wanted or 0, own)

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": f"dateline-client/{_version()}", "Accept": "application/json"}
        key = (self.key or os.environ.get("DATELINE_KEY", "")).strip()
        if not key.isascii() or any(each.isspace() for each in key):
            raise ClientError("the key has characters that no key has", "dateline keys add NAME makes a key, dl_...")
        return headers | ({"Authorization": f"Bearer {key}"} if key else {})


def arguments_of(call: Call[Any]) -> dict[str, Any]:
    """Return what an HTTP client sends for a call."""
    sent: dict[str, Any] = {"method": call.method, "url": call.path}
    if call.params:
        sent["params"] = call.params
    return sent if call.body is None else {**sent, "json": call.body}


@contextlib.contextmanager
def naming(call: Call[Any], base: str) -> Iterator[None]:
    """Turn the errors of the HTTP library into the client's own."""
    try:
        yield
    except httpx2.TimeoutException as error:
        connecting = isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout)
        kind = UnreachableError if connecting else TimedOutError
        raise kind(f"{base} did not answer {call.name} in time", "give a longer timeout, or ask for less") from error
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        hint = "check the address and that the service runs: dateline serve"
        raise UnreachableError(f"{base} cannot be reached: {reason}", hint) from error
    except httpx2.DecodingError as error:
        raise UnreadableError(f"{base} answered {call.name} with what cannot be unpacked: {error}") from error


def read_answer(call: Call[T], response: httpx2.Response) -> T:
    """Return what a service answered.

    Raises:
        ApiError: It answered with an error.
        UnreadableError: It is no Dateline service, or one too different.
    """
    return read_json(call, call.kind, read_object(call, response))


def read_object(call: Call[Any], response: httpx2.Response) -> Any:
    """Return the JSON that a service answered.

    Raises:
        ApiError: It answered with an error.
        UnreadableError: It answered with something else.
    """
    check_status(call, response)
    try:
        return response.json()
    except ValueError as error:
        raise _unreadable(call, response) from error


def check_status(call: Call[Any], response: httpx2.Response) -> None:
    """Raise the error that a response is, if it is one. Its body must have been read."""
    if response.status_code == httpx2.codes.OK:
        return
    try:
        said = response.json()["error"]
        code, message, hint = str(said["code"]), str(said["message"]), str(said.get("hint", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        if response.status_code not in KINDS and response.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
            raise _unreadable(call, response) from None
        said, code, hint = {}, "http", "no Dateline service said so: perhaps a proxy before it"
        message = f"{call.name} was answered {response.status_code} {response.reason_phrase}"
    raise KINDS.get(response.status_code, ApiError)(
        message,
        hint,
        code=code,
        status=response.status_code,
        request_id=str(said.get("request_id", "") or response.headers.get("x-request-id", "")),
        retry_after=_seconds(response.headers.get("retry-after", "")),
    )


def read_json(call: Call[Any], kind: type[T], value: object) -> T:
    """Return JSON as a dataclass.

    Raises:
        UnreadableError: It has another form.
    """
    try:
        return decode(kind, value)
    except UndecodableError as error:
        raise UnreadableError(
            f"the answer to {call.name} is not of the form that this client knows: {error}",
            "use a client of the same version as the service",
        ) from error


def read_line(line: bytes) -> Mapping[str, Any] | None:
    """Return the object in a line of an export, or None where there is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _unreadable(call: Call[Any], response: httpx2.Response) -> UnreadableError:
    kind = response.headers.get("content-type", "") or "nothing that says what it is"
    said = " ".join(response.text.split())[:_SHOWN]
    return UnreadableError(
        f"{call.name} was answered {response.status_code} with {kind}, not with Dateline's JSON: {said!r}",
        "check that the address is that of a Dateline service",
    )


def _seconds(text: str) -> float | None:
    """Return the seconds of Retry-After; a date, which Dateline never sends, says nothing."""
    return float(text) if text.isascii() and text.isdecimal() else None


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _version() -> str:
    for name in ("dateline-client", "dateline"):
        with contextlib.suppress(PackageNotFoundError):
            return version(name)
    return "source"
