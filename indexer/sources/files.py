"""Find the files of news in folders."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

from indexer.article import Article
from indexer.dates.day_order import DayOrder
from indexer.errors import SourceError
from indexer.notice import Notice, skipped
from indexer.sources.content import FileContent, Stamp, content_of, stamp_of, text_of
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.document import HEAD, open_document
from indexer.sources.fields import FieldNames
from indexer.sources.formats import WANTED, has_known_ending, read_document, reader_by_content
from indexer.sources.reading import UnreadableError

_WANTED = f"wanted a folder of news, or a file of {WANTED}"
_NEXT = "rebuild-index FOLDER_OR_FILE"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of news."""

    path: Path
    article_id: str
    """The id of its article, if the file holds only one and gives it no id."""

    @property
    def name(self) -> tuple[str, ...]:
        """The path of the file and the id of its article, on which its articles depend besides its content."""
        return text_of(self.path), self.article_id

    def content(self) -> FileContent:
        """Return a digest of what the file holds now."""
        return content_of(self.path)

    def stamp(self) -> Stamp | None:
        """Return the size of the file and the time of its last change, or None if it is gone."""
        return stamp_of(self.path)

    def items(self, context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Article | Notice]:
        """Yield the articles of the file, and a notice for whatever cannot be opened or not be read to its end."""
        try:
            document = open_document(self.path, self.article_id, context)
            with document.stream:
                yield from read_document(document)
        except UnreadableError as error:
            yield skipped(text_of(self.path), str(error))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files of a folder are read, and how their fields are understood.

    Patterns such as ``*.txt`` and ``2024/*`` are compared with the path of a file below the folder.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    fields: FieldNames = field(default_factory=FieldNames)
    day_order: DayOrder | None = None
    """The order of day and month in dates such as 03/04/2025, if the user gave it."""

    def takes(self, name: str) -> bool:
        """Return whether the file of this path below its folder is read."""
        wanted = not self.include or any(_matches(name, pattern) for pattern in self.include)
        return wanted and not any(_matches(name, pattern) for pattern in self.exclude)


def find_files(sources: Sequence[Path], choice: Choice | None = None) -> list[SourceFile]:
    """Return the files of news in folders, sorted by name, and the files that are named one by one; each file once.

    Files in folders are left out if they are hidden, are named README, or are of no known format. A file whose name
    does not tell its format is opened.

    Raises:
        SourceError: A source does not exist, cannot be read, or is a file of no known format; or nothing is found.
    """
    found: dict[Path, SourceFile] = {}
    folders: dict[Path, Path] = {}
    for source in sources:
        for path in _list(source, choice or Choice()):
            name = path.relative_to(source).with_suffix("").as_posix() if path != source else path.stem
            found.setdefault(_resolve(path, folders), SourceFile(path, text_of(name)))
    if not found:
        places = ", ".join(str(source) for source in sources) or "nothing"
        raise SourceError(f"no news found in {places}: {_WANTED}", _NEXT)
    return _distinct(list(found.values()))


def _resolve(path: Path, folders: dict[Path, Path]) -> Path:
    """Return the path of a file without symbolic links; ``folders`` remembers those that were resolved before."""
    if path.is_symlink():
        return path.resolve()
    if path.parent not in folders:
        folders[path.parent] = path.parent.resolve()
    return folders[path.parent] / path.name


def _matches(name: str, pattern: str) -> bool:
    return fnmatch(name, pattern) or fnmatch(name, f"*/{pattern}")


def _list(source: Path, choice: Choice) -> list[Path]:
    try:
        return _readable(source, choice)
    except OSError as error:
        reason = f"{error.filename or source} cannot be read: {error.strerror}"
        raise SourceError(reason, "check its name and permissions") from error


def _readable(source: Path, choice: Choice) -> list[Path]:
    if source.is_file():
        if not _is_known(source):
            raise SourceError(f"{source} is of a format that is not read: {_WANTED}", _NEXT)
        return [source]
    if not source.is_dir():
        reason = "cannot be read as news" if source.exists() else "does not exist"
        raise SourceError(f"{source} {reason}: {_WANTED}", _NEXT)
    within = (path for path in _walk(source) if choice.takes(path.relative_to(source).as_posix()))
    return sorted(path for path in within if _is_news(path))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in the folders below it, except those in hidden folders."""
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names)


def _refuse(error: OSError) -> NoReturn:
    """Stop at a folder that cannot be listed, which ``os.walk`` would leave out without a word."""
    raise error


def _is_news(path: Path) -> bool:
    return not path.name.startswith(".") and path.stem.upper() != "README" and path.is_file() and _is_known(path)


def _is_known(path: Path) -> bool:
    if has_known_ending(path.name):
        return True
    try:
        with path.open("rb") as file:
            return reader_by_content(file.read(HEAD)) is not None
    except OSError:
        return False


def _distinct(files: list[SourceFile]) -> list[SourceFile]:
    """Give files of the same name in different sources different ids, so that no article hides another."""
    taken: set[str] = set()
    distinct: list[SourceFile] = []
    for file in files:
        name = file.article_id
        if name in taken:
            name = file.path.as_posix().lstrip("/")
        taken.add(name)
        distinct.append(SourceFile(file.path, name))
    return distinct
