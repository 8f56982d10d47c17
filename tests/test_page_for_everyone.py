"""The search page for everyone: every state without violations of axe-core, on every screen, and how fast it shows.

axe-core is no part of the project: ``.ci/run`` installs it with npm, and without it its tests are skipped.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent.parent / ".npm" / "node_modules" / "axe-core" / "axe.min.js"
STATES = {
    "first": "",
    "results": urlencode({"q": "ferry aground"}),
    "filtered": urlencode({"q": "ferry", "language": "en", "not_source": "The Harbour Gazette", "since": "1y"}),
    "reading": urlencode({"q": "ferry aground", "article": "ferry-en"}),
    "family": urlencode({"q": "tanker collision closes the Strait of Varn"}),
    "lanes": urlencode({"q": "ferry", "order": "one-lane-per-language"}),
    "right to left": urlencode({"q": "سد كيسارا"}),
    "near": urlencode({"q": "proof of the Riemann hypothesis"}),
    "nothing": urlencode({"q": "ferry", "published_from": "2031"}),
    "wrong": urlencode({"q": "ferry", "published_from": "soon"}),
    "starred": "view=starred",
}
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
MEASURE = """
window.shifted = 0;
window.painted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) window.shifted += entry.value;
})).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  window.painted = entry.startTime;
})).observe({ type: "largest-contentful-paint", buffered: true });
"""


def _settle(page: Any, expect: Any, address: str) -> None:
    page.goto(address)
    expect(page.locator("#results:not([aria-busy]) #status")).to_be_attached()
    expect(page.locator(".skeleton")).to_have_count(0)
    expect(page.locator("#list .card, .notice").first).to_be_attached()
    if "article=" in address:
        expect(page.locator("#article-body")).to_be_visible()


needs_axe = pytest.mark.skipif(
    not AXE.exists(),
    reason="needs axe-core: npm install --prefix .npm --no-save axe-core@4.14.1",
)


def _violations(page: Any) -> list[Any]:
    """Return what axe-core finds on a page as it is: the rule and the first elements that break it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_any_state(
    new_page: Callable[..., Any], expect: Any, seeds: str, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    found = {}
    for name, query in STATES.items():
        _settle(page, expect, f"{seeds}/?{query}")
        for summary in page.locator("summary").all()[:4]:
            summary.evaluate("(each) => (each.parentElement.open = true)")
        found[name] = _violations(page)
    assert found == {name: [] for name in STATES}


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_dialog_the_form_for_a_key_and_the_plain_page(
    new_page: Callable[..., Any], expect: Any, seeds: str, scheme: str
) -> None:
    page = new_page(color_scheme=scheme, locale="fr-FR")
    _settle(page, expect, f"{seeds}/?{STATES['reading']}")
    page.locator("#operators-button").click()
    page.locator("#help").click()
    assert _violations(page) == []
    error = {"error": {"code": "key_missing", "message": "this service wants a key", "hint": ""}}
    page.route("**/stats", lambda route: route.fulfill(status=401, json=error))
    page.goto(seeds)
    expect(page.locator("#key")).to_be_visible()
    assert _violations(page) == []
    page.goto(f"{seeds}/plain?q=ferry")
    assert _violations(page) == []


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_reading_needs(scheme: int) -> None:
    css = (Path(__file__).parent.parent / "search_api" / "web" / "page.css").read_text(encoding="utf-8")
    pairs = {name: (light, dark) for name, light, dark in re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", css)}
    colour = {name: values[scheme] for name, values in pairs.items()}
    for ground in ("paper", "raised"):
        for text in ("ink", "dim", "accent"):
            assert _contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
        assert _contrast(colour["edge"], colour[ground]) >= 3, ground
    assert _contrast(colour["ink"], colour["best"]) >= 4.5


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440, 2560])
def test_the_page_fits_every_width(page: Any, expect: Any, seeds: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for query in (STATES["results"], STATES["filtered"], STATES["reading"], STATES["lanes"]):
        _settle(page, expect, f"{seeds}/?{query}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_list_and_article_stand_side_by_side_on_a_wide_screen(page: Any, expect: Any, seeds: str) -> None:
    _settle(page, expect, f"{seeds}/?{STATES['reading']}")
    filters, results, reading = (page.locator(name).bounding_box() for name in ("#filters", "#results", "#reading"))
    assert filters["x"] + filters["width"] <= results["x"]
    assert results["x"] + results["width"] <= reading["x"]


def test_on_a_phone_filters_and_article_take_the_screen_and_give_it_back(
    new_page: Callable[..., Any], expect: Any, seeds: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    _settle(page, expect, f"{seeds}/?q=ferry")
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("checkbox", name="English").check()
    page.get_by_role("button", name="Show 3 articles").click()
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    page.locator("#list a.title").first.click()
    expect(page.locator("#reading-title")).to_be_in_viewport()
    assert page.locator("#reading").bounding_box()["width"] == 390
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#list .card").first).to_be_visible()


def test_a_screen_reader_finds_landmarks_a_status_and_a_list_of_articles(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("search")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("101 articles, 19 languages")
    _settle(page, expect, f"{seeds}/?{STATES['reading']}")
    for role in ("main", "banner", "complementary"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("region", name="All 450 rescued after ferry Aurelia")).to_be_visible()
    assert page.locator("ol.cards > li > article").count() == 7
    page.locator("#timeline summary").click()
    expect(page.get_by_role("table", name="Articles by month")).to_be_visible()


def test_everything_is_reached_with_the_keyboard_alone(page: Any, expect: Any, seeds: str) -> None:
    _settle(page, expect, f"{seeds}/?{STATES['results']}")
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.key ?? document.activeElement.id"))
    assert {
        "q",
        "starred",
        "tongue",
        "1y",
        "published_from",
        "language en",
        "not language en",
        "sort",
        "order",
    } <= reached
    assert {"table", "card ferry-en", "star ferry-en"} <= reached


def test_motion_and_ink_are_spared_for_who_wants_it(new_page: Callable[..., Any], expect: Any, seeds: str) -> None:
    page = new_page(reduced_motion="reduce")
    _settle(page, expect, f"{seeds}/?{STATES['reading']}")
    expect(page.locator("#reading")).to_have_css("scroll-behavior", "auto")
    page.emulate_media(media="print")
    for hidden in ("#top", "#filters", "#results", ".bar"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#article-body")).to_be_visible()


def test_the_page_does_not_jump_while_it_loads(page: Any, expect: Any, seeds: str) -> None:
    page.add_init_script(MEASURE)
    for query in (STATES["first"], STATES["results"], STATES["reading"]):
        _settle(page, expect, f"{seeds}/?{query}")
        shifted, painted = page.evaluate("new Promise((done) => setTimeout(() => done([shifted, painted]), 100))")
        assert shifted == 0, query
        assert painted > 0
