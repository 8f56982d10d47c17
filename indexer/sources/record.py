"""One record of named fields to one article, whatever file format the record came in."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.article import Article
from indexer.dates import Published, parse_published
from indexer.language import UNKNOWN, identify_language, normalise_tag
from indexer.paragraphs import find_asides
from indexer.sources.notice import Notice, flagged, skipped

FIELDS = ("id", "title", "text", "published", "language", "source", "url")


def read_record(record: Mapping[str, Any], origin: str, default_id: str = "") -> Iterator[Article | Notice]:
    """Yield the article of a record last, after a notice for each field that could not be taken.

    Only ``text`` is needed. Without ``id`` the article is named ``default_id``, else by a digest of its content.
    """
    body = record.get("text")
    if not isinstance(body, str) or not body.strip():
        yield skipped(origin, _no_text(record))
        return
    fields: dict[str, str] = {}
    for name in FIELDS:
        value = record.get(name)
        if isinstance(value, str):
            fields[name] = value.strip()
        elif isinstance(value, int | float) and not isinstance(value, bool):
            fields[name] = str(value)
        elif value is not None:
            yield flagged(origin, f"{name} is {_kind(value)}, wanted a string; left empty")
    published, problem = _published(fields.get("published", ""))
    if problem:
        yield flagged(origin, problem)
    language, problem = _language(fields.get("language", ""), body)
    if problem:
        yield flagged(origin, problem)
    yield Article(
        id=fields.get("id") or default_id or _content_id(fields),
        title=fields.get("title", ""),
        body=body,
        published=published,
        language=language,
        source=fields.get("source", ""),
        url=fields.get("url", ""),
        origin=origin,
        asides=find_asides(body),
    )


def _no_text(record: Mapping[str, Any]) -> str:
    value = record.get("text")
    if isinstance(value, str):
        return "its text is only white space" if value else "its text is empty"
    if value is None:
        names = ", ".join(list(record)[:8]) or "none"
        return f"it has no text: wanted a field 'text', got the fields {names}"
    return f"its text is {_kind(value)}, wanted a string"


def _kind(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


def _published(text: str) -> tuple[Published | None, str]:
    if not text:
        return None, ""
    try:
        return parse_published(text), ""
    except ValueError as error:
        return None, f"{error}; kept without a date"


def _language(tag: str, body: str) -> tuple[str, str]:
    if tag.casefold() in {"", UNKNOWN}:
        return identify_language(body), ""
    if declared := normalise_tag(tag):
        return declared, ""
    found = identify_language(body)
    return found, f"language {tag!r} is no ISO 639 code; the text reads as {found}"


def _content_id(fields: Mapping[str, str]) -> str:
    content = "\0".join(fields.get(name, "") for name in FIELDS if name != "id")
    return hashlib.sha256(content.encode()).hexdigest()[:16]
