"""One record of named fields to one article, whatever file format the record came in."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from indexer.article import Article
from indexer.dates import Published, implausible, parse_published
from indexer.notice import Notice, flagged, skipped
from indexer.sources.fields import FIELDS, FieldNames
from indexer.text.language import UNKNOWN, Judge, judge_language, normalise_tag
from indexer.text.paragraphs import find_asides

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def read_record(
    given: Mapping[str, Any],
    origin: str,
    default_id: str = "",
    fields: FieldNames | None = None,
    judge: Judge = judge_language,
) -> Iterator[Article | Notice]:
    """Yield the article of a record last, after a notice for each field that could not be taken.

    Only a text is needed. Without an id the article is named ``default_id``, else by a digest of its content.
    ``judge`` tells its language.
    """
    record = (fields or FieldNames()).pick(given)
    body = record.get("text")
    if not isinstance(body, str) or not body.strip():
        yield skipped(origin, _no_text(record.get("text", given.get("text")), given))
        return
    known: dict[str, str] = {}
    for name in FIELDS:
        value = record.get(name)
        if isinstance(value, str):
            known[name] = value.strip() if name == "text" else _in_one_line(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            known[name] = str(value)
        elif value is not None:
            yield flagged(origin, f"{name} is {_kind(value)}, wanted a string; left empty")
    published, problem = _published(known.get("published", ""))
    if problem:
        yield flagged(origin, problem)
    language, problem = _language(known.get("language", ""), body, judge)
    if problem:
        yield flagged(origin, problem)
    yield Article(
        id=known.get("id") or default_id or _content_id(known),
        title=known.get("title", ""),
        body=body,
        published=published,
        language=language,
        source=known.get("source") or _domain(known.get("url", "")),
        url=known.get("url", ""),
        origin=origin,
        asides=find_asides(body),
    )


def _no_text(value: Any, record: Mapping[str, Any]) -> str:
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
        published = parse_published(text)
    except ValueError as error:
        return None, f"{error}; kept without a date"
    if reason := implausible(published, datetime.now(UTC)):
        return None, f"date {text[:60]!r} {reason}; kept without a date"
    return published, ""


def _language(tag: str, body: str, judge: Judge) -> tuple[str, str]:
    """Return the language of a text, and what was wrong with the declared one."""
    if tag.casefold() in {"", UNKNOWN}:
        return judge("", body), ""
    declared = normalise_tag(tag)
    found = judge(declared or "", body)
    if not declared:
        return found, f"language {tag!r} is no ISO 639 code; the text reads as {found}"
    return found, "" if found == declared else f"language {tag!r} is declared, but the text reads as {found}"


def _in_one_line(text: str) -> str:
    """Return a name without what would break a line or move the cursor."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _domain(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return ""


def _content_id(fields: Mapping[str, str]) -> str:
    content = "\0".join(fields.get(name, "") for name in FIELDS if name != "id")
    return hashlib.sha256(content.encode()).hexdigest()[:16]
