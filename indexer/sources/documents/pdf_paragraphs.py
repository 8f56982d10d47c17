"""Rebuild the paragraphs of a PDF from the lines of its pages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.sources.documents.pdf_lines import HYPHEN, Line

_LARGER = 1.15
"""The height of a headline's letters, in heights of the text's."""
_LEADING = 1.35
"""The distance of two lines of a paragraph is at most that of most lines, times this."""
_HEADLINE_LEADING = 1.7
"""The distance of two lines of a headline at most, in heights of its letters."""
_INDENT = 0.7
"""How far the first line of a paragraph is indented at least, in heights of its letters."""
_SHORT = 0.12
"""The share of a column that the last line of a paragraph leaves free at least, if it ends a sentence."""
_FITS = 1.2
"""How many times the width of the next word is free at the end of a paragraph's last line."""
_EDGE = 2
"""The number of lines at the top and at the bottom of a page that may be a running head or a page number."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]\W*$")
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:\w+\s+)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|von|de|sur|из)\s*\d{1,4})?\W*", re.IGNORECASE
)
_HYPHENS = (HYPHEN, "\N{SOFT HYPHEN}", "-", "\N{HYPHEN}")
"""What stands at the end of a line whose last word goes on in the next one."""
_WORD = re.compile(r"[\w-]+")
_ARABIC = re.compile(r"[\u0590-\u08ff]")
"""Scripts whose letters are of many heights."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Scripts that are written without spaces between words."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, and the height of its letters."""

    text: str
    height: float
    is_large: bool
    """Its letters are clearly larger than those of most of the text."""


def paragraphs_of(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Return the paragraphs of a document, without running heads and page numbers."""
    lines = [line for page in _without_edges(pages) for line in page]
    if not lines:
        return []
    body = _usual(((line.height, len(line.text)) for line in lines), 0.5)
    text = [line for line in lines if line.height <= body * _LARGER]
    leading = _usual(((above.bottom - below.bottom, 1) for above, below in pairwise(text)), 0.5, above=0)
    words = set(_WORD.findall(" ".join(line.text for line in lines)))
    return [
        Paragraph(_joined([line.text for line in group], words), group[0].height, group[0].height > body * _LARGER)
        for group in _groups(lines, leading or body * 1.2, body)
    ]


def _without_edges(pages: Sequence[Sequence[Line]]) -> Iterator[list[Line]]:
    """Yield the lines of each page without those at its edges that are page numbers or stand on several pages."""
    edges = [_at_the_edges(page) for page in pages]
    repeated = Counter(key for found in edges for key in {_key(line) for line in found})
    for page, found in zip(pages, edges, strict=True):
        dropped = {
            id(line)
            for line in found
            if (repeated[_key(line)] > 1 and len(page) > 2 * _EDGE) or _PAGE_NUMBER.fullmatch(line.text)
        }
        yield [line for line in page if id(line) not in dropped]


def _at_the_edges(page: Sequence[Line]) -> list[Line]:
    placed = sorted(page, key=lambda line: line.bottom)
    return [*placed[:_EDGE], *placed[-_EDGE:]]


def _key(line: Line) -> str:
    return _NUMBER.sub("#", line.text)


def _usual(values: Iterable[tuple[float, int]], step: float, above: float = float("-inf")) -> float:
    """Return the most frequent of some values with weights, rounded to steps; 0 if there is none."""
    counts: Counter[float] = Counter()
    for value, weight in values:
        if value > above:
            counts[round(value / step) * step] += weight
    return max(counts, key=counts.__getitem__, default=0.0)


def _groups(lines: Sequence[Line], leading: float, body: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph."""
    columns = _columns(lines)
    group = [lines[0]]
    for (above, below), column in zip(pairwise(lines), columns[1:], strict=True):
        headlines = min(above.height, below.height) > body * _LARGER
        if _ends_headline(above, below) if headlines else _ends(above, below, column, leading):
            yield group
            group = []
        group.append(below)
    yield group


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Return the left and right edge of the column of each line: those of the lines right above and below it."""
    columns = []
    for number, line in enumerate(lines):
        near = [
            each for each in lines[max(0, number - 6) : number + 7] if each.left < line.right and line.left < each.right
        ]
        columns.append((_low([each.left for each in near]), -_low([-each.right for each in near])))
    return columns


def _low(values: Sequence[float]) -> float:
    """Return the second lowest value, so that one line that stands out does not count."""
    return sorted(values)[min(1, len(values) - 1)]


def _ends_headline(above: Line, below: Line) -> bool:
    """Return whether a headline ends between two lines of large letters."""
    alike = abs(above.height - below.height) <= 0.15 * max(above.height, below.height)
    return not alike or not 0 < above.bottom - below.bottom < above.height * _HEADLINE_LEADING


def _ends(above: Line, below: Line, column: tuple[float, float], leading: float) -> bool:
    """Return whether a paragraph ends between two lines."""
    if abs(above.height - below.height) > 0.15 * max(above.height, below.height) and not (
        _ARABIC.search(above.text) and _ARABIC.search(below.text)
    ):
        return True
    if above.text.endswith(_HYPHENS):
        return False
    left, right = column
    height = below.height
    ends_sentence = bool(_SENTENCE_END.search(above.text))
    down = above.bottom - below.bottom
    if not 0 < down <= 4 * leading:  # the next column or page
        return ends_sentence
    if down > max(leading, 1.1 * height) * _LEADING:
        return True
    free = max(right - above.right, above.left - left)
    indented = below.left - left > _INDENT * height and above.left - left < _INDENT * height
    return (ends_sentence and (free > _SHORT * (right - left) or indented)) or free > _FITS * _first_word(below)


def _first_word(line: Line) -> float:
    """Return the width of the first word of a line, which the line above had room for if it ends a paragraph."""
    return (line.right - line.left) * (len(line.text.split(maxsplit=1)[0]) + 1) / len(line.text)


def _joined(lines: Sequence[str], words: set[str]) -> str:
    """Return the text of a paragraph, with words mended that are divided between two lines."""
    parts = [lines[0]]
    for above, line in pairwise(lines):
        if above.endswith("\N{SOFT HYPHEN}"):
            parts[-1] = above[:-1]
        elif above.endswith(_HYPHENS) and len(above) > 1 and above[-2].isalpha() and line[:1].islower():
            parts[-1] = above[:-1] + ("-" if _is_compound(above[:-1], line, words) else "")
        elif not (_WIDE.match(above[-1:]) and _WIDE.match(line)):
            parts.append(" ")
        parts.append(line)
    text = "".join(parts)
    return text.replace(HYPHEN, "").replace("\N{SOFT HYPHEN}", "")


def _is_compound(text: str, line: str, words: set[str]) -> bool:
    """Return whether a word with a hyphen at the end of a line is written with it elsewhere too."""
    first, second = _WORD.findall(text[-40:]), _WORD.findall(line[:40])
    return bool(first and second) and f"{first[-1]}-{second[0]}" in words
