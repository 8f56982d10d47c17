"""Every error that Dateline raises on purpose.

DatelineError               exit 1
├── StorageError            exit 1   a disk that is full, read-only or gone
├── CacheError              exit 1   a cache of vectors of another version, or none at all
├── EncoderError            exit 1   an encoder that cannot be loaded or run
├── SourceError             exit 2   news that cannot be read at all
├── SettingsError           exit 2   an option or DATELINE_ variable that makes no sense
├── QueryError              exit 2   a query that cannot be answered as asked
├── NotFoundError           exit 2   an id that the index does not hold
├── IndexUnavailableError   exit 3   no index, or one that must not be used
│   ├── IndexMissingError
│   ├── IndexCorruptError
│   ├── IndexFormatError
│   └── EncoderMismatchError
├── IndexLockedError        exit 4   somebody else is rebuilding
└── WorseError              exit 5   a new index that is worse than the one that answers
"""

from typing import ClassVar


class DatelineError(Exception):
    """An error for people: what came, what was wanted, and (``hint``) what to type next."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "internal"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class StorageError(DatelineError):
    """The disk is full, read-only or gone."""

    code = "storage"


class CacheError(DatelineError):
    """A cache of vectors is of another version, or is none at all."""

    code = "cache"


class EncoderError(DatelineError):
    """An encoder cannot be loaded or run."""

    code = "encoder"


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
    code = "bad_query"


class NotFoundError(DatelineError):
    """An id that the index does not hold."""

    exit_code = 2
    code = "not_found"


class IndexUnavailableError(DatelineError):
    """No index, or one that must not be used."""

    exit_code = 3
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
    """Another rebuild holds the index."""

    exit_code = 4
    code = "index_locked"


class WorseError(DatelineError):
    """The new index is clearly worse than the one that answers, and was not published."""

    exit_code = 5
    code = "worse"
