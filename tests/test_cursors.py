"""Cursors: stable over a rebuild, gone after two, and errors where they are forged or of another query."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from search_api.app import create_app
from search_api.checks import MAX_OFFSET
from search_api.search import opening
from search_api.service.settings import Settings

Publish = Callable[[int], None]


@pytest.fixture
def publish(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path]) -> Publish:
    """Return a function that builds the index over so many articles of one word."""

    def publish(count: int) -> None:
        days = {f"a{n}": f"2025-05-{n + 1:02}" for n in range(count)}
        build(write_jsonl(*({"id": name, "text": f"ferry {name}", "published": day} for name, day in days.items())))

    return publish


@pytest.fixture
def client(publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder) -> TestClient:
    publish(9)
    monkeypatch.setattr(opening, "open_encoder", lambda name, options: word_encoder)
    return TestClient(create_app(Settings(index=tmp_path / "index")))


ASKED: dict[str, Any] = {"q": "ferry", "min_relevance": 0, "limit": 4}


def _ids(page: dict[str, Any]) -> list[str]:
    return [each["article_id"] for each in page.get("hits", page.get("articles", []))]


@pytest.mark.parametrize("path", ["/search", "/articles"])
def test_a_cursor_outlives_one_rebuild_and_no_second(client: TestClient, publish: Publish, path: str) -> None:
    asked = ASKED if path == "/search" else {"limit": 4}
    first = client.get(path, params=asked).json()
    publish(20)
    assert client.get(path, params=asked).json()["total"] == 20
    second = client.get(path, params=asked | {"cursor": first["cursor"]}).json()
    assert (second["total"], second["generation"]) == (9, first["generation"])
    assert not set(_ids(second)) & set(_ids(first))
    publish(21)
    assert client.get(path, params=asked).json()["total"] == 21
    gone = client.get(path, params=asked | {"cursor": first["cursor"]})
    assert gone.status_code == 410
    assert gone.json()["error"]["code"] == "gone"
    assert "leave out cursor" in gone.json()["error"]["hint"]


def _forged(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "....", "é", "W10", "e30", _forged("g", "q", -1, ""), _forged("g", "q", True, ""), "W" * 499,
     _forged("g", "q", 1.5, ""), _forged("g", "q", 1), _forged(None, "q", 1, ""), _forged({}, [], 1, "")],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(client: TestClient, cursor: str) -> None:
    refused = client.get("/search", params=ASKED | {"cursor": cursor})
    assert refused.status_code == 422
    assert refused.json()["error"]["message"].endswith("is no cursor")


def test_a_cursor_of_another_query_is_refused(client: TestClient) -> None:
    cursor = client.get("/search", params=ASKED).json()["cursor"]
    for other in ({"q": "ferry 1"}, {"published_from": "2025"}, {"sort": "newest"}, {"min_relevance": 0.01}):
        refused = client.get("/search", params={**ASKED, **other, "cursor": cursor})
        assert refused.status_code == 422
        assert refused.json()["error"]["message"] == "the cursor belongs to another query or other filters"
    assert client.get("/articles", params={"cursor": cursor}).status_code == 422
    both = client.get("/search", params={**ASKED, "offset": 3, "cursor": cursor})
    assert both.json()["error"]["message"] == "both cursor and offset are given"


def test_a_cursor_may_change_the_length_of_a_page_and_what_is_counted(client: TestClient) -> None:
    cursor = client.get("/search", params=ASKED).json()["cursor"]
    page = client.get("/search", params={**ASKED, "limit": 2, "facets": "month", "cursor": cursor}).json()
    assert len(page["hits"]) == 2
    assert [each["count"] for each in page["facets"]["month"]["values"]] == [9]


def test_a_cursor_far_behind_the_end_is_an_empty_page(client: TestClient) -> None:
    generation, digest, _, since = json.loads(
        base64.urlsafe_b64decode(client.get("/search", params=ASKED).json()["cursor"] + "==")
    )
    page = client.get("/search", params=ASKED | {"cursor": _forged(generation, digest, 10**30, since)}).json()
    assert (page["hits"], page["cursor"], page["total"]) == ([], None, 9)
    assert client.get("/search", params=ASKED | {"offset": MAX_OFFSET + 1}).status_code == 422


def test_a_span_until_now_begins_where_it_began_on_the_first_page(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from search_api import checks

    class Clock(datetime):
        today = datetime(2025, 5, 10, 12, tzinfo=UTC)

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return cls.today

    monkeypatch.setattr(checks, "datetime", Clock)
    asked = {**ASKED, "since": "7d"}
    first = client.get("/search", params=asked).json()
    assert (first["total"], first["applied"]["published_from"]) == (7, "2025-05-03")
    Clock.today = datetime(2025, 5, 12, 12, tzinfo=UTC)
    second = client.get("/search", params=asked | {"cursor": first["cursor"]}).json()
    assert (second["total"], second["applied"]["published_from"]) == (7, "2025-05-03")
    assert client.get("/search", params=asked).json()["total"] == 5
