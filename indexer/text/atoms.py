"""Split text into atoms, the smallest tokens of the keyword index. Passages and queries are split alike.

An atom is a word, a number or, in scripts written without spaces, a single character. Words are also split between
letters and digits, so F-35, F35 and "F 35" give the same two atoms; each atom records how it was joined to the atom
before it.

Every character is first mapped to a letter that stands for its character class. One regular expression over these
letters then splits all scripts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import NamedTuple

from indexer.text.folding import fold, name_of
from indexer.text.spellings import LONGEST, spell_within


class Atom(NamedTuple):
    """One atom. ``text`` is the folded form of ``source[start:end]``, where ``source`` is the text that was split."""

    text: str
    start: int
    end: int
    kind: str
    """``word``, ``number``, ``ideograph``, ``character`` (of another script without spaces) or ``sign`` (++ in C++)."""
    joint: str | None
    """How it is joined to the atom before: empty (directly, or by a hyphen) or ``&``; None if they are apart."""
    others: tuple[str, ...] = ()
    """Other spellings under which the word can be searched; see ``spellings.spell``."""


class AtomColumns(NamedTuple):
    """The atoms of a text as lists of their fields, without their places: what is indexed of a passage.

    Lists are made, sent and gone through in less time than as many atoms.
    """

    texts: list[str]
    kinds: list[str]
    joints: list[str | None]
    others: list[tuple[str, ...]]

    def atoms(self) -> list[Atom]:
        """Return the atoms; where they stood in the text is not known."""
        return list(map(Atom, self.texts, repeat(0), repeat(0), self.kinds, self.joints, self.others))


def join_columns(texts: Iterable[AtomColumns]) -> AtomColumns:
    """Return the atoms of several texts as those of one."""
    joined = AtomColumns([], [], [], [])
    for text in texts:
        joined.texts.extend(text.texts)
        joined.kinds.extend(text.kinds)
        joined.joints.extend(text.joints)
        joined.others.extend(text.others)
    return joined


_ATOM = re.compile(
    r"""
    (?P<word>
        (?<![aym])[ay](?:\.[ay](?![aym@])|\.[_s][ay](?=\.))+\.?  # U.S., U.S, J. R., z. B.
        |a(?:[im]*a)*m*                             # Latin, Greek
        |y(?:[im]*'?y)*m*                           # Cyrillic: an apostrophe (Ukrainian) does not end a word
        |h(?:[im]*['"]?h)*m*                        # Hebrew: nor does a geresh or gershayim
        |r(?:[im]*r)*m*                             # Arabic: in Persian, U+200C separates a stem from its ending
        |o(?:[imz]*o)*m*                            # others: in Indic scripts U+200C only shapes a letter
    )
    |(?P<ideograph>km*)
    |(?P<character>cm*)
    |(?P<number>
        d(?<![ayhro+]d)(?<!d_d)d{0,2}(?:[_s]ddd){1,5}(?![_s]?d)(?!-d{1,3}(?![_sd]))(?:[.,]d+)?  # 2 500,75
        |d+(?:[.,s']d+)*
        |n+
    )
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
"""Character class by the first word of a character's Unicode name."""
_PUNCTUATION = {
    **dict.fromkeys("'’‘ʼʻ׳＇", "'"),
    **dict.fromkeys('"”“״＂', '"'),
    **dict.fromkeys("-‐‑‒–−－", "-"),
    **dict.fromkeys("&＆", "&"),
    **dict.fromkeys("+＋", "+"),
    **dict.fromkeys("#＃", "#"),
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",，٫", ","),
    **dict.fromkeys("٬\u00a0\u2007\u2009\u202f", "s"),
    " ": "_",
    **dict.fromkeys("@＠", "@"),
    **dict.fromkeys("\uff9e\uff9f", "m"),  # voice marks of half-width kana
    "\u200c": "z",
}
"""Character class of the marks that can stand inside or after a word or number."""
_LETTER_O_OR_G = re.compile(
    r"""
    [og]['’‘ʻʼ`´]
    (?=[^\W\d_])
    (?!(?:s|d|n|ll|ve|re)\b)                        # dog's, who'd, who've (English), foto's, zo'n (Dutch)
    (?!
        (?<=[^\W\d_]..)                             # Oslo'da, Hamburg'un (Turkish), but not g'arb
        (?:y?[aeıiuü]|[dt][ae](?:n|ki\w*)?|n?[ıiuü]n(?:ki|[ae])?|n[ae]|n[ıiuü]|nd[ae](?:n|ki)?|yl[ae]|l[ıiuü](?:k|lar)?
        |l[ae]r\w*|[dt][ıiuü]r?|[cç][ae])\b
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The letters o' and g' of Uzbek, as in to'g'ri, and words of other languages that are as well read as one: O'Brien,
ng'ombe (Swahili), go'aan (Somali). Where the apostrophe stands before a suffix, it is none."""
_NARROW = {point + 0xFEE0: point for point in range(ord("!"), ord("~") + 1)}
_DECIMAL = re.compile(r"d+[.,](d+)")
_GROUPED = re.compile(
    r"""
    d{1,3}(?:(?:[_s]ddd)+|(?:'ddd)+)(?:[.,](d+))?           # 2 500,75 and 2'500.75
    |(?:d{1,3}(?:,ddd)+|d{1,2}(?:,dd)+,ddd)(?:\.(d+))?      # 2,500.75 and, in India, 1,00,000
    |d{1,3}(?:\.ddd)+(?:,(d+))?                             # 2.500,75
    """,
    re.VERBOSE,
)
"""A number whose digits are in groups, with its decimals, if any, as the only group of the match."""


class _Classes(dict[int, str]):
    """Maps a code point to its character class; entries are added when a character is first met."""

    def __missing__(self, point: int) -> str:
        self[point] = found = _class_of(chr(point))
        return found


def _class_of(character: str) -> str:
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
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


def find_atoms(text: str, language: str = "") -> list[Atom]:
    """Return the atoms of a text in order of occurrence.

    Args:
        text: A passage or a query.
        language: The language of a passage, if it is known: its words have other spellings in another alphabet.
    """
    return list(map(Atom._make, _split(text, language)))


def split_atoms(text: str, language: str = "") -> AtomColumns:
    """Return the atoms of a text as columns; see ``find_atoms``."""
    atoms = _split(text, language)
    return AtomColumns(
        [atom[0] for atom in atoms],
        [atom[3] for atom in atoms],
        [atom[4] for atom in atoms],
        [atom[5] for atom in atoms],
    )


def _split(text: str, language: str) -> list[tuple[str, int, int, str, str | None, tuple[str, ...]]]:
    """Return the fields of the atoms of a text."""
    classes = text.translate(_CLASSES)
    if classes and classes[0] in "ayhro" and not classes.strip(classes[0]):  # letters of one class are one word
        folded, others = spell_within(text, 0, len(text), language)
        return [(folded, 0, len(text), "word", None, others)] if folded else []
    classes = _join_letters(text, classes)
    atoms: list[tuple[str, int, int, str, str | None, tuple[str, ...]]] = []
    last = 0
    for match in _ATOM.finditer(classes):
        start, end = match.span()
        kind = match.lastgroup or ""
        between = classes[last:start]
        joint = None if between == "_" or not atoms else _joint(between)  # mostly it is a space
        if kind != "number":
            folded, others = spell_within(text, start, end, language) if kind != "sign" else (classes[start:end], ())
            if folded:
                atoms.append((folded, start, end, kind, joint, others))
                last = end
            continue
        for number, first, after in _numbers(text, classes, start, end):
            atoms.append((number, first, after, kind, joint, ()))
            joint, last = None, after
    return atoms


def _join_letters(text: str, classes: str) -> str:
    """Return the classes with that of a joiner for each apostrophe that belongs to a letter; see ``_LETTER_O_OR_G``."""
    if "＇" in text:
        text = text.translate(_NARROW)
    if not (found := [match.end() - 1 for match in _LETTER_O_OR_G.finditer(text)]):
        return classes
    joined = list(classes)
    for place in found:
        joined[place] = "i"
    return "".join(joined)


def _joint(between: str) -> str | None:
    between = between.strip("iz")
    if between in {"", "-"}:
        return ""
    return "&" if between == "&" else None


def _numbers(text: str, classes: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the number, start and end of each number in a match.

    1,500 and 1.500 become 1500; 3,5 and 0.125 are decimals; 16.05.2025 gives three numbers.
    """
    found = classes[start:end]
    if found[0] == "n" or len(found) > LONGEST:
        if number := fold(text[start : min(end, start + LONGEST)]):
            yield number, start, end
        return
    grouped = _GROUPED.fullmatch(found) if fold(text[start]) != "0" else None
    if match := grouped or _DECIMAL.fullmatch(found):
        point = start + match.start(match.lastindex) - 1 if match.lastindex else end
        decimals = fold(text[point:end])
        yield fold(text[start:point]) + (f".{decimals}" if decimals else ""), start, end
        return
    for part in re.finditer("d+", found):
        yield fold(text[start + part.start() : start + part.end()]), start + part.start(), start + part.end()
