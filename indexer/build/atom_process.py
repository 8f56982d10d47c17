"""The process that writes what is made of atoms, as the build sees it; see ``atom_child``."""

import contextlib
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import IO, Any, cast

from indexer.build.atom_child import OUT_OF_MEMORY, names_of, send_batch
from indexer.build.atom_writer import AtomPaths, AtomWriter
from indexer.children import start_child
from indexer.errors import DatelineError
from indexer.text.atoms import AtomColumns

LEAST_ARTICLES = 500
"""For fewer articles the process is not started: they are written in less time than it takes to start."""
_ATOMS_AT_ONCE = 2**14
_CARRIED_AT_ONCE = 2**10
"""Atoms, and articles carried over, that are sent together."""
Watch = Callable[[int], AbstractContextManager[None]]


class AtomProcess:
    """A ``AtomWriter`` in a process of its own. Its errors are raised here, by whichever call comes next."""

    def __init__(self, paths: AtomPaths, run: int, before: AtomPaths | None = None) -> None:
        """Start the process; see ``AtomWriter``."""
        # Ctrl-C is for the build, which ends this process.
        self._process = start_child("indexer.build.atom_child", process_group=0)
        self._orders, self._answers = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._batch: list[tuple[Any, ...]] = []
        self._weight = 0.0
        self._append(0, "open", names_of(paths), run, names_of(before) if before else None)

    @property
    def pid(self) -> int:
        return self._process.pid

    def add(self, title: str, passages: Sequence[AtomColumns], language: str, own: Sequence[str]) -> None:
        """Append an article; see ``AtomWriter.add``."""
        atoms = sum(len(passage.texts) for passage in passages)
        self._append(atoms / _ATOMS_AT_ONCE, "add", title, [tuple(passage) for passage in passages], language, [*own])

    def carry(self, article: int, first_passage: int, language: str, own: Sequence[str]) -> None:
        """Append an article unchanged from the earlier files; see ``AtomWriter.carry``."""
        self._append(1 / _CARRIED_AT_ONCE, "carry", article, first_passage, language, [*own])

    def save_sketches(self) -> None:
        """Wait until the sketches are written; the process then goes on with the keyword indexes.

        Raises:
            OSError: A file could not be written.
            DatelineError: The process has ended before.
        """
        self._append(0, "save_sketches")
        self._append(1, "close")
        self._raise_answer()

    def close(self) -> None:
        """Wait until the keyword indexes are written too; see ``save_sketches`` for errors."""
        self._raise_answer()

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._orders, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _append(self, weight: float, *order: Any) -> None:
        """Add an order to the batch, and send the batch once the weights of its orders add up to 1."""
        self._batch.append(order)
        self._weight += weight
        if self._weight < 1:
            return
        try:
            send_batch(self._orders, self._batch)
        except BrokenPipeError:
            self._raise_answer()
        self._batch, self._weight = [], 0.0

    def _raise_answer(self) -> None:
        """Raise the error with which the process has ended, if it did not write everything."""
        try:
            error = pickle.load(self._answers)  # noqa: S301  it comes from our own process
        except (EOFError, pickle.UnpicklingError):
            error = self._reason(self._process.wait())
        if error:
            raise error

    def _reason(self, code: int) -> Exception:
        if code == OUT_OF_MEMORY:
            return MemoryError("the process that writes sketches and keyword indexes ran out of memory")
        how = f"was ended by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"ended with exit code {code}"
        return DatelineError(
            f"the process that writes sketches and keyword indexes {how}",
            "run rebuild-index again; if the memory of the machine ran out, with a smaller --memory",
        )


@contextlib.contextmanager
def atom_writer(
    paths: AtomPaths, run: int, before: AtomPaths | None, articles: int, watch: Watch
) -> Iterator[AtomWriter | AtomProcess]:
    """Yield what writes the files of a build that are made of atoms, in a process of its own where that pays.

    Args:
        paths: The files to write.
        run: How many occurrences of terms may be in memory.
        before: Files from which articles can be carried over.
        articles: About how many articles there are to write.
        watch: Called with the id of the process, if one is started; it is left when the process has ended.
    """
    if articles < LEAST_ARTICLES:
        yield AtomWriter(paths, run, before)
        return
    try:
        process = AtomProcess(paths, run, before)
    except OSError:  # the system starts no more processes
        yield AtomWriter(paths, run, before)
        return
    try:
        with watch(process.pid):
            yield process
    finally:
        process.end()
