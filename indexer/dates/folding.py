"""Write dates alike: digits of every script as 0 to 9, one kind of white space, words without case and accents."""

import unicodedata

LONGEST = 120
"""The most characters of a date. The longest that JavaScript writes, with the name of a time zone, has about 80."""
_OPTIONAL_MARKS = frozenset({202, 216, 220, 230, *range(27, 36)})
"""The Unicode combining classes of accents, and of vowel points in Arabic."""
_ALIKE = str.maketrans(
    {"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": "", "ʼ": "'", "’": "'"}
)
"""Letters that are written for one another, or that lose their accent only by hand."""


def plain(text: str) -> str:
    """Return a text with ASCII digits, single spaces and common forms of letters, and without invisible signs."""
    if text.isascii():
        return " ".join(text.split())
    digits = "".join(str(unicodedata.decimal(each, each)) for each in unicodedata.normalize("NFKC", text))
    visible = (each for each in digits.replace("\N{MINUS SIGN}", "-") if unicodedata.category(each) != "Cf")
    return " ".join("".join(visible).split())


def fold(text: str) -> str:
    """Return a text in lower case and without accents, so that "Août" and "AOUT" are one word.

    Marks that are vowels stay, as in the scripts of India and Thailand.
    """
    lower = text.casefold()
    if lower.isascii():
        return lower
    spread = unicodedata.normalize("NFKD", lower.translate(_ALIKE))
    kept = (each for each in spread if unicodedata.combining(each) not in _OPTIONAL_MARKS)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_ALIKE)
