"""Tables of delimited values as programs and people write them: each oddity costs at most its own row or cell."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.context import ReadingContext
from indexer.sources.fields import parse_fields
from indexer.sources.files import SourceFile
from indexer.sources.records import rows
from indexer.sources.records.rows import RowReader, cells_of_line

Reader = Callable[..., tuple[list[Article], list[Notice]]]
FERRY, TOLL, PILOTS = "The ferry ran aground.", "The bridge toll will rise.", "The pilots stopped work."
GOOD = f'1,Ferry,2025-05-01,"{FERRY}"\n'
MORE = f'3,Pilots,2025-05-03,"{PILOTS}"\n'


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Return a function that reads what a table holds."""

    def read(
        content: str | bytes, name: str = "news.csv", fields: tuple[str, ...] = ()
    ) -> tuple[list[Article], list[Notice]]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        items = list(SourceFile(path, "news").items(ReadingContext(parse_fields(fields))))
        notices = [each for each in items if isinstance(each, Notice)]
        return [each for each in items if isinstance(each, Article)], notices

    return read


def reasons(notices: list[Notice]) -> list[tuple[str, str]]:
    return [(notice.origin.rpartition("news.csv")[2], notice.reason) for notice in notices]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("declared", ["", "sep=%s\n", "SEP=%s\r\n", '"sep=%s"\n'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_tables_of_all_kinds_are_read(read: Reader, delimiter: str, declared: str, end: str, encoding: str) -> None:
    lines = ['id{0}"Title, {1}"{0}text', f'1{{0}}Ferry{{0}}"{FERRY}{{0}} {{1}}"', f"2{{0}}Toll{{0}}{TOLL}"]
    text = "\n".join(lines).format(delimiter, delimiter)
    if end == "\r" and declared:
        declared = declared.strip() + "\n"
    content = (declared % delimiter if declared else "") + text + "\n"
    articles, notices = read(content.replace("\r\n", "\n").replace("\n", end).encode(encoding))
    assert [article.body for article in articles] == [f"{FERRY}{delimiter} {delimiter}", TOLL]
    assert notices == []


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_only_line_ends_end_a_row(read: Reader, break_: str, encoding: str) -> None:
    articles, notices = read(f"id,text,note\n1,The ferry{break_}ran aground.,a{break_}b\n2,{TOLL},\n".encode(encoding))
    assert [article.body for article in articles] == [f"The ferry{break_}ran aground.", TOLL]
    assert notices == []


def test_name_of_a_column_may_have_lines(read: Reader) -> None:
    (article,), notices = read(f'"Article\ntitle","Publication\r\ndate",Text\nFerry,2025-05-01,{FERRY}\n')
    assert (article.title, article.published and article.published.iso, article.body) == ("Ferry", "2025-05-01", FERRY)
    assert notices == []


@pytest.mark.parametrize(
    "word", ["nan", "NaN", "NaT", "None", "NULL", "null", "N/A", "NA", "<NA>", "#N/A", "\\N", " ", ""]
)
def test_words_for_nothing_are_nothing_in_every_field(read: Reader, word: str) -> None:
    names = "id,title,date,language,source,url"
    (article,), (notice,) = read(f"{names},text\n{','.join([word] * 6)},{FERRY}\n2,Toll,,,,,{word}\n")
    assert (article.title, article.published, article.language, article.source, article.url) == ("", None, "en", "", "")
    assert article.id not in {word, ""}
    if word.strip():
        assert notice.reason == f"its text is {word!r}, which stands for nothing"
    else:
        assert notice.reason == ("its text is only white space" if word else "its text is empty")


def test_words_for_nothing_within_a_cell_are_words(read: Reader) -> None:
    (article,), _ = read("id,title,text\n1,None of the above,Nan went home and none followed.\n")
    assert (article.title, article.body) == ("None of the above", "Nan went home and none followed.")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("1.0", "1"), ("12345678901234567890123", "12345678901234567890123"), ("007", "007"), ("1.5", "1.5"),
        ("18446744073709551617", "18446744073709551617"), ("v1.0", "v1"), ("1E5", "1E5"),
    ],
)  # fmt: skip
def test_ids_keep_their_digits(read: Reader, cell: str, name: str) -> None:
    (article,), _ = read(f"id,text\n{cell},{FERRY}\n")
    assert article.id == name


