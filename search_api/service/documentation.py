"""What ``/openapi.json`` and ``/docs`` say of the API beyond what the routes say of themselves."""

from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from search_api.service.access.guard import scope_of
from search_api.service.admission import takes_a_turn
from search_api.service.errors import error_responses

_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, dl_…, where the service has keys."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation, by which clients are generated: ``search_by_post`` becomes ``searchByPost``."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def complete(document: dict[str, Any], routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Add to a description of the API what keys open, and the errors of keys, rates and turns."""
    document.setdefault("components", {})["securitySchemes"] = _KEYS
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route)
    return document


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    statuses: list[int] = []
    scope = scope_of(route)
    if scope:
        operation["security"] = [{}, {"bearer": []}, {"header": []}]  # none, where the service has no keys
        operation["description"] += f"\n\nWhere there are keys, it wants one of scope `{scope}`."
        statuses += [401, 403, 429]
    if takes_a_turn(route):
        statuses.append(503)
    for status, said in error_responses(*statuses).items():
        operation["responses"].setdefault(str(status), {"description": said["description"], "content": _ERROR})
    operation["responses"] = dict(sorted(operation["responses"].items()))
