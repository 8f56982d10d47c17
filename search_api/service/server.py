"""Run the HTTP service: take the port first, so that an address that cannot be used is an error with a hint."""

import errno
import logging
import os
import socket
from collections.abc import Iterable

import uvicorn
from fastapi import FastAPI

from indexer.errors import AddressError, DatelineError

_HINTS = {
    errno.EADDRINUSE: "--port 0 for a free port, or another port such as --port {next_port}",
    errno.EACCES: "--port 8000, or another port from 1024",
    errno.EADDRNOTAVAIL: "--host 127.0.0.1, or --host 0.0.0.0 for every address of this machine",
}
_UNKNOWN_HOST = "--host 127.0.0.1, or another address or name of this machine"
_NO_SUCH_FAMILY = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""What binding fails with where a name such as localhost also stands for an address of IPv6, which is switched off."""


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve an application until the process is interrupted.

    Raises:
        AddressError: The service cannot listen on the host and port.
        DatelineError: The application could not start.
    """
    sockets = listen(host, port)
    server = _Server(uvicorn.Config(app), host)
    try:
        server.run(sockets)
    except KeyboardInterrupt:
        pass
    except SystemExit as end:  # uvicorn ends the process with a code of its own
        raise DatelineError("the service could not start", "read the log above, which says why") from end
    finally:
        for each in sockets:
            each.close()


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for every address that a host stands for, all on one port; port 0 takes a free one.

    Raises:
        AddressError: The host is not known, or the port cannot be taken.
    """
    sockets: list[socket.socket] = []
    unavailable: OSError | None = None
    try:
        for family, address in _addresses(host, port):
            taken = sockets[0].getsockname()[1] if sockets else port
            try:
                sockets.append(socket.create_server((address, taken), family=family))
            except OSError as error:
                if error.errno not in _NO_SUCH_FAMILY:
                    raise
                unavailable = error
        if unavailable and not sockets:
            raise unavailable
    except (OSError, UnicodeError) as error:
        for each in sockets:
            each.close()
        raise _address_error(error, host, port) from error
    return sockets


class _Server(uvicorn.Server):
    """A server that logs its address when it is ready to answer; by itself uvicorn does not for sockets it is given."""

    def __init__(self, config: uvicorn.Config, host: str) -> None:
        super().__init__(config)
        self._host = host

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        place = _place(self._host, port)
        logging.getLogger("uvicorn.error").info("Dateline is running on http://%s (press CTRL+C to quit)", place)


def _addresses(host: str, port: int) -> Iterable[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found)


def _address_error(error: OSError | UnicodeError, host: str, port: int) -> AddressError:
    message = f"cannot listen on {_place(host, port)}"
    if isinstance(error, UnicodeError | socket.gaierror) or error.errno is None:
        return AddressError(f"{message}: the host is not known", _UNKNOWN_HOST)
    hint = _HINTS.get(error.errno, "").format(next_port=port + 1 if port < 65535 else 8000)
    return AddressError(f"{message}: {os.strerror(error.errno).lower()}", hint)


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