@pytest.mark.parametrize(
    "odd",
    [
        f'2,"Toll,2025-05-02,{TOLL}\n',
        f'2,"Toll" to rise,2025-05-02,{TOLL}\n',
        f'2,"Toll" to "rise",2025-05-02,{TOLL}\n',
        f'2,Toll,"2025-05-02,{TOLL}\n',
        f'"2,Toll,2025-05-02,{TOLL}\n',
    ],
)
def test_lone_quotation_mark_swallows_no_row(read: Reader, odd: str) -> None:
    articles, notices = read("id,title,date,text\n" + GOOD + odd + MORE)
    assert [article.body for article in articles] == [FERRY, TOLL, PILOTS]
    assert articles[1].id.strip('"') == "2"
    assert ("news.csv:3" in notices[0].origin, notices[0].kind) == (True, "flagged")
    assert notices[0].reason == "a quotation mark in it opens no cell, or closes none: it is read as it stands"


def test_lone_quotation_mark_at_the_end_of_a_file_costs_nothing(read: Reader) -> None:
    plain = "".join(f"{number},Toll,2025-05-02,{TOLL}\n" for number in range(5, 50))
    articles, notices = read("id,title,date,text\n" + GOOD + f'2,"Toll,2025-05-02,{TOLL}\n' + plain)
    assert len(articles) == 47
    assert len(notices) == 1


def test_two_lone_quotation_marks_in_different_columns_swallow_nothing(read: Reader) -> None:
    content = f'id,title,date,text\n1,"Toll,2025-05-02,{TOLL}\n2,Pilots,2025-05-02,They said: no"\n' + MORE
    articles, _ = read(content)
    assert [article.id for article in articles] == ["1", "2", "3"]


@pytest.mark.parametrize("last", ['A 9" pipe"', 'A pipe of 9"'])
def test_two_lone_quotation_marks_swallow_nothing_between_them(read: Reader, last: str) -> None:
    rows = [f"{number},Toll,2025-05-02,{TOLL}\n" for number in range(9)]
    rows[1] = f'1,"Toll,2025-05-02,{TOLL}\n'
    rows[7] = f"7,{last},2025-05-02,{TOLL}\n"
    articles, _ = read("id,title,date,text\n" + "".join(rows))
    assert [article.id for article in articles] == [str(number) for number in range(9)]


def test_cells_of_many_lines_stay_whole(read: Reader) -> None:
    text = (
        "The ferry, which was late, ran aground.\n\nAll, said the mayor, were saved, and "
        "well"
        ".\nThe end, he said, is near."
    )
    quoted = text.replace('"', '""')
    articles, notices = read(f'id,title,text\n1,Ferry,"{quoted}"\n2,Toll,"{TOLL}"\n')
    assert [article.body for article in articles] == [text, TOLL]
    assert notices == []


def test_quotation_marks_written_with_a_backslash_are_read(read: Reader) -> None:
    content = 'id,text,title\n1,"He said \\"no\\", and left.\nThen, \\"yes\\".",Ferry\n2,"The toll.",Toll\n'
    articles, notices = read(content)
    assert [article.body for article in articles] == ['He said "no", and left.\nThen, "yes".', "The toll."]
    assert notices == []


def test_rows_with_too_many_or_too_few_cells_are_read_and_named(read: Reader) -> None:
    articles, notices = read(
        "id,title,text\n1,Ferry,It ran aground, they say, at dawn.\n2,Toll\n3,Pilots,They stopped.,,\n"
    )
    assert [article.body for article in articles] == ["It ran aground, they say, at dawn.", "They stopped."]
    assert reasons(notices) == [
        (":2", "has 5 cells, wanted 3; the surplus is added to 'text'"),
        (":3", "has 2 cells, wanted 3; the last ones are left empty"),
        (":3", "it has no text: wanted a field 'text', got the fields id, title"),
    ]


