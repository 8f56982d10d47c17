"""The work of a media analyst, task by task, on the search page in a real browser."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from page_browser import serving

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from search_api.app import create_app
from search_api.service.settings import Settings

pytestmark = pytest.mark.browser
OIL = "tanker collision closes the Strait of Varn"
VARN = {
    "id": "varn-1",
    "title": "Varn bridge closes for repairs",
    "text": "The bridge over the Varn closes on Monday. Engineers found cracks in two pillars.",
    "source": "Varn Echo",
    "published": "2025-03-01",
}
CORRECTED = {
    **VARN,
    "text": "The bridge over the Varn closes on Tuesday. Engineers found cracks in two pillars.",
    "published": "2025-03-02",
}


@pytest.fixture
def show(page: Any, expect: Any, seeds: str) -> Callable[..., Any]:
    """Return a function that opens the page with a search and waits for its cards."""

    def show(question: str = "", **filters: Any) -> Any:
        page.goto(f"{seeds}/?{urlencode({'q': question, **filters}, doseq=True)}")
        expect(page.locator("#list .card:not(.skeleton)")).not_to_have_count(0)
        return page.locator("#list .card")

    return show


def test_task_1_what_outlets_in_other_languages_say(show: Any) -> None:
    cards = show("Who won the presidential election in Marenia?")
    languages = {text.rpartition(" · ")[2] for text in cards.locator(".byline").all_text_contents()[:6]}
    assert {"Spanish", "French", "German", "Polish", "English"} & languages > {"Spanish"}
    assert len(languages) >= 3


def test_task_2_the_original_of_a_quotation(show: Any, expect: Any) -> None:
    first = show("they did not elect me to persecute anyone").first
    expect(first.locator(".byline")).to_contain_text("Spanish")
    expect(first.locator(".passage").first).to_contain_text("perseguir")


def test_task_3_an_exact_quotation_by_what_the_page_explains(page: Any, expect: Any, seeds: str) -> None:
    page.goto(seeds)
    page.get_by_role("button", name="What you can type").click()
    expect(page.locator("#operators")).to_contain_text("these words, one after the other")
    page.fill("#q", '"put to sea in visibility of less than 50 metres"')
    page.press("#q", "Enter")
    expect(page.locator("#status")).to_have_text("1 article")
    expect(page.locator("#list .card").first).to_contain_text("Helen Tarrock")


def test_task_4_only_one_period_and_only_german(page: Any, show: Any, expect: Any) -> None:
    show("flood")
    page.get_by_role("checkbox", name="German").check()
    page.get_by_role("textbox", name="From").fill("2025-09")
    page.get_by_role("textbox", name="From").press("Enter")
    expect(page.locator("#chips .chip")).to_have_text(["German ×", "From September 2025 ×"])
    expect(page.locator("#list .card")).to_have_count(1)
    expect(page.locator("#list .card")).to_contain_text("Fünf Tote im Hochwasser")


def test_task_5_everything_about_a_subject_as_a_spreadsheet(page: Any, show: Any, expect: Any) -> None:
    show("ferry", not_source="The Harbour Gazette")
    expect(page.locator("#status")).to_have_text("11 articles, 9 languages")
    with page.expect_download() as download:
        page.get_by_role("link", name="Spreadsheet (CSV)").click()
    assert download.value.suggested_filename == "dateline.csv"
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    assert "The Harbour Gazette" not in {row["source"] for row in rows}
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON lines").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1]) == {"complete": True, "rows": 11}


def test_task_6_an_alert_is_the_feed_of_the_search(page: Any, show: Any, expect: Any, seeds: str) -> None:
    show("ferry", language="fr", sort="oldest")
    link = page.get_by_role("link", name="Feed (Atom)")
    expect(link).to_have_attribute("href", "feed.atom?q=ferry&language=fr")
    feed = page.request.get(f"{seeds}/{link.get_attribute('href')}")
    assert feed.status == 200
    assert feed.text().count("<entry>") == 3


def test_task_7_who_published_first(page: Any, show: Any, expect: Any) -> None:
    card = show(OIL).filter(has_text="Oil jumps 4 per cent").first
    family = card.locator(".family")
    expect(family.locator("summary")).to_have_text(
        "also in 2 other outlets, first at The Harbour Gazette, 12 February 2025 at 13:40"
    )
    family.locator("summary").click()
    expect(family.locator("li")).to_have_count(2)
    times = family.locator("li time").all_text_contents()
    assert times == ["12 February 2025 at 16:15", "12 February 2025 at 22:05"]
    family.locator("a").first.click()
    expect(page.locator("#reading section").filter(has_text="Copies").locator("li")).to_have_count(2)


def test_task_8_a_passage_is_cited(page: Any, show: Any, expect: Any, seeds: str) -> None:
    show("ferry runs aground on a reef", language="en").locator("a.title").first.click()
    page.locator("#citing summary").click()
    plain, bibtex, ris = (page.locator("#citing pre").nth(place) for place in range(3))
    address = "https://harbourgazette.example/2024/03/all-450-rescued-ferry-aurelia-skerrin-reef"
    expect(plain).to_have_text(
        re.compile(
            r"^“Coastguard crews .*”, “All 450 rescued .*”, The Harbour Gazette, 14 March 2024 at 18:20, " + address
        )
    )
    expect(bibtex).to_contain_text("@article{ferry-en,")
    expect(bibtex).to_contain_text("journal = {The Harbour Gazette}")
    expect(bibtex).to_contain_text("date = {2024-03-14}")
    expect(ris).to_contain_text("TY  - NEWS")
    expect(ris).to_contain_text("DA  - 2024/03/14")
    expect(ris).to_contain_text(f"UR  - {address}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{seeds}/?article=ferry-en&passage=ferry-en%230"
    page.goto(link)
    expect(page.locator(".linked")).to_contain_text("Coastguard crews")


def test_task_9_how_two_outlets_covered_it(page: Any, show: Any, expect: Any) -> None:
    show("cholera outbreak")
    for outlet in ("Le Courrier du Littoral", "The Harbour Gazette"):
        page.get_by_label("Find an outlet").fill(outlet)
        page.get_by_role("checkbox", name=outlet).check()
        page.get_by_label("Find an outlet").fill("")
    page.get_by_label("Order").select_option("One lane per language")
    expect(page.locator(".lanes h2.lane")).to_have_text(["French", "English"])
    assert set(page.locator("#list .outlet").all_text_contents()) == {"Le Courrier du Littoral", "The Harbour Gazette"}


def test_task_10_attention_over_time(page: Any, show: Any, expect: Any) -> None:
    show("ferry")
    page.locator("#timeline summary").click()
    rows = page.locator("#timeline tbody tr")
    expect(rows.first).to_have_text("March 20243")
    counts = [int(text) for text in page.locator("#timeline td").all_text_contents()]
    assert sum(counts) == 13
    expect(page.locator("#timeline rect:not(.band)")).to_have_count(len(counts))
    box = page.locator("#timeline rect:not(.band)").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".caption")).to_have_text("March 2024: 3 articles")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 2, box["y"] + 5, steps=3)
    page.mouse.up()
    expect(page.locator("#status")).to_have_text(re.compile("^3 articles"))
    assert parse_qs(urlsplit(page.url).query) == {
        "q": ["ferry"],
        "published_from": ["2024-03-01"],
        "published_to": ["2024-03-31"],
    }
    expect(page.get_by_role("textbox", name="From")).to_have_value("2024-03-01")


def test_task_11_the_whole_article_is_read_beside_the_list(page: Any, show: Any, expect: Any) -> None:
    show("ferry runs aground on a reef", language="en").locator("a.title").first.click()
    body = page.locator("#article-body")
    expect(body).to_contain_text("No fuel has leaked, according to the harbour master.")
    expect(body.locator("h3")).to_have_text("Radar under scrutiny")
    expect(body.locator("mark.here")).to_contain_text("ran aground in thick fog")
    page.get_by_role("button", name="Next match").click()
    expect(page.locator("#match-count")).to_have_text(re.compile("^2 of "))
    expect(page.get_by_role("link", name="Read at The Harbour Gazette")).to_have_attribute(
        "href", re.compile("^https://harbourgazette.example/")
    )
    assert page.locator("#results").bounding_box()["x"] < page.locator("#reading").bounding_box()["x"]
    expect(page.locator("#reading section").filter(has_text="Similar articles").locator("a").first).to_be_visible()
    expect(page.locator(".card[aria-current=true]")).to_have_class("card read")


def test_task_12_everything_on_a_person_in_all_spellings(page: Any, show: Any, expect: Any) -> None:
    cards = show("Ilena Corvas")
    texts = cards.locator(".foot").all_text_contents()
    assert len([text for text in texts if "Corvas" in text]) >= 4
    expect(page.locator("#notes")).to_contain_text("also searched")
    assert any("Корвас" in text for text in texts)


def test_task_13_whether_a_story_is_there_already(page: Any, expect: Any, seeds: str) -> None:
    paragraph = (
        "Rescue services took all four hundred and fifty people off a car ferry which had struck rocks in dense fog "
        "near the port; a dozen had minor injuries, and the captain was suspended while investigators look at a "
        "faulty radar. "
    )
    page.goto(seeds)
    page.fill("#q", paragraph * 40)
    page.press("#q", "Enter")
    expect(page.locator("#list .card").first).to_contain_text(re.compile("Aurelia"))
    page.locator("#list a.title").first.click()
    expect(page.locator("#article-body")).to_be_visible()
    page.reload()
    expect(page.locator("#q")).to_have_value(paragraph * 40)


def test_task_14_what_a_rebuild_brings_is_found_and_what_changed_is_shown(
    page: Any,
    expect: Any,
    write_jsonl: Callable[..., Path],
    build: Callable[..., BuildReport],
    tmp_path: Path,
    embedded: Encoder,
) -> None:
    build(write_jsonl(VARN), encoder=embedded)
    with serving(create_app(Settings(index=tmp_path / "index"))) as address:
        page.goto(f"{address}/?q=bridge")
        expect(page.locator("#list .card")).to_have_count(1)
        rebuild_index(
            BuildPlan(
                [
                    write_jsonl(
                        VARN,
                        CORRECTED,
                        {**VARN, "id": "varn-2", "title": "A new bridge", "text": "The new bridge opens."},
                    )
                ],
                tmp_path / "index",
                embedded,
            )
        )
        page.fill("#q", "the bridge")
        page.press("#q", "Enter")
        expect(page.locator("#list .card")).to_have_count(2)
        page.get_by_role("link", name="Varn bridge closes for repairs").click()
        page.locator(".version summary").click()
        expect(page.locator(".comparison del")).to_have_text("Monday")
        expect(page.locator(".comparison ins")).to_have_text("Tuesday")


def test_task_15_the_page_names_what_is_to_be_removed_and_says_that_it_is_gone(
    page: Any, show: Any, expect: Any, seeds: str
) -> None:
    show("ferry runs aground on a reef", language="en").locator("a.title").first.click()
    expect(page.locator("#reading code")).to_have_text("ferry-en")
    page.goto(f"{seeds}/?article=removed-meanwhile")
    expect(page.locator("#reading")).to_contain_text("This article is not in the index any more.")
