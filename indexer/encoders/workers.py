"""Encode in several parallel processes, each with its own copy of a model."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from indexer.encoders.loading import load_model
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Vectors
from indexer.errors import EncoderError
from indexer.threads import compute_threads

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

    from sentence_transformers import SentenceTransformer


class Workers:
    """A pool of processes that start with the first ``encode`` and end with this object or with the parent process.

    The pool of sentence-transformers is not used, for two reasons. It passes the model through shared memory, of which
    containers have only 64 MB by default. And its processes survive when the parent is killed.
    """

    def __init__(self, name: str, options: EncoderOptions, commit: str | None, devices: Sequence[str]) -> None:
        """Prepare one process for each device. Processes on the CPU share its cores equally."""
        context = multiprocessing.get_context("spawn")  # torch hangs in forked processes
        places = context.SimpleQueue()
        for device in devices:
            places.put(device)
        threads = max(1, compute_threads() // len(devices))
        self._pool = ProcessPoolExecutor(
            len(devices), context, initializer=_start, initargs=(name, options, commit, places, threads)
        )

    def encode(self, batches: Sequence[list[str]], prompt: str) -> Iterator[Vectors]:
        """Yield the vectors of each batch, in order.

        Raises:
            EncoderError: A process of the pool died.
        """
        try:
            yield from self._pool.map(_encode, batches, repeat(prompt))
        except BrokenProcessPool as error:
            raise EncoderError(
                "a process that encodes died: it was killed, memory ran out, or it could not start",
                "use fewer --processes or a smaller --batch-size; in a script of your own, start the build below"
                " if __name__ == '__main__'",
            ) from error


def encode_batch(model: "SentenceTransformer", texts: list[str], prompt: str) -> Vectors:
    """Return the model's vectors of texts that form one batch, shape (n, dim)."""
    vectors = model.encode(texts, prompt=prompt, batch_size=len(texts), convert_to_numpy=True, show_progress_bar=False)
    return np.ascontiguousarray(vectors, dtype=np.float32)


class _Worker:
    """The state of a process in the pool."""

    model: ClassVar["SentenceTransformer"]


def _start(name: str, options: EncoderOptions, commit: str | None, places: "SimpleQueue[str]", threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Worker.model = load_model(name, replace(options, device=places.get()), threads, commit)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _encode(texts: list[str], prompt: str) -> Vectors:
    return encode_batch(_Worker.model, texts, prompt)
