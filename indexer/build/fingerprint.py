"""The fingerprint of a build: a digest of everything it is made from. Equal fingerprints give equal generations."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from indexer.errors import IndexUnavailableError
from indexer.generations import store
from indexer.generations.generation import open_generation
from indexer.generations.layout import GenerationLayout
from indexer.generations.manifest_file import read_manifest
from indexer.generations.report import BuildReport
from indexer.sources.content import FileContent
from indexer.sources.inputs import Input

READING = 7
"""The version of the readers. It is raised whenever they make other articles or passages of the same files."""


InputContents = Mapping[Input, FileContent | None]
"""What each input holds, in the order of reading; None for standard input and feeds, known only once they are read."""


def contents_of(inputs: Sequence[Input]) -> InputContents:
    """Digest what each input holds now."""
    return {each: each.content() for each in inputs}


def digest_inputs(contents: InputContents, settings: Sequence[object]) -> str:
    """Return the fingerprint of a build, or an empty string if it depends on standard input or on a feed.

    Args:
        contents: The inputs with their contents.
        settings: Everything else that decides what is made of the inputs.
    """
    digest = hashlib.sha256(orjson.dumps([READING, *map(str, settings)]))
    for each, content in contents.items():
        if content is None:
            return ""
        digest.update(orjson.dumps([*each.name, content.digest]))
    return digest.hexdigest()


def find_unchanged(index: Path, inputs: str) -> BuildReport | None:
    """Return the report of the generation that answers, if it has this fingerprint and is whole; else None."""
    try:
        folder = store.generation_folder(index, store.current_id(index))
        if not inputs or read_manifest(folder).inputs != inputs:
            return None
        open_generation(folder)
        report = BuildReport.from_file(GenerationLayout(folder).report)
    except (IndexUnavailableError, OSError, ValueError):
        return None
    return replace(report, unchanged=True, encoded=0, seconds={})
