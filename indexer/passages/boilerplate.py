"""Lines that a source repeats in many articles: "Sign up to our newsletter", who the author is, how to reach the desk.

They are marked as no article's own words, but in the first article that has them, so that nothing is lost to search.
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
"""So many of one source have a line before it is none of theirs..."""
_LEAST_SHARE = 0.5
"""...and so much of an article is left without such lines; else it is a copy and stays as it is."""
_SHORTEST, _LONGEST = 30, 1000
"""Bytes of UTF-8: what is shorter heads a table ("Nine months"), what is longer is a story."""


class RepeatedLines:
    """Told of all articles first, then asked about each in the same order. Holds eight bytes of each line."""

    def __init__(self) -> None:
        self._seen = array("Q")
        self._repeated: frozenset[int] | None = None
        self._kept: set[int] = set()

    def add(self, article: Article) -> None:
        """Take note of the lines of the next article; one without a source has nothing to repeat."""
        if article.source:
            self._seen.extend(set(_numbers(article.source, article.body.splitlines())))

    def mark(self, article: Article) -> Article:
        """Return an article with the paragraphs among its asides that its source repeats."""
        repeated = self._find()
        if not article.source or repeated.isdisjoint(_numbers(article.source, article.body.splitlines())):
            return article
        paragraphs = find_paragraphs(article.body)
        texts = [article.body[start:end] for start, end in paragraphs]
        found = {
            number: span
            for span, number in zip(paragraphs, _each(article.source, texts), strict=True)
            if number in repeated and span not in article.asides
        }
        again = [span for number, span in found.items() if number in self._kept]
        self._kept |= found.keys()
        marked = tuple(sorted({*article.asides, *again}))
        left = _length(paragraphs) - _length(marked)
        return replace(article, asides=marked) if left >= _LEAST_SHARE * _length(paragraphs) else article

    def _find(self) -> frozenset[int]:
        if self._repeated is None:
            numbers, counts = np.unique(np.frombuffer(self._seen, np.uint64), return_counts=True)
            self._repeated = frozenset(numbers[counts >= LEAST_ARTICLES].tolist())
            self._seen = array("Q")
        return self._repeated


def _numbers(source: str, lines: list[str]) -> Iterator[int]:
    """Yield a number for each line that may be repeated."""
    return (number for number in _each(source, lines) if number)


def _each(source: str, lines: list[str]) -> Iterator[int]:
    """Yield a number for each line: the same for the same words of the same source, 0 for one that is a story."""
    start = hashlib.blake2b(source.casefold().encode("utf-8", "surrogatepass"), digest_size=8)
    for line in lines:
        words = " ".join(line.split()).encode("utf-8", "surrogatepass")
        if not _SHORTEST <= len(words) <= _LONGEST:
            yield 0
            continue
        digest = start.copy()
        digest.update(words)
        yield int.from_bytes(digest.digest(), "little") | 1


def _length(spans: tuple[Span, ...] | list[Span]) -> int:
    return sum(end - start for start, end in spans)
