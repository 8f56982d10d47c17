"""Read a dump of a MediaWiki in its export format (https://www.mediawiki.org/wiki/Help:Export), page after page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lxml import etree

from indexer.article import Article
from indexer.notice import Notice, left_out, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.extras import optional
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record
from indexer.sources.wiki.wikitext import Wikitext
from indexer.sources.xml_characters import WholeXml

_FILES, _CATEGORIES = "6", "14"
"""The numbers of the namespaces of pictures and of categories; their names are in the language of the wiki."""
_DRAFTS = frozenset(["develop", "developing", "prepare", "review", "under review", "abandoned", "editing", "tasks"])
"""Templates by which Wikinews marks an article that is not published."""


@dataclass(slots=True)
class _Site:
    """What the head of a dump says about the wiki."""

    name: str = ""
    database: str = ""
    base: str = ""
    language: str = ""
    namespaces: dict[str, str] = field(default_factory=dict)
    """The name of each namespace by its number."""

    def url(self, title: str) -> str:
        return f"{self.base.rpartition('/')[0]}/{quote(title.replace(' ', '_'), safe='/:,()')}" if self.base else ""


@dataclass(slots=True)
class _Page:
    """A page with its newest revision."""

    title: str = ""
    number: str = ""
    namespace: str = "0"
    is_redirect: bool = False
    saved: str = ""
    text: str = ""


def is_dump(head: bytes) -> bool:
    """Return whether a document that begins with these bytes is a dump of a MediaWiki."""
    return b"<mediawiki" in head


def read_dump(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a wiki: its pages in the main namespace that are no redirects."""
    optional("mwparserfromhell", "a dump of a wiki")
    site, passed_over, count = _Site(), Counter[str](), 0
    try:
        for page in _pages(document, site):
            count += 1
            document.context.alive()
            if page.namespace != "0" or page.is_redirect:
                passed_over["redirects" if page.is_redirect else "pages that are no articles"] += 1
                continue
            yield from _read_page(page, site, document)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"is damaged after page {count:,}: {str(error)[:100]}") from error
    if not count:
        yield skipped(document.origin, "holds no pages")
    if passed_over:
        yield left_out(document.origin, " and ".join(f"{number:,} {what}" for what, number in passed_over.items()))


def _name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, even where a damaged document has no valid one."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _pages(document: Document, site: _Site) -> Iterator[_Page]:
    """Yield one page after the other, and learn about the wiki; elements are forgotten as soon as they were read."""
    parts = etree.iterparse(
        WholeXml(document.stream), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    page = _Page()
    for event, element in parts:
        name = _name(element)
        if event == "start":
            if name == "mediawiki":
                site.language = element.get("{http://www.w3.org/XML/1998/namespace}lang", "")
            elif name == "page":
                page = _Page()
        elif name == "page":
            yield page
        elif name == "revision":
            _keep_newest(page, element)
        else:
            _learn(name, element, page, site)
            continue
        if event == "end":
            _forget(element)


def _learn(name: str, element: Any, page: _Page, site: _Site) -> None:
    text, parent = element.text or "", element.getparent()
    within = _name(parent) if parent is not None else ""
    if within == "page":
        if name == "redirect":
            page.is_redirect = True
        elif name in {"title", "id", "ns"}:
            setattr(page, {"id": "number", "ns": "namespace"}.get(name, name), text)
    elif within == "siteinfo" and name in {"sitename", "dbname", "base"}:
        setattr(site, {"sitename": "name", "dbname": "database"}.get(name, name), text)
    elif name == "namespace":
        site.namespaces[element.get("key", "")] = text


def _keep_newest(page: _Page, revision: Any) -> None:
    saved = revision.findtext("{*}timestamp") or ""
    if saved >= page.saved:
        page.saved, page.text = saved, revision.findtext("{*}text") or ""


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _read_page(page: _Page, site: _Site, document: Document) -> Iterator[Article | Notice]:
    origin = f"{document.origin}!{page.title or page.number}"
    if len(page.text) > limits.WIKITEXT:
        yield skipped(origin, f"the page has more than {limits.WIKITEXT // 2**20} MiB, which no wiki allows")
        return
    text = Wikitext(page.text, [site.namespaces.get(_FILES, ""), site.namespaces.get(_CATEGORIES, "")])
    if site.database.endswith("wikinews") and not _DRAFTS.isdisjoint(text.templates):
        yield left_out(origin, "was never published: it is marked as a draft")
        return
    record = {
        "id": f"{site.database or site.name}:{page.number or page.title}",
        "title": page.title,
        "text": text.plain(),
        "published": text.day,
        "updated": page.saved,
        "language": site.language,
        "source": site.name,
        "url": site.url(page.title),
    }
    filled = {name: value for name, value in record.items() if value}
    yield from read_record(filled, origin, document.context)
