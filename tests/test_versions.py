"""Articles are versions of one article if they have the same id, the same URL, or the same source and text."""

import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.duplicates.versions import Replaced, Versions, canonical_url


def article(number: int, text: str = "", published: str = "", **fields: str) -> Article:
    when = parse_published(published) if published else None
    name, source, url = (fields.get(each, "") for each in ("name", "source", "url"))
    return Article(name or str(number), "", text or f"Text {number}.", when, "en", source, url, f"f:{number}")


def replaced(*articles: Article) -> list[Replaced]:
    versions = Versions()
    for each in articles:
        versions.add(each)
    return list(versions.replaced())


def test_articles_that_share_nothing_all_stay() -> None:
    assert replaced(article(0), article(1), article(2)) == []


def test_the_newest_of_one_id_stays_wherever_it_was_read() -> None:
    found = replaced(
        article(0, name="a", published="2025-05-02"),
        article(1, name="a", published="2025-05-03"),
        article(2, name="a", published="2025-05-01"),
    )
    assert found == [Replaced(0, 1, same_text=False), Replaced(2, 1, same_text=False)]


def test_without_dates_the_one_read_last_stays() -> None:
    assert replaced(article(0, name="a"), article(1, name="a")) == [Replaced(0, 1, same_text=False)]
    assert replaced(article(0, name="a", published="2025"), article(1, name="a")) == [Replaced(1, 0, same_text=False)]


def test_identical_texts_are_one_article_from_one_source_and_two_from_two() -> None:
    text = "The ferry ran aground."
    assert replaced(article(0, text, source="A"), article(1, f" {text}\n", source="a")) == [
        Replaced(0, 1, same_text=True)
    ]
    assert replaced(article(0, text, source="A"), article(1, text, source="B")) == []


def test_versions_of_versions_are_one_article() -> None:
    found = replaced(
        article(0, name="a"),
        article(1, url="https://a.example/x"),
        article(2, name="a", url="http://www.a.example/x/#top"),
    )
    assert [(each.row, each.by) for each in found] == [(0, 2), (1, 2)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.a.example/1/", "http://a.example/1", True),
        ("https://a.example/1?utm_source=rss&utm_medium=x", "https://a.example/1", True),
        ("https://a.example/1#comments", "https://a.example/1", True),
        ("https://A.example/1", "https://a.example/1", True),
        ("https://a.example/?id=1", "https://a.example/?id=2", False),
        ("https://a.example/1", "https://b.example/1", False),
        ("http://[bad", "http://[bad", True),
    ],
)
def test_addresses(one: str, other: str, same: bool) -> None:
    assert (canonical_url(one) == canonical_url(other)) is same
