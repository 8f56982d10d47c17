"""Boilerplate: lines that a source repeats in many articles, such as "Sign up to our newsletter" or an author's note.

Such lines are marked as asides, which are not searched. Only their first occurrence stays in the article, so that
every text can still be found once.
"""

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from indexer.article import Article, Span
from indexer.text.paragraphs import find_paragraphs

LEAST_ARTICLES: Final = 8
"""A line is boilerplate if at least this many articles of one source contain it."""
_MIN_REMAINING = 0.5
"""Share of an article's text that must remain without its boilerplate. If less remains, the article is a copy of
another one, and nothing in it is marked."""
_MIN_BYTES, _MAX_BYTES = 30, 1000
"""Length in bytes of UTF-8 of a line that can be boilerplate. Shorter lines are table headings ("Nine months"); longer
ones are news text."""


class RepeatedLines:
    """Finds boilerplate in two passes: ``add`` every article, then ``mark`` each one in the same order.

    Memory: eight bytes for each different line of each article.
    """

    def __init__(self) -> None:
        self._seen = array("Q")
        self._repeated: frozenset[int] | None = None
        self._kept: set[int] = set()

    def add(self, article: Article) -> None:
        """Record the lines of the next article. An article without a source is ignored."""
        if article.source:
            self._seen.extend(set(_candidate_hashes(article.source, article.body.splitlines())))

    def mark(self, article: Article) -> Article:
        """Return the article with its boilerplate paragraphs added to its asides."""
        repeated = self._find()
        if not article.source or repeated.isdisjoint(_candidate_hashes(article.source, article.body.splitlines())):
            return article
        paragraphs = find_paragraphs(article.body)
        texts = [article.body[start:end] for start, end in paragraphs]
        found = {
            line_hash: span
            for span, line_hash in zip(paragraphs, _line_hashes(article.source, texts), strict=True)
            if line_hash in repeated and span not in article.asides
        }
        repetitions = [span for line_hash, span in found.items() if line_hash in self._kept]
        self._kept |= found.keys()
        marked = tuple(sorted({*article.asides, *repetitions}))
        left = _length(paragraphs) - _length(marked)
        return replace(article, asides=marked) if left >= _MIN_REMAINING * _length(paragraphs) else article

    def _find(self) -> frozenset[int]:
        if self._repeated is None:
            hashes, counts = np.unique(np.frombuffer(self._seen, np.uint64), return_counts=True)
            self._repeated = frozenset(hashes[counts >= LEAST_ARTICLES].tolist())
            self._seen = array("Q")
        return self._repeated


def _candidate_hashes(source: str, lines: list[str]) -> Iterator[int]:
    """Yield the hash of each line that can be boilerplate."""
    return (line_hash for line_hash in _line_hashes(source, lines) if line_hash)


def _line_hashes(source: str, lines: list[str]) -> Iterator[int]:
    """Yield for each line a hash of the source and its words, or 0 if its length rules out boilerplate."""
    start = hashlib.blake2b(source.casefold().encode("utf-8", "surrogatepass"), digest_size=8)
    for line in lines:
        words = " ".join(line.split()).encode("utf-8", "surrogatepass")
        if not _MIN_BYTES <= len(words) <= _MAX_BYTES:
            yield 0
            continue
        digest = start.copy()
        digest.update(words)
        yield int.from_bytes(digest.digest(), "little") | 1


def _length(spans: tuple[Span, ...] | list[Span]) -> int:
    return sum(end - start for start, end in spans)
