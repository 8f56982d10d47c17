"""Which field of a record is which: the names that exports of news use, and those that a user gives."""

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
        plain = {_plain(name): name for name in reversed(names)}
        found: dict[str, str] = {}
        for wanted, known in _KNOWN.items():
            if wanted in self.given:
                candidates: Sequence[str] = (self.given[wanted],)
            else:
                candidates = known
            name = next((plain[_plain(each)] for each in candidates if _plain(each) in plain), None)
            if name is not None:
                found[wanted] = name
        return found

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
