"""The service over HTTP: answers, filters, articles, and what it says of itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

Build = Callable[..., BuildReport]
Write = Callable[..., Path]

F35 = "000_bfaee044f52e0d90"
QUESTIONS = [
    "Will Turkey be allowed back into the F-35 programme?",
    "Türkiye F-35 programına geri dönecek mi?",
    "هل ستعود تركيا إلى برنامج إف-35؟",
    "土耳其会重返F-35项目吗？",
    "Вернут ли Турцию в программу F-35?",
]
FERRY = "The ferry ran aground 🚢 at dawn."
ARTICLES = [
    {
        "id": "wire/2025#1",
        "text": f"\n {FERRY}\n",
        "published": "2025-05-27T18:20:00+02:00",
        "updated": "2025-05-28",
        "language": "en",
        "source": "The Gazette",
        "url": "https://gazette.example/ferry",
    },
    {
        "id": "month",
        "title": "Le bac",
        "text": "le bac",
        "published": "2025-05",
        "language": "fr",
        "source": "Courrier",
    },
    {"id": "year", "text": "a balsa", "published": "2024", "language": "pt", "source": "Diário"},
    {"id": "undated", "text": "1234 5678"},
]


@pytest.fixture
def searcher(build: Build, write_jsonl: Write, tmp_path: Path, word_encoder: Encoder) -> IndexSearcher:
    build(write_jsonl(*ARTICLES))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.fixture
def client(searcher: IndexSearcher) -> TestClient:
    """A service over four small articles."""
    return TestClient(create_app(Settings(), searcher=searcher))


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> TestClient:
    """A service over seeds/."""
    return TestClient(create_app(Settings(), searcher=IndexSearcher(open_current(seed_index), embedded)))


def _get(client: TestClient, path: str, **parameters: Any) -> Any:
    response = client.get(path, params=parameters)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    return response.json()


def _post(client: TestClient, **body: Any) -> Any:
    response = client.post("/search", json=body)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    return response.json()


def _ids(answer: dict[str, Any]) -> list[str]:
    return sorted(hit["article_id"] for hit in answer["hits"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_in_any_language_finds_the_french_article(seeds: TestClient, question: str) -> None:
    answer = _get(seeds, "/search", q=question)
    assert (answer["query"], answer["answerable"]) == (question, True)
    assert answer["hits"][0]["article_id"] == F35
    assert len(answer["hits"]) < 10
    everything = _get(seeds, "/search", q=question, min_relevance=0)["hits"]
    assert (len(everything), everything[0]["article_id"]) == (10, F35)
    assert len({hit["article_id"] for hit in everything}) == 10


def test_a_hit_says_everything_about_its_passage(client: TestClient, searcher: IndexSearcher) -> None:
    answer = _get(client, "/search", q=FERRY, limit=1)
    took = answer.pop("took_ms")
    assert 0 < took < 60_000
    assert answer == {
        "total": 1,
        "total_is": "exact",
        "articles_total": 1,
        "facets": {},
        "timeline": None,
        "applied": {
            "languages": [],
            "sources": [],
            "not_languages": [],
            "not_sources": [],
            "articles": [],
            "not_articles": [],
            "published_from": None,
            "published_to": None,
        },
        "cursor": None,
        "built_at": answer["built_at"],
        "newest": "2025-05",
        "query": FERRY,
        "hits": [
            {
                "passage_id": "wire/2025#1#0",
                "text": FERRY,
                "score": pytest.approx(1, abs=1e-6),
                "relevance": pytest.approx(0.95, abs=0.05),
                "start": 2,
                "end": 34,
                "heading_end": 0,
                "sentences": [{"start": 0, "end": 32}],
                "language": "en",
                "best_sentence": {"start": 0, "end": 32},
                "article_id": "wire/2025#1",
                "title": "",
                "opening": FERRY,
                "source": "The Gazette",
                "url": "https://gazette.example/ferry",
                "published": "2025-05-27T18:20:00+02:00",
                "updated": "2025-05-28",
                "others": [],
                "copies": 0,
                "family": None,
                "explanation": None,
                "why": [{"kind": "words", "query": word, "found": word} for word in re.findall(r"\w+", FERRY)],
            }
        ],
        "near": [],
        "also_searched": [],
        "did_you_mean": "",
        "answerable": True,
        "cut_short": False,
        "query_language": "en",
        "searched": 4,
        "generation": searcher.generation.manifest.generation,
        "reranker": "",
    }


def test_what_a_hit_does_not_know_is_empty(client: TestClient) -> None:
    (hit,) = _get(client, "/search", q="1234 5678", limit=1)["hits"]
    known = {name: hit[name] for name in ("title", "language", "source", "url", "published")}
    assert known == {"title": "", "language": "und", "source": "", "url": "", "published": None}


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"language": "fr"}, ["month"]),
    ({"language": ["fr", "pt-BR"]}, ["month", "year"]),
    ({"language": "fr,en"}, ["month", "wire/2025#1"]),
    ({"language": "und"}, ["undated"]),
    ({"source": "THE GAZETTE"}, ["wire/2025#1"]),
    ({"source": ["courrier", "diário"]}, ["month", "year"]),
    ({"published_from": "2025-05-31"}, ["month"]),
    ({"published_to": "2025-05-01"}, ["month", "year"]),
    ({"published_from": "2025-05-27", "published_to": "2025-05-27"}, ["month", "wire/2025#1"]),
    ({"published_from": "2025-05-27T16:20:01Z", "published_to": "2025-05-31"}, ["month"]),
    ({"published_from": "1900", "published_to": "2100"}, ["month", "wire/2025#1", "year"]),
    ({"published_from": "2025", "language": "en", "source": "the gazette"}, ["wire/2025#1"]),
    ({"limit": 4}, ["month", "undated", "wire/2025#1", "year"]),
]


@pytest.mark.parametrize(("filters", "found"), FILTERS)
def test_filters_by_get(client: TestClient, filters: dict[str, Any], found: list[str]) -> None:
    answer = _get(client, "/search", q="ferry", min_relevance=0, **filters)
    assert (_ids(answer), answer["searched"]) == (found, len(found))


@pytest.mark.parametrize(("filters", "found"), FILTERS)
def test_filters_by_post(client: TestClient, filters: dict[str, Any], found: list[str]) -> None:
    answer = _post(client, query="ferry", min_relevance=0, **filters)
    assert (_ids(answer), answer["searched"]) == (found, len(found))


def test_get_and_post_agree_on_everything_but_the_time(seeds: TestClient) -> None:
    filters = {"language": ["fr", "tr"], "published_from": "2024", "limit": 5, "min_relevance": 0, "explain": True}
    by_get = _get(seeds, "/search", q=QUESTIONS[0], **filters)
    by_post = _post(seeds, query=QUESTIONS[0], **filters)
    assert len(by_get["hits"]) == 5
    assert by_get | {"took_ms": 0} == by_post | {"took_ms": 0}


def test_offsets_point_into_the_article(seeds: TestClient) -> None:
    hits = _get(seeds, "/search", q="Fährunglück am Riff 渡轮", limit=50, min_relevance=0)["hits"]
    assert len({hit["language"] for hit in hits}) > 5
    for hit in hits:
        body = _get(seeds, f"/articles/{quote(hit['article_id'], safe='')}")["body"]
        assert body[hit["start"] : hit["end"]] == hit["text"]


def test_an_article_with_a_slash_and_a_hash_in_its_id(client: TestClient, tmp_path: Path) -> None:
    for address in ("/articles/wire/2025%231", "/articles/wire%2F2025%231"):
        assert _get(client, address) == {
            "id": "wire/2025#1",
            "title": "",
            "opening": FERRY,
            "body": f"\n {FERRY}\n",
            "language": "en",
            "source": "The Gazette",
            "url": "https://gazette.example/ferry",
            "published": "2025-05-27T18:20:00+02:00",
            "published_precision": "time",
            "updated": "2025-05-28",
            "origin": f"{tmp_path / 'news.jsonl'}:1",
            "asides": [],
            "passages": [
                {
                    "passage_id": "wire/2025#1#0",
                    "text": FERRY,
                    "start": 2,
                    "end": 34,
                    "heading_end": 0,
                    "sentences": [{"start": 0, "end": 32}],
                    "language": "en",
                }
            ],
            "versions": [],
            "family": [],
        }


def test_the_seed_article_keeps_its_month_and_tells_the_other_story_apart(seeds: TestClient) -> None:
    article = _get(seeds, f"/articles/{F35}")
    assert (article["published"], article["published_precision"], article["language"]) == ("2025-05", "month", "fr")
    (aside,) = (article["body"][aside["start"] : aside["end"]] for aside in article["asides"])
    assert aside.startswith("TRT Global - Fidan et Rubio soulignent")
    assert [aside in passage["text"] for passage in article["passages"]] == [False] * len(article["passages"])


def test_making_an_application_opens_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    create_app(Settings(index=tmp_path))
    assert caplog.records == []


def test_settings_come_from_the_environment_and_the_index_is_opened_with_its_encoder(
    seed_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_INDEX", str(seed_index))
    monkeypatch.setenv("DATELINE_DEVICE", "cpu")
    with TestClient(create_app()) as client:
        assert _get(client, "/search", q=QUESTIONS[4], limit=1)["hits"][0]["article_id"] == F35


def test_docs_load_only_what_this_service_serves(client: TestClient) -> None:
    response = client.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    loaded = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", response.text)
    assert sorted(loaded) == [
        "openapi.json", "web-docs/swagger-ui-bundle.js", "web-docs/swagger-ui.css", "web/icon.svg",
    ]  # fmt: skip
    assert [client.get(f"/{address}").status_code for address in loaded] == [200] * 4
    assert "://" not in response.text


def test_the_schema_describes_one_shape_of_error(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    schemas = schema["components"]["schemas"]
    assert schemas["ErrorOut"]["properties"] == {"error": {"$ref": "#/components/schemas/ErrorDetail"}}
    assert sorted(schemas["ErrorDetail"]["properties"]) == ["code", "hint", "message", "request_id"]
    responses = [responses for path in schema["paths"].values() for responses in path.values()]
    described = {
        content["schema"]["$ref"]
        for operation in responses
        for status, response in operation["responses"].items()
        for content in response.get("content", {}).values()
        if status != "200"
    }
    assert described == {"#/components/schemas/ErrorOut"}
    paths = (
        "/articles /articles/{article_id} /articles/{article_id}/similar /export /feed.atom /feed.json /feed.rss"
        " /healthz /metrics /passages/{passage_id} /readyz /search /search/batch /stats /verify"
    )
    assert sorted(schema["paths"]) == paths.split()
