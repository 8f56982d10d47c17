"""What ``/openapi.json`` and ``/docs`` say of the API beyond what the routes say of themselves."""

from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation, by which clients are generated: ``search_by_post`` becomes ``searchByPost``."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
