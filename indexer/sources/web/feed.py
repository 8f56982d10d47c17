"""Read feeds in RSS, Atom and JSON Feed: each entry is an article."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, left_out, skipped
from indexer.sources import limits
from indexer.sources.addresses import absolute
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.record import read_record
from indexer.sources.web.blog_exports import kept_back, modified
from indexer.sources.web.feed_parser import parse_feed
from indexer.sources.web.feed_title import headlines
from indexer.sources.web.feed_xml import MEDIA_DESCRIPTION
from indexer.sources.web.markup import plain_text, whole_characters

_VERSIONS = ("rss", "atom", "cdf")
"""The beginnings of feedparser's names for the formats of feeds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed."""

    url: str
    """The address of the article's page; empty if the feed gives none."""
    record: dict[str, Any]
    """The fields that the feed gives, under our names."""
    unpublished: str = ""
    """What it is, if it never was published as an article, such as a draft in the export of a blog."""


def read_feed(content: bytes, origin: str, context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Article | Notice]:
    """Yield the articles whose text the feed itself holds, and a notice for each entry without a text."""
    found = entries(content)
    if not found:
        yield skipped(origin, "is no feed, or one without entries: wanted RSS, Atom or JSON Feed")
    for number, entry in enumerate(found, start=1):
        if not entry.unpublished:
            yield from read_record(entry.record, f"{origin}#{number}", context)
    yield from unpublished(found, origin)


def unpublished(found: Sequence[Entry], origin: str) -> Iterator[Notice]:
    """Yield a notice that says how many entries never were published as articles, and what they are, if there are any.

    They are drafts, binned and protected posts, revisions, pictures and the like in the export of a blog.
    """
    kinds = Counter(entry.unpublished for entry in found if entry.unpublished)
    if kinds:
        listed = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
        yield left_out(origin, f"{kinds.total():,} of {len(found):,} entries never appeared as articles: {listed}")


def entries(content: bytes, address: str = "") -> list[Entry]:
    """Return the entries of a feed, or an empty list if the content is no feed.

    XML entities are safe: the parser resolves only those of HTML, and neither expands nor fetches any other.

    Args:
        content: The feed.
        address: Where it was fetched from, if known. Relative addresses are completed by it, or by that of the site.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _of_json(content, address)
    parsed = parse_feed(content)
    if not parsed.get("version", "").startswith(_VERSIONS):
        return []
    return _titled([_of_xml(entry, parsed.feed, address) for entry in parsed.entries], parsed.feed.get("title") or "")


def _of_xml(entry: Mapping[str, Any], feed: Mapping[str, Any], address: str) -> Entry:
    written = [*(each.get("value") for each in entry.get("content", ())), entry.get("summary")]
    url = _absolute(entry.get("link") or "", address or feed.get("link") or "")
    return Entry(
        url,
        _filled(
            id=entry.get("id") or url,
            title=plain_text(entry.get("title") or ""),
            text=_most_complete(map(_plain, written), _plain(entry.get(MEDIA_DESCRIPTION))),
            published=entry.get("published") or entry.get("updated") or "",
            updated=dict(entry).get("updated") or modified(entry),  # entry["updated"] can be the publication
            retrieved=dict(feed).get("updated", ""),
            language=_language(entry, feed),
            source=plain_text((entry.get("source") or {}).get("title") or feed.get("title", "")),
            url=url,
        ),
        kept_back(entry),
    )


def _of_json(content: bytes, address: str) -> list[Entry]:
    try:
        feed = json.loads(content, strict=False)  # orjson refuses a feed for half of an emoji
    except (ValueError, RecursionError):
        return []
    return entries_of_json_feed(feed, address) if isinstance(feed, dict) else []


def is_json_feed(value: Any) -> bool:
    """Return whether a value is a JSON Feed, which says so itself."""
    return isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version"))


def entries_of_json_feed(feed: Mapping[str, Any], address: str = "") -> list[Entry]:
    """Return the entries of a JSON Feed that was parsed; ``address`` is that of the feed, if it is known."""
    items = feed.get("items")
    if not isinstance(items, list):
        return []
    return _titled([_of_item(item, feed, address) for item in items if isinstance(item, dict)], feed.get("title"))


def _titled(found: list[Entry], feed_title: Any) -> list[Entry]:
    """Return entries whose titles do not end with the name of the site."""
    given = [(entry.record.get("title", ""), entry.record.get("source", ""), entry.url) for entry in found]
    titles = headlines(given, _plain(feed_title))
    return [
        replace(entry, record=entry.record | {"title": title}) if title else entry
        for entry, title in zip(found, titles, strict=True)
    ]


def _of_item(item: Mapping[str, Any], feed: Mapping[str, Any], address: str) -> Entry:
    site = address or str(feed.get("home_page_url") or "")
    url = _absolute(str(item.get("url") or item.get("external_url") or ""), site)
    texts = (_plain(item.get("content_html")), _plain(item.get("content_text")))
    return Entry(
        url,
        _filled(
            id=item.get("id") or url,
            title=_plain(item.get("title")),
            text=_most_complete(texts, _plain(item.get("summary"))),
            published=item.get("date_published") or item.get("date_modified"),
            updated=item.get("date_modified"),
            language=item.get("language") or feed.get("language"),
            source=_plain(feed.get("title")),
            url=url,
        ),
    )


def _plain(value: Any) -> str:
    return plain_text(value) if isinstance(value, str) else ""


def _most_complete(texts: Iterable[str], spare: str) -> str:
    """Return the longest text; the spare one, a caption or a summary, only if there is no other or it continues it."""
    text = max(texts, key=len, default="")
    return spare if not text or spare.startswith(text) else text


def _absolute(url: str, base: str) -> str:
    return absolute(base, url) or url[: limits.ADDRESS] if url else ""


def _language(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}]
    return next((each["language"] for each in details if each.get("language")), "") or feed.get("language", "")


def _filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that are given, without halves of characters, which no file can hold."""
    whole = {name: whole_characters(value) if isinstance(value, str) else value for name, value in fields.items()}
    return {name: value for name, value in whole.items() if value}
