"""Answer the queries of a file one after the other: in their order, each with an error of its own if it has one."""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import orjson
import typer
from rich.text import Text

from indexer.errors import DatelineError, QueryError, SettingsError
from indexer.terminal.layout import output_console, print_line
from indexer.terminal.shell import printable, say_error
from search_api.service.exporting import csv_header, csv_rows
from search_api.terminal.answering import Answers
from search_api.terminal.hits import print_hits

Form = Literal["text", "json", "csv"]
_COLUMN: Final = "query"
_FAILED: Final = 2
"""Exit code where a query of the file could not be answered."""


def read_queries(path: Path) -> list[str]:
    """Return the queries of a file: the column ``query`` of CSV, the field of JSON Lines, or one a line.

    Raises:
        SettingsError: The file cannot be read, or has no queries.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        queries = list(_parsed(path, text))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", "name a file with queries") from error
    except ValueError as error:
        raise SettingsError(f"cannot read {path}: {error}", "one query a line, in UTF-8") from error
    if not queries:
        raise SettingsError(f"{path} has no queries", "one query a line; or JSON Lines or CSV with 'query'")
    return queries


def _parsed(path: Path, text: str) -> Iterator[str]:
    if path.suffix.casefold() == ".csv":
        rows = csv.DictReader(text.splitlines(keepends=True))
        if _COLUMN not in (rows.fieldnames or ()):
            raise ValueError(f"its columns are {', '.join(rows.fieldnames or ()) or 'none'}, wanted one named 'query'")
        return (str(row[_COLUMN] or "") for row in rows)
    lines = (line for line in text.splitlines() if line.strip())
    if path.suffix.casefold() in {".jsonl", ".ndjson"}:
        return (_of_line(number, line) for number, line in enumerate(lines, 1))
    return lines


def _of_line(number: int, line: str) -> str:
    value = orjson.loads(line)
    query = value.get(_COLUMN, value.get("text")) if isinstance(value, dict) else value
    if not isinstance(query, str):
        raise ValueError(f"query {number} is no text and no object with 'query'")  # noqa: TRY004 (read_queries tells)
    return query


def answer_file(answers: Answers, queries: Iterable[str], options: Mapping[str, Any], form: Form) -> None:
    """Print the answers to queries, with the same options for all.

    Raises:
        typer.Exit: With 2, where a query could not be answered.
    """
    failed = False
    if form == "csv":
        sys.stdout.write(csv_header(_COLUMN))
    for number, text in enumerate(queries, 1):
        try:
            _answer(answers, text, options, form)
        except DatelineError as error:
            failed = True
            if form == "json":
                described = {"code": error.code, "message": error.message, "hint": error.hint}
                _print_json({"query": text, "answer": None, "error": described})
            else:
                say_error(QueryError(f"query {number}: {error.message}", error.hint))
    if failed:
        raise typer.Exit(_FAILED)


def _answer(answers: Answers, text: str, options: Mapping[str, Any], form: Form) -> None:
    if form == "csv":
        for line in csv_rows(answers.hits(text, options), text):
            sys.stdout.write(line)
    elif form == "json":
        answer = answers.response(text, options).model_dump(mode="json")
        _print_json({"query": text, "answer": answer, "error": None})
    else:
        found, console = answers.response(text, options), output_console()
        print_line(console, Text(f"=== {printable(text)}", style="bold"))
        print_hits(found, console)
        print_line(console, "")


def _print_json(value: Mapping[str, Any]) -> None:
    print(orjson.dumps(value).decode())
