"""The requests that the API knows: what each sends, and what its answer is. Nothing is sent here.

The names of options are those of the API; docs/openapi.json says what each may be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypedDict, TypeVar, cast
from urllib.parse import quote

from search_api.client.articles import Article, Listing, PassageInArticle, Ready, Stats, Verification
from search_api.client.models import Answer, Batch

T = TypeVar("T")
Texts = str | Sequence[str]


class FilterOptions(TypedDict, total=False):
    """Which articles pass."""

    language: Texts
    source: Texts
    not_language: Texts
    not_source: Texts
    article: Texts
    not_article: Texts
    published_from: str
    published_to: str
    since: str


class ListExportOptions(FilterOptions, total=False):
    """Which articles are exported, in which order."""

    sort: str
    offset: int


class ListOptions(ListExportOptions, total=False):
    """Which articles are listed, which page of them, and what is counted."""

    limit: int
    cursor: str | None
    facets: Texts
    timeline: str | None


class ExportOptions(ListExportOptions, total=False):
    """How is searched."""

    order: str
    group: str
    query_language: str
    min_relevance: float | None
    half_life: float | None
    depth: int | None
    explain: bool
    rerank: bool


class SearchOptions(ListOptions, ExportOptions, total=False):
    """How is searched, which page is wanted, and how long that may take."""

    timeout_ms: int | None


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request."""

    kind: type[T]
    """What the answer is."""
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    once: bool = False
    """Whether it is not asked again where the service is not available."""

    @property
    def name(self) -> str:
        """The request as errors name it."""
        return f"{self.method} {self.path}"


def search(query: str, options: SearchOptions) -> Call[Answer]:
    """``POST /search``, which takes queries of any length."""
    return Call(Answer, "POST", "/search", body={"query": query, **given(options)})


def batch(queries: Iterable[str | Mapping[str, Any]], timeout_ms: int | None, options: SearchOptions) -> Call[Batch]:
    """``POST /search/batch``; options hold for each query that does not say otherwise."""
    same = given(options)
    asked = [{**same, **({"query": each} if isinstance(each, str) else given(each))} for each in queries]
    return Call(Batch, "POST", "/search/batch", body=given({"queries": asked, "timeout_ms": timeout_ms}))


def articles(options: ListOptions) -> Call[Listing]:
    """``GET /articles``."""
    return Call(Listing, "GET", "/articles", given(options))


def article(article_id: str) -> Call[Article]:
    """``GET /articles/{id}``."""
    return Call(Article, "GET", f"/articles/{quote(article_id, safe='')}")


def similar(article_id: str, options: SearchOptions) -> Call[Answer]:
    """``GET /articles/{id}/similar``."""
    return Call(Answer, "GET", f"/articles/{quote(article_id, safe='')}/similar", given(options))


def passage(passage_id: str) -> Call[PassageInArticle]:
    """``GET /passages/{id}``."""
    return Call(PassageInArticle, "GET", f"/passages/{quote(passage_id, safe='')}")


def verify(quotation: str, article_id: str) -> Call[Verification]:
    """``POST /verify``."""
    return Call(Verification, "POST", "/verify", body={"quote": quotation, "article_id": article_id})


def stats() -> Call[Stats]:
    """``GET /stats``."""
    return Call(Stats, "GET", "/stats")


def ready() -> Call[Ready]:
    """``GET /readyz``."""
    return Call(Ready, "GET", "/readyz", once=True)


def export(options: Mapping[str, Any]) -> Call[None]:
    """``GET /export``, whose answer is read line by line."""
    return Call(type(None), "GET", "/export", given(options))


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that have a value, each of a list as a list."""
    return {name: _value(name, value) for name, value in options.items() if value is not None}


def following(options: ListOptions, cursor: str) -> SearchOptions:
    """Return the options of the next page, which begins where the cursor is and not after ``offset`` hits."""
    kept = {name: value for name, value in options.items() if name != "offset"}
    return cast("SearchOptions", {**kept, "cursor": cursor})


_LISTS = {"language", "source", "not_language", "not_source", "article", "not_article", "facets", "queries"}


def _value(name: str, value: Any) -> Any:
    if name not in _LISTS:
        return value
    return [value] if isinstance(value, str) else list(value)
