"""The lines of a page of a PDF, with their places, in the order in which the page was written."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.text.normal_forms import normalise

HYPHEN = "\x02"
"""What PDFium writes for a hyphen at the end of a line that only divides a word."""
_GAP = 2.5
"""The width of a space that divides columns, in heights of the line."""
_SHARED = 0.35
"""The share of its height that a letter has in common with the letter before it, at least."""
_SPACE = 0.16
"""The width of a space between words that are placed one by one, in heights of the line."""
_LONGEST_ROW = 1000
"""Characters of a row that others may be joined to; a line of a page has a hundred."""
_RIGHT_TO_LEFT = {"R", "AL"}
_TURNED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_RUN = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0400-\u04ff\u0660-\u0669\u06f0-\u06f9][^\u0590-\u08ff\s]*")
"""A word or number that is written from left to right also where the line is not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page; places are in points, from the left and from the bottom."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    """The height of its letters, which tells headlines from text."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    left: float
    right: float
    bottom: float
    top: float


def lines_of(page: Any, raw: Any) -> list[Line]:
    """Return the lines of a page.

    Args:
        page: A ``pypdfium2.PdfTextPage``.
        raw: The module ``pypdfium2.raw``.
    """
    rows = _merged(list(_rows(_glyphs(page, raw))))
    return [line for glyphs in rows if (line := _line(glyphs)).text]


def _glyphs(page: Any, raw: Any) -> Iterator[_Glyph | None]:
    """Yield the characters of a page, and None where PDFium sees the end of a line."""
    box = raw.FS_RECTF()
    for number in range(raw.FPDFText_CountChars(page)):
        code = raw.FPDFText_GetUnicode(page, number)
        if code in {10, 13}:
            yield None
        elif code and not 0xD800 <= code < 0xE000:
            raw.FPDFText_GetLooseCharBox(page, number, ctypes.byref(box))
            character = HYPHEN if code in {2, 0xFFFE} else chr(code)
            yield _Glyph(character, box.left, box.right, box.bottom, box.top)


def _rows(glyphs: Iterator[_Glyph | None]) -> Iterator[list[_Glyph]]:
    """Yield the characters of each line: they lie at one height, without a gap as between columns."""
    row: list[_Glyph] = []
    last: _Glyph | None = None
    for glyph in glyphs:
        if row and (glyph is None or (last and _begins_another(last, glyph))):
            yield row
            row, last = [], None
        if glyph is not None:
            row.append(glyph)
            last = last if glyph.character.isspace() else glyph
    if row:
        yield row


def _begins_another(last: _Glyph, glyph: _Glyph) -> bool:
    if glyph.character.isspace() or unicodedata.category(glyph.character) == "Mn":
        return False
    shared = min(glyph.top, last.top) - max(glyph.bottom, last.bottom)
    beside = shared > _SHARED * min(glyph.top - glyph.bottom, last.top - last.bottom)
    return not beside or glyph.left - last.right > max(last.top - last.bottom, 1.0) * _GAP


def _merged(rows: list[list[_Glyph]]) -> list[list[_Glyph]]:
    """Join rows of Arabic or Hebrew that lie beside one another: their letters are of many heights."""
    merged = rows[:1]
    for row in rows[1:]:
        last = merged[-1]
        if len(last) < _LONGEST_ROW and _is_right_to_left(row) and _is_right_to_left(last) and _are_beside(last, row):
            last.extend(row)
        else:
            merged.append(row)
    return merged


def _are_beside(one: list[_Glyph], other: list[_Glyph]) -> bool:
    tops, bottoms = (
        [max(each.top for each in row) for row in (one, other)],
        [min(each.bottom for each in row) for row in (one, other)],
    )
    heights = [top - bottom for top, bottom in zip(tops, bottoms, strict=True)]
    gap = max(min(each.left for each in row) for row in (one, other)) - min(
        max(each.right for each in row) for row in (one, other)
    )
    return min(tops) - max(bottoms) > _SHARED * min(heights) and gap < _GAP * max(heights)


def _is_right_to_left(glyphs: list[_Glyph]) -> bool:
    classes = [unicodedata.bidirectional(each.character) for each in glyphs]
    return any(each in _RIGHT_TO_LEFT or each == "NSM" for each in classes) and "L" not in classes[:1]


def _line(glyphs: list[_Glyph]) -> Line:
    written = [glyph for glyph in glyphs if not glyph.character.isspace()] or glyphs
    heights = sorted(glyph.top - glyph.bottom for glyph in written)
    text = "".join(glyph.character for glyph in glyphs)
    if sum(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text) * 2 > len(
        text.replace(" ", "")
    ):
        text = _from_right_to_left(glyphs)
    return Line(
        " ".join(text.split()),
        min(glyph.left for glyph in written),
        max(glyph.right for glyph in written),
        min(glyph.bottom for glyph in written),
        heights[len(heights) * 3 // 4],
    )


def _from_right_to_left(glyphs: list[_Glyph]) -> str:
    """Return a line of Arabic or Hebrew in the order of reading, by the places of its letters.

    Many programs write such lines in the order in which they are seen, and letters as their forms within a word.
    """
    placed = sorted((each for each in glyphs if not each.character.isspace()), key=lambda glyph: -glyph.right)
    gap = _SPACE * max((each.top - each.bottom for each in placed), default=0)
    text = "".join(
        (" " if before.left - each.right > gap else "") + each.character
        for before, each in zip(placed[:1] + placed, placed, strict=False)
    )
    text = normalise("NFKC", text).translate(_TURNED)
    return _RUN.sub(lambda run: run[0][::-1], text)
