"""Read the metadata of a page: its title, publication time, declared language, source and address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from indexer.sources.record import domain_of
from indexer.sources.web.json_ld import Node, read_json_ld, text_of
from indexer.sources.web.page_date import find_published

_SEPARATOR = re.compile(r"\s*[-\u2010-\u2015|｜ㅣ·•»/]+\s*|\s+:+\s+")
_LETTERS = re.compile(r"[\W_]+")
_SHORTEST_TITLE = 3
"""The fewest letters that a title has after the name of the site was cut from it."""


@dataclass(frozen=True, slots=True)
class Page:
    """The metadata of a page; a text is empty if the page does not give it."""

    title: str
    published: str
    """ISO 8601, as precise as the page says, with its zone."""
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
    named = next((name for node in articles if (name := text_of(node, "publisher"))), "")
    site = _one_line(meta.get("og:site_name", "")) or named or domain_of(address)
    return Page(
        title=_title(tree, articles, meta, [site, named, domain_of(address), *_sections(articles, meta)]),
        published=find_published(tree, articles, address),
        language=_language(tree, meta),
        source=site,
        url=address,
        articles=tuple(articles),
    )


def squash(text: str) -> str:
    """Return the letters and digits of a text in lower case, to compare texts without punctuation and white space."""
    return _LETTERS.sub("", text.replace("\N{SOFT HYPHEN}", "").casefold())


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Return the content of the first meta element of each name; the names are in lower case."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("http-equiv") or "").strip().lower()
        if content := (meta.get("content") or "").strip():
            found.setdefault(name, content)
    return found


def _title(tree: HtmlElement, articles: Sequence[Node], meta: dict[str, str], names: list[str]) -> str:
    """Return the first title that the page gives: in JSON-LD, og:title, the first heading, or the title element.

    If the headline in JSON-LD ends with og:title, it begins with a kicker such as "Migration: ...". Then og:title is
    the title.
    """
    headings = [text for heading in tree.iter("h1") if (text := _one_line(heading.text_content()))]
    headline = next((text for node in articles if (text := text_of(node, "headline"))), "")
    known = {squash(text) for text in [headline, *headings]} - {""}
    headline, shared = (_without_site(_one_line(text), names, known) for text in (headline, meta.get("og:title", "")))
    title = _one_line(tree.findtext(".//title") or "")
    if squash(shared) and squash(headline).endswith(squash(shared)):
        headline = shared
    ways = [headline, shared, *headings[:1], _without_site(title, names, known)]
    return next((way for way in ways if way), "")


def _without_site(title: str, names: list[str], known: set[str]) -> str:
    """Cut the name of the site or of a section from the end of a title, and whatever follows a known title."""
    sites = ({squash(name) for name in names} | {squash(name.split(".")[0]) for name in names}) - {""}
    for cut in _SEPARATOR.finditer(title):
        if squash(title[: cut.start()]) in known and squash(title[cut.end() :]):
            return title[: cut.start()]
    for cut in reversed(list(_SEPARATOR.finditer(title))):
        if squash(title[cut.end() :]) in sites and len(squash(title[: cut.start()])) >= _SHORTEST_TITLE:
            title = title[: cut.start()]
    return title


def _sections(articles: Sequence[Node], meta: dict[str, str]) -> list[str]:
    return [text for node in articles if (text := text_of(node, "articleSection"))] + [meta.get("article:section", "")]


def _language(tree: HtmlElement, meta: dict[str, str]) -> str:
    root = tree.getroottree().getroot()
    tags = (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"))
    declared = [*tags, meta.get("content-language"), meta.get("og:locale"), meta.get("language")]
    return next((tag.replace("_", "-").strip() for tag in declared if tag and tag.strip()), "")


def _url(tree: HtmlElement, meta: dict[str, str], url: str) -> str:
    """Return the canonical address as an absolute one.

    If the page gives none, or gives that of the home page, the address that it was fetched from is returned.
    """
    links = [
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for written in [*links, meta.get("og:url", ""), url]:
        try:
            whole = str(urljoin(url, written.strip()))
            parts = urlsplit(whole)
        except ValueError:  # for example, the port is not a number
            continue
        if written.strip() and parts.scheme in {"http", "https"} and parts.hostname and parts.path.strip("/"):
            return whole
    return url


def _one_line(text: str) -> str:
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())
