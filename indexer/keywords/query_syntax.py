"""The search syntax: plain words, "a phrase", +required, -excluded.

Straight marks alone ask for a phrase: a question in French or Russian quotes a name in its own. After + or - the marks
of every language do.

A plus or minus counts only after a space and before a quotation mark or a word with a letter in it, so F-35, a lone -
and -20 are text. A quotation mark without its partner is text as well, and so is all syntax in a pasted article, whose
quotations are no conditions.
"""

import re
from dataclasses import dataclass

from indexer.text.atoms import Atom, find_atoms

LONGEST_WITH_SYNTAX = 600
"""Characters; a longer query is a text that somebody pasted."""
_PAIRS = {
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
_CLOSING = {opening: re.compile(f"[{closing}]") for opening, closing in _PAIRS.items()}
_PHRASE = '"＂'
"""The marks that ask for a phrase by themselves; others are how a language quotes a name or a title in a question."""
_REQUIRED, _EXCLUDED = "+＋", "-−－"
_SPACE = re.compile(r"\s")
_BEFORE_OPERATOR = " \t\r\n\u00a0\u3000\u200e\u200f\u202a\u202b\u2066\u2067\u2068"
"""White space, and the direction marks that keyboards put before Arabic and Hebrew."""


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """A query taken apart."""

    text: str
    """What to rank by: the query without operators and without what is excluded."""
    atoms: tuple[Atom, ...]
    """Of ``text``; their offsets point into it, those of the conditions into nothing that is kept."""
    phrases: tuple[tuple[Atom, ...], ...] = ()
    """Each must occur, in order and adjacent."""
    required: tuple[tuple[Atom, ...], ...] = ()
    """Each word or phrase must occur. F-35 is two atoms, so a word is a sequence as well."""
    excluded: tuple[tuple[Atom, ...], ...] = ()

    @property
    def searchable(self) -> bool:
        """Tell whether there is anything to rank by: a query of excluded words alone has nothing."""
        return any(atom.kind != "sign" for atom in self.atoms)

    @property
    def wanted(self) -> tuple[tuple[Atom, ...], ...]:
        """Everything that must occur."""
        return self.phrases + self.required


@dataclass(frozen=True, slots=True)
class _Part:
    operator: str
    text: str
    quoted: bool


def parse_keywords(text: str) -> KeywordQuery:
    """Take a query apart. Nothing that anyone can type is an error."""
    if len(text) > LONGEST_WITH_SYNTAX:
        return KeywordQuery(text, tuple(find_atoms(text)))
    parts = _split(text)
    ranked = " ".join(" ".join(part.text for part in parts if part.operator != "-").split())

    def sequences(operator: str, *, plain: bool) -> tuple[tuple[Atom, ...], ...]:
        found = (find_atoms(part.text) for part in parts if part.operator == operator and (part.quoted or plain))
        return tuple(
            {tuple(atom.text for atom in sequence): tuple(sequence) for sequence in found if sequence}.values()
        )

    return KeywordQuery(
        ranked,
        tuple(find_atoms(ranked)),
        phrases=sequences("", plain=False),
        required=sequences("+", plain=True),
        excluded=sequences("-", plain=True),
    )


def _split(text: str) -> list[_Part]:
    """Cut a query into phrases, words with an operator, and the plain text between them."""
    parts: list[_Part] = []
    plain = place = 0
    while place < len(text):
        operator = _operator(text, place)
        first = place + bool(operator)
        if (end := _closing(text, first)) and (operator or text[place] in _PHRASE):
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
    """Return + or - when an operator stands here, else nothing."""
    if text[place] not in _REQUIRED + _EXCLUDED or not (place == 0 or text[place - 1] in _BEFORE_OPERATOR):
        return ""
    word = text[place + 1 : _end_of_word(text, place + 1)]
    if any(character.isalpha() for character in word) or _closing(text, place + 1):
        return "+" if text[place] in _REQUIRED else "-"
    return ""


def _end_of_word(text: str, place: int) -> int:
    space = _SPACE.search(text, place)
    return space.start() if space else len(text)


def _closing(text: str, place: int) -> int:
    """Return where the quotation that opens here closes, 0 when none does."""
    closing = _CLOSING.get(text[place : place + 1])
    if closing is None or _inside_word(text, place):
        return 0
    return next((mark.start() for mark in closing.finditer(text, place + 1) if not _inside_word(text, mark.start())), 0)


def _inside_word(text: str, place: int) -> bool:
    """Tell whether this is the straight mark that Hebrew writes before the last letter of an acronym."""
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return text[place] in '"＂”' and len(around) == 2 and all("א" <= letter <= "ת" for letter in around)
