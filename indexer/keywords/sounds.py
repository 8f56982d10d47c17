"""Compare words by how they sound, whatever script and spelling they are in.

A word is romanised and brought into a plain spelling, in which a letter stands for a sound: sch, sh and sz become x. A
similarity is a weighted edit distance of two plain spellings, in which vowels count less than consonants and sounds of
one class replace one another cheaply. It is computed for many words at once.

The skeleton of a word is the classes of its consonants, in the manner of Soundex. Words of which neither skeleton is
within one edit of the other's are never similar, so that an index need not look at them. Where a letter has two
readings, as c and j have, the word has a second skeleton, in the manner of Double Metaphone.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from indexer.keywords.romanise import LONGEST, romanise_folded, script_of
from indexer.keywords.sound_distance import similarities
from indexer.keywords.sound_forms import LETTERS, LIQUID, Form, pack_all
from indexer.text.folding import fold

CLASSES: Final = 10
"""Classes of a skeleton at most."""
SHORT: Final = 3
"""Skeletons of fewer classes must be the same."""
_DIGRAPHS = {
    "tsch": "c", "shch": "x", "dsch": "j", "tch": "c", "sch": "x", "dzh": "j", "ssh": "x", "chr": "kr", "chl": "kl",
    "sh": "x", "sz": "x", "ch": "c", "cz": "c", "ts": "c", "tz": "c", "dj": "j", "zh": "j", "kh": "h", "gh": "g",
    "ph": "f", "th": "t", "dh": "d", "bh": "b", "ck": "k", "dz": "j",
}  # fmt: skip
_DIGRAPH = re.compile("|".join(sorted(_DIGRAPHS, key=len, reverse=True)))
_FIRST_X = re.compile("^x", re.MULTILINE)
_LONG_VOWEL = re.compile("augh$|aw$|ou|oo|ee", re.MULTILINE)
_VOWELS_OF = {"augh": "o", "aw": "o", "ou": "u", "oo": "u", "ee": "i"}
_HARD_C = re.compile("c(?![eihzk])")
_SOFT_G = re.compile("g(?=[ei])")
_GLIDE = re.compile("(?<=[bdfgklmnpqrstvxyz])j|j(?=[^aeiou]|$)")
_SILENT_H = re.compile("(?<=[aeiou])h(?=[^aeiou]|$)")
_DOUBLE = re.compile(r"(.)\1+")

_CLASS_OF = {
    **dict.fromkeys("aeiouh", ""),
    **dict.fromkeys("bpfvw", "P"),
    **dict.fromkeys("kgqy", "K"),
    **dict.fromkeys("szxcj", "S"),
    **dict.fromkeys("td", "T"),
    **dict.fromkeys(("l", "r", LIQUID), "L"),
    **dict.fromkeys("mn", "N"),
}
_SECOND_CLASS_OF = _CLASS_OF | {"c": "K", "y": "S", "q": "S", "j": "", "h": "K", "w": ""}
READINGS: Final = (_CLASS_OF, _SECOND_CLASS_OF)
"""The class of each letter of a plain spelling, in both readings; empty for those that a skeleton leaves out."""
_REMEMBERED: Final = 2**12
"""Words of queries whose forms and skeletons are remembered: each is heard several times."""
_VOWEL = "V"
"""The class of a vowel; it stands only at the beginning of a skeleton."""
CLASS_NUMBERS: Final = {name: number for number, name in enumerate("VPKSTLN", start=1)}

_LONG_O = ("オー", "奥", "澳")
"""Beginnings of names that stand for au, as in Aurelia, or for o."""
_SOFT_G_OF_TURKISH = "多安"
"""Doğan, which folding takes for Dogan."""
_WITHOUT_R = frozenset(("CJK", "KANA"))
"""Scripts that do not tell l from r."""
_PREFIX = re.compile("(?:[وبكف]?ال|[בלמהושכوبلكف])(?=...)")
"""Prepositions and articles that are written together with an Arabic or Hebrew word."""


@functools.lru_cache(_REMEMBERED)
def forms(word: str) -> tuple[Form, ...]:
    """Return the ways to hear a word; none if it has no sound."""
    return tuple(_forms(word))


def _forms(word: str) -> list[Form]:
    folded = fold(word[:LONGEST])
    script = script_of(folded)
    abjad = script in {"ARABIC", "HEBREW"}
    found = [Form(plain(romanise_folded(folded), script), abjad, fixed=script == "CJK")]
    if folded.startswith(_LONG_O):
        found.append(found[0]._replace(letters=("au" + found[0].letters.lstrip("o"))[:LETTERS]))
    elif _SOFT_G_OF_TURKISH in folded:
        found.append(found[0]._replace(letters=found[0].letters.replace("doan", "dogan")[:LETTERS]))
    if abjad and (prefix := _PREFIX.match(folded)):
        found.append(Form(plain(romanise_folded(folded[prefix.end() :]), script), abjad, stripped=True))
    return [form for form in found if form.letters]


def forms_of_all(words: Iterable[str]) -> Iterator[tuple[int, Form]]:
    """Yield the forms of each of some words, as ``forms`` returns them, with the index of the word, in any order.

    Words of the letters a to z, which most words of news are, take a fraction of the time that they take one by one.
    """
    latin: list[tuple[int, str]] = []
    for number, word in enumerate(words):
        if word.isascii() and word.isalpha():
            latin.append((number, word[:LONGEST].lower()))
        else:
            yield from ((number, form) for form in _forms(word))
    spelt = plain_all([word for _, word in latin])
    yield from ((number, Form(letters)) for (number, _), letters in zip(latin, spelt, strict=True) if letters)


def spoken_forms(word: str) -> list[Form]:
    """Return the ways to hear a word of a query, which is taken to have no preposition."""
    return [form for form in forms(word) if not form.stripped]


def plain(romanised: str, script: str = "LATIN") -> str:
    """Return a plain spelling of a romanised word, in which each letter stands for a sound.

    c is ch or ts, x is sh, j is the English j or a German y, h is also kh. y is a c that may be hard, and q a g or k
    that may be soft, as in Geneva or in the Chinese 基, which is ji and stands for ki.
    """
    return plain_all([romanised], script)[0]


def plain_all(romanised: Sequence[str], script: str = "LATIN") -> list[str]:
    """Return the plain spelling of each of some romanised words of one script.

    They are converted together, one a line: that takes a fraction of the time, and no rule looks beyond a line.
    """
    if not romanised:
        return []
    text = "\n".join(romanised)
    text = text if script == "CJK" else text.replace("q", "k")
    text = text.replace("g", "q") if script == "HEBREW" else text  # ג with a geresh is j, and the geresh is left out
    text = text.replace("y", "i")
    if script == "LATIN":
        text = _FIRST_X.sub("sh", text)
        text = _SOFT_G.sub("q", _HARD_C.sub("y", _LONG_VOWEL.sub(_spell_vowel, text)))
    text = _DIGRAPH.sub(_spell_digraph, text.replace("x", "ks"))
    text = _SILENT_H.sub("", _GLIDE.sub("i", text))
    if script in _WITHOUT_R:
        text = text.replace("l", LIQUID).replace("r", LIQUID)
    return [line[:LETTERS] for line in _DOUBLE.sub(r"\1", text).split("\n")]


def _spell_vowel(found: re.Match[str]) -> str:
    return _VOWELS_OF[found[0]]


def _spell_digraph(found: re.Match[str]) -> str:
    return _DIGRAPHS[found[0]]


def skeleton(romanised: str) -> str:
    """Return the classes of the consonants of a romanised word, preceded by V if it begins with a vowel."""
    return _classes(plain(romanised), _CLASS_OF)


@functools.lru_cache(_REMEMBERED)
def skeletons(letters: str) -> tuple[str, ...]:
    """Return the skeleton of a plain spelling, and a second one if some of its letters have two readings."""
    return tuple(dict.fromkeys(_classes(letters, class_of) for class_of in READINGS))


def _classes(letters: str, class_of: dict[str, str]) -> str:
    found, before = [], _VOWEL
    for letter in letters:
        here = class_of[letter]
        if here and here != before:
            found.append(here)
        before = here
    first = "" if letters and class_of[letters[0]] else _VOWEL
    return (first + "".join(found))[:CLASSES] if letters else ""


def strength(word: str) -> float:
    """Return how much a similarity to this word says, from 0 to 1: short skeletons are shared by many words."""
    classes = max((len(skeleton) for form in forms(word) for skeleton in skeletons(form.letters)), default=0)
    return min(1.0, 0.35 + 0.22 * (classes - 1)) if classes else 0.0


def related(query: str, other: str) -> bool:
    """Tell whether two skeletons are the same, or one edit apart that leaves their first classes as they are."""
    return query == other or other in neighbours(query)


def neighbours(classes: str) -> list[str]:
    """Return the skeletons that are one edit away: a class left out, replaced or added, but never the first one."""
    found: dict[str, None] = {}
    for i in range(1, len(classes) + 1):
        left, right = classes[:i], classes[i:]
        found |= dict.fromkeys(left + new + right for new in "PKSTLN")
        if right:
            found[left + right[1:]] = None
            found |= dict.fromkeys(left + new + right[1:] for new in "PKSTLN")
    if len(classes) < SHORT:
        return []
    found.pop(classes, None)
    return [each for each in found if SHORT <= len(each) <= CLASSES]


def similarity(query_word: str, word: str) -> float:
    """Return how alike two words sound: 1 if they have the same plain spelling, 0 if they sound different.

    The similarity is high also if one word is the beginning of the other, because words are inflected at their end.
    """
    best = 0.0
    for query in spoken_forms(query_word):
        mine = skeletons(query.letters)
        for form in forms(word):
            if any(related(one, other) for one in mine for other in skeletons(form.letters)):
                best = max(best, float(similarities([query], pack_all([form]), [1])[0]))
    return best
