"""The search page where articles and servers are hostile: in a real browser, with what nobody would want to show."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from page_browser import serving

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder
from indexer.generations.store import open_current
from search_api.app import create_app
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

pytestmark = pytest.mark.browser
SCRIPT = '<img src="http://evil.example/x.png" onerror="window.owned = true"><script>window.owned = true</script>'
OVERRIDE = "\u202e\u2066evil\u202d"
DATA = "data:text/html,<script>window.owned = true</script>"
ARTICLES: list[dict[str, str]] = [
    {"id": SCRIPT, "title": SCRIPT, "text": f"{SCRIPT} ferry", "source": SCRIPT, "url": "javascript:window.owned = 1"},
    {"id": "override", "title": f"{OVERRIDE} ferry", "text": f"The ferry {OVERRIDE} sails.", "source": OVERRIDE}
    | {"published": "2025-05-27"},
    {"id": "long", "title": "ferry " + "x" * 5000, "text": "ferry " + "y" * 5000, "source": "z" * 500},
    {"id": "marks", "title": "ferry a" + "\u0301" * 200, "text": "ferry e" + "\u0336" * 200, "source": "\u0308" * 200},
    {"id": "bare", "text": "ferry"},
    {"id": "../%2e/?#", "title": "ferry data", "text": "ferry", "url": DATA},
    {"id": "emoji", "text": "🚢🚢 Rescue at dawn 👩\u200d🚒\n\n" + "Everybody on the ferry was saved. " * 10}
    | {"url": "https://gazette.example/ferry?a=1&b=2"}
    | {"published": "2025-05-27T18:20:00+02:00", "updated": "2025-05-28T07:00:00+02:00"},
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, embedded: Encoder) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "news.jsonl").write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in ARTICLES))
    rebuild_index(BuildPlan([folder / "news.jsonl"], folder / "index", embedded))
    with serving(create_app(Settings(), searcher=IndexSearcher(open_current(folder / "index"), embedded))) as address:
        yield address


@pytest.fixture
def hits(page: Any, expect: Any, hostile: str) -> Any:
    page.goto(f"{hostile}/?q=ferry&min_relevance=0")
    expect(page.locator("#list .card:not(.skeleton)")).to_have_count(len(ARTICLES))
    return page.locator("#list .card")


def test_markup_in_every_field_is_shown_as_text(page: Any, expect: Any, hits: Any, hostile: str) -> None:
    hit = hits.filter(has_text="script").first
    expect(hit.locator("a.title")).to_have_text(SCRIPT)
    expect(hit.locator(".outlet")).to_have_text(SCRIPT)
    expect(page.get_by_role("checkbox", name=SCRIPT)).to_be_visible()
    hit.locator("a.title").click()
    expect(page.locator("#article-body")).to_contain_text("<script>window.owned = true</script>")
    expect(page.locator("#reading code")).to_have_text(SCRIPT)
    page.locator("#citing summary").click()
    expect(page.locator("#citing pre").first).to_contain_text(SCRIPT)
    page.locator("#reading .star").click()
    page.goto(f"{hostile}/?view=starred")
    expect(page.locator("#list a.title")).to_have_text(SCRIPT)
    assert page.locator("main img, main script, #reading img").count() == 0
    assert page.evaluate("window.owned === undefined")
    assert [address for address in page.asked if not address.startswith(f"{hostile}/")] == []


def test_only_addresses_of_the_web_are_links(page: Any, expect: Any, hits: Any) -> None:
    for name in (re.compile("onerror"), re.compile("ferry data")):
        hits.filter(has_text=name).first.locator("a.title").click()
        expect(page.locator("#article-body")).to_be_visible()
        expect(page.locator(".original")).to_have_count(0)
        page.keyboard.press("Escape")
    schemes = page.locator("a[href]").evaluate_all(
        "(all) => [...new Set(all.map((each) => new URL(each.href).protocol))]"
    )
    assert schemes == ["http:"]


def test_an_article_with_an_odd_id_opens_and_is_linked(page: Any, expect: Any, hits: Any) -> None:
    hits.filter(has_text="ferry data").locator("a.title").click()
    expect(page.locator("#reading code")).to_have_text("../%2e/?#")
    page.reload()
    expect(page.locator("#reading code")).to_have_text("../%2e/?#")


def test_overrides_of_direction_end_with_their_own_text(hits: Any) -> None:
    hit = hits.filter(has_text="sails")
    outlet, date = (hit.locator(selector).bounding_box() for selector in (".outlet bdi", "time"))
    assert outlet["x"] + outlet["width"] <= date["x"]
    assert hit.locator("time").text_content() == "27 May 2025"


def test_long_words_and_piles_of_accents_stay_in_their_card(page: Any, hits: Any) -> None:
    long, marks = hits.filter(has_text="yyyy"), hits.filter(has_text="ferry a\u0301")
    assert long.bounding_box()["height"] < 700
    assert marks.bounding_box()["height"] < 300
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_what_is_missing_is_said(page: Any, expect: Any, hits: Any) -> None:
    hit = hits.filter(has_text=re.compile("no outlet named.*no date"))
    expect(hit.first).to_be_visible()
    page.locator("[data-article=bare] a.title").click()
    expect(page.locator("#article-body")).to_contain_text("ferry")
    page.locator("#citing summary").click()
    expect(page.locator("#citing pre").first).to_contain_text("article=bare")


def test_offsets_count_code_points_also_after_emoji(page: Any, expect: Any, hits: Any) -> None:
    hit = hits.filter(has_text="Everybody")
    expect(hit.locator(".subheading")).to_have_text("🚢🚢 Rescue at dawn 👩‍🚒")
    expect(hit.locator(".passage").first.locator("mark")).to_have_text("Everybody on the ferry was saved.")
    expect(hit.locator(".byline")).to_have_text("gazette.example 27 May 2025 at 18:20, updated 28 May 2025 · English")
    hit.locator("a.title").click()
    expect(page.locator("#article-body mark").first).to_have_text("Everybody on the ferry was saved.")


def _answer(status: int, body: str, kind: str = "application/json") -> dict[str, Any]:
    return {"status": status, "content_type": kind, "body": body}


def _error(status: int, code: str, **more: str) -> dict[str, Any]:
    return _answer(status, json.dumps({"error": {"code": code, "message": "", "hint": "", **more}}))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_answer(502, "<html>bad gateway", "text/html"), "This was no answer of the service (502)"),
        (_answer(200, "<html>log in", "text/html"), "This was no answer of the service (200)"),
        (_answer(200, '{"hits": [{"pass'), "This was no answer of the service"),
        (_answer(500, "[]"), "This was no answer of the service (500)"),
        (_error(429, "too_many_requests", hint="ask again after 3 s"), "Too many searches at once.ask again after 3 s"),
        (_error(500, "encoder"), "The service could not answer."),
    ],
)
def test_an_answer_that_is_none_is_told_in_words_and_tried_again(
    page: Any, expect: Any, hostile: str, answer: dict[str, Any], said: str
) -> None:
    page.route(re.compile(r"/search\?"), lambda route: route.fulfill(**answer))
    page.goto(f"{hostile}/?q=ferry")
    expect(page.locator("#trouble")).to_contain_text(said)
    expect(page.locator("#list .card")).to_have_count(0)
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#list .card")).not_to_have_count(0)
    expect(page.locator("#trouble")).to_be_empty()


def test_a_connection_that_breaks_and_returns(page: Any, expect: Any, hostile: str) -> None:
    page.goto(f"{hostile}/?q=ferry")
    expect(page.locator("#list .card:not(.skeleton)")).not_to_have_count(0)
    page.context.set_offline(True)
    page.fill("#q", "saved")
    expect(page.locator("#trouble")).to_contain_text("The service does not answer")
    page.context.set_offline(False)
    expect(page.locator("#list .card")).not_to_have_count(0)


def test_an_index_that_is_being_made_is_waited_for(page: Any, expect: Any, hostile: str) -> None:
    page.clock.install()
    page.route("**/stats", lambda route: route.fulfill(**_error(503, "index_missing", message="there is no index")))
    page.goto(hostile)
    expect(page.locator("#trouble")).to_contain_text("This page looks again every few seconds.")
    page.unroute_all()
    page.clock.fast_forward(6000)
    expect(page.locator("#list .card:not(.skeleton)")).not_to_have_count(0)


def test_a_search_that_takes_long_says_so(page: Any, expect: Any, hostile: str) -> None:
    page.clock.install()
    held: list[Any] = []
    page.route(re.compile(r"/search\?"), lambda route: held.append(route))  # noqa: PLW0108 (no attribute can be set on append)
    page.goto(f"{hostile}/?q=ferry")
    expect(page.locator("#status")).to_have_text("Searching…")
    page.clock.fast_forward(3500)
    expect(page.locator("#status")).to_have_text("Still searching…")
    held[0].continue_()
    expect(page.locator("#status")).to_have_text(re.compile(" articles?"))


def test_a_key_is_asked_for_and_sent_until_the_tab_is_closed(page: Any, expect: Any, hostile: str) -> None:
    sent: list[str] = []

    def guard(route: Any) -> None:
        sent.append(route.request.headers.get("authorization", ""))
        if sent[-1] == "Bearer dl_right":
            route.continue_()
        else:
            route.fulfill(**_error(401, "key_missing", message="this service wants a key"))

    page.route(re.compile(r"/(stats|search|articles)"), guard)
    page.goto(f"{hostile}/?q=ferry")
    page.get_by_label("Key", exact=True).fill("dl_right")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#list .card:not(.skeleton)")).not_to_have_count(0)
    assert page.evaluate("[sessionStorage.length, JSON.stringify(localStorage).includes('dl_right')]") == [1, False]
    assert sent[0] == ""


def test_an_article_that_cannot_be_read_leaves_the_list_in_place(page: Any, expect: Any, hits: Any) -> None:
    page.route("**/articles/**", lambda route: route.fulfill(status=502, body="<html>"))
    hits.first.locator("a.title").click()
    expect(page.locator("#reading")).to_contain_text("This was no answer of the service (502)")
    expect(hits).to_have_count(len(ARTICLES))
    page.unroute_all()
    page.locator("#reading").get_by_role("button", name="Try again").click()
    expect(page.locator("#article-body")).to_be_visible()
