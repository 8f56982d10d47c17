"""Read the text of an article from the data of a page: JSON-LD, microdata, and what a script builds the page from."""

import json
import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from indexer.sources.web.json_ld import Node, nodes_of, text_of, texts_of
from indexer.sources.web.markup import plain_text, whole_characters
from indexer.sources.web.page_title import squash

_BLOCK = re.compile(r"<(?:p|br|div|h\d|li|ul|ol|blockquote)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b", re.IGNORECASE)
_PARAGRAPHS = 3
"""The fewest paragraphs of a string in a script that may be the text."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_MARKED = "contains(concat(' ', @itemprop, ' '), ' articleBody ')"
_MICRODATA = f"//*[{_MARKED}][not(ancestor::*[{_MARKED}])]"


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of a text in the data of a page: some publishers write it as HTML, many in one line."""
    parts = [text] if _BLOCK.search(text) else text.splitlines()
    return [paragraph for part in parts for paragraph in plain_text(part).split("\n\n") if paragraph]


def main_articles(articles: Sequence[Node]) -> list[Node]:
    """Return the first article and those under the same headline or none; the others are related articles."""
    first = squash(text_of(articles[0], "headline")) if articles else ""
    return [node for node in articles if squash(text_of(node, "headline")) in {"", first}]


def bodies(articles: Sequence[Node]) -> list[list[str]]:
    """Return the paragraphs of each article that gives its text in JSON-LD."""
    return [body for node in articles if (body := _body(node))]


def updates(articles: Sequence[Node]) -> list[list[str]]:
    """Return the paragraphs of each update of a live blog, under its headline."""
    return [body for node in articles for each in nodes_of(node, "liveBlogUpdate") if (body := _update(each))]


def microdata(tree: HtmlElement) -> list[str]:
    """Return the paragraphs of the elements that the page marks as the text of the article."""
    found: list[str] = []
    for element in tree.xpath(_MICRODATA):
        own = (" ".join(each.text_content().split()) for each in element.iter("p"))
        found += [text for text in own if text]
    return found


def scripted(tree: HtmlElement) -> list[str]:
    """Return the text of a page that a script builds in the browser: the longest HTML among the strings in scripts."""
    found: list[list[str]] = [[]]
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            found += [paragraphs_of(html) for html in _marked_up(script.text or "")]
    return max(found, key=lambda paragraphs: sum(map(len, paragraphs)))


def _body(node: Node) -> list[str]:
    texts = [*texts_of(node, "articleBody"), *texts_of(node, "reviewBody")]
    return [paragraph for text in texts for paragraph in paragraphs_of(text)]


def _update(node: Node) -> list[str]:
    headline, body = paragraphs_of(text_of(node, "headline")), _body(node)
    return body if body[:1] == headline else [*headline, *body]


def _marked_up(script: str) -> Iterator[str]:
    """Yield the strings in a script that are HTML with several paragraphs; a string may hold JSON with such strings."""
    for match in _STRING.finditer(script):
        if len(match[0]) < 2 or "p" not in match[0]:
            continue
        try:
            text = json.loads(match[0], strict=False)
        except ValueError:
            continue
        if len(_PARAGRAPH.findall(text)) < _PARAGRAPHS:
            continue
        if text.lstrip().startswith(("{", "[")):
            yield from _marked_up(text)
        else:
            yield whole_characters(text)
