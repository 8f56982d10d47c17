"""Which field of a record is which: the names that exports of news use, and those that a user gives."""

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.errors import SourceError

FIELDS = ("id", "title", "text", "published", "language", "source", "url")
_KNOWN = {
    "id": ("id", "_id", "article_id", "doc_id", "guid", "uuid"),
    "title": ("title", "headline", "head"),
    "text": ("text", "body", "maintext", "article_body", "full_text", "content", "content_text", "article"),
    "published": (
        "published", "date_published", "published_at", "date_publish", "publish_date", "publication_date", "pub_date",
        "published_date", "published_time", "date", "datetime", "timestamp",
    ),
    "language": ("language", "lang", "language_code", "lang_code"),
    "source": ("source", "outlet", "publisher", "source_name", "source_domain", "domain", "site", "newspaper"),
    "url": ("url", "link", "canonical_url", "permalink", "uri"),
}  # fmt: skip
"""Names of each field, the most trusted first; upper case and what is no letter or digit do not count."""
_NAME_KEYS = ("name", "title", "text", "value", "uri", "href")


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The names that a user gave, by field, before those that are known."""

    given: Mapping[str, str] = field(default_factory=dict)
    used: Counter[tuple[str, str]] | None = field(default=None, compare=False, repr=False)
    """Counts which name stood for which field, if anybody wants to know."""

    def find(self, names: Sequence[str]) -> dict[str, str]:
        """Return which of these names stands for which field."""
        return dict(_find(tuple(self.given.items()), tuple(names)))

    def pick(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a record under their own names; empty ones do not hide others."""
        filled = [name for name, value in record.items() if value not in (None, "", [], {})]
        found = self.find(filled)
        if self.used is not None:
            self.used.update(found.items())
        picked = {wanted: _flat(record[name]) for wanted, name in found.items()}
        if isinstance(picked.get("text"), list) and all(isinstance(part, str) for part in picked["text"]):
            picked["text"] = "\n\n".join(picked["text"])
        return picked


@functools.lru_cache(1024)
def _find(given: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> Mapping[str, str]:
    """Return which name stands for which field; the records of a file mostly have the same names."""
    plain = {_plain(name): name for name in reversed(names)}
    known = _KNOWN | {wanted: (name,) for wanted, name in given}
    found = {
        wanted: next((plain[_plain(each)] for each in candidates if _plain(each) in plain), None)
        for wanted, candidates in known.items()
    }
    return {wanted: name for wanted, name in found.items() if name is not None}


def parse_fields(given: Sequence[str]) -> FieldNames:
    """Read ``title=headline`` and the like.

    Raises:
        SourceError: A field is not one, or its name is missing.
    """
    names: dict[str, str] = {}
    for each in given:
        wanted, _, name = each.partition("=")
        if wanted not in FIELDS or not name:
            raise SourceError(
                f"--field {each!r} names no field: wanted one of {', '.join(FIELDS)}, =, and its name in the files",
                "--field title=headline",
            )
        names[wanted] = name
    return FieldNames(names)


def _flat(value: Any) -> Any:
    """Return the name of an outlet that is given as an object, as some exports have it."""
    if isinstance(value, Mapping):
        return next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), value)
    return value


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
