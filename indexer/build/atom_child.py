"""The process that writes what is made of atoms, so that the build meanwhile goes on to cut articles.

    python -m indexer.build.atom_child

Its orders come through standard input, in batches: each is marshalled and has its length in front. It says on standard
output when the sketches, and then when all files are written, or which error ended it. It ends when the build does.
"""

import marshal
import os
import pickle
import queue
import struct
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from indexer.build.atom_writer import AtomPaths, AtomWriter
from indexer.keywords.pair import KeywordPaths
from indexer.text.atoms import AtomColumns

OUT_OF_MEMORY: Final = 77
"""The exit code of this process when it has no memory left even to say so."""
_BATCHES_AHEAD = 32
"""Batches that are received while an earlier one is written."""
_LENGTH = struct.Struct("<Q")

Batch = list[tuple[Any, ...]]
"""Orders, each the name of a method of ``AtomWriter`` and what it is called with."""


def send_batch(pipe: IO[bytes], batch: Batch) -> None:
    """Write orders into the pipe to this process."""
    message = marshal.dumps(batch)
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


class _Orders:
    """The orders of the build, read ahead by a thread that ends this process when the build ends."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[bytes] = queue.Queue(_BATCHES_AHEAD)
        threading.Thread(target=self._receive, daemon=True).start()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while True:
            yield from marshal.loads(self._waiting.get())  # noqa: S302  it comes from our own process

    def _receive(self) -> None:
        try:
            while length := self._read(_LENGTH.size):
                self._waiting.put(self._read(*_LENGTH.unpack(length)))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)

    def _read(self, size: int) -> bytes:
        """Return so many bytes; if the build ends before it has sent them, this process ends too."""
        content = self._pipe.read(size)
        if len(content) < size:
            os._exit(0)
        return content


def main() -> None:
    """Write what the build orders, and say how it ended."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        for answer in _answers(iter(_Orders(os.fdopen(0, "rb", closefd=False)))):
            answers.write(pickle.dumps(answer))
            answers.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BrokenPipeError:  # the build has ended
        pass
    os._exit(0)


def _answers(orders: Iterator[tuple[Any, ...]]) -> Iterator[Exception | None]:
    """Follow the orders. Yield None for the sketches and for all files, or the error that ended it."""
    try:
        _, paths, run, before = next(orders)
        writer = AtomWriter(_paths(paths), run, _paths(before) if before else None)
        for name, *given in orders:
            if name == "add":
                title, passages, language, own = given
                writer.add(title, [AtomColumns(*columns) for columns in passages], language, own)
            elif name == "carry":
                writer.carry(*given)
            elif name == "save_sketches":
                writer.save_sketches()
                yield None
            else:
                writer.close()
                yield None
                return
    except MemoryError:
        raise
    except Exception as error:
        error.add_note(traceback.format_exc())
        yield error


def names_of(paths: AtomPaths) -> list[str]:
    """Return paths as names, which can be marshalled."""
    return [str(paths.sketches), *map(str, paths.keywords)]


def _paths(names: Sequence[str]) -> AtomPaths:
    sketches, *keywords = map(Path, names)
    return AtomPaths(sketches, KeywordPaths(*keywords))


if __name__ == "__main__":
    main()
