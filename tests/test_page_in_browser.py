"""The search page in a real browser: what it shows, what it never does, and that it asks no other host.

It needs the package playwright and an installed Chromium. Without them it is skipped, but in CI it fails.
"""

import importlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from fastapi import FastAPI

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

MUST_RUN = os.environ.get("CI") == "true"
PLAYWRIGHT = "playwright.sync_api"
playwright: Any = (
    importlib.import_module(PLAYWRIGHT)
    if MUST_RUN
    else pytest.importorskip(PLAYWRIGHT, reason="needs a browser: pip install playwright")
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
INSTALL = "install Chromium, such as apt install chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not MUST_RUN, reason=f"needs a browser: {INSTALL}"),
]

expect = playwright.expect
QUESTION = "Will Turkey be allowed back into the F-35 programme?"
PASSAGE = "Il devait plaider en faveur de la levée des sanctions contre la Turquie"
DEADLINE = 300
"""Seconds that nothing takes, however busy the machine is."""
expect.set_options(timeout=DEADLINE * 1000)
HOSTILE = '<img src="http://evil.example/x.png" onerror="window.owned = true">'
ARTICLES = [
    {
        "id": "hostile",
        "title": HOSTILE,
        "text": f"{HOSTILE} <script>window.owned = true</script> ferry",
        "source": HOSTILE,
        "url": "javascript:window.owned = true",
    },
    {
        "id": "emoji",
        "text": "🚢🚢 Rescue at dawn 👩‍🚒\n\n" + "Everybody on the ferry was saved. " * 10,
        "url": "https://gazette.example/ferry?a=1&b=2",
        "published": "2025-05-27T18:20:00+02:00",
        "updated": "2025-05-28T07:00:00+02:00",
    },
]


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + DEADLINE
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(DEADLINE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM, INSTALL
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments, timeout=DEADLINE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page that notes what it asks for; no script of it may fail."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(DEADLINE * 1000)
    page.asked, failed = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    context.close()
    assert failed == []


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> Iterator[str]:
    with _serving(create_app(Settings(), searcher=IndexSearcher(open_current(seed_index), embedded))) as address:
        yield address


@pytest.fixture
def small(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> Iterator[str]:
    build(write_jsonl(*ARTICLES))
    with _serving(
        create_app(Settings(), searcher=IndexSearcher(open_current(tmp_path / "index"), word_encoder))
    ) as address:
        yield address


def _ask(page: Any, question: str) -> None:
    page.fill("#q", question)
    page.press("#q", "Enter")


def test_a_question_shows_the_right_article_first(page: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#stats")).to_have_text("101 articles in 19 languages, newest 2026-03-13")
    _ask(page, QUESTION)
    expect(page.locator("#hits li")).to_have_count(1)
    first = page.locator("#hits li").first
    expect(first.locator("h2")).to_have_text(re.compile("^Une source du ministère turc des Affaires étrangères"))
    expect(first.locator(".passage")).to_contain_text(PASSAGE)
    expect(first.locator(".about")).to_have_text(re.compile(r"^2025-05 · fr · relevance 0\.\d{2}$"))
    expect(page.locator("#message")).to_have_text(re.compile(r"^1 hit in 518 passages, \d+ ms$"))


def test_what_is_unlikely_to_answer_is_shown_when_asked_for(page: Any, seeds: str) -> None:
    page.goto(seeds)
    _ask(page, "proof of the Riemann hypothesis")
    message = page.locator("#message")
    expect(message).to_have_text("Nothing in 518 passages is likely to answer. Only near it:")
    expect(page.locator("#hits.near li")).to_have_count(3)
    page.get_by_label("Show").select_option("the nearest")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#hits:not(.near) li")).to_have_count(10)
    nearest = r"^Nothing in 518 passages is likely to answer; the nearest 10 hits in 518 passages, \d+ ms$"
    expect(message).to_have_text(re.compile(nearest))
    _ask(page, QUESTION)
    expect(message).to_have_text(re.compile(r"^10 hits in 518 passages, \d+ ms$"))
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)


def test_the_button_searches_too(page: Any, seeds: str) -> None:
    page.goto(seeds)
    page.fill("#q", QUESTION)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)


def test_filters_narrow_down(page: Any, seeds: str) -> None:
    page.goto(seeds)
    page.locator("#language").select_option("tr")
    page.get_by_label("Show").select_option("0")
    page.get_by_label("From").fill("2024-05")
    _ask(page, QUESTION)
    hits = page.locator("#hits li .about")
    expect(hits).to_have_count(5)
    about = [text.split(" · ") for text in hits.all_text_contents()]
    assert {parts[-2] for parts in about} == {"tr"}
    assert min(parts[-3] for parts in about) >= "2024-05"
    page.get_by_label("Source").select_option("The Harbour Gazette")
    _ask(page, QUESTION)
    expect(page.locator("#message")).to_have_text("No passage passes the filters and has the required words.")
    expect(hits).to_have_count(0)


def test_a_correction_is_offered_and_keeps_the_filters(page: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'Skerin', 'language': 'en'})}")
    expect(page.locator("#message")).to_contain_text("Did you mean Skerrin?")
    page.click("#message a")
    expect(page.locator("#hits li").first).to_contain_text("Skerrin reef")
    assert page.url.endswith("/?q=Skerrin&language=en")
    expect(page.locator("#message a")).to_have_count(0)


