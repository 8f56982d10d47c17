"""What goes wrong between a client and a service, typed by what a program would do about it.

ClientError
├── UnreachableError     nobody answers at the address, or the connection broke
│   └── TimedOutError    no answer in time
├── UnreadableError      what came is no answer of a Dateline service, or of one too different from this client
└── ApiError             the service answered with an error: code, status and request id
    ├── BadRequestError      400, 411, 413, 422: what was sent cannot be answered
    ├── UnauthorizedError    401: no key, or one that is not valid
    ├── ForbiddenError       403: the key does not open this
    ├── NotFoundError        404: the index does not hold it
    ├── GoneError            410: the generation of a cursor or export was replaced; begin anew
    ├── TooManyRequestsError 429: ask again after retry_after seconds
    └── UnavailableError     502, 503, 504: no index, or too much to do; retried before it is raised
"""


class ClientError(Exception):
    """What went wrong in ``message``, and in ``hint`` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UnreachableError(ClientError):
    """Nobody answers at the address, or the connection broke."""


class TimedOutError(UnreachableError):
    """There was no answer in time. It is not asked again: the service may still be at work on it."""


class UnreadableError(ClientError):
    """What came is no answer of a Dateline service, or of one too different from this client."""


class ApiError(ClientError):
    """The service answered with an error."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: str = "",
        status: int = 500,
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.code, self.status, self.request_id = code, status, request_id
        self.retry_after = retry_after
        """Seconds after which the service wants to be asked again; None where it says nothing of it."""


class BadRequestError(ApiError):
    """What was sent cannot be answered as asked."""


class UnauthorizedError(ApiError):
    """The service wants a key, and got none that is valid."""


class ForbiddenError(ApiError):
    """The key does not open this, or the service does not answer to this host name."""


class NotFoundError(ApiError):
    """The index does not hold what was asked for."""


class GoneError(ApiError):
    """The generation of a cursor or of an export was replaced: begin anew."""


class TooManyRequestsError(ApiError):
    """Asked too often: ask again after ``retry_after`` seconds."""


class UnavailableError(ApiError):
    """There is no index to answer from, or too much to do."""


KINDS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    410: GoneError,
    411: BadRequestError,
    413: BadRequestError,
    422: BadRequestError,
    429: TooManyRequestsError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
"""The error of a status; others are ``ApiError`` itself."""
