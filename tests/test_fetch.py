"""Fetching from a server of our own: polite, bounded, and only what is new."""

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources.reading import UNFORESEEN
from indexer.sources.web import client, feed_address
from indexer.sources.web.client import FetchError
from indexer.sources.web.feed_address import read_address
from indexer.sources.web.fetch import Fetcher

PAGE = """<!doctype html><html lang="en"><head><title>Ferry</title></head><body><article><h1>Ferry runs aground</h1>
<p>The ferry ran aground on a reef off the coast of Veldhaven at dawn on Thursday, the coast guard said.</p>
<p>All of the four hundred and fifty passengers on board were taken ashore by fishing boats before noon that day.</p>
<p>The captain told the inquiry that the fog had come up within minutes and that the radar had not shown the reef.</p>
</article></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>
<item><guid>g1</guid><title>Ferry aground</title><link>{root}/page</link><description>Short.</description>
<pubDate>Tue, 27 May 2025 18:20:00 +0200</pubDate></item>
<item><guid>g2</guid><title>Bridge</title><link>{root}/gone</link><description>The bridge fell.</description></item>
</channel></rss>"""
ETAG = '"one"'


class Handler(BaseHTTPRequestHandler):
    """Answers by path; what was asked is kept by the server."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        try:
            getattr(self, f"_{self.path.strip('/').split('.')[0].split('?')[0] or 'root'}", self._none)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None: ...

    def _send(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _none(self) -> None:
        self._send(b"", 404)

    def _robots(self) -> None:
        status, content, headers = self.server.robots  # type: ignore[attr-defined]
        self._send(content, status, **headers)

    def _rambling(self) -> None:
        """Answer rules without end, of which the first forbid one page."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"User-agent: *\nDisallow: /private\n")
        while not self.server.done.is_set():  # type: ignore[attr-defined]
            self.wfile.write(b"# and so on\n" * 2**10)

    def _rules(self) -> None:
        self._send(b"User-agent: *\nDisallow: /moved\n")

    def _private(self) -> None:
        self._send(b"private")

    def _feed(self) -> None:
        if self.headers.get("If-None-Match") == ETAG:
            self._send(b"", 304)
        else:
            self._send(FEED.format(root=f"http://{self.headers['Host']}").encode(), ETag=ETAG)

    def _page(self) -> None:
        self._send(gzip.compress(PAGE.encode()), Content_Encoding="gzip", Content_Type="text/html")

    def _brotli(self) -> None:
        self._send(brotli.compress(PAGE.encode()), Content_Encoding="br", Content_Type="text/html")

    def _zstd(self) -> None:
        self._send(zstd.compress(PAGE.encode()), Content_Encoding="zstd", Content_Type="text/html")

    def _damaged(self) -> None:
        self._send(b"\xff\xff\xff", Content_Encoding="br", Content_Type="text/html")

    def _circle(self) -> None:
        self._send(b"", 302, Location="/circle")

    def _moved(self) -> None:
        self._send(b"", 301, Location="/page")

    def _broken(self) -> None:
        self._send(b"", 500)

    def _bomb(self) -> None:
        self._send(gzip.compress(bytes(2**23)), Content_Encoding="gzip")

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(bytes(2**16))

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.done.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(b"x")

    def _headerdrip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.done.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(b"x")

    def _unasked(self) -> None:
        self._send(b"", 304)

    def _file(self) -> None:
        self._send(b"", 302, Location="file:///etc/passwd")


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []  # type: ignore[attr-defined]
        server.done = threading.Event()  # type: ignore[attr-defined]
        server.robots = 200, b"User-agent: *\nDisallow: /private\n", {}  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.done.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.fixture
def url(server: ThreadingHTTPServer) -> Callable[[str], str]:
    return lambda path: f"http://127.0.0.1:{server.server_address[1]}/{path}"


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(tmp_path: Path, slept: list[float]) -> Iterator[Fetcher]:
    fetcher = Fetcher(tmp_path / "fetched", allow_private=True, clock=lambda: 100.0, sleep=slept.append)
    yield fetcher
    fetcher.close()


def test_it_says_who_it_is_and_waits_between_requests(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, slept: list[float]
) -> None:
    answer = fetcher.get(url("moved"))
    assert (answer.url, answer.body, answer.unchanged) == (url("page"), PAGE.encode(), False)
    asked = server.asked  # type: ignore[attr-defined]
    assert [path for path, _ in asked] == ["/robots.txt", "/moved", "/page"]
    assert all(headers["User-Agent"].startswith("dateline") for _, headers in asked)
    assert slept == [1.0, 2.0]  # the clock of this test stands still


@pytest.mark.parametrize("path", ["brotli", "zstd", "page"])
def test_packed_answers_are_asked_for_and_unpacked(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, path: str
) -> None:
    assert fetcher.get(url(path)).body == PAGE.encode()
    assert server.asked[-1][1]["Accept-Encoding"] == "gzip, deflate, br, zstd"  # type: ignore[attr-defined]


