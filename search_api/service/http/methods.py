"""Which methods an address has: all of its routes together, ``HEAD`` wherever there is ``GET``, and ``OPTIONS``."""

from collections.abc import Iterable, Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

KNOWN = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


def allowed_methods(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that the address of a request has, in the order of ``KNOWN``; none where nothing is there."""
    found: set[str] = set()
    for route in routes:
        match, _ = route.matches(dict(scope))
        if match != Match.NONE:
            found |= _methods(route)
    if found:
        found |= {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())
    return [method for method in KNOWN if method in found]


def options_response(allowed: Sequence[str]) -> Response:
    """Return the response to ``OPTIONS`` at an address that has these methods."""
    return Response(status_code=204, headers={"Allow": ", ".join(allowed)})


def _methods(route: BaseRoute) -> set[str]:
    if isinstance(route, Route):
        return set(route.methods or ())
    return {"GET"} if isinstance(route, Mount) else set()
