"""Count files of formats that are not read, in folders and in archives."""

from collections import Counter

from indexer.sources.content import text_of

_ENDINGS_SHOWN = 8
"""How many endings of files that are not read are listed, the most frequent first."""


def counted_endings(unread: Counter[str]) -> str:
    """Return how many files are not read, such as ``12 files not read: 8 .pdf, 4 .docx``."""
    number = unread.total()
    shown = [f"{count:,} {text_of(ending)}" for ending, count in unread.most_common(_ENDINGS_SHOWN)]
    others = number - sum(count for _, count in unread.most_common(_ENDINGS_SHOWN))
    listed = ", ".join([*shown, *([f"{others:,} others"] if others else [])])
    return f"{number:,} file{'s' if number > 1 else ''} not read: {listed}"
