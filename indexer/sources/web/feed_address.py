"""Read a feed or a sitemap by its address. The page of each entry is fetched for its whole text.

If a page cannot be fetched or read, the text in the feed is used instead.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.reading import guarded
from indexer.sources.record import read_record
from indexer.sources.web.client import FetchError
from indexer.sources.web.feed import Entry, entries, unpublished
from indexer.sources.web.fetch import Fetcher
from indexer.sources.web.html import read_html
from indexer.sources.web.sitemap import read_sitemap
from indexer.sources.web.sitemap_pages import pages_listed


def read_address(url: str, fetcher: Fetcher, context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Article | Notice]:
    """Yield the articles of a feed, a sitemap or a page, and a notice for each address that cannot be fetched.

    The id, title, time, source and address of an article are taken from the feed or, if it does not give them, from
    the page.
    """
    try:
        answer = fetcher.get(url)
    except FetchError as error:
        yield skipped(url, str(error))
        return
    if sitemap := read_sitemap(answer.body):
        yield from _read_entries(pages_listed(sitemap, url, fetcher, context.alive), url, fetcher, context)
        return
    found = entries(answer.body, answer.url)
    if not found:
        yield from guarded(read_html(answer.body, url, answer.url, answer.url, context), url)
    yield from unpublished(found, url)
    yield from _read_entries((entry for entry in found if not entry.unpublished), url, fetcher, context)


def _read_entries(
    found: Iterable[Entry | Notice], url: str, fetcher: Fetcher, context: ReadingContext
) -> Iterator[Article | Notice]:
    """Read entries: as many with their pages as may be fetched, the others as the feed has them."""
    bound = _Bound()
    as_given = left = 0
    for entry in found:
        if isinstance(entry, Notice):
            yield entry
            continue
        origin = entry.url or url
        if not entry.url or not bound.reached():
            yield from guarded(_read_entry(entry, origin, fetcher, context), origin)
        elif entry.record.get("text"):
            as_given += 1
            yield from guarded(read_record(entry.record, origin, context), origin)
        else:
            left += 1
    if as_given:
        yield flagged(url, f"{as_given:,} entries are taken as the feed has them, without their pages: {bound.reason}")
    if left:
        yield skipped(url, f"{left:,} pages are not fetched: {bound.reason}")


class _Bound:
    """How many pages of a feed are fetched, and for how long."""

    def __init__(self) -> None:
        self._end, self._pages = time.monotonic() + limits.FEED_SECONDS, 0
        self.reason = ""

    def reached(self) -> bool:
        """Count one page, and return whether it is one too many."""
        if self._pages >= limits.FEED_PAGES:
            self.reason = f"at most {limits.FEED_PAGES:,} are fetched"
        elif time.monotonic() > self._end:
            self.reason = f"those before took {limits.FEED_SECONDS:,} seconds"
        self._pages += 1
        return bool(self.reason)


def _read_entry(entry: Entry, origin: str, fetcher: Fetcher, context: ReadingContext) -> Iterator[Article | Notice]:
    page = _read_page(entry.url, fetcher, context) if entry.url else "the entry has no address"
    if isinstance(page, Article):
        yield from _joined(entry.record, page, context)
        return
    if entry.record.get("text"):
        yield flagged(origin, f"taken as the feed has it: {page}")
    yield from read_record(entry.record, origin, context)


def _read_page(url: str, fetcher: Fetcher, context: ReadingContext) -> Article | str:
    """Return the article of a page, or the reason why there is none."""
    try:
        answer = fetcher.get(url)
    except FetchError as error:
        return str(error)
    *_, last = read_html(answer.body, url, url, answer.url, context)
    return last if isinstance(last, Article) else last.reason


def _joined(record: dict[str, Any], page: Article, context: ReadingContext) -> Iterator[Article | Notice]:
    """Yield the article of an entry: the text of the page with the fields of the feed."""
    for item in read_record({**record, "text": page.body}, page.origin, context):
        if isinstance(item, Article):
            yield replace(
                item,
                title=item.title or page.title,
                published=item.published or page.published,
                updated=item.updated or page.updated,
                unread_date="" if page.published else item.unread_date,
                source=record.get("source") or page.source,
                language=page.language,
                asides=page.asides,
            )
        else:
            yield item
