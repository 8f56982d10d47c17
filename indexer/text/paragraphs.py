"""The layout of an article's body: its paragraphs, and which of them are sub-headings or asides."""

import re
import unicodedata
from itertools import pairwise

from indexer.article import Span

_MAX_WRAP_COLUMNS = 100
"""A hard-wrapped text has no line of more columns than this. East Asian wide characters take two columns."""
_WRAP_SLACK = 0.9
"""A line counts as full if it and the next word together exceed this share of the longest line."""
_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_UNBREAKABLE = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]|\S+")
"""A unit that line wrapping does not break: one ideograph or kana, or a run without white space in other scripts."""
_LINK_SIGN = "\N{LINK SYMBOL}"
_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"
_SENTENCE_END = re.compile(r"[.!?…:;,。．！？：；、，।॥؟۔؛።᙮။៖។၊ฯ]\W*$")


def find_paragraphs(body: str) -> list[Span]:
    """Return the paragraphs of a body, without the white space around them, in order.

    A blank line ends a paragraph. So does any other line break, unless the whole body is hard-wrapped and the first
    word of the next line would not have fitted on this line.
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
    """Tell whether a paragraph looks like a sub-heading: one short line without sentence-final punctuation."""
    return (
        len(text) <= _HEADING_CHARACTERS
        and len(text.splitlines()) == 1
        and len(text.split()) <= _HEADING_WORDS
        and any(unicodedata.category(character)[0] == "L" for character in text)
        and not _SENTENCE_END.search(text)
    )


def is_aside(text: str) -> bool:
    """Tell whether a paragraph is a box that links to another story: it starts or ends with a link symbol."""
    return _LINK_SIGN in text[:2] or text.rstrip().removesuffix(_EMOJI_STYLE).endswith(_LINK_SIGN)


def find_asides(body: str) -> tuple[Span, ...]:
    """Return the paragraphs of a body that are boxes linking to other stories."""
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
    """Return the numbers of the lines that continue the line above.

    The result is empty if every full line ends with sentence punctuation: then the body is not hard-wrapped.
    """
    width = _wrap_width(body, lines)
    if not width:
        return set()
    full: set[int] = set()
    wrapped = False
    for number, (above, line) in enumerate(pairwise(lines), start=1):
        written = above.start < above.end and line.start < line.end
        if written and _columns_with_next_word(body, above, line) > width * _WRAP_SLACK:
            full.add(number)
            wrapped = wrapped or not _SENTENCE_END.search(body[above.start : above.end])
    return full if wrapped else set()


def _wrap_width(body: str, lines: list[Span]) -> int:
    """Return the columns of the longest line, or 0 if a line is too long for a hard-wrapped body."""
    if any(end - start > _MAX_WRAP_COLUMNS for start, end in lines):
        return 0
    width = max((_columns(body[start:end]) for start, end in lines), default=0)
    return width if width <= _MAX_WRAP_COLUMNS else 0


def _columns_with_next_word(body: str, above: Span, line: Span) -> int:
    """Return how many columns the line above would take together with the first word of ``line``."""
    word = _UNBREAKABLE.match(body, line.start, line.end)
    return _columns(body[above.start : above.end]) + 1 + _columns(word[0] if word else "")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
