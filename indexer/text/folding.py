"""Fold spelling variants of a word into one form: case, width, accents, vowel points, digits, optional letters.

The same rules apply to every language, because the language of a query is seldom known and that of an article is
sometimes wrong.

Accents are removed in Latin and Greek, vowel points and hamzas in Arabic and Hebrew, because people often leave them
out. Cyrillic keeps its composed letters: й (Russian) and ї (Ukrainian) are always written as such. But ё is folded
into е, because it is optional, and stress marks are removed, because only dictionaries print them. Every other script
keeps its marks, because they are its vowels; only the nukta is removed.
"""

import functools
import unicodedata
from typing import Final

TATWEEL: Final = "ـ"
_NUKTA = 7
"""The Unicode combining class of the nukta in all Indic scripts."""
_SCRIPTS_WITH_OPTIONAL_MARKS = ("LATIN", "GREEK", "ARABIC", "HEBREW")
_REMOVED_MARKS = ("COMBINING", "ARABIC", "HEBREW", "VARIATION", "MONGOLIAN FREE")
_LETTER_VARIANTS = {
    **dict(zip("ıđøłðħɓɗƙƴ", "idoldhbdky", strict=True)),  # people omit the hooks of Hausa letters
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ё": "е",
    **dict(zip("ىیکةہھەٱ", "ييكهههها", strict=True)),  # Arabic, Persian and Urdu
    **dict(zip("ךםןףץ", "כמנפצ", strict=True)),  # final forms; casefold handles Greek ς itself
    "ँ": "ं",  # printed Hindi no longer distinguishes the two
    TATWEEL: "",
}


@functools.lru_cache(2**16)
def fold(word: str) -> str:
    """Return the folded form of a word. Characters that are neither letters, marks nor digits are removed."""
    if word.isascii() and word.isalnum():
        return word.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold()).translate(_FOLDED)


def name_of(character: str) -> str:
    """Return the Unicode name of a character, which begins with its script.

    A compatibility form, such as a full-width letter, gives the name of the ordinary letter.
    """
    return unicodedata.name(unicodedata.normalize("NFKC", character)[0], "")


class _Folded(dict[int, str]):
    """Maps a code point to its folded form; entries are added when a character is first met."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold(chr(point))
        return folded


def _fold(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in _LETTER_VARIANTS:
        return _LETTER_VARIANTS[character]
    kind, name = unicodedata.category(character), unicodedata.name(character, "")
    if kind[0] not in "LMN" or unicodedata.combining(character) == _NUKTA:
        return ""
    if kind[0] == "M":
        return "" if name.startswith(_REMOVED_MARKS) else character
    if name.startswith(_SCRIPTS_WITH_OPTIONAL_MARKS):
        base = "".join(part for part in unicodedata.normalize("NFD", character) if not unicodedata.combining(part))
        return "".join(_LETTER_VARIANTS.get(part, part) for part in base)
    return character


_FOLDED = _Folded()
