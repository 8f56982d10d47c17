"""Turn one record of named fields into an article, whatever file format the record came from."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.fields import FIELDS
from indexer.sources.record_dates import LONGEST_SHOWN, AmbiguousDates, read_dates
from indexer.sources.records.values import digits_of, domain_of
from indexer.sources.web.markup import whole_characters
from indexer.text.language import UNKNOWN, Judge, normalise_tag
from indexer.text.paragraphs import find_asides

_WHOLE_AS_FRACTION = re.compile(r"(?<=\d)\.0$")
"""How a whole number ends in a column of pandas that has gaps."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def read_record(
    record: Mapping[str, Any],
    origin: str,
    context: ReadingContext = DEFAULT_CONTEXT,
    default_id: str = "",
) -> Iterator[Article | Notice]:
    """Yield a notice for each field that could not be used, and then the article; or one notice if there is no text.

    Args:
        record: The fields of the article under our names, see ``FIELDS``. Only the text is required.
        origin: Where the record was read, for people.
        context: Judges the language, and knows the order of day and month.
        default_id: The id of the article if the record has none. If this is empty too, the id is a digest of the
            record's content.
    """
    body = record.get("text")
    if not isinstance(body, str) or not body.strip():
        yield skipped(origin, no_text(body, record))
        return
    body = whole_characters(body)
    texts, problems = _texts(record)
    language, problem = _language(texts.get("language", ""), body, context.judge)
    dates = read_dates(texts, language, context.day_order, context.shown_orders)
    yield from (flagged(origin, each) for each in (*problems, *dates.problems, problem) if each)
    if dates.ambiguous:
        yield AmbiguousDates("flagged", origin, "", dates.ambiguous)
    yield Article(
        id=texts.get("id") or default_id or _content_id(texts),
        title=texts.get("title", ""),
        body=body,
        published=dates.published,
        updated=dates.updated,
        unread_date="" if dates.published else texts.get("published", "")[:LONGEST_SHOWN],
        retrieved=dates.retrieved,
        language=language,
        source=texts.get("source") or domain_of(texts.get("url", "")),
        url=texts.get("url", ""),
        origin=origin,
        asides=find_asides(body),
    )


def _texts(record: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the fields of a record as texts, and what is wrong with those that are no texts and no numbers."""
    texts: dict[str, str] = {}
    problems = []
    for name in FIELDS:
        value = record.get(name)
        if isinstance(value, str):
            text = whole_characters(value)
            texts[name] = text.strip() if name == "text" else _in_one_line(text)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            texts[name] = digits_of(value)
        elif value is not None:
            problems.append(f"{name} is {_kind(value)}, wanted a string; left empty")
    if len(texts.get("url", "")) > limits.ADDRESS:
        problems.append(f"url has {len(texts.pop('url')):,} characters, wanted at most {limits.ADDRESS:,}; left empty")
    texts["id"] = _WHOLE_AS_FRACTION.sub("", texts.get("id", ""))
    return texts, problems


def no_text(value: Any, record: Mapping[str, Any]) -> str:
    """Return why a record has no text: ``value`` is what it has under the name of the text."""
    if isinstance(value, str):
        if value.strip():
            return f"its text is {value.strip()[:40]!r}, which stands for nothing"
        return "its text is only white space" if value else "its text is empty"
    if value is None:
        names = ", ".join(list(record)[:8]) or "none"
        return f"it has no text: wanted a field 'text', got the fields {names}"
    return f"its text is {_kind(value)}, wanted a string"


def _kind(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


def _language(tag: str, body: str, judge: Judge) -> tuple[str, str]:
    """Return the language of a text, and what is wrong with the declared one; empty if nothing is."""
    if tag.casefold() in {"", UNKNOWN}:
        return judge("", body), ""
    declared = normalise_tag(tag)
    found = judge(declared or "", body)
    if not declared:
        return found, f"language {tag!r} is no ISO 639 code; the text reads as {found}"
    return found, "" if found == declared else f"language {tag!r} is declared, but the text reads as {found}"


def _in_one_line(text: str) -> str:
    """Return a text without line breaks and other control characters, which would disturb a terminal."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _content_id(fields: Mapping[str, str]) -> str:
    content = "\0".join(fields.get(name, "") for name in FIELDS if name not in {"id", "updated", "retrieved"})
    return hashlib.sha256(content.encode()).hexdigest()[:16]
