"""The layout of a body: its paragraphs, which of them are sub-headings, and which are not the article's own."""

import re
import unicodedata

from indexer.article import Span

_WRAP_WIDTH = 100
"""Files wrapped by hand or by mail programs hold no line longer than this."""
_WRAP_SLACK = 0.9
_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_LINK_SIGN = "\N{LINK SYMBOL}"
_SENTENCE_END = re.compile(r"[.!?…:;,。．！？：；、，।॥؟۔؛።᙮။៖។၊ฯ]\W*$")


def find_paragraphs(body: str) -> list[Span]:
    """Return the paragraphs of a body, without the white space around them, in order.

    A blank line ends a paragraph. So does any line break, unless the whole body is hard-wrapped and
    the next line's first word would not have fitted on this one.
    """
    lines = _lines(body)
    width = max((end - start for start, end in lines), default=0)
    wrapped = width <= _WRAP_WIDTH
    paragraphs: list[Span] = []
    joins = False
    for start, end in lines:
        if start == end:
            joins = False
            continue
        if joins and wrapped and _filled(body, paragraphs[-1], start, end) > width * _WRAP_SLACK:
            paragraphs[-1] = Span(paragraphs[-1].start, end)
        else:
            paragraphs.append(Span(start, end))
        joins = True
    return paragraphs


def is_heading(text: str) -> bool:
    """Tell whether a paragraph looks like a sub-heading: one short line that ends no sentence."""
    return (
        len(text) <= _HEADING_CHARACTERS
        and len(text.splitlines()) == 1
        and len(text.split()) <= _HEADING_WORDS
        and any(unicodedata.category(character)[0] == "L" for character in text)
        and not _SENTENCE_END.search(text)
    )


def is_aside(text: str) -> bool:
    """Tell whether a paragraph is a box that points to another story: it carries a link sign."""
    return _LINK_SIGN in text[:2] or text.rstrip().endswith(_LINK_SIGN)


def find_asides(body: str) -> tuple[Span, ...]:
    """Return the paragraphs of a body that are not the article's own words."""
    if _LINK_SIGN not in body:
        return ()
    return tuple(span for span in find_paragraphs(body) if is_aside(body[span.start : span.end]))


def _lines(body: str) -> list[Span]:
    lines: list[Span] = []
    position = 0
    for line in body.splitlines(keepends=True):
        start = position + len(line) - len(line.lstrip())
        lines.append(Span(start, max(start, position + len(line.rstrip()))))
        position += len(line)
    return lines


def _filled(body: str, paragraph: Span, start: int, end: int) -> int:
    """Return how long the paragraph's last line would be with the first word of the line ``start`` to ``end``."""
    last_line = body[paragraph.start : paragraph.end].splitlines()[-1].strip()
    return len(last_line) + 1 + len(body[start:end].split(maxsplit=1)[0])
