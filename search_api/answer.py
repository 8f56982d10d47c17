"""What a searcher returns: plain records, for HTTP, the command line and Python alike."""

from dataclasses import dataclass
from datetime import datetime

from indexer.article import Span


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each leg said of a hit. docs/ranking.md tells how it adds up."""

    passage: float
    """Similarity of the passage to the query, its language's offset taken out."""
    sentence: float
    """The same of its best sentence."""
    article: float
    lead: float
    """The same of its article's mean, and of its article's first passage."""
    words: float
    article_words: float
    lead_words: float
    """Share of the query's words, by BM25, that the passage, its article and its article's first passage hold."""
    feedback: float
    """What similarity to the seed added."""
    seed: str | None
    """The passage in the query's language that answers best, and led to those in other languages."""
    rank_score: float
    """What all of it adds up to: hits are ordered by it."""


@dataclass(frozen=True, slots=True)
class PassageHit:
    """One more passage of a hit's article that answers."""

    passage_id: str
    text: str
    score: float
    relevance: float
    start: int
    end: int
    heading_end: int
    sentences: tuple[Span, ...]
    best_sentence: Span
    language: str


@dataclass(frozen=True, slots=True)
class Family:
    """The articles that tell a story in nearly the same words, such as copies of one wire report."""

    articles: int
    outlets: int
    """Sources beside the hit's own."""
    first_source: str
    first_published: str | None
    """Where and when it appeared first, as far as dates tell."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that answers a query, with the article it stands in."""

    passage_id: str
    text: str
    score: float
    """Cosine similarity of query and passage, -1 to 1."""
    relevance: float
    """How likely it is that the passage answers, 0 to 1."""
    start: int
    end: int
    """``article.body[start:end] == text``, in code points."""
    heading_end: int
    sentences: tuple[Span, ...]
    best_sentence: Span
    """The sentence of the passage that answers best; an offset in ``text`` like ``sentences``."""
    language: str
    """The passage's: its article's, unless somebody is quoted in another."""
    article_id: str
    title: str
    opening: str
    """The article's first words, to show where it has no title."""
    source: str
    url: str
    published: str | None
    """At the precision it came with: 2025-05 is a month."""
    others: tuple[PassageHit, ...] = ()
    """The article's next best passages, when rows are articles."""
    copies: int = 0
    """Near-identical passages of other articles that are not shown."""
    family: Family | None = None
    """None where nobody else has it."""
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one query, best first."""

    hits: list[Hit]
    answerable: bool
    """Whether anything in the index is likely to answer; else hits are the nearest, if they were asked for."""
    language: str
    """The query's language; empty when the index has no passage in it."""
    searched: int
    """Passages that passed the filters and were compared."""
    generation: str
    reranker: str = ""
    """What gave the relevance and the order; empty: the ranking did."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as its article's page shows it."""

    passage_id: str
    text: str
    start: int
    end: int
    heading_end: int
    sentences: tuple[Span, ...]
    language: str


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """An article as it was before it was corrected."""

    title: str
    body: str
    published: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with its passages."""

    id: str
    title: str
    opening: str
    body: str
    language: str
    source: str
    url: str
    published: str | None
    published_precision: str | None
    origin: str
    asides: tuple[Span, ...]
    passages: list[StoredPassage]
    versions: list[StoredVersion]
    """Earlier ones, in the order they were read."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What an index holds."""

    generation: str
    built_at: datetime
    articles: int
    passages: int
    skipped: int
    newest: str | None
    languages: dict[str, int]
    """Articles by language, most first."""
    sources: dict[str, int]
    """Articles by source, most first; those without one under ``""``."""
    encoder: str
    encoder_revision: str
    dim: int
    bytes: int
