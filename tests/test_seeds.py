"""The sample corpus that ships: its breadth, its events told in several languages, and its planted difficulties."""

import difflib
import itertools
import re
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.files import find_files
from indexer.text.language import identify_language

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SAMPLE = SEEDS / "sample-news"
LANGUAGES = "ar de el en es fr hi it ja ko nl pl pt ru sw th tr uk zh"
EVENTS = {
    "battery": "de ja ko pl zh",
    "bronzes": "ar el en nl",
    "cholera": "ar fr hi sw",
    "dam": "ar en fr sw",
    "election": "es it pl pt uk",
    "ferry": "el en fr tr",
    "final": "de es ru tr",
    "flood": "de fr nl pl",
    "heat": "hi th tr uk",
    "locusts": "ar hi ru",
    "moon": "es ja pt th zh",
    "quake": "es it pt tr",
    "ransom": "en nl pl uk",
    "rates": "de en ru uk",
    "rice": "ja ko th",
    "strike": "en fr sw",
    "treaty": "ar hi ru tr",
    "tunnel": "de fr it nl",
    "typhoon": "hi ja ko zh",
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The articles of the sample by their ids."""
    read = [item for file in find_files([SAMPLE]).files for item in file.items()]
    return {item.id: item for item in read if isinstance(item, Article)}


def test_every_seed_is_readable_without_a_notice() -> None:
    read = [item for file in find_files([SEEDS]).files for item in file.items()]
    assert [item for item in read if isinstance(item, Notice)] == []
    assert len(read) == 1 + sum(len(path.read_bytes().splitlines()) for path in SAMPLE.iterdir())


def test_readme_counts_the_articles_and_the_languages(articles: dict[str, Article]) -> None:
    readme = " ".join((SEEDS / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(articles)} short articles in {len(LANGUAGES.split())} languages ({LANGUAGES})" in readme
    assert len(articles) >= 60


def test_every_record_has_the_same_fields_in_the_same_order() -> None:
    for path in SAMPLE.iterdir():
        for line in path.read_bytes().splitlines():
            record = orjson.loads(line)
            assert list(record) == ["id", "title", "text", "published", "language", "source", "url"]
            assert all(isinstance(value, str) and value.strip() for value in record.values())


def test_ids_are_unique() -> None:
    ids = [orjson.loads(line)["id"] for path in SAMPLE.iterdir() for line in path.read_bytes().splitlines()]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_file_is_named_by_the_language_of_its_articles(articles: dict[str, Article]) -> None:
    assert " ".join(sorted({article.language for article in articles.values()})) == LANGUAGES
    for article in articles.values():
        assert article.origin.startswith(str(SAMPLE / f"{article.language}.jsonl:"))


def test_language_of_every_text_is_the_declared_one(articles: dict[str, Article]) -> None:
    found = {name: identify_language(article.body) for name, article in articles.items()}
    assert found == {name: article.language for name, article in articles.items()}


def test_dates_spread_over_two_years_and_vary_in_precision(articles: dict[str, Article]) -> None:
    dates = [article.published for article in articles.values() if article.published]
    assert len(dates) == len(articles)
    assert {date.precision for date in dates} == {"day", "time"}
    earliest = min(date.earliest for date in dates)
    latest = max(date.latest for date in dates)
    assert (f"{earliest:%Y-%m}", f"{latest:%Y-%m}") == ("2024-03", "2026-03")
    assert timedelta(days=700) < latest - earliest < timedelta(days=760)
    assert len({date.iso[:7] for date in dates}) >= 18


def test_outlets_are_many_and_none_of_them_real(articles: dict[str, Article]) -> None:
    assert len({article.source for article in articles.values()}) >= 10
    for article in articles.values():
        address = urlsplit(article.url)
        assert address.scheme == "https"
        assert str(address.hostname).endswith(".example")


def test_events_are_told_in_three_languages_or_more(articles: dict[str, Article]) -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for name, article in articles.items():
        event, _, language = name.rpartition("-")
        if language == article.language:
            told[event].add(language)
    several = {event: " ".join(sorted(languages)) for event, languages in told.items() if len(languages) >= 3}
    assert several == EVENTS


def test_articles_of_one_event_appeared_within_three_days(articles: dict[str, Article]) -> None:
    for event, languages in EVENTS.items():
        dates = [articles[f"{event}-{language}"].published for language in languages.split()]
        moments = [date.earliest for date in dates if date]
        assert len(moments) == len(dates)
        assert max(moments) - min(moments) < timedelta(days=3)


@pytest.mark.parametrize(("family", "language"), [("wire-oil", "en"), ("wire-vaccine", "fr")])
def test_wire_family_is_one_text_at_three_outlets(articles: dict[str, Article], family: str, language: str) -> None:
    members = [articles[f"{family}-{number}"] for number in (1, 2, 3)]
    assert [article.language for article in members] == [language] * 3
    assert len({article.source for article in members}) == len({article.url for article in members}) == 3
    for one, other in itertools.combinations(members, 2):
        assert one.body != other.body
        assert similarity(one, other) > 0.8


def test_independent_reports_in_one_language_are_not_alike(articles: dict[str, Article]) -> None:
    reports = [articles[name] for name in ("wire-oil-1", "rates-en", "ferry-en", "dam-en")]
    assert max(similarity(one, other) for one, other in itertools.combinations(reports, 2)) < 0.5


def similarity(one: Article, other: Article) -> float:
    return difflib.SequenceMatcher(None, one.body.split(), other.body.split(), autojunk=False).ratio()


def test_corrected_article_has_the_same_address_and_appeared_later(articles: dict[str, Article]) -> None:
    first, corrected = articles["fire-en-1"], articles["fire-en-2"]
    assert first.url == corrected.url
    assert first.source == corrected.source
    assert first.body != corrected.body
    assert first.published is not None
    assert corrected.published is not None
    assert first.published.latest < corrected.published.earliest
    addresses = Counter(article.url for article in articles.values())
    assert [url for url, count in addresses.items() if count > 1] == [first.url]


def test_texts_are_paragraphs_between_blank_lines(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert len(re.split(r"\n\n", article.body)) >= 3
        assert article.body == article.body.strip()
        assert re.search(r"(?<!\n)\n(?!\n)|\n{3}|\r", article.body) is None
