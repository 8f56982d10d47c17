"""An export as it is read: which rows came, whether they are all, and where to go on where the connection broke."""

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from search_api.client import calls
from search_api.client.calls import Call
from search_api.client.errors import ClientError, TimedOutError, UnreachableError, UnreadableError
from search_api.client.exchange import Connection, read_json, read_line

T = TypeVar("T")


class ExportState(Generic[T]):
    """The state of one export, over all the connections that it takes."""

    def __init__(self, kind: type[T], options: Mapping[str, Any], connection: Connection) -> None:
        self._kind, self._options, self._connection = kind, options, connection
        self._offset = int(options.get("offset") or 0)
        self._generation = ""
        self._part = b""
        """What came of a line whose end has not come."""
        self._broken = 0
        """How often the connection broke since a row came."""
        self.complete = False

    @property
    def call(self) -> Call[None]:
        """The request for the rows that have not come yet."""
        going_on = {"offset": self._offset, "generation": self._generation} if self._generation else {}
        return calls.export({**self._options, **going_on})

    def begin(self, headers: Mapping[str, str]) -> None:
        """Note the generation that rows come from; what came of a line before is dropped."""
        self._generation = headers.get("x-generation", "") or self._generation
        self._part = b""

    def take(self, chunk: bytes) -> Iterator[T]:
        """Yield the rows of the lines that a chunk completes.

        A line ends with a line feed alone: titles may hold U+2028, which Python would take for an end too.

        Raises:
            UnreadableError: A line is none of an export, or rows are missing.
        """
        *lines, self._part = (self._part + chunk).split(b"\n")
        for line in lines:
            row = self._read(line)
            if row is not None:
                yield row

    def _read(self, line: bytes) -> T | None:
        """Return the row in a line, or None where it is the last line, which has none."""
        value = read_line(line)
        if value is None:
            raise UnreadableError(f"{self.call.name} was answered with a line that is no JSON object: {line[:80]!r}")
        if "complete" in value:
            if value.get("complete") is not True or value.get("rows") != self._offset:
                raise UnreadableError(f"the export says {value}, and {self._offset} rows came", "export again")
            self.complete = True
            return None
        row = read_json(self.call, self._kind, value)
        self._offset, self._broken = self._offset + 1, 0
        return row

    def ended(self) -> None:
        """Raise ``UnreachableError`` where the rows ended without the line that says that they are complete."""
        if not self.complete:
            raise UnreachableError(f"{self.call.name} broke off after {self._offset} rows")

    def pause(self, error: ClientError) -> float:
        """Return how long to wait before going on.

        Raises:
            ClientError: It does not go away, or the connection broke too often without a row in between.
        """
        broken, self._broken = self._broken, self._broken + 1
        if isinstance(error, TimedOutError):  # the service is not at work on rows that nobody takes
            error = UnreachableError(error.message, error.hint)
        return self._connection.pause(error, broken)
