"""The database of the read cache: parts of files as compressed JSON, and the languages of their texts.

The cache can be done without, so that an error of the database never stops a build: it is logged, and the files are
read again.
"""

import contextlib
import errno
import logging
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from backports import zstd

_COMMIT = 2.0
"""Seconds between two commits: a build that is killed loses at most what it read since the last one."""
_SCHEMA = """
PRAGMA secure_delete = ON;
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS part (file TEXT, number INTEGER, items BLOB, PRIMARY KEY (file, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS whole (file TEXT PRIMARY KEY, parts INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged (name TEXT PRIMARY KEY, languages BLOB) WITHOUT ROWID;
DROP TABLE IF EXISTS told; -- the former name of "judged"
"""
_DAMAGE = (sqlite3.Error, zstd.ZstdError, ValueError, TypeError)
"""What reading a damaged database raises."""
_log = logging.getLogger("dateline")


class DamagedError(Exception):
    """The database holds something that cannot be read."""


class ReadDatabase:
    """What was read of each file, by a key; a file is known once all of its parts are written."""

    def __init__(self, path: Path) -> None:
        """Open the database. It is made if it is missing, and made anew if it is damaged.

        Raises:
            OSError: The disk cannot be written.
        """
        self._path = path
        self._connection = _open(path)
        self._committed = time.monotonic()

    def close(self) -> None:
        """Commit and close."""
        with _logged("committing"):
            self._connection.commit()
        self._connection.close()

    def start_anew(self) -> None:
        """Replace the database by an empty one."""
        self._connection.close()
        self._path.unlink(missing_ok=True)
        self._connection = _open(self._path)

    def parts(self, file: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the parts of a file that was read to its end; nothing if it was not.

        Raises:
            DamagedError: A part cannot be read.
        """
        query = "SELECT items FROM part WHERE file = ? AND number = ?"
        try:
            row = self._connection.execute("SELECT parts FROM whole WHERE file = ?", (file,)).fetchone()
            for number in range(row[0] if row else 0):
                (packed,) = self._connection.execute(query, (file, number)).fetchone()
                yield orjson.loads(zstd.decompress(packed))
        except _DAMAGE as error:
            raise DamagedError(str(error)) from error

    def write_part(self, file: str, number: int, items: Sequence[Mapping[str, Any]], *, last: bool = False) -> None:
        """Write one part of a file; the first one replaces what was there, and the last one makes the file known."""
        if number == 0:
            self.drop(file)
        with _logged("writing a part of a file"):
            packed = zstd.compress(orjson.dumps(items), 1)
            self._connection.execute("INSERT INTO part VALUES (?, ?, ?)", (file, number, packed))
            if last:
                self._connection.execute("INSERT INTO whole VALUES (?, ?)", (file, number + 1))
            if time.monotonic() - self._committed > _COMMIT:
                self._connection.commit()
                self._committed = time.monotonic()

    def drop(self, file: str) -> None:
        """Remove all parts of a file."""
        with _logged("removing a file"):
            self._connection.execute("DELETE FROM part WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM whole WHERE file = ?", (file,))

    def languages(self, name: str) -> dict[str, str]:
        """Return the languages that were written under a name; empty if there are none, or if they are damaged."""
        languages: dict[str, str] = {}
        with _logged("reading languages"):
            row = self._connection.execute("SELECT languages FROM judged WHERE name = ?", (name,)).fetchone()
            if row:
                languages = dict(orjson.loads(zstd.decompress(row[0])))
        return languages

    def write_languages(self, name: str, languages: Mapping[str, str]) -> None:
        """Replace the languages that were written under a name; an empty mapping removes them."""
        with _logged("writing languages"):
            self._connection.execute("DELETE FROM judged WHERE name = ?", (name,))
            if languages:
                packed = zstd.compress(orjson.dumps(languages), 1)
                self._connection.execute("INSERT INTO judged VALUES (?, ?)", (name, packed))

    def remove_others(self, keys: Collection[str]) -> None:
        """Remove all files and languages except those of these keys, also from the free pages of the database."""
        with _logged("removing other files"):
            there = self._connection.execute("SELECT DISTINCT file FROM part UNION SELECT name FROM judged")
            others = {key for (key,) in there} - set(keys)
            for key in others:
                self.drop(key)
                self.write_languages(key, {})
            self._connection.commit()
            if others:
                self._connection.execute("VACUUM")


@contextlib.contextmanager
def _logged(action: str) -> Iterator[None]:
    """Suppress an error of the database, and log it with the action that failed."""
    try:
        yield
    except _DAMAGE as error:
        _log.debug("The read cache failed at %s: %s: %s", action, type(error).__name__, error)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path)
    except sqlite3.Error as error:
        _log.debug("The read cache is made anew, because it cannot be opened: %s", error)
    path.unlink(missing_ok=True)
    try:
        return _connect(path)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
