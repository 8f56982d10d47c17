"""The read cache: what was read of each file is stored on disk, so that a rebuild reads only new and changed files.

Whoever reads a file asks the cache for its entry, takes from it what was read before, and gives it what is read now.
If anything is wrong with the stored data, the file is read as if there were no cache.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import orjson

from indexer.article import Article
from indexer.build.read_database import DamagedError, ReadDatabase
from indexer.build.spool import article_of
from indexer.notice import Notice
from indexer.storage.table_writer import article_row

Item = Article | Notice
IsPrivate = Callable[[Article], bool]

_PART, _CHARACTERS = 256, 2**22
"""A part is written once it has this many items, or this many characters of text."""


class ReadCache:
    """The entries of files, by their content, their names and how they are read; a context manager."""

    def __init__(self, path: Path, settings: object, is_private: IsPrivate = lambda _: False) -> None:
        """Open the cache, or make it.

        Args:
            path: The file of its database.
            settings: How files are read. What was read with other settings is not found.
            is_private: Tells whether no trace may be left of an article: a file that holds one such is not stored.
        """
        self._database = ReadDatabase(path)
        self._settings, self._is_private = str(settings), is_private
        self._used: set[str] = set()
        """The keys of all entries that were asked for."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def entry(self, name: tuple[str, ...], digest: str) -> "CacheEntry":
        """Return the entry of a file of this name and content; it is empty if the file was not read before."""
        file, languages = self._key(name, digest), self._key(name, "")
        self._used |= {file, languages}
        return CacheEntry(self._database, file, languages, self._is_private)

    def forget_others(self) -> None:
        """Remove the entries that were not asked for since the cache was opened."""
        self._database.remove_others(self._used)

    def _key(self, name: tuple[str, ...], digest: str) -> str:
        return sha256(orjson.dumps([self._settings, *name, digest])).hexdigest()


class CacheEntry:
    """What was read of one file before, and what is being read of it now."""

    def __init__(self, database: ReadDatabase, file: str, languages: str, is_private: IsPrivate) -> None:
        """Prepare an entry.

        Args:
            database: Where it is stored.
            file: The key of the file with its content.
            languages: The key of the file by its name alone, for the languages of texts that stay when others change.
            is_private: Tells whether an article must not be stored.
        """
        self._database, self._file, self._name = database, file, languages
        self._must_not_store = is_private
        self.complete = False
        """All of the file was read before, and ``items`` has yielded it."""
        self._waiting: list[Item] = []
        """Items that are not written yet."""
        self._parts = self._characters = 0
        self._has_articles = self._is_private = False

    def items(self) -> Iterator[Item]:
        """Yield what was read before: the whole file, or nothing if it is new.

        The items end early if the next one is damaged. Then the cache starts anew, ``complete`` stays False, and the
        rest has to be read from the file.
        """
        known = False
        try:
            for rows in self._database.parts(self._file):
                for row in rows:
                    yield _item(row)
                    known = True
        except (DamagedError, ValueError, KeyError, TypeError):
            self._database.start_anew()
        else:
            self.complete = known

    def languages(self) -> dict[str, str]:
        """Return the languages of texts in an earlier version of the file, see ``Judgements``."""
        return self._database.languages(self._name)

    def add(self, item: Item) -> None:
        """Take the next item that was read from the file."""
        if isinstance(item, Article):
            self._has_articles = True
            self._characters += len(item.body)
            self._is_private = self._is_private or self._must_not_store(item)
        if self._is_private:
            self._waiting.clear()
            return
        self._waiting.append(item)
        if len(self._waiting) >= _PART or self._characters >= _CHARACTERS:
            self._write()

    def keep(self, languages: Mapping[str, str]) -> None:
        """Make the file known, after all of its items were added.

        A file without articles is not kept, so that it is tried again, and neither is one with a private article. The
        languages are not kept for a file of a single text, because such a text changes whenever the file does.
        """
        if self._has_articles and not self._is_private:
            self._write(last=True)
            self._database.write_languages(self._name, languages if len(languages) > 1 else {})
        else:
            self.drop()

    def drop(self) -> None:
        """Forget what was added, and the languages too."""
        self._database.drop(self._file)
        self._database.write_languages(self._name, {})

    def _write(self, *, last: bool = False) -> None:
        self._database.write_part(self._file, self._parts, [_row(item) for item in self._waiting], last=last)
        self._waiting.clear()
        self._parts += 1
        self._characters = 0


def _row(item: Item) -> dict[str, Any]:
    return {"notice": asdict(item)} if isinstance(item, Notice) else article_row(item)


def _item(row: dict[str, Any]) -> Item:
    return Notice(**row["notice"]) if "notice" in row else article_of(row)
