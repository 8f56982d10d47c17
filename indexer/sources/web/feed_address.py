"""A feed by its address: each entry's page is fetched, for the whole text; the feed's own text stands in for it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources.record import read_record
from indexer.sources.web.feed import Entry, entries
from indexer.sources.web.fetch import Fetcher, FetchError
from indexer.sources.web.html import read_html


def read_address(url: str, fetcher: Fetcher) -> Iterator[Article | Notice]:
    """Yield the articles of a feed, or the one of a page; what cannot be fetched is a notice.

    Of an entry, id, title, time, source and address are the feed's where it has them, and the page's elsewhere.
    """
    try:
        answer = fetcher.get(url)
    except FetchError as error:
        yield skipped(url, str(error))
        return
    found = entries(answer.body)
    if not found:
        yield from read_html(answer.body, url, answer.url, answer.url)
    for entry in found:
        yield from _read_entry(entry, url, fetcher)


def _read_entry(entry: Entry, origin: str, fetcher: Fetcher) -> Iterator[Article | Notice]:
    page: Article | None = None
    reason = "the entry has no address"
    if entry.url:
        origin = entry.url
        try:
            answer = fetcher.get(entry.url)
        except FetchError as error:
            reason = str(error)
        else:
            for item in read_html(answer.body, entry.url, entry.url, answer.url):
                if isinstance(item, Article):
                    page = item
                else:
                    reason = item.reason
    if page is None:
        if entry.record.get("text"):
            yield flagged(origin, f"taken as the feed has it: {reason}")
        yield from read_record(entry.record, origin)
        return
    yield from _joined(entry.record, page)


def _joined(record: dict[str, Any], page: Article) -> Iterator[Article | Notice]:
    for item in read_record({**record, "text": page.body}, page.origin):
        if isinstance(item, Article):
            yield replace(
                item,
                title=item.title or page.title,
                published=item.published or page.published,
                source=record.get("source") or page.source,
                language=page.language,
                asides=page.asides,
            )
        else:
            yield item
