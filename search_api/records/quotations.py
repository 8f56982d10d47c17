"""Whether something was said, and where: the outcome of looking for a quotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from search_api.records.articles import ListedArticle
from search_api.records.values import End, Start

Verdict = Literal["exact", "near", "translation", "not_found"]


@dataclass(frozen=True)
class Difference:
    """Words that stand in one place of the quotation and of the article, and are not the same."""

    quoted: Annotated[str, Field(description="The words of the quotation; empty where the article has more.")]
    found: Annotated[str, Field(description="The words of the article; empty where the quotation has more.")]


@dataclass(frozen=True)
class QuotationMatch:
    """A place where a quotation stands, or what is most like it."""

    verdict: Verdict
    article: ListedArticle
    passage_id: str
    start: Start
    end: End
    text: Annotated[str, Field(description="The words of the article: body[start:end].")]
    differences: Sequence[Difference]
    similarity: Annotated[float | None, Field(description="Of a translation: how like the quotation it is, up to 1.")]


@dataclass(frozen=True)
class Verification:
    """The outcome for a quotation."""

    verdict: Annotated[
        Verdict,
        Field(
            description="exact: word for word, whatever white space, quotation marks and dashes look like; near: with"
            " the differences named; translation: a sentence in another language that likely says it; not_found."
        ),
    ]
    matches: Sequence[QuotationMatch]
    """The best first; of exact ones up to ten."""
    generation: str
