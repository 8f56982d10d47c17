"""Read the description that a page gives of itself in JSON-LD, see https://schema.org/NewsArticle."""

import html
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from indexer.sources.web.json_ld_parsing import parse_json_ld
from indexer.sources.web.markup import whole_characters

Node = dict[str, Any]
"""An object of JSON-LD."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Reportage|Review|WebPage)$")
_PARTS = ("liveBlogUpdate", "comment", "review", "reviews")
"""Properties of an article that hold other postings, which are no articles of their own."""
_NODES = 20_000
"""The most nodes that are read of one page, so that no page takes long."""


def read_json_ld(tree: HtmlElement) -> list[Node]:
    """Return the articles that a page describes: articles before mere web pages, and outer before inner ones."""
    nodes = list(_nodes(tree))
    named = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    found = [_resolved(node, named) for node in nodes if _is_article(node)]
    return sorted(found, key=_is_mere_page)


def text_of(node: Node, *names: str) -> str:
    """Return the first of some properties that holds a text or a thing with a name; see ``texts_of``."""
    return next((text for name in names for text in texts_of(node, name)), "")


def texts_of(node: Node, name: str) -> list[str]:
    """Return the texts in a property: of itself, of its list, or the names of the things in it.

    HTML entities are resolved, also those that are escaped twice, and halves of characters are replaced.
    """
    value = node.get(name)
    texts = [_text(each) for each in (value if isinstance(value, list) else [value])]
    return [text for text in texts if text]


def nodes_of(node: Node, name: str) -> list[Node]:
    """Return the objects in a property."""
    value = node.get(name)
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "@value") if key in value), "")
        value = value[0] if isinstance(value, list) and value else value
    return whole_characters(html.unescape(html.unescape(value)).strip()) if isinstance(value, str) else ""


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    """Yield the objects of all scripts breadth first, because an article comes above the related ones that it lists."""
    queue = deque[Any](_documents(tree))
    for _ in range(_NODES):
        if not queue:
            return
        value = queue.popleft()
        if isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, dict):
            yield value
            inner = (each for name, each in value.items() if name not in _PARTS)
            queue.extend(each for each in inner if isinstance(each, list | dict))


def _resolved(node: Node, named: dict[str, Node]) -> Node:
    """Return an article with a reference to its publisher replaced by the publisher."""
    given = node.get("publisher")
    for value in given if isinstance(given, list) else [given]:
        reference = value.get("@id") if isinstance(value, dict) and "name" not in value else value
        if isinstance(reference, str) and reference in named:
            return node | {"publisher": named[reference]}
        if isinstance(value, dict) and _text(value):
            return node | {"publisher": value}
    return node


def _documents(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield parse_json_ld(script.text or "")


def _types(node: Node) -> list[str]:
    kinds = node.get("@type", "")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.search(kind) for kind in _types(node))


def _is_mere_page(node: Node) -> bool:
    return all(kind.endswith("WebPage") for kind in _types(node) if _ARTICLE.search(kind))
