"""Exports of blogs hold more than was published: only what was published as an article is read, the rest is counted."""

from typing import Any

import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.notice import Notice, left_out
from indexer.sources.web.feed import read_feed

TEXT = "The council of Ansted lets its oldest pier to a circus for the winter."


def wordpress(*items: dict[str, str]) -> bytes:
    """Return an export of WordPress with items of these fields."""
    written = "".join(
        f"<item><title>Item {number}</title><link>https://blog.example/?p={number}</link><guid>{number}</guid>"
        f"<pubDate>Tue, 27 May 2025 08:00:00 +0000</pubDate><content:encoded><![CDATA[{TEXT}]]></content:encoded>"
        + "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in fields.items())
        + "</item>"
        for number, fields in enumerate(items)
    )
    namespaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
    return f'<rss version="2.0" {namespaces}><channel><title>Pier Post</title>{written}</channel></rss>'.encode()


def read(content: bytes) -> tuple[list[str], list[Notice]]:
    items = list(read_feed(content, "site.xml"))
    titles = [each.title for each in items if isinstance(each, Article)]
    return titles, [each for each in items if isinstance(each, Notice)]


def test_what_never_was_published_is_counted_and_named() -> None:
    states = ["publish", "draft", "draft", "auto-draft", "private", "trash", "pending", "future", "embargo"]
    items: list[dict[str, str]] = [{"status": status, "post_type": "post", "post_password": ""} for status in states]
    items += [{"status": "publish", "post_type": "post", "post_password": "x"}]
    items += [{"status": "inherit", "post_type": kind} for kind in ("revision", "attachment", "attachment")]
    items += [{"status": "publish", "post_type": kind} for kind in ("nav_menu_item", "wp_template", "page", "report")]
    titles, notices = read(wordpress(*items))
    assert titles == ["Item 0", "Item 15", "Item 16"]
    assert notices == [
        left_out(
            "site.xml",
            "14 of 17 entries never appeared as articles: 3 drafts, 2 attachments, 1 private, 1 binned, "
            "1 waiting for review, "
            "1 scheduled, 1 of status embargo, 1 protected by a password, 1 revisions, 1 menu items, "
            "1 parts of the site",
        )
    ]


@pytest.mark.parametrize("fields", [{}, {"status": "publish"}, {"post_type": "post"}, {"status": " Publish "}])
def test_what_says_nothing_else_was_published(fields: dict[str, str]) -> None:
    assert read(wordpress(fields)) == (["Item 0"], [])


@pytest.mark.parametrize(
    ("written", "updated"), [("2025-06-01 10:00:00", "2025-06-01T10:00:00Z"), ("0000-00-00 00:00:00", ""), ("", "")]
)
def test_the_last_change_is_read(written: str, updated: str) -> None:
    (article,) = read_feed(wordpress({"status": "publish", "post_modified_gmt": written}), "site.xml")
    assert isinstance(article, Article)
    assert article.updated == (parse_published(updated) if updated else None)


def blogger(**fields: Any) -> bytes:
    kind, rest = fields.pop("kind", ""), "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    scheme = "http://schemas.google.com/g/2005#kind"
    tag = f'<category scheme="{scheme}" term="http://schemas.google.com/blogger/2008/kind#{kind}"/>' if kind else ""
    namespaces = 'xmlns:app="http://purl.org/atom/app#" xmlns:blogger="http://schemas.google.com/blogger/2018"'
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {namespaces}><title>Pier Post</title><entry><id>1</id>{tag}'
        f"<title>Circus</title><content>{TEXT}</content>{rest.replace('_', ':')}</entry></feed>"
    ).encode()


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"kind": "post"}, ""),
        ({"kind": "page"}, ""),
        ({"kind": "comment"}, "comments"),
        ({"kind": "settings"}, "parts of the site"),
        ({"kind": "template"}, "parts of the site"),
        ({"blogger_type": "POST", "blogger_status": "LIVE"}, ""),
        ({"blogger_type": "POST", "blogger_status": "DRAFT"}, "drafts"),
        ({"blogger_type": "COMMENT", "blogger_status": "LIVE"}, "comments"),
    ],
)
def test_blogger(fields: dict[str, str], what: str) -> None:
    titles, notices = read(blogger(**fields))
    assert titles == ([] if what else ["Circus"])
    assert [notice.reason for notice in notices] == (
        [f"1 of 1 entries never appeared as articles: 1 {what}"] if what else []
    )


def test_a_draft_of_blogger() -> None:
    draft = blogger(kind="post").replace(b"</entry>", b"<app:control><app:draft>yes</app:draft></app:control></entry>")
    assert read(draft)[0] == []
