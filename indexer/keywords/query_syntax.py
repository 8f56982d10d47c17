"""The search syntax: plain words, "a phrase", +required, -excluded.

By themselves, only straight quotation marks ask for a phrase, because questions in French or Russian quote names in
their own marks. After + or - the quotation marks of every language do.

A plus or minus is an operator only after a space and before a quotation mark, a word with a letter in it or a number of
three digits, such as a year. So F-35, -20 and a single - are plain text. An unpaired quotation mark is plain text as
well. In a pasted article all syntax is plain text, because its quotations are not meant as conditions.
"""

import re
from dataclasses import dataclass

from indexer.text.atoms import Atom, find_atoms
from indexer.text.spellings import with_digraphs

LONGEST_WITH_SYNTAX = 600
"""Characters. A longer query is taken to be a pasted text."""
_CLOSING_MARKS = {
    **dict.fromkeys('"＂', '"＂'),
    **dict.fromkeys("“”„‟", '”“‟"'),
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
}
_CLOSING = {opening: re.compile(f"[{closing}]") for opening, closing in _CLOSING_MARKS.items()}
_PHRASE_MARKS = '"＂'
"""The marks that ask for a phrase without an operator. The others may just quote a name or a title in a question."""
_REQUIRED, _EXCLUDED = "+＋", "-−－"
_DIGITS = 3
"""Digits from which on a number can be required or excluded."""
_SPACE = re.compile(r"\s")
_BEFORE_OPERATOR = " \t\r\n\u00a0\u3000\u200e\u200f\u202a\u202b\u2066\u2067\u2068"
"""White space, and the direction marks that keyboards insert before Arabic and Hebrew text."""
_SYNTAX = re.compile(f"[{_PHRASE_MARKS}]|(?:(?<=[{_BEFORE_OPERATOR}])|^)[{re.escape(_REQUIRED + _EXCLUDED)}]+")


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """A parsed query."""

    text: str
    """The text to rank by: the query without operators and excluded words."""
    atoms: tuple[Atom, ...]
    """The atoms of ``text``; their offsets refer to it. The offsets of all other atoms are meaningless."""
    phrases: tuple[tuple[Atom, ...], ...] = ()
    """Each phrase must occur: its atoms, adjacent and in this order."""
    required: tuple[tuple[Atom, ...], ...] = ()
    """Each word or phrase must occur. A word is a sequence too, because F-35 is two atoms."""
    excluded: tuple[tuple[Atom, ...], ...] = ()
    """No word or phrase of these may occur."""

    @property
    def searchable(self) -> bool:
        """Tell whether there is a term to rank by. A query of excluded words only has none."""
        return any(atom.kind != "sign" for atom in self.atoms)

    @property
    def wanted(self) -> tuple[tuple[Atom, ...], ...]:
        """All phrases and words that must occur."""
        return self.phrases + self.required


@dataclass(frozen=True, slots=True)
class _Part:
    operator: str
    text: str
    quoted: bool


def parse_keywords(text: str) -> KeywordQuery:
    """Parse a query. Every text is a valid query."""
    if len(text) > LONGEST_WITH_SYNTAX:
        return KeywordQuery(text, _find_atoms(text))
    parts = _split(text)
    ranked = " ".join(" ".join(part.text for part in parts if part.operator != "-").split())

    def sequences(operator: str, *, plain: bool) -> tuple[tuple[Atom, ...], ...]:
        found = (_find_atoms(part.text) for part in parts if part.operator == operator and (part.quoted or plain))
        return tuple(
            {tuple((atom.text, atom.others) for atom in sequence): sequence for sequence in found if sequence}.values()
        )

    return KeywordQuery(
        ranked,
        _find_atoms(ranked),
        phrases=sequences("", plain=False),
        required=sequences("+", plain=True),
        excluded=sequences("-", plain=True),
    )


def as_plain(text: str) -> str:
    """Return a text without what would be syntax in a query, for a text that nobody typed as one."""
    return _SYNTAX.sub(" ", text)


def _split(text: str) -> list[_Part]:
    """Split a query into phrases, words with an operator, and the plain text between them."""
    parts: list[_Part] = []
    plain = place = 0
    while place < len(text):
        operator = _operator(text, place)
        first = place + bool(operator)
        if (end := _closing(text, first)) and (operator or text[place] in _PHRASE_MARKS):
            found, after = _Part(operator, text[first + 1 : end], quoted=True), end + 1
        elif operator:
            after = _end_of_word(text, first)
            found = _Part(operator, text[first:after], quoted=False)
        else:
            place += 1
            continue
        parts += [_Part("", text[plain:place], quoted=False), found]
        plain = place = after
    return [*parts, _Part("", text[plain:], quoted=False)]


def _operator(text: str, place: int) -> str:
    """Return + or - if there is an operator at ``place``, else an empty string."""
    if text[place] not in _REQUIRED + _EXCLUDED or not (place == 0 or text[place - 1] in _BEFORE_OPERATOR):
        return ""
    word = text[place + 1 : _end_of_word(text, place + 1)]
    is_word = any(character.isalpha() for character in word) or sum(map(str.isdecimal, word)) >= _DIGITS
    if is_word or _closing(text, place + 1):
        return "+" if text[place] in _REQUIRED else "-"
    return ""


def _end_of_word(text: str, place: int) -> int:
    space = _SPACE.search(text, place)
    return space.start() if space else len(text)


def _closing(text: str, place: int) -> int:
    """Return the index of the mark that closes the quotation opened at ``place``, or 0 if there is no quotation."""
    closing = _CLOSING.get(text[place : place + 1])
    if closing is None or _inside_word(text, place):
        return 0
    return next((mark.start() for mark in closing.finditer(text, place + 1) if not _inside_word(text, mark.start())), 0)


def _inside_word(text: str, place: int) -> bool:
    """Tell whether a quotation mark is the one that Hebrew writes before the last letter of an acronym."""
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return text[place] in '"＂”' and len(around) == 2 and all("א" <= letter <= "ת" for letter in around)


def _find_atoms(text: str) -> tuple[Atom, ...]:
    """Return the atoms of a query with the spellings that it asks for.

    People often type names in small letters; and a capital letter alone, as in a headline, makes no abbreviation.
    """
    return tuple(
        atom
        if atom.kind != "word" or (atom.others and text[atom.start : atom.end].isupper())
        else atom._replace(others=with_digraphs(text[atom.start : atom.end]))
        for atom in find_atoms(text)
    )
