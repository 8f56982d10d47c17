"""Cut the name of the site from the titles of a feed, which often ends all of them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from indexer.sources.records.values import domain_of
from indexer.sources.web.page_title import last_part, parts_of, without_site

_FEWEST = 3
"""The fewest titles whose common ending is the name of the site."""
_MOST = 0.9
"""The least share of the titles of a feed that end with it."""


def headlines(entries: Sequence[tuple[str, str, str]], feed_title: str) -> Iterator[str]:
    """Yield the title of each entry without the name of its source, of the feed or of the site.

    Args:
        entries: The title, the source and the address of each.
        feed_title: The title of the feed: the name of the site, of a section, or of both.
    """
    endings = Counter(ending for title, _, _ in entries if (ending := last_part(title)))
    common = [each for each, count in endings.items() if count >= max(_FEWEST, _MOST * len(entries))]
    for title, source, url in entries:
        yield without_site(title, [source, domain_of(url), *parts_of(feed_title), *common])
