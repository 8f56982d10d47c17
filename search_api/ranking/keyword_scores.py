"""The keyword scores of all passages in the query's language: BM25 of the passage in the context of its article."""

from dataclasses import dataclass

from indexer.generations.generation import Generation
from indexer.keywords.query_syntax import KeywordQuery
from indexer.storage.columns import Columns
from search_api.ranking.arrays import Rows, Scores
from search_api.ranking.fusion import keyword_context, keyword_score


@dataclass(frozen=True, slots=True, eq=False)
class KeywordScores:
    """Normalised BM25 scores of one query in one language; 0 for what is in another language."""

    passage: Scores
    """Of each passage."""
    article: Scores
    """Of each article as a whole."""
    context: Scores
    """What each article adds to the keyword score of its passages."""
    article_of: Rows
    """The article of each passage."""

    @classmethod
    def of(cls, generation: Generation, columns: Columns, keywords: KeywordQuery, language: str) -> "KeywordScores":
        """Look up the words of a query."""
        passage = generation.keywords.shares(keywords, language)
        article = generation.article_keywords.shares(keywords, language)
        return cls(passage, article, keyword_context(article, passage[columns.first_passage[:-1]]), columns.article_of)

    def of_rows(self, rows: Rows) -> Scores:
        """Return the keyword scores of passages in these rows."""
        return keyword_score(self.passage[rows], self.context[self.article_of[rows]])
