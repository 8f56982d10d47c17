"""Take out of wikitext what opens and is never closed, so that the parser need not try each way to read the rest.

The parser reads on to the end of a page for each template, link, table or tag that nothing closes, and then begins
anew behind it.
"""

import re
from collections import Counter
from typing import Final

_DEEPEST: Final = 30
"""Templates, links, tables and tags within one another; the parser reads 40."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_END_OF_COMMENT: Final = "-->"
_SIGN = re.compile(
    r"(?P<opens>\{\{|\[\[|\{\|)|(?P<closes>\}\}|\]\]|\|\}(?!\}))"
    r"|<(?P<slash>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,20})(?:[\s/][^<>]{0,1000}+)?>"
    r"|<!--|<|\[(?=(?:https?:|ftp:)?//)(?![^\[\]\n]*+\])"
)
_CLOSES: Final = {"}}": "{{", "]]": "[[", "|}": "{|"}
_ALONE: Final = frozenset(["br", "hr", "wbr", "img", "meta", "link"])
"""Tags that nothing closes."""


def balanced(text: str) -> str:
    """Return wikitext without comments, and without signs that open or close nothing."""
    last = text.rfind(_END_OF_COMMENT) + len(_END_OF_COMMENT)
    if last >= len(_END_OF_COMMENT):
        text = _COMMENT.sub("", text[:last]) + text[last:]
    parts: list[str] = []
    position = 0
    for start, end in _surplus(text):
        parts.append(text[position:start])
        position = end
    return "".join((*parts, text[position:]))


def _surplus(text: str) -> list[tuple[int, int]]:
    """Return where the signs lie that are taken out."""
    open_signs: list[tuple[str, tuple[int, int]]] = []
    counts: Counter[str] = Counter()
    surplus: list[tuple[int, int]] = []
    for sign in _SIGN.finditer(text):
        kind, opens = _kind_of(sign)
        if not kind:
            surplus += [sign.span()] if sign[0] in {"<", "<!--", "["} else []
        elif opens:
            open_signs.append((kind, sign.span()))
            counts[kind] += 1
        elif counts[kind]:
            surplus += _close(kind, open_signs, counts)
            if len(open_signs) > _DEEPEST:
                surplus += [open_signs.pop()[1], sign.span()]
            else:
                open_signs.pop()
            counts[kind] -= 1
        else:
            surplus.append(sign.span())
    return sorted(surplus + [place for _, place in open_signs])


def _close(kind: str, open_signs: list[tuple[str, tuple[int, int]]], counts: Counter[str]) -> list[tuple[int, int]]:
    """Forget the signs that were opened within the last one of a kind, and return where they lie."""
    surplus = []
    while open_signs[-1][0] != kind:
        other, place = open_signs.pop()
        counts[other] -= 1
        surplus.append(place)
    return surplus


def _kind_of(sign: re.Match[str]) -> tuple[str, bool]:
    """Return what a sign opens or closes, and whether it opens it; empty if it does neither."""
    if sign["opens"]:
        return sign["opens"], True
    if sign["closes"]:
        return _CLOSES[sign["closes"]], False
    tag = (sign["tag"] or "").casefold()
    if not tag or tag in _ALONE or sign[0].endswith("/>"):
        return "", False
    return tag, not sign["slash"]
