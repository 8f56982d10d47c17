"""A polite client of web servers: it gives its name, pauses between requests, and bounds every answer."""

import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin, urlsplit

import urllib3

from indexer.sources import limits
from indexer.sources.web.connections import ForbiddenAddressError, guarded_pools
from indexer.sources.web.content_coding import ACCEPTED, CodingError, decode_body
from indexer.sources.web.deadline import Deadline
from indexer.sources.web.destinations import is_public

LIMIT = limits.ANSWER
"""The most bytes of an answer, after decompression."""
_PAUSE = 1.0
"""Seconds between two requests to the same host."""
_DEADLINE = float(limits.ANSWER_SECONDS)
"""Seconds after which an answer must be complete."""
_TIMEOUT = urllib3.Timeout(connect=10, read=10)
_MOVED = (301, 302, 303, 307, 308)
_CHUNK = 2**16
_SHOWN = 300
"""Characters of an error, which may quote what the server sent."""


class FetchError(Exception):
    """An address could not be fetched; the message says what was asked for, what came, and what was wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str
    """The address that the answer refers to, if it is a redirect; else empty."""


class PrivateAddressError(FetchError):
    """A host is not asked, because it belongs to this machine or to a private network."""


class Client:
    """Asks for one address after the other. Proxies are not used: what they connect to nobody here could look at."""

    def __init__(
        self,
        allow_private: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to ask.

        Args:
            allow_private: Ask hosts of this machine and of private networks too.
            clock: Returns the seconds since some moment.
            sleep: Waits for some seconds.
        """
        try:
            self.agent = f"dateline/{version('dateline')}"
        except PackageNotFoundError:
            self.agent = "dateline"
        self._clock, self._sleep = clock, sleep
        self._pool = urllib3.PoolManager(headers={"User-Agent": self.agent}, retries=False, timeout=_TIMEOUT)
        self._pool.pool_classes_by_scheme = guarded_pools(_anywhere if allow_private else is_public)
        self._last_request: dict[str, float] = {}
        """When each host was last asked."""

    def ask(self, url: str, headers: Mapping[str, str] | None = None, enough: int = 0) -> Answer:
        """Return what an address answers; redirects are not followed.

        Args:
            url: The address.
            headers: More headers of the request.
            enough: The bytes of the body after which the rest is not read; 0 reads all of it.

        Raises:
            PrivateAddressError: It leads to this machine or a private network.
            FetchError: It is no address of the web, there is no answer, or the answer is too large or too slow.
        """
        self._wait(host_of(url))
        sent = {"User-Agent": self.agent, "Accept-Encoding": ACCEPTED, **(headers or {})}
        try:
            with Deadline(_DEADLINE) as deadline:
                answer = self._pool.request("GET", url, headers=sent, redirect=False, preload_content=False)
                try:
                    body = _read(url, answer, enough)
                finally:
                    answer.close()
        except ForbiddenAddressError as error:
            raise PrivateAddressError(f"{error}: rebuild-index --allow-private fetches from there too") from error
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, ValueError, OSError) as error:
            if not deadline.passed:
                raise FetchError(f"{url} cannot be fetched: {str(error)[:_SHOWN]}") from error
        if deadline.passed:
            raise FetchError(f"{url} is not done after {_DEADLINE:g} seconds")
        body = _decoded(url, body, answer.headers.get("Content-Encoding", ""))
        moved_to = _join(url, answer.headers.get("Location", "")) if answer.status in _MOVED else ""
        return Answer(answer.status, answer.headers, body, moved_to)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _wait(self, host: str) -> None:
        now = self._clock()
        earliest = self._last_request.get(host, now - _PAUSE) + _PAUSE
        if earliest > now:
            self._sleep(earliest - now)
        self._last_request[host] = max(now, earliest)


def _anywhere(_address: str) -> bool:
    return True


def _read(url: str, answer: urllib3.BaseHTTPResponse, enough: int) -> bytes:
    body = bytearray()
    for chunk in answer.stream(_CHUNK, decode_content=False):
        body += chunk
        if 0 < enough <= len(body):
            break
        if len(body) > LIMIT:
            raise FetchError(f"{url} answers more than {LIMIT // 2**20} MiB")
    return bytes(body)


def _decoded(url: str, body: bytes, coding: str) -> bytes:
    try:
        decoded = decode_body(body, coding, LIMIT)
    except CodingError as error:
        raise FetchError(f"{url} {error}") from error
    if len(decoded) > LIMIT:
        raise FetchError(f"{url} answers more than {LIMIT // 2**20} MiB")
    return decoded


def host_of(url: str) -> str:
    """Return the host of an address with its port.

    Raises:
        FetchError: It is no address of the web.
    """
    if len(url) > limits.ADDRESS:
        raise FetchError(f"{url[:_SHOWN]}... is no address of the web: it has more than {limits.ADDRESS:,} characters")
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return parts.netloc
    except ValueError:  # the address has brackets that hold no IPv6 address
        pass
    raise FetchError(f"{url} is no address of the web: wanted http:// or https://")


def _join(url: str, location: str) -> str:
    """Return the address that a redirect leads to, or an empty string if it names none."""
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return location
