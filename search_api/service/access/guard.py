"""Who a request comes from, and what it may do. A route says what it needs where it is declared:

    router = APIRouter(dependencies=[Depends(needs("search"))])

    @router.get("/export", dependencies=[Depends(needs("export"))])

Where there are no keys, everything is open to whoever reaches the port (``search_api.service.access.hosts`` says who
does). Where there are, a request without a valid key gets 401, and one whose key has not the scope 403; both are in the
documentation of the route without further ado. Every request that passes counts towards the rate of its key or address.
"""

import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import Request
from fastapi.routing import APIRoute

from indexer.errors import SettingsError
from search_api.service.access.keys import ApiKey, KeyFile, Scope, find_key, parse_key
from search_api.service.access.rates import Rates
from search_api.service.errors import RequestRefusedError
from search_api.service.settings import is_loopback

_log = logging.getLogger("dateline")
_HINT = "send Authorization: Bearer dl_..., or X-API-Key: dl_...; dateline keys add makes a key"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="dateline"'}
Check = Callable[[Request], Awaitable[None]]


class Guard:
    """The keys of a service, which follow their file, and the rates of those who use them."""

    def __init__(self, path: Path, rate_limit: int) -> None:
        self._file = KeyFile(path)
        self._rates = Rates(rate_limit)
        self._keys: list[ApiKey] = []
        self._stamp: tuple[int, ...] | None = None
        self._wants_keys = False
        self._follow()

    @property
    def wants_keys(self) -> bool:
        """Whether only keys open. Once it is so it stays so, even where the file of the keys is gone."""
        self._follow()
        return self._wants_keys

    def admit(self, request: Request, scope: str) -> None:
        """Let a request pass, and count it.

        Raises:
            RequestRefusedError: It has no key that opens this, or asks too often.
        """
        if not self.wants_keys:
            self._count(_address(request))
            return
        try:
            key = self._key_of(request)
        except RequestRefusedError:
            self._count(_address(request))
            raise
        self._count(key.id)
        if scope not in key.scopes:
            has = f"the key {key.id} ({key.name}) opens {', '.join(key.scopes)}, and this needs {scope}"
            raise RequestRefusedError(403, "key_scope", has, f"dateline keys add NAME --scope {scope}")

    def _key_of(self, request: Request) -> ApiKey:
        given = _given(request)
        if not given:
            raise _unauthorized("key_missing", "this service wants a key")
        parts = parse_key(given)
        key = find_key(self._keys, *parts) if parts else None
        if key is None:
            raise _unauthorized("key_unknown", "the key is not one of this service")
        if key.revoked:
            raise _unauthorized("key_revoked", f"the key {key.id} was revoked on {key.revoked}")
        if key.has_expired():
            raise _unauthorized("key_expired", f"the key {key.id} expired on {key.expires}")
        return key

    def _count(self, who: str) -> None:
        wait = self._rates.ask(who) if who else 0
        if wait:
            message = f"more than {self._rates.a_minute} requests a minute"
            headers = {"Retry-After": str(wait)}
            raise RequestRefusedError(429, "too_many_requests", message, f"ask again after {wait} s", headers)

    def _follow(self) -> None:
        """Read the keys again where their file has changed. Keys that cannot be read open nothing."""
        stamp = _stamp(self._file.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = self._file.read()
        except SettingsError as error:
            _log.error("%s; until then no key opens", error)
            self._keys, self._wants_keys = [], True
        self._wants_keys = self._wants_keys or bool(self._keys)


def needs(scope: str) -> Check:
    """Return what a route depends on that only keys of a scope open: ``Depends(needs("export"))``."""
    wanted = Scope(scope)

    async def check(request: Request) -> None:
        guard: Guard = request.app.state.guard
        guard.admit(request, wanted)

    check.__dict__["scope"] = wanted
    return check


def _given(request: Request) -> str:
    kind, _, key = request.headers.get("authorization", "").strip().partition(" ")
    return key.strip() if kind.casefold() == "bearer" else request.headers.get("x-api-key", "").strip()


def _unauthorized(code: str, message: str) -> RequestRefusedError:
    return RequestRefusedError(401, code, message, _HINT, _CHALLENGE)


def _address(request: Request) -> str:
    """Return the address that a request comes from; empty where that is this machine, which is not counted."""
    host = request.client.host if request.client else ""
    return "" if is_loopback(host) or not _is_address(host) else host


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 (for each request: half the time of Path.stat)
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def scope_of(route: APIRoute) -> Scope | None:
    """Return the scope that a route needs, or None where it is open to everybody."""
    scopes = (getattr(dependency.call, "scope", None) for dependency in route.dependant.dependencies)
    return next((scope for scope in scopes if isinstance(scope, Scope)), None)
