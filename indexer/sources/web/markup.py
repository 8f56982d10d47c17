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
_NAMES = (
    "a|abbr|address|article|aside|audio|b|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|"
    "dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|"
    "label|li|link|main|mark|meta|nav|noscript|object|ol|option|p|param|picture|pre|q|s|samp|script|section|select|"
    "small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|"
    "title|tr|tt|u|ul|var|video|wbr|[a-z]+[:-][a-z][a-z0-9-]*"
)
"""The names of elements of HTML, also of those that the makers of a site named, such as ``o:p`` and ``amp-img``."""
_TAG = re.compile(rf"</?(?:{_NAMES})(?:[\s/][^<>]*)?>|<!--|<!\[CDATA\[", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TIMES = 4
"""The most steps by which a text is resolved: it was escaped up to three times."""


def plain_text(markup: str) -> str:
    """Return the paragraphs of a fragment of HTML, separated by blank lines; a text that is not HTML is unchanged.

    What was escaped more than once, as some feeds do, is resolved. A text with tags of its own that shows others, such
    as one about HTML, keeps them.
    """
    text = whole_characters(markup).strip()
    for _ in range(_TIMES):
        if not _TAG.search(text):
            if not _ENTITY.search(text):
                break
            text = html.unescape(text)
            continue
        text = _paragraphs(text)
        if not _is_wrapped(text):
            break
    return html.unescape(html.unescape(text)) if _ENTITY.search(text) else text


def whole_characters(text: str) -> str:
    """Return a text with each half of a character, which no file can hold, replaced by the replacement character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text


def _is_wrapped(text: str) -> bool:
    """Return whether a text begins and ends with a tag, so that all of it is HTML that was escaped within HTML."""
    first = _TAG.match(text)
    return first is not None and text.endswith(">")


def _paragraphs(markup: str) -> str:
    bare = markup.replace("\0", " ").replace("<![CDATA[", " ").replace("]]>", " ")
    try:
        tree = lxml.html.fragment_fromstring(bare, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _TAG.sub(" ", markup).strip()
    etree.strip_elements(tree, *_SILENT, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    parts: list[str] = []
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        parts.append("\n\n" if node.tag in _BLOCKS else "")
        parts.append((node.text if event == "start" else node.tail) or "")
    return "\n\n".join(tidy for each in "".join(parts).split("\n\n") if (tidy := " ".join(each.split())))
