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
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "require-trusted-types-for 'script'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
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


def test_the_page_loads_its_own_files_and_no_others(client: TestClient, tags: list[tuple[str, dict[str, str]]]) -> None:
    loaded = [attributes["href"] for tag, attributes in tags if tag == "link"]
    loaded += [attributes["src"] for _, attributes in tags if "src" in attributes]
    assert set(loaded) <= {f"web/{path.name}" for path in WEB.iterdir()}
    imported = re.findall(r'from "(.*)"', "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js")))
    assert {f"./{path.name}" for path in WEB.glob("*.js")} - {"./page.js"} == set(imported)
    assert {client.get(address).status_code for address in loaded} == {200}


def test_the_page_weighs_at_most_100_kilobytes() -> None:
    assert sum(path.stat().st_size for path in WEB.iterdir()) <= 100_000


@pytest.mark.parametrize("name", sorted(path.name for path in WEB.iterdir() if path.suffix != ".svg"))
def test_no_file_of_the_page_names_another_host(name: str) -> None:
    text = (WEB / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?:/|[\"'(]//|@import|url\(", text) == []


@pytest.mark.parametrize("name", sorted(path.name for path in WEB.glob("*.js")))
def test_no_script_of_the_page_reads_a_text_as_html_or_as_code(name: str) -> None:
    text = (WEB / name).read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|setHTML|srcdoc"
    assert re.findall(forbidden, text) == []


def test_nothing_in_the_page_is_inline_as_the_policy_wants_it(tags: list[tuple[str, dict[str, str]]]) -> None:
    assert [tag for tag, attributes in tags if tag == "style" or (tag == "script" and "src" not in attributes)] == []
    assert [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"] == []


def _labels(language: str) -> dict[str, str]:
    text = (WEB / "labels.js").read_text(encoding="utf-8")
    block = text.split(f"const {language} = {{")[1].split("\n};")[0]
    return dict(re.findall(r"^  (\w+): (.*)$", block, re.MULTILINE))


def test_every_label_of_the_page_is_used_and_said_in_both_languages() -> None:
    english, french = _labels("en"), _labels("fr")
    used = "".join(path.read_text(encoding="utf-8") for path in WEB.iterdir() if path.name != "labels.js")
    assert [name for name in english if not re.search(rf"\b{name}\b", used)] == []
    alike = {"bibtex", "ris"}
    """Names of formats, which are the same in every language."""
    assert set(english) - set(french) == alike
    assert set(french) <= set(english)
    filled = re.compile(r"\{\w+\}")
    assert [name for name in french if set(filled.findall(french[name])) != set(filled.findall(english[name]))] == []


def test_the_address_of_a_search_leads_on_without_javascript(client: TestClient) -> None:
    html = client.get("/", params={"q": '"><script>', "source": ["A & B", "C"], "article": "x"}).text
    onwards = "plain?q=%22%3E%3Cscript%3E&amp;source=A+%26+B&amp;source=C"
    assert f'<noscript><meta http-equiv="refresh" content="0; url={onwards}"></noscript></head>' in html


def test_the_plain_page_says_what_is_wrong(client: TestClient, tmp_path: Path) -> None:
    response = client.get("/plain", params={"q": "<b>ferry"})
    assert response.status_code == 503
    assert f"there is no index in {tmp_path}" in response.text
    assert 'value="&lt;b&gt;ferry"' in response.text
    assert client.get("/plain", params={"q": "ferry", "sort": "best"}).status_code == 422
    assert "Type a question" in client.get("/plain").text
