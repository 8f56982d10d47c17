"""The search page in a real browser: searching, the address that holds its state, filters, keys, and its states."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from page_browser import serving

from search_api.app import create_app
from search_api.service.settings import Settings

pytestmark = pytest.mark.browser
QUESTION = "Will Turkey be allowed back into the F-35 programme?"
PASSAGE = "Il devait plaider en faveur de la levée des sanctions contre la Turquie"
FERRY = "ferry runs aground on a reef"


def ask(page: Any, question: str) -> None:
    page.fill("#q", question)
    page.press("#q", "Enter")


def state_of(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_question_shows_the_right_article_first(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    ask(page, QUESTION)
    first = page.locator("#list .card").first
    expect(first.locator("h2")).to_have_text(re.compile("^Une source du ministère turc des Affaires étrangères"))
    expect(first.locator(".passage").first).to_contain_text(PASSAGE)
    expect(first.locator(".byline")).to_have_text("no outlet named May 2025 · French")
    expect(first.locator(".foot")).to_have_text("strong · has F-35, programme")
    expect(first.locator(".passage").first.locator("b.word")).to_have_text(["programme", "F-35"])
    expect(page.locator("#status")).to_have_text("1 article")
    expect(page).to_have_title(f"{QUESTION} – Dateline")


def test_what_is_typed_is_searched_after_a_pause_as_one_entry_of_the_history(
    page: Any, expect: Any, seeds: str
) -> None:
    page.goto(seeds)
    expect(page.locator("#status")).to_have_text("101 articles, 19 languages")
    page.locator("#q").press_sequentially("Skerrin", delay=20)
    expect(page.locator("#list .card").first).to_contain_text("Skerrin")
    assert state_of(page) == {"q": ["Skerrin"]}
    page.locator("#q").press_sequentially(" reef")
    expect(page).to_have_title("Skerrin reef – Dateline")
    page.go_back()
    expect(page.locator("#status")).to_have_text("101 articles, 19 languages")
    expect(page.locator("#q")).to_have_value("")
    page.go_forward()
    expect(page.locator("#q")).to_have_value("Skerrin reef")


def test_what_is_typed_before_the_first_answer_is_kept(page: Any, expect: Any, seeds: str) -> None:
    held: list[Any] = []
    page.route("**/stats", lambda route: held.append(route))  # noqa: PLW0108 (no attribute can be set on append)
    page.goto(seeds)
    page.fill("#q", "Skerrin")
    held[0].continue_()
    expect(page.locator("#list .card").first).to_contain_text("Skerrin")
    expect(page.locator("#q")).to_have_value("Skerrin")


def test_the_button_searches_too(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    page.fill("#q", QUESTION)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#list .card").first).to_contain_text(PASSAGE)


def test_a_slow_answer_does_not_replace_a_later_one(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#list .card:not(.skeleton)")).not_to_have_count(0)
    held: list[Any] = []
    page.route(re.compile(r"/search\?"), lambda route: route.continue_() if held else held.append(route))
    ask(page, FERRY)
    expect(page.locator("#status")).to_have_text("Searching…")
    ask(page, QUESTION)
    expect(page.locator("#list .card").first).to_contain_text(PASSAGE)
    held[0].fulfill(json={"hits": [], "near": [], "total": 0})
    page.evaluate("fetch('healthz').then((response) => response.json())")  # by now the page has seen it
    expect(page.locator("#list .card").first).to_contain_text(PASSAGE)


def test_what_is_only_near_stands_below_a_line(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'proof of the Riemann hypothesis'})}")
    expect(page.locator("#status")).to_have_text("Nothing found.")
    expect(page.locator("#list .line")).to_have_text("Nothing is likely to answer. These only come near:")
    expect(page.locator("#list .cards.near .card")).to_have_count(3)
    page.get_by_role("button", name="Show everything near").click()
    expect(page.locator("#list .cards:not(.near) .card")).to_have_count(20)
    assert state_of(page)["min_relevance"] == ["0"]


def test_an_address_restores_the_whole_view(page: Any, expect: Any, seeds: str) -> None:
    asked = {
        "q": FERRY,
        "language": ["en", "fr"],
        "not_source": "Straits Business Daily",
        "published_to": "2025",
        "sort": "oldest",
    }
    page.goto(f"{seeds}/?{urlencode({**asked, 'article': 'ferry-en', 'passage': 'ferry-en#1'}, doseq=True)}")
    expect(page.locator("#reading-title")).to_have_text(
        "All 450 rescued after ferry Aurelia strikes Skerrin reef in fog"
    )
    expect(page.locator("[data-passage='ferry-en#1']")).to_have_class("linked")
    expect(page.locator("#q")).to_have_value(FERRY)
    expect(page.locator("#chips .chip")).to_have_text(
        ["English ×", "French ×", "not Straits Business Daily ×", "To 2025 ×"]
    )
    expect(page.get_by_label("Sort")).to_have_value("oldest")
    expect(page.locator("#list .card").first.locator("time")).to_have_text("14 March 2024 at 18:20")
    expect(page.get_by_role("checkbox", name="English")).to_be_checked()


def test_back_closes_an_article_and_returns_to_the_search_before(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    ask(page, QUESTION)
    expect(page.locator("#list .card").first).to_contain_text(PASSAGE)
    ask(page, FERRY)
    expect(page.locator("#list .card").first).not_to_contain_text(PASSAGE)
    page.locator("#list a.title").first.click()
    expect(page.locator("#reading-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#reading")).to_be_hidden()
    page.go_back()
    expect(page.locator("#list .card").first).to_contain_text(PASSAGE)
    expect(page.locator("#q")).to_have_value(QUESTION)


def test_a_correction_is_offered_and_keeps_the_filters(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'Skerin', 'language': 'en'})}")
    expect(page.locator("#notes")).to_contain_text("Did you mean Skerrin?")
    page.click("#notes a")
    expect(page.locator("#list .card").first).to_contain_text("Skerrin")
    assert state_of(page) == {"q": ["Skerrin"], "language": ["en"]}
    expect(page.locator("#notes a")).to_have_count(0)


def test_filters_apply_at_a_click_and_chips_remove_them(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?q=ferry")
    page.get_by_role("checkbox", name="English").check()
    expect(page.locator("#status")).to_have_text("3 articles")
    expect(page.get_by_role("checkbox", name="English")).to_be_focused()
    page.get_by_role("checkbox", name="French").check()
    expect(page.locator("#status")).to_have_text("6 articles, 2 languages")
    page.get_by_role("button", name="Leave out The Harbour Gazette").click()
    expect(page.locator("#chips .chip")).to_have_text(["English ×", "French ×", "not The Harbour Gazette ×"])
    expect(page.locator("#list .outlet").filter(has_text="Harbour Gazette")).to_have_count(0)
    page.get_by_role("button", name="Remove the filter English").click()
    assert state_of(page) == {"q": ["ferry"], "language": ["fr"], "not_source": ["The Harbour Gazette"]}
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#status")).to_have_text("13 articles, 9 languages")
    expect(page.locator("#chips")).to_be_hidden()


def test_dates_are_typed_as_people_type_them_and_what_is_none_is_told_beside_its_field(
    page: Any, expect: Any, seeds: str
) -> None:
    page.goto(f"{seeds}/?q=ferry")
    expect(page.locator("#date-bounds")).to_have_text("The index goes from 14 March 2024 to 13 March 2026.")
    page.get_by_role("textbox", name="From").fill("1.3.2025")
    page.get_by_role("textbox", name="From").press("Enter")
    expect(page.get_by_role("textbox", name="From")).to_have_value("2025-03-01")
    expect(page.locator("#chips .chip")).to_have_text(["From 1 March 2025 ×"])
    page.get_by_role("textbox", name="To").fill("soon")
    page.get_by_role("textbox", name="To").press("Enter")
    expect(page.get_by_role("textbox", name="To")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("textbox", name="From")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#date-problem")).to_contain_text(re.compile("^date 'soon' not understood"))
    page.get_by_role("button", name="Last year", exact=True).click()
    expect(page.get_by_role("button", name="Last year", exact=True)).to_have_attribute("aria-pressed", "true")
    assert state_of(page) == {"q": ["ferry"], "since": ["1y"]}


def test_an_outlet_is_found_by_its_name(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#filters fieldset").nth(2).locator("li")).to_have_count(8)
    page.get_by_label("Find an outlet").press_sequentially("gazette")
    expect(page.locator("#filters fieldset").nth(2).locator("bdi")).to_have_text(["The Harbour Gazette"])
    page.get_by_label("Find an outlet").fill("")
    page.get_by_role("button", name="All 23 outlets").click()
    expect(page.locator("#filters fieldset").nth(2).locator("li")).to_have_count(23)


def test_more_joins_the_list_and_the_address_remembers_how_much(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#list .card:not(.skeleton)")).to_have_count(20)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#list .card")).to_have_count(40)
    expect(page.locator("#list a.title").nth(20)).to_be_focused()
    titles = page.locator("#list a.title").all_text_contents()
    assert len(set(titles)) == 40
    assert state_of(page) == {"shown": ["40"]}
    page.reload()
    expect(page.locator("#list a.title")).to_have_text(titles)


def test_lanes_are_drawn_as_lanes(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'ferry', 'order': 'one-lane-per-language'})}")
    expect(page.locator(".lanes section").first.locator("h2.lane")).to_have_text("French")
    boxes = [page.locator(".lanes section").nth(place).bounding_box() for place in range(2)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_keys_work_and_can_be_switched_off(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': FERRY})}")
    expect(page.locator("#list a.title")).not_to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#list a.title").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#match-count")).to_have_text(re.compile("^1 of [23]$"))
    page.keyboard.press("n")
    expect(page.locator("#match-count")).to_have_text(re.compile("^2 of [23]$"))
    page.keyboard.press("p")
    expect(page.locator("#match-count")).to_have_text(re.compile("^1 of [23]$"))
    page.keyboard.press("s")
    expect(page.locator("#starred")).to_have_text("Starred (1)")
    page.keyboard.press("Escape")
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("#list a.title").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="OK").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()


def test_starred_articles_are_kept_and_exported(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': FERRY})}")
    page.locator("#list .star").first.click()
    expect(page.locator("#list .star").first).to_have_attribute("aria-pressed", "true")
    page.reload()
    page.locator("#starred").click()
    expect(page.locator("#list .card")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as JSON").click()
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [article["article_id"] for article in kept["starred"]] == ["ferry-en"]
    page.go_back()
    expect(page.locator("#list .card")).not_to_have_count(1)


def test_text_runs_in_the_direction_of_its_script(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': 'سد كيسارا', 'language': 'ar'})}")
    first = page.locator("#list .card").first
    expect(first.locator(".passage").first).to_have_attribute("lang", "ar")
    expect(first.locator(".passage").first).to_have_css("direction", "rtl")
    expect(first.locator("a.title")).to_have_css("direction", "rtl")
    expect(page.locator("#q")).to_have_css("direction", "rtl")
    outlet, date = (first.locator(selector).bounding_box() for selector in (".outlet", "time"))
    assert outlet["x"] < date["x"]
    expect(first.locator("time")).to_have_text("21 May 2024 at 20:45")


def test_the_first_visit_says_what_there_is_and_what_to_ask(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    expect(page.locator("#welcome .held")).to_have_text(
        "101 articles in 19 languages from 23 outlets, 14 March 2024 to 13 March 2026."
    )
    expect(page.locator(".example")).to_have_count(6)
    texts = page.locator("#list .card").first.inner_text().splitlines()
    assert [text for text in texts if 0 < len(text) < 3] == ["☆"]
    languages = page.locator(".example").evaluate_all("(all) => all.map((each) => each.lang)")
    assert len(set(languages)) == 6
    example = page.locator(".example").nth(1).text_content()
    page.locator(".example").nth(1).click()
    expect(page.locator("#q")).to_have_value(example)
    expect(page.locator("#list .card:not(.skeleton)").first).to_contain_text("Bantaya")
    expect(page.locator("#welcome")).to_have_count(0)


def test_the_page_speaks_french_when_asked_to(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?q=ferry")
    page.get_by_label("Language of this page").select_option("fr")
    expect(page.locator("#status")).to_have_text("13 articles, 9 langues")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#q")).to_have_attribute("placeholder", "Chercher dans la presse, en toute langue")
    expect(page.get_by_role("checkbox", name="anglais")).to_be_visible()
    page.reload()
    expect(page.locator("#list time").first).to_have_text("14 mars 2024 à 20:45")


def test_the_page_works_below_a_path_of_a_proxy(page: Any, expect: Any, seeds: str) -> None:
    below = "http://127.0.0.1:1/news"
    page.route(
        f"{below}/**", lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace(below, seeds)))
    )
    page.goto(f"{below}/?q=ferry")
    expect(page.locator("#status")).to_have_text("13 articles, 9 languages")
    page.locator("#list a.title").first.click()
    expect(page.locator("#article-body")).to_be_visible()
    page.locator("#home").click()
    assert page.url == f"{below}/"
    page.unroute_all(behavior="ignoreErrors")


def test_no_request_leaves_for_another_host(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("1 article")
    paths = create_app(Settings()).openapi()["paths"]  # before the server makes the same in its own thread
    page.goto(f"{seeds}/docs")
    expect(page.locator(".opblock")).to_have_count(sum(map(len, paths.values())))
    assert {f"{seeds}/stats", f"{seeds}/openapi.json"} < set(page.asked)
    assert [address for address in page.asked if not address.startswith((f"{seeds}/", "data:"))] == []


def test_without_an_index_the_page_says_how_to_build_one(page: Any, expect: Any, tmp_path: Path) -> None:
    with serving(create_app(Settings(index=tmp_path))) as address:
        page.goto(address)
        notice = page.locator("#trouble")
        expect(notice).to_contain_text(f"there is no index in {tmp_path}")
        expect(notice).to_contain_text("run rebuild-index, or name another with --index")
        expect(notice).to_contain_text("This page looks again every few seconds.")


def test_a_query_without_words_is_told_what_to_do(page: Any, expect: Any, seeds: str) -> None:
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION})}")
    expect(page.locator("#status")).to_have_text("1 article")
    ask(page, "???")
    expect(page.locator("#trouble")).to_contain_text("the query '???' has no words")
    expect(page.locator("#trouble")).to_contain_text("ask a question or give some words, in any language")
    expect(page.locator("#list .card")).to_have_count(0)
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("1 article")
    expect(page.locator("#trouble")).to_be_empty()


def test_without_javascript_the_same_address_answers(new_page: Any, expect: Any, seeds: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{seeds}/?{urlencode({'q': QUESTION, 'language': 'fr'})}")
    expect(page.locator(".card").first).to_contain_text(PASSAGE)
    assert page.url == f"{seeds}/plain?{urlencode({'q': QUESTION, 'language': 'fr'})}"
    page.fill("#q", "ferry")
    page.press("#q", "Enter")
    expect(page.locator("#status")).to_have_text("13 articles")
    page.get_by_role("link", name="Further articles").click()
    expect(page.locator(".card")).to_have_count(3)
