"""Which names the service answers to while it has no keys.

A page of a stranger can make a browser ask 127.0.0.1 under a name of its own (DNS rebinding), and would read the
answers as its own. So a request must name this machine: localhost, 127.0.0.1, [::1], the address that is listened on,
or a name among the settings, at any port. An ``Origin`` must be one of them too.
"""

import ipaddress
from urllib.parse import urlsplit

from search_api.service.errors import RequestRefusedError
from search_api.service.settings import Settings

_ALWAYS = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104 (compared, not listened on)
Headers = list[tuple[bytes, bytes]]


class Hosts:
    """The names that a service answers to."""

    def __init__(self, settings: Settings) -> None:
        self._names = _ALWAYS | settings.names | {settings.host.casefold()}
        self._any_address = settings.host in _EVERY_ADDRESS

    def check(self, headers: Headers) -> None:
        """Pass a request by its headers.

        Raises:
            RequestRefusedError: It names another host, or comes from a page of another.
        """
        for name, value in headers:
            if name == b"host" and not self._allows(host_of(value)):
                raise _refused(421, "host", "host", value)
            if name == b"origin" and not self._allows(_host_of_origin(value)):
                raise _refused(403, "origin", "origin", value)

    def _allows(self, host: str) -> bool:
        return host in self._names or (self._any_address and _is_address(host))


def host_of(authority: bytes) -> str:
    """Return the host of ``host:port`` in small letters, without the brackets of IPv6; empty if there is none."""
    try:
        found = urlsplit(f"//{authority.decode('ascii')}")
        named = found.hostname or ""
        return "" if found.username is not None or found.path or found.port == -1 else named.rstrip(".")
    except ValueError:
        return ""


def _host_of_origin(origin: bytes) -> str:
    scheme, separator, authority = origin.partition(b"://")
    return host_of(authority) if separator and scheme in {b"http", b"https"} else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refused(status: int, code: str, what: str, value: bytes) -> RequestRefusedError:
    shown = value.decode("latin-1")[:100]
    hint = "--allowed-hosts NAME, or DATELINE_ALLOWED_HOSTS, lets the service answer to a name"
    return RequestRefusedError(status, f"{code}_not_allowed", f"the {what} {shown!r} is not of this service", hint)
