"""Fetch news as the host allows it, and only what is new.

Each answer is stored in a folder with its ETag and its date, so that the host need not send an unchanged one again.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.sources import limits
from indexer.sources.web.client import Answer, Client, FetchError
from indexer.sources.web.robots import Robots


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched from an address."""

    url: str
    """Where it came from, after redirects."""
    body: bytes
    unchanged: bool
    """The host said that nothing has changed since it was fetched before."""


class Fetcher:
    """Fetches one address after the other."""

    def __init__(
        self,
        folder: Path | None,
        allow_private: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to fetch.

        Args:
            folder: A folder for the answers; None stores none.
            allow_private: Fetch from this machine and from private networks too.
            clock: Returns the seconds since some moment.
            sleep: Waits for some seconds.
        """
        self._folder, self._clock = folder, clock
        self._client = Client(allow_private, clock, sleep)
        self._robots = Robots(self._client)

    def get(self, url: str) -> Fetched:
        """Return what an address answers, after redirects.

        Raises:
            FetchError: It cannot be fetched or must not be, or the answer is too large, too slow, or redirected
                without end.
        """
        asked, end = url, self._clock() + limits.REDIRECTED_SECONDS
        for _ in range(limits.REDIRECTS + 1):
            if self._clock() > end:
                raise FetchError(f"{asked} is not done after {limits.REDIRECTED_SECONDS} seconds")
            if refusal := self._robots.refusal(url):
                raise FetchError(refusal)
            answer = self._client.ask(url, self._conditions(url))
            if not answer.moved_to:
                return self._fetched(asked, url, answer)
            url = answer.moved_to
        raise FetchError(f"{asked} leads on more than {limits.REDIRECTS} times")

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _fetched(self, asked: str, url: str, answer: Answer) -> Fetched:
        if answer.status == 304 and self._folder and _body(self._folder, url).is_file():
            return Fetched(url, _body(self._folder, url).read_bytes(), unchanged=True)
        if answer.status != 200:
            raise FetchError(f"{asked} answers {answer.status}, wanted 200")
        if self._folder:
            _store(self._folder, url, answer)
        return Fetched(url, answer.body, unchanged=False)

    def _conditions(self, url: str) -> dict[str, str]:
        """Return the headers by which a host answers only that nothing has changed; none without a stored answer."""
        if not self._folder or not _body(self._folder, url).is_file():
            return {}
        try:
            facts = orjson.loads(_facts(self._folder, url).read_bytes())
            same = facts["url"] == url
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return {}
        names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
        return {name: facts[fact] for fact, name in names.items() if same and facts.get(fact)}


def _store(folder: Path, url: str, answer: Answer) -> None:
    """Store the body of an answer, and then the facts by which the host recognises it."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"url": url, "etag": answer.headers.get("ETag"), "modified": answer.headers.get("Last-Modified")}
    for path, content in ((_body(folder, url), answer.body), (_facts(folder, url), orjson.dumps(facts))):
        path.with_suffix(".new").write_bytes(content)
        path.with_suffix(".new").replace(path)


def _body(folder: Path, url: str) -> Path:
    return folder / f"{_name(url)}.body"


def _facts(folder: Path, url: str) -> Path:
    return folder / f"{_name(url)}.json"


def _name(url: str) -> str:
    return hashlib.sha256(url.encode(errors="surrogatepass")).hexdigest()[:32]
