"""Feeds of every kind become articles, and what is no feed, or a dangerous one, is a notice."""

from html import escape
from pathlib import Path

import orjson
import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.notice import Notice, skipped
from indexer.sources.web.feed import entries, read_feed

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Gazette</title>
<language>en-GB</language>
<item><guid>g1</guid><title>Ferry &amp;amp; fog</title><link>https://gazette.example/1</link>
<pubDate>Tue, 27 May 2025 18:20:00 +0200</pubDate><description>Short.</description>
<content:encoded>
<![CDATA[<p>The ferry ran <b>aground</b>.</p><script>x()</script><p>All are safe.</p>]]></content:encoded>
</item>
<item><title>Undated</title><link>https://gazette.example/2</link><description>A note.</description></item>
<item><title>Empty</title><link>https://gazette.example/3</link></item>
</channel></rss>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Courrier</title>
<entry><id>urn:1</id><title>Le bac</title><link href="https://courrier.example/1"/><updated>2025-05-27T18:20:00Z</updated>
<content type="html">&lt;p&gt;Le bac s’est échoué.&lt;/p&gt;</content></entry></feed>""".encode()

JSON_FEED = orjson.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Herald",
        "language": "de",
        "items": [
            {"id": "1", "url": "https://herald.example/1", "title": "Fähre", "content_html": "<p>Auf Grund.</p>",
             "date_published": "2025-05-27T18:20:00+02:00"},
            {"id": "2", "content_text": "Nur Text."},
            "no entry",
        ],
    }
)  # fmt: skip


def read(content: bytes) -> tuple[list[Article], list[Notice]]:
    items = list(read_feed(content, "feed"))
    return [each for each in items if isinstance(each, Article)], [each for each in items if isinstance(each, Notice)]


def test_rss() -> None:
    (first, second), (notice,) = read(RSS)
    assert (first.id, first.title, first.body) == ("g1", "Ferry & fog", "The ferry ran aground.\n\nAll are safe.")
    assert first.published is not None
    assert first.published.iso == "2025-05-27T18:20:00+02:00"
    assert (first.language, first.source, first.url) == ("en", "Gazette", "https://gazette.example/1")
    assert (second.id, second.body, second.published) == ("https://gazette.example/2", "A note.", None)
    assert notice.origin == "feed#3"


def test_atom_and_its_language() -> None:
    (article,), _ = read(ATOM)
    assert (article.id, article.body, article.language, article.source) == (
        "urn:1", "Le bac s’est échoué.", "fr", "Courrier",
    )  # fmt: skip
    assert article.published is not None
    assert article.published.iso == "2025-05-27T18:20:00+00:00"


def _times(entry: str, namespaces: str = "") -> tuple[str | None, str | None]:
    """Return when the only article of a feed was published and last changed."""
    (article,), _ = read(f'<rss version="2.0" {namespaces}><channel>{entry}</channel></rss>'.encode())
    published, updated = article.published, article.updated
    return published.iso if published else None, updated.iso if updated else None


def test_the_last_change_of_an_entry() -> None:
    dated = b"<published>2025-05-27T08:00:00Z</published><updated>2025-05-28T09:00:00Z</updated>"
    (article,), _ = read(ATOM.replace(b"<updated>2025-05-27T18:20:00Z</updated>", dated))
    assert article.published == parse_published("2025-05-27T08:00:00+00:00")
    assert article.updated == parse_published("2025-05-28T09:00:00+00:00")


def test_the_last_change_of_an_item() -> None:
    item = (
        "<item><guid>a</guid><description>A pilot left.</description><pubDate>Tue, 27 May 2025 08:00:00 GMT</pubDate>"
    )
    published, updated = "2025-05-27T08:00:00+00:00", "2025-05-28T09:00:00+00:00"
    assert _times(f"{item}</item>") == (published, None)
    terms = 'xmlns:dcterms="http://purl.org/dc/terms/"'
    modified = "<dcterms:modified>2025-05-28T09:00:00Z</dcterms:modified>"
    assert _times(f"{item}{modified}</item>", terms) == (published, updated)
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    assert _times(f"{item}<atom:updated>2025-05-28T09:00:00Z</atom:updated></item>", atom) == (published, updated)


def test_the_last_build_of_a_feed_is_when_its_items_were_retrieved() -> None:
    built = b"<channel><lastBuildDate>Wed, 28 May 2025 07:00:00 GMT</lastBuildDate>"
    (first, second), _ = read(RSS.replace(b"<channel>", built))
    moment = parse_published("2025-05-28T07:00:00+00:00")
    assert (first.retrieved, second.retrieved, first.updated) == (moment, moment, None)
    (first, _), notices = read(RSS.replace(b"<channel>", b"<channel><lastBuildDate>lately</lastBuildDate>"))
    assert (first.retrieved, len(notices)) == (None, 1)


def test_the_last_change_of_an_item_in_json() -> None:
    item = b'"date_published":"2025-05-27T18:20:00+02:00"'
    (first, _), _ = read(JSON_FEED.replace(item, item + b',"date_modified":"2025-05-29T10:00:00+02:00"'))
    assert first.published == parse_published("2025-05-27T18:20:00+02:00")
    assert first.updated == parse_published("2025-05-29T10:00:00+02:00")


def test_json_feed() -> None:
    (first, second), notices = read(JSON_FEED)
    assert (first.title, first.body, first.language, first.source) == ("Fähre", "Auf Grund.", "de", "Herald")
    assert (second.id, second.body, second.url) == ("2", "Nur Text.", "")
    assert notices == []


@pytest.mark.parametrize("content", [b"", b"\0\0", b"<html><body>Hello</body></html>", b"{", b"<rss>", b"<?xml ?><a/>"])
def test_what_is_no_feed_is_a_notice(content: bytes) -> None:
    assert list(read_feed(content, "feed")) == [
        skipped("feed", "is no feed, or one without entries: wanted RSS, Atom or JSON Feed")
    ]


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    content = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<rss version="2.0"><channel><title>T</title><item><title>&x;</title><description>Text &l11;</description>'
        "</item></channel></rss>"
    ).encode()
    (article,), _ = read(content)
    assert "secret" not in article.title + article.body
    assert len(article.body) < 100


def test_a_feed_in_another_encoding_than_declared_is_read_as_far_as_it_goes() -> None:
    (entry,) = entries(ATOM.replace(b'version="1.0"', b'version="1.0" encoding="ascii"'))
    assert entry.record["text"].startswith("Le bac s")


def items(*written: str, channel: str = "") -> list[dict[str, str]]:
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
    inner = "".join(f"<item>{each}</item>" for each in written)
    content = f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{channel}{inner}</channel></rss>'
    return [entry.record for entry in entries(content.encode())]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_text_and_title_that_were_escaped_several_times(times: int) -> None:
    title, text = "Fog & “ferry”", "<p>The ferry & its crew.</p><p>All are safe.</p>"
    for _ in range(times):
        title, text = escape(title).replace("“", "&#8220;"), escape(text)
    (record,) = items(f"<title>{title}</title><description>{text}</description>")
    assert (record["title"], record["text"]) == ("Fog & “ferry”", "The ferry & its crew.\n\nAll are safe.")


@pytest.mark.parametrize(
    "texts",
    [
        "<description>Short.</description><content:encoded>The whole text of it.</content:encoded>",
        "<description>The whole text of it.</description><content:encoded>Short.</content:encoded>",
        "<content:encoded></content:encoded><description>The whole text of it.</description>",
        "<media:description>A caption that is longer than the text is.</media:description>"
        "<description>The whole text of it.</description>",
        "<description>The whole</description><media:description type='plain'>The whole text of it.</media:description>",
        "<media:group><media:description>The whole text of it.</media:description></media:group>",
    ],
)
def test_the_most_complete_text_is_taken_and_no_caption(texts: str) -> None:
    assert [record["text"] for record in items(f"<title>T</title>{texts}")] == ["The whole text of it."]


def test_atom_content_and_summary_of_every_type() -> None:
    content = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://courrier.example/a/"><title>C</title>
    <entry xml:base="b/"><title type="html">R&amp;amp;D</title><link href="1"/><summary>Short.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
    <entry><title>T</title><link href="/2"/><content type="text">Short.</content>
    <summary type="html">&lt;p&gt;The whole text.&lt;/p&gt;</summary></entry></feed>"""
    first, second = entries(content)
    assert (first.url, first.record["title"], first.record["text"]) == (
        "https://courrier.example/a/b/1", "R&D", "One.\n\nTwo.",
    )  # fmt: skip
    assert (second.url, second.record["text"]) == ("https://courrier.example/2", "The whole text.")


