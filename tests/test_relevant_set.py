"""Everything that is counted of a query comes from one set: total, facets, timeline, pages, export and batch agree."""

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from random_requests import FACETS, count_all, random_request, walk

from indexer.dates.parsing import parse_published
from indexer.encoders.protocol import Encoder
from indexer.errors import QueryError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.query import Filters, Query, make_query
from search_api.ranking import ranker
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings
from search_api.stages import Recorded, observing

ASKED = 16
"""Random queries with random filters; ``benchmarks/agreement.py`` asks a thousand."""


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> IndexSearcher:
    return IndexSearcher(open_current(seed_index), embedded)


@pytest.fixture(scope="module")
def client(seeds: IndexSearcher) -> TestClient:
    return TestClient(create_app(Settings(), searcher=seeds))


def _get(client: TestClient, path: str, **parameters: Any) -> dict[str, Any]:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("number", range(ASKED))
def test_all_counts_of_a_query_agree(client: TestClient, seeds: IndexSearcher, number: int) -> None:
    chance = random.Random(number)
    counted = count_all(client, random_request(chance, seeds), chance)
    assert counted.agree, counted


@pytest.mark.parametrize("facet", ["language", "source"])
def test_a_facet_says_how_many_articles_each_value_would_give(client: TestClient, facet: str) -> None:
    chosen = {"language": "fr", "source": "The Harbour Gazette"}[facet]
    answer = _get(client, "/search", q="ferry aground off the coast", facets=facet, **{facet: chosen})
    values = answer["facets"][facet]["values"]
    assert len(values) > 2
    for value in values:
        if value["value"]:
            narrowed = _get(client, "/search", q="ferry aground off the coast", **{facet: value["value"]})
            assert narrowed["articles_total"] == value["articles"]


@pytest.mark.parametrize("text", ["ferry", "Will the ferry sail again this week?", "flood", "Korvas", "élections"])
def test_a_filter_takes_out_of_the_set_and_adds_nothing(seeds: IndexSearcher, text: str) -> None:
    everything = {hit.article_id: hit for hit in seeds.hits(make_query(text))}
    for language in ("en", "fr", "uk", "ja"):
        narrowed = [hit.article_id for hit in seeds.hits(make_query(text, languages=[language]))]
        language_of = {name: seeds.article(name).language for name in everything}
        assert sorted(narrowed) == sorted(name for name, of in language_of.items() if of == language)


def test_the_articles_that_alone_pass_and_those_left_out_are_in_what_was_applied(client: TestClient) -> None:
    first, second = (hit["article_id"] for hit in _get(client, "/search", q="ferry")["hits"][:2])
    answer = _get(client, "/search", q="ferry", article=[second, first], not_article=first)
    assert [hit["article_id"] for hit in answer["hits"]] == [second]
    assert answer["applied"]["articles"] == sorted([first, second])
    assert answer["applied"]["not_articles"] == [first]


def test_pages_are_slices_of_one_list_whatever_their_length(client: TestClient) -> None:
    whole = walk(client, {"q": "ferry"}, 1000)
    assert len(whole) > 10
    for limit in (1, 2, 7):
        assert walk(client, {"q": "ferry"}, limit) == whole
    assert [hit["passage_id"] for hit in _get(client, "/search", q="ferry", offset=4, limit=3)["hits"]] == whole[4:7]
    assert _get(client, "/search", q="ferry", offset=1000)["hits"] == []


def test_lanes_are_paged_each_by_itself(client: TestClient) -> None:
    asked = {"q": "ferry", "order": "one-lane-per-language"}
    whole = _get(client, "/search", **asked, limit=1000)
    walked = walk(client, asked, 1)
    assert sorted(walked) == sorted(hit["passage_id"] for hit in whole["hits"])
    assert len(walked) == whole["total"]


