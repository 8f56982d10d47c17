"""Answers queries from one generation of the index."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from indexer.encoders.cross_encoder import Reranker
from indexer.encoders.protocol import Encoder
from indexer.errors import GoneError
from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import as_plain
from search_api.answer import Answer, Explanation, Hit
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.query import Listed, Query
from search_api.ranking.candidates import Limits
from search_api.ranking.ranked import Ranking
from search_api.ranking.ranker import Ranker
from search_api.ranking.results import Results, Row
from search_api.records.articles import ListedArticle, Listing, PassageInArticle, Stats, StoredArticle
from search_api.records.quotations import Verification
from search_api.search.article_fields import ArticleFields
from search_api.search.catalogue import Catalogue, PassageScore
from search_api.search.counting import Counting
from search_api.search.filtering import PassageFilter
from search_api.search.listing import Lister
from search_api.search.query_ranking import QueryRanker
from search_api.search.quotations import Quotations
from search_api.search.reasons import Reasons, did_you_mean, searched_forms
from search_api.search.relevant import DEPTH, RelevantSets

_MOST_OF_ARTICLE = 2000
"""Characters of an article by which similar ones are searched."""


class Searcher(Protocol):
    """What the routes and commands need of one generation of an index. It is safe to use from several threads."""

    def search(self, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer: ...

    def hits(self, query: Query) -> Iterator[Hit]: ...

    def list_articles(self, listed: Listed) -> Listing: ...

    def listed(self, listed: Listed) -> Iterator[ListedArticle]: ...

    def article(self, article_id: str) -> StoredArticle: ...

    def similar(self, article_id: str, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer: ...

    def passage(self, passage_id: str) -> PassageInArticle: ...

    def relatives(self, article_id: str) -> list[str]: ...

    def verify(self, quotation: str, article_id: str = "") -> Verification: ...

    def stats(self) -> Stats: ...


class Searchers(Protocol):
    """Gives the searcher of a generation. A request takes one and sees one generation from start to end."""

    @property
    def problem(self) -> str:
        """Why what is on disk is not what answers; empty while it is."""
        ...

    @property
    def checking(self) -> bool:
        """Whether the digests of the files that answer are still being compared."""
        ...

    def current(self) -> Searcher:
        """Return the searcher of the current generation."""
        ...

    def at(self, generation: str) -> Searcher:
        """Return the searcher of a generation, such as one that a cursor names.

        Raises:
            GoneError: The generation is no longer open.
        """
        ...


class OneSearcher:
    """Gives the same searcher at all times."""

    problem = ""
    checking = False

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def current(self) -> Searcher:
        return self._searcher

    def at(self, generation: str) -> Searcher:
        if generation != self._searcher.stats().generation:
            raise gone(generation)
        return self._searcher


def gone(generation: str) -> GoneError:
    """Return the error for a generation that is not open."""
    return GoneError(
        f"the generation {generation[:60]!r} was replaced by newer news and is no longer open",
        "leave out cursor and generation to begin with the first page of what is there now",
    )


class IndexSearcher:
    """Answers from one generation, with the encoder it was built with and, if there is one, a reranker."""

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        reranker: Reranker | None = None,
        limits: Limits | None = None,
        depth: int = DEPTH,
    ) -> None:
        self.generation = generation
        self.encoder = encoder
        self.reranker = reranker
        fields = ArticleFields(generation.columns)
        passage_filter = PassageFilter(generation.columns, fields)
        self._catalogue = Catalogue(generation)
        ranker = QueryRanker(generation, Ranker(generation, limits), encoder, reranker, self._catalogue)
        self._sets = RelevantSets(generation, ranker, Results(generation), passage_filter, depth)
        self._counting = Counting(self._sets, fields, generation.columns)
        self._quotations = Quotations(self._catalogue, generation.columns, generation.keywords, self.search)
        self._lister = Lister(generation, passage_filter, fields)

    def search(self, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer:
        """Return a page of the hits for a query, best first, with what all pages hold."""
        manifest, found = self.generation.manifest, self._sets.of(query, deadline)
        ranking, keywords = found.ranking, self.generation.keywords
        reasons = Reasons(query.keywords, ranking.words, keywords)
        rows, more = found.page(query)
        return Answer(
            hits=[self._hit(row, ranking, reasons, query.explain) for row in rows],
            more=more,
            counts=self._counting.of(query, found, deadline),
            applied=self._counting.applied(query.filters),
            answerable=found.answerable,
            cut_short=found.cut_short,
            language=found.language,
            searched=found.searched,
            generation=manifest.generation,
            built_at=manifest.built_at,
            newest=manifest.newest,
            reranker=self.reranker.name if self.reranker and query.rerank else "",
            also_searched=searched_forms(query.keywords, ranking.words, found.passages),
            did_you_mean=did_you_mean(query.keywords, ranking.words, self._catalogue.contexts_and_languages),
            near=[self._hit(row, ranking, reasons, query.explain) for row in found.near[: query.limit]],
        )

    def hits(self, query: Query) -> Iterator[Hit]:
        """Return an iterator over all hits for a query from its offset on. They are ranked now, and made one by one."""
        found = self._sets.of(query)
        reasons = Reasons(query.keywords, found.ranking.words, self.generation.keywords)
        return (self._hit(row, found.ranking, reasons, query.explain) for row in found.rows[query.offset :])

    def _hit(self, row: Row, ranking: Ranking, reasons: Reasons, explain: bool) -> Hit:
        others = tuple(
            self._catalogue.passage_hit(int(ranking.rows[place]), _score(ranking, place)) for place in row.others
        )
        explanation = self._explain(ranking, row.place) if explain else None
        passage = int(ranking.rows[row.place])
        why = reasons.of(self._catalogue.context_and_text(passage), self._catalogue.language(passage))
        return self._catalogue.hit(passage, _score(ranking, row.place), others, len(row.copies), explanation, why)

    def _explain(self, ranking: Ranking, place: int) -> Explanation:
        evidence = {name: round(float(values[place]), 6) for name, values in ranking.evidence.items()}
        return Explanation(
            **evidence,
            feedback=round(float(ranking.feedback[place]), 6),
            seed=None if ranking.seed is None else self._catalogue.passage_id(ranking.seed),
            rank_score=round(float(ranking.scores[place]), 6),
        )

    def list_articles(self, listed: Listed) -> Listing:
        """Return a page of the articles that pass filters, the newest first unless the oldest are wanted."""
        manifest, articles = self.generation.manifest, self._lister.articles(listed)
        return Listing(
            articles=[self._catalogue.listed(article) for article in articles[listed.page].tolist()],
            more=articles.size > listed.page.stop,
            counts=self._lister.counts(listed),
            applied=self._counting.applied(listed.filters),
            generation=manifest.generation,
            built_at=manifest.built_at,
            newest=manifest.newest,
        )

    def listed(self, listed: Listed) -> Iterator[ListedArticle]:
        """Return an iterator over all articles that pass filters, from an offset on."""
        return map(self._catalogue.listed, self._lister.articles(listed)[listed.offset :].tolist())

    def article(self, article_id: str) -> StoredArticle:
        """Return an article with its passages."""
        return self._catalogue.article(article_id)

    def similar(self, article_id: str, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer:
        """Return articles in any language that tell of the same as an article, neither itself nor its copies.

        Args:
            article_id: The article.
            query: How they are searched; its text does not count.
            deadline: When an answer is wanted.

        Raises:
            NotFoundError: The index has no such article.
        """
        article = self._catalogue.article(article_id)
        known = {article.id, *(each.article_id for each in article.family)}
        filters = replace(query.filters, not_articles=query.filters.not_articles | known)
        begin = article.passages[0].text if article.passages else article.body
        text = as_plain(f"{article.title}\n{begin}")[:_MOST_OF_ARTICLE].strip()
        return self.search(replace(query, text=text, filters=filters, language=article.language), deadline)

    def passage(self, passage_id: str) -> PassageInArticle:
        """Return a passage with its article."""
        return self._catalogue.passage(passage_id)

    def relatives(self, article_id: str) -> list[str]:
        """Return the ids of the other articles that tell the same in nearly the same words, the first of them first."""
        return self._catalogue.relatives(article_id)

    def verify(self, quotation: str, article_id: str = "") -> Verification:
        """Tell whether a quotation stands in an article, or in any."""
        return self._quotations.verify(quotation, article_id)

    def stats(self) -> Stats:
        """Return counts of what the generation holds."""
        return self._catalogue.stats


def _score(ranking: Ranking, place: int) -> PassageScore:
    return PassageScore(
        round(float(ranking.cosine[place]), 6),
        round(float(ranking.relevance[place]), 6),
        int(ranking.best_sentence[place]),
    )
