"""Find the files of a source and read each with the reader of its format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.article import Article
from indexer.errors import SourceError
from indexer.sources.jsonl import read_jsonl
from indexer.sources.notice import Notice, skipped
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
        SourceError: A source does not exist, cannot be listed, or is a file of no known format; or nothing is found.
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
    except OSError as error:
        yield skipped(str(file.path), f"cannot be read: {error.strerror or error}")


def _list(source: Path) -> list[Path]:
    if source.is_file():
        if source.suffix.lower() not in SUFFIXES:
            raise SourceError(f"{source} is of a format that is not read: {_WANTED}", _NEXT)
        return [source]
    if not source.is_dir():
        reason = "cannot be read as news" if source.exists() else "does not exist"
        raise SourceError(f"{source} {reason}: {_WANTED}", _NEXT)
    try:
        return sorted(path for path in source.rglob("*") if _is_news(path.relative_to(source)) and path.is_file())
    except OSError as error:
        raise SourceError(f"{source} cannot be listed: {error.strerror}", "check its permissions") from error


def _is_news(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden and path.stem.upper() != "README"


def _distinct(files: list[SourceFile]) -> list[SourceFile]:
    """Give files of the same name in different sources names of their own, so that none hides another."""
    taken: set[str] = set()
    distinct: list[SourceFile] = []
    for file in files:
        name = file.article_id
        if name in taken:
            name = file.path.with_suffix("").as_posix().lstrip("/")
        taken.add(name)
        distinct.append(SourceFile(file.path, name))
    return distinct
