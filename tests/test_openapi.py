"""The description of the HTTP API: kept in docs/openapi.json, with every bound, an example and a name an operation."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi import DOCUMENT, described

from search_api.app import create_app
from search_api.service.settings import Settings

API: dict[str, Any] = create_app(Settings()).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in API["paths"].items()
    for method, operation in methods.items()
}


def test_the_kept_description_is_that_of_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == described(), "write it again: python docs/openapi.py"


def test_operations_have_names_of_their_own_that_read_well() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does_and_how_it_fails(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert "default" in operation["responses"]
    assert [status for status, each in operation["responses"].items() if not each["description"]] == []


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with what it refers to, and with what all of its alternatives but null say, in one."""
    if "$ref" in schema:
        schema = {**API["components"]["schemas"][schema["$ref"].rpartition("/")[2]], **schema}
    others = [each for each in map(_resolved, schema.get("anyOf", [])) if each.get("type") != "null"]
    for other in others:
        schema = {**other, **schema}
    return schema


def _inputs(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a client may send: the name and the schema of each parameter and each field of a body."""
    for parameter in operation.get("parameters", ()):
        yield from _fields(parameter["name"], parameter["schema"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _fields("body", content["schema"])


def _fields(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    schema = _resolved(schema)
    yield name, schema
    for field, each in schema.get("properties", {}).items():
        yield from _fields(f"{name}.{field}", each)
    if "items" in schema:
        yield from _fields(f"{name}[]", schema["items"])


BOUNDS = {
    "integer": ({"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}),
    "number": ({"minimum", "exclusiveMinimum"},),
    "string": ({"maxLength", "enum", "const", "format"},),
    "array": ({"maxItems"},),
    "object": (),
    "boolean": (),
}
"""What the schema of each type must say to be bounded: one of each group."""


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_a_client_may_send_is_bounded(name: str) -> None:
    """A bound that a later check enforces is written into the schema too, by ``json_schema_extra``."""
    unbounded = [
        (field, schema["type"])
        for field, schema in _inputs(OPERATIONS[name])
        if not all(group & set(schema) for group in BOUNDS[schema["type"]])
    ]
    assert unbounded == []


def _has_example(described: dict[str, Any]) -> bool:
    schema = _resolved(described.get("schema", {}))
    return any(key in each for each in (described, schema) for key in ("example", "examples"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_must_be_sent_has_an_example(name: str) -> None:
    operation = OPERATIONS[name]
    bodies = operation.get("requestBody", {}).get("content", {})
    needed = {each["name"]: each for each in operation.get("parameters", ()) if each["required"]} | bodies
    assert [name for name, each in needed.items() if not _has_example(each)] == []
