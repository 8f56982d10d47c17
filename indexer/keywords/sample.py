"""A sample of the passages of each language that has very many: what keyword scores are like, without looking at all.

It holds the postings of the sampled passages, of their articles, and of the first passages of these, in one
memory-mapped file. So the scores of the sample are added up from a small part of the postings of the query's terms.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from indexer.errors import IndexCorruptError
from indexer.keywords import terms
from indexer.keywords.placement import Placement
from indexer.keywords.protocol import Moments, Rows, WordShares, WordWeights
from indexer.keywords.term_lists import TermList, add_up
from indexer.storage.arrays import Arrays, open_arrays

KIND, VERSION = "dateline keyword sample", 1
PARTS: Final = ("passages", "articles")


@dataclass(frozen=True, slots=True)
class Sampled:
    """The sampled passages of a language, and where their scores stand among those that are added up."""

    rows: Rows
    """The sample, ascending."""
    passages: Rows
    """The sample and the first passages of its articles, ascending."""
    articles: Rows
    """The articles of the sample, ascending."""
    article_of: Rows
    """The article of each row of the sample."""
    own: Rows
    """The place of each row of the sample among ``passages``."""
    lead: Rows
    """The place of the first passage of its article there."""
    article: Rows
    """The place of its article among ``articles``."""

    @classmethod
    def of(cls, rows: Rows, placement: Placement) -> "Sampled":
        """Find the articles and first passages of a sample."""
        article_of = placement.article_of[rows]
        leads = placement.first_passage[article_of]
        passages, articles = np.union1d(rows, leads), np.unique(article_of)
        own, lead = np.searchsorted(passages, rows), np.searchsorted(passages, leads)
        return cls(rows, passages, articles, article_of, own, lead, np.searchsorted(articles, article_of))


@dataclass(frozen=True, slots=True)
class LanguageSample:
    """The sample of one language."""

    passages: int
    """How many passages there are in the language."""
    number: int
    """The number of the language in the file."""
    sampled: Sampled
    arrays: Arrays

    def moments(
        self,
        passages: Sequence[TermList],
        articles: Sequence[TermList],
        weights: WordWeights,
        without: int | None,
    ) -> Moments:
        """Return what the keyword scores of the sample add up to, without the passages of one article.

        Args:
            passages: The posting lists, in the language, of the query's terms in passages.
            articles: The same in articles.
            weights: Of which the keyword score is made.
            without: The article that is left out.
        """
        sampled = self.sampled
        passage = add_up(self._lists("passages", passages), sampled.passages.size)
        article = add_up(self._lists("articles", articles), sampled.articles.size)
        scores = weights.score(WordShares(passage[sampled.own], article[sampled.article], passage[sampled.lead]))
        return Moments.of([scores if without is None else scores[sampled.article_of != without]])

    def _lists(self, part: str, lists: Sequence[TermList]) -> list[TermList]:
        """Return the postings that the sample has of some posting lists; their rows are places in ``sampled``."""
        keys, languages, first, rows, weights = (self.arrays[name] for name in names_of(part))
        hashes = np.array([terms.hash_of(each.term) for each in lists], np.uint64)
        begin, end = np.searchsorted(keys, hashes), np.searchsorted(keys, hashes, "right")
        found = []
        for each, low, high in zip(lists, begin.tolist(), end.tolist(), strict=True):
            for key in range(low, high):
                if languages[key] == self.number:
                    some = slice(first[key], first[key + 1])
                    found.append(each._replace(rows=rows[some], weights=weights[some]))
        return found


class KeywordSample:
    """The samples of a generation. It is safe to use from several threads."""

    def __init__(self, path: Path, placement: Placement) -> None:
        """Map the file.

        Raises:
            IndexFormatError: It was written in another version of its format.
            IndexCorruptError: It is missing or damaged.
        """
        facts, self._arrays = open_arrays(path, KIND, VERSION)
        self._placement = placement
        self._languages: dict[str, tuple[int, int]] = facts["languages"]
        """How many passages each language has, and how many of them are sampled."""
        sampled = sum(size for _, size in self._languages.values())
        ends = [(int(self._arrays[f"{part}_first"][-1]), self._arrays[f"{part}_rows"].size) for part in PARTS]
        if sampled != self._arrays["sample"].size or any(end != size for end, size in ends):
            raise IndexCorruptError(f"{path} is damaged: its sample or postings do not add up", "run rebuild-index")
        self.of = functools.cache(self._of)
        """Return the sample of a language, or None."""

    def _of(self, language: str) -> LanguageSample | None:
        if language not in self._languages:
            return None
        number = list(self._languages).index(language)
        first = sum(size for _, size in list(self._languages.values())[:number])
        passages, size = self._languages[language]
        rows = self._arrays["sample"][first : first + size].astype(np.int64)
        return LanguageSample(passages, number, Sampled.of(rows, self._placement), self._arrays)


def names_of(part: str) -> list[str]:
    """Return the names of the arrays of a part.

    They are the hash of each key, its language, its first posting (and, last, the number of postings), and the row and
    the weight of each posting. A key is a term in a language; keys are ordered by hash, then by language.
    """
    return [f"{part}_{name}" for name in ("hashes", "languages", "first", "rows", "weights")]


def layout_of(part: str, keys: int, postings: int) -> dict[str, tuple[str, int]]:
    """Return the dtype and length of each of these arrays."""
    dtypes, sizes = ("<u8", "<u2", "<i8", "<u4", "<u2"), (keys, keys, keys + 1, postings, postings)
    return dict(zip(names_of(part), zip(dtypes, sizes, strict=True), strict=True))
