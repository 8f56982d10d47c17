"""Find values in a record by their names, and by paths of names such as ``source.name``."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.sources.records.known_names import ELASTIC_ENVELOPE, ENVELOPES
from indexer.sources.records.values import unwrap

_DEEPEST_ENVELOPE = 4
_MOST_ENVELOPES = 12
_MOST_NAMES = 200
"""Records of more names than this have shapes that are not remembered."""
Found = tuple[str, Any]
"""The name of a member in the record, with the path to it, and its value."""


@functools.lru_cache(8192)
def plain(name: str) -> str:
    """Return a name without case and punctuation, as names are compared."""
    return re.sub(r"[\W_]+", "", name).casefold()


@functools.lru_cache(1024)
def _steps(path: str) -> tuple[str, ...]:
    """Return the steps of a path, each as names are compared."""
    return tuple(plain(step) for step in path.split("."))


class _Shape:
    """The names in a record. Most records of a file have the same, so they are compared with the known ones once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.keys = {plain(name): name for name in reversed(names) if name != ELASTIC_ENVELOPE}
        self.envelopes = (ELASTIC_ENVELOPE, *(key for name, key in self.keys.items() if name in ENVELOPES))
        self._held: dict[int, tuple[tuple[int, str], ...]] = {}

    def held(self, paths: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
        """Return those of the known paths that may lead to a member, with their ranks."""
        known = self._held.get(id(paths))
        if known is None:
            known = tuple((rank, path) for rank, path in enumerate(paths) if _steps(path)[0] in self.keys)
            self._held[id(paths)] = known
        return known


_remembered = functools.lru_cache(512)(_Shape)


class Level:
    """The members of a record, or of an object in it that holds its fields, by their names."""

    def __init__(self, record: dict[str, Any], prefix: str = "") -> None:
        self.record, self.prefix = record, prefix
        self.shape = _remembered(tuple(record)) if len(record) <= _MOST_NAMES else _Shape(tuple(record))

    def find(self, path: str) -> Found | None:
        """Return what a path leads to; None if there is nothing."""
        first, *steps = _steps(path)
        key = self.shape.keys.get(first)
        if key is None:
            return None
        name, value = self.prefix + key, self.record[key]
        for step in steps:
            found = Level(value, f"{name}.").find(step) if isinstance(value, dict) else None
            if found is None:
                return None
            name, value = found
        return name, value

    def envelopes(self) -> Iterator["Level"]:
        """Yield the objects that hold fields of this record."""
        for key in self.shape.envelopes:
            inner = unwrap(self.record.get(key))
            if isinstance(inner, dict):
                yield Level(inner, f"{self.prefix}{key}.")


def levels_of(record: Mapping[str, Any]) -> list[Level]:
    """Return the record and the objects in it that hold its fields, the outer before the inner ones."""
    levels = [Level(nested(record))]
    first = 0
    while first < len(levels) < _MOST_ENVELOPES:
        inner = [envelope for level in levels[first:] for envelope in level.envelopes()]
        first = len(levels)
        levels += inner[: _MOST_ENVELOPES - len(levels)]
    return levels


def find_all(levels: Sequence[Level], paths: tuple[str, ...]) -> Iterator[Found]:
    """Yield what known paths lead to, in the order of the paths and then of the levels.

    The paths are a constant of ``known_names``: what they are found by is remembered for each.
    """
    held = [(rank, number, path) for number, level in enumerate(levels) for rank, path in level.shape.held(paths)]
    for _, number, path in sorted(held) if len(levels) > 1 else held:
        if found := levels[number].find(path):
            yield found


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
