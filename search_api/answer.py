"""What a searcher returns: records for Python, the command line and the HTTP API.

Annotations carry the descriptions that the API's documentation shows. Offsets count Unicode code points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from search_api.records.articles import Family
from search_api.records.counts import Applied, Counts
from search_api.records.values import (
    End,
    HeadingEnd,
    Opening,
    PassageLanguage,
    PublishedText,
    Sentences,
    SpanValue,
    Start,
    UpdatedText,
)


@dataclass(frozen=True)
class Explanation:
    """The numbers that a hit was ranked by; docs/ranking.md says how they add up."""

    passage: Annotated[float, Field(description="Similarity of passage and query, the language's offset subtracted.")]
    sentence: Annotated[float, Field(description="The same for the passage's best sentence.")]
    article: Annotated[float, Field(description="The same for the mean of the article's passages.")]
    lead: Annotated[float, Field(description="The same for the article's first passage.")]
    words: Annotated[float, Field(description="Share of the query's words, by BM25, that the passage holds.")]
    article_words: Annotated[float, Field(description="The same for the article.")]
    lead_words: Annotated[float, Field(description="The same for the article's first passage.")]
    feedback: Annotated[float, Field(description="What the similarity to the seed added.")]
    seed: Annotated[
        str | None, Field(description="The best passage in the query's language; it led to those in other languages.")
    ]
    rank_score: Annotated[float, Field(description="What all of it adds up to: hits are ordered by it.")]


@dataclass(frozen=True)
class Reason:
    """Why a hit is there: a word of the query that the passage or its title holds, or its meaning."""

    kind: Annotated[
        Literal["words", "spelling", "sound", "meaning"],
        Field(description="The word as it was typed, another likely form of it, or no word at all."),
    ]
    query: Annotated[str, Field(description="The word of the query; empty for the meaning.")]
    found: Annotated[str, Field(description="The word of the passage or its title; empty for the meaning.")]


@dataclass(frozen=True)
class SearchedForms:
    """A word of the query, and other forms of it that were searched too: other spellings and scripts."""

    word: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class PassageHit:
    """A passage that answers the query."""

    passage_id: str
    text: str
    score: Annotated[float, Field(description="Cosine similarity of query and passage, -1 to 1.")]
    relevance: Annotated[
        float, Field(description="How likely it is that the passage answers, 0 to 1, in every language alike.")
    ]
    start: Start
    end: End
    heading_end: HeadingEnd
    sentences: Sentences
    best_sentence: Annotated[SpanValue, Field(description="Offsets in text of the sentence that answers best.")]
    language: PassageLanguage


@dataclass(frozen=True)
class Hit(PassageHit):
    """A passage that answers the query, and its article."""

    article_id: str
    title: Annotated[str, Field(description="Empty when the article has none; then show opening.")]
    opening: Opening
    source: str
    url: str
    published: PublishedText
    updated: UpdatedText
    others: tuple[PassageHit, ...] = ()
    """Further passages of the article; empty when a hit is a passage."""
    copies: int = 0
    """Near-identical passages of other articles that are not shown."""
    family: Family | None = None
    """None where nobody else has the story in these words."""
    explanation: Explanation | None = None
    """Only when it was asked for."""
    why: tuple[Reason, ...] = ()
    """The query's words that the passage or its title holds; its meaning, if it holds none."""


@dataclass(frozen=True)
class Answer:
    """The hits of one query on one page, best first."""

    hits: list[Hit]
    more: bool
    """Whether there are further pages."""
    counts: Counts
    applied: Applied
    answerable: bool
    """Whether anything in the index is likely to answer. If not, any hits are what ``min_relevance`` lets in."""
    language: str
    """ISO 639 code of the query's language; empty when the index has no passage in it."""
    searched: int
    """The number of passages that passed the filters and were compared."""
    generation: str
    built_at: datetime
    newest: str | None
    """The latest date of publication in the index, at its own precision."""
    reranker: str = ""
    """Name of the reranker that set the relevance and the order; empty when none did."""
    also_searched: tuple[SearchedForms, ...] = ()
    """The words of a short query that were searched in other forms too."""
    did_you_mean: str = ""
    """The query with the likeliest spelling of words that stand nowhere; empty when there are none."""
    cut_short: bool = False
    """Whether time was up before the ranking had looked as deep as it may."""
    near: Sequence[Hit] = ()
    """A few passages that are nearest, where nothing is likely to answer; empty where the query set a limit."""
