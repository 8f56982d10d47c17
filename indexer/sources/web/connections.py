"""Connections to servers: only to addresses that may be asked, and cut when the deadline of a request has passed."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from indexer.sources.web.deadline import running

MayAsk = Callable[[str], bool]


class ForbiddenAddressError(Exception):
    """A host has no address that may be asked; the message names one that it has."""


def guarded_pools(may_ask: MayAsk) -> dict[str, type[HTTPConnectionPool]]:
    """Return classes of pools, by scheme, whose connections lead only to addresses that may be asked.

    A connection is made to the very address that was looked at: the name of the host is not resolved a second time.
    The name is still what the server is told, and what its certificate must hold.
    """

    class Connection(_Guarded, HTTPConnection):
        may = staticmethod(may_ask)

    class SecureConnection(_Guarded, HTTPSConnection):
        may = staticmethod(may_ask)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}


class _Guarded(HTTPConnection):
    """A connection that looks where it leads, and that the running deadline can cut."""

    may: MayAsk

    def _new_conn(self) -> socket.socket:
        failed: Exception = NewConnectionError(self, "its name has no address")
        for address in self._addresses():
            try:
                connected = create_connection(
                    (address, self.port), self.timeout, self.source_address, self.socket_options
                )
            except TimeoutError:
                failed = ConnectTimeoutError(self, f"no connection to {address} after {self.timeout:g} seconds")
            except OSError as error:
                failed = NewConnectionError(self, f"no connection to {address}: {error}")
            else:
                if deadline := running():
                    deadline.watch(connected)
                return connected
            if (deadline := running()) and deadline.passed:
                break
        raise failed

    def _addresses(self) -> Iterator[str]:
        """Yield the addresses of the host that may be asked."""
        host = self._dns_host.strip("[]")
        try:
            found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        allowed = [address for address in addresses if self.may(address)]
        if addresses and not allowed:
            named = "is an address" if host == addresses[0] else f"leads to {addresses[0]}, an address"
            raise ForbiddenAddressError(f"{host} {named} of this machine or of a private network")
        yield from allowed

    def getresponse(self) -> Any:
        """Wait for the head of an answer."""
        if (deadline := running()) and self.sock is not None:
            deadline.watch(self.sock)
        return super().getresponse()
