"""Rank passages, or articles by their best passage, for the queries of a test collection."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from indexer.article import passage_id
from indexer.errors import QueryError, SettingsError, StorageError
from indexer.storage.tables import Tables
from search_api.evaluation.collection import Topic
from search_api.query import Query, make_query
from search_api.search.searcher import Searcher

Level = Literal["article", "passage"]
DEPTH = 100
"""The length of a ranking: recall is measured at 100 documents."""
_LOOKED_AT = 4 * DEPTH
"""Passages that each way of searching looks at."""
_STEP = 1e-6
"""The least difference between two scores in a run file, which has six decimals."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document in a ranking: an article or a passage."""

    id: str
    language: str
    score: float


Rankings = dict[str, list[Ranked]]
"""The documents found for each query id, best first, each document once."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which documents an index holds, and in which languages."""

    languages: Mapping[str, str]
    """The language, by article id."""
    passages: Mapping[str, int]
    """The number of passages, by article id."""

    @classmethod
    def of(cls, tables: Tables) -> Self:
        """Return the documents in the tables of a generation."""
        ids = tables.article_column("id").tolist()
        languages, passages = tables.article_column("language"), tables.article_column("passages")
        return cls(
            dict(zip(ids, languages.tolist(), strict=True)),
            dict(zip(ids, passages.tolist(), strict=True)),
        )

    def language(self, document: str, level: Level) -> str | None:
        """Return the language of a document, or None if the index does not hold it."""
        if level == "article":
            return self.languages.get(document)
        article, _, ordinal = document.rpartition("#")
        number = int(ordinal) if ordinal.isascii() and ordinal.isdecimal() else -1
        held = 0 <= number < self.passages.get(article, 0) and passage_id(article, number) == document
        return self.languages[article] if held else None

    def level(self, documents: Iterable[str]) -> Level:
        """Return "passage" if more of these ids are ids of passages in the index than of articles, else "article"."""
        ids = list(documents)
        passages = sum(self.language(document, "passage") is not None for document in ids)
        return "passage" if passages > sum(document in self.languages for document in ids) else "article"


def rank(searcher: Searcher, topic: Topic, settings: Mapping[str, Any], level: Level) -> list[Ranked]:
    """Return the first hundred documents for a query. The rank of an article is that of its best passage.

    Unless ``settings`` say otherwise, the threshold for relevance is 0, so that all documents are ranked, and a hit
    is what the judgements are of: an article or a passage.
    """
    settings = {"group": level, "min_relevance": 0, "limit": DEPTH, "depth": _LOOKED_AT, **settings}
    ranked: dict[str, Ranked] = {}
    for hit in searcher.search(query_of(topic, settings)).hits:
        name = hit.article_id if level == "article" else hit.passage_id
        ranked.setdefault(name, Ranked(name, hit.language, hit.score))
    return list(ranked.values())[:DEPTH]


def query_of(topic: Topic, settings: Mapping[str, Any]) -> Query:
    """Return the query of a topic.

    Raises:
        QueryError: The query cannot be answered as asked; the message begins with its file and line.
    """
    try:
        return make_query(topic.text, **settings)
    except QueryError as error:
        raise QueryError(f"{topic.origin}: {error.message}", error.hint) from error


def write_run(rankings: Rankings, path: Path, tag: str = "dateline") -> None:
    """Write rankings as a TREC run. Each line is one document: query, Q0, document, rank from 1, score, tag.

    trec_eval sorts by the score and ignores the rank. The search does not order by this score alone, so a score that
    is not below the one before it is written as slightly less than that one.

    Raises:
        SettingsError: An id contains white space, which the format does not allow.
        StorageError: The file cannot be written.
    """
    lines = [
        f"{_word(query)} Q0 {_word(document.id)} {place} {score:.6f} {tag}\n"
        for query, ranking in rankings.items()
        for place, (document, score) in enumerate(zip(ranking, _falling(ranking), strict=True), start=1)
    ]
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}", "name another file with --run") from error


def _word(name: str) -> str:
    if len(name.split()) != 1:
        raise SettingsError(f"a TREC run cannot hold the id {name!r}: it has white space", "drop --run")
    return name


def _falling(ranking: Iterable[Ranked]) -> Iterator[float]:
    """Yield the scores, each lowered where needed to be below the one before in six decimals."""
    above = math.inf
    for document in ranking:
        above = min(round(document.score, 6), round(above - _STEP, 6))
        yield above
