"""Run the HTTP service: take the port first, so that an address that cannot be used is an error with a hint."""

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from indexer.errors import AddressError, DatelineError, SettingsError
from search_api.service.connections import LARGEST_HEAD, Bounds, connections_within
from search_api.service.observing.logs import logging_lines
from search_api.service.settings import Settings

if TYPE_CHECKING:
    from search_api.service.observing.metrics import Metrics

_HINTS = {
    errno.EADDRINUSE: "--port 0 for a free port, or another port such as --port {next_port}",
    errno.EACCES: "--port 8000, or another port from 1024",
    errno.EADDRNOTAVAIL: "--host 127.0.0.1, or --host 0.0.0.0 for every address of this machine",
}
_UNKNOWN_HOST = "--host 127.0.0.1, or another address or name of this machine"
_KEEP_ALIVE = 10
"""Seconds that a connection is kept for a further request."""
_LAST_ANSWERS = 7
"""Seconds that requests have to be answered once the service ends."""
_END = 9.0
"""Seconds after which the process is gone."""
_NO_SUCH_FAMILY = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""What binding fails with where a name such as localhost also stands for an address of IPv6, which is switched off."""


def serve(app: FastAPI, settings: Settings) -> None:
    """Serve an application until the process is interrupted.

    Raises:
        AddressError: The service cannot listen on the host and port.
        DatelineError: The application could not start.
    """
    sockets = listen(settings.host, settings.port)
    server = served_by(app, settings, Bounds(settings.connections, answered=_noting(app)))
    try:
        with logging_lines(settings.log_format):
            server.run(sockets)
    except KeyboardInterrupt:
        pass
    except SystemExit as end:  # uvicorn ends the process with a code of its own
        raise DatelineError("the service could not start", "read the log above, which says why") from end
    finally:
        for each in sockets:
            each.close()


def check_exposure(settings: Settings, has_keys: bool) -> None:
    """Refuse to be open to other machines without keys, unless that is asked for.

    Raises:
        SettingsError: Others could reach the address, there are no keys, and ``without_keys`` is not set.
    """
    if not (settings.is_loopback or has_keys or settings.without_keys):
        raise SettingsError(
            f"other machines can reach {settings.host}, and there are no keys",
            "dateline keys add NAME for a key, --host 127.0.0.1 for this machine alone, "
            "or --without-keys to let everybody search who reaches the port",
        )


def served_by(app: FastAPI, settings: Settings, bounds: Bounds) -> uvicorn.Server:
    """Return the server of an application, which has not begun yet."""
    config = uvicorn.Config(
        app,
        http=connections_within(bounds),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.proxies,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    return _Server(config, settings.host)


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
    """A server that logs its address when it is ready to answer, and that ends in time whatever still runs."""

    def __init__(self, config: uvicorn.Config, host: str) -> None:
        super().__init__(config)
        self._host = host

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        place = _place(self._host, port)
        logging.getLogger("uvicorn.error").info("Dateline is running on http://%s (press CTRL+C to quit)", place)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end. What has not ended in time, such as a search in a thread, is left behind."""
        if not self.should_exit:
            last = threading.Timer(_END, _leave)
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)


def _noting(app: FastAPI) -> Callable[[int], None]:
    """Return what counts the responses that are given before any route."""
    metrics: Metrics | None = getattr(app.state, "metrics", None)

    def note(status: int) -> None:
        if metrics:
            metrics.observe("other", "other", status, 0)

    return note


def _leave() -> None:
    logging.getLogger("dateline").error("requests that were still being answered are cut off")
    os._exit(1)


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
