"""Text cut into atoms, the smallest things that a keyword query can name: the same for passages and queries.

An atom is a word, a number or, in scripts written without spaces, a character. Where letters meet digits a word is cut,
so F-35, F35 and "F 35" are the same two atoms; which atoms stood together without a space is remembered.

Every character is first replaced by one letter for its class, so one expression over those letters cuts every script.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from indexer.text.folding import fold, name_of


class Atom(NamedTuple):
    """One atom; ``source[start:end]`` is what it was folded from."""

    text: str
    start: int
    end: int
    kind: str
    """``word``, ``number``, ``ideograph``, ``character`` (of another script without spaces) or ``sign`` (++ of C++)."""
    joint: str | None
    """What stands between it and the atom before: nothing, ``&``, or None when they are apart."""


_ATOM = re.compile(
    r"""
    (?P<word>
        (?<![aym])(?:[ay]\.){2,}(?:[ay](?![aym]))?  # U.S., z.B.
        |a(?:[im]*a)*m*                             # Latin, Greek
        |y(?:[im]*'?y)*m*                           # Cyrillic: the apostrophe of Ukrainian is no end
        |h(?:[im]*['"]?h)*m*                        # Hebrew: nor are geresh and gershayim
        |r(?:[im]*r)*m*                             # Arabic: U+200C stands between a Persian stem and its ending
        |o(?:[imz]*o)*m*                            # others; in those of India U+200C only shapes a letter
    )
    |(?P<ideograph>km*)
    |(?P<character>cm*)
    |(?P<number>d+(?:[.,s']d+)*|n+)
    |(?P<sign>(?<=[ad])(?:\+\+(?![ayhrokc+\#])|[+\#](?![ayhrokcd+\#])))
    """,
    re.VERBOSE,
)
_SCRIPTS = {
    "LATIN": "a",
    "GREEK": "a",
    "CYRILLIC": "y",
    "HEBREW": "h",
    "ARABIC": "r",
    "CJK": "k",
    "IDEOGRAPHIC": "k",
    **dict.fromkeys(("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR"), "c"),
}
"""By the first word of a character's Unicode name."""
_SIGNS = {
    **dict.fromkeys("'’‘ʼʻ׳＇", "'"),
    **dict.fromkeys('"”“״＂', '"'),
    **dict.fromkeys("-‐‑‒–−－", "-"),
    **dict.fromkeys("&＆", "&"),
    **dict.fromkeys("+＋", "+"),
    **dict.fromkeys("#＃", "#"),
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",，٫", ","),
    **dict.fromkeys("٬\u00a0\u202f", "s"),
    **dict.fromkeys("\uff9e\uff9f", "m"),  # voice marks of half-width kana
    "\u200c": "z",
}
_DECIMAL = re.compile(r"(d+)[.,](d+)")
_THOUSANDS = re.compile(r"d{1,3}(?:[.,s']d{3})+")


class _Classes(dict[int, str]):
    """The class of each character, found out when it is first met."""

    def __missing__(self, point: int) -> str:
        self[point] = found = _class_of(chr(point))
        return found


def _class_of(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    kind, name = unicodedata.category(character), name_of(character)
    if kind[0] == "M":
        return "m"
    if kind == "Nd":
        return "d"
    if kind == "Cf":  # direction marks, soft hyphens, joiners
        return "i"
    if kind[0] == "L" or character == "〇":
        return _SCRIPTS.get(name.split(" ", 1)[0], "o")
    return "n" if kind[0] == "N" else " "


_CLASSES = _Classes()


def find_atoms(text: str) -> list[Atom]:
    """Return the atoms of a text, in order."""
    classes = text.translate(_CLASSES)
    atoms: list[Atom] = []
    last = 0
    for match in _ATOM.finditer(classes):
        start, end = match.span()
        kind = match.lastgroup or ""
        joint = _joint(classes[last:start]) if atoms else None
        if kind != "number":
            folded = fold(text[start:end]) if kind != "sign" else classes[start:end]
            if folded:
                atoms.append(Atom(folded, start, end, kind, joint))
                last = end
            continue
        for number, first, after in _numbers(text, classes, start, end):
            atoms.append(Atom(number, first, after, kind, joint))
            joint, last = None, after
    return atoms


def _joint(between: str) -> str | None:
    if between == " ":  # most of all
        return None
    between = between.strip("iz")
    if between in {"", "-"}:
        return ""
    return "&" if between == "&" else None


def _numbers(text: str, classes: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield 1,500 and 1.500 as 1500, 3,5 as 3.5, and the parts of 16.05.2025."""
    found = classes[start:end]
    if _THOUSANDS.fullmatch(found) or found[0] == "n":
        if number := fold(text[start:end]):
            yield number, start, end
    elif decimal := _DECIMAL.fullmatch(found):
        point = start + decimal.end(1)
        yield f"{fold(text[start:point])}.{fold(text[point + 1 : end])}", start, end
    else:
        for part in re.finditer("d+", found):
            yield fold(text[start + part.start() : start + part.end()]), start + part.start(), start + part.end()
