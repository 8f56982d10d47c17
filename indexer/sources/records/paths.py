"""Find values in a record by their names, and by paths of names such as ``source.name``."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.sources.records.known_names import ELASTIC_ENVELOPE, ENVELOPES
from indexer.sources.records.values import unwrap

_DEEPEST_ENVELOPE = 4
_MOST_ENVELOPES = 12


@functools.lru_cache(8192)
def plain(name: str) -> str:
    """Return a name without case and punctuation, as names are compared."""
    return re.sub(r"[\W_]+", "", name).casefold()


@functools.lru_cache(1024)
def plain_path(path: str) -> tuple[str, ...]:
    """Return the steps of a path, each as names are compared."""
    return tuple(plain(step) for step in path.split("."))


class Level:
    """The members of a record, or of an object in it that holds its fields, by their names."""

    def __init__(self, record: dict[str, Any], prefix: str = "") -> None:
        self.record, self.prefix = record, prefix
        self._keys = {plain(key): key for key in reversed(record) if key != ELASTIC_ENVELOPE}

    def find(self, path: str) -> tuple[str, Any] | None:
        """Return the name in the record, with its path, and the value; None if there is none."""
        steps = plain_path(path)
        key = self._keys.get(steps[0])
        if key is None:
            return None
        name, value = key, self.record[key]
        for step in steps[1:]:
            inner = Level(value) if isinstance(value, dict) else None
            found = inner.find(step) if inner else None
            if found is None:
                return None
            name, value = f"{name}.{found[0]}", found[1]
        return self.prefix + name, value

    def envelopes(self) -> Iterator["Level"]:
        """Yield the objects that hold fields of this record."""
        keys = [key for name, key in self._keys.items() if name in ENVELOPES]
        for key in (ELASTIC_ENVELOPE, *keys):
            inner = unwrap(self.record.get(key))
            if isinstance(inner, dict):
                yield Level(inner, f"{self.prefix}{key}.")


def levels_of(record: Mapping[str, Any]) -> list[Level]:
    """Return the record and the objects in it that hold its fields, the outer before the inner ones."""
    levels = [Level(nested(record))]
    first = 0
    for _ in range(_DEEPEST_ENVELOPE):
        inner = [envelope for level in levels[first:] for envelope in level.envelopes()]
        first = len(levels)
        levels += inner[: _MOST_ENVELOPES - len(levels)]
    return levels


def nested(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose names with dots, such as ``source.name``, have become objects within one another.

    A table holds such names where it was made from objects. A name that is there without a dot is left alone.
    """
    if not any("." in name for name in record):
        return record if isinstance(record, dict) else dict(record)
    result = dict(record)
    for name, value in record.items():
        first, *steps = name.split(".")
        if not steps or not all((first, *steps)) or len(steps) > _DEEPEST_ENVELOPE or first in record:
            continue
        place = result.setdefault(first, {})
        for step in steps[:-1]:
            place = place.setdefault(step, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.setdefault(steps[-1], value)
    return result


def values_at(record: Any, path: str) -> list[Any]:
    """Return the values that a path of names leads to: several where it leads through a list.

    A member whose whole name is the path wins. ``sections[].paragraphs[]`` and ``sections.paragraphs`` are the same.
    """
    steps = path.replace("[]", "").split(".")
    return list(_follow(record, steps))


def _follow(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _follow(entry, steps)
    elif isinstance(value, Mapping):
        for count in range(len(steps), 0, -1):
            name = plain(".".join(steps[:count]))
            key = next((key for key in value if plain(key) == name), None)
            if key is not None and (found := list(_follow(value[key], steps[count:]))):
                yield from found
                return