def test_the_filters_offer_what_the_index_holds(page: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#language option")).to_have_count(20)
    languages = page.locator("#language option").all_text_contents()
    sources = page.locator("#source option").all_text_contents()
    assert languages[:4] == ["any", "ar", "de", "el"]
    assert sources[0] == "any"
    assert {"The Harbour Gazette", "東湾タイムス"} < set(sources)
    assert "" not in sources


def test_a_query_without_words_is_told_what_to_do(page: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION})}")
    expect(page.locator("#hits li")).to_have_count(1)
    _ask(page, "???")
    message = page.locator("#message")
    expect(message).to_have_text("the query '???' has no words – ask a question or give some words, in any language")
    expect(message).to_have_class("error")
    expect(page.locator("#hits li")).to_have_count(0)


def test_an_address_restores_its_search(page: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION, 'language': 'fr', 'published_to': '2025'})}")
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)
    expect(page.locator("#q")).to_have_value(QUESTION)
    expect(page.locator("#language")).to_have_value("fr")
    expect(page.locator("#published_to")).to_have_value("2025")
    assert {text.split(" · ")[-2] for text in page.locator("#hits .about").all_text_contents()} == {"fr"}


def test_back_returns_to_the_search_before(page: Any, seeds: str) -> None:
    page.goto(seeds)
    _ask(page, QUESTION)
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)
    _ask(page, "ferry runs aground on a reef")
    expect(page.locator("#hits li").first).not_to_contain_text(PASSAGE)
    assert page.url == f"{seeds}/?{urlencode({'q': 'ferry runs aground on a reef'})}"
    page.go_back()
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)
    expect(page.locator("#q")).to_have_value(QUESTION)


def test_text_runs_in_the_direction_of_its_script(page: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'هل ستعود تركيا إلى برنامج إف-35؟', 'language': 'ar', 'min_relevance': 0})}")
    arabic = page.locator("#hits li").first.locator(".passage")
    expect(arabic).to_have_attribute("lang", "ar")
    expect(arabic).to_have_css("direction", "rtl")
    expect(page.locator("#hits h2").first).to_have_css("direction", "rtl")
    expect(page.locator("#q")).to_have_css("direction", "rtl")
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION})}")
    expect(page.locator("#hits li").first.locator(".passage")).to_have_css("direction", "ltr")


def test_offsets_count_code_points_also_after_emoji(page: Any, small: str) -> None:
    page.goto(f"{small}/?{urlencode({'q': 'Rescue ferry saved', 'min_relevance': 0})}")
    hit = page.locator("#hits li").filter(has_text="Everybody")
    expect(hit.locator("strong")).to_have_text("🚢🚢 Rescue at dawn 👩‍🚒")
    expect(hit.locator("mark")).to_have_text("Everybody on the ferry was saved.")
    expect(hit.locator("a")).to_have_attribute("href", "https://gazette.example/ferry?a=1&b=2")


def test_the_last_change_stands_beside_the_date(page: Any, small: str) -> None:
    page.goto(f"{small}/?{urlencode({'q': 'Rescue ferry saved', 'min_relevance': 0})}")
    about = page.locator("#hits li").filter(has_text="Everybody").locator(".about")
    expect(about).to_have_text(re.compile(r"^gazette\.example · 2025-05-27, updated 2025-05-28 · en · "))


def test_a_hostile_article_is_shown_as_text(page: Any, small: str) -> None:
    page.goto(f"{small}/?{urlencode({'q': 'ferry', 'min_relevance': 0})}")
    hit = page.locator("#hits li").filter(has_text="script")
    expect(hit.locator("h2")).to_have_text(HOSTILE)
    expect(hit.locator(".passage")).to_contain_text("<script>window.owned = true</script>")
    expect(page.locator("#source option").nth(1)).to_have_text(HOSTILE)
    expect(page.locator("#stats")).to_have_text("2 articles in 1 language, newest 2025-05-27")
    assert hit.locator("a, img, script").count() == 0
    assert page.evaluate("window.owned === undefined")
    assert [address for address in page.asked if not address.startswith(f"{small}/")] == []


def test_no_request_leaves_for_another_host(page: Any, seeds: str) -> None:
    page.goto(seeds)
    _ask(page, QUESTION)
    expect(page.locator("#hits li")).to_have_count(1)
    page.goto(f"{seeds}/docs")
    paths = create_app(Settings()).openapi()["paths"]
    expect(page.locator(".opblock")).to_have_count(sum(map(len, paths.values())))
    assert {f"{seeds}/search", f"{seeds}/stats", f"{seeds}/openapi.json"} < set(page.asked)
    assert [address for address in page.asked if not address.startswith((f"{seeds}/", "data:"))] == []


def test_a_pasted_article_is_a_question_too(page: Any, seeds: str) -> None:
    page.goto(seeds)
    _ask(page, "هل ستعود تركيا إلى برنامج إف-35؟ " * 600)
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)


def test_a_slow_answer_does_not_replace_a_later_one(page: Any, seeds: str) -> None:
    page.goto(seeds)
    held: list[Any] = []
    page.route("**/search", lambda route: route.continue_() if held else held.append(route))
    _ask(page, "ferry runs aground on a reef")
    expect(page.locator("#message")).to_have_text("Searching…")
    _ask(page, QUESTION)
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)
    with page.expect_response("**/search") as late:
        held[0].continue_()
    late.value.finished()
    page.evaluate("fetch('/healthz').then((response) => response.json())")  # by now the page has seen it
    expect(page.locator("#hits li").first).to_contain_text(PASSAGE)


def test_without_an_index_the_page_says_how_to_build_one(page: Any, tmp_path: Path) -> None:
    with _serving(create_app(Settings(index=tmp_path))) as address:
        page.goto(address)
        expect(page.locator("#message")).to_have_text(
            f"there is no index in {tmp_path} – run rebuild-index, or name another with --index"
        )


def test_the_page_fits_a_narrow_phone(page: Any, seeds: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION, 'min_relevance': 0})}")
    expect(page.locator("#hits li")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
