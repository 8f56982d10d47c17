"""JSON Lines: one bad line never costs another, and each says what is wrong with it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import decoding, jsonl
from indexer.sources.files import SourceFile

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
        (b'["text"]', "the line is a list, wanted an object with the field 'text'"),
        (b'"text"', "the line is a string, wanted an object with the field 'text'"),
        (b"5", "the line is a number, wanted an object with the field 'text'"),
        (b"0.5", "the line is a number, wanted an object with the field 'text'"),
        (b"true", "the line is true or false, wanted an object with the field 'text'"),
        (b"null", "the line is null, wanted an object with the field 'text'"),
        (b"{}", "it has no text: wanted a field 'text', got the fields none"),
        (b'{"id": 2, "summary": "x"}', "it has no text: wanted a field 'text', got the fields id, summary"),
        (b'{"text": [5]}', "its text is a list, wanted a string"),
        (b'{"text": "  \\n"}', "its text is only white space"),
    ],
)
def test_line_that_is_no_article_is_skipped_and_the_others_survive(
    write: Callable[..., Path], line: bytes, reason: str
) -> None:
    assert ids_and_notices(write(GOOD % 1, line, GOOD % 3)) == (["1", "3"], [(":2", reason)])


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ('{"text": "café"}'.encode("latin-1"), "0"),
        ('{"text": "wide"}'.encode("utf-16"), "0"),
        (b'{"text": "\xed\xa0\x80 a surrogate in bytes"}', "0"),
        (b'{"text": "\\ud800 a lone surrogate"}', "10"),
        (b'{"\\ud800": 1, "text": "x"}', r"\d+"),
        (b'{"text": "cut off', "17"),
        (b'{"text": "a\x00b"}', "11"),
        (b'{"text": NaN}', "9"),
        (b"not json", "0"),
        (b'{"text": "a"} {"text": "b"}', "14"),
        (b"[" * 100_000, r"\d+"),
        (b'{"text": ' * 100_000, r"\d+"),
    ],
)
def test_line_that_is_no_json_is_skipped_and_the_others_survive(
    write: Callable[..., Path], line: bytes, position: str
) -> None:
    ids, notices = ids_and_notices(write(GOOD % 1, line, GOOD % 3))
    assert ids == ["1", "3"]
    ((origin, reason),) = notices
    assert origin == ":2"
    assert re.fullmatch(rf"not JSON in UTF-8: \w.+, at character {position}", reason)


def test_line_over_the_limit_is_skipped_and_the_others_survive(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (decoding, jsonl):
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
