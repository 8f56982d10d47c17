"""Turn tables that are given as JSON into records: by columns, or as rows below a list of names."""

from collections.abc import Mapping
from typing import Any

from indexer.sources.fields import FieldNames
from indexer.sources.records.paths import plain

Record = dict[str, Any]
_COLUMNS = ("columns", "fields", "headers", "header", "cols", "names")
_OF_ARTICLES = ("title", "headline", "id", "url", "link")
"""Names of columns by which lists of one length are told from the paragraphs and tags of one article."""
_ROWS = ("data", "rows", "values", "records", "results")


def records_of_table(value: Mapping[str, Any], fields: FieldNames) -> list[Record] | None:
    """Return the records of an object that is a table, or None if it is none.

    These are what pandas writes with ``orient="split"``, ``"columns"`` and ``to_dict("list")``, and what databases
    answer: ``columns`` and ``rows``.
    """
    names = next((names for key in _COLUMNS if (names := names_of(value.get(key)))), None)
    rows = next((value[key] for key in _ROWS if isinstance(value.get(key), list)), None)
    if rows and all(isinstance(row, list) for row in rows):
        return records_of_rows([names, *rows] if names else rows, fields)
    return _of_columns(value, fields)


def records_of_rows(rows: list[list[Any]], fields: FieldNames) -> list[Record] | None:
    """Return the records of rows of which the first holds the names of the columns; None if it does not."""
    names = names_of(rows[0])
    if not names or not may_hold_text(names, fields):
        return None
    return [record_of_row(names, row) for row in rows[1:]]


def names_of(row: Any) -> list[str] | None:
    """Return the names in a row of names, given as texts or as objects with a name; None if it is no such row."""
    if not isinstance(row, list) or not row:
        return None
    names = [each.get("name") if isinstance(each, Mapping) else each for each in row]
    return [str(name) for name in names] if all(isinstance(name, str) for name in names) else None


def may_hold_text(names: list[str], fields: FieldNames) -> bool:
    """Return whether columns of these names may hold the text of articles."""
    return fields.may_hold_text(dict.fromkeys(names, "x"))


def record_of_row(names: list[str], row: list[Any]) -> Record:
    """Return a row as a record; of columns of one name the first that is filled counts."""
    record: Record = {}
    for name, value in zip(names, row, strict=False):
        if record.get(name) in (None, ""):
            record[name] = value
    return record


def _of_columns(value: Mapping[str, Any], fields: FieldNames) -> list[Record] | None:
    columns = [each for each in value.values() if isinstance(each, dict | list)]
    if len(columns) < max(1, len(value)) or not columns[0] or not may_hold_text(list(value), fields):
        return None
    labels = _labels(columns[0])
    if not all(_labels(column) == labels for column in columns) or not all(map(_is_column, columns)):
        return None
    if may_hold_text([str(label) for label in labels], fields):  # the fields of one article, within another object
        return None
    if isinstance(columns[0], list) and not any(plain(name) in _OF_ARTICLES for name in value):
        return None
    records = [{name: column[label] for name, column in value.items()} for label in labels]
    if isinstance(columns[0], dict) and "id" not in value and not any(str(label).isdigit() for label in labels):
        records = [record | {"id": label} for record, label in zip(records, labels, strict=True)]
    return records


def _labels(column: dict[str, Any] | list[Any]) -> list[Any]:
    return list(column) if isinstance(column, dict) else list(range(len(column)))


def _is_column(column: dict[str, Any] | list[Any]) -> bool:
    """Return whether at least one value is a text or number, as in a column, and not all are objects, as in records."""
    values = column.values() if isinstance(column, dict) else column
    return not all(isinstance(value, dict) for value in values)
