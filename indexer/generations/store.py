"""Generations on disk: written aside, verified, published by one atomic rename, opened with every check.

index/CURRENT              the id of the generation that answers
index/generations/<id>/    immutable
index/cache/               vectors of passages encoded before, so that a rebuild encodes only new ones
index/building/<id>/       under way; whatever lies there belongs to no one but the rebuild that holds the lock
"""

import contextlib
import errno
import getpass
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import filelock

from indexer.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    StorageError,
    WorseError,
)
from indexer.generations.checkpoint import has_checkpoint
from indexer.generations.generation import Generation, open_folder

CACHE = "cache"
KEPT = 2
_CURRENT = "CURRENT"
_LOCK = "rebuild.lock"
_HOLDER = "rebuild.lock.json"


def current_id(index: Path) -> str:
    """Return the id of the generation that answers.

    Raises:
        IndexMissingError: Nothing was built here.
    """
    try:
        generation = (index / _CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissingError(
            f"there is no index in {index}", "run rebuild-index, or name another with --index"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorruptError(f"cannot read {index / _CURRENT}: {error}", "run rebuild-index") from error
    if not generation or "/" in generation or generation.startswith("."):
        raise IndexCorruptError(f"{index / _CURRENT} names no generation: {generation[:60]!r}", "run rebuild-index")
    return generation


def open_current(index: Path) -> Generation:
    """Open the generation that answers, after checking format, sizes, digests and counts.

    A rebuild that publishes in between may remove the generation under our hands; then the new one is opened.

    Raises:
        IndexUnavailableError: There is none, or it must not be used.
    """
    while True:
        generation = current_id(index)
        try:
            return open_folder(generation_folder(index, generation))
        except IndexCorruptError:
            if current_id(index) == generation:
                raise


def generation_folder(index: Path, generation: str) -> Path:
    """Return where a generation lies."""
    return index / "generations" / generation


@contextlib.contextmanager
def build_folder(index: Path, inputs: str = "") -> Iterator[Path]:
    """Hold the index for one rebuild and yield the folder to build in, named by the new generation's id.

    The folder is gone afterwards, unless what is in it can be gone on from. What a killed rebuild from the same inputs
    left is yielded again where it had come far enough, and else removed.

    Raises:
        IndexLockedError: Another rebuild holds the index; the message says who.
        StorageError: The disk is full or read-only.
    """
    with storage_errors(index):
        index.mkdir(parents=True, exist_ok=True)
        with _lock(index):
            building = index / "building"
            folder = _left_behind(building, inputs)
            if folder is None:
                shutil.rmtree(building, ignore_errors=True)
                folder = building / _new_id()
                folder.mkdir(parents=True)
            try:
                yield folder
            except (KeyboardInterrupt, WorseError):
                if not has_checkpoint(folder, inputs):
                    shutil.rmtree(building, ignore_errors=True)
                raise
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
            shutil.rmtree(building, ignore_errors=True)


def _left_behind(building: Path, inputs: str) -> Path | None:
    """Return the folder that a rebuild from these inputs left, with all articles in it."""
    folders = list(building.iterdir()) if building.is_dir() else []
    return folders[0] if len(folders) == 1 and has_checkpoint(folders[0], inputs) else None


def publish(index: Path, built: Path) -> Path:
    """Make a finished generation the one that answers, and return where it lies. All or nothing, also on power loss."""
    _sync_tree(built)
    target = generation_folder(index, built.name)
    target.parent.mkdir(exist_ok=True)
    built.rename(target)
    _sync(target.parent)
    pointer = index / f"{_CURRENT}.new"
    pointer.write_text(f"{target.name}\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(index / _CURRENT)
    _sync(index)
    return target


def remove_old(index: Path, keep: int = KEPT) -> None:
    """Remove all generations but the last ``keep``, of which one answers."""
    current = current_id(index)
    folder = index / "generations"
    others = sorted(path.name for path in folder.iterdir() if path.name != current)
    for name in others[: len(others) - (keep - 1)]:
        shutil.rmtree(folder / name, ignore_errors=True)


@contextlib.contextmanager
def storage_errors(index: Path) -> Iterator[None]:
    """Translate what the operating system says of a full, read-only or missing disk."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            message, hint = f"no space left for the index in {index}", "free some, or build elsewhere with --index DIR"
        elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            message, hint = (
                f"cannot write to {error.filename or index}: {error.strerror}",
                "name another with --index DIR",
            )
        else:
            message, hint = f"cannot write the index in {index}: {error}", "name another with --index DIR"
        answers = "; the index that was there still answers" if _answers(index) else ""
        raise StorageError(f"{message}{answers}", hint) from error


def _answers(index: Path) -> bool:
    try:
        return bool(current_id(index))
    except IndexUnavailableError:
        return False


@contextlib.contextmanager
def _lock(index: Path) -> Iterator[None]:
    lock = filelock.FileLock(index / _LOCK)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise IndexLockedError(
            f"{index} is being rebuilt by {_holder(index)}",
            "wait until it is done, or build elsewhere with --index DIR",
        ) from None
    try:
        _say_who(index)
        yield
    finally:
        (index / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _say_who(index: Path) -> None:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    holder = {"process": os.getpid(), "user": _user(), "host": socket.gethostname(), "since": started}
    (index / _HOLDER).write_text(json.dumps(holder), encoding="utf-8")


def _holder(index: Path) -> str:
    try:
        holder = json.loads((index / _HOLDER).read_text(encoding="utf-8"))
        return "process {process} of {user} on {host} since {since}".format(**holder)
    except (OSError, ValueError, KeyError):
        return "another process"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"


def _new_id() -> str:
    """Name a generation so that names sort by age."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(2)}"


def _sync_tree(folder: Path) -> None:
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
