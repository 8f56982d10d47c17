"""Articles by id, by filter and in numbers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.article import Span
from indexer.errors import NotFoundError, QueryError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.answer import Hit
from search_api.query import make_query
from search_api.ranking.fusion import KNOWN
from search_api.records.articles import Stats, StoredArticle, StoredPassage
from search_api.search.article_fields import ArticleFields
from search_api.search.catalogue import Catalogue, PassageScore
from search_api.search.families import Families
from search_api.search.filtering import PassageFilter

Build = Callable[..., BuildReport]
Write = Callable[..., Path]

LEAD = " ".join(f"lead{number}" for number in range(30)) + "."
REST = " ".join(f"rest{number}" for number in range(30)) + ". The end."
BODY = f"{LEAD}\n\nRescue 🚢 at dawn\n\n{REST}"
HEADING = "Rescue 🚢 at dawn"
ARTICLES = [
    {
        "id": "wire/2025#1",
        "title": "Ferry aground",
        "text": BODY,
        "published": "2025-05-27T18:20:00+02:00",
        "updated": "2025-05-28",
        "language": "en",
        "source": "The Gazette",
        "url": "https://gazette.example/ferry",
    },
    {"id": "day", "text": "day", "published": "2025-05-31", "language": "tr", "source": "THE GAZETTE"},
    {"id": "month", "text": "month", "published": "2025-05", "language": "fr", "source": "Le Courrier"},
    {"id": "year", "text": "year", "published": "2024", "language": "pt-BR", "source": "Le Courrier"},
    {"id": "undated", "text": "1234 5678"},
]


SCORE = PassageScore(1.0, 1.0, 0)


@pytest.fixture
def catalogue(build: Build, write_jsonl: Write, tmp_path: Path) -> Catalogue:
    build(write_jsonl(*ARTICLES))
    return Catalogue(open_current(tmp_path / "index"))


@pytest.fixture
def passages(catalogue: Catalogue, tmp_path: Path) -> PassageFilter:
    generation = open_current(tmp_path / "index")
    columns = generation.columns
    return PassageFilter(columns, ArticleFields(columns))


@pytest.fixture
def passing(catalogue: Catalogue, passages: PassageFilter) -> Callable[..., set[str]]:
    """Return a function that returns the ids of the articles that pass some filters."""

    def passing(**filters: object) -> set[str]:
        allowed = passages.allowed(make_query("x", **filters).filters)  # type: ignore[arg-type]
        assert allowed is not None
        return {catalogue.hit(row, SCORE).article_id for row in allowed.rows().tolist()}

    return passing


def test_without_a_filter_nothing_is_looked_up(passages: PassageFilter) -> None:
    assert passages.allowed(make_query("x").filters) is None


def test_a_passage_passes_with_its_article(passages: PassageFilter) -> None:
    allowed = passages.allowed(make_query("x", languages=["en"]).filters)
    assert allowed is not None
    assert allowed.rows().tolist() == [0, 1]


@pytest.mark.parametrize(
    ("languages", "articles"),
    [
        (["en"], {"wire/2025#1"}),
        (["fr", "tr"], {"month", "day"}),
        (["pt"], {"year"}),
        (["und"], {"undated"}),
    ],
)
def test_languages(passing: Callable[..., set[str]], languages: list[str], articles: set[str]) -> None:
    assert passing(languages=languages) == articles


@pytest.mark.parametrize(
    ("sources", "articles"),
    [
        (["the gazette"], {"wire/2025#1", "day"}),
        (["LE COURRIER", "The Gazette"], {"wire/2025#1", "day", "month", "year"}),
    ],
)
def test_sources_in_any_case_but_whole(
    passing: Callable[..., set[str]], sources: list[str], articles: set[str]
) -> None:
    assert passing(sources=sources) == articles


@pytest.mark.parametrize(
    ("filters", "said", "hint"),
    [
        ({"sources": ["Gazette"]}, "the index has no source 'gazette'", "did you mean 'The Gazette'?"),
        ({"sources": ["The Gazette", "Courier"]}, "the index has no source 'courier'", "did you mean 'Le Courrier'?"),
        ({"not_sources": ["xyz"]}, "the index has no source 'xyz'", "it has Le Courrier, The Gazette"),
        ({"languages": ["en", "de"]}, "the index has no language 'de'", "it has en, fr, pt, tr, und"),
        ({"not_languages": ["ja"]}, "the index has no language 'ja'", "it has en, fr, pt, tr, und"),
    ],
)
def test_what_the_index_does_not_have_is_no_filter(
    passing: Callable[..., set[str]], filters: dict[str, list[str]], said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        passing(**filters)
    assert (caught.value.message, caught.value.hint) == (said, hint)


def test_languages_and_sources_are_left_out(passing: Callable[..., set[str]]) -> None:
    assert passing(not_languages=["en", "und"]) == {"day", "month", "year"}
    assert passing(not_sources=["the gazette"]) == {"month", "year", "undated"}
    assert passing(sources=["the gazette"], not_languages=["tr"]) == {"wire/2025#1"}


@pytest.mark.parametrize("day", ["2025-05-01", "2025-05-31"])
def test_an_article_known_by_its_month_passes_on_any_day_of_it(passing: Callable[..., set[str]], day: str) -> None:
    assert "month" in passing(published_from=day, published_to=day)


@pytest.mark.parametrize("day", ["2025-04-30", "2025-06-01"])
def test_an_article_known_by_its_month_passes_on_no_other_day(passing: Callable[..., set[str]], day: str) -> None:
    assert passing(published_from=day, published_to=day) == set()


@pytest.mark.parametrize(
    ("first", "last", "articles"),
    [
        ("2025-05-27T16:20:00Z", "2025-05-27T16:20:00Z", {"wire/2025#1", "month"}),
        ("2025-05-27T16:20:01Z", "2025-05-30", {"month"}),
        ("2025-05-28", "", {"day", "month"}),
        ("", "2025-05-26", {"month", "year"}),
        ("", "2024", {"year"}),
        ("2024-07-01", "2024-07-01", {"year"}),
        ("1900", "2100", {"wire/2025#1", "day", "month", "year"}),
        ("2025-06", "", set()),
    ],
)
def test_dates_include_both_ends_and_leave_out_what_has_none(
    passing: Callable[..., set[str]], first: str, last: str, articles: set[str]
) -> None:
    assert passing(published_from=first, published_to=last) == articles


def test_a_family_is_all_articles_with_one_number(catalogue: Catalogue, tmp_path: Path) -> None:
    """Of five articles, on a day in the afternoon, on a day, in a month, in a year, and without a date."""
    columns = open_current(tmp_path / "index").columns
    families = Families(np.array([0, 0, 0, 0, 0]), columns)
    assert [columns.article_id(each) for each in families.relatives(1)] == ["year", "month", "wire/2025#1", "undated"]
    families = Families(np.array([0, 1, 0, 3, 1, 0]), columns)
    assert [families.members(article).tolist() for article in (2, 4, 3)] == [[0, 2, 5], [1, 4], [3]]


def test_filters_of_different_kinds_must_all_pass(passing: Callable[..., set[str]]) -> None:
    assert passing(sources=["the gazette"], published_from="2025-05-28") == {"day"}


def test_a_hit_carries_everything_about_its_passage(catalogue: Catalogue) -> None:
    start = BODY.index(HEADING)
    text = BODY[start:]
    assert catalogue.hit(1, PassageScore(0.5, 0.75, 1), copies=2) == Hit(
        passage_id="wire/2025#1#1",
        text=text,
        score=0.5,
        relevance=0.75,
        start=start,
        end=len(BODY),
        heading_end=len(HEADING),
        sentences=(
            Span(0, len(HEADING)),
            Span(text.index("rest0"), text.index(" The end.")),
            Span(text.index("The end."), len(text)),
        ),
        best_sentence=Span(text.index("rest0"), text.index(" The end.")),
        article_id="wire/2025#1",
        title="Ferry aground",
        opening="lead0 lead1 lead2 lead3 lead4 lead5 lead6 lead7 lead8 lead9 lead10 lead11 lead12 lead13…",
        language="en",
        source="The Gazette",
        url="https://gazette.example/ferry",
        published="2025-05-27T18:20:00+02:00",
        updated="2025-05-28",
        copies=2,
    )


def test_an_article_comes_with_its_passages(catalogue: Catalogue, tmp_path: Path) -> None:
    month = (Span(0, 5),)
    assert catalogue.article("month") == StoredArticle(
        id="month",
        title="",
        opening="month",
        body="month",
        language="fr",
        source="Le Courrier",
        url="",
        published="2025-05",
        published_precision="month",
        updated=None,
        origin=f"{tmp_path / 'news.jsonl'}:3",
        asides=(),
        passages=[StoredPassage("month#0", "month", 0, 5, 0, month, "fr")],
        versions=[],
        family=[],
    )


def test_passages_are_slices_of_the_body(catalogue: Catalogue) -> None:
    article = catalogue.article("wire/2025#1")
    assert [passage.passage_id for passage in article.passages] == ["wire/2025#1#0", "wire/2025#1#1"]
    assert [article.body[passage.start : passage.end] for passage in article.passages] == [
        LEAD,
        f"{HEADING}\n\n{REST}",
    ]
    assert article.passages[1].text[: article.passages[1].heading_end] == HEADING


def test_asides_are_told_apart(build: Build, write_jsonl: Write, tmp_path: Path) -> None:
    build(write_jsonl({"id": "a", "text": "Our story.\n\nAnother story 🔗"}))
    article = Catalogue(open_current(tmp_path / "index")).article("a")
    assert [article.body[start:end] for start, end in article.asides] == ["Another story 🔗"]
    assert [passage.text for passage in article.passages] == ["Our story."]


def test_an_article_without_a_date_says_so(catalogue: Catalogue) -> None:
    article = catalogue.article("undated")
    assert (article.published, article.published_precision) == (None, None)


@pytest.mark.parametrize("article_id", ["", "Month", "month ", "month#0"])
def test_an_id_that_is_none_is_refused(catalogue: Catalogue, article_id: str) -> None:
    with pytest.raises(NotFoundError, match=rf"^there is no article '{article_id}' in the index$") as caught:
        catalogue.article(article_id)
    assert caught.value.hint == "take an article_id from a hit"


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("short  and\nsweet", "short and sweet"),
        ("x" * 90, "x" * 90),
        ("x" * 91, "x" * 90 + "…"),
        ("长" * 200, "长" * 90 + "…"),
        ("word " * 40, "word " * 17 + "word…"),
        ("A heading\n\nand the text below it.", "and the text below it."),
    ],
)
def test_an_opening_is_short_and_ends_between_words(
    build: Build, write_jsonl: Write, tmp_path: Path, text: str, opening: str
) -> None:
    build(write_jsonl({"id": "a", "text": text}))
    assert Catalogue(open_current(tmp_path / "index")).hit(0, SCORE).opening == opening


def test_stats_count_what_is_there(build: Build, write_jsonl: Write, tmp_path: Path) -> None:
    report = build(write_jsonl(*ARTICLES, {"id": "bad", "text": ""}))
    generation = open_current(tmp_path / "index")
    files = [path for path in generation.folder.iterdir() if path.name != "manifest.json"]
    assert Catalogue(generation).stats == Stats(
        generation=report.generation,
        built_at=generation.manifest.built_at,
        articles=5,
        passages=6,
        skipped=1,
        newest="2025-05-31",
        oldest="2024",
        languages={"en": 1, "tr": 1, "fr": 1, "pt": 1, "und": 1},
        known_languages=[name for name, each in generation.manifest.languages.items() if each.known >= KNOWN],
        sources={"Le Courrier": 2, "The Gazette": 1, "THE GAZETTE": 1, "": 1},
        encoder="words",
        encoder_revision="1",
        dim=64,
        bytes=sum(path.stat().st_size for path in files),
    )
    assert next(iter(Catalogue(generation).stats.sources)) == "Le Courrier"
