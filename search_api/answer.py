"""What a searcher returns: records for Python, the command line and the HTTP API.

Annotations carry the descriptions that the API's documentation shows. Offsets count Unicode code points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema, NonNegativeInt

from indexer.article import Span


class SpanOut(BaseModel):
    """A half-open range of code points."""

    model_config = ConfigDict(from_attributes=True)

    start: NonNegativeInt
    end: NonNegativeInt


_Span = Annotated[Span, GetPydanticSchema(lambda _, schema_of: schema_of(SpanOut))]
"""A span whose JSON is an object. Pydantic would write a named tuple as a list."""
_Start = Annotated[NonNegativeInt, Field(description="Where the passage starts in the article's body, in code points.")]
_End = Annotated[NonNegativeInt, Field(description="Where it ends: body[start:end] is text.")]
_HeadingEnd = Annotated[NonNegativeInt, Field(description="text[:heading_end] is a sub-heading; 0 when there is none.")]
_Sentences = Annotated[tuple[_Span, ...], Field(description="Offsets of the sentences in text.")]
_Language = Annotated[str, Field(description="The passage's: its article's, unless somebody is quoted in another.")]
_Opening = Annotated[str, Field(description="The first words of the article.")]
_Published = Annotated[str | None, Field(description="ISO 8601 at the precision it came with: 2025-05 is a month.")]
_Updated = Annotated[str | None, Field(description="When the text was last changed, if the source says it; ISO 8601.")]


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
    start: _Start
    end: _End
    heading_end: _HeadingEnd
    sentences: _Sentences
    best_sentence: Annotated[_Span, Field(description="Offsets in text of the sentence that answers best.")]
    language: _Language


@dataclass(frozen=True)
class Family:
    """The articles that tell the story in nearly the same words, such as copies of one wire report."""

    articles: NonNegativeInt
    outlets: Annotated[NonNegativeInt, Field(description="Sources beside the hit's own.")]
    first_source: str
    first_published: Annotated[str | None, Field(description="Where and when it appeared first, as far as dates tell.")]


@dataclass(frozen=True)
class Hit(PassageHit):
    """A passage that answers the query, and its article."""

    article_id: str
    title: Annotated[str, Field(description="Empty when the article has none; then show opening.")]
    opening: _Opening
    source: str
    url: str
    published: _Published
    updated: _Updated
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
    """The hits of one query, best first."""

    hits: list[Hit]
    answerable: bool
    """Whether anything in the index is likely to answer. If not, any hits are what ``min_relevance`` lets in."""
    language: str
    """ISO 639 code of the query's language; empty when the index has no passage in it."""
    searched: int
    """The number of passages that passed the filters and were compared."""
    generation: str
    reranker: str = ""
    """Name of the reranker that set the relevance and the order; empty when none did."""
    also_searched: tuple[SearchedForms, ...] = ()
    """The words of a short query that were searched in other forms too."""
    did_you_mean: str = ""
    """The query with the likeliest spelling of words that stand nowhere; empty when there are none."""
    near: Sequence[Hit] = ()
    """A few passages that are nearest, where nothing is likely to answer; empty where the query set a limit."""


@dataclass(frozen=True)
class StoredPassage:
    """A passage of an article."""

    passage_id: str
    text: str
    start: _Start
    end: _End
    heading_end: _HeadingEnd
    sentences: _Sentences
    language: _Language


@dataclass(frozen=True)
class StoredVersion:
    """An article as it was before it was corrected."""

    title: str
    body: str
    published: _Published
    updated: _Updated
    origin: str


@dataclass(frozen=True)
class StoredArticle:
    """An article with its passages."""

    id: str
    title: str
    opening: _Opening
    body: str
    language: str
    source: str
    url: str
    published: _Published
    published_precision: Literal["year", "month", "day", "time"] | None
    updated: _Updated
    origin: Annotated[str, Field(description="The file it was read from.")]
    asides: Annotated[tuple[_Span, ...], Field(description="Parts of the body that are not the article's own words.")]
    passages: Sequence[StoredPassage]
    versions: Sequence[StoredVersion]
    """Earlier versions, in the order they were read."""


@dataclass(frozen=True)
class Stats:
    """What the index holds."""

    generation: str
    built_at: datetime
    articles: int
    passages: int
    skipped: Annotated[
        int, Field(description="Articles that could not be read; report.json of the generation says why.")
    ]
    newest: Annotated[str | None, Field(description="The latest date of publication, at its own precision.")]
    languages: Annotated[dict[str, int], Field(description="Articles by language, most first.")]
    sources: Annotated[
        dict[str, int], Field(description="Articles by source, most first; those without one under an empty name.")
    ]
    encoder: str
    encoder_revision: str
    dim: Annotated[int, Field(description="The length of a vector.")]
    bytes: Annotated[int, Field(description="The size of the generation's files.")]
