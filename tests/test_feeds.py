"""Any query as a feed: read by a feed reader, one entry a story, unchanged where nothing changed."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search import opening
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

FORMS = ("atom", "rss", "json")


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> TestClient:
    return TestClient(create_app(Settings(), searcher=IndexSearcher(open_current(seed_index), embedded)))


def _stories(client: TestClient, articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first article of each family, in their order."""
    told: set[str] = set()
    kept = []
    for article in articles:
        if article["article_id"] not in told:
            family = client.get(f"/articles/{article['article_id']}").json()["family"]
            told |= {article["article_id"], *(each["article_id"] for each in family)}
            kept.append(article)
    return kept


def _entries(client: TestClient, form: str, **asked: Any) -> list[dict[str, Any]]:
    """Return id, title and link of the entries of a feed, as a feed reader reads it."""
    response = client.get(f"/feed.{form}", params=asked)
    assert response.status_code == 200, response.text
    if form == "json":
        items = response.json()["items"]
        return [{"id": each["id"], "title": each["title"], "link": each["url"]} for each in items]
    read = feedparser.parse(response.content)
    assert not read.bozo
    return [{"id": each.id, "title": each.title, "link": each.link} for each in read.entries]


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_has_the_newest_of_what_answers(seeds: TestClient, form: str) -> None:
    hits = seeds.get("/search", params={"q": "ferry", "sort": "newest", "limit": 100}).json()["hits"]
    hits = _stories(seeds, hits)
    entries = _entries(seeds, form, q="ferry")
    assert [entry["title"] for entry in entries] == [hit["title"] or hit["opening"] for hit in hits]
    assert [entry["link"] for entry in entries if entry["link"].startswith("https:")] == [
        hit["url"] for hit in hits if hit["url"]
    ]
    assert len(_entries(seeds, form, q="ferry", limit=2)) == 2
    assert _entries(seeds, form, q="ferry", language="tr") == [entry for entry in entries if "ferry-tr" in entry["id"]]


@pytest.mark.parametrize("form", FORMS)
def test_a_story_of_several_outlets_is_one_entry(seeds: TestClient, form: str) -> None:
    wire = [entry for entry in _entries(seeds, form, q="tanker collision Varn oil") if "wire-oil" in entry["id"]]
    assert len(wire) == 1


@pytest.mark.parametrize("form", FORMS)
def test_without_a_query_a_feed_has_the_newest_articles(seeds: TestClient, form: str) -> None:
    listed = seeds.get("/articles", params={"language": "fr", "limit": 50}).json()["articles"]
    listed = _stories(seeds, listed)[:5]
    entries = _entries(seeds, form, language="fr", limit=5)
    assert [entry["title"] for entry in entries] == [each["title"] or each["opening"] for each in listed]


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_that_has_it_is_sent_nothing(seeds: TestClient, form: str) -> None:
    first = seeds.get(f"/feed.{form}", params={"q": "ferry"})
    tag, date = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-Modified-Since": date}):
        again = seeds.get(f"/feed.{form}", params={"q": "ferry"}, headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for headers in (
        {"If-None-Match": '"x"', "If-Modified-Since": date},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "no date"},
    ):
        assert seeds.get(f"/feed.{form}", params={"q": "ferry"}, headers=headers).status_code == 200


@pytest.fixture
def publish(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path]) -> Callable[..., object]:
    return lambda *articles: build(write_jsonl(*articles))


@pytest.mark.parametrize("form", FORMS)
def test_ids_stay_and_only_what_changed_is_updated(
    publish: Callable[..., object], tmp_path: Path, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(opening, "open_encoder", lambda name, options: word_encoder)
    ferry = {"id": "a b/1#2", "title": "Ferry", "text": "the ferry sails", "published": "2025-05-01"}
    other = {"id": "other", "title": "Bank", "text": "the bank raised rates", "published": "2025-05"}
    publish(ferry, other)
    client = TestClient(create_app(Settings(index=tmp_path / "index")))
    asked = {"q": "ferry", "min_relevance": 0}
    first = client.get(f"/feed.{form}", params=asked)
    publish(ferry, other, {"id": "x", "text": "nothing of all this"})
    assert [entry["id"] for entry in _entries(client, form, **asked)][:2] == [
        entry["id"] for entry in _entries(client, form, **asked, not_article="x")
    ]
    same = client.get(f"/feed.{form}", params={**asked, "not_article": "x"})
    assert first.content.split(b"Ferry", 1)[1].split(b"Bank")[0] == same.content.split(b"Ferry", 1)[1].split(b"Bank")[0]
    publish({**ferry, "text": "the ferry sails on", "updated": "2025-05-03"}, other)
    changed = client.get(f"/feed.{form}", params=asked)
    before, after = (parsedate_to_datetime(each.headers["last-modified"]) for each in (first, changed))
    assert (before.day, after.day) == (1, 3)
    assert b"2025-05-03" in changed.content or b"03 May 2025" in changed.content


@pytest.mark.parametrize("form", FORMS)
def test_whatever_stands_in_an_article_a_feed_can_be_read(
    publish: Callable[..., object], tmp_path: Path, word_encoder: Encoder, form: str
) -> None:
    publish(
        {"id": "1", "title": "<script>]]>&\x00\x0b\ufffe", "text": "ferry \x1b[31m & < > \u202e", "source": "a&b"},
        {"id": "2", "title": "é" * 5000, "text": "ferry " + "e" + "\u0301" * 200, "url": "javascript:alert(1)"},
        {"id": "\u202e/%00?#", "text": "ferry", "published": "0001"},
    )
    client = TestClient(create_app(Settings(), searcher=IndexSearcher(open_current(tmp_path / "index"), word_encoder)))
    entries = _entries(client, form, q="ferry", min_relevance=0)
    assert len(entries) == 3
    assert [entry["link"] for entry in entries if not entry["link"].startswith("http://localhost/articles/")] == []
    assert len({entry["id"] for entry in entries}) == 3


def test_what_makes_no_sense_is_an_error(seeds: TestClient) -> None:
    assert seeds.get("/feed.atom", params={"q": "???"}).status_code == 422
    assert seeds.get("/feed.rss", params={"source": "nobody"}).status_code == 422
    assert seeds.get("/feed.json", params={"min_relevance": 0.5}).status_code == 422
    assert seeds.get("/feed.xml").status_code == 404
