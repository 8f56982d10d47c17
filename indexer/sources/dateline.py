"""Find the date under the headline of a plain text: a line that is a date, perhaps with a label, a byline or a place.

Harbour pilots walk out
By Ada Lindqvist, Vellmar, 27 May 2025
"""

import re
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from indexer.dates.day_order import AmbiguousDayError
from indexer.dates.folding import LONGEST
from indexer.dates.parsing import parse_published
from indexer.dates.plausibility import implausible

_LINES = 5
"""How many lines are looked at: a headline, a standfirst, a byline, and the date."""
_LINE = re.compile(r"[^\r\n]+(?:\r\n?|\n)?")
_FOUR_DIGITS = re.compile(r"\d{4}")
_SEPARATOR = re.compile(r"\s*[,|•·،–—]\s*|\s+-\s+|\s*/\s+|\s+(?=\w{1,12}[:：])")
_PARTS = 8
"""The most parts of a line with a byline."""
_WORDS = 8
"""The most words of a byline with its place."""
_SMALL = frozenset(
    {
        *("a", "and", "at", "by", "da", "de", "del", "der", "di", "du", "e", "en", "et", "for", "from", "i", "in"),
        *("la", "le", "of", "og", "och", "par", "por", "und", "van", "von", "y", "z", "à", "às"),
    }
)
"""Words of bylines that begin with a small letter."""
_END_OF_SENTENCE = re.compile(r"[!?…;。！？।؟۔]|\.(?:\s|$)")


class Dateline(NamedTuple):
    """The date of a text, and where its line lies."""

    written: str
    start: int
    end: int
    alone: bool
    """Whether the line holds nothing else but a label."""


def find_dateline(text: str) -> Dateline | None:
    """Return the first of the opening lines that gives a date; None if there is none."""
    filled = (line for line in _LINE.finditer(text) if not line[0].isspace())
    for line in islice(filled, _LINES):
        written = " ".join(line[0].split())
        if len(written) > LONGEST:
            continue
        if _is_date(written):
            return Dateline(written, line.start(), line.end(), alone=True)
        if beside := _beside_a_byline(written):
            return Dateline(beside, line.start(), line.end(), alone=False)
    return None


def _beside_a_byline(line: str) -> str:
    """Return the date at the end or at the beginning of a line that is otherwise a byline; empty if there is none."""
    cuts = list(islice(_SEPARATOR.finditer(line), _PARTS))
    for cut in cuts:
        if _is_byline(line[: cut.start()]) and _is_date(line[cut.end() :]):
            return line[cut.end() :]
    for cut in reversed(cuts):
        if _is_byline(line[cut.end() :]) and _is_date(line[: cut.start()]):
            return line[: cut.start()]
    return ""


def _is_date(text: str) -> bool:
    """Return whether a text is a day or a time that an article can have, and no mere number."""
    if not _FOUR_DIGITS.search(text) or (text.isascii() and text.isalnum()):
        return False
    try:
        published = parse_published(text)
    except AmbiguousDayError:
        return True
    except ValueError:
        return False
    return published.precision in {"day", "time"} and not implausible(published, datetime.now(UTC))


def _is_byline(text: str) -> bool:
    """Return whether a text has only a few words, which begin with a capital letter where the script has any."""
    words = [word.strip("()\"'“”:.") for word in text.split()]
    if len(words) > _WORDS or _END_OF_SENTENCE.search(text.rstrip(".")) or any(map(str.isdecimal, text)):
        return False
    return all(not word[:1].islower() or word.casefold() in _SMALL for word in words) and any(words)
