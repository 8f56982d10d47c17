"""The pages that a sitemap and the sitemaps listed in it list, as far as they are fetched."""

from collections import deque
from collections.abc import Callable, Iterator

from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.web.client import FetchError
from indexer.sources.web.feed import Entry
from indexer.sources.web.fetch import Fetcher
from indexer.sources.web.sitemap import Sitemap, listed_at, read_sitemap


def pages_listed(sitemap: Sitemap, url: str, fetcher: Fetcher, alive: Callable[[], None]) -> Iterator[Entry | Notice]:
    """Yield the newest pages, and a notice for what is not fetched.

    Args:
        sitemap: What was fetched from the address.
        url: The address.
        fetcher: Fetches the sitemaps that are listed there.
        alive: Called after each of them.
    """
    pages, seen, waiting = list(sitemap.entries), {url}, deque(sitemap.sitemaps)
    while waiting and len(seen) <= limits.SITEMAPS:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        found = _fetched(address, fetcher)
        alive()
        if isinstance(found, Notice):
            yield found
        else:
            pages += found.entries
            waiting += found.sitemaps
    if waiting:
        yield skipped(url, f"{len(waiting):,} more sitemaps are not fetched: at most {limits.SITEMAPS} are")
    if not pages:
        yield skipped(url, "is a sitemap that lists no pages")
    pages.sort(key=listed_at, reverse=True)
    if len(pages) > limits.SITEMAP_PAGES:
        left = len(pages) - limits.SITEMAP_PAGES
        yield skipped(url, f"{left:,} older pages are not fetched: at most {limits.SITEMAP_PAGES:,} are")
    yield from pages[: limits.SITEMAP_PAGES]


def _fetched(address: str, fetcher: Fetcher) -> Sitemap | Notice:
    try:
        return read_sitemap(fetcher.get(address).body) or skipped(address, "is no sitemap")
    except FetchError as error:
        return skipped(address, str(error))
