"""Articles are versions of one if they have the same id, address, or source and text; ambiguous keys do not count."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.duplicates.versions import Ambiguous, Replaced, Settled, Versions

STORIES = [
    ("Crab season opens", "The first boats left Torvik before dawn; by noon the quay was stacked with forty crates."),
    (
        "Bridge toll dropped",
        "Drivers will cross the Salm bridge for free from June, as the council decided by one vote.",
    ),
    ("Choir wins in Pell", "A children's choir from the valley took first prize with a song about the winter ferry."),
    ("Frost hits orchards", "Growers around Ansted lost a third of their blossom in two nights and ask for help."),
    (
        "Library stays open",
        "From Monday readers may borrow books until midnight with a card and a code at the side door.",
    ),
    ("Old mill for sale", "The water mill at Brennick, empty since the flood, costs less than a small flat in town."),
]
CORRECTED = STORIES[0][1].replace("forty", "fifty")
REWRITTEN = "Nobody had expected so many crabs: buyers ran out of ice, and the harbour master closed two piers."


def article(number: int, text: str = "", published: str = "", updated: str = "", **fields: str) -> Article:
    name, title, source, url = (fields.get(each, "") for each in ("name", "title", "source", "url"))
    times = [parse_published(each) if each else None for each in (published, updated, fields.get("retrieved", ""))]
    body, origin = text or f"{STORIES[0][1]} {number}", f"f:{number}"
    return Article(name or str(number), title, body, times[0], "en", source, url, origin, (), times[1], times[2])


def settle(articles: Sequence[Article]) -> Settled:
    versions = Versions()
    for each in articles:
        versions.add(each)
    for row in versions.doubtful():
        versions.compare(row, articles[row])
    return versions.settle()


def replaced(*articles: Article) -> list[Replaced]:
    return list(settle(articles).replaced.values())


def stories(**fields: Any) -> list[Article]:
    """Return six articles of other titles and texts, with the same of everything else."""
    return [article(row, text, title=title, **fields) for row, (title, text) in enumerate(STORIES)]


def test_articles_that_share_nothing_all_stay() -> None:
    assert replaced(article(0), article(1), article(2)) == []


def test_the_newest_of_one_id_stays_wherever_it_was_read() -> None:
    found = replaced(
        article(0, name="a", published="2025-05-02"),
        article(1, name="a", published="2025-05-03"),
        article(2, name="a", published="2025-05-01"),
    )
    assert found == [Replaced(0, 1, same_text=False), Replaced(2, 1, same_text=False)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({}, {}),
        ({}, {"published": "2025"}),
        ({"published": "2025-05-27"}, {"published": "2025-05-27"}),
        ({"published": "2025-05-27"}, {"published": "2025-05-27T09:00:00+00:00"}),
        ({"published": "2025-05-27"}, {"published": "2025-05-27T00:00:00+00:00"}),
        ({"published": "2025-05"}, {"published": "2025-05-03"}),
        ({"published": "2025-05-27T23:59:00+00:00"}, {"published": "2025-05-28"}),
        ({"published": "2025-05-27"}, {"published": "2025-05-27", "updated": "2025-05-28"}),
        ({"published": "2025-05-27T10:00:00Z"}, {"published": "2025-05-27", "updated": "2025-05-27T11:00:00Z"}),
        ({"published": "2025-05-27", "updated": "2025-06-01"}, {"published": "2025-05-20", "updated": "2025-06-02"}),
        ({"published": "2025-05-27", "updated": "2025-05-28"}, {"published": "2025-05-29"}),
        ({"retrieved": "2025-05-28"}, {"retrieved": "2025-05-29"}),
        ({"published": "2025-05-27", "retrieved": "2025-06-01"}, {"published": "2025-05-28"}),
    ],
)  # fmt: skip
def test_the_newest_version_is_the_one_last_changed_and_else_the_one_read_last(
    older: dict[str, str], newer: dict[str, str]
) -> None:
    assert replaced(article(0, name="a", **older), article(1, name="a", **newer)) == [Replaced(0, 1, same_text=False)]
    if older != newer:
        found = replaced(article(0, name="a", **newer), article(1, name="a", **older))
        assert found == [Replaced(1, 0, same_text=False)]


def test_identical_texts_are_one_article_from_one_source_and_two_from_two() -> None:
    text = STORIES[0][1] * 3
    assert replaced(article(0, text, source="A"), article(1, f" {text}\n", source="a")) == [
        Replaced(0, 1, same_text=True)
    ]
    assert replaced(article(0, text, source="A"), article(1, text, source="B")) == []


def test_a_line_in_place_of_the_text_makes_no_versions_of_articles_with_other_titles() -> None:
    text, fields = "Sign in to read this.", {"source": "A"}
    assert replaced(article(0, text, title="Ice", **fields), article(1, text, title="Snow", **fields)) == []
    assert len(replaced(article(0, text, title="Ice", **fields), article(1, text, title="Ice", **fields))) == 1


def test_versions_of_versions_are_one_article() -> None:
    found = replaced(
        article(0, name="a"),
        article(1, url="https://a.example/x"),
        article(2, name="a", url="http://www.a.example/x/#top"),
    )
    assert [(each.row, each.by) for each in found] == [(0, 2), (1, 2)]


@pytest.mark.parametrize("shared", [{"name": "a"}, {"url": "https://a.example/crabs"}])
@pytest.mark.parametrize(
    "later",
    [
        {"title": "Crab season opens", "text": REWRITTEN},
        {"title": "Crab season opens: quay full", "text": STORIES[0][1]},
        {"title": "Crab season opens with a record", "text": CORRECTED},
        {"title": "Record at Torvik", "text": f"{STORIES[0][1]} {STORIES[1][1]} {STORIES[2][1]}"},
        {"title": "Record at Torvik", "text": STORIES[0][1].replace("forty", "50")},
        {"title": "Record at Torvik", "text": " ".join(text for _, text in STORIES)},
    ],
)
def test_a_corrected_title_or_text_is_a_version(shared: dict[str, str], later: dict[str, str]) -> None:
    title, text = STORIES[0]
    settled = settle([article(0, text, title=title, source="A", **shared), article(1, source="A", **later, **shared)])
    assert list(settled.replaced) == [0]
    assert (settled.ambiguous, settled.marks) == ([], {})


def test_a_rewritten_article_is_a_version_by_its_id_its_address_and_its_time_together() -> None:
    shared = {"name": "a", "url": "https://a.example/crabs", "published": "2025-05-27T08:00:00+00:00"}
    (title, text), later = STORIES[0], {**shared, "title": "Buyers run out of ice"}
    assert len(replaced(article(0, text, title=title, **shared), article(1, REWRITTEN, **later))) == 1
    for other in ({"name": "b"}, {"url": "https://a.example/ice"}, {"published": "2025-05-27T09:00:00+00:00"}):
        assert replaced(article(0, text, title=title, **shared), article(1, REWRITTEN, **later | other)) == []


@pytest.mark.parametrize(
    ("shared", "kind"),
    [
        ({"name": "0"}, "id"),
        ({"url": "https://a.example/news"}, "url"),
        ({"url": "https://a.example"}, "url"),
    ],
)
def test_what_different_articles_share_names_none_of_them(shared: dict[str, str], kind: str) -> None:
    settled = settle(stories(source="A", **shared))
    assert settled.replaced == {}
    assert settled.ambiguous == [Ambiguous(kind, 0, keys=1, articles=6)]


def test_two_outlets_that_count_from_one_keep_all_articles_each_with_an_id_of_its_own() -> None:
    articles = [
        article(row, text, title=title, name=str(row % 3), source="A" if row < 3 else "B")
        for row, (title, text) in enumerate(STORIES)
    ]
    settled = settle(articles)
    assert (settled.replaced, settled.ambiguous) == ({}, [Ambiguous("id", 0, keys=3, articles=6)])
    assert len({settled.marks[0], settled.marks[3]}) == 2
    assert settled.marks[0] == settled.marks[1] == settled.marks[2], "the mark is that of the outlet"


def test_versions_stay_joined_where_their_id_is_ambiguous() -> None:
    fields = {"name": "1", "source": "A"}
    articles = [
        article(0, STORIES[0][1], title="Crab season opens", **fields),
        article(1, CORRECTED, title="Crab season opens with a record", **fields),
        article(2, STORIES[1][1], title="Bridge toll dropped", name="1", source="B"),
    ]
    settled = settle(articles)
    assert settled.replaced == {0: Replaced(0, 1, same_text=False)}
    assert settled.marks[0] == settled.marks[1] != settled.marks[2]


def test_the_mark_of_an_id_is_made_of_the_address_and_stays_when_the_text_is_corrected() -> None:
    def marks(first: str) -> dict[int, str]:
        fields = [{"name": "0", "source": "A", "url": f"https://a.example/{row}"} for row in range(6)]
        given = [(STORIES[0][0], first), *STORIES[1:]]
        return settle([article(row, text, title=title, **fields[row]) for row, (title, text) in enumerate(given)]).marks

    assert len(set(marks(STORIES[0][1]).values())) == 6
    assert marks(STORIES[0][1]) == marks(REWRITTEN)


def test_a_title_that_many_share_makes_no_versions() -> None:
    articles = [
        article(row, text, title="News in brief", source="A", url="https://a.example/brief")
        for row, (_, text) in enumerate(STORIES)
    ]
    assert settle(articles).replaced == {}


def test_a_title_counts_within_one_outlet() -> None:
    def found(*sources: str) -> list[Replaced]:
        texts = (STORIES[0][1], REWRITTEN)
        pairs = enumerate(zip(texts, sources, strict=True))
        return replaced(*(article(row, text, title="Crabs", name="1", source=each) for row, (text, each) in pairs))

    assert found("A", "B") == []
    assert len(found("A", "a")) == len(found("A", "")) == len(found("", "")) == 1


def test_reports_after_one_pattern_are_no_versions_of_a_page() -> None:
    text = "In Torvik it was {} degrees on {}, the wind came from the {}, and {} mm of rain fell in the valley below."
    days = [("Monday", "east"), ("Tuesday", "north"), ("Wednesday", "west"), ("Thursday", "south"), ("Friday", "sea")]
    articles = [
        article(row, text.format(row * 7, day, wind, row + 20), title=f"Weather on {day}", url="https://a.example/weather")
        for row, (day, wind) in enumerate(days)
    ]  # fmt: skip
    assert settle(articles).replaced == {}


def test_reports_that_differ_only_in_their_numbers_are_no_versions_of_a_page() -> None:
    said = " ".join(text for _, text in STORIES)
    articles = [
        article(row, f"{said} Water {row * 3 + 1} cm, wind {row * 5 + 2} knots.", title=f"Harbour, day {row}", name="h")
        for row in range(6)
    ]
    assert settle(articles).replaced == {}


def test_many_articles_at_one_address_keep_their_versions() -> None:
    words = random.Random(7)
    texts = [" ".join(words.choices([f"word{number}" for number in range(4000)], k=60)) for _ in range(60)]
    texts += [f"{texts[5]} It was corrected.", texts[9].replace(" ", "  ")]
    articles = [
        article(row, text, title=f"Title {row}", url="https://a.example/news") for row, text in enumerate(texts)
    ]
    settled = settle(articles)
    assert sorted(settled.replaced) == [5, 9]
    assert settled.ambiguous == [Ambiguous("url", 0, keys=1, articles=62)]


def test_the_order_of_reading_changes_nothing() -> None:
    articles = [
        *stories(name="0", source="A"),
        *stories(url="https://a.example/news", source="B"),
        article(12, CORRECTED, title="Crabs", name="0", source="A", published="2026"),
        article(13, REWRITTEN, title="Crab season opens", name="x", url="https://a.example/news", source="C"),
        article(14, REWRITTEN, title="Crab season opens", name="x", source="C", published="2024"),
    ]

    def found(order: list[int]) -> tuple[set[tuple[str, str]], dict[str, str]]:
        settled = settle([articles[row] for row in order])
        origins = [articles[row].origin for row in order]
        pairs = {(origins[each.row], origins[each.by]) for each in settled.replaced.values()}
        return pairs, {origins[row]: mark for row, mark in settled.marks.items()}

    order = list(range(len(articles)))
    expected = found(order)
    assert expected[0] == {("f:0", "f:12"), ("f:13", "f:14")}
    for seed in range(5):
        random.Random(seed).shuffle(order)
        assert found(order) == expected
