"""What a generation is made from, as one digest: equal digests, equal generations."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.errors import IndexUnavailableError
from indexer.generations import generation, store
from indexer.generations.manifest import read_manifest
from indexer.generations.report import BuildReport
from indexer.sources.files import SourceFile
from indexer.sources.inputs import Input

READING = 2
"""Raised whenever the same files would give other articles or other passages than before."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file held."""

    digest: str
    """SHA-256, or why it could not be read."""
    stamp: tuple[int, int] | None
    """Its size and when it was changed, just before it was digested; None where it was gone."""


Contents = Mapping[Input, FileContent | None]
"""What inputs hold; None for what cannot be known before it is read: standard input and feeds."""


def contents_of(inputs: Sequence[Input]) -> Contents:
    """Look at all inputs, in their order."""
    return {each: _content(each.path) if isinstance(each, SourceFile) else None for each in inputs}


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Return the size of a file and when it was changed, or None when it is gone."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def digest_inputs(contents: Contents, settings: Sequence[object]) -> str:
    """Digest the names and contents of files, and what else decides what is made of them.

    Empty where that cannot be known before it is read.
    """
    digest = hashlib.sha256(orjson.dumps([READING, *map(str, settings)]))
    for each, content in contents.items():
        if content is None or not isinstance(each, SourceFile):
            return ""
        digest.update(orjson.dumps([str(each.path), each.article_id, content.digest]))
    return digest.hexdigest()


def find_unchanged(index: Path, inputs: str) -> BuildReport | None:
    """Return the report of the generation that answers, if it was made from these inputs and is whole."""
    try:
        folder = store.generation_folder(index, store.current_id(index))
        if not inputs or read_manifest(folder).inputs != inputs:
            return None
        generation.open_folder(folder)
        report = BuildReport.from_file(folder / generation.REPORT)
    except (IndexUnavailableError, OSError, ValueError):
        return None
    report.unchanged, report.encoded, report.seconds = True, 0, {}
    return report


def _content(path: Path) -> FileContent:
    stamp = stamp_of(path)
    try:
        with path.open("rb") as content:
            return FileContent(hashlib.file_digest(content, "sha256").hexdigest(), stamp)
    except OSError as error:  # whoever reads it says so
        return FileContent(str(error.strerror), None)