def test_an_answer_that_cannot_be_unpacked_is_an_error(fetcher: Fetcher, url: Callable[[str], str]) -> None:
    with pytest.raises(FetchError, match="is damaged: it says that it is packed with br"):
        fetcher.get(url("damaged"))


def test_what_has_not_changed_is_not_sent_again(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    first = fetcher.get(url("feed"))
    other = Fetcher(tmp_path / "fetched", allow_private=True, sleep=lambda _: None)
    again = other.get(url("feed"))
    other.close()
    assert (again.body, again.unchanged) == (first.body, True)
    assert server.asked[-1][1]["If-None-Match"] == ETAG  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("broken", r"/broken answers 500, wanted 200$"),
        ("missing", r"/missing answers 404, wanted 200$"),
        ("circle", r"/circle leads on more than 5 times$"),
        ("private", r"/private is not to be fetched by programs, says its robots.txt$"),
        ("bomb", r"/bomb answers more than 1 MiB$"),
        ("endless", r"/endless answers more than 1 MiB$"),
        ("file", r"^file:///etc/passwd is no address of the web: wanted http:// or https://$"),
    ],
)
def test_what_cannot_be_fetched_is_said(
    fetcher: Fetcher, url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    monkeypatch.setattr(client, "LIMIT", 2**20)
    with pytest.raises(FetchError, match=message):
        fetcher.get(url(path))


@pytest.mark.parametrize("path", ["drip", "headerdrip"])
def test_an_answer_that_trickles_in_is_ended(
    fetcher: Fetcher, url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    fetcher.get(url("page"))
    monkeypatch.setattr(client, "_DEADLINE", 0.4)
    with pytest.raises(FetchError, match=r"drip is not done after 0\.4 seconds$"):
        fetcher.get(url(path))
    monkeypatch.setattr(client, "_DEADLINE", 30.0)
    assert fetcher.get(url("page")).body


def test_an_answer_that_nothing_has_changed_to_a_question_that_was_never_asked_is_an_error(
    fetcher: Fetcher, url: Callable[[str], str]
) -> None:
    with pytest.raises(FetchError, match=r"/unasked answers 304, wanted 200$"):
        fetcher.get(url("unasked"))


def test_a_host_that_is_not_there_is_said(fetcher: Fetcher) -> None:
    for _ in range(2):
        with pytest.raises(FetchError, match=r"9/feed is not fetched for now: .*:9/robots\.txt cannot be fetched: "):
            fetcher.get("http://127.0.0.1:9/feed")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("news/1.pdf", False),
        ("news/1.pdf?page=2", True),
        ("news/1.html", True),
        ("news/print/1.html", False),
        ("news/print/open/1.html", True),
        ("dateline-only", False),
    ],
)
def test_wildcards_in_robots_txt_are_understood(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, path: str, allowed: bool
) -> None:
    rules = b"""User-agent: *
Disallow: /

User-agent: Dateline
Disallow: /*.pdf$
Disallow: /*/print/
Allow: /*/print/open/
Disallow: /dateline-only
"""
    server.robots = 200, rules, {}  # type: ignore[attr-defined]
    message = "answers 404, wanted 200$" if allowed else "is not to be fetched by programs, says its robots.txt$"
    with pytest.raises(FetchError, match=message):
        fetcher.get(url(path))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_a_robots_txt_everything_may_be_fetched(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, status: int
) -> None:
    server.robots = status, b"User-agent: *\nDisallow: /\n", {}  # type: ignore[attr-defined]
    assert fetcher.get(url("page")).body == PAGE.encode()


def test_while_robots_txt_cannot_be_had_nothing_is_fetched_and_a_notice_says_so(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer
) -> None:
    server.robots = 503, b"User-agent: *\nAllow: /\n", {}  # type: ignore[attr-defined]
    reason = f"is not fetched for now: {url('robots.txt')} answers 503"
    assert list(read_address(url("feed"), fetcher)) == [skipped(url("feed"), f"{url('feed')} {reason}")]
    assert list(read_address(url("page"), fetcher)) == [skipped(url("page"), f"{url('page')} {reason}")]
    assert [path for path, _ in server.asked] == ["/robots.txt"]  # type: ignore[attr-defined]


def test_a_robots_txt_that_has_moved_is_followed(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer
) -> None:
    server.robots = 301, b"", {"Location": "/rules"}  # type: ignore[attr-defined]
    with pytest.raises(FetchError, match=r"is not to be fetched by programs, says its robots\.txt$"):
        fetcher.get(url("moved"))
    server.robots = 301, b"", {"Location": "/robots.txt"}  # type: ignore[attr-defined]
    circle = Fetcher(None, allow_private=True, sleep=lambda _: None)
    assert circle.get(url("moved")).url == url("page")
    circle.close()


def test_of_a_robots_txt_without_end_the_beginning_counts(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer
) -> None:
    server.robots = 302, b"", {"Location": "/rambling"}  # type: ignore[attr-defined]
    with pytest.raises(FetchError, match=r"is not to be fetched by programs, says its robots\.txt$"):
        fetcher.get(url("private"))
    assert fetcher.get(url("page")).body == PAGE.encode()


