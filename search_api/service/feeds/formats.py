"""Feeds as text: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Literal
from xml.etree import ElementTree as ET

from search_api.service.feeds.entries import UNDATED, Entry, Feed

Form = Literal["atom", "rss", "json"]
_ATOM: Final = "http://www.w3.org/2005/Atom"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold in any way."""


def atom(feed: Feed) -> str:
    """Return a feed as Atom."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    _add(root, "link", rel="self", href=feed.address)
    _add(root, "link", href=f"{feed.page}/")
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", entry.updated.isoformat())
        if entry.published != UNDATED:
            _add(element, "published", entry.published.isoformat())
        _add(_add(element, "author"), "name", entry.source or "-")
        _add(element, "link", href=feed.link(entry))
        summary = _add(element, "summary", entry.text)
        if entry.language != "und":
            summary.set("{http://www.w3.org/XML/1998/namespace}lang", entry.language)
    return _xml(root)


def rss(feed: Feed) -> str:
    """Return a feed as RSS."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for name, text in {"title": feed.title, "link": f"{feed.page}/", "description": feed.title}.items():
        _plain(channel, name, text)
    if feed.updated != UNDATED:
        _plain(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    for entry in feed.entries:
        item = ET.SubElement(channel, "item")
        _plain(item, "title", entry.title)
        _plain(item, "link", feed.link(entry))
        _plain(item, "guid", entry.id).set("isPermaLink", "false")
        if entry.published != UNDATED:
            _plain(item, "pubDate", format_datetime(entry.published, usegmt=True))
        if entry.source:
            _plain(item, "category", entry.source)
        _plain(item, "description", entry.text)
    return _xml(root)


def json_feed(feed: Feed) -> str:
    """Return a feed as JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.page}/",
        "feed_url": feed.address,
        "items": [_item(feed, entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False)


def _item(feed: Feed, entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.id,
        "url": feed.link(entry),
        "title": entry.title,
        "content_text": entry.text,
        "language": entry.language,
    }
    if entry.source:
        item["authors"] = [{"name": entry.source}]
    for name, when in {"date_published": entry.published, "date_modified": entry.updated}.items():
        if when != UNDATED:
            item[name] = _rfc3339(when)
    return item


def _rfc3339(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", {key: _clean(each) for key, each in attributes.items()})
    element.text = _clean(text) or None
    return element


def _plain(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _clean(text)
    return element


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _xml(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


FORMATS: Mapping[Form, tuple[str, Callable[[Feed], str]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "json": ("application/feed+json; charset=utf-8", json_feed),
}
"""The type of the content of each format, and the function that writes it."""