def test_relative_addresses_are_completed_by_the_site_or_the_address_of_the_feed() -> None:
    (record,) = items("<title>T</title><link>/a/1</link>", channel="<link>https://gazette.example/news</link>")
    assert record["url"] == "https://gazette.example/a/1"
    content = b'<rss version="2.0"><channel><item><title>T</title><link>a/1</link></item></channel></rss>'
    assert [entry.url for entry in entries(content, "https://gazette.example/feeds/all.xml")] == [
        "https://gazette.example/feeds/a/1"
    ]
    item = {"id": "1", "url": "/a/1", "content_text": "Text."}
    (entry,) = entries(orjson.dumps({"home_page_url": "https://herald.example/", "items": [item]}))
    assert entry.url == "https://herald.example/a/1"


def test_characters_that_do_not_exist_are_replaced() -> None:
    (record,) = items(
        "<title>a&#xD800;b&#55296;</title><description>hi &amp;#xDFFF; &#x110000; &#9999999999;</description>"
    )
    assert (record["title"], record["text"]) == ("a\ufffdb\ufffd", "hi \ufffd \ufffd \ufffd")
    (entry,) = entries(b'{"items": [{"id": "1", "title": "T\\ud83d", "content_html": "<p>a\\udc00</p>"}]}')
    assert (entry.record["title"], entry.record["text"]) == ("T\ufffd", "a\ufffd")


