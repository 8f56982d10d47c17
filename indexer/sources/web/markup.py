"""Turn a fragment of HTML, such as the content of an entry of a feed, into text."""

import html
import re

import lxml.html
from lxml import etree

_BLOCKS = frozenset([
    "p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "section", "article", "ul", "ol",
    "table", "pre", "figure", "hr",
])  # fmt: skip
"""Elements that begin and end a paragraph."""
_SILENT = ("script", "style", "noscript", "iframe", "template", "figcaption", "svg")
"""Elements whose text nobody reads as part of the article."""
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&#?\w+;")


def plain_text(markup: str) -> str:
    """Return the paragraphs of a fragment of HTML, separated by blank lines; a text that is not HTML is unchanged."""
    if not _MARKUP.search(markup):
        return markup.strip()
    try:
        tree = lxml.html.fragment_fromstring(markup.replace("\0", " "), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html.unescape(_MARKUP.sub(" ", markup)).strip()
    etree.strip_elements(tree, *_SILENT, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    parts: list[str] = []
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        parts.append("\n\n" if node.tag in _BLOCKS else "")
        parts.append((node.text if event == "start" else node.tail) or "")
    return "\n\n".join(tidy for each in "".join(parts).split("\n\n") if (tidy := " ".join(each.split())))
