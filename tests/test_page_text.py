"""The most complete text of a page is taken, whether the page shows it or only its data holds it."""

import json
from typing import Any

import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.web import page_text
from indexer.sources.web.html import read_html
from indexer.sources.web.page_text import DISAGREEMENT

STORY = (
    "The cable car above Brunnfeld stopped on Sunday with sixty people on board when a tower began to lean in wind.",
    "Mountain rescuers lowered the passengers one by one on ropes, and the last of them was down shortly before dark.",
    "The operator said that the tower had been inspected in autumn and its foundation had shown no sign of damage.",
    "Geologists suspect that the frozen ground under the foundation has thawed, as it has on other slopes nearby.",
    "The valley station will stay closed until the end of the month, and buses will take skiers to the next resort.",
    "Hoteliers in Brunnfeld expect to lose a third of their guests and have asked the canton for help with wages.",
    "A hearing before the transport office is planned for the second week of March, said its spokeswoman on Monday.",
    "Two other cable cars of the same make, in Oberwald and at the Karlsjoch, have been closed until they are checked.",
)
OTHER = (
    "A retired baker from Ostheim has catalogued every weather vane in the province, more than four thousand of them.",
    "His drawings fill sixty notebooks, which the museum of the town will show from April in its old granary.",
    "Most of the vanes are cocks, but there are also mermaids, a locomotive and, on one barn, a tax collector.",
    "The oldest one that he found was made in 1612 and still turns on the church of a village with nine inhabitants.",
    "He has been offered money for the notebooks more than once, he says, and has always sent the letters back.",
    "What he looks for now is a vane in the shape of a whale that a traveller described two hundred years ago.",
    "It stood on a house by the canal, but there have never been whales in Ostheim, and nobody remembers it.",
    "The exhibition will be opened by the governor, whose own house has a vane that is missing from the catalogue.",
    "It will then travel to three towns along the river, and the drawings will be printed as a book in the autumn.",
)


def page(shown: tuple[str, ...], *nodes: dict[str, Any], body: str = "") -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    paragraphs = "".join(f"<p>{text}</p>" for text in shown)
    return (
        f'<html lang="en"><head><title>Cable car stuck</title>{scripts}</head><body><main><article>'
        f"<h1>Cable car stuck</h1><div>{paragraphs}</div></article>{body}</main></body></html>"
    ).encode()


