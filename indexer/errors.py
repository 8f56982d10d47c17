"""Every error that Dateline raises on purpose, with the exit code of a command and the status of an HTTP response.

DatelineError               exit 1   HTTP 500
├── StorageError            exit 1   HTTP 500   a disk that is full, read-only or gone
├── CacheError              exit 1   HTTP 500   a cache of vectors of another version, or a file that is no such cache
├── EncoderError            exit 1   HTTP 500   an encoder that cannot be loaded or run
├── AddressError            exit 1   HTTP 500   a host and port that the service cannot listen on
├── SourceError             exit 2   HTTP 500   news that cannot be read at all
├── SettingsError           exit 2   HTTP 500   an option or DATELINE_ variable that makes no sense
├── QueryError              exit 2   HTTP 422   a query that cannot be answered as asked
├── NotFoundError           exit 2   HTTP 404   an id that the index does not hold
├── GoneError               exit 2   HTTP 410   a page of a generation that was replaced and is no longer open
├── IndexUnavailableError   exit 3   HTTP 503   no index, or one that must not be used
│   ├── IndexMissingError
│   ├── IndexCorruptError
│   ├── IndexFormatError
│   └── EncoderMismatchError
├── IndexLockedError        exit 4   HTTP 503   another process is rebuilding the index
└── WorseError              exit 5   HTTP 500   a new index that is worse than the one that answers
"""

from typing import ClassVar


class DatelineError(Exception):
    """An error that people read: what was given, what was wanted, and in ``hint`` what to type next."""

    exit_code: ClassVar[int] = 1
    """The exit code of a command that ends with this error."""
    http_status: ClassVar[int] = 500
    """The status of an HTTP response that reports this error."""
    code: ClassVar[str] = "internal"
    """The name of the error in the JSON of an HTTP response."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class StorageError(DatelineError):
    """The disk is full, read-only or gone."""

    code = "storage"


class CacheError(DatelineError):
    """A cache of vectors is of another version, or the file is no cache of vectors."""

    code = "cache"


class EncoderError(DatelineError):
    """An encoder cannot be loaded or run."""

    code = "encoder"


class AddressError(DatelineError):
    """The service cannot listen on the host and port that are asked for."""

    code = "address"


class SourceError(DatelineError):
    """News that cannot be read at all; single bad articles are notices, not errors."""

    exit_code = 2
    code = "source"


class SettingsError(DatelineError):
    """An option or environment variable that makes no sense."""

    exit_code = 2
    code = "settings"


class QueryError(DatelineError):
    """A query that cannot be answered as asked."""

    exit_code = 2
    http_status = 422
    code = "bad_query"


class NotFoundError(DatelineError):
    """An id that the index does not hold."""

    exit_code = 2
    http_status = 404
    code = "not_found"


class GoneError(DatelineError):
    """A page of a generation that was replaced and is no longer open."""

    exit_code = 2
    http_status = 410
    code = "gone"


class IndexUnavailableError(DatelineError):
    """No index, or one that must not be used."""

    exit_code = 3
    http_status = 503
    code = "index_unavailable"


class IndexMissingError(IndexUnavailableError):
    """Nothing was built here yet."""

    code = "index_missing"


class IndexCorruptError(IndexUnavailableError):
    """A file of the generation is missing, truncated or altered."""

    code = "index_corrupt"


class IndexFormatError(IndexUnavailableError):
    """The generation was written in another format version."""

    code = "index_format"


class EncoderMismatchError(IndexUnavailableError):
    """The generation was built with another encoder than the one asked for."""

    code = "encoder_mismatch"


class IndexLockedError(DatelineError):
    """Another process is rebuilding the index."""

    exit_code = 4
    http_status = 503
    code = "index_locked"


class WorseError(DatelineError):
    """The new index is clearly worse than the one that answers, and was not published."""

    exit_code = 5
    code = "worse"
