"""What a searcher returns: plain records, for HTTP, the command line and Python alike."""

from dataclasses import dataclass
from datetime import datetime

from indexer.article import Span


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that answers a query, with the article it stands in."""

    passage_id: str
    text: str
    score: float
    """Cosine similarity of query and passage, -1 to 1."""
    start: int
    end: int
    """``article.body[start:end] == text``, in code points."""
    heading_end: int
    sentences: tuple[Span, ...]
    article_id: str
    title: str
    opening: str
    """The article's first words, to show where it has no title."""
    language: str
    source: str
    url: str
    published: str | None
    """At the precision it came with: 2025-05 is a month."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one query, best first."""

    hits: list[Hit]
    searched: int
    """Passages that passed the filters and were compared."""
    generation: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as its article's page shows it."""

    passage_id: str
    text: str
    start: int
    end: int
    heading_end: int
    sentences: tuple[Span, ...]


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
