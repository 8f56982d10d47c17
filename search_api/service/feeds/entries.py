"""What a feed holds: the newest of what answers a query, one entry for each story however many outlets tell it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from indexer.dates.parsing import parse_published
from search_api.answer import Hit
from search_api.query import Listed, Query
from search_api.records.articles import ListedArticle
from search_api.search.searcher import Searcher

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When an article without a date appeared, for readers that want one: always the same, so that it is never new."""
_TAG: Final = "tag:dateline.invalid,2026:"
"""What the ids of entries begin with (RFC 4151). They name the article, not the address of the service."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A story."""

    id: str
    """Stays the same as long as the article has its id."""
    title: str
    url: str
    """Of the original; empty where the article has none."""
    article_id: str
    source: str
    language: str
    published: datetime
    updated: datetime
    """When the article last changed, as far as its source says."""
    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, whatever its format."""

    title: str
    address: str
    """Of the feed itself."""
    page: str
    """Of the service, without a slash at the end: what an entry links to whose article has no address."""
    entries: Sequence[Entry]

    @property
    def id(self) -> str:
        """The id of the feed, which its address does not change."""
        return f"{_TAG}feed/{hashlib.sha256(self.title.encode(errors='replace')).hexdigest()[:16]}"

    @property
    def updated(self) -> datetime:
        """When the entry that changed last did so."""
        return max((entry.updated for entry in self.entries), default=UNDATED)

    def link(self, entry: Entry) -> str:
        """Return the address that a reader opens for an entry."""
        if entry.url.startswith(("https://", "http://")):  # an address comes from anywhere, and readers open it
            return entry.url
        return f"{self.page}/articles/{quote(entry.article_id, safe='')}"


def entries_of_query(searcher: Searcher, query: Query) -> Iterator[Entry]:
    """Yield entries for what answers a query, in its order, as many as its limit."""
    return _each_story(searcher, searcher.hits(query), query.limit)


def entries_of_list(searcher: Searcher, listed: Listed) -> Iterator[Entry]:
    """Yield entries for the articles of a list, in its order, as many as its limit."""
    return _each_story(searcher, searcher.listed(listed), listed.limit)


def _each_story(searcher: Searcher, articles: Iterator[Hit] | Iterator[ListedArticle], limit: int) -> Iterator[Entry]:
    told: set[str] = set()
    count = 0
    for article in articles:
        if count == limit:
            return
        if article.article_id not in told:
            count += 1
            family = searcher.relatives(article.article_id)
            told |= {article.article_id, *family}
            yield _entry(article)


def _entry(article: Hit | ListedArticle) -> Entry:
    published = _instant(article.published)
    text = article.text if isinstance(article, Hit) else article.opening
    return Entry(
        id=_TAG + quote(article.article_id, safe="/"),
        title=article.title or article.opening,
        url=article.url,
        article_id=article.article_id,
        source=article.source,
        language=article.language,
        published=published,
        updated=max(published, _instant(article.updated)),
        text=text,
    )


def _instant(shown: str | None) -> datetime:
    """Return the first instant of a date as hits show it."""
    return parse_published(shown).earliest if shown else UNDATED
