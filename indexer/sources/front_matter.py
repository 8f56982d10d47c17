"""Read front matter: the fields that writers put above a text, in YAML, TOML or JSON."""

import itertools
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml

from indexer.sources import limits
from indexer.sources.fields import FieldNames

_BEGIN = re.compile(r"\s{0,9}(?P<fence>---|\+\+\+)[ \t]*\r?\n")
_DEEPEST = 20
"""Brackets within one another in YAML, and steps of a name in TOML; front matter has one or two."""
_ENDS = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*\r?$", re.MULTILINE),
}
"""The line that front matter ends with, by the signs in the one that it begins with."""
_BRACKET = re.compile(r"[\[\]{}]")
_LINE = re.compile(r"(?P<name>[A-Za-z_][\w -]{0,40}?)[ \t]*:(?:[ \t]+(?P<value>\S.*))?")
_ALSO = {
    "created": "published", "created_at": "published", "locale": "language", "canonical": "url", "original_url": "url",
    "source_url": "url", "site_name": "source", "publication": "source",
}  # fmt: skip
"""Names that only front matter has for our fields."""
_UNPUBLISHED = {"draft": {"true", "yes", "1"}, "published": {"false", "no", "0"}, "publish": {"false", "no", "0"}}
_UNPUBLISHED_STATUS = {"draft", "private", "pending", "unpublished", "trash"}


class _Loader(yaml.BaseLoader):  # type: ignore[misc] # the library has no types
    """Makes texts, lists and dictionaries only, and repeats none: a few aliases of aliases are a text without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter of a text and the rest; the front matter is empty if the text has none."""
    if text.startswith("{"):
        return _json(text)
    begin = _BEGIN.match(text)
    end = _ENDS[begin["fence"]].search(text, begin.end(), begin.end() + limits.FRONT_MATTER) if begin else None
    if begin is None or end is None:
        return {}, text
    found = (_toml if begin["fence"] == "+++" else _yaml)(text[begin.end() : end.start()].replace("\r", ""))
    return (found, text[end.end() :]) if found is not None else ({}, text)


def is_unpublished(front: Mapping[str, Any]) -> bool:
    """Return whether the writer says that the text was not published: it is a draft, or private."""
    said = {name.casefold(): _word(value) for name, value in front.items()}
    status = said.get("status", said.get("post_status", ""))
    return status in _UNPUBLISHED_STATUS or any(said.get(name) in values for name, values in _UNPUBLISHED.items())


def record_of(front: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an article that front matter gives, under our names."""
    given = {
        name: value
        for name, value in front.items()
        if name.casefold() != "published" or _word(value) not in {"true", "false", "yes", "no"}
    }
    named = {_ALSO[name]: value for each, value in given.items() if (name := each.casefold()) in _ALSO}
    record = named | FieldNames().pick(given).values
    record.pop("text", None)
    source, url = record.get("source"), record.get("url")
    if _is_address(source):
        record["url"] = url if _is_address(url) else record.pop("source")
        record.pop("source", None)
    elif url is not None and not _is_address(url):  # the path of the page on the writer's own site
        del record["url"]
    return record


def _word(value: Any) -> str:
    return str(value).casefold() if isinstance(value, str | int) else ""


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _json(text: str) -> tuple[dict[str, Any], str]:
    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text[: limits.FRONT_MATTER])
    except (ValueError, RecursionError):
        return {}, text
    return (found, text[end:]) if found and text[end:].strip() else ({}, text)


def _toml(text: str) -> dict[str, Any] | None:
    if any(line.partition("=")[0].count(".") > _DEEPEST for line in text.splitlines()):
        return None
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in found.items()}
    return plain or None


def _yaml(text: str) -> dict[str, Any] | None:
    """Return the fields as they are written: a date stays a text."""
    if _depth(text) > _DEEPEST:  # the parser looks at all brackets that are open at each word
        return _lines(text)
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - it makes texts, lists and dictionaries only
    except (yaml.YAMLError, RecursionError, ValueError):
        return _lines(text)
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) and found else None


def _depth(text: str) -> int:
    """Return how many brackets are open at once in a text, if all signs of that form are brackets."""
    steps = (1 if sign[0] in "[{" else -1 for sign in _BRACKET.finditer(text))
    return max(itertools.accumulate(steps), default=0)


def _lines(text: str) -> dict[str, str] | None:
    """Return the fields of front matter that is nearly YAML, such as a title with a colon; None if it is not that."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith((" ", "\t", "-", "#"))]
    matches = [_LINE.fullmatch(line.rstrip()) for line in lines]
    if not lines or None in matches:
        return None
    return {match["name"]: (match["value"] or "").strip("\"'") for match in matches if match}
