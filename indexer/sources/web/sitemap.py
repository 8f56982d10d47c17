"""Sitemaps (https://www.sitemaps.org): lists of the addresses of a site, with titles and dates in those of news."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from indexer.sources import limits
from indexer.sources.web.feed import Entry
from indexer.sources.xml_characters import whole_xml

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists."""

    entries: tuple[Entry, ...]
    sitemaps: tuple[str, ...]
    """Addresses of further sitemaps, the last changed first."""


def is_sitemap(head: bytes) -> bool:
    """Return whether a document that begins with these bytes is a sitemap, or a list of sitemaps."""
    return b"<urlset" in head or b"<sitemapindex" in head


def read_sitemap(content: bytes) -> Sitemap | None:
    """Return what a sitemap lists, or None if the content is none; what lies behind a damaged place is left out."""
    if content.startswith(_GZIP):
        content = _unpacked(content)
    if not is_sitemap(content[:4096]):
        return None
    entries: list[Entry] = []
    sitemaps: list[tuple[str, str]] = []
    for element in _elements(content):
        url = _text(element, "loc")
        changed = _text(element, "lastmod")
        if not url:
            continue
        if str(element.tag).rpartition("}")[2] == "sitemap":
            sitemaps.append((changed, url))
        else:
            entries.append(_entry(element, url, changed))
    sitemaps.sort(key=lambda each: each[0], reverse=True)
    return Sitemap(tuple(entries), tuple(url for _, url in sitemaps))


def listed_at(entry: Entry) -> str:
    """Return the time that a sitemap gives for a page, as it is written; times in ISO 8601 can be sorted."""
    return entry.record.get("published") or entry.record.get("updated") or ""


def _elements(content: bytes) -> Iterator[Any]:
    parts = etree.iterparse(
        io.BytesIO(whole_xml(content)),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, element in parts:
            yield element
            element.clear()
    except etree.XMLSyntaxError:
        return


def _entry(element: Any, url: str, changed: str) -> Entry:
    record = {
        "id": url,
        "title": _text(element, "news/{*}title"),
        "published": _text(element, "news/{*}publication_date"),
        "updated": changed,
        "language": _text(element, "news/{*}publication/{*}language"),
        "source": _text(element, "news/{*}publication/{*}name"),
        "url": url,
    }
    return Entry(url, {name: value for name, value in record.items() if value})


def _text(element: Any, path: str) -> str:
    return " ".join((element.findtext("{*}" + path) or "").split())


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(content, limits.SITEMAP)
    except zlib.error:
        return b""
