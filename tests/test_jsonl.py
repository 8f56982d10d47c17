"""JSON Lines: one bad line never costs another, and each says what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import decoding
from indexer.sources.files import SourceFile
from indexer.sources.records import json_file

GOOD = b'{"id": "%d", "text": "The ferry ran aground on Thursday."}'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes lines of bytes to a file."""

    def write(*lines: bytes, end: bytes = b"\n") -> Path:
        path = tmp_path / "news.jsonl"
        path.write_bytes(b"".join(line + end for line in lines))
        return path

    return write


def ids_and_notices(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    read = list(SourceFile(path, "").items())
    ids = [item.id for item in read if isinstance(item, Article)]
    notices = [item for item in read if isinstance(item, Notice)]
    assert {notice.kind for notice in notices} <= {"skipped"}
    return ids, [(notice.origin.removeprefix(str(path)), notice.reason) for notice in notices]


def test_articles_come_in_order_and_know_their_line(write: Callable[..., Path]) -> None:
    path = write(GOOD % 1, GOOD % 2, GOOD % 3)
    read = list(SourceFile(path, "").items())
    assert [item.origin for item in read] == [f"{path}:1", f"{path}:2", f"{path}:3"]
    assert ids_and_notices(path) == (["1", "2", "3"], [])


def test_last_line_needs_no_line_break(write: Callable[..., Path]) -> None:
    assert ids_and_notices(write(GOOD % 1, end=b"")) == (["1"], [])


def test_windows_line_breaks_and_a_byte_order_mark_are_read(write: Callable[..., Path]) -> None:
    assert ids_and_notices(write(b"\xef\xbb\xbf" + GOOD % 1, GOOD % 2, end=b"\r\n")) == (["1", "2"], [])


def test_blank_lines_are_passed_over_and_counted(write: Callable[..., Path]) -> None:
    path = write(b"", GOOD % 1, b" \t", GOOD % 2, b"")
    assert [item.origin for item in SourceFile(path, "").items()] == [f"{path}:2", f"{path}:4"]


def test_line_separators_within_a_text_do_not_end_the_line(write: Callable[..., Path]) -> None:
    (article,) = SourceFile(write('{"id": "1", "text": "One.\u2028Two.\x85Three."}'.encode()), "").items()
    assert isinstance(article, Article)
    assert article.body == "One.\u2028Two.\x85Three."


@pytest.mark.parametrize("lines", [(), (b"",), (b"", b" ", b"\r")], ids=["no bytes", "a line break", "blank lines"])
def test_empty_file_is_skipped(write: Callable[..., Path], lines: tuple[bytes, ...]) -> None:
    path = write(*lines)
    assert list(SourceFile(path, "").items()) == [skipped(str(path), "the file is empty")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'["text"]', "is a string, wanted an object with the field 'text'"),
        (b"[]", "the list is empty, wanted objects with the field 'text'"),
        (b'"text"', "is a string, wanted an object with the field 'text'"),
        (b"5", "is a number, wanted an object with the field 'text'"),
        (b"0.5", "is a number, wanted an object with the field 'text'"),
        (b"true", "is true or false, wanted an object with the field 'text'"),
        (b"null", "is null, wanted an object with the field 'text'"),
        (b"{}", "it has no text: wanted a field 'text', got the fields none"),
        (b'{"id": 2, "author": "x"}', "it has no text: wanted a field 'text', got the fields id, author"),
        (b'{"text": [5]}', "its text is a list, wanted a string"),
        (b'{"text": "  \\n"}', "its text is only white space"),
    ],
)
def test_line_that_is_no_article_is_skipped_and_the_others_survive(
    write: Callable[..., Path], line: bytes, reason: str
) -> None:
    assert ids_and_notices(write(GOOD % 1, line, GOOD % 3)) == (["1", "3"], [(":2", reason)])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut off', r"Unterminated string starting at, at character 9"),
        (b"not json", r"Expecting value, at character 0"),
        (b'{"text": a}', r"Expecting value, at character 9"),
        (b"[" * 100_000, r"it is nested more than 100 deep"),
        (b'{"text": ' * 100_000, r"it is nested more than 100 deep"),
        (b'{"text": ' + b"[" * 101 + b'"a"' + b"]" * 101 + b"}", r"it is nested more than 100 deep"),
    ],
)
def test_line_that_is_no_json_is_skipped_and_the_others_survive(
    write: Callable[..., Path], line: bytes, reason: str
) -> None:
    assert ids_and_notices(write(GOOD % 1, line, GOOD % 3)) == (["1", "3"], [(":2", f"not JSON: {reason}")])


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (b'{"text": "a\x00b"}', "a\0b"),
        (b'{"text": "a\nb"}'.replace(b"\n", b"\t"), "a\tb"),
        (b'{"text": "cut \\ud83d emoji"}', "cut \N{REPLACEMENT CHARACTER} emoji"),
        (b'{"\\ud800": 1, "text": "x"}', "x"),
        (b'{"text": "whole \\ud83d\\ude00 emoji"}', "whole 😀 emoji"),
        (b'{"text": "a number", "score": NaN, "best": -Infinity}', "a number"),
        (b'\0\0{"text": "after a crash"}', "after a crash"),
        (b'"{\\"text\\": \\"encoded twice\\"}"', "encoded twice"),
    ],
)
def test_one_odd_character_or_value_costs_at_most_itself(write: Callable[..., Path], line: bytes, body: str) -> None:
    articles = list(SourceFile(write(GOOD % 1, line, GOOD % 3), "").items())
    assert [each.body for each in articles if isinstance(each, Article)][1] == body
    assert len(articles) == 3


