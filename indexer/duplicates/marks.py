"""Mark the ids that different articles share, so that every article of an index has an id of its own."""

from collections import Counter
from collections.abc import Callable, Collection

from indexer.duplicates.joining import Joined
from indexer.duplicates.keys import Keys, KeyTable

SEPARATOR = "~"
"""Stands between an id and the mark that tells its article from others with this id."""
_DIGITS = 12


def make_marks(keys: KeyTable, joined: Joined, newest: Callable[[int], int]) -> dict[int, str]:
    """Return the mark of each article whose id another article has too; it is the same for all of its versions.

    The mark is made of the address, else of the source, else of title and text: the first that no other article of
    this id shares. So it stays when other articles come and go.

    Args:
        keys: Of all articles.
        joined: Which of them are versions of one.
        newest: Returns the row of the newest version of the article in a row.
    """
    no_names = {int(keys.column("url")[group[0]]) for group in joined.ambiguous["url"]}
    marks: dict[int, str] = {}
    for group in keys.groups("id"):
        kept = {row: newest(row) for row in group.tolist()}
        rows = set(kept.values())
        if len(rows) > 1:
            made = _marks_of({row: keys.row(row) for row in rows}, no_names)
            marks |= {row: made[by] for row, by in kept.items()}
    return marks


def unmarked(article_id: str) -> str:
    """Return an id as its source gave it."""
    given, separator, mark = article_id.rpartition(SEPARATOR)
    return given if separator and len(mark) == _DIGITS else article_id


def _marks_of(articles: dict[int, Keys], no_names: Collection[int]) -> dict[int, str]:
    sources = Counter(each.source for each in articles.values())
    marks = {}
    for row, each in articles.items():
        if each.url and each.url not in no_names:
            key = each.url
        elif each.source and sources[each.source] == 1:
            key = each.source
        else:
            key = each.text ^ each.title
        marks[row] = f"{key:016x}"[:_DIGITS]
    return marks
