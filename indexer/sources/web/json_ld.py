"""Read the description that a page gives of itself in JSON-LD, see https://schema.org/NewsArticle."""

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

Node = dict[str, Any]
"""An object of JSON-LD."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Reportage|Review|WebPage)$")
_WRAPPER = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_NODES = 20_000
"""The most nodes that are read of one page, so that no page takes long."""


def read_json_ld(tree: HtmlElement) -> list[Node]:
    """Return the articles that a page describes: articles before mere web pages, and outer before inner ones."""
    nodes = list(_nodes(tree))
    named = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    found = [_resolved(node, named) for node in nodes if _ARTICLE.search(_type(node))]
    return sorted(found, key=lambda node: _type(node).endswith("WebPage"))


def text_of(node: Node, *names: str) -> str:
    """Return the first of some properties that is a text or a thing with a name, with its HTML entities resolved."""
    for name in names:
        value = node.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str) and value.strip():
            return html.unescape(html.unescape(value)).strip()
    return ""


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
            queue.extend(each for each in value.values() if isinstance(each, list | dict))


def _resolved(node: Node, named: dict[str, Node]) -> Node:
    """Return an article with a reference to its publisher replaced by the publisher."""
    publisher = node.get("publisher")
    if isinstance(publisher, dict) and "name" not in publisher and str(publisher.get("@id")) in named:
        return node | {"publisher": named[str(publisher["@id"])]}
    return node


def _documents(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield _parse(script.text or "")


def _parse(text: str) -> Any:
    """Return the value of a JSON text, also if it is in a comment or escaped as HTML; None if it is not JSON."""
    bare = _WRAPPER.sub("", text).strip()
    for candidate in (bare, html.unescape(bare)):
        try:
            return json.loads(candidate, strict=False)  # many pages have line breaks within strings
        except (ValueError, RecursionError):
            continue
    return None


def _type(node: Node) -> str:
    kind = node.get("@type", "")
    return str(kind[0] if isinstance(kind, list) and kind else kind)
