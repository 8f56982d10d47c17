"""Evaluate an index with a test collection: overall, by language of the query, and by pair of languages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from statistics import fmean
from typing import Any

from indexer.errors import SourceError
from indexer.progress import BuildProgress, Silent
from indexer.text.language import UNKNOWN
from search_api.evaluation.collection import Collection, Judgements
from search_api.evaluation.measures import NDCG, RECALL, Mean, Scores, mean, measure
from search_api.evaluation.run import Holdings, Level, Rankings, rank
from search_api.search.opening import open_searcher
from search_api.search.searcher import Searcher

Pair = tuple[str, str]
"""The language of a query, and the language of documents relevant to it."""


@dataclass(frozen=True, slots=True)
class System:
    """What is evaluated: an index, and the options that it is searched with."""

    index: str
    """The name that reports show: the folder of the index, or the file of the corpus."""
    searcher: Searcher
    holdings: Holdings
    settings: Mapping[str, Any]
    """Options of the search, as ``make_query`` takes them."""

    @property
    def name(self) -> str:
        return ", ".join([self.index, *(f"{name}={_typed(value)}" for name, value in self.settings.items())])


@dataclass(frozen=True, slots=True)
class OwnLanguage:
    """How often the first hit is in the query's language, compared with how often it should be.

    ``first`` is the share of queries whose first hit is in the language of the query. For ``due``, each query counts
    with the share of its relevant documents in the index that are in its language; ``due`` is the mean of these
    shares. The two are equal for a search that finds relevant documents equally well in all languages. A
    ``difference`` above 0 means that the search prefers the language of the query, below 0 that it avoids it.
    Only queries are counted whose language is known, that have a hit, and a relevant document in the index.
    """

    queries: int
    first: float
    due: float

    @property
    def difference(self) -> float:
        return self.first - self.due


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of a system on a collection."""

    system: System
    level: Level
    missing: int
    """How many relevant documents the index does not hold. They count as not found."""
    rankings: Rankings
    scores: dict[str, Scores]
    """By query id."""
    overall: Mean
    by_language: dict[str, Mean]
    """By the language of the query."""
    by_pair: dict[Pair, Mean]
    own_language: OwnLanguage | None
    """None if no query can be counted."""

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the rankings as plain data for JSON."""
        own = self.own_language
        return {
            "index": self.system.index,
            "settings": {name: _plain(value) for name, value in self.system.settings.items()},
            "judged": self.level,
            "relevant_documents_not_in_the_index": self.missing,
            "overall": _flat(self.overall),
            "by_query_language": {language: _flat(row) for language, row in self.by_language.items()},
            "by_language_pair": [
                {"query_language": asked, "document_language": found, **_flat(row)}
                for (asked, found), row in self.by_pair.items()
            ],
            "own_language": own and asdict(own) | {"difference": own.difference},
            "by_query": self.scores,
        }


def open_system(
    index: Path, settings: Mapping[str, Any], encoder: str = "", device: str = "", reranker: str = ""
) -> System:
    """Open an index that is to be searched with these options.

    Raises:
        IndexUnavailableError: There is no index, or it must not be used.
        EncoderError: Its encoder, or the reranker, cannot be loaded.
    """
    searcher = open_searcher(index, encoder, device, reranker)
    return System(str(index), searcher, Holdings.of(searcher.generation.tables), settings)


def evaluate(
    system: System, collection: Collection, level: Level | None = None, progress: BuildProgress | None = None
) -> Evaluation:
    """Search for every query of a collection and measure the rankings.

    Args:
        system: The index, and the options of the search.
        collection: Queries and judgements.
        level: Whether the ids of the judgements are those of articles or of passages. None: as most of them are.
        progress: Receives the number of queries, and a call after each.

    Raises:
        SourceError: The index holds none of the relevant documents.
        QueryError: A query cannot be answered as asked; the message begins with its file and line.
    """
    relevant = {document for topic in collection.topics for document in collection.relevant_to(topic.id)}
    level = level or system.holdings.level(relevant)
    languages = {document: system.holdings.language(document, level) for document in relevant}
    missing = sum(language is None for language in languages.values())
    if missing == len(relevant):
        raise SourceError(_nothing_held(system, relevant, level), "name the index of this collection, or its --corpus")
    rankings = _ask(system, collection, level, progress or Silent())
    scores = measure(collection.judgements, rankings)
    asked_in = {topic.id: topic.language for topic in collection.topics}
    return Evaluation(
        system,
        level,
        missing,
        rankings,
        scores,
        overall=mean(scores.values()),
        by_language=_by_language(scores, asked_in),
        by_pair=_by_pair(collection, rankings, languages),
        own_language=own_language(collection, rankings, languages),
    )


def own_language(collection: Collection, rankings: Rankings, languages: Mapping[str, str | None]) -> OwnLanguage | None:
    """Return how often the first hit is in the query's language, and how often it should be.

    ``languages`` maps each relevant document to its language, or to None if the index does not hold it.
    """
    first, due = [], []
    for topic in collection.topics:
        held = [language for document in collection.relevant_to(topic.id) if (language := languages[document])]
        if topic.language == UNKNOWN or not held or not rankings[topic.id]:
            continue
        first.append(float(rankings[topic.id][0].language == topic.language))
        due.append(held.count(topic.language) / len(held))
    return OwnLanguage(len(first), fmean(first), fmean(due)) if first else None


def _ask(system: System, collection: Collection, level: Level, progress: BuildProgress) -> Rankings:
    rankings: Rankings = {}
    progress.start("asking", len(collection.topics), "queries")
    for topic in collection.topics:
        rankings[topic.id] = rank(system.searcher, topic, system.settings, level)
        progress.advance()
    return rankings


def _by_language(scores: Mapping[str, Scores], asked_in: Mapping[str, str]) -> dict[str, Mean]:
    groups: dict[str, list[Scores]] = defaultdict(list)
    for query, each in scores.items():
        groups[asked_in[query]].append(each)
    return {language: mean(groups[language]) for language in sorted(groups)}


def _by_pair(collection: Collection, rankings: Rankings, languages: Mapping[str, str | None]) -> dict[Pair, Mean]:
    """Return the mean scores by pair of languages.

    For each language in turn, a query is judged by its relevant documents in that language. Relevant documents in
    other languages are removed from its ranking first, so that they do not push those of this language down.
    """
    groups: dict[Pair, list[Scores]] = defaultdict(list)
    for language in sorted({language for language in languages.values() if language}):
        judgements: Judgements = {}
        rest: Rankings = {}
        for topic in collection.topics:
            relevant = set(collection.relevant_to(topic.id))
            wanted = {document for document in relevant if languages[document] == language}
            if wanted:
                judgements[topic.id] = {one: collection.judgements[topic.id][one] for one in wanted}
                others = relevant - wanted
                rest[topic.id] = [one for one in rankings[topic.id] if one.id not in others]
        scores = measure(judgements, rest)
        for topic in collection.topics:
            if topic.id in scores:
                groups[topic.language, language].append(scores[topic.id])
    return {pair: mean(groups[pair], (NDCG, RECALL)) for pair in sorted(groups)}


def _nothing_held(system: System, relevant: Iterable[str], level: Level) -> str:
    own = next(iter(system.holdings.languages))
    return (
        f"{system.index} holds none of the {level}s that the qrels call relevant, such as {min(relevant)!r}; "
        f"its articles have ids such as {own!r}, its passages such as {own + '#0'!r}"
    )


def _flat(row: Mean) -> dict[str, Any]:
    return {"queries": row.queries, **row.scores}


def _typed(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(_plain(value))


def _plain(value: object) -> Any:
    value = value.value if isinstance(value, Enum) else value
    return value if isinstance(value, str | int | float | bool | list | None) else str(value)
