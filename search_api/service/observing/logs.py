"""The log: lines of text or JSON on standard error, each with the id of the request that it is about.

A line that cannot be written, because the disk is full or the reader has gone, is lost and counted; the request that it
is about is answered all the same.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from search_api.service.observing.request_ids import current_request_id

_lost = 0


def lost_lines() -> int:
    """Return how many lines could not be written since the process began."""
    return _lost


class LineHandler(logging.Handler):
    """Writes each record as one line, with one call of the system and no buffer that could fail later."""

    def __init__(self, descriptor: int = 2) -> None:
        super().__init__()
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        global _lost  # noqa: PLW0603 (of the process, as its standard error is)
        try:
            line = (self.format(record) + "\n").encode(errors="backslashreplace")
        except Exception:
            line = f"a message of {record.name} cannot be written\n".encode()
        while line:
            try:
                line = line[os.write(self._descriptor, line) :]
            except OSError:
                _lost += 1
                return


class TextFormatter(logging.Formatter):
    """``2026-03-01 12:00:00 INFO message [request id]``, without characters that steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).astimezone().isoformat(" ", "seconds")
        name = current_request_id()
        message = _harmless(record.getMessage())
        noted: dict[str, Any] = getattr(record, "noted", {})
        query = f" {noted['query']!a}" if "query" in noted else ""
        line = f"{when} {record.levelname} {message}{query}" + (f" [{name}]" if name else "")
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, request_id, and what is noted of a request."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := current_request_id():
            said["request_id"] = name
        said |= getattr(record, "noted", {})
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)


@contextmanager
def logging_lines(log_format: str) -> Iterator[None]:
    """Let everything that the service logs meanwhile go to standard error, in this format: ``text`` or ``json``."""
    handler = LineHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    loggers = [logging.getLogger(name) for name in ("dateline", "uvicorn")]
    before = [(each.handlers, each.propagate, each.level) for each in loggers]
    for each in loggers:
        each.handlers, each.propagate = [handler], False
        each.setLevel(logging.INFO)
    try:
        yield
    finally:
        for each, (handlers, propagate, level) in zip(loggers, before, strict=True):
            each.handlers, each.propagate = handlers, propagate
            each.setLevel(level)


def _harmless(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
