"""What a generation is made from, as one digest: equal digests, equal generations."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import orjson

from indexer import generation, store
from indexer.errors import IndexUnavailableError
from indexer.manifest import read_manifest
from indexer.report import BuildReport
from indexer.sources.files import SourceFile
from indexer.sources.inputs import Input

READING = 2
"""Raised whenever the same files would give other articles or other passages than before."""


def digest_inputs(inputs: Sequence[Input], settings: Sequence[object]) -> str:
    """Digest the names and contents of files, and what else decides what is made of them.

    Empty where that cannot be known before it is read: of standard input and feeds.
    """
    digest = hashlib.sha256(orjson.dumps([READING, *map(str, settings)]))
    for each in inputs:
        if not isinstance(each, SourceFile):
            return ""
        digest.update(orjson.dumps([str(each.path), each.article_id, _contents(each.path)]))
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


def _contents(path: Path) -> str:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:  # whoever reads it says so
        return str(error.strerror)
