"""JSON-LD is read as pages write it, with all its mistakes."""

import html
import json
import time
from typing import Any

import lxml.html
import pytest

from indexer.sources.web.json_ld import read_json_ld, text_of, texts_of
from indexer.sources.web.json_ld_parsing import parse_json_ld
from indexer.sources.web.page import read_page

NODE = {"@type": "NewsArticle", "headline": "Tide mill reopens"}
WRITTEN = json.dumps(NODE)


def page(*scripts: Any, head: str = "", tag: str = "<html>") -> Any:
    written = (each if isinstance(each, str) else json.dumps(each) for each in scripts)
    body = "".join(f'<script type="application/ld+json">{each}</script>' for each in written)
    return lxml.html.document_fromstring(f"{tag}<head>{head}</head><body>{body}<p>x</p></body></html>")


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        f"<!--\n{WRITTEN}\n-->",
        f"//<![CDATA[\n{WRITTEN}\n//]]>",
        f"<!--//--><![CDATA[//><!--\n{WRITTEN}\n//--><!]]>",
        f"/*<![CDATA[*/{WRITTEN}/*]]>*/",
        f"\ufeff{WRITTEN};",
        html.escape(WRITTEN),
        html.escape(html.escape(WRITTEN)),
        json.dumps(WRITTEN),
        WRITTEN.replace("}", ",}"),
        WRITTEN.replace("{", "{ /* the article */ \n// of today\n"),
    ],
    ids=[
        "plain", "comment", "cdata", "both", "css comment", "semicolon", "escaped", "escaped twice", "in a string",
        "comma", "comments",
    ],
)  # fmt: skip
def test_mistakes_are_mended(text: str) -> None:
    assert parse_json_ld(text) == [NODE]


def test_line_breaks_and_signs_within_strings_stay() -> None:
    text = '{"a": "one\ntwo", "b": "x,]", "c": "// no /* comment */", "d": "--> <!--",}'
    assert parse_json_ld(text) == [{"a": "one\ntwo", "b": "x,]", "c": "// no /* comment */", "d": "--> <!--"}]


def test_several_values_one_after_the_other_are_read() -> None:
    assert parse_json_ld(f"{WRITTEN}\n{WRITTEN},{WRITTEN}") == [NODE] * 3


def test_what_cannot_be_mended_gives_the_fields_that_are_whole() -> None:
    text = (
        '{"@type": "NewsArticle", "headline": "The "old" mill", "datePublished": "2025-05-27", "articleBody": "Cut of'
    )
    assert parse_json_ld(text) == {"@type": "NewsArticle", "datePublished": "2025-05-27"}
    assert parse_json_ld('{"@type": "Product", "headline": "Mill", ') is None


@pytest.mark.parametrize(
    "text",
    [
        '"\\"' * 100_000,
        '"headline":"' * 50_000 + '"NewsArticle"',
        "/*" * 100_000,
        ",  " * 100_000,
        "\n" * 300_000 + "{",
    ],
)
def test_mending_costs_time_in_proportion_to_the_length(text: str) -> None:
    began = time.process_time()
    parse_json_ld(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("kind", [["Thing", "NewsArticle"], ["NewsArticle"], "https://schema.org/ReportageNewsArticle"])
def test_any_of_several_types_tells_an_article(kind: Any) -> None:
    (node,) = read_json_ld(page({"@type": kind, "headline": "Mill"}))
    assert text_of(node, "headline") == "Mill"


def test_articles_are_found_however_deep_and_before_mere_pages() -> None:
    graph = {"@graph": [{"@type": "WebPage", "name": "W"}, {"@graph": [[{"@type": ["Article"], "headline": "Deep"}]]}]}
    assert [text_of(node, "headline", "name") for node in read_json_ld(page(graph))] == ["Deep", "W"]


@pytest.mark.parametrize(
    "publisher",
    [
        {"@type": "Organization", "name": "Vellmar Courier"},
        [{"@type": "Organization"}, {"name": ["Vellmar Courier"]}],
        {"@id": "#paper"},
        [{"@id": "#paper"}],
        "#paper",
        "Vellmar Courier",
    ],
)
def test_publisher_is_found_however_it_is_given(publisher: Any) -> None:
    graph = {"@graph": [NODE | {"publisher": publisher}, {"@id": "#paper", "name": "Vellmar Courier"}]}
    assert read_page(page(graph)).source == "Vellmar Courier"


def test_halves_of_characters_are_replaced() -> None:
    (node,) = read_json_ld(page('{"@type": "Article", "headline": "Mi\\ud800ll", "about": ["a", "\\udc00"]}'))
    assert text_of(node, "headline") == "Mi\N{REPLACEMENT CHARACTER}ll"
    assert texts_of(node, "about") == ["a", "\N{REPLACEMENT CHARACTER}"]


@pytest.mark.parametrize(
    ("node", "head", "iso"),
    [
        ({"dateModified": "2025-05-28T09:00:00+02:00"}, "", "2025-05-28T09:00:00+02:00"),
        ({}, '<meta property="article:modified_time" content="2025-05-28T09:00:00Z">', "2025-05-28T09:00:00Z"),
        ({"dateModified": "soon"}, '<meta property="og:updated_time" content="2025-05-28">', "2025-05-28"),
        ({}, "", ""),
    ],
)
def test_time_of_the_last_change_is_read(node: dict[str, str], head: str, iso: str) -> None:
    assert read_page(page(NODE | node, head=head)).updated == iso


@pytest.mark.parametrize(
    ("language", "tag", "wanted"),
    [
        ("de-CH", "<html>", "de-CH"),
        ({"@type": "Language", "name": "Turkish", "alternateName": "tr"}, "<html lang='{{lang}}'>", "tr"),
        (["fr"], "<html lang='en'>", "en"),
    ],
)
def test_language_in_json_ld_is_asked_where_the_page_declares_none(language: Any, tag: str, wanted: str) -> None:
    assert read_page(page(NODE | {"inLanguage": language}, tag=tag)).language == wanted
