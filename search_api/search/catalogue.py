"""The articles of a generation by id, by filter and in numbers."""

from collections import Counter
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article import passage_id
from indexer.errors import NotFoundError
from indexer.generations.generation import Generation
from indexer.passages.context import encoder_input
from indexer.storage.tables import spans
from search_api.answer import Family, Hit, PassageHit, Stats, StoredArticle, StoredPassage, StoredVersion
from search_api.query import Filters

_LAST = np.datetime64("9999-12-31", "us")
_OPENING = 90
"""Characters of an article's first words."""


class Found(NamedTuple):
    """What a ranking says of a passage."""

    score: float
    relevance: float
    best_sentence: int


class Catalogue:
    """What a generation says of its articles and passages; safe for any number of threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        tables = generation.tables
        self._article_of = tables.passage_column("article")
        self._ids = tables.article_column("id")
        self._rows = {article: row for row, article in enumerate(self._ids)}
        self._languages = tables.article_column("language").astype(str)
        self._passage_languages = tables.passage_languages()
        self._sources = np.array([source.casefold() for source in tables.article_column("source")], dtype=str)
        self._earliest = tables.article_column("published_earliest")
        self._latest = tables.article_column("published_latest")

    def allowed(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Return which passages pass, shape (passages,), or None when all do. Undated articles pass no date filter."""
        if not filters:
            return None
        passes = np.ones(len(self._languages), dtype=np.bool_)
        if filters.languages:
            passes &= np.isin(self._languages, list(filters.languages))
        if filters.sources:
            passes &= np.isin(self._sources, list(filters.sources))
        if filters.published_from:
            passes &= self._latest >= _instant(filters.published_from)
        if filters.published_to:
            passes &= self._earliest <= _instant(filters.published_to)
        allowed: NDArray[np.bool_] = passes[self._article_of]
        return allowed

    def hit(self, row: int, found: Found, **more: Any) -> Hit:
        """Return the passage in a row as a hit; ``more`` are further fields of it."""
        article = self._generation.tables.article_row(int(self._article_of[row]))
        return Hit(
            **self._found(row, found, article["id"]),
            article_id=article["id"],
            title=article["title"],
            opening=self._opening(article),
            source=article["source"],
            url=article["url"],
            published=article["published"],
            family=self._family(int(self._article_of[row])),
            **more,
        )

    def passage_hit(self, row: int, found: Found) -> PassageHit:
        """Return a further passage of a hit's article."""
        return PassageHit(**self._found(row, found, self.article_id(row)))

    def article_id(self, row: int) -> str:
        """Return the id of the article that a passage is of."""
        return str(self._ids[self._article_of[row]])

    def passage_id(self, row: int) -> str:
        """Return the id of a passage."""
        return passage_id(self.article_id(row), int(self._generation.tables.passage_row(row)["ordinal"]))

    def context_and_text(self, row: int) -> str:
        """Return a passage as models are given it."""
        tables = self._generation.tables
        title = str(tables.article_row(int(self._article_of[row]))["title"])
        return encoder_input(title, str(tables.passage_row(row)["text"]))

    def article(self, article_id: str) -> StoredArticle:
        """Return an article with its passages.

        Raises:
            NotFoundError: The index does not hold it.
        """
        row = self._rows.get(article_id)
        if row is None:
            raise NotFoundError(f"there is no article {article_id!r} in the index", "take an article_id from a hit")
        article = self._generation.tables.article_row(row)
        first = article["first_passage"]
        return StoredArticle(
            id=article["id"],
            title=article["title"],
            opening=self._opening(article),
            body=article["body"],
            language=article["language"],
            source=article["source"],
            url=article["url"],
            published=article["published"],
            published_precision=article["published_precision"],
            origin=article["origin"],
            asides=spans(article["asides"]),
            passages=[self._passage(article_id, row) for row in range(first, first + article["passages"])],
            versions=[
                StoredVersion(each["title"], each["body"], each["published"], each["origin"])
                for each in self._generation.tables.versions(article_id)
            ],
        )

    @cached_property
    def stats(self) -> Stats:
        """What the generation holds."""
        manifest, tables = self._generation.manifest, self._generation.tables
        return Stats(
            generation=manifest.generation,
            built_at=manifest.built_at,
            articles=manifest.articles,
            passages=manifest.passages,
            skipped=manifest.skipped,
            newest=manifest.newest,
            languages=dict(Counter(tables.article_column("language")).most_common()),
            sources=dict(Counter(tables.article_column("source")).most_common()),
            encoder=manifest.encoder.name,
            encoder_revision=manifest.encoder.revision,
            dim=manifest.encoder.dim,
            bytes=sum(file.bytes for file in manifest.files.values()),
        )

    def _family(self, article: int) -> Family | None:
        families = self._generation.tables.families
        members = np.flatnonzero(families == families[article])
        if members.size == 1:
            return None
        when = self._earliest[members]
        first = self._generation.tables.article_row(int(members[np.argmin(np.where(np.isnat(when), _LAST, when))]))
        outlets = set(self._sources[members].tolist()) - {str(self._sources[article]), ""}
        return Family(int(members.size), len(outlets), first["source"], first["published"])

    def _passage(self, article_id: str, row: int) -> StoredPassage:
        passage = self._generation.tables.passage_row(row)
        return StoredPassage(
            passage_id=passage_id(article_id, passage["ordinal"]),
            text=passage["text"],
            start=passage["start"],
            end=passage["end"],
            heading_end=passage["heading_end"],
            sentences=spans(passage["sentences"]),
            language=str(self._passage_languages[row]),
        )

    def _found(self, row: int, found: Found, article_id: str) -> dict[str, Any]:
        passage = self._generation.tables.passage_row(row)
        sentences = spans(passage["sentences"])
        return {
            "passage_id": passage_id(article_id, passage["ordinal"]),
            "text": passage["text"],
            "score": found.score,
            "relevance": found.relevance,
            "start": passage["start"],
            "end": passage["end"],
            "heading_end": passage["heading_end"],
            "sentences": sentences,
            "best_sentence": sentences[found.best_sentence],
            "language": str(self._passage_languages[row]),
        }

    def _opening(self, article: dict[str, Any]) -> str:
        """Return the first words of the article's first passage, less its sub-heading."""
        first = self._generation.tables.passage_row(article["first_passage"])
        text = " ".join(first["text"][first["heading_end"] :][: 4 * _OPENING].split())
        if len(text) <= _OPENING:
            return text
        space = text.rfind(" ", _OPENING // 2, _OPENING)
        return f"{text[: space if space > 0 else _OPENING]}…"


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")
