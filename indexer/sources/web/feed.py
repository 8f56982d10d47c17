"""Read feeds in RSS, Atom and JSON Feed: each entry is an article."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser
import orjson

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.record import read_record
from indexer.sources.web.markup import plain_text

_VERSIONS = ("rss", "atom", "cdf")
"""The beginnings of feedparser's names for the formats of feeds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed."""

    url: str
    """The address of the article's page; empty if the feed gives none."""
    record: dict[str, Any]
    """The fields that the feed gives, under our names."""


def read_feed(content: bytes, origin: str, context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Article | Notice]:
    """Yield the articles whose text the feed itself holds, and a notice for each entry without a text."""
    found = entries(content)
    if not found:
        yield skipped(origin, "is no feed, or one without entries: wanted RSS, Atom or JSON Feed")
    for number, entry in enumerate(found, start=1):
        yield from read_record(entry.record, f"{origin}#{number}", context.with_default_names())


def entries(content: bytes) -> list[Entry]:
    """Return the entries of a feed, or an empty list if the content is no feed.

    XML entities are safe: the parser resolves only those of HTML, and neither expands nor fetches any other.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _of_json(content)
    parsed = feedparser.parse(content.lstrip(), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version", "").startswith(_VERSIONS):
        return []
    return [_of_xml(entry, parsed.feed) for entry in parsed.entries]


def _of_xml(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Entry:
    texts = [each.get("value") or "" for each in entry.get("content", ())] + [entry.get("summary") or ""]
    url = entry.get("link") or ""
    return Entry(
        url,
        _filled(
            id=entry.get("id") or url,
            title=plain_text(entry.get("title") or ""),
            text=next((text for text in map(plain_text, texts) if text), ""),
            published=entry.get("published") or entry.get("updated") or "",
            updated=dict(entry).get("updated", ""),  # the entry itself would give the time of publication instead
            retrieved=dict(feed).get("updated", ""),
            language=_language(entry, feed),
            source=(entry.get("source") or {}).get("title") or feed.get("title", ""),
            url=url,
        ),
    )


def _of_json(content: bytes) -> list[Entry]:
    try:
        feed = orjson.loads(content)
    except orjson.JSONDecodeError:
        return []
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return []
    return [_of_item(item, feed) for item in items if isinstance(item, dict)]


def _of_item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> Entry:
    url = str(item.get("url") or item.get("external_url") or "")
    texts = (plain_text(str(item.get("content_html") or "")), item.get("content_text"), item.get("summary"))
    return Entry(
        url,
        _filled(
            id=item.get("id") or url,
            title=item.get("title"),
            text=next((text for text in texts if text), ""),
            published=item.get("date_published") or item.get("date_modified"),
            updated=item.get("date_modified"),
            language=item.get("language") or feed.get("language"),
            source=feed.get("title"),
            url=url,
        ),
    )


def _language(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}]
    return next((each["language"] for each in details if each.get("language")), "") or feed.get("language", "")


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
