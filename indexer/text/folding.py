"""Spellings made equal: case, width, accents, vowel points, digits, and letters that people write either way.

One rule for every language, because the language of a query is seldom known and that of an article sometimes wrong.

Accents go from Latin and Greek, vowel points and hamzas from Arabic and Hebrew: people leave them out. Cyrillic keeps
its composed letters: a Russian writes й and a Ukrainian ї as surely as any other letter, but ё only sometimes, and
stress marks only in dictionaries. Every other script keeps its marks, which are its vowels; only the nukta goes.
"""

import functools
import unicodedata
from typing import Final

TATWEEL: Final = "ـ"
_NUKTA = 7
"""Its combining class, in all scripts of India."""
_ACCENTED = ("LATIN", "GREEK", "ARABIC", "HEBREW")
_MARKS_THAT_GO = ("COMBINING", "ARABIC", "HEBREW", "VARIATION", "MONGOLIAN FREE")
_LETTERS = {
    **dict(zip("ıđøłðħɓɗƙƴ", "idoldhbdky", strict=True)),  # the hooks of Hausa are left out as accents are
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ё": "е",
    **dict(zip("ىیکةہھەٱ", "ييكهههها", strict=True)),  # Arabic, Persian and Urdu
    **dict(zip("ךםןףץ", "כמנפצ", strict=True)),  # at the end of a word only, as Greek ς, which casefold knows
    "ँ": "ं",  # Hindi print has given up the difference
    TATWEEL: "",
}


@functools.lru_cache(2**16)
def fold(word: str) -> str:
    """Return the one spelling of a word. Nothing is left of what is no letter, mark or digit."""
    if word.isascii() and word.isalnum():
        return word.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold()).translate(_FOLDED)


def name_of(character: str) -> str:
    """Return the Unicode name, which begins with the script; of a compatibility form, the ordinary letter's."""
    return unicodedata.name(unicodedata.normalize("NFKC", character)[0], "")


class _Folded(dict[int, str]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold(chr(point))
        return folded


def _fold(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in _LETTERS:
        return _LETTERS[character]
    kind, name = unicodedata.category(character), unicodedata.name(character, "")
    if kind[0] not in "LMN" or unicodedata.combining(character) == _NUKTA:
        return ""
    if kind[0] == "M":
        return "" if name.startswith(_MARKS_THAT_GO) else character
    if name.startswith(_ACCENTED):
        base = "".join(part for part in unicodedata.normalize("NFD", character) if not unicodedata.combining(part))
        return "".join(_LETTERS.get(part, part) for part in base)
    return character


_FOLDED = _Folded()
