"""Sitemaps are lists of addresses: a file of one is named, and only that at an address is fetched, the newest first."""

import gzip
from pathlib import Path
from typing import cast

import pytest

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.files import SourceFile
from indexer.sources.web.client import FetchError
from indexer.sources.web.feed_address import read_address
from indexer.sources.web.fetch import Fetched, Fetcher

BASE = "https://bote.example"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
TEXT = "The night ferry to Ostrand ran aground on a sandbank at dawn, and all ninety passengers were brought ashore."


class Site:
    """A site whose pages are held in memory, in place of a ``Fetcher``."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = {f"{BASE}/{name}": content for name, content in pages.items()}
        self.asked: list[str] = []

    def get(self, url: str) -> Fetched:
        self.asked.append(url.removeprefix(f"{BASE}/"))
        if url not in self.pages:
            raise FetchError(f"{url} answers 404, wanted 200")
        return Fetched(url, self.pages[url], unchanged=False)


def page(text: str = TEXT) -> bytes:
    return f"<html><head><title>A page</title></head><body><article><p>{text}</p></article></body></html>".encode()


def urlset(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {SPACE} {NEWS}>{"".join(entries)}</urlset>'.encode()


def entry(name: str, changed: str = "", news: str = "") -> str:
    return f"<url><loc>\n {BASE}/{name} </loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}{news}</url>"


def index(*names: str) -> bytes:
    listed = "".join(f"<sitemap><loc>{BASE}/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex {SPACE}>{listed}</sitemapindex>".encode()


def read(site: Site, name: str = "sitemap.xml") -> list[Article | Notice]:
    return list(read_address(f"{BASE}/{name}", cast("Fetcher", site)))


def test_the_pages_of_a_news_sitemap_are_articles_with_its_titles_and_dates() -> None:
    news = (
        "<news:news><news:publication><news:name>The Bote</news:name><news:language>en</news:language>"
        "</news:publication>"
        "<news:publication_date>2025-05-27T08:00:00+02:00</news:publication_date>"
        "<news:title>Ferry aground &amp; all saved</news:title></news:news>"
    )
    (article,) = read(Site({"sitemap.xml": urlset(entry("ferry", news=news)), "ferry": page()}))
    assert isinstance(article, Article)
    assert (article.title, article.source, article.body) == ("Ferry aground & all saved", "The Bote", TEXT)
    assert article.published
    assert (article.published.iso, article.url) == ("2025-05-27T08:00:00+02:00", f"{BASE}/ferry")


def test_sitemaps_within_sitemaps_are_fetched_and_the_newest_pages_first() -> None:
    site = Site(
        {
            "sitemap.xml": index("old.xml", "new.xml.gz", "gone.xml", "sitemap.xml"),
            "old.xml": urlset(entry("a", "2024-01-01"), entry("c", "2025-06-01")),
            "new.xml.gz": gzip.compress(urlset(entry("b", "2025-05-27"))),
            **dict.fromkeys("abc", page()),
        }
    )
    items = read(site)
    assert [item.reason for item in items if isinstance(item, Notice)] == [f"{BASE}/gone.xml answers 404, wanted 200"]
    assert [item.url.rpartition("/")[2] for item in items if isinstance(item, Article)] == ["c", "b", "a"]
    assert site.asked == ["sitemap.xml", "old.xml", "new.xml.gz", "gone.xml", "c", "b", "a"]


def test_what_is_beyond_the_bounds_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SITEMAP_PAGES", 1)
    monkeypatch.setattr(limits, "SITEMAPS", 1)
    site = Site({"sitemap.xml": index("a.xml", "b.xml"), "a.xml": urlset(entry("a"), entry("b")), "a": page()})
    more, older, article = read(site)
    assert more == skipped(f"{BASE}/sitemap.xml", "1 more sitemaps are not fetched: at most 1 are")
    assert older == skipped(f"{BASE}/sitemap.xml", "1 older pages are not fetched: at most 1 are")
    assert isinstance(article, Article)


def test_when_the_time_for_a_feed_is_over_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FEED_SECONDS", -1)
    site = Site({"sitemap.xml": urlset(entry("a"), entry("b"))})
    assert read(site) == [skipped(f"{BASE}/sitemap.xml", "2 pages are not fetched: those before took -1 seconds")]
    assert site.asked == ["sitemap.xml"]


def test_sitemaps_that_list_one_another_end() -> None:
    site = Site({"sitemap.xml": index("a.xml"), "a.xml": index("sitemap.xml", "a.xml")})
    assert read(site) == [skipped(f"{BASE}/sitemap.xml", "is a sitemap that lists no pages")]
    assert site.asked == ["sitemap.xml", "a.xml"]


def test_a_damaged_sitemap_gives_what_stands_before_the_damage() -> None:
    site = Site({"sitemap.xml": urlset(entry("a"), entry("b"))[:-40], "a": page()})
    (article,) = read(site)
    assert isinstance(article, Article)


@pytest.mark.parametrize(("content", "count"), [(urlset(entry("a"), entry("b")), 2), (index("a.xml"), 1)])
def test_a_file_of_a_sitemap_is_named_with_what_to_type(tmp_path: Path, content: bytes, count: int) -> None:
    path = tmp_path / "sitemap.xml"
    path.write_bytes(content)
    (notice,) = SourceFile(path, "sitemap").items()
    assert isinstance(notice, Notice)
    assert notice.reason == (
        f"is a sitemap, a list of {count} addresses; to fetch the pages: rebuild-index ADDRESS_OF_THE_SITEMAP"
    )
