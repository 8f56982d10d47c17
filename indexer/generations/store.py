"""The generations of an index: built aside, published by one atomic rename, opened after every check."""

import contextlib
import errno
import getpass
import json
import os
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import filelock

from indexer.errors import (
    DatelineError,
    IndexCorruptError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    StorageError,
)
from indexer.generations.checkpoint import has_checkpoint, sync
from indexer.generations.generation import Generation, open_generation
from indexer.generations.layout import IndexLayout

GENERATIONS_KEPT = 2
"""The one that answers and the one before, which a running server may still have open."""
_POINTER = re.compile(rb"(?P<id>[0-9A-Za-z][0-9A-Za-z._-]*)(?:\r?\n)?")
_LONGEST_POINTER = 200


def current_id(index: Path) -> str:
    """Return the id of the generation that answers.

    Raises:
        IndexMissingError: Nothing was built here.
        IndexCorruptError: Something was, but what names it is damaged.
    """
    current = IndexLayout(index).current
    if not (current.exists() or current.is_symlink()):
        raise IndexMissingError(f"there is no index in {index}", "run rebuild-index, or name another with --index")
    try:
        if not current.is_file():
            raise IndexCorruptError(f"{current} is damaged: it is no file", "run rebuild-index")
        with current.open("rb") as file:
            content = file.read(_LONGEST_POINTER)
    except OSError as error:
        raise IndexCorruptError(f"cannot read {current}: {error.strerror}", "run rebuild-index") from error
    named = _POINTER.fullmatch(content)
    if not named:
        shown = content[:60].decode("utf-8", "backslashreplace")
        raise IndexCorruptError(f"{current} is damaged: it names no generation: {shown!r}", "run rebuild-index")
    return named["id"].decode()


def open_current(index: Path) -> Generation:
    """Open the generation that answers, after checking format, sizes, digests and counts.

    A rebuild may publish another generation and remove this one while it is being opened; then the new one is opened.

    Raises:
        IndexUnavailableError: There is none, or it must not be used.
    """
    while True:
        generation = current_id(index)
        folder = generation_folder(index, generation)
        try:
            return open_generation(folder)
        except IndexCorruptError as error:
            if current_id(index) != generation:
                continue
            if not folder.exists():
                named = f"{IndexLayout(index).current} names the generation {generation[:60]!r}, which is not there"
                raise IndexCorruptError(named, "run rebuild-index") from error
            raise


def generation_folder(index: Path, generation: str) -> Path:
    """Return where a generation lies."""
    return IndexLayout(index).generations / generation


@contextlib.contextmanager
def build_folder(index: Path, fingerprint: str = "") -> Iterator[Path]:
    """Hold the index for one rebuild and yield the folder to build in, named by the new generation's id.

    Afterwards the folder is removed, unless the rebuild failed behind its checkpoint: then the next rebuild from the
    same sources is given the folder again, whether this one was killed or ended with an error of its own.

    Args:
        index: Folder of the index.
        fingerprint: The digest of what is built from; empty where that is not known before it is read.

    Raises:
        IndexLockedError: Another rebuild holds the index; the message says who.
        StorageError: The disk is full or read-only.
    """
    with storage_errors(index):
        index.mkdir(parents=True, exist_ok=True)
        with _lock(index):
            building = IndexLayout(index).building
            folder = _left_behind(building, fingerprint)
            if folder is None:
                shutil.rmtree(building, ignore_errors=True)
                folder = building / _new_id()
                folder.mkdir(parents=True)
            try:
                yield folder
            except BaseException as error:
                if not (_can_go_on(error) and has_checkpoint(folder, fingerprint)):
                    shutil.rmtree(building, ignore_errors=True)
                raise
            shutil.rmtree(building, ignore_errors=True)


def _can_go_on(error: BaseException) -> bool:
    """Tell whether what a rebuild had finished is worth keeping after an error.

    Not where the disk is full, nor where the files themselves may be what is wrong: the next rebuild would fail again.
    """
    if isinstance(error, StorageError | IndexUnavailableError):
        return False
    return isinstance(error, DatelineError | KeyboardInterrupt | MemoryError)


def _left_behind(building: Path, fingerprint: str) -> Path | None:
    """Return the folder that an unfinished rebuild from the same sources left behind its checkpoint."""
    folders = list(building.iterdir()) if building.is_dir() else []
    return folders[0] if len(folders) == 1 and has_checkpoint(folders[0], fingerprint) else None


def publish(index: Path, built: Path) -> Path:
    """Make a finished generation the one that answers, and return where it lies. All or nothing, also on power loss."""
    for path in (*built.iterdir(), built):
        sync(path)
    target = generation_folder(index, built.name)
    target.parent.mkdir(exist_ok=True)
    built.rename(target)
    sync(target.parent)
    current = IndexLayout(index).current
    pointer = current.with_suffix(".new")
    pointer.write_text(f"{target.name}\n", encoding="utf-8")
    sync(pointer)
    if current.is_dir() and not current.is_symlink():  # nothing else puts a folder there than damage
        shutil.rmtree(current)
    pointer.replace(current)
    sync(index)
    return target


def remove_old(index: Path, keep: int = GENERATIONS_KEPT) -> None:
    """Remove all generations but the last ``keep``, of which one answers."""
    current = current_id(index)
    folder = IndexLayout(index).generations
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
            message, hint = _full(index, error)
        elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            message, hint = (
                f"cannot write to {error.filename or index}: {error.strerror}",
                "name another with --index DIR",
            )
        else:
            message, hint = f"cannot write the index in {index}: {error}", "name another with --index DIR"
        answers = "; the index that was there still answers" if _answers(index) else ""
        raise StorageError(f"{message}{answers}", hint) from error


def _full(index: Path, error: OSError) -> tuple[str, str]:
    """Return which disk is full, and what to do: libraries write into the temporary folder, which may be on another."""
    folder = Path(os.environ.get("TMPDIR") or tempfile.gettempdir())
    place = next((each for each in (index.absolute(), *index.absolute().parents) if each.exists()), index)
    with contextlib.suppress(OSError):
        elsewhere = folder.stat().st_dev != place.stat().st_dev
        if error.filename is None and elsewhere and shutil.disk_usage(folder).free < shutil.disk_usage(place).free:
            return f"no space left in the temporary folder {folder}", "free some, or set TMPDIR to another folder"
    return f"no space left for the index in {index}", "free some, or build elsewhere with --index DIR"


def _answers(index: Path) -> bool:
    try:
        return bool(current_id(index))
    except IndexUnavailableError:
        return False


@contextlib.contextmanager
def _lock(index: Path) -> Iterator[None]:
    lock = filelock.FileLock(IndexLayout(index).lock)
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
        IndexLayout(index).lock_holder.unlink(missing_ok=True)
        lock.release()


def _say_who(index: Path) -> None:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    holder = {"process": os.getpid(), "user": _user(), "host": socket.gethostname(), "since": started}
    IndexLayout(index).lock_holder.write_text(json.dumps(holder), encoding="utf-8")


def _holder(index: Path) -> str:
    try:
        holder = json.loads(IndexLayout(index).lock_holder.read_text(encoding="utf-8"))
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
