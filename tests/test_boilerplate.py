"""Lines that a source repeats in many articles become asides in all of these articles except the first."""

from indexer.article import Article
from indexer.passages.boilerplate import LEAST_ARTICLES, RepeatedLines

LINE = "Sign up to our newsletter and never miss a story."


def article(number: int, *, source: str = "Bote", line: str = LINE, more: str = "") -> Article:
    body = f"Story {number} is about what happened on day {number} in the harbour of the town.\n\n{line}{more}"
    return Article(str(number), "", body, None, "en", source, "", f"f:{number}")


def marked(articles: list[Article]) -> list[list[str]]:
    lines = RepeatedLines()
    for each in articles:
        lines.add(each)
    return [[each.body[start:end] for start, end in lines.mark(each).asides] for each in articles]


def test_a_line_of_many_articles_is_an_aside_in_all_but_the_first() -> None:
    found = marked([article(number) for number in range(LEAST_ARTICLES)])
    assert found == [[], *([[LINE]] * (LEAST_ARTICLES - 1))]


def test_white_space_does_not_tell_lines_apart() -> None:
    spaced = LINE.replace(" ", "  ", 1)
    found = marked([article(number, line=spaced if number % 2 else LINE) for number in range(LEAST_ARTICLES)])
    assert found[1] == [spaced]


def test_a_line_of_fewer_articles_or_of_several_sources_stays() -> None:
    assert marked([article(number) for number in range(LEAST_ARTICLES - 1)]) == [[]] * (LEAST_ARTICLES - 1)
    assert marked([article(number, source=f"Source {number}") for number in range(20)]) == [[]] * 20
    assert marked([article(number, source="") for number in range(20)]) == [[]] * 20


def test_a_line_twice_in_one_article_is_one() -> None:
    assert marked([article(0, more=f"\n\n{LINE}" * 20), article(1)]) == [[], []]


def test_short_lines_stay_for_they_head_tables() -> None:
    assert marked([article(number, line="Nine months") for number in range(20)]) == [[]] * 20


def test_an_article_that_is_mostly_repeated_is_a_copy_and_stays_whole() -> None:
    long = "The harbour was closed for the whole day because of fog, said the harbour master on Monday morning. " * 3
    assert marked([article(number, line=long) for number in range(20)]) == [[]] * 20
