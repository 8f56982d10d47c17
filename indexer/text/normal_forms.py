"""Unicode's normal forms in time that is proportional to the length of a text, whatever the text is.

To bring a run of combining marks into order takes the square of its length. No language writes more than a few marks
on a letter, so that of longer runs only the beginning is kept, as in Unicode's stream-safe text
(https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format).
"""

import functools
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

MOST_MARKS: Final = 30
"""The combining marks in a row that are kept."""


def normalise(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a normal form, without the marks that are more than a letter can have."""
    if len(text) > MOST_MARKS and not text.isascii():
        text = "".join(_without_surplus_marks(text))
    return unicodedata.normalize(form, text)


def _without_surplus_marks(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= MOST_MARKS:
            yield character


@functools.lru_cache(2**13)
def _is_mark(character: str) -> bool:
    return all(map(unicodedata.combining, unicodedata.normalize("NFKD", character)))
