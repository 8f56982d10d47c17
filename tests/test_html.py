"""A saved page becomes its article: the headline without the site, the day it says, its text and nothing around it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.web import html
from indexer.sources.web.html import read_html
from indexer.sources.web.page_date import date_in_url
from indexer.sources.web.page_encoding import decode_page

PARAGRAPHS = (
    "A ferry with more than two hundred people on board ran aground in thick fog off the island early on Thursday.",
    "Coastguards lifted most of the passengers from the deck by helicopter, and the rest left in two lifeboats.",
    "Investigators will read the voyage recorder before the tide lets tugs pull the ship free at the weekend.",
)
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(head: str = "", body: str = BODY, title: str = "Ferry aground", lang: str = "en") -> bytes:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
        "<nav><ul><li><a href='/news'>News</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<main><article><h1>Ferry aground</h1>{body}</article></main>"
        "<footer><p>All rights reserved. <a href='/privacy'>Privacy</a></p></footer></body></html>"
    ).encode()


def json_ld(**fields: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle"} | fields
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(content: bytes, url: str = "") -> tuple[Article, list[str]]:
    items = list(read_html(content, "page.html", "page.html", url))
    notices = [f"{item.reason}" for item in items if isinstance(item, Notice)]
    (article,) = (item for item in items if isinstance(item, Article))
    return article, notices


def refused(content: bytes) -> str:
    (notice,) = read_html(content, "page.html")
    assert isinstance(notice, Notice)
    return notice.reason


def test_text_is_that_of_the_article_and_nothing_around_it() -> None:
    article, notices = read(page())
    assert article.body.split("\n\n") == list(PARAGRAPHS)
    assert (article.title, article.language, notices) == ("Ferry aground", "en", [])


def test_cookies_shares_and_related_stories_are_left_out() -> None:
    noise = (
        '<div class="cookie-banner"><p>We use cookies to improve your experience.</p></div>'
        '<ul class="share"><li><a href="https://example.org/share">Share this</a></li></ul>'
        '<aside class="related"><h2>Read more</h2><p><a href="/a">Harbour to be dredged next spring</a></p></aside>'
    )
    article, _ = read(page(body=f"{BODY}{noise}<p>Read also: <a href='/b'>Tugs wait for the tide</a></p>"))
    assert article.body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (json_ld(headline="Ferry aground off Skerry"), "Ferry aground off Skerry"),
        ('<meta property="og:title" content="Ferry aground off Skerry">', "Ferry aground off Skerry"),
        (
            json_ld(headline="Accident at sea: “Ferry aground” off Skerry")
            + '<meta property="og:title" content="Ferry aground off Skerry">',
            "Ferry aground off Skerry",
        ),
        (
            '<meta property="og:title" content="Ferry aground off Skerry | The Skerry Post">'
            '<meta property="og:site_name" content="The Skerry Post">',
            "Ferry aground off Skerry",
        ),
        (json_ld(headline="Fog &amp; ferry"), "Fog & ferry"),
        ("", "Ferry aground"),
    ],
)
def test_title_is_the_headline_without_the_name_of_the_site(head: str, title: str) -> None:
    assert read(page(head, title="Ferry aground - The Skerry Post"))[0].title == title


@pytest.mark.parametrize(
    ("head", "url", "iso"),
    [
        (json_ld(datePublished="2025-05-01T07:30:00+02:00"), "", "2025-05-01T07:30:00+02:00"),
        (
            json_ld(datePublished="2025-05-01T07:30:00+02:00")
            + '<meta property="article:published_time" content="2025-06-01">',
            "",
            "2025-05-01T07:30:00+02:00",
        ),
        ('<meta property="article:published_time" content="2025-05-01T07:30:00Z">', "", "2025-05-01T07:30:00+00:00"),
        ('<meta name="date" content="2025-05-01">', "", "2025-05-01"),
        ("", "https://skerry.example/2025/05/01/ferry-aground", "2025-05-01"),
        ("", "https://skerry.example/2025/may/01/ferry-aground", "2025-05-01"),
        (json_ld(datePublished="soon"), "https://skerry.example/2025/05/01/ferry-aground", "2025-05-01"),
        (json_ld(datePublished="1970-01-01T00:00:00Z"), "https://skerry.example/2025/05/01/x", "2025-05-01"),
    ],
)
def test_date_is_taken_from_the_most_trusted_place_that_has_one(head: str, url: str, iso: str) -> None:
    published = read(page(head), url)[0].published
    assert published is not None
    assert published.iso == iso


def test_time_of_a_related_story_is_not_the_time_of_the_page() -> None:
    body = BODY + "<aside><p>Last year</p><time datetime='2020-01-01'>1 January</time></aside>"
    article, _ = read(page(body=f"<time datetime='2025-05-01T07:30:00Z'>1 May</time>{body}"))
    assert article.published is not None
    assert article.published.iso == "2025-05-01T07:30:00+00:00"


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        ("https://a.example/2025/05/01/x", "2025-05-01"),
        ("https://a.example/news/20250501/x", "2025-05-01"),
        ("https://a.example/2025/05/x", "2025-05"),
        ("https://a.example/2025/13/45/x", ""),
        ("https://a.example/article-20259999", ""),
        ("", ""),
    ],
)
def test_day_in_an_address(url: str, iso: str) -> None:
    assert date_in_url(url) == iso


def test_address_is_the_canonical_one_and_source_the_site() -> None:
    head = '<link rel="canonical" href="/ferry-aground"><meta property="og:site_name" content="The Skerry Post">'
    article, _ = read(page(head), "https://skerry.example/ferry-aground?utm_source=feed")
    assert (article.url, article.source) == ("https://skerry.example/ferry-aground", "The Skerry Post")


def test_source_is_the_domain_where_the_site_has_no_name() -> None:
    assert read(page(), "https://www.skerry.example/ferry")[0].source == "skerry.example"


def test_canonical_address_of_the_home_page_is_not_believed() -> None:
    head = '<link rel="canonical" href="https://skerry.example/">'
    assert read(page(head), "https://skerry.example/ferry")[0].url == "https://skerry.example/ferry"


def test_declared_language_is_checked_against_the_text() -> None:
    assert read(page(lang="fr"))[0].language == "en"
    assert read(page(lang="en-GB"))[0].language == "en"
    assert read(page(lang="no such tag"))[0].language == "en"


def test_text_that_only_the_data_of_a_script_holds_is_read() -> None:
    data = json.dumps({"props": {"body": BODY}})
    content = f'<html><head><title>x</title></head><body><script type="application/json">{data}</script></body></html>'
    assert read(content.encode())[0].body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_is_read_in_any_encoding_whatever_the_page_declares(encoding: str) -> None:
    text = page(body=f"{BODY}<p>Der Kapitän sagte, die Fähre sei „auf Grund gelaufen“, 渡轮搁浅了。</p>").decode()
    wrong = text.replace('charset="utf-8"', 'charset="iso-8859-1"')
    assert "Fähre sei „auf Grund gelaufen“, 渡轮搁浅了" in read(wrong.encode(encoding))[0].body


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Паром сел на мель в густом тумане у острова рано утром в четверг, сообщила береговая охрана."),
        ("shift_jis", "木曜日の早朝、濃い霧の中でフェリーが島の沖合で座礁したと沿岸警備隊が発表した。"),
        ("euc-kr", "목요일 이른 아침 짙은 안개 속에서 여객선이 섬 앞바다에 좌초했다고 해경이 밝혔다."),
        ("windows-1252", "Die Fähre lief am frühen Donnerstag im dichten Nebel vor der Insel auf Grund – sagte man."),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
def test_older_encodings_are_read_declared_or_not(encoding: str, text: str, declared: bool) -> None:
    charset = f'<meta charset="{encoding}">' if declared else ""
    decoded = decode_page(f"<html><head>{charset}</head><body><p>{text} {text}</p></body></html>".encode(encoding))
    assert text in decoded


def test_characters_that_no_page_may_hold_are_left_out() -> None:
    content = page(body=BODY.replace("ferry", "fer\x00ry\x08"))
    assert read(content)[0].body.startswith("A ferry with")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the page is empty"),
        (b" \n\t ", "the page is empty"),
        (b"<html><body></body></html>", "no article text found"),
        (b"\x00\x01\x02\x03" * 100, ""),
        (b"<", ""),
        (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no article text found"),
    ],
)
def test_what_holds_no_article_is_a_notice(content: bytes, reason: str) -> None:
    assert reason in refused(content)


def test_a_page_of_fifty_megabytes_is_refused_before_it_is_parsed() -> None:
    assert refused(b"<p>" + b"x" * 50_000_000) == "the page has 50,000,003 bytes, wanted at most 20,000,000"


def test_a_script_of_twelve_megabytes_does_not_cost_the_article() -> None:
    article, _ = read(page(body=f"<script>{'x' * 12_000_000}</script>{BODY}"))
    assert article.body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("tag", ["div", "blockquote", "b", "table"])
def test_elements_nested_without_end_cost_no_more_than_themselves(tag: str) -> None:
    items = list(read_html(f"<html><body>{f'<{tag}>' * 100_000}<p>deep</p>".encode() + BODY.encode(), "deep.html"))
    assert len(items) == 1


def test_a_page_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_ELEMENTS", 10)
    assert refused(page()).endswith("elements, wanted at most 10")


def test_entities_do_not_expand_and_no_file_is_read() -> None:
    bomb = b'<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    article, _ = read(bomb + page(body=f"<p>&b;&x;</p>{BODY}").removeprefix(b"<!DOCTYPE html>"))
    assert "root:" not in article.body
    assert len(article.body) < 500


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[" * 100_000,
        '{"@type": 5}',
        '{"@graph": [[[{}]]]}',
        '{"@type": ["NewsArticle"], "headline": {"a": 1}}',
        "null",
    ],
)
def test_json_ld_that_is_none_is_passed_over(data: str) -> None:
    assert read(page(f'<script type="application/ld+json">{data}</script>'))[0].title == "Ferry aground"


_MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            ["<p>", "</p>", "<div", ">", "<!--", "-->", "<script>", "&#0;", "&amp", '"', "<h1>", "<time datetime="]
        ),
        st.text(max_size=20),
        st.just(BODY),
    ),
    max_size=20,
).map("".join)


@given(_MARKUP)
def test_any_markup_is_an_article_or_a_notice(markup: str) -> None:
    items = list(read_html(markup.encode("utf-8", "surrogatepass"), "page.html"))
    assert len([item for item in items if isinstance(item, Article) or item.kind == "skipped"]) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_an_article_or_a_notice(content: bytes) -> None:
    assert list(read_html(content, "page.html"))
