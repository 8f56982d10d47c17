"""What was read of each file, kept on disk: a rebuild reads only files that are new or have changed.

One SQLite database, whose rows are compressed parts of what a file holds. A file is known once it was read to its
end. Where anything is wrong with the database, files are read as if there were none.
"""

import contextlib
import errno
import hashlib
import itertools
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import orjson
from backports import zstd

from indexer.article import Article
from indexer.build.fingerprint import FileContent, stamp_of
from indexer.build.spool import article_of
from indexer.notice import Notice
from indexer.sources.files import SourceFile
from indexer.storage.table_writer import article_row
from indexer.text.language import Judge, Judgements

Item = Article | Notice

_PART, _CHARACTERS = 256, 2**22
"""Items that are kept together, or characters."""
_COMMIT = 2.0
"""Seconds of reading that a kill may cost."""
_SCHEMA = """
PRAGMA secure_delete = ON;
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS part (file TEXT, number INTEGER, items BLOB, PRIMARY KEY (file, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS whole (file TEXT PRIMARY KEY, parts INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, languages BLOB) WITHOUT ROWID;
"""


class ReadCache:
    """What was read of files, found by what they hold, their names, and how they are read; a context manager."""

    def __init__(self, path: Path, settings: object, private: Collection[str] = ()) -> None:
        """Open the database, or make it.

        Args:
            path: Where it lies.
            settings: How files are read; what was read in another way is not found.
            private: Ids of articles of which no trace may be left: a file that holds one is not kept.
        """
        self._path, self._settings, self._private = path, str(settings), frozenset(private)
        self._asked: set[str] = set()
        """Keys of files as they are, and of their names."""
        self._committed = time.monotonic()
        self._database = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._database.commit()
        self._database.close()

    def items(self, file: SourceFile, content: FileContent, read: Callable[[Judge], Iterator[Item]]) -> Iterator[Item]:
        """Yield what a file holds: as it was read before, or else by reading it.

        Args:
            file: The file.
            content: What it held when the build began; if that is not so at the end, nothing is kept.
            read: Reads it; languages are told as before where a text of the file is as before.
        """
        key, name = self._key(file, content.digest), self._key(file, "")
        self._asked |= {key, name}
        given = 0
        try:
            for item in self._known(key):
                yield item
                given += 1
        except (sqlite3.Error, zstd.ZstdError, ValueError, KeyError, TypeError):
            self._start_anew()
        else:
            if given:
                return
        keeping, judge = _Keeping(self._private), Judgements(self._told(name))
        for item in itertools.islice(read(judge), given, None):
            yield item
            if part := keeping.add(item):
                self._write(key, keeping.parts, part)
        if keeping.worth_it and not given and content.stamp and stamp_of(file.path) == content.stamp:
            rest = keeping.rest()
            self._write(key, keeping.parts, rest, last=True)
            self._tell(name, judge.told)
        else:
            self._drop(key)
            self._tell(name, {})

    def forget_others(self) -> None:
        """Remove what was read of files that were not asked for since the database was opened."""
        with contextlib.suppress(sqlite3.Error):
            there = self._database.execute("SELECT DISTINCT file FROM part UNION SELECT name FROM told")
            others = {key for (key,) in there} - self._asked
            for key in others:
                self._drop(key)
                self._tell(key, {})
            self._database.commit()
            if others:
                self._database.execute("VACUUM")

    def _key(self, file: SourceFile, digest: str) -> str:
        named = orjson.dumps([self._settings, str(file.path), file.article_id, digest])
        return hashlib.sha256(named).hexdigest()

    def _known(self, key: str) -> Iterator[Item]:
        row = self._database.execute("SELECT parts FROM whole WHERE file = ?", (key,)).fetchone()
        for number in range(row[0] if row else 0):
            query = "SELECT items FROM part WHERE file = ? AND number = ?"
            (packed,) = self._database.execute(query, (key, number)).fetchone()
            yield from map(_item, orjson.loads(zstd.decompress(packed)))

    def _told(self, name: str) -> dict[str, str]:
        """Return the languages that were told of the texts of a file, whatever else it held."""
        with contextlib.suppress(sqlite3.Error, zstd.ZstdError, ValueError, TypeError):
            row = self._database.execute("SELECT languages FROM told WHERE name = ?", (name,)).fetchone()
            return dict(orjson.loads(zstd.decompress(row[0]))) if row else {}
        return {}

    def _tell(self, name: str, languages: Mapping[str, str]) -> None:
        """Keep the languages of the texts of a file; a text that is alone in a file changes with it."""
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("DELETE FROM told WHERE name = ?", (name,))
            if len(languages) > 1:
                packed = zstd.compress(orjson.dumps(languages), 1)
                self._database.execute("INSERT INTO told VALUES (?, ?)", (name, packed))

    def _write(self, key: str, number: int, items: list[Item], *, last: bool = False) -> None:
        """Write a part of a file; what the disk does not take is read again the next time."""
        with contextlib.suppress(sqlite3.Error):
            if number == 0:
                self._drop(key)
            packed = zstd.compress(orjson.dumps([_row(item) for item in items]), 1)
            self._database.execute("INSERT INTO part VALUES (?, ?, ?)", (key, number, packed))
            if last:
                self._database.execute("INSERT INTO whole VALUES (?, ?)", (key, number + 1))
            if time.monotonic() - self._committed > _COMMIT:
                self._database.commit()
                self._committed = time.monotonic()

    def _drop(self, key: str) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("DELETE FROM part WHERE file = ?", (key,))
            self._database.execute("DELETE FROM whole WHERE file = ?", (key,))

    def _start_anew(self) -> None:
        self._database.close()
        self._path.unlink(missing_ok=True)
        self._database = _open(self._path)


class _Keeping:
    """The items of a file, in parts, and whether they are worth keeping: there is an article, and none is private."""

    def __init__(self, private: frozenset[str]) -> None:
        self._private = private
        self._items: list[Item] = []
        self._characters = self._articles = 0
        self._forbidden = False
        self.parts = -1
        """The number of the part that was last given out."""

    @property
    def worth_it(self) -> bool:
        return self._articles > 0 and not self._forbidden

    def add(self, item: Item) -> list[Item]:
        """Take an item; return a part if it is full."""
        self._items.append(item)
        if isinstance(item, Article):
            self._articles += 1
            self._characters += len(item.body)
            self._forbidden = self._forbidden or item.id in self._private
        full = len(self._items) >= _PART or self._characters >= _CHARACTERS
        return self.rest() if full and not self._forbidden else []

    def rest(self) -> list[Item]:
        """Return what is left, as the next part."""
        items, self._items, self._characters = self._items, [], 0
        self.parts += 1
        return items


def _open(path: Path) -> sqlite3.Connection:
    """Open or make the database; what is none is made anew.

    Raises:
        OSError: The disk does not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(sqlite3.Error):
        return _connect(path)
    path.unlink(missing_ok=True)
    try:
        return _connect(path)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _row(item: Item) -> dict[str, Any]:
    return {"notice": asdict(item)} if isinstance(item, Notice) else article_row(item)


def _item(row: dict[str, Any]) -> Item:
    return Notice(**row["notice"]) if "notice" in row else article_of(row)