def test_several_objects_in_a_line_are_several_articles(write: Callable[..., Path]) -> None:
    path = write(GOOD % 1, b'{"id": "a", "text": "A."} {"id": "b", "text": "B."}{"id": "c", "text": "C."}', GOOD % 3)
    assert ids_and_notices(path) == (["1", "a", "b", "c", "3"], [])
    assert [item.origin for item in SourceFile(path, "").items()][2] == f"{path}:2#2"


def test_line_that_is_no_unicode_is_decoded_without_the_others(write: Callable[..., Path]) -> None:
    path = write('{"text": "Il prend un café à la mairie."}'.encode("cp1252"), '{"text": "Über 300 Straßen"}'.encode())
    *articles, notice = SourceFile(path, "").items()
    assert [each.body for each in articles if isinstance(each, Article)] == [
        "Il prend un café à la mairie.",
        "Über 300 Straßen",
    ]
    assert notice == flagged(str(path), "not Unicode, read as cp1252")


def test_bytes_that_are_no_utf8_in_a_text_that_is_cost_only_themselves(write: Callable[..., Path]) -> None:
    first, notice = SourceFile(
        write('{"text": "Über 300 Straßen für Fußgänger? "}'.encode()[:-3] + b'\xff"}'), ""
    ).items()
    assert isinstance(first, Article)
    assert first.body == "Über 300 Straßen für Fußgänger?\N{REPLACEMENT CHARACTER}"
    assert notice.reason.startswith("some bytes are no UTF-8")  # type: ignore[union-attr]


def test_line_over_the_limit_is_skipped_and_the_others_survive(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (decoding, json_file):
        monkeypatch.setattr(module, "LINE_LIMIT", 2**20)
    long = b'{"text": "' + b"x" * 3 * 2**20 + b'"}'
    path = write(GOOD % 1, long, GOOD % 3, long)
    reason = "the line is longer than 1 MiB"
    assert ids_and_notices(path) == (["1", "3"], [(":2", reason), (":4", reason)])


def test_line_just_under_the_limit_is_read(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(GOOD % 1, GOOD % 2)
    monkeypatch.setattr(decoding, "LINE_LIMIT", len(GOOD % 1) + 1)
    assert ids_and_notices(path) == (["1", "2"], [])


def test_null_character_in_a_text_is_kept(write: Callable[..., Path]) -> None:
    (article,) = SourceFile(write(b'{"text": "a\\u0000b"}'), "").items()
    assert isinstance(article, Article)
    assert article.body == "a\0b"
