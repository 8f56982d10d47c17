"""Split a date into its numbers and names, without the signs and endings that only stand between them."""

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.dates.names import ORDINALS, all_names, is_word

Kind = Literal["number", "word", "sign"]

_SIGNS = frozenset(" ,.-/()[]|'\"،、·•–—:;~@׳॰፣၊")
_JOINING = frozenset(" .-'׳॰")
"""Signs within names of several words, such as terça-feira."""
_UNSPACED = "\u0590"
"""From this character on lie the scripts in which a word may be written without a space before the next."""


@dataclass(frozen=True, slots=True)
class Words:
    """The numbers and the names of a date, each in their order."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    """Names of months and weekdays, and words that stand between them."""
    parts: str
    """A letter for each of them in the order of the text: ``n`` for a number, ``w`` for a name."""


def split_words(text: str) -> Words:
    """Return the numbers and names of a date, which ``fold`` has folded.

    Raises:
        ValueError: It holds a sign or a word that no date has.
    """
    numbers: list[str] = []
    names: list[str] = []
    parts = ""
    for phrase in _phrases(text):
        if isinstance(phrase, str):
            numbers.append(phrase)
            parts += "n"
        else:
            found = list(_names(phrase))
            names += found
            parts += "w" * len(found)
    return Words(tuple(numbers), tuple(names), parts)


def _phrases(text: str) -> Iterator[str | list[str]]:
    """Yield each number, and the words between two of them, or between signs that no name holds, as a list."""
    words: list[str] = []
    before: Kind = "sign"
    for kind, run in _runs(text):
        if kind == "word" and not (before == "number" and run in ORDINALS):
            words.append(run)
        elif kind == "number" or (kind == "sign" and not _JOINING.issuperset(run)):
            if words:
                yield words
            words = []
            if kind == "number":
                yield run
        before = kind
    if words:
        yield words


def _runs(text: str) -> Iterator[tuple[Kind, str]]:
    for kind, characters in itertools.groupby(text, kind_of):
        run = "".join(characters)
        if kind == "sign" and not _SIGNS.issuperset(run):
            raise ValueError(f"no date holds {run}")
        yield kind, run


def kind_of(character: str) -> Kind:
    """Return whether a character is part of a number or of a word, or stands between them."""
    if character.isdecimal():
        return "number"
    return "word" if unicodedata.category(character)[0] in "LM" else "sign"


def _names(words: Sequence[str]) -> Iterator[str]:
    """Yield the names that some neighbouring words are, the longest first."""
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + all_names().most_words), start, -1):
            name = " ".join(words[start:end])
            if is_word(name):
                yield name
                start = end
                break
        else:
            yield from _unspaced(words[start])
            start += 1


def _unspaced(word: str) -> Iterator[str]:
    """Yield the names that are written as one word, as in Hebrew, Thai and Chinese."""
    if word < _UNSPACED:
        raise ValueError(f"{word} is no word of a date")
    start = 0
    while start < len(word):
        end = next((end for end in range(len(word), start, -1) if is_word(word[start:end])), 0)
        if not end:
            raise ValueError(f"{word} is no word of a date")
        yield word[start:end]
        start = end