def test_of_columns_of_one_name_the_first_that_is_filled_counts(read: Reader) -> None:
    articles, (notice,) = read(f"id,text,title,text\n1,{FERRY},Ferry,Other.\n2,,Toll,{TOLL}\n")
    assert [article.body for article in articles] == [FERRY, TOLL]
    assert notice.reason == "2 columns are named 'text': the first that is filled is taken"


@pytest.mark.parametrize(
    "first", [f"1,https://gazette.example/1,{FERRY}", f"Ferry,2025-05-01,{FERRY * 9}", "17,Ferry,Ran aground"]
)
def test_table_without_names_says_what_to_write(read: Reader, first: str) -> None:
    articles, (notice,) = read(f"{first}\n2,Toll,{TOLL}\n")
    assert articles == []
    assert notice.reason.startswith("its first row holds no names of columns: ")
    assert notice.reason.endswith("; write them above it, such as title,date,text")


@pytest.mark.parametrize("content", ["", "\n\n", "sep=;\n", "\ufeff", " \r\n"])
def test_empty_table_says_so(read: Reader, content: str) -> None:
    articles, (notice,) = read(content)
    assert (articles, notice.reason) == ([], "the file is empty")


@pytest.mark.parametrize("rows_before", [0, 3000])
def test_table_of_excel_in_windows_1252_is_read(read: Reader, rows_before: int) -> None:
    names = b"id;Titel;Text\r\n" + b"1;Toll;The bridge toll will rise.\r\n" * rows_before
    row = "x;Fähre „Möwe“;Die Fähre lief – bei Nebel – auf Grund, 5 € teurer…\r\n".encode("cp1252")
    articles, (notice,) = read(names + row, fields=("title=Titel",))
    assert articles[-1].title == "Fähre „Möwe“"
    assert articles[-1].body == "Die Fähre lief – bei Nebel – auf Grund, 5 € teurer…"
    assert notice.reason == "not Unicode, read as cp1252"


def test_blanks_after_delimiters_are_no_part_of_cells(read: Reader) -> None:
    (article,), notices = read('id, title, text\n1, Ferry, "It ran aground, they say."\n')
    assert (article.title, article.body, notices) == ("Ferry", "It ran aground, they say.", [])


def test_table_of_one_column_has_no_delimiter(read: Reader) -> None:
    articles, notices = read('text\nIt ran aground, they say; at dawn.\n"It rose,\nthey say."\n')
    assert [article.body for article in articles] == ["It ran aground, they say; at dawn.", "It rose,\nthey say."]
    assert notices == []


def test_names_with_dots_are_paths(read: Reader) -> None:
    (article,), _ = read(
        f"_id.$oid,title.rendered,_source.content.rendered,source.name,link\n5f,Ferry,<p>{FERRY}</p><p>{TOLL}</p>,Gazette,x\n"
    )
    assert (article.id, article.title, article.body, article.source) == ("5f", "Ferry", f"{FERRY}\n\n{TOLL}", "Gazette")


def test_null_characters_cost_nothing(read: Reader) -> None:
    articles, notices = read(f"id,title,text\n1,Fer\0ry,{FERRY}\0\n2,Toll,{TOLL}\n")
    assert [(article.title, article.body) for article in articles] == [("Fer ry", f"{FERRY}\0"), ("Toll", TOLL)]
    assert notices == []


def test_rows_that_are_read_again_take_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_REREAD", 10**6)
    lines = [f'{number},"Toll,2025,x\n' for number in range(40_000)]
    started = time.process_time()
    found = list(RowReader(lines, ",").read(4))
    assert time.process_time() - started < 20
    assert [len(row.cells) for row in found] == [4] * 40_000


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a,"b, c",d\n', ["a", "b, c", "d"]),
        ('a,"b ""c""",\r\n', ["a", 'b "c"', ""]),
        ('a,"b,c', ["a", '"b', "c"]),
        ('"a" b,c', ['"a" b', "c"]),
        (' "a" ,c', ["a", "c"]),
        ("", [""]),
        (",", ["", ""]),
    ],
)
def test_cells_of_one_line(line: str, cells: list[str]) -> None:
    assert cells_of_line(line, ",") == cells
