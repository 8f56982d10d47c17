"""The JSON models carry what the plain records do, and GET and POST take the same."""

from dataclasses import fields

import pytest
from pydantic import BaseModel, ValidationError

from indexer.errors import QueryError
from search_api.answer import Hit, Stats, StoredArticle, StoredPassage
from search_api.query import make_query
from search_api.service.schemas import ArticleOut, HitOut, PassageOut, SearchParameters, SearchRequest, StatsOut


@pytest.mark.parametrize(
    ("model", "record"), [(HitOut, Hit), (PassageOut, StoredPassage), (ArticleOut, StoredArticle), (StatsOut, Stats)]
)
def test_nothing_of_a_record_is_left_out(model: type[BaseModel], record: type[Hit]) -> None:
    assert list(model.model_fields) == [field.name for field in fields(record)]


def test_get_and_post_take_the_same_filters() -> None:
    get, post = SearchParameters.model_json_schema(), SearchRequest.model_json_schema()
    assert get["properties"] | {"query": None, "q": None} == post["properties"] | {"query": None, "q": None}
    assert (get["required"], post["required"]) == (["q"], ["query"])


def test_everything_asked_reaches_the_query() -> None:
    request = SearchRequest(
        query=" ferry ",
        limit=3,
        language=["fr", "TR"],
        source=["The Gazette"],
        published_from="2025-05",
        published_to="2025-06",
    )
    assert request.checked(request.query) == make_query(
        "ferry",
        limit=3,
        languages=["fr", "tr"],
        sources=["the gazette"],
        published_from="2025-05",
        published_to="2025-06",
    )


def test_one_string_is_a_list_of_one() -> None:
    request = SearchRequest.model_validate({"query": "x", "language": "fr", "source": "The Gazette, evening"})
    assert (request.language, request.source) == (["fr"], ["The Gazette, evening"])


def test_a_name_that_is_no_parameter_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"langauge\n +Extra inputs are not permitted"):
        SearchRequest.model_validate({"query": "x", "langauge": "fr"})


def test_what_makes_no_sense_is_an_error_of_the_query() -> None:
    with pytest.raises(QueryError, match="limit is 0, wanted 1 to 1000"):
        SearchParameters(q="x", limit=0).checked("x")
