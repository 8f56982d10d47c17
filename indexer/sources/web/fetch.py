"""Fetching news politely: named, slowly, as the host allows, and only what is new.

What was answered is kept in a folder with its ETag and date, so that an unchanged answer is not sent again.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import orjson
import urllib3

LIMIT = 20 * 2**20
"""Bytes of an answer, unpacked."""
_REDIRECTS = 5
_PAUSE = 1.0
"""Seconds between two requests to a host."""
_DEADLINE = 30.0
_TIMEOUT = urllib3.Timeout(connect=10, read=10)
_MOVED = (301, 302, 303, 307, 308)
_CHUNK = 2**16


class FetchError(Exception):
    """An address that could not be fetched: what was asked for, what came, what was wanted."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer."""

    url: str
    """Where it came from, after redirects."""
    body: bytes
    unchanged: bool
    """The host said that it is what was fetched before."""


class Fetcher:
    """Fetches one address after the other."""

    def __init__(
        self,
        kept: Path,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            self.agent = f"dateline/{version('dateline')}"
        except PackageNotFoundError:
            self.agent = "dateline"
        self._kept, self._clock, self._sleep = kept, clock, sleep
        self._pool = urllib3.PoolManager(headers={"User-Agent": self.agent}, retries=False, timeout=_TIMEOUT)
        self._asked: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}

    def get(self, url: str) -> Fetched:
        """Return what an address answers.

        Raises:
            FetchError: It cannot be fetched, must not be, or answers too much, too slowly or in circles.
        """
        asked = url
        for _ in range(_REDIRECTS + 1):
            if not self._robots_of(url).can_fetch(self.agent, url):
                raise FetchError(f"{url} is not to be fetched by programs, says its robots.txt")
            status, headers, body = self._request(url, self._conditions(url))
            if status in _MOVED and headers.get("Location"):
                url = urljoin(url, headers["Location"])
                continue
            if status == 304:
                return Fetched(url, self._path(url).with_suffix(".body").read_bytes(), unchanged=True)
            if status != 200:
                raise FetchError(f"{asked} answers {status}, wanted 200")
            self._keep(url, headers, body)
            return Fetched(url, body, unchanged=False)
        raise FetchError(f"{asked} leads on more than {_REDIRECTS} times")

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _request(self, url: str, headers: dict[str, str]) -> tuple[int, urllib3.HTTPHeaderDict, bytes]:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FetchError(f"{url} is no address of the web: wanted http:// or https://")
        self._wait(parts.netloc)
        try:
            answer = self._pool.request(
                "GET", url, headers={"User-Agent": self.agent, **headers}, redirect=False, preload_content=False
            )
            try:
                return answer.status, answer.headers, self._read(url, answer)
            finally:
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise FetchError(f"{url} cannot be fetched: {error}") from error

    def _read(self, url: str, answer: urllib3.BaseHTTPResponse) -> bytes:
        body, ends = b"", self._clock() + _DEADLINE
        for chunk in answer.stream(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > LIMIT:
                raise FetchError(f"{url} answers more than {LIMIT // 2**20} MiB")
            if self._clock() > ends:
                raise FetchError(f"{url} is not done after {_DEADLINE:g} seconds")
        return body

    def _wait(self, host: str) -> None:
        now = self._clock()
        earliest = self._asked.get(host, now - _PAUSE) + _PAUSE
        if earliest > now:
            self._sleep(earliest - now)
        self._asked[host] = max(now, earliest)

    def _robots_of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            rules = self._robots[parts.netloc] = RobotFileParser()
            rules.parse([])
            if parts.scheme in {"http", "https"} and parts.hostname:
                status, _, body = self._request(f"{parts.scheme}://{parts.netloc}/robots.txt", {})
                rules.parse(body.decode("utf-8", "replace").splitlines() if status == 200 else [])
        return self._robots[parts.netloc]

    def _conditions(self, url: str) -> dict[str, str]:
        """Return what makes a host say only that nothing has changed, where the last answer is at hand."""
        path = self._path(url)
        try:
            kept = orjson.loads(path.read_bytes())
            known = path.with_suffix(".body").is_file() and kept["url"] == url
        except (OSError, orjson.JSONDecodeError, KeyError):
            return {}
        names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
        return {name: kept[each] for each, name in names.items() if known and kept.get(each)}

    def _keep(self, url: str, headers: urllib3.HTTPHeaderDict, body: bytes) -> None:
        self._kept.mkdir(parents=True, exist_ok=True)
        facts = {"url": url, "etag": headers.get("ETag"), "modified": headers.get("Last-Modified")}
        for suffix, content in ((".body", body), (".json", orjson.dumps(facts))):
            path = self._path(url).with_suffix(suffix)
            path.with_suffix(".new").write_bytes(content)
            path.with_suffix(".new").replace(path)

    def _path(self, url: str) -> Path:
        return self._kept / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
