"""Other spellings of a word, which are terms at the same position as its folded form.

Folding makes two spellings equal everywhere. Where that would make different words equal, the folded form stays as it
is, and the other spelling is one more term:

- A word with one of the letters ä, ö, ü, ø and å is also found as it is written without them: Göteborg as Goeteborg. In
  passages this holds for words that begin with a capital letter, as names do: the others are too many.
  The reverse, folding oe into o, would make blue and due (English) equal to blu and du (Italian, French).
- A name such as O'Brien is one word, and also found as Brien.
- A passage in a language of two alphabets, such as Serbian, is found in both; see ``alphabets``.
- An abbreviation of two or three letters is also a term in capitals, so that UN can be told from un (French), and WHO
  from who.
"""

import functools
import re
from typing import Final

from indexer.text.alphabets import in_both_alphabets
from indexer.text.folding import fold_anew
from indexer.text.normal_forms import normalise

LONGEST: Final = 256
"""Characters of a word or number that are looked at; what is longer is no word, and its end tells nothing."""
_LONGEST_ABBREVIATION: Final = 3
"""Letters. Longer ones are pronounced, often written like names (Nato, Unesco), and seldom spelt like another word."""
_NEAR: Final = 40
"""Characters before and after a word that tell whether its line is written in capitals throughout."""
_LONG_WORD: Final = re.compile("[A-Z\u00c0-\u024f\u0370-\u052f]{5}")
"""Latin, Greek and Cyrillic letters."""
_UMLAUT: Final = re.compile("[äöüøåÄÖÜØÅ\u0308\u030a]")
_IRISH: Final = re.compile("O['’‘ʻʼ`´](?=[A-Z])")
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def spell_within(text: str, start: int, end: int, language: str) -> tuple[str, tuple[str, ...]]:
    """Return the folded form of a word of a text, and its other spellings as it stands there; see ``spell``.

    Args:
        text: The text.
        start: Where the word begins.
        end: Where it ends.
        language: As for ``spell``.
    """
    folded, others = spell(text[start : min(end, start + LONGEST)], language)
    if others and others[0].isupper() and not is_abbreviation(text, start, end):
        others = others[1:]
    return folded, others


@functools.lru_cache(2**17)
def spell(word: str, language: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the folded form of a word, and its other spellings; see ``is_abbreviation`` for one in capitals.

    Args:
        word: A word as it is written.
        language: That of the passage that it stands in; empty for a query.
    """
    folded, others = fold_anew(word), in_both_alphabets(word, language)
    if word[0].islower():
        return folded, others
    shorter = with_digraphs(word) or _without_o(word)
    if not shorter and 2 <= len(folded) <= _LONGEST_ABBREVIATION and (word.isupper() or word.istitle()):
        shorter = (folded.upper(),)
    return folded, shorter + others


def with_digraphs(word: str) -> tuple[str, ...]:
    """Return the spelling of a word without ä, ö, ü, ø and å; nothing if it has none of these, or others as well."""
    if not _UMLAUT.search(word):
        return ()
    written = normalise("NFC", word).casefold().translate(_DIGRAPHS)
    return (fold_anew(written),) if written.isascii() else ()


def _without_o(word: str) -> tuple[str, ...]:
    """Return the family name behind an Irish O', as in O'Brien, and nothing for other words."""
    return (fold_anew(word[2:]),) if _IRISH.match(word) else ()


def is_abbreviation(text: str, start: int, end: int) -> bool:
    """Tell whether a short word is written in capitals, or with one in the middle of a sentence (Usa in Italian).

    In a line that is written in capitals throughout, that tells nothing, unless all its words are short, as in a query.
    """
    if not text[start:end].isupper():
        return text[start - 1 : start] == " " and text[start - 2 : start - 1].islower()
    before = text[max(0, start - _NEAR) : start].rpartition("\n")[2]
    line = before + text[start : end + _NEAR].partition("\n")[0]
    return not (line.isupper() and _LONG_WORD.search(line))
