"""Find the files of a source and read each with the reader of its format."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from indexer.article import Article
from indexer.errors import SourceError
from indexer.sources.jsonl import read_jsonl
from indexer.sources.notice import Notice, skipped
from indexer.sources.reading import UnreadableError
from indexer.sources.text import read_text

SUFFIXES = (".txt", ".jsonl", ".ndjson")
_WANTED = f"wanted a folder of news, or a file that ends in {', '.join(SUFFIXES)}"
_NEXT = "rebuild-index FOLDER_OR_FILE"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, and the name its article gets when the file itself gives none."""

    path: Path
    article_id: str


def find_files(sources: Sequence[Path]) -> list[SourceFile]:
    """Return the readable files of folders (recursively, by name) and of files named one by one, each once.

    Hidden files and files named README are left out of folders.

    Raises:
        SourceError: A source does not exist, cannot be read, or is a file of no known format; or nothing is found.
    """
    found: dict[Path, SourceFile] = {}
    for source in sources:
        for path in _list(source):
            name = path.relative_to(source).with_suffix("").as_posix() if path != source else path.stem
            found.setdefault(path.resolve(), SourceFile(path, name))
    if not found:
        places = ", ".join(str(source) for source in sources) or "nothing"
        raise SourceError(f"no news found in {places}: {_WANTED}", _NEXT)
    return _distinct(list(found.values()))


def read_file(file: SourceFile) -> Iterator[Article | Notice]:
    """Yield what a file holds; one that cannot be opened or read to its end is a notice."""
    try:
        if file.path.suffix.lower() == ".txt":
            yield from read_text(file.path, file.article_id)
        else:
            yield from read_jsonl(file.path)
    except UnreadableError as error:
        yield skipped(str(file.path), str(error))


def _list(source: Path) -> list[Path]:
    try:
        return _readable(source)
    except OSError as error:
        reason = f"{error.filename or source} cannot be read: {error.strerror}"
        raise SourceError(reason, "check its name and permissions") from error


def _readable(source: Path) -> list[Path]:
    if source.is_file():
        if source.suffix.lower() not in SUFFIXES:
            raise SourceError(f"{source} is of a format that is not read: {_WANTED}", _NEXT)
        return [source]
    if not source.is_dir():
        reason = "cannot be read as news" if source.exists() else "does not exist"
        raise SourceError(f"{source} {reason}: {_WANTED}", _NEXT)
    return sorted(path for path in _walk(source) if _is_news(path) and path.is_file())


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder and in the folders below it that are not hidden."""
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names)


def _refuse(error: OSError) -> NoReturn:
    """Stop at a folder that cannot be listed: pathlib would pass over it in silence."""
    raise error


def _is_news(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.stem.upper() != "README"


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
