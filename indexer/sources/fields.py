"""Find the fields of an article in a record, by the names that exports of news use or that the user gives."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.errors import SourceError
from indexer.sources.addresses import split
from indexer.sources.records.known_names import ENVELOPES, HTML_TEXTS, KNOWN, SPLIT_TEXTS, STATES, TEASERS, TEXTS
from indexer.sources.records.paths import Level, find_all, levels_of, plain, values_at
from indexer.sources.records.text_parts import text_of
from indexer.sources.records.values import domain_of, is_address, is_nothing, is_page, line_of, scalar_of, unwrap

FIELDS = ("id", "title", "text", "published", "updated", "retrieved", "language", "source", "url")
_MORE_COMPLETE = 2
"""A text gives way to one of another name that has this many times as many characters."""
_PAGES = frozenset(map(plain, HTML_TEXTS))
_IDS = frozenset(map(plain, ("uri", "guid", "@id", "canonical", "alternate")))
"""Names that hold an address in some exports, and something else in others."""
_TITLES = ("title", "headline")
_PLACES = ("url", "link", "published", "date", "published_at")
"""Names that an article in a list has, and a part of a text has not."""
_ORDER = sorted(KNOWN, key="source".__eq__)
"""The fields, the source last: whether it gives the address of an article depends on the others."""
_FEED = re.compile(r"rss|atom|feed|\.xml", re.IGNORECASE)
_WITHHELD = "only available in "
"""How a text begins that a service gives to those who pay for it."""
_USEFUL = frozenset(
    plain(path.split(".")[0])
    for paths in (*KNOWN.values(), TEXTS, *TEASERS, *SPLIT_TEXTS, ENVELOPES, STATES)
    for path in paths
)
"""The beginnings of all names and paths that are looked for."""


@dataclass(slots=True)
class Picked:
    """The fields of one record."""

    values: dict[str, Any] = field(default_factory=dict)
    """What was found, under our names. A value that is no text and no number is as the record has it."""
    names: dict[str, str] = field(default_factory=dict)
    """The name in the record of each field."""
    is_teaser: bool = False
    """Whether the text is a description of the article, because the record has no other text."""
    shorter: str = ""
    """The name of another text in the record, much shorter than the one that was taken."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The names of the fields in records: those that the user gave, and the known ones for all other fields."""

    given: Mapping[str, str] = field(default_factory=dict)
    """The name that the user gave for a field, or the path to it."""
    used: Counter[tuple[str, str]] | None = field(default=None, compare=False, repr=False)
    """If given, counts in how many records a name was used for a field; the keys are (field, name)."""

    def pick(self, record: Mapping[str, Any], *, in_table: bool = False) -> Picked:
        """Return the fields of a record.

        A value that stands for nothing is ignored, so that it does not hide a value under another name.

        Args:
            record: Its values may be objects and lists of any depth.
            in_table: Whether words such as ``NULL`` stand for nothing.
        """
        record = {name: value for name, value in record.items() if not is_nothing(value, in_table=in_table)}
        levels = levels_of(record)
        picked = Picked()
        self._pick_text(record, levels, picked)
        for name in _ORDER:
            if name in self.given:
                found = [(self.given[name], value) for value in values_at(record, self.given[name])[:1]]
            else:
                found = _candidates(name, levels)
            _choose(name, found, picked)
            if name == "url":
                _mend_url(picked)
        _mend_source(picked)
        if "published" not in picked.values and "updated" in picked.values:
            picked.values["published"], picked.names["published"] = picked.values["updated"], picked.names["updated"]
        if self.used is not None:
            self.used.update(picked.names.items())
        return picked

    def has_text(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record holds the text of an article, and not only a description of it."""
        if "text" in self.given:
            return bool(_joined(record, self.given["text"]))
        return any(True for _ in _texts(levels_of(record)))

    def has_teaser(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record holds a description of an article."""
        return "text" not in self.given and any(True for _ in _teasers(levels_of(record)))

    def may_hold_text(self, names: Mapping[str, Any]) -> bool:
        """Return whether records with these names, mapped to any value of their kind, may hold a text."""
        return self.has_text(names) or self.has_teaser(names)

    def are_of_use(self, name: str) -> bool:
        """Return whether a member of records of this name may hold a field."""
        first = plain(name.split(".", maxsplit=1)[0])
        return first in _USEFUL or any(plain(path).startswith(first) for path in self.given.values())

    def _pick_text(self, record: Mapping[str, Any], levels: list[Level], picked: Picked) -> None:
        if "text" in self.given:
            found = [(self.given["text"], _joined(record, self.given["text"]))]
        elif found := list(_texts(levels)):
            found = [_most_complete(found, picked)]
        else:
            found = list(_teasers(levels))[:1]
            picked.is_teaser = bool(found)
        if found and found[0][1]:
            picked.names["text"], picked.values["text"] = found[0]


def parse_fields(given: Sequence[str]) -> FieldNames:
    """Parse names of fields such as ``title=headline`` and ``text=_source.text``.

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


def _joined(record: Mapping[str, Any], path: str) -> str:
    return "\n\n".join(text for text in map(text_of, values_at(record, path)) if text.strip())


def _texts(levels: list[Level]) -> Iterator[tuple[str, str]]:
    """Yield the names and the texts of all members that are the text of the article, the most trusted first."""
    for name, value in find_all(levels, TEXTS):
        inner = unwrap(value)
        if not _holds_records(name, inner, levels) and (text := _article_text(inner)):
            yield name, text
    yield from _groups(levels, SPLIT_TEXTS)


def _teasers(levels: list[Level]) -> Iterator[tuple[str, str]]:
    yield from _groups(levels, TEASERS)


def _groups(levels: list[Level], groups: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield the names and the joined texts of those groups of members that are there."""
    for group in groups:
        for level in levels:
            if len(held := level.shape.held(group)) < (len(group) if group in SPLIT_TEXTS else 1):
                continue
            found = [each for _, path in held if (each := level.find(path))]
            texts = dict.fromkeys(text for _, value in found if (text := _article_text(value)))
            if texts:
                yield "+".join(name for name, _ in found), "\n\n".join(texts)


def _article_text(value: Any) -> str:
    text = text_of(value)
    return "" if not text.strip() or is_nothing(text, in_table=False) or text.casefold().startswith(_WITHHELD) else text


def _holds_records(name: str, value: Any, levels: list[Level]) -> bool:
    """Return whether a member that is named like a text is an object or a list which holds articles instead."""
    if isinstance(value, dict):
        return _last_step(name) in ENVELOPES and any(True for _ in _texts([Level(value)]))
    if not isinstance(value, list) or not isinstance(value[0] if value else None, dict):
        return False
    entry = levels_of(value[0])
    placed = any(True for _ in find_all(entry, _PLACES))
    is_title = not any(True for _ in find_all(levels, _TITLES)) and any(True for _ in find_all(entry, _TITLES))
    return (placed or is_title) and any(True for _ in _texts(entry))


def _most_complete(found: list[tuple[str, str]], picked: Picked) -> tuple[str, str]:
    """Return the most trusted of several texts, or the longest if that is much longer."""
    first, *others = sorted(found, key=lambda each: is_page(each[1]))
    articles = [each for each in others if _last_step(each[0]) not in _PAGES and not is_page(each[1])]
    longest = max(articles, key=lambda each: len(each[1]), default=first)
    if is_page(first[1]) or len(longest[1]) < _MORE_COMPLETE * len(first[1]):
        return first
    picked.shorter = first[0]
    return longest


def _candidates(name: str, levels: list[Level]) -> list[tuple[str, Any]]:
    """Return the names and the values of all members that may be a field, the most trusted first."""
    return [found for found in find_all(levels, KNOWN[name]) if not is_nothing(found[1], in_table=False)]


def _choose(name: str, found: list[tuple[str, Any]], picked: Picked) -> None:
    """Take the first value that a field can have; if there is none, the first one, which a notice will name."""
    known = [(path, scalar_of(value)) for path, value in found]
    usable = [each for each in known if not is_nothing(each[1], in_table=False)]
    if name == "url" and len(found) > 1:
        usable = [each for each in usable if is_address(each[1])] or usable
    elif name == "source":
        _take_address(usable, picked)
        usable = [each for each in usable if not is_address(each[1])] or usable
    if usable or found:
        picked.names[name], value = (usable or found)[0]
        picked.values[name] = line_of(value) if name in {"title", "source"} and isinstance(value, str) else value


def _mend_url(picked: Picked) -> None:
    """Leave out an address that is none, where its name may also be that of an id."""
    if _last_step(picked.names.get("url", "")) in _IDS and not is_address(picked.values["url"]):
        del picked.values["url"], picked.names["url"]


def _take_address(sources: list[tuple[str, Any]], picked: Picked) -> None:
    """Take the address of an article that has none from its source, where that is no home page and no feed."""
    pages = [each for each in sources if is_address(each[1]) and (parts := split(each[1])) and parts.path.strip("/")]
    if "url" not in picked.values and pages and not _FEED.search(pages[0][1]):
        picked.names["url"], picked.values["url"] = pages[0]


def _mend_source(picked: Picked) -> None:
    """Replace a source that is an address by its domain, unless the address of the article tells the source."""
    source = picked.values.get("source")
    if isinstance(source, str) and is_address(source):
        url = picked.values.get("url")
        picked.values["source"] = (domain_of(url) if isinstance(url, str) else "") or domain_of(source)


def _last_step(name: str) -> str:
    return plain(name.rpartition(".")[2])
