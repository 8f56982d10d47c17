"""Read the metadata of a page: its title, publication time, declared language, source and address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from indexer.sources.addresses import absolute, split
from indexer.sources.records.values import domain_of
from indexer.sources.web.json_ld import Node, nodes_of, read_json_ld, text_of, texts_of
from indexer.sources.web.page_date import find_published, first_date
from indexer.sources.web.page_title import find_title, one_line
from indexer.text.language import normalise_tag

_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_UPDATED_NAMES = ("article:modified_time", "article:modified", "og:updated_time", "datemodified", "last-modified")
"""The names of meta elements that hold the time of the last change."""


@dataclass(frozen=True, slots=True)
class Page:
    """The metadata of a page; a text is empty if the page does not give it."""

    title: str
    published: str
    """ISO 8601, as precise as the page says, with its zone."""
    updated: str
    """When it was last changed, in the same form."""
    language: str
    """The tag that the page declares; it is often wrong, because it comes from a template."""
    source: str
    url: str
    articles: tuple[Node, ...]
    """The articles in its JSON-LD."""


def read_page(tree: HtmlElement, url: str = "") -> Page:
    """Return the metadata of a parsed page; ``url`` is the address that it was fetched from, if known."""
    articles = read_json_ld(tree)
    meta = _meta(tree)
    address = _url(tree, meta, url)
    publisher = next((name for node in articles if (name := text_of(node, "publisher"))), "")
    sites = [*(meta.get(name, "") for name in _SITE_NAMES), publisher, domain_of(address)]
    return Page(
        title=find_title(tree, articles, meta, sites),
        published=find_published(tree, articles, address),
        updated=first_date(_updated(articles, meta)),
        language=_language(tree, articles, meta),
        source=one_line(meta.get("og:site_name", "")) or one_line(publisher) or domain_of(address),
        url=address,
        articles=tuple(articles),
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Return the content of the first meta element of each name; the names are in lower case."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv") or meta.get("itemprop") or ""
        if content := (meta.get("content") or "").strip():
            found.setdefault(name.strip().lower(), content)
    return found


def _updated(articles: Sequence[Node], meta: dict[str, str]) -> Iterator[str]:
    yield from (text_of(node, "dateModified") for node in articles)
    yield from (meta.get(name, "") for name in _UPDATED_NAMES)


def _language(tree: HtmlElement, articles: Sequence[Node], meta: dict[str, str]) -> str:
    """Return the first tag that names a language or, if there is none, the first that is given."""
    root = tree.getroottree().getroot()
    given = [
        *(root.get(name) for name in ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang")),
        meta.get("content-language"),
        *(text for node in articles for text in _languages(node)),
        meta.get("og:locale"),
        meta.get("language"),
    ]
    tags = [tag.replace("_", "-").strip() for tag in given if tag and tag.strip()]
    return next((tag for tag in tags if normalise_tag(tag)), tags[0] if tags else "")


def _languages(node: Node) -> list[str]:
    """Return the languages of an article in JSON-LD: tags, or things whose other name is the tag."""
    things = [text for thing in nodes_of(node, "inLanguage") if (text := text_of(thing, "alternateName"))]
    return [*things, *texts_of(node, "inLanguage")]


def _url(tree: HtmlElement, meta: dict[str, str], url: str) -> str:
    """Return the canonical address as an absolute one.

    If the page gives none, or gives that of the home page, the address that it was fetched from is returned.
    """
    links = [
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for written in [*links, meta.get("og:url", ""), url]:
        whole = absolute(url, written.strip())
        parts = split(whole)
        if parts and written.strip() and parts.scheme in {"http", "https"} and parts.hostname and parts.path.strip("/"):
            return whole
    return url
