"""Find the files of news in folders."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from indexer.article import Article
from indexer.dates.day_order import DayOrder
from indexer.errors import SourceError
from indexer.notice import Notice, flagged, left_out, skipped
from indexer.sources.content import FileContent, Stamp, content_of, stamp_of, text_of
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.document import HEAD, open_document
from indexer.sources.fields import FieldNames
from indexer.sources.formats import WANTED, has_known_ending, read_document, reader_by_content
from indexer.sources.reading import UnreadableError
from indexer.sources.unread import counted_endings
from indexer.sources.walking import IsIndex, Walk

_WANTED = f"wanted a folder of news, or a file of {WANTED}"
_NEXT = "rebuild-index FOLDER_OR_FILE"
_LONGEST_NAME = 300
"""Characters of a path that a notice shows."""


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
    """Which files of a folder are read and what may be fetched, and how fields are understood.

    Patterns such as ``*.txt`` and ``2024/*`` are compared with the path of a file below the folder.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    fields: FieldNames = field(default_factory=FieldNames)
    day_order: DayOrder | None = None
    """The order of day and month in dates such as 03/04/2025, if the user gave it."""
    follow_links: bool = True
    """Whether links in folders are followed."""
    allow_private: bool = False
    """Whether feeds and pages may be fetched from this machine and from private networks."""

    def takes(self, name: str) -> bool:
        """Return whether the file of this path below its folder is read."""
        wanted = not self.include or any(_matches(name, pattern) for pattern in self.include)
        return wanted and not any(_matches(name, pattern) for pattern in self.exclude)


@dataclass(frozen=True, slots=True)
class UnreadableEntry:
    """What lies in a folder and cannot be read as a file, such as a link that leads nowhere, or a pipe."""

    path: Path
    reason: str

    @property
    def name(self) -> tuple[str, ...]:
        return (text_of(self.path),)

    def content(self) -> FileContent:
        """Return the reason instead of a digest."""
        return FileContent(self.reason, None)

    def stamp(self) -> None:
        """Return None: there is nothing that could change."""

    def items(self, _context: ReadingContext = DEFAULT_CONTEXT) -> Iterator[Notice]:
        """Yield a notice."""
        name = text_of(self.path)
        yield skipped(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}...", self.reason)


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What was found in folders."""

    files: list[SourceFile]
    unreadable: list[UnreadableEntry]
    notices: list[Notice]
    """For each folder how many of its files are of formats that are not read, and which links lead out of it."""


def find_files(
    sources: Sequence[Path], choice: Choice | None = None, is_index: IsIndex = lambda _: False
) -> FoundFiles:
    """Return the files of news in folders, sorted by name, and the files that are named one by one; each file once.

    Files in folders are left out if they are hidden, are named README, or are of no known format; these are counted. A
    file whose name does not tell its format is opened.

    Args:
        sources: Folders and files.
        choice: Which files of folders are read.
        is_index: Tells whether a folder is an index, which is not news.

    Raises:
        SourceError: A source does not exist, cannot be read, or is a file of no known format; or nothing is found.
    """
    search = _Search(choice or Choice(), is_index)
    for source in sources:
        search.add(source)
    if not search.found:
        places = ", ".join(str(source) for source in sources) or "nothing"
        unread = "".join(f"; {notice.reason}" for notice in search.notices)
        raise SourceError(f"no news found in {places}{unread}: {_WANTED}", _NEXT)
    return FoundFiles(_distinct(list(search.found.values())), search.unreadable, search.notices)


class _Search:
    """Collects what is found in one source after the other."""

    def __init__(self, choice: Choice, is_index: IsIndex) -> None:
        self._choice, self._is_index, self._walk = choice, is_index, Walk(is_index, choice.follow_links)
        self.found: dict[Path, SourceFile] = {}
        """The files by where they really are."""
        self.unreadable: list[UnreadableEntry] = []
        self.notices: list[Notice] = []

    def add(self, source: Path) -> None:
        """Look for files in a source.

        Raises:
            SourceError: It does not exist, cannot be read, or is a file of no known format.
        """
        try:
            if source.is_file():
                self._add_file(source)
            elif source.is_dir():
                self._add_folder(source)
            else:
                reason = "cannot be read as news" if source.exists() else "does not exist"
                raise SourceError(f"{source} {reason}: {_WANTED}", _NEXT)
        except OSError as error:
            reason = f"{error.filename or source} cannot be read: {error.strerror}"
            raise SourceError(reason, "check its name and permissions") from error

    def _add_file(self, path: Path) -> None:
        if not _is_known(path):
            raise SourceError(f"{path} is of a format that is not read: {_WANTED}", _NEXT)
        self._take(path, path.resolve(), path.stem)

    def _add_folder(self, folder: Path) -> None:
        if self._is_index(folder):
            raise SourceError(f"{folder} is an index of Dateline, not news: {_WANTED}", _NEXT)
        unread: Counter[str] = Counter()
        for each in sorted(self._walk.entries(folder), key=lambda each: each.path):
            path, name = each.path, each.path.relative_to(folder)
            if not self._choice.takes(name.as_posix()):
                continue
            if each.problem:
                self.unreadable.append(UnreadableEntry(path, each.problem))
            elif _is_known(path):
                self._take(path, each.real, name.with_suffix("").as_posix())
            else:
                unread[path.suffix.casefold() or "without an ending"] += 1
        if unread:
            self.notices.append(left_out(text_of(folder), counted_endings(unread)))
        self.notices += _about_links(folder, self._walk)

    def _take(self, path: Path, real: Path, name: str) -> None:
        self.found.setdefault(real, SourceFile(path, text_of(name)))


def _about_links(folder: Path, walk: Walk) -> Iterator[Notice]:
    """Yield how many links lead out of a folder, and how many were not followed, with the first by its name."""
    if walk.leading_out:
        (path, target), count = min(walk.leading_out), len(walk.leading_out)
        links = "1 link leads out of it and is" if count == 1 else f"{count:,} links lead out of it and are"
        first = f"{text_of(path.relative_to(folder))} to {text_of(target)}"
        yield flagged(text_of(folder), f"{links} followed, such as {first}: --no-follow-links leaves them out")
    if walk.refused:
        first = text_of(min(walk.refused).relative_to(folder))
        yield left_out(text_of(folder), f"{len(walk.refused):,} links are not followed, such as {first}")


def _matches(name: str, pattern: str) -> bool:
    return fnmatch(name, pattern) or fnmatch(name, f"*/{pattern}")


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
