"""Make a record of a document that somebody wrote: its title, its text, and its date as far as one can be trusted."""

import re
from collections.abc import Sequence

from indexer.sources.dateline import find_dateline
from indexer.text.paragraphs import is_heading

_LETTERS = re.compile(r"[\W_]+")
_NO_TITLE = re.compile(
    r"untitled\b|(?:microsoft )?(?:word|excel|powerpoint)\b.{0,200} - |about:|https?:|document\d*$|unbenannt|"
    r"sans titre|без имени|.{0,300}\.(?:docx?|odt|rtf|indd|pdf|qxp|qxd|html?|txt|tmp)$",
    re.IGNORECASE,
)
"""Titles that programs make up."""
_LONGEST_TITLE = 300
_WORDS = 2
"""A title that stands nowhere in the text has more words than this, else it is that of a template or a paper."""
_NEAR = 5
"""The paragraphs at the beginning and at the end among which the date of an article may stand."""


def record_of(paragraphs: Sequence[str], headline: str, declared: str) -> dict[str, str]:
    """Return the title, the text and the date of a document.

    The days on which a file was made and last saved are no dates of its article: they are those of a template, of a
    download or of a scan.

    Args:
        paragraphs: All of its text.
        headline: What stands above the text in larger letters or is marked as a heading; may be empty.
        declared: The title that the file itself declares, which is often that of a template or of a file.
    """
    rest = list(paragraphs)
    published = _take_date(rest)
    title = headline or (declared.strip() if _is_title(declared.strip(), rest) else "")
    if not title and len(rest) > 1 and is_heading(rest[0]):
        title = rest[0]
    shown = next((number for number, each in enumerate(rest[:_NEAR]) if _squashed(each) == _squashed(title)), None)
    if title and shown is not None and len(rest) > 1:
        del rest[shown]
    record = {"title": " ".join(title.split()), "published": published}
    return {name: value for name, value in record.items() if value} | {"text": "\n\n".join(rest)}


def _take_date(paragraphs: list[str]) -> str:
    """Return the date that stands near the beginning or the end, and take out its line; empty if none does."""
    near = [*range(min(_NEAR, len(paragraphs))), *range(max(_NEAR, len(paragraphs) - _NEAR), len(paragraphs))]
    for number in near:
        if found := find_dateline(paragraphs[number]):
            if found.alone and len(paragraphs) > 1:
                del paragraphs[number]
            return found.written
    return ""


def _is_title(declared: str, paragraphs: Sequence[str]) -> bool:
    """Return whether a declared title is one that a person gave: it stands in the text, or is a sentence."""
    if not declared or len(declared) > _LONGEST_TITLE or _NO_TITLE.match(declared):
        return False
    return len(declared.split()) > _WORDS or _squashed(declared) in _squashed(" ".join(paragraphs[:_NEAR])[:5000])


def _squashed(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
