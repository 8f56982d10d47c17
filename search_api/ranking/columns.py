"""The columns of a generation's tables that every query needs, read once and shared by all who answer queries."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.generations.generation import Generation
from search_api.ranking.arrays import Languages, Mask, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of the passage and article tables, in the order of their rows."""

    languages: tuple[str, ...]
    """The languages of the corpus as ISO 639 codes; elsewhere a language is an index into this tuple."""
    language_of: Languages
    """The language of each passage."""
    rows_of: tuple[Rows, ...]
    """The passages in each language, ascending."""
    article_of: Rows
    """The article of each passage, ascending: the passages of an article are neighbours."""
    first_passage: Rows
    """The first passage of each article."""
    ids: NDArray[np.object_]
    """The id of each article."""
    row_of: Mapping[str, int]
    """The row of each article by its id."""
    id_rank: Rows
    """The position of each article in the order of all ids."""
    earliest: NDArray[np.datetime64]
    latest: NDArray[np.datetime64]
    """The first and the last moment at which each article can have been published; NaT where it has no date."""
    first_day: NDArray[np.datetime64]
    last_day: NDArray[np.datetime64]
    """The same as days that are shown, in the zone of publication; NaT where it has no date."""

    @classmethod
    def of(cls, generation: Generation) -> "Columns":
        """Read the columns of a generation."""
        tables, signals = generation.tables, generation.signals
        language_of = signals.language_numbers(tables.passage_languages().tolist()).astype(np.int16)
        by_language = np.argsort(language_of, kind="stable")
        counts = np.bincount(language_of, minlength=len(signals.languages))
        ids = tables.article_column("id")
        id_rank = np.empty(ids.size, np.int64)
        id_rank[np.argsort(ids, kind="stable")] = np.arange(ids.size)
        return cls(
            languages=signals.languages,
            language_of=language_of,
            rows_of=tuple(np.split(by_language, np.cumsum(counts)[:-1])),
            article_of=tables.passage_column("article"),
            first_passage=tables.article_column("first_passage"),
            ids=ids,
            row_of={article_id: row for row, article_id in enumerate(ids.tolist())},
            id_rank=id_rank,
            earliest=tables.article_column("published_earliest"),
            latest=tables.article_column("published_latest"),
            first_day=tables.article_column("first_day"),
            last_day=tables.article_column("last_day"),
        )

    def rows_in(self, language: int, among: Mask | None) -> Rows:
        """Return the passages in a language that a mask of shape (passages,) leaves, ascending; None leaves all."""
        rows = self.rows_of[language]
        return rows if among is None else rows[among[rows]]

    def passages_of(self, article: int) -> slice:
        """Return the rows of an article's passages."""
        first, after = np.searchsorted(self.article_of, [article, article + 1]).tolist()
        return slice(first, after)
