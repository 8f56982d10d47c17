"""The search page as it is served: right types, a strict policy, and nothing from another host."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.service.routes.page import WEB
from search_api.service.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A service without an index: the page needs none."""
    return TestClient(create_app(Settings(index=tmp_path)))


class _Tags(HTMLParser):
    """The start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def tags(client: TestClient) -> list[tuple[str, dict[str, str | None]]]:
    return _Tags(client.get("/").text).found


def test_the_page_is_html_under_a_strict_policy(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content == (WEB / "index.html").read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_what_the_page_loads_is_served_as_what_it_is(client: TestClient, name: str, kind: str) -> None:
    response = client.get(f"/web/{name}")
    assert (response.status_code, response.headers["content-type"]) == (200, kind)
    assert response.content == (WEB / name).read_bytes()


def test_the_page_loads_three_files_all_from_here(client: TestClient, tags: list[tuple[str, dict[str, str]]]) -> None:
    loaded = [attributes[name] for _, attributes in tags for name in ("src", "href") if name in attributes]
    assert loaded == ["web/icon.svg", "web/page.css", "web/page.js"]
    assert [client.get(address).status_code for address in loaded] == [200, 200, 200]


@pytest.mark.parametrize("name", ["index.html", "page.js", "page.css"])
def test_no_file_of_the_page_names_another_host(name: str) -> None:
    text = (WEB / name).read_text(encoding="utf-8")
    assert re.findall(r"https?:/|[\"'(]//|@import|url\(", text) == []


def test_nothing_in_the_page_is_inline_as_the_policy_wants_it(tags: list[tuple[str, dict[str, str]]]) -> None:
    assert [tag for tag, attributes in tags if tag == "style" or (tag == "script" and "src" not in attributes)] == []
    assert [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"] == []


def test_every_field_is_a_parameter_of_the_search(tags: list[tuple[str, dict[str, str]]]) -> None:
    fields = [attributes["name"] for tag, attributes in tags if tag in {"input", "select"}]
    assert fields == ["q", "language", "source", "order", "min_relevance", "published_from", "published_to"]