def test_newest_and_oldest_are_the_same_set_by_date(client: TestClient) -> None:
    best, newest, oldest = (
        _get(client, "/search", q="ferry", sort=sort, limit=100)["hits"] for sort in ("relevance", "newest", "oldest")
    )
    assert {hit["passage_id"] for hit in best} == {hit["passage_id"] for hit in newest}
    moments = [[parse_published(hit["published"]) for hit in hits] for hits in (newest, oldest)]
    assert [each.latest for each in moments[0]] == sorted((each.latest for each in moments[0]), reverse=True)
    assert [each.earliest for each in moments[1]] == sorted(each.earliest for each in moments[1])


@pytest.fixture
def many(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    """An index of 2,100 articles that hold one word, more than a ranking looks at first."""
    build(write_jsonl(*({"id": f"a{n}", "text": f"ferry number{n} of{n} day{n}"} for n in range(2100))))
    return tmp_path / "index"


def test_where_more_answer_than_the_ranking_looks_at_every_count_says_so(many: Path, word_encoder: Encoder) -> None:
    searcher = IndexSearcher(open_current(many), word_encoder, depth=400)
    client = TestClient(create_app(Settings(), searcher=searcher))
    answer = _get(client, "/search", q="ferry", min_relevance=0, facets="language", timeline="year")
    assert answer["total_is"] == "at_least"
    assert 400 <= answer["total"] < 2100
    assert answer["facets"]["language"]["total_is"] == answer["timeline"]["total_is"] == "at_least"
    assert client.get("/export", params={"q": "ferry", "min_relevance": 0}).headers["x-total-is"] == "at_least"
    deeper = _get(client, "/search", q="ferry", min_relevance=0, depth=3000)
    assert (deeper["total"], deeper["total_is"]) == (2100, "exact")


def test_a_ranking_looks_deeper_only_where_its_last_candidates_answer(
    many: Path, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = IndexSearcher(open_current(many), word_encoder)
    asked: list[int] = []
    rank = searcher._sets._ranker.rank
    monkeypatch.setattr(
        searcher._sets._ranker,
        "rank",
        lambda query, request, *masks: asked.append(request.reach) or rank(query, request, *masks),  # type: ignore[func-returns-value]
    )
    searcher.search(make_query("ferry number7", min_relevance=0.9))
    assert asked == [1]
    searcher.search(make_query("ferry", min_relevance=0))
    assert asked[1:] == [1, 5, 10]


def test_a_set_is_found_once_for_all_its_pages(seeds: IndexSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = IndexSearcher(seeds.generation, seeds.encoder)
    asked: list[Query] = []
    request = searcher._sets._ranker.request
    monkeypatch.setattr(
        searcher._sets._ranker,
        "request",
        lambda query: asked.append(query) or request(query),  # type: ignore[func-returns-value]
    )
    for offset in (0, 3, 6):
        searcher.search(make_query("ferry aground", offset=offset, limit=3, facets=["month"], explain=True))
    assert len(asked) == 1
    searcher.search(make_query("ferry aground", languages=["fr"]))
    assert [query.filters == Filters() for query in asked].count(False) == 1


def test_the_words_of_a_query_are_looked_up_once_however_it_is_filtered_and_counted(
    seed_index: Path, embedded: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal: list[str] = []
    find_literal = ranker.find_literal
    monkeypatch.setattr(
        ranker, "find_literal", lambda query, *of: literal.append(query.text) or find_literal(query, *of)
    )  # type: ignore[func-returns-value]
    searcher = IndexSearcher(open_current(seed_index), embedded)
    answer = searcher.search(make_query("ferry", languages=["fr"], facets=["language", "source"]))
    assert answer.counts.facets
    assert literal == ["ferry"]
    recorded = Recorded()
    with observing(recorded):
        searcher.search(make_query("flood", languages=["fr"], facets=["language", "source"]))
    assert [stage.name for stage in recorded.stages].count("encode") == 1


def test_an_export_as_csv_opens_in_a_spreadsheet(client: TestClient) -> None:
    response = client.get("/export", params={"q": "ferry", "format": "csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == int(response.headers["x-total-count"]) == _get(client, "/search", q="ferry")["total"]
    assert rows[0]["best_sentence"] in rows[0]["text"]


def test_an_export_that_broke_off_goes_on(client: TestClient) -> None:
    whole = client.get("/export", params={"q": "ferry"})
    lines = whole.text.splitlines()
    generation = whole.headers["x-generation"]
    for form in ("ndjson", "csv"):
        first = client.get("/export", params={"q": "ferry", "format": form}).content.decode("utf-8-sig").splitlines()
        rest = client.get("/export", params={"q": "ferry", "format": form, "offset": 5, "generation": generation})
        done = 5 if form == "ndjson" else 6  # the header
        assert rest.text.splitlines() == first[done:]
    assert json.loads(lines[-1]) == {"complete": True, "rows": len(lines) - 1}
    gone = client.get("/export", params={"q": "ferry", "generation": "20200101T000000000000Z-0000"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "gone")


@pytest.mark.parametrize("asked", [{"min_relevance": 2}, {"explain": True}, {"order": "best-anywhere"}, {"limit": 5}])
def test_an_export_ignores_nothing_that_is_asked(client: TestClient, asked: dict[str, Any]) -> None:
    assert client.get("/export", params=asked).status_code == 422


def test_without_a_query_articles_are_listed_by_date(client: TestClient, seeds: IndexSearcher) -> None:
    first = _get(client, "/articles", limit=3, facets=FACETS, timeline="month")
    assert first["total"] == seeds.stats().articles == first["articles_total"]
    assert first["articles"][0]["published"] == seeds.stats().newest
    for counts in first["facets"].values():
        assert sum(each["count"] for each in counts["values"]) == first["total"]
    assert sum(span["count"] for span in first["timeline"]["spans"]) == first["total"]
    found, cursor = [], ""
    while cursor is not None:
        page = _get(client, "/articles", language="fr", limit=4, **({"cursor": cursor} if cursor else {}))
        found += [article["article_id"] for article in page["articles"]]
        cursor = page["cursor"]
    assert len(set(found)) == len(found) == seeds.stats().languages["fr"]
    exported = [json.loads(line) for line in client.get("/export", params={"language": "fr"}).text.splitlines()]
    assert [row["article_id"] for row in exported[:-1]] == found
    oldest = _get(client, "/articles", language="fr", sort="oldest", limit=1)["articles"][0]
    assert oldest["article_id"] in found[-3:]
    refused = client.get("/articles", params={"sort": "relevance"})
    assert (refused.status_code, refused.json()["error"]["hint"]) == (
        422,
        "add q, or give sort=newest or sort=oldest",
    )


def test_cells_that_a_spreadsheet_would_compute_are_text(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> None:
    titles = ["=1+1", "+49 30", "-5 degrees", "@all", "\tindented", 'a "quoted", title']
    build(write_jsonl(*({"id": f"={n}", "title": title, "text": f"ferry {n}"} for n, title in enumerate(titles))))
    client = TestClient(create_app(Settings(), searcher=IndexSearcher(open_current(tmp_path / "index"), word_encoder)))
    for parameters in ({"q": "ferry", "min_relevance": 0, "format": "csv"}, {"format": "csv"}):
        rows = csv.DictReader(io.StringIO(client.get("/export", params=parameters).content.decode("utf-8-sig")))
        shown = {row["article_id"]: row["title"] for row in rows}
        assert sorted(shown) == [f"'={n}" for n in range(len(titles))]
        assert [shown[f"'={n}"][:1] for n in range(len(titles))] == ["'", "'", "'", "'", "i", "a"]


def test_what_is_wrong_with_a_query_is_said_before_its_first_hit(seeds: IndexSearcher) -> None:
    with pytest.raises(QueryError, match="the index has no source 'nobody'"):
        seeds.hits(make_query("ferry", sources=["nobody"]))
