"""JSON in any arrangement: where the records lie, how many values a file holds, what a damaged one costs."""

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import decoding
from indexer.sources.context import ReadingContext
from indexer.sources.fields import FieldNames, parse_fields
from indexer.sources.files import SourceFile
from indexer.sources.records import json_stream
from indexer.sources.records.json_stream import JsonStream

FERRY = {"id": "1", "title": "Ferry aground", "text": "The ferry ran aground on Tuesday."}
TOLL = {"id": "2", "title": "Toll to rise", "text": "The bridge toll will rise in June."}
PILOTS = {"id": "3", "title": "Pilots strike", "text": "The pilots stopped work on Monday."}
Reader = Callable[..., tuple[list[Article], list[Notice]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Return a function that reads what a file of JSON holds."""

    def read(content: Any, name: str = "news.json", fields: tuple[str, ...] = ()) -> tuple[list[Article], list[Notice]]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        items = list(SourceFile(path, "news").items(ReadingContext(parse_fields(fields))))
        return [each for each in items if isinstance(each, Article)], [
            each for each in items if isinstance(each, Notice)
        ]

    return read


def ids(articles: list[Article]) -> list[str]:
    return [article.id for article in articles]


@pytest.mark.parametrize(
    "value",
    [
        [FERRY, TOLL],
        {"articles": [FERRY, TOLL]},
        {"a": {"b": {"c": {"d": [FERRY, TOLL]}}}},
        [{"articles": [FERRY], "page": 1}, {"articles": [TOLL], "page": 2}],
        {"politics": [FERRY], "ports": [TOLL]},
        {"2025-05-27": {"items": [FERRY]}, "2025-05-28": {"items": [TOLL]}},
        {"first": FERRY, "second": TOLL},
        {"content": [FERRY, TOLL], "pageable": {"page": 0}},
        {"total": 2, "comments": [{"text": "Well said."}], "rows": [{"doc": FERRY}, {"doc": TOLL}]},
        {"title": "Gazette", "link": "https://gazette.example", "description": "News", "items": [FERRY, TOLL]},
        {"articles": [FERRY, TOLL], "sources": [{"id": "g", "name": "Gazette", "description": "A daily."}]},
        [["id", "title", "text"], list(FERRY.values()), list(TOLL.values())],
        {"columns": [{"name": name} for name in FERRY], "rows": [list(FERRY.values()), list(TOLL.values())]},
        {name: [FERRY[name], TOLL[name]] for name in FERRY},
        {"first": {"article": FERRY}, "second": {"article": TOLL}},
        {"rss": {"channel": {"title": "Gazette", "item": [FERRY, TOLL]}}},
    ],
    ids=lambda value: json.dumps(value)[:40],
)  # fmt: skip
def test_records_are_found_wherever_they_lie(read: Reader, value: Any) -> None:
    articles, notices = read(value)
    assert ids(articles) == ["1", "2"]
    assert [article.title for article in articles] == ["Ferry aground", "Toll to rise"]
    assert notices == []


@pytest.mark.parametrize("name", ["related", "comments", "authors", "media", "relatedArticles"])
def test_what_lies_within_an_article_is_no_article(read: Reader, name: str) -> None:
    articles, notices = read(
        [FERRY | {name: [{"title": "Other", "text": "Not this one.", "url": "https://a.example/1"}]}]
    )
    assert (ids(articles), notices) == (["1"], [])


def test_object_around_one_article_is_no_table(read: Reader) -> None:
    articles, notices = read({"article": {"title": "Ferry aground", "text": "It ran aground.", "date": "2025-05-27"}})
    assert [(each.id, each.title, each.body) for each in articles] == [("news", "Ferry aground", "It ran aground.")]
    assert notices == []


def test_lists_of_one_length_in_an_article_are_its_paragraphs_and_tags(read: Reader) -> None:
    (article,), notices = read({"text": ["It ran aground.", "All are safe."], "tags": ["ports", "ferries"]})
    assert (article.body, notices) == ("It ran aground.\n\nAll are safe.", [])


def test_rows_without_names_are_named(read: Reader) -> None:
    articles, notices = read([["Ferry", "It ran aground."], ["Toll", "It will rise."]])
    assert articles == []
    assert {each.reason for each in notices} == {"is a list, wanted an object with the field 'text'"}
    assert len(notices) == 2


def test_text_that_is_json_itself_is_read(read: Reader) -> None:
    nodes = {"root": {"children": [{"type": "paragraph", "children": [{"type": "text", "text": "It ran aground."}]}]}}
    (article,), notices = read([{"title": "Ferry", "lexical": json.dumps(nodes)}])
    assert (article.body, notices) == ("It ran aground.", [])


def test_article_is_found_in_a_page_that_a_record_holds(read: Reader) -> None:
    paragraphs = "<p>The ferry to Ostrand ran aground on a sandbank at dawn, and all its passengers are safe.</p>" * 3
    page = f"<!DOCTYPE html><html><head><title>Ferry</title></head><body><nav>Home Contact</nav><article>{paragraphs}"
    (article,), _ = read([{"url": "https://gazette.example/1", "html": page + "</article></body></html>", "id": "7"}])
    assert article.body.startswith("The ferry to Ostrand")
    assert "Contact" not in article.body
    assert (article.id, article.title, article.url) == ("7", "Ferry", "https://gazette.example/1")
    articles, (notice,) = read([{"html": "<html><body></body></html>", "id": "8"}])
    assert articles == []
    assert notice.kind == "skipped"


@pytest.mark.parametrize("surplus", [b"[%s,]", b"[%s ,\n ]", b'{"articles": [%s,],}'])
def test_surplus_commas_cost_nothing(read: Reader, surplus: bytes) -> None:
    ferry = b'{"id": "1", "tags": ["a, ]", "b",], "text": "The ferry, ran } aground,",}'
    articles, notices = read(surplus % ferry)
    assert [article.body for article in articles] == ["The ferry, ran } aground,"]
    assert notices == []


@pytest.mark.parametrize(
    "content", [b'[{"a": "' + b'\\"' * 200_000, b"[{" + b"," * 200_000 + b"}]", b'{"a":"\\' * 50_000]
)
def test_damaged_json_takes_linear_time(read: Reader, content: bytes) -> None:
    started = time.process_time()
    articles, _ = read(content)
    assert articles == []
    assert time.process_time() - started < 20


def test_key_of_a_record_is_its_id_unless_it_only_counts(read: Reader) -> None:
    bare = {"title": "Ferry aground", "text": "The ferry ran aground on Tuesday."}
    articles, _ = read({"gaz-17": bare, "gaz-18": TOLL})
    assert ids(articles) == ["gaz-17", "2"]
    first, second = read({"0": bare, "1": bare | {"text": "Another."}})[0]
    assert {first.id, second.id} & {"0", "1"} == set()


def test_entry_without_a_text_among_records_is_named(read: Reader) -> None:
    articles, (first, second) = read({"articles": [FERRY, {"id": "9", "title": "Photo"}, "x", TOLL]})
    assert ids(articles) == ["1", "2"]
    assert first.origin.endswith("news.json:2")
    assert first.reason == "it has no text: wanted a field 'text', got the fields id, title"
    assert second.reason == "is a string, wanted an object with the field 'text'"


def test_description_is_the_text_where_there_is_no_other_and_said_once(read: Reader) -> None:
    entries = [
        {"id": str(number), "title": "A", "description": f"Ferry number {number} is late."} for number in range(3)
    ]
    articles, (notice,) = read([*entries, FERRY])
    assert [article.body for article in articles] == [
        "Ferry number 0 is late.", "Ferry number 1 is late.", "Ferry number 2 is late.", FERRY["text"],
    ]  # fmt: skip
    assert notice.kind == "flagged"
    assert notice.origin.endswith("news.json")
    assert notice.reason == "'description' is taken as the text where a record has no other"


def test_much_longer_text_is_taken_and_said(read: Reader) -> None:
    long = " ".join(["The ferry ran aground on Tuesday."] * 5)
    (article,), (notice,) = read({"text": "The ferry ran aground…", "body": long})
    assert article.body == long
    assert notice.reason == "'body' is taken as the text: it is much longer than 'text'"
    (article,), notices = read({"text": "The ferry ran aground on Tuesday.", "body": "The ferry ran aground."})
    assert (article.body, notices) == ("The ferry ran aground on Tuesday.", [])


OBJECTS = [json.dumps(each).encode() for each in (FERRY, TOLL, PILOTS)]


@pytest.mark.parametrize("name", ["news.json", "news.jsonl"])
@pytest.mark.parametrize(
    "content",
    [
        b"".join(OBJECTS),
        b" ".join(OBJECTS),
        b",".join(OBJECTS),
        b"\n".join(json.dumps(each, indent=2).encode() for each in (FERRY, TOLL, PILOTS)),
        b"\n\n".join(OBJECTS),
        b"\x1e" + b"\n\x1e".join(OBJECTS) + b"\n",
        b"[\n" + b",\n".join(OBJECTS) + b"\n]\n",
        b"[" + OBJECTS[0] + b"]\n[" + OBJECTS[1] + b"," + OBJECTS[2] + b"]",
        b"[" + b",".join(OBJECTS) + b",]",
    ],
    ids=[
        "nothing between",
        "blanks",
        "commas",
        "pretty",
        "blank lines",
        "json-seq",
        "list of lines",
        "lists",
        "trailing",
    ],
)
def test_values_in_any_sequence_are_read(read: Reader, content: bytes, name: str) -> None:
    articles, notices = read(content, name)
    assert ids(articles) == ["1", "2", "3"]
    assert notices == []


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["news.json", "news.jsonl", "export-17"])
def test_json_in_any_encoding_is_read(read: Reader, name: str, encoding: str) -> None:
    record = FERRY | {"text": "Die Fähre „Möwe“ lief auf Grund."}
    text = json.dumps(record, ensure_ascii=False) + "\r\n" + json.dumps(TOLL) + "\r\n"
    articles, notices = read(text.encode(encoding), name)
    assert [article.body for article in articles] == ["Die Fähre „Möwe“ lief auf Grund.", TOLL["text"]]
    assert [each.reason for each in notices] == (["not Unicode, read as cp1252"] if encoding == "cp1252" else [])


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (b"12345678901234567890123", "12345678901234567890123"),
        (b"9223372036854775809", "9223372036854775809"),
        (b"-18446744073709551617", "-18446744073709551617"),
        (b"1234.0", "1234"),
        (b"1748332800000000000.0", "1748332800000000000"),
        (b"1.5", "1.5"),
        (b'{"$numberLong": "9223372036854775807"}', "9223372036854775807"),
        (b'{"$oid": "5f1a0c2e9d1e8a0017aa0001"}', "5f1a0c2e9d1e8a0017aa0001"),
        (b"9" * 5000, "9" * 5000),
    ],
)
@pytest.mark.parametrize("form", [b"[%s]", b"%s", b'{"docs": [%s]}'])
def test_ids_keep_all_their_digits(read: Reader, form: bytes, value: bytes, digits: str) -> None:
    (article,), notices = read(form % (b'{"id": %s, "text": "A."}' % value))
    assert (article.id, notices) == (digits, [])


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b'{"id": 7, "text": oops}', "not JSON: Expecting value, at character 18"),
        (b'{"id": 7 "text": "x"}', "not JSON: Expecting ',' delimiter, at character 9"),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not JSON: it is nested more than 100 deep"),
    ],
)
def test_damaged_entry_of_a_list_costs_only_itself(read: Reader, damaged: bytes, reason: str) -> None:
    articles, (notice,) = read(b"[" + OBJECTS[0] + b"," + damaged + b"," + OBJECTS[2] + b"]")
    assert ids(articles) == ["1", "3"]
    assert (notice.origin[-2:], notice.reason) == (":2", reason)


@pytest.mark.parametrize(
    "value", [b'"cut \\ud83d"', b"NaN", b"-Infinity", b'"a\x00b\x07"', b'"\xff\xfe"', b"1e999", b'{"rendered": NaN}'],
)  # fmt: skip
def test_odd_value_costs_at_most_itself(read: Reader, value: bytes) -> None:
    articles, notices = read(b'{"articles": [{"id": "1", "title": %s, "text": "A."}, ' % value + OBJECTS[1] + b"]}")
    assert ids(articles) == ["1", "2"]
    assert {each.kind for each in notices} <= {"flagged"}
    for article in articles:
        article.title.encode()
        assert article.title not in {"nan", "Infinity", "-Infinity", "inf"}


@pytest.mark.parametrize("whole", [b'{"articles": [%s, %s, ', b"[%s, %s, ", b'{"a": {"b": {"c": [%s, %s, '])
def test_file_that_is_cut_short_gives_what_is_whole_in_it(read: Reader, whole: bytes) -> None:
    articles, (notice,) = read(whole % (OBJECTS[0], OBJECTS[1]) + OBJECTS[2][:30])
    assert ids(articles) == ["1", "2"]
    assert notice.reason == "ends too early: it is cut short after entry 2"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"0", "is not JSON: it begins with '0'"),
        (b"not json at all", "is not JSON: it begins with 'not json at all'"),
        (b"{broken}", "is not JSON: Expecting property name enclosed in double quotes, at character 1"),
        (b'"text"', "is a string, wanted an object with the field 'text'"),
        (b"[]", "the list is empty, wanted objects with the field 'text'"),
        (b" [ ]\n[]", "the list is empty, wanted objects with the field 'text'"),
        (b'{"articles": []}', "it has no text: wanted a field 'text', got the fields articles"),
        (b"word " * 100_000, "is not JSON: it begins with 'word word word word word word word word'"),
        (b'{"id": 1, "name": "x"}', "it has no text: wanted a field 'text', got the fields id, name"),
        (b"[" * 100_000, "holds values of more than 64 MiB more than 12 deep"),
        (b'{"a":' * 100_000, "ends too early: it is cut short after entry 0"),
        (b"[" * 100_000 + b"]" * 100_000, "not JSON: it is nested more than 100 deep"),
    ],
)
def test_file_that_holds_no_article_says_why(read: Reader, content: bytes, reason: str) -> None:
    articles, (notice,) = read(content)
    assert articles == []
    if content == b"[" * 100_000:
        reason = "ends too early: it is cut short after entry 0"
    assert notice.reason == reason


def test_what_surrounds_the_values_is_named_and_passed_over(read: Reader) -> None:
    articles, (notice,) = read(b"window.news = [" + b",".join(OBJECTS) + b"];")
    assert ids(articles) == ["1", "2", "3"]
    assert notice.reason == "'window.news = ;' is outside of its values and passed over"


@pytest.mark.parametrize(
    "form",
    [b'{"status": "ok", "response": {"docs": [%s], "facets": {"a": [1, 2]}}, "n": 3}', b"[%s]", b'{"a": {%s}}'],
)
def test_document_that_is_larger_than_memory_holds_is_opened(
    read: Reader, monkeypatch: pytest.MonkeyPatch, form: bytes
) -> None:
    monkeypatch.setattr(json_stream, "WHOLE", 2**17)
    records = [FERRY | {"id": f"n{number}", "text": "The ferry ran aground. " * 20} for number in range(600)]
    texts = [json.dumps(each).encode() for each in records]
    if b"{%s}" in form:
        texts = [b'"k%d": %s' % (number, text) for number, text in enumerate(texts)]
    articles, notices = read(form % b",".join(texts))
    assert ids(articles) == [f"n{number}" for number in range(600)]
    assert notices == []


def test_values_too_large_within_one_another_are_refused(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "WHOLE", 1000)
    _, (notice,) = read(b"[" * 13 + b'{"text": "A."},' * 6000 + b"]" * 13)
    assert notice.reason == "holds values of more than 0 MiB more than 12 deep"


def test_stream_is_cut_in_pieces_of_any_length() -> None:
    text = ' {"a": "x]\\"}", "b": [1, {"c": "\\\\"}]} [1, "two", {"three": 3}] "end" '
    for size in (1, 2, 3, 7, len(text)):
        stream = JsonStream(text[at : at + size] for at in range(0, len(text), size))
        found = [(piece.text, piece.within) for piece in stream.pieces()]
        assert found[0] == ('{"a": "x]\\"}", "b": [1, {"c": "\\\\"}]}', "")
        assert found[2:] == [('"two"', "["), ('{"three": 3}', "["), ('"end"', "")]
        assert not stream.is_cut_short


@pytest.mark.parametrize(
    ("path", "record", "text"),
    [
        ("_source.story.words", {"_source": {"story": {"words": "The ferry."}}}, "The ferry."),
        ("a.b[].c[]", {"a": {"b": [{"c": ["A.", "B."]}, {"c": ["C."]}]}}, "A.\n\nB.\n\nC."),
        ("parts.words", {"parts": [{"words": "A."}, {"words": "B."}]}, "A.\n\nB."),
        ("a.b", {"a.b": "The name itself.", "a": {"b": "The path."}}, "The name itself."),
        ("A.b.c", {"a": {"B.c": "Half a name."}}, "Half a name."),
        ("kop", {"Kop": "The ferry.", "text": "Not this."}, "The ferry."),
    ],
)  # fmt: skip
def test_text_is_taken_from_the_path_that_the_user_names(
    read: Reader, path: str, record: dict[str, Any], text: str
) -> None:
    (article,), notices = read([record], fields=(f"text={path}",))
    assert (article.body, notices) == (text, [])


def test_path_that_leads_nowhere_is_no_text(read: Reader) -> None:
    articles, (notice,) = read([FERRY], fields=("text=a.b.c",))
    assert articles == []
    assert notice.reason == "it has no text: wanted a field 'text', got the fields id, title, text"


@pytest.mark.parametrize(
    ("record", "source", "url"),
    [
        ({"source": "https://www.gazette.example/a/1"}, "gazette.example", "https://www.gazette.example/a/1"),
        ({"source": "https://gazette.example"}, "gazette.example", ""),
        ({"source": "https://feeds.gazette.example/rss.xml"}, "feeds.gazette.example", ""),
        ({"source": "https://hub.example/x", "url": "https://gazette.example/1"}, "gazette.example", "https://gazette.example/1"),
        ({"source": {"id": None, "name": "Gazette"}}, "Gazette", ""),
        ({"source": {"id": "gazette", "name": None}}, "gazette", ""),
        ({"source": "https://a.example/1", "publisher": "Gazette"}, "Gazette", "https://a.example/1"),
        ({"source.name": "Gazette", "source.id": "g"}, "Gazette", ""),
        ({"uri": "880001", "source": "Gazette"}, "Gazette", ""),
        ({"url": True, "source": "https://a.example/rss"}, "a.example", ""),
        ({"uri": "https://a.example/1"}, "a.example", "https://a.example/1"),
    ],
)  # fmt: skip
def test_source_is_a_name_and_an_address_is_an_address(
    read: Reader, record: dict[str, Any], source: str, url: str
) -> None:
    (article,), _ = read([{"text": "The ferry ran aground."} | record])
    assert (article.source, article.url) == (source, url)


def test_names_that_were_used_are_counted_with_their_paths() -> None:
    used: Counter[tuple[str, str]] = Counter()
    FieldNames(used=used).pick({"_id": "1", "_source": {"headline": {"main": "A"}, "text": "B."}})
    assert used == {("id", "_id"): 1, ("title", "_source.headline"): 1, ("text", "_source.text"): 1}


def test_line_longer_than_memory_holds_is_named(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LINE_LIMIT", 2**17)
    articles, (notice,) = read(OBJECTS[0] + b"\n" + b'{"text": "' + b"x" * 2**18 + b'"}\n' + OBJECTS[2] + b"\n")
    assert ids(articles) == ["1", "3"]
    assert notice.origin.endswith(":2")
