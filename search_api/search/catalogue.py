"""The articles of a generation: as hits, with their passages, and in numbers."""

import bisect
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from indexer.article import passage_id
from indexer.errors import NotFoundError
from indexer.generations.generation import Generation
from indexer.passages.context import encoder_input
from indexer.storage.tables import spans
from search_api.answer import Explanation, Hit, PassageHit, Reason
from search_api.ranking.arrays import Rows
from search_api.records.articles import (
    Family,
    ListedArticle,
    PassageInArticle,
    Stats,
    StoredArticle,
    StoredPassage,
    StoredVersion,
)
from search_api.search.cells import Cells
from search_api.search.families import LAST, Families
from search_api.search.statistics import stats_of

_OPENING = 90
"""Characters of an article's first words."""


class PassageScore(NamedTuple):
    """What a ranking says of a passage."""

    cosine: float
    relevance: float
    best_sentence: int
    """Its ordinal in the passage."""


class Catalogue:
    """Reads the articles and passages of a generation. It is safe to use from several threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation, self._columns = generation, generation.columns
        tables = generation.tables
        self._families = Families(tables.families, self._columns)
        passage = ("ordinal", "text", "start", "end", "heading_end", "sentences")
        article = ("id", "title", "source", "url", "language", "published", "updated", "first_passage")
        self._passages, self._articles = Cells(tables.passages, passage), Cells(tables.articles, article)
        self._sources, self._bodies = Cells(tables.articles, ("source",)), Cells(tables.articles, ("body",))
        self._texts = Cells(tables.passages, ("text", "heading_end"))

    def hit(
        self,
        row: int,
        score: PassageScore,
        others: tuple[PassageHit, ...] = (),
        copies: int = 0,
        explanation: Explanation | None = None,
        why: tuple[Reason, ...] = (),
    ) -> Hit:
        """Return a passage as a hit, with further passages of its article."""
        number = int(self._columns.article_of[row])
        article = self._articles.row(number)
        return Hit(
            **self._scored(row, score, article["id"]),
            article_id=article["id"],
            title=article["title"],
            opening=self._opening(article["first_passage"]),
            source=article["source"],
            url=article["url"],
            published=article["published"],
            updated=article["updated"],
            others=others,
            copies=copies,
            family=self._family(number),
            explanation=explanation,
            why=why,
        )

    def listed(self, number: int) -> ListedArticle:
        """Return an article as a list has it, given its row."""
        article = self._articles.row(number)
        return ListedArticle(
            article_id=article["id"],
            title=article["title"],
            opening=self._opening(article["first_passage"]),
            source=article["source"],
            url=article["url"],
            language=article["language"],
            published=article["published"],
            updated=article["updated"],
            family=self._family(number),
        )

    def passage_hit(self, row: int, score: PassageScore) -> PassageHit:
        """Return a further passage of a hit's article."""
        return PassageHit(**self._scored(row, score, self.article_id(row)))

    def article_id(self, row: int) -> str:
        """Return the id of the article that a passage belongs to."""
        return self._columns.article_id(int(self._columns.article_of[row]))

    def passage_id(self, row: int) -> str:
        """Return the id of a passage."""
        return passage_id(self.article_id(row), int(self._passages.row(row)["ordinal"]))

    def context_and_text(self, row: int) -> str:
        """Return a passage in its context, as encoders and rerankers read it."""
        title = str(self._articles.row(int(self._columns.article_of[row]))["title"])
        return encoder_input(title, str(self._texts.row(row)["text"]))

    def language(self, row: int) -> str:
        """Return the language of a passage."""
        return self._columns.languages[int(self._columns.language_of[row])]

    def contexts_and_languages(self, rows: Rows) -> Iterator[tuple[str, str]]:
        """Yield each of some passages in its context, and its language."""
        return ((self.context_and_text(row), self.language(row)) for row in rows.tolist())

    def article(self, article_id: str) -> StoredArticle:
        """Return an article with its passages.

        Raises:
            NotFoundError: The index has no such article.
        """
        row = self.row_of(article_id)
        article = self._generation.tables.article_row(row)
        first = article["first_passage"]
        return StoredArticle(
            id=article["id"],
            title=article["title"],
            opening=self._opening(first),
            body=article["body"],
            language=article["language"],
            source=article["source"],
            url=article["url"],
            published=article["published"],
            published_precision=article["published_precision"],
            updated=article["updated"],
            origin=article["origin"],
            asides=spans(article["asides"]),
            passages=[self._passage(article_id, row) for row in range(first, first + article["passages"])],
            family=[self.listed(member) for member in self._families.relatives(row)],
            versions=[
                StoredVersion(each["title"], each["body"], each["published"], each["updated"], each["origin"])
                for each in self._generation.tables.versions(article_id)
            ],
        )

    def row_of(self, article_id: str) -> int:
        """Return the row of an article.

        Raises:
            NotFoundError: The index has no such article.
        """
        row = self._columns.find(article_id)
        if row is None:
            raise NotFoundError(f"there is no article {article_id!r} in the index", "take an article_id from a hit")
        return row

    def relatives(self, article_id: str) -> list[str]:
        """Return the ids of the other articles in the family of an article, in the order in which they appeared."""
        return [self._columns.article_id(member) for member in self._families.relatives(self.row_of(article_id))]

    def passage(self, wanted: str) -> PassageInArticle:
        """Return a passage by its id, with its article.

        Raises:
            NotFoundError: The index has no such passage.
        """
        article_id, _, ordinal = wanted.rpartition("#")
        row = self._columns.find(article_id)
        if row is not None and ordinal.isascii() and ordinal.isdecimal():
            passages = self._columns.passages_of(row)
            place = passages.start + int(ordinal[:9])
            if place < passages.stop and passage_id(article_id, int(ordinal)) == wanted:
                return PassageInArticle(self._passage(article_id, place), self.listed(row))
        raise NotFoundError(f"there is no passage {wanted!r} in the index", "take a passage_id from a hit")

    def body(self, article: int) -> str:
        """Return an article's body."""
        return str(self._bodies.row(article)["body"])

    def passage_at(self, article: int, offset: int) -> str:
        """Return the id of the passage that holds an offset of an article's body, or else of the last one before it."""
        passages = self._columns.passages_of(article)
        starts = [self._passages.row(row)["start"] for row in range(passages.start, passages.stop)]
        ordinal = max(0, bisect.bisect_right(starts, offset) - 1)
        return passage_id(self._columns.article_id(article), ordinal)

    @cached_property
    def stats(self) -> Stats:
        """Counts of what the generation holds."""
        return stats_of(self._generation)

    def _family(self, article: int) -> Family | None:
        members = self._families.members(article)
        if members.size == 1:
            return None
        when = self._columns.earliest[members]
        first = self._articles.row(int(members[np.argmin(np.where(np.isnat(when), LAST, when))]))
        outlets = {self._source(member) for member in members.tolist()} - {self._source(article), ""}
        return Family(int(members.size), len(outlets), first["source"], first["published"])

    def _source(self, article: int) -> str:
        return str(self._sources.row(article)["source"]).casefold()

    def _passage(self, article_id: str, row: int) -> StoredPassage:
        passage = self._passages.row(row)
        return StoredPassage(
            passage_id=passage_id(article_id, passage["ordinal"]),
            text=passage["text"],
            start=passage["start"],
            end=passage["end"],
            heading_end=passage["heading_end"],
            sentences=spans(passage["sentences"]),
            language=self.language(row),
        )

    def _scored(self, row: int, score: PassageScore, article_id: str) -> dict[str, Any]:
        """Return the fields that all hits have."""
        passage = self._passages.row(row)
        sentences = spans(passage["sentences"])
        return {
            "passage_id": passage_id(article_id, passage["ordinal"]),
            "text": passage["text"],
            "score": score.cosine,
            "relevance": score.relevance,
            "start": passage["start"],
            "end": passage["end"],
            "heading_end": passage["heading_end"],
            "sentences": sentences,
            "best_sentence": sentences[score.best_sentence],
            "language": self.language(row),
        }

    def _opening(self, first_passage: int) -> str:
        """Return the first words of an article's first passage, without its sub-heading."""
        first = self._texts.row(first_passage)
        text: str = " ".join(first["text"][first["heading_end"] :][: 4 * _OPENING].split())
        if len(text) <= _OPENING:
            return text
        space = text.rfind(" ", _OPENING // 2, _OPENING)
        return f"{text[: space if space > 0 else _OPENING]}…"