def test_a_feed_in_utf_16_is_read() -> None:
    text = ATOM.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').replace("bac<", "bac &#xD800;<")
    assert [entry.record["title"] for entry in entries(text.encode("utf-16"))] == ["Le bac \ufffd"]


def test_json_feed_gives_the_longer_of_its_two_texts() -> None:
    item = {"id": "1", "title": "R&amp;D", "content_html": "<p>Short.</p>", "content_text": "The whole text."}
    (entry,) = entries(orjson.dumps({"items": [item]}))
    assert (entry.record["title"], entry.record["text"]) == ("R&D", "The whole text.")


@pytest.mark.parametrize(
    ("titles", "channel", "wanted"),
    [
        (["Pilots walk out - Gazette"], "Gazette", ["Pilots walk out"]),
        (["Pilots walk out | The Gazette"], "Ports – Gazette", ["Pilots walk out"]),
        (["Pilots - a portrait"], "Gazette", ["Pilots - a portrait"]),
        (["A day - G24", "Two days - G24", "Week - in short - G24"], "", ["A day", "Two days", "Week - in short"]),
        (["A day - G24", "Two days - G24", "Week"], "", ["A day - G24", "Two days - G24", "Week"]),
    ],
)
def test_name_of_the_site_is_cut_from_titles(titles: list[str], channel: str, wanted: list[str]) -> None:
    written = [f"<title>{title}</title>" for title in titles]
    assert [record["title"] for record in items(*written, channel=f"<title>{channel}</title>")] == wanted


def test_name_of_the_source_of_an_entry_is_cut_from_its_title() -> None:
    written = "<title>Pilots walk out - Hollin Echo</title><source url='https://echo.example'>Hollin Echo</source>"
    assert [record["title"] for record in items(written, channel="<title>Aggregator</title>")] == ["Pilots walk out"]
