"""Fold spelling variants of a word into one form: case, width, accents, vowel points, digits, optional letters.

The same rules apply to every language, because the language of a query is seldom known and that of an article is
sometimes wrong.

Accents are removed in Latin and Greek, vowel points and hamzas in Arabic and Hebrew, because people often leave them
out. Cyrillic keeps its composed letters: й (Russian) and ї (Ukrainian) are always written as such. But ё is folded
into е, because it is optional, and stress marks are removed, because only dictionaries print them. Every other script
keeps its marks, because they are its vowels; only the nukta is removed.

Traditional Han characters are folded into simplified ones. Ethiopic letters that Amharic pronounces alike, and spells
interchangeably, are folded into one. In Malayalam and Bengali a consonant without vowel has several encodings, of which
Unicode's normal forms leave two: a letter of its own, and the consonant with a virama and perhaps a joiner.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from indexer.text.normal_forms import normalise

TATWEEL: Final = "ـ"
_NUKTA = 7
"""The Unicode combining class of the nukta in all Indic scripts."""
_SCRIPTS_WITH_OPTIONAL_MARKS = ("LATIN", "GREEK", "ARABIC", "HEBREW")
_REMOVED_MARKS = ("COMBINING", "ARABIC", "HEBREW", "VARIATION", "MONGOLIAN FREE")
_VIRAMAS = re.compile("്{2,}")
"""Malayalam's. A chillu may have a virama behind it."""
_HAN = Path(__file__).with_name("han.txt")
_ETHIOPIC_ALIKE = (("ሀ", "ሐኀ"), ("ሰ", "ሠ"), ("አ", "ዐ"), ("ጸ", "ፀ"))
"""The first of the seven syllables of each consonant, which follow one another; and of those that sound alike."""
_ETHIOPIC_SAME_VOWEL = "ሀአ"
"""Consonants whose first and fourth syllables sound alike too."""


def _ethiopic_variants() -> Iterator[tuple[str, str]]:
    for first, others in _ETHIOPIC_ALIKE:
        for order in range(7):
            wanted = first if order == 3 and first in _ETHIOPIC_SAME_VOWEL else chr(ord(first) + order)
            yield from ((chr(ord(other) + order), wanted) for other in first + others)


_LETTER_VARIANTS = {
    **dict(zip("ıđøłðħɓɗƙƴ", "idoldhbdky", strict=True)),  # people omit the hooks of Hausa letters
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ə": "e",
    **dict.fromkeys("ʻʼ", ""),  # apostrophes, which are letters to Unicode
    "ё": "е",
    **dict(zip("ىیکةہھەٱ", "ييكهههها", strict=True)),  # Arabic, Persian and Urdu
    **dict(zip("ךםןףץ", "כמנפצ", strict=True)),  # final forms; casefold handles Greek ς itself
    "ँ": "ं",  # printed Hindi no longer distinguishes the two
    TATWEEL: "",
    **dict(_ethiopic_variants()),
    **dict(zip("ൺൻർൽൾൿൔൕൖ", ("ണ്", "ന്", "ര്", "ല്", "ള്", "ക്", "മ്", "യ്", "ഴ്"), strict=True)),  # Malayalam chillus
    "ൌ": "ൗ",  # Malayalam's au, as written before and after 1971
    "ৎ": "ত্",
    "ॲ": "अॅ",
}


@functools.lru_cache(2**16)
def fold(word: str) -> str:
    """Return the folded form of a word. Characters that are neither letters, marks nor digits are removed."""
    return fold_anew(word)


def fold_anew(word: str) -> str:
    """Return the same as ``fold``, which remembers its answers, for callers that do so themselves."""
    if word.isascii() and word.isalnum():
        return word.lower()
    folded = normalise("NFKC", normalise("NFKC", word).casefold()).translate(_FOLDED)
    return _VIRAMAS.sub("്", folded) if "്്" in folded else folded


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
    return _simplified_han().get(character, character) if name.startswith("CJK") else character


@functools.cache
def _simplified_han() -> Mapping[str, str]:
    lines = _HAN.read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


_FOLDED = _Folded()
