"""Parse JSON as programs write it, not only as the standard has it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from indexer.sources import limits

DEEPEST = limits.JSON_DEPTH
"""Lists and objects within one another; a news article needs a handful."""
_LONGEST_NUMBER = 4000
"""Digits of a whole number that Python still turns into one."""
_EXACT = 2**63
"""orjson rounds whole numbers from about this size on."""


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) < _LONGEST_NUMBER else digits


_SURPLUS_COMMA = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^",]++)|,(?=\s*[}\]])', re.DOTALL)
"""A comma after the last member of a list or an object, or what is to be kept: a string, or anything else."""
_LENIENT = json.JSONDecoder(parse_int=_whole_number, parse_constant=lambda _: None, strict=False)
"""Accepts NaN and infinite numbers (as null), control characters in strings, and halves of surrogate pairs."""


def parse_json(text: str) -> Any:
    """Return the value of a JSON text. Whole numbers keep all their digits.

    Raises:
        ValueError: It is not JSON, or nested deeper than ``DEEPEST``; the message says where and why.
    """
    try:
        value = orjson.loads(text)
    except ValueError:
        value = _parse_leniently(text)
    else:
        if _is_rounded(value):
            value = _parse_leniently(text)
    if any(depth > DEEPEST for _, depth in _containers(value)):
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    return value


def kind_of(value: object) -> str:
    """Return the kind of a value, in words for people."""
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
    return "an object" if isinstance(value, Mapping) else names.get(type(value), "null")


def _parse_leniently(text: str) -> Any:
    try:
        return _decoded(text)
    except json.JSONDecodeError as error:
        reason = f"{error.msg}, at character {error.pos}"
    try:
        return _decoded(_SURPLUS_COMMA.sub(r"\1", text))
    except json.JSONDecodeError:
        raise ValueError(reason) from None


def _decoded(text: str) -> Any:
    try:
        return _LENIENT.decode(text)
    except RecursionError as error:
        raise ValueError(f"it is nested more than {DEEPEST} deep") from error


def _is_rounded(value: Any) -> bool:
    """Return whether a value holds a number so large that it may have been a whole one which lost digits."""
    return any(
        isinstance(member, float) and abs(member) >= _EXACT
        for container, _ in _containers([value])
        for member in (container.values() if isinstance(container, dict) else container)
    )


def _containers(value: Any) -> Iterator[tuple[Any, int]]:
    """Yield the lists and objects in a value, itself among them, each with the number of those around it."""
    waiting = [(value, 1)]
    while waiting:
        container, depth = waiting.pop()
        if not isinstance(container, dict | list):
            continue
        yield container, depth
        members = container.values() if isinstance(container, dict) else container
        waiting += [(member, depth + 1) for member in members if isinstance(member, dict | list)]
