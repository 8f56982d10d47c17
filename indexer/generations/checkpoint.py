"""The checkpoint of a rebuild: all articles are read, cut and written. An interrupted rebuild goes on from there."""

import os
from pathlib import Path

import orjson

from indexer.generations.layout import GenerationLayout
from indexer.generations.report import BuildReport


def save_checkpoint(folder: Path, fingerprint: str, report: BuildReport) -> None:
    """Record that all articles are written. Every file in the folder is on disk before the checkpoint is.

    Args:
        folder: Where the generation is being built.
        fingerprint: The digest of what it is built from. Nothing is recorded for an empty one: it stands for sources
            that may hold something else next time.
        report: What was read.
    """
    if not fingerprint:
        return
    for path in (*folder.iterdir(), folder):
        sync(path)
    checkpoint = GenerationLayout(folder).checkpoint
    new = checkpoint.with_suffix(".new")
    new.write_bytes(orjson.dumps({"fingerprint": fingerprint, "report": report.as_dict()}))
    sync(new)
    new.replace(checkpoint)
    sync(folder)


def has_checkpoint(folder: Path, fingerprint: str) -> bool:
    """Tell whether the articles of these sources are all written in a folder."""
    try:
        found, _ = _read(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(fingerprint) and found == fingerprint


def load_checkpoint(folder: Path) -> BuildReport:
    """Return the report of what was read before the interruption."""
    _, report = _read(folder)
    report.resumed = True
    return report


def drop_checkpoint(folder: Path) -> None:
    """Remove the checkpoint: the generation is complete."""
    GenerationLayout(folder).checkpoint.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(folder: Path) -> tuple[str, BuildReport]:
    content = orjson.loads(GenerationLayout(folder).checkpoint.read_bytes())
    return str(content["fingerprint"]), BuildReport.from_dict(content["report"])
