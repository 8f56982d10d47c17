"""What a rebuild has finished: written beside it, so that one that was killed goes on where it was."""

import contextlib
import os
from pathlib import Path

import orjson

from indexer.generations.report import BuildReport

_FILE = "checkpoint.json"


def save_checkpoint(folder: Path, inputs: str, report: BuildReport) -> None:
    """Say that all articles are read, cut and written in a folder. All of it is on disk before that is said.

    Args:
        folder: Where the generation is being built.
        inputs: The digest of what it is made from; with an empty one nothing is said: it may be another next time.
        report: What was read.
    """
    if not inputs:
        return
    for path in (*folder.iterdir(), folder):
        _sync(path)
    new = folder / f"{_FILE}.new"
    new.write_bytes(orjson.dumps({"inputs": inputs, "report": report.as_dict()}))
    _sync(new)
    new.replace(folder / _FILE)
    _sync(folder)


def has_checkpoint(folder: Path, inputs: str) -> bool:
    """Tell whether all articles of these inputs are read and written in a folder."""
    return bool(inputs) and _inputs(folder) == inputs


def load_checkpoint(folder: Path) -> BuildReport:
    """Return the report of what was read."""
    report = BuildReport.from_dict(orjson.loads((folder / _FILE).read_bytes())["report"])
    report.resumed = True
    return report


def drop_checkpoint(folder: Path) -> None:
    """Forget it: the generation is complete."""
    (folder / _FILE).unlink(missing_ok=True)


def _inputs(folder: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError):
        return str(orjson.loads((folder / _FILE).read_bytes())["inputs"])
    return ""


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