def test_redirects_end_when_they_take_too_long_together(url: Callable[[str], str]) -> None:
    now = iter(range(0, 100_000, 100))
    slow = Fetcher(None, allow_private=True, clock=lambda: next(now), sleep=lambda _: None)
    with pytest.raises(FetchError, match=r"/circle is not done after 300 seconds$"):
        slow.get(url("circle"))
    slow.close()


def test_an_address_without_end_is_not_quoted_in_full(fetcher: Fetcher) -> None:
    with pytest.raises(
        FetchError, match=r"^http://bote\.example/x+\.\.\. is no address .* more than 8,192 characters$"
    ) as caught:
        fetcher.get(f"http://bote.example/{'x' * 100_000}")
    assert len(str(caught.value)) < 500


def test_of_a_feed_with_many_entries_some_pages_are_fetched_and_the_others_read_as_the_feed_has_them(
    fetcher: Fetcher, url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, server: ThreadingHTTPServer
) -> None:
    monkeypatch.setattr("indexer.sources.limits.FEED_PAGES", 2)
    item = "<item><link>{{root}}/page?{number}</link>{text}</item>"
    texts = [f"<description>Story {number}.</description>" if number != 3 else "" for number in range(6)]
    items = "".join(item.format(number=number, text=text) for number, text in enumerate(texts))
    extra = "<item><description>It has no page.</description></item>"
    monkeypatch.setattr(f"{__name__}.FEED", f'<rss version="2.0"><channel>{items}{extra}</channel></rss>')
    items = list(read_address(url("feed"), fetcher))
    assert [item.body[:9] for item in items if isinstance(item, Article)] == [
        "The ferry", "The ferry", "Story 2.", "Story 4.", "Story 5.", "It has no",
    ]  # fmt: skip
    assert [item for item in items if isinstance(item, Notice)][1:] == [
        flagged(url("feed"), "3 entries are taken as the feed has them, without their pages: at most 2 are fetched"),
        skipped(url("feed"), "1 pages are not fetched: at most 2 are fetched"),
    ]
    assert [path for path, _ in server.asked if "page" in path] == ["/page?0", "/page?1"]  # type: ignore[attr-defined]


def test_a_feed_is_read_with_its_pages(fetcher: Fetcher, url: Callable[[str], str]) -> None:
    first, notice, second = read_address(url("feed"), fetcher)
    assert isinstance(first, Article)
    assert (first.id, first.title, first.source) == ("g1", "Ferry aground", "Gazette")
    assert first.body.startswith("The ferry ran aground on a reef")
    assert first.published is not None
    assert first.published.iso == "2025-05-27T18:20:00+02:00"
    assert isinstance(second, Article)
    assert (second.id, second.body) == ("g2", "The bridge fell.")
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.origin) == ("flagged", url("gone"))
    assert notice.reason == f"taken as the feed has it: {url('gone')} answers 404, wanted 200"


def test_a_page_by_its_address_is_an_article_and_a_failure_a_notice(
    fetcher: Fetcher, url: Callable[[str], str]
) -> None:
    (article,) = read_address(url("page"), fetcher)
    assert isinstance(article, Article)
    assert article.title == "Ferry runs aground"
    (notice,) = read_address(url("broken"), fetcher)
    assert isinstance(notice, Notice)
    assert notice.kind == "skipped"


def test_an_entry_whose_address_or_page_cannot_be_understood_costs_no_other(
    fetcher: Fetcher, url: Callable[[str], str], server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(content: bytes, origin: str, *rest: Any) -> Iterator[Article | Notice]:
        if origin.endswith("/page"):
            raise KeyError("a bug")
        yield skipped(origin, "no page")

    entry = "<item><title>T</title><link>{link}</link><description>{text}</description></item>"
    links = {"http://[::1/x": "One.", url("page"): "Two.", "": "Three."}
    items = "".join(entry.format(link=link, text=text) for link, text in links.items())
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{items}</channel></rss>'
    monkeypatch.setattr(f"{__name__}.FEED", feed)
    monkeypatch.setattr(feed_address, "read_html", failing)
    items = list(read_address(url("feed"), fetcher))
    assert [item.body if isinstance(item, Article) else item.reason for item in items] == [
        "taken as the feed has it: http://[::1/x is no address of the web: wanted http:// or https://",
        "One.",
        f"cannot be read, {UNFORESEEN}: KeyError: 'a bug'",
        "taken as the feed has it: the entry has no address",
        "Three.",
    ]


def test_nothing_is_stored_without_a_folder(
    url: Callable[[str], str], server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fetcher = Fetcher(None, allow_private=True, sleep=lambda _: None)
    assert [fetcher.get(url("feed")).unchanged for _ in range(2)] == [False, False]
    fetcher.close()
    assert list(tmp_path.iterdir()) == []
