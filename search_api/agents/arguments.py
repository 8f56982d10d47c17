"""What the tools may be asked: checked here, described to models as JSON schemas that cost few tokens."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from indexer.errors import QueryError
from search_api.service.problems import describe

LEAST_TOKENS, MOST_TOKENS = 200, 25_000
_T = TypeVar("_T", bound="Arguments")
_NOTHING = ("", None)


def _listed(value: object) -> object:
    """Return a list: models also send one text, texts with commas, a list written as JSON, or null for none."""
    if value in _NOTHING:
        return []
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    return [value]


def _text(value: object) -> object:
    return "" if value is None else value


Texts = Annotated[list[Annotated[str, Field(max_length=1000)]], BeforeValidator(_listed), Field(max_length=100)]
Text = Annotated[str, BeforeValidator(_text)]
Query = Annotated[str, Field(description="In any language")]
Date = Annotated[Text, Field(max_length=100)]
Budget = Annotated[int, Field(ge=LEAST_TOKENS, le=MOST_TOKENS)]


class Arguments(BaseModel):
    """The arguments of a tool. One that is not known is an error: it would make the search wider than asked for."""

    model_config = ConfigDict(extra="forbid")


class Filters(Arguments):
    """Which articles pass."""

    language: Texts = Field([], description="ISO 639 codes")
    source: Texts = Field([], description="Outlets")
    published_from: Date = Field("", description="2025, 2025-05 or 2025-05-27, included")
    published_to: Date = Field("", description="Likewise")


class SearchArguments(Filters):
    """The arguments of ``search``."""

    query: Query
    limit: int = Field(8, ge=1, le=50)
    order: Literal["relevance", "newest"] = "relevance"
    detail: Literal["sentence", "passage"] = "passage"
    max_tokens: Budget = 2000
    cursor: Text = Field("", max_length=500, description="`next` of the page before")


class FetchArguments(Arguments):
    """The arguments of ``fetch``."""

    id: str = Field(max_length=10_020, description="Of an article or passage, or `next` of the answer before")
    around: int = Field(0, ge=0, le=50, description="Passages before and after a passage")
    max_tokens: Budget = 4000


class VerifyArguments(Arguments):
    """The arguments of ``verify_quote``."""

    quote: str = Field(min_length=1, max_length=2000)
    article_id: Text = Field("", max_length=10_000, description="Look in this article alone")


class CoverageArguments(Filters):
    """The arguments of ``coverage``."""

    query: Query
    by: Literal["day", "week", "month", "language", "source"] = "month"


def read_arguments(kind: type[_T], given: Mapping[str, Any]) -> _T:
    """Return the arguments of a tool, checked.

    Raises:
        QueryError: One is missing, not known, or of another form; the text says which.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        said = [describe({**each, "loc": ("tool", *each["loc"])}) for each in error.errors()[:3]]
        names = ", ".join(kind.model_fields)
        raise QueryError("; ".join(said), f"the arguments are {names}") from error


def schema_of(kind: type[Arguments]) -> dict[str, Any]:
    """Return the JSON schema of arguments without what tells a model nothing."""
    schema = kind.model_json_schema()
    properties = {name: _compact(each) for name, each in schema["properties"].items()}
    required = {"required": schema["required"]} if "required" in schema else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _compact(schema: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: each for name, each in schema.items() if name not in {"title", "maxLength", "minLength", "maxItems"}}
    if kept.get("default") in ("", []):
        del kept["default"]
    if "items" in kept:
        kept["items"] = _compact(kept["items"])
    return kept