def node(body: Any = None, **fields: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Cable car stuck"} | ({"articleBody": body} if body else {}) | fields


def read(content: bytes) -> tuple[list[str], list[str]]:
    items = list(read_html(content, "page.html"))
    (article,) = (item for item in items if isinstance(item, Article))
    return article.body.split("\n\n"), [item.reason for item in items if isinstance(item, Notice)]


@pytest.mark.parametrize(
    "body",
    [
        STORY[0],
        STORY[0][:60] + "…",
        " ".join(STORY[:4]),
        STORY[5],
        "<p>" + "</p><p>".join(STORY[:6]) + "</p>",
        " ".join(STORY[:7]) + " [...]",
        " ".join(STORY[::3]),
        "A short summary that an editor wrote for another page.",
    ],
    ids=["lead", "cut lead", "half", "one paragraph", "three quarters", "cut short", "highlights", "summary"],
)
def test_data_that_gives_a_part_of_the_text_does_not_replace_it(body: str) -> None:
    assert read(page(STORY, node(body)))[0] == list(STORY)


def test_what_the_data_skips_is_no_part_of_the_article() -> None:
    box = "Our newsletter brings the snow report of the valley to you every Friday at noon, free of charge."
    aside = f"<section><p>{box}</p></section>"
    shown = (*STORY[:4], box, *STORY[4:])
    assert read(page(shown, node(" ".join(STORY)), body=aside))[0] == list(STORY)


def test_a_text_of_which_the_page_shows_only_the_beginning_is_taken_from_the_data() -> None:
    assert read(page(STORY[:2], node("\n".join(STORY)))) == (list(STORY), [])
    assert read(page(STORY[:2], node(" ".join(STORY)))) == ([" ".join(STORY)], [])


def test_an_article_body_in_several_parts_is_read_whole() -> None:
    assert read(page((), node(list(STORY))))[0] == list(STORY)
    parts = [{"@value": text, "@language": "en"} for text in STORY]
    assert read(page((), node(parts)))[0] == list(STORY)


def test_of_several_nodes_the_one_that_gives_the_text_shown_is_compared() -> None:
    lead, whole = node(STORY[0]), node(" ".join(STORY))
    related = node(" ".join(OTHER), headline="Weather vanes")
    assert read(page(STORY[:3], lead, related, whole))[0] == [" ".join(STORY)]


def test_text_of_a_related_article_is_not_taken() -> None:
    related = node(" ".join(OTHER), headline="Weather vanes")
    assert read(page(STORY[:4], node(), related)) == (list(STORY[:4]), [])


def test_two_different_texts_are_said_to_be_different() -> None:
    assert read(page(STORY[:4], node("\n".join(OTHER)))) == (list(OTHER), [DISAGREEMENT])
    assert read(page(STORY, node(" ".join(OTHER[:2])))) == (list(STORY), [DISAGREEMENT])


def test_every_update_of_a_live_blog_is_text() -> None:
    updates = [
        {"@type": "BlogPosting", "headline": f"Update {number}", "articleBody": text}
        for number, text in enumerate(STORY)
    ]
    blog = {"@type": "LiveBlogPosting", "headline": "Cable car stuck", "liveBlogUpdate": updates}
    (body, _), (again, _) = read(page((), blog)), read(page(STORY[:3], blog | {"articleBody": STORY[7]}))
    assert body == [line for number, text in enumerate(STORY) for line in (f"Update {number}", text)]
    assert [text for text in again if not text.startswith("Update")] == [*STORY[:3], *STORY[3:]]


def test_one_update_in_the_data_does_not_replace_a_live_blog() -> None:
    blog = {"@type": "LiveBlogPosting", "liveBlogUpdate": {"@type": "BlogPosting", "articleBody": STORY[2]}}
    assert read(page(STORY, blog))[0] == list(STORY)


def test_headline_of_an_update_is_not_the_title() -> None:
    update = {"@type": "BlogPosting", "headline": "Wind drops", "datePublished": "2025-02-09", "articleBody": STORY[0]}
    blog = {"@type": "LiveBlogPosting", "coverageStartTime": "2025-02-02T09:00:00Z", "liveBlogUpdate": [update]}
    (article,) = read_html(page(STORY, blog), "page.html")
    assert isinstance(article, Article)
    assert (article.title, article.published and article.published.iso) == (
        "Cable car stuck", "2025-02-02T09:00:00+00:00",
    )  # fmt: skip


def test_marked_elements_are_read_where_nothing_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    marked = "".join(f"<p>{text}</p>" for text in STORY)
    content = page(STORY[:1], body=f'<div itemprop="text articleBody">{marked}</div><p itemprop="name">x</p>')
    monkeypatch.setattr(page_text, "extract", lambda tree, title: list(STORY[:1]))
    assert read(content)[0] == list(STORY)


@pytest.mark.parametrize("wrap", ["self.__next_f.push([1,{}])", "window.data = {{body: {}, x: 'y'}};"])
def test_text_among_the_strings_of_a_script_is_read(wrap: str) -> None:
    markup = "".join(f'<p class="t">{text}</p>' for text in STORY)
    content = f"<html><body><script>{wrap.format(json.dumps(markup).replace('<', chr(92) + 'u003c'))}</script></body>"
    assert read(content.encode())[0] == list(STORY)


def test_text_in_json_within_the_string_of_a_script_is_read() -> None:
    inner = json.dumps({"html": "".join(f"<p>{text}</p>" for text in STORY)})
    content = f"<html><body><script>load({json.dumps(inner)})</script></body>"
    assert read(content.encode())[0] == list(STORY)
