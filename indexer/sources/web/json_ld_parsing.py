"""Parse JSON-LD as pages write it: in comments, escaped as HTML, with commas too many, or cut short."""

import html
import json
import re
from typing import Any

_OPENING = re.compile(r"(?:(?:<!--|-->|//|/\*|\*/|<!\[CDATA\[|>)\s*+)++")
_CLOSING = re.compile(r"(?:(?:<!--|-->|//|/\*|\*/|<!|\]\]>|;)\s*+)++\Z")
"""The comments in which a script was hidden from old browsers and from XML."""
_AROUND = 80
"""The most characters of such a comment."""
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_MENDED = re.compile(rf"(?P<string>{_STRING})|/\*.*?(?:\*/|\Z)|(?m:^[ \t]*+//[^\n]*)|,(?=\s*+[\]}}])", re.DOTALL)
"""What is kept (strings), and what is left out where no JSON may have it: comments and commas before a bracket."""
_FIELDS = ("headline", "datePublished", "dateModified", "inLanguage", "articleBody")
_FIELD = re.compile(rf'"(?P<name>{"|".join(_FIELDS)})"\s*+:\s*+(?P<value>{_STRING})(?=\s*+[,}}\]])', re.DOTALL)
_KIND = re.compile(r'"(\w*(?:Article|Posting))"')
_DECODER = json.JSONDecoder(strict=False)  # many pages have line breaks within strings


def parse_json_ld(text: str) -> Any:
    """Return the value of a script, or a list of values if it holds several.

    If the text cannot be mended, the fields of an article that it holds whole are returned as one object; None if
    there are none.
    """
    bare = _uncovered(text)
    for _ in range(3):
        for candidate in (bare, _MENDED.sub(lambda match: match["string"] or " ", bare)):
            try:
                return _values(candidate)
            except (ValueError, RecursionError):
                continue
        if (unescaped := html.unescape(bare)) == bare:
            break
        bare = unescaped
    return _fields(text) or _fields(bare)


def _uncovered(text: str) -> str:
    """Return a script without the comments around it."""
    bare = text.strip("\ufeff \t\r\n")
    if opening := _OPENING.match(bare, 0, _AROUND):
        bare = bare[opening.end() :]
    if closing := _CLOSING.search(bare, max(0, len(bare) - _AROUND)):
        bare = bare[: closing.start()]
    return bare.strip("\ufeff \t\r\n;")


def _values(text: str) -> Any:
    """Return all values in a text; one that is a string holds JSON itself.

    Raises:
        ValueError: The text is not JSON.
    """
    found: list[Any] = []
    position = 0
    while position < len(text):
        value, position = _DECODER.raw_decode(text, position)
        found.append(_DECODER.decode(value) if isinstance(value, str) else value)
        while position < len(text) and text[position] in " \t\r\n;,":
            position += 1
    return found


def _fields(text: str) -> dict[str, str] | None:
    """Return the first value of each field of an article, as far as they are whole; None if it is no article."""
    kind = _KIND.search(text)
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text) if kind else ():
        try:
            found.setdefault(match["name"], _DECODER.decode(match["value"]))
        except ValueError:
            continue
    return {"@type": kind[1], **found} if kind and found else None
