"""The layout of a body: its paragraphs, which of them are sub-headings, and which are not the article's own."""

import re
import unicodedata
from itertools import pairwise

from indexer.article import Span

_WRAP_WIDTH = 100
"""Files wrapped by hand or by mail programs hold no line of more columns; a wide character takes two."""
_WRAP_SLACK = 0.9
_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_WORD = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]|\S+")
"""What goes to the next line as a whole: an ideograph or a kana, in other scripts all up to white space."""
_LINK_SIGN = "\N{LINK SYMBOL}"
_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"
_SENTENCE_END = re.compile(r"[.!?…:;,。．！？：；、，।॥؟۔؛።᙮။៖។၊ฯ]\W*$")


def find_paragraphs(body: str) -> list[Span]:
    """Return the paragraphs of a body, without the white space around them, in order.

    A blank line ends a paragraph. So does any line break, unless the whole body is hard-wrapped and
    the next line's first word would not have fitted on this one.
    """
    lines = _lines(body)
    continued = _continued(body, lines)
    paragraphs: list[Span] = []
    for number, line in enumerate(lines):
        if number in continued:
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        elif line.start < line.end:
            paragraphs.append(line)
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
    return _LINK_SIGN in text[:2] or text.rstrip().removesuffix(_EMOJI_STYLE).endswith(_LINK_SIGN)


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


def _continued(body: str, lines: list[Span]) -> set[int]:
    """Return the numbers of the lines that go on from the one above; none where all lines end sentences."""
    width = _wrap_width(body, lines)
    if not width:
        return set()
    full: set[int] = set()
    wrapped = False
    for number, (above, line) in enumerate(pairwise(lines), start=1):
        written = above.start < above.end and line.start < line.end
        if written and _filled(body, above, line) > width * _WRAP_SLACK:
            full.add(number)
            wrapped = wrapped or not _SENTENCE_END.search(body[above.start : above.end])
    return full if wrapped else set()


def _wrap_width(body: str, lines: list[Span]) -> int:
    """Return the columns of the longest line of a hard-wrapped body; 0 when a line is too long for it to be one."""
    if any(end - start > _WRAP_WIDTH for start, end in lines):
        return 0
    width = max((_columns(body[start:end]) for start, end in lines), default=0)
    return width if width <= _WRAP_WIDTH else 0


def _filled(body: str, above: Span, line: Span) -> int:
    """Return how many columns the line above would take with the first word of ``line``."""
    word = _WORD.match(body, line.start, line.end)
    return _columns(body[above.start : above.end]) + 1 + _columns(word[0] if word else "")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
