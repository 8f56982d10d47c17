"""The title of a page is its headline: whole, in plain characters, and without the site and its sections."""

import json

import lxml.html
import pytest

from indexer.sources.web.page import read_page

SITE = '<meta property="og:site_name" content="The Vellmar Courier">'


def title(head: str = "", body: str = "", headline: str = "", url: str = "") -> str:
    node = json.dumps({"@type": "NewsArticle", "headline": headline})
    script = f'<script type="application/ld+json">{node}</script>' if headline else ""
    tree = lxml.html.document_fromstring(f"<html><head>{head}{script}</head><body>{body}<p>x</p></body></html>")
    return read_page(tree, url).title


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


@pytest.mark.parametrize(
    "ending",
    [
        " - The Vellmar Courier", " | The Vellmar Courier", " – Vellmar Courier", " — THE VELLMAR COURIER",
        " | Vellmar Courier Online", " · The Vellmar Courier", "：The Vellmar Courier",
        " - Ports - The Vellmar Courier",
    ],
)  # fmt: skip
def test_name_of_the_site_and_of_a_section_is_cut(ending: str) -> None:
    menu = "<nav><a href='/ports'>Ports</a></nav>"
    assert title(SITE + og("Harbour pilots walk out" + ending), menu) == "Harbour pilots walk out"


def test_name_of_the_site_may_come_from_json_ld_or_the_address() -> None:
    tree = lxml.html.document_fromstring(
        '<html><head><title>Harbour pilots walk out | Courier</title><script type="application/ld+json">'
        '{"@type": ["Thing", "NewsArticle"], "publisher": {"name": "Courier"}}</script></head><body>x</body></html>'
    )
    assert read_page(tree).title == "Harbour pilots walk out"
    written = "<title>Harbour pilots walk out - vellmarcourier.example</title>"
    assert title(written, url="https://www.vellmarcourier.example/a/1") == "Harbour pilots walk out"


@pytest.mark.parametrize(
    "whole",
    [
        "Altheim - Ostrand",
        "Pilots - a portrait",
        "What now? - Asked and answered",
        "Ports: how the Courier of Vellmar sees them",
        "AC/DC play Vellmar",
        "Pilots give up the Vellmar-Courier",
    ],
)
def test_what_is_no_name_of_the_site_stays(whole: str) -> None:
    menu = "<nav><a href='/o'>Ostrand</a><a href='/s'>Sport</a></nav>"
    assert title(SITE + og(whole), menu) == whole


def test_a_heading_confirms_what_follows_as_no_part_of_the_title() -> None:
    body = "<h1>Harbour pilots walk out</h1>"
    assert title("<title>Harbour pilots walk out: strike in Vellmar :: somewhere</title>", body) == (
        "Harbour pilots walk out"
    )
    assert title(og("Harbour pilots walk out | Somewhere else"), body) == "Harbour pilots walk out"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Fog &amp;amp; ferry", "Fog & ferry"),
        ("&amp;quot;Enough&amp;quot;, says the pilot", '"Enough", says the pilot'),
        ("The pilot&amp;#8217;s day", "The pilot’s day"),
        ("The &lt;i&gt;Sea Eagle&lt;/i&gt; docks", "The Sea Eagle docks"),
        ("Fewer than 5 &lt; 6 pilots", "Fewer than 5 < 6 pilots"),
        ("„Genug“, sagt der Hafen&shy;lotse", "„Genug“, sagt der Hafenlotse"),
    ],
)
def test_quotes_and_entities_are_plain_characters(written: str, wanted: str) -> None:
    assert title(og(written)) == wanted
    assert title(headline=written) == wanted


def test_a_section_or_the_site_is_never_the_title() -> None:
    body = "<h1>The Vellmar Courier</h1><nav><a>Ports</a></nav><h1>Harbour <br>pilots <b>walk</b> out</h1>"
    assert title(SITE + og("Ports"), body) == "Harbour pilots walk out"
    assert title(SITE + "<title>Harbour pilots | The Vellmar Courier</title>", "<h1>The Vellmar Courier</h1>") == (
        "Harbour pilots"
    )


def test_a_headline_that_is_cut_short_is_completed() -> None:
    body = "<h1>Harbour pilots of Vellmar walk out over pay for the third time</h1>"
    assert title(headline="Harbour pilots of Vellmar walk out…", body=body) == (
        "Harbour pilots of Vellmar walk out over pay for the third time"
    )
    assert title(headline="Wait for it...", body="<h1>Wait for it all day</h1>") == "Wait for it..."


def test_a_title_written_for_search_engines_is_no_headline_where_heading_and_og_title_agree() -> None:
    written = "<title>Vellmar strike: 5 things to know</title>" + og("Harbour pilots walk out")
    body = "<h1>Harbour pilots walk out</h1>"
    assert title(written, body, headline="Vellmar strike: 5 things to know") == "Harbour pilots walk out"
    assert title(written, body, headline="Pilots leave the port") == "Pilots leave the port"
    assert title(written, headline="Vellmar strike: 5 things to know") == "Vellmar strike: 5 things to know"


def test_of_several_headings_the_one_in_the_title_is_taken() -> None:
    body = "<h1>Warnings</h1><h1>Storm</h1><h1>Storm closes the port of Vellmar</h1>"
    assert title("<title>Vellmar: Storm closes the port of Vellmar</title>", body) == "Storm closes the port of Vellmar"
    assert title("<title>Another title</title>", body) == "Warnings"


def test_og_title_and_the_title_element_confirm_one_another() -> None:
    assert title("<title>Harbour pilots walk out</title>" + og("Harbour pilots walk out | An unknown site")) == (
        "Harbour pilots walk out"
    )
