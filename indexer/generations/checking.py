"""The digests of the files of a generation, and whether the files still are what the manifest describes."""

import hashlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from indexer.errors import IndexCorruptError
from indexer.generations.layout import COMPLETE
from indexer.generations.manifest import FileRecord, Manifest
from indexer.threads import compute_threads

CHECKED_AT_ONCE: Final = 2**30
"""Bytes of a generation up to which the digests of its files are compared before it is opened: about a second. Those of
a larger one are compared behind the answers of a service, and by ``dateline doctor``."""


def describe_file(path: Path) -> FileRecord:
    """Return a file's size and SHA-256."""
    with path.open("rb") as file:
        return FileRecord(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def describe_files(folder: Path, names: Collection[str]) -> dict[str, FileRecord]:
    """Describe several files, as many at once as there are cores."""
    with ThreadPoolExecutor(compute_threads()) as pool:
        return dict(zip(names, pool.map(lambda name: describe_file(folder / name), names), strict=True))


def check_sizes(manifest: Manifest, folder: Path) -> None:
    """Compare the size of every file of a generation with the manifest.

    Raises:
        IndexCorruptError: A file is missing or has another size, or the manifest does not name it.
    """
    if unnamed := sorted(set(COMPLETE) - set(manifest.files)):
        raise IndexCorruptError(f"the manifest in {folder} does not describe {unnamed[0]}", "run rebuild-index")
    for name, wanted in manifest.files.items():
        _check_size(folder / name, wanted)


def check_files(manifest: Manifest, folder: Path) -> None:
    """Compare the size and the digest of every file of a generation with the manifest.

    Raises:
        IndexCorruptError: A file is missing, has another size, or another digest, or the manifest does not name it.
    """
    check_sizes(manifest, folder)
    with ThreadPoolExecutor(compute_threads()) as pool:
        for checked in [pool.submit(_check_file, folder / name, wanted) for name, wanted in manifest.files.items()]:
            checked.result()


def _check_size(path: Path, wanted: FileRecord) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    if size != wanted.bytes:
        raise IndexCorruptError(
            f"{path} is truncated or altered: {size} bytes, wanted {wanted.bytes}", "run rebuild-index"
        )


def _check_file(path: Path, wanted: FileRecord) -> None:
    try:
        found = describe_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if found != wanted:
        raise IndexCorruptError(
            f"{path} is altered: SHA-256 {found.sha256}, wanted {wanted.sha256}", "run rebuild-index"
        )


def _unreadable(path: Path, error: OSError) -> IndexCorruptError:
    return IndexCorruptError(f"cannot read {path}: {error.strerror}", "run rebuild-index")
