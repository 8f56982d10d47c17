"""Find the fields of an article in a record, by the names that exports of news use or that the user gives."""

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.errors import SourceError

FIELDS = ("id", "title", "text", "published", "updated", "retrieved", "language", "source", "url")
_KNOWN = {
    "id": ("id", "_id", "article_id", "doc_id", "guid", "uuid"),
    "title": ("title", "headline", "head"),
    "text": ("text", "body", "maintext", "article_body", "full_text", "content", "content_text", "article"),
    "published": (
        "published", "date_published", "published_at", "date_publish", "publish_date", "publication_date", "pub_date",
        "published_date", "published_time", "date", "datetime", "timestamp",
    ),
    "updated": (
        "updated", "updated_at", "date_updated", "updated_date", "update_date", "updated_time", "last_updated",
        "modified_gmt", "post_modified_gmt", "modified", "modified_at", "date_modified", "date_modify", "modified_date",
        "modified_time", "post_modified", "last_modified", "last_modified_date", "lastmod",
    ),
    "retrieved": (
        "retrieved", "retrieved_at", "date_download", "download_date", "downloaded_at", "crawled_at", "date_crawled",
        "crawl_date", "scraped_at", "date_scraped", "fetched_at", "collected_at", "captured_at",
    ),
    "language": ("language", "lang", "language_code", "lang_code"),
    "source": ("source", "outlet", "publisher", "source_name", "source_domain", "domain", "site", "newspaper"),
    "url": ("url", "link", "canonical_url", "permalink", "uri"),
}  # fmt: skip
"""The known names of each field, the most trusted first. Case and punctuation are ignored in the comparison."""
_NAME_KEYS = ("name", "title", "text", "value", "uri", "href")
"""Keys that hold the name of a thing which an export gives as an object."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The names of the fields in records: those that the user gave, and the known ones for all other fields."""

    given: Mapping[str, str] = field(default_factory=dict)
    """The name that the user gave for a field."""
    used: Counter[tuple[str, str]] | None = field(default=None, compare=False, repr=False)
    """If given, counts in how many records a name was used for a field; the keys are (field, name)."""

    def find(self, names: Sequence[str]) -> dict[str, str]:
        """Return the name of each field, as far as these names hold one for it."""
        return dict(_find(tuple(self.given.items()), tuple(names)))

    def pick(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a record under our names.

        An empty value is ignored, so that it does not hide a value under another name.
        """
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
    """Return the name of each field. It is cached because the records of a file mostly have the same names."""
    plain = {_plain(name): name for name in reversed(names)}
    known = _KNOWN | {wanted: (name,) for wanted, name in given}
    found = {
        wanted: next((plain[_plain(each)] for each in candidates if _plain(each) in plain), None)
        for wanted, candidates in known.items()
    }
    return {wanted: name for wanted, name in found.items() if name is not None}


def parse_fields(given: Sequence[str]) -> FieldNames:
    """Parse names of fields such as ``title=headline``.

    Raises:
        SourceError: There is no such field, or its name is missing.
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
    """Return the name in a value that is an object: some exports describe the outlet in this way."""
    if isinstance(value, Mapping):
        return next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), value)
    return value


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
