"""Find the records of articles in a JSON value of any shape.

A record is an object that holds the text of an article. Around it may lie any lists and objects: the answer of a
service (``response.docs``), pages of such answers, a list for each section, or objects that are keyed by id.
"""

from collections.abc import Mapping
from typing import Any

from indexer.sources.fields import FieldNames
from indexer.sources.records.known_names import KNOWN, LISTS, NOT_THE_ARTICLE
from indexer.sources.records.paths import plain
from indexer.sources.records.tables import records_of_table

_DEEPEST = 12
"""Lists and objects around a record."""
_ASIDES = frozenset(map(plain, NOT_THE_ARTICLE))
_IDS = frozenset(map(plain, KNOWN["id"]))
_HEADLINES = ("title", "headline", "webtitle", "name", "url", "link")


def find_records(value: Any, fields: FieldNames) -> list[Any]:
    """Return all records in a value.

    If it holds none, the result is the entries of a list, or the value; and with the records of a list come its other
    entries: a reader has to name them.
    """
    return records_in(value, fields) or (value if isinstance(value, list) else [value])


def records_in(value: Any, fields: FieldNames) -> list[Any]:
    """Return the records with a text in a value or, if there is none, those with a description of the article."""
    return _with_text(value, fields, 0) or _with_teaser(value, fields, 0)


def _with_text(value: Any, fields: FieldNames, depth: int) -> list[Any]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return _entries([_with_text(entry, fields, depth + 1) for entry in value], value)
    if not isinstance(value, Mapping):
        return []
    if (rows := records_of_table(value, fields)) is not None:
        return _with_text(rows, fields, depth + 1)
    if fields.has_text(value):
        return [value]
    members = _members(value, only_lists=_is_told(value))
    found = [_with_text(member, fields, depth + 1) for member in members.values()]
    return (
        _entries(found, list(members.values()))
        if _is_keyed(value, found)
        else [each for part in found for each in part]
    )


def _with_teaser(value: Any, fields: FieldNames, depth: int) -> list[Any]:
    """Return the records that hold a description of the article, those in lists before those around them."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return _entries([_with_teaser(entry, fields, depth + 1) for entry in value], value)
    if not isinstance(value, Mapping):
        return []
    if (rows := records_of_table(value, fields)) is not None:
        return _with_teaser(rows, fields, depth + 1)
    below = [
        record
        for member in _members(value, only_lists=_is_told(value)).values()
        for record in _with_teaser(member, fields, depth + 1)
    ]
    return below or ([value] if fields.has_teaser(value) else [])


def _entries(found: list[list[Any]], entries: list[Any]) -> list[Any]:
    """Return what was found in the entries of a list, and the entries in which nothing was, if anything was at all."""
    if not any(found):
        return []
    return [record for records, entry in zip(found, entries, strict=True) for record in records or [entry]]


def _members(value: Mapping[str, Any], *, only_lists: bool) -> dict[str, Any]:
    """Return the members of an object that may hold records; an object within it that has no id gets its key as id."""
    return {
        key: {"id": key} | member if isinstance(member, dict) and _is_id(key) and not _has_id(member) else member
        for key, member in value.items()
        if isinstance(member, dict | list) and plain(key) not in _ASIDES and (not only_lists or plain(key) in LISTS)
    }


def _is_told(value: Mapping[str, Any]) -> bool:
    """Return whether an object is itself about something: then its members are parts of that, and no articles."""
    return sum(plain(key) in _HEADLINES and isinstance(member, str) for key, member in value.items()) > 1


def _is_keyed(value: Mapping[str, Any], found: list[list[Any]]) -> bool:
    """Return whether an object maps keys to records, so that those of its members without a text are records too."""
    return (
        len(found) == len(value) > 1
        and sum(map(bool, found)) > 1
        and all(isinstance(each, dict) for each in value.values())
    )


def _is_id(key: str) -> bool:
    """Return whether the key of a record may be its id: not a number, which counts the records of one file."""
    return any(map(str.isdigit, key)) and not key.isdigit()


def _has_id(record: Mapping[str, Any]) -> bool:
    return any(plain(key) in _IDS for key in record)
