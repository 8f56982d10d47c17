"""How passages lie in articles."""

import functools
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.protocol import Rows
from indexer.rows import RowSet
from indexer.storage.arrays import spread
from indexer.storage.columns import Columns


@dataclass(frozen=True, eq=False)
class Placement:
    """The passages of each article, which are neighbours, and whether they share its language."""

    article_of: Rows
    """The article of each passage, ascending."""
    first_passage: Rows
    """The first passage of each article and, last, the number of passages."""
    home: RowSet
    """The passages that are in the language of their article."""

    @classmethod
    def of(cls, columns: Columns) -> Self:
        """Return how the passages of a generation lie in its articles."""
        numbers = {name.casefold(): number for number, name in enumerate(columns.names["languages"])}
        spoken = [(each, numbers[name]) for each, name in enumerate(columns.languages) if name in numbers]
        home = RowSet.union(columns.in_language(each) & columns.of_named("languages", [name]) for each, name in spoken)
        return cls(columns.article_of, columns.first_passage, home)

    def passages_of(self, articles: Rows) -> tuple[Rows, Rows]:
        """Return the passages of some articles, and for each the place of its article among them."""
        first = self.first_passage[articles]
        counts = self.first_passage[articles + 1] - first
        return spread(first, counts), np.repeat(np.arange(articles.size), counts)

    @functools.cached_property
    def foreign(self) -> NDArray[np.bool_]:
        """Whether each passage is in another language than its article."""
        count = self.article_of.size
        foreign: NDArray[np.bool_] = np.unpackbits(self.home.bits(count), count=count, bitorder="little") == 0
        return foreign

    @functools.cached_property
    def mixed(self) -> NDArray[np.bool_]:
        """Whether each article has a passage in another language."""
        mixed = np.zeros(self.first_passage.size - 1, np.bool_)
        mixed[self.article_of[np.flatnonzero(self.foreign)]] = True
        return mixed

    @functools.cached_property
    def any_foreign(self) -> bool:
        """Whether any passage is in another language than its article."""
        return len(self.home) < self.article_of.size
