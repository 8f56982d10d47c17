"""The JSON of answers is pinned, and GET, POST and the command take every option of a search."""

import inspect
from dataclasses import asdict, fields, replace

import pytest
from pydantic import ValidationError

from indexer.article import Span
from indexer.errors import QueryError
from search_api import cli
from search_api.answer import Explanation, Hit, PassageHit, Reason
from search_api.app import create_app
from search_api.query import OPTIONS, Filters, Query, make_query
from search_api.records.articles import Family
from search_api.service.requests.options import SearchOptions
from search_api.service.requests.search import SearchParameters, SearchRequest
from search_api.service.schemas import HitOut
from search_api.service.settings import Settings

PASSAGE_HIT = "passage_id text score relevance start end heading_end sentences best_sentence language"
PAGE = "total total_is articles_total facets timeline applied cursor generation built_at newest took_ms"
FIELDS = {
    "SpanOut": "start end",
    "PassageHitOut": PASSAGE_HIT,
    "HitOut": f"{PASSAGE_HIT} article_id title opening source url published updated others copies family explanation"
    " why",
    "ReasonOut": "kind query found",
    "SearchedFormsOut": "word forms",
    "ExplanationOut": "passage sentence article lead words article_words lead_words feedback seed rank_score",
    "FamilyOut": "articles outlets first_source first_published",
    "SearchResponse": f"{PAGE} query hits answerable cut_short near query_language searched reranker also_searched"
    " did_you_mean",
    "ListingResponse": f"{PAGE} articles",
    "PassageOut": "passage_id text start end heading_end sentences language",
    "VersionOut": "title body published updated origin",
    "ArticleOut": "id title opening body language source url published published_precision updated origin asides"
    " passages versions family",
    "PassageInArticleOut": "passage article",
    "VerificationOut": "verdict matches generation",
    "QuotationMatchOut": "verdict article passage_id start end text differences similarity",
    "StatsOut": "generation built_at articles passages skipped newest oldest languages known_languages sources encoder"
    " encoder_revision dim bytes",
}


@pytest.mark.parametrize("name", FIELDS)
def test_the_json_of_an_answer_keeps_its_names_and_their_order(name: str) -> None:
    schema = create_app(Settings()).openapi()["components"]["schemas"][name]
    assert (list(schema["properties"]), schema["required"]) == (FIELDS[name].split(), FIELDS[name].split())


def test_records_in_a_record_become_models() -> None:
    span = Span(0, 5)
    passage = PassageHit("a#0", "Ferry", 0.5, 0.75, 2, 7, 0, (span,), span, "en")
    hit = Hit(
        **asdict(passage),
        article_id="a", title="", opening="Ferry", source="", url="", published=None, updated=None,
        others=(passage,), copies=1, family=Family(3, 2, "Gazette", "2025-05"),
        explanation=Explanation(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, "b#1", 0.9),
    )  # fmt: skip
    hit = replace(hit, why=(Reason("words", "ferry", "Ferry"),))
    shown = HitOut.model_validate(hit).model_dump(mode="json")
    assert shown["why"] == [{"kind": "words", "query": "ferry", "found": "Ferry"}]
    as_object = {"start": 0, "end": 5}
    assert (shown["sentences"], shown["best_sentence"]) == ([as_object], as_object)
    assert shown["others"] == [asdict(passage) | {"sentences": [as_object], "best_sentence": as_object}]
    assert shown["family"] == {"articles": 3, "outlets": 2, "first_source": "Gazette", "first_published": "2025-05"}
    assert list(shown["explanation"].values()) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, "b#1", 0.9]


def test_get_and_post_take_the_same_filters() -> None:
    get, post = SearchParameters.model_json_schema(), SearchRequest.model_json_schema()
    assert get["properties"] | {"query": None, "q": None} == post["properties"] | {"query": None, "q": None}
    assert (get["required"], post["required"]) == (["q"], ["query"])


def test_every_option_of_a_search_is_a_parameter_of_the_api_and_of_the_command() -> None:
    assert set(SearchOptions.model_fields) - {"cursor", "timeout_ms"} == set(OPTIONS)
    typed = set(inspect.signature(cli.search).parameters)
    options = {name.removesuffix("s") if name.endswith(("languages", "sources")) else name for name in OPTIONS}
    # for the command a reranker is an option of its own, and what else it lacks is for programs
    assert options - typed == {"rerank", "facets", "timeline", "depth", "articles", "not_articles"}


def test_everything_asked_reaches_the_query() -> None:
    asked = {
        "limit": 3,
        "offset": 6,
        "published_from": "2025-05",
        "published_to": "2025-06",
        "order": "my-language-first",
        "group": "passage",
        "query_language": "tr",
        "min_relevance": 0.25,
        "half_life": 30.0,
        "timeline": "week",
        "depth": 400,
        "explain": True,
        "rerank": False,
    }
    lists = {
        "language": ["fr", "TR"],
        "source": ["The Gazette"],
        "not_language": ["de"],
        "not_source": ["X"],
        "article": ["a", "b"],
        "not_article": ["c"],
        "facets": ["month"],
    }
    request = SearchRequest.model_validate({"query": "x", **asked, **lists})
    query = request.to_query(" ferry ")
    understood = {"languages": ["fr", "tr"], "sources": ["the gazette"], "not_languages": ["de"], "not_sources": ["x"]}
    understood |= {"articles": ["a", "b"], "not_articles": ["c"]}
    assert query == make_query("ferry", **understood, facets=["month"], **asked)
    assert len(asked | lists) == len(set(OPTIONS) - {"since", "sort"})
    unlike = {each.name for each in fields(query) if getattr(query, each.name) != each.default}
    assert unlike == {each.name for each in fields(Query)} - {"sort"}
    newest = SearchRequest.model_validate({"query": "x", "sort": "newest", "since": "7d"}).to_query("ferry")
    assert newest.sort == "newest"
    assert newest.filters.published_from is not None
    assert all(getattr(query.filters, each.name) for each in fields(Filters))


def test_one_string_is_a_list_of_one() -> None:
    request = SearchRequest.model_validate({"query": "x", "language": "fr", "source": "The Gazette, evening"})
    assert (request.languages, request.sources) == (["fr"], ["The Gazette, evening"])


def test_a_name_that_is_no_parameter_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"langauge\n +Extra inputs are not permitted"):
        SearchRequest.model_validate({"query": "x", "langauge": "fr"})


def test_what_makes_no_sense_is_an_error_of_the_query() -> None:
    with pytest.raises(QueryError, match="limit is 0, wanted 1 to 1000"):
        SearchParameters(q="x", limit=0).to_query("x")
