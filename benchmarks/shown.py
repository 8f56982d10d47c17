"""What the search shows on the first page of a query, and what it would show if nothing answered the query."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from asking import Asker, Mask
from pools import read_lines, read_qrels
from threadpoolctl import threadpool_limits

from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import KeywordQuery
from indexer.text.atoms import find_atoms
from search_api.query import make_query
from search_api.ranking.ranked import Ranking
from search_api.ranking.relevance import FLOOR
from search_api.search.searcher import IndexSearcher

Named = Callable[[str], str]
"""Returns the id of the article of a document that the judgements name."""


@dataclass(frozen=True, slots=True)
class ShortQuery:
    """A query, and the articles that answer it."""

    id: str
    text: str
    language: str
    kind: str
    """For example ``name`` or ``topic``."""
    relevant: frozenset[str]
    """Ids of the articles of the corpus that hold a relevant passage."""


@dataclass(frozen=True, slots=True)
class Page:
    """The first page of a query: up to ten rows, each an article."""

    query: ShortQuery
    articles: tuple[str, ...]
    """The ids of the articles."""
    relevance: tuple[float, ...]
    """The relevance of each row."""
    milliseconds: float
    """How long the search took, from the text of the query to its hits, on one core."""

    @property
    def right(self) -> bool:
        """Whether a row is an article that holds a relevant passage."""
        return not self.query.relevant.isdisjoint(self.articles)

    @property
    def right_first(self) -> bool:
        """Whether the first row is."""
        return not self.query.relevant.isdisjoint(self.articles[:1])

    @property
    def empty(self) -> bool:
        """Whether nothing is shown."""
        return not self.articles

    @property
    def disordered(self) -> bool:
        """Whether a row stands below one of lower relevance."""
        return any(below > above for above, below in pairwise(self.relevance))

    def share_of(self, wanted: Collection[str]) -> float:
        """Return the share of some articles that the page shows."""
        return sum(article in wanted for article in self.articles) / len(wanted)


@dataclass(frozen=True, slots=True)
class AbsentTwin:
    """A query asked twice: of the whole corpus, and of the corpus without the articles that answer it."""

    query: ShortQuery
    present: float
    """The relevance of the first hit in the whole corpus; 0 when there is none."""
    absent: float
    """The same without the articles that answer."""
    shown: bool
    """Whether something is relevant enough to be shown without them."""
    literal: bool
    """Whether a passage that is left holds all words of the query, so that showing it is right."""


class Corpus:
    """A corpus that is asked. All of it is asked in the same way as a person asks it, with the default options."""

    def __init__(self, searcher: IndexSearcher) -> None:
        self.searcher = searcher
        self.passages = searcher.generation.manifest.passages
        tables = searcher.generation.tables
        ids = tables.article_column("id")
        self.languages: dict[str, str] = dict(zip(ids, tables.article_column("language").tolist(), strict=True))
        """The language of each article, by its id."""
        self._article_of: list[str] = ids[tables.passage_column("article")].tolist()

    def queries(self, queries: Path, judgements: Path, article: Named = str) -> list[ShortQuery]:
        """Read the queries of a labelled set that an article of this corpus answers."""
        judged = read_qrels(judgements)
        found = (
            ShortQuery(line["_id"], line["text"], line["language"], line.get("kind", ""), frozenset(relevant))
            for line in read_lines(queries)
            if (relevant := {article(name) for name in judged.get(line["_id"], ())} & self.languages.keys())
        )
        return list(found)

    def pages(self, queries: Iterable[ShortQuery]) -> list[Page]:
        """Return the first page of each query."""
        with threadpool_limits(1):
            self.searcher.search(make_query("news"))  # what is read at the first search is not timed
            return [self._page(query) for query in queries]

    def _page(self, query: ShortQuery) -> Page:
        began = time.perf_counter()
        hits = self.searcher.search(make_query(query.text)).hits
        took = 1000 * (time.perf_counter() - began)
        return Page(query, tuple(hit.article_id for hit in hits), tuple(hit.relevance for hit in hits), took)

    def absent_twins(self, queries: list[ShortQuery]) -> Iterator[AbsentTwin]:
        """Ask each query with the articles that answer it, and without them."""
        if not queries:
            return
        texts, generation = [query.text for query in queries], self.searcher.generation
        vectors = self.searcher.encoder.encode_queries(texts)
        asker = Asker([query.id for query in queries], texts, vectors, generation, self._article_of)
        relevant = {query.id: set(query.relevant) for query in queries}
        for query, twins in zip(queries, asker.twins(relevant), strict=True):
            shown = bool((twins.absent.relevance >= FLOOR).any())
            literal = bool((twins.kept & holding_all_words(generation, query.text)).any())
            yield AbsentTwin(query, _first(twins.present), _first(twins.absent), shown, literal)


def holding_all_words(generation: Generation, text: str) -> Mask:
    """Return which passages hold all words of a text, each as it stands there; shape (passages,)."""
    words = tuple(atoms for word in text.split() if (atoms := tuple(find_atoms(word))))
    held = generation.keywords.matches(KeywordQuery(text, tuple(find_atoms(text)), required=words))
    passages = np.arange(generation.manifest.passages)
    return np.zeros(passages.size, np.bool_) if held is None else held.holds(passages)


def _first(ranking: Ranking) -> float:
    return float(ranking.relevance[0]) if ranking.relevance.size else 0.0
