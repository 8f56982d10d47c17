"""The records validate themselves: an article has an id and a text, and spans are ascending, disjoint and in range."""

import dataclasses
from typing import Any

import pytest

from indexer.article import Article, Passage, Span, check_spans, passage_id


def article(**changes: Any) -> Article:
    fields = {"id": "a", "title": "", "body": "The text.", "published": None, "language": "en"}
    return Article(**{**fields, "source": "", "url": "", "origin": "news.jsonl:3", **changes})


def passage(**changes: Any) -> Passage:
    return Passage(
        **{"article_id": "ferry-en", "ordinal": 2, "text": "Radar\nIt broke.", "start": 10, "end": 25, **changes}
    )


def test_article_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^an article needs an id: news\.jsonl:3$"):
        article(id="")


@pytest.mark.parametrize("body", ["", " \n\u00a0\u2028\t"])
def test_article_without_a_text_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"^an article needs a text: news\.jsonl:3$"):
        article(body=body)


def test_aside_beyond_the_body_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^span 4\.\.10 is empty, out of order or beyond 9$"):
        article(asides=(Span(4, 10),))


def test_records_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'body'"):
        article().body = "Another text."  # type: ignore[misc]


def test_passage_is_named_by_its_article_and_its_position() -> None:
    assert passage().id == "ferry-en#2" == passage_id("ferry-en", 2)


def test_passage_whose_text_is_not_as_long_as_its_slice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^passage ferry-en#2: 15 characters in 10\.\.24$"):
        passage(end=24)


@pytest.mark.parametrize("heading_end", [-1, 15, 16])
def test_passage_with_nothing_below_its_heading_is_refused(heading_end: int) -> None:
    with pytest.raises(ValueError, match=r"^passage ferry-en#2: no text after its sub-heading$"):
        passage(heading_end=heading_end)


def test_sentence_beyond_the_passage_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^span 6\.\.16 is empty, out of order or beyond 15$"):
        passage(sentences=(Span(0, 5), Span(6, 16)))


@pytest.mark.parametrize("spans", [(), (Span(0, 9),), (Span(0, 4), Span(4, 5), Span(7, 9))])
def test_spans_in_order_apart_and_inside_are_accepted(spans: tuple[Span, ...]) -> None:
    check_spans(spans, 9)


@pytest.mark.parametrize(
    "spans",
    [(Span(3, 3),), (Span(3, 2),), (Span(-1, 2),), (Span(4, 6), Span(0, 2)), (Span(0, 4), Span(3, 6))],
    ids=["empty", "backwards", "before the text", "out of order", "overlapping"],
)
def test_bad_spans_are_refused(spans: tuple[Span, ...]) -> None:
    start, end = spans[-1]
    with pytest.raises(ValueError, match=rf"^span {start}\.\.{end} is empty, out of order or beyond 9$"):
        check_spans(spans, 9)
