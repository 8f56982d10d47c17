"""Find the files of a source and read each with the reader of its format."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

from indexer.article import Article
from indexer.errors import SourceError
from indexer.notice import Notice, skipped
from indexer.sources.document import HEAD, open_document
from indexer.sources.fields import FieldNames
from indexer.sources.formats import WANTED, has_known_ending, read_document, reader_by_content
from indexer.sources.reading import UnreadableError
from indexer.text.language import Judge, judge_language

_WANTED = f"wanted a folder of news, or a file of {WANTED}"
_NEXT = "rebuild-index FOLDER_OR_FILE"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, and the name its article gets when the file itself gives none."""

    path: Path
    article_id: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files of folders are read, by their path below the folder: patterns such as ``*.txt`` or ``2024/*``."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    fields: FieldNames = field(default_factory=FieldNames)

    def takes(self, name: str) -> bool:
        """Tell whether a file is read."""
        wanted = not self.include or any(_matches(name, pattern) for pattern in self.include)
        return wanted and not any(_matches(name, pattern) for pattern in self.exclude)


def find_files(sources: Sequence[Path], choice: Choice | None = None) -> list[SourceFile]:
    """Return the readable files of folders (recursively, by name) and of files named one by one, each once.

    Hidden files and files named README are left out of folders, and so are those of no known format.

    Raises:
        SourceError: A source does not exist, cannot be read, or is a file of no known format; or nothing is found.
    """
    found: dict[Path, SourceFile] = {}
    for source in sources:
        for path in _list(source, choice or Choice()):
            name = path.relative_to(source).with_suffix("").as_posix() if path != source else path.stem
            found.setdefault(path.resolve(), SourceFile(path, name))
    if not found:
        places = ", ".join(str(source) for source in sources) or "nothing"
        raise SourceError(f"no news found in {places}: {_WANTED}", _NEXT)
    return _distinct(list(found.values()))


def read_file(
    file: SourceFile, fields: FieldNames | None = None, judge: Judge = judge_language
) -> Iterator[Article | Notice]:
    """Yield what a file holds; one that cannot be opened or read to its end is a notice."""
    try:
        document = open_document(file.path, file.article_id, fields, judge)
        with document.stream:
            yield from read_document(document, file.path.stat().st_size)
    except (UnreadableError, FileNotFoundError) as error:
        yield skipped(str(file.path), str(error))


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
    """Yield what is in a folder and in the folders below it that are not hidden."""
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names)


def _refuse(error: OSError) -> NoReturn:
    """Stop at a folder that cannot be listed: pathlib would pass over it in silence."""
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
    """Give files of the same name in different sources names of their own, so that none hides another."""
    taken: set[str] = set()
    distinct: list[SourceFile] = []
    for file in files:
        name = file.article_id
        if name in taken:
            name = file.path.as_posix().lstrip("/")
        taken.add(name)
        distinct.append(SourceFile(file.path, name))
    return distinct
