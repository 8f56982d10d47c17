"""A client of the HTTP API: ``from search_api.client import Client, AsyncClient``. It imports nothing of the server."""

from search_api.client.asynchronous import AsyncClient
from search_api.client.errors import (
    ApiError,
    BadRequestError,
    ClientError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    TimedOutError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
    UnreachableError,
    UnreadableError,
)
from search_api.client.synchronous import Client

__all__ = [
    "ApiError",
    "AsyncClient",
    "BadRequestError",
    "Client",
    "ClientError",
    "ForbiddenError",
    "GoneError",
    "NotFoundError",
    "TimedOutError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnavailableError",
    "UnreachableError",
    "UnreadableError",
]
