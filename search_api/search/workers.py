"""Searches in processes of their own, as many at once as there are cores, for one service.

What threads of one process compute in Python, they compute one after the other. So the service takes requests, checks
them, admits them and counts them in one process, where all limits and metrics are true, and hands the searches to
others. Each maps the same files and follows the same index.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from indexer.errors import GoneError
from indexer.threads import THREADS
from search_api.answer import Answer, Hit
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.query import Listed, Query
from search_api.records.articles import ListedArticle, Listing, PassageInArticle, Stats, StoredArticle
from search_api.records.quotations import Verification
from search_api.search.live import LiveSearcher
from search_api.search.relevant import DEPTH
from search_api.search.searcher import IndexSearcher
from search_api.stages import Recorded, Stage, observing, ran

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

Asked = Literal["search", "similar"]
"""What is computed in another process: the methods of a searcher that rank."""
_log = logging.getLogger("dateline")


@dataclass(frozen=True, slots=True)
class Opening:
    """How an index is opened."""

    index: Path
    encoder: str = ""
    device: str = ""
    reranker: str = ""
    depth: int = DEPTH

    def live(self, *, compare_digests: bool = True) -> LiveSearcher:
        """Return a searcher that follows the index."""
        named = self.encoder, self.device, self.reranker, self.depth
        return LiveSearcher(self.index, *named, compare_digests=compare_digests)


class SearchWorkers:
    """Processes that search. It is safe to use from several threads.

    They begin behind the first answers, which are computed here. A process that ends, for whatever reason, costs no
    search: it is computed here, and new processes begin.
    """

    def __init__(self, opening: Opening, count: int) -> None:
        self._opening, self._count = opening, count
        self._pool: ProcessPoolExecutor | None = None
        self._ready: list[Future[None]] = []
        self._begun: SimpleQueue[int] | None = None
        """In which each process says that it has begun."""
        self._processes: set[int] = set()
        self._lock = threading.Lock()

    @property
    def processes(self) -> set[int]:
        """The ids of the processes that are ready; none before the first has answered."""
        with self._lock:
            while self._begun is not None and not self._begun.empty():
                self._processes.add(self._begun.get())
            return set(self._processes) if self._ready and self._ready[0].done() else set()

    def start(self) -> None:
        """Begin the processes, without waiting for them."""
        context = multiprocessing.get_context("spawn")
        with self._lock:
            self._begun, self._processes = context.SimpleQueue(), set()
            self._pool = ProcessPoolExecutor(self._count, context, _open, (self._opening, self._begun))
            self._ready = [self._pool.submit(_is_there) for _ in range(self._count)]

    def ask(self, generation: str, asked: Asked, *given: Any) -> Answer | None:
        """Return what a process answers from a generation; None where none can, so that it must be computed here.

        Raises:
            DatelineError: What the search raises.
        """
        with self._lock:
            pool = self._pool if self._ready and self._ready[0].done() else None
        if pool is None:
            return None
        try:
            future = pool.submit(_answer, generation, asked, given)
        except RuntimeError as error:  # the pool is broken, or is being ended
            self._begin_again(pool, error)
            return None
        try:
            answer, stages = future.result()
        except (BrokenProcessPool, CancelledError) as error:
            self._begin_again(pool, error)
            return None
        except GoneError:  # a process that follows the index more slowly, or has seen more of it
            return None
        ran(stages)
        return answer

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            pool, self._pool, self._ready = self._pool, None, []
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)

    def _begin_again(self, pool: ProcessPoolExecutor, error: Exception) -> None:
        """Replace processes, unless they could not even begin."""
        with self._lock:
            if self._pool is not pool or not self._ready:  # another thread has seen it, or the service ends
                return
            has_begun, self._ready = self._ready[0].exception() is None, []
        pool.shutdown(wait=False, cancel_futures=True)
        if has_begun:
            _log.error("a process that searches has ended, and is replaced: %s", error)
            self.start()
        else:
            _log.error("no process that searches could begin; the service searches by itself: %s", error)


class WorkersSearcher:
    """A searcher of one generation that has other processes rank."""

    def __init__(self, own: IndexSearcher, workers: SearchWorkers) -> None:
        self._own, self._workers = own, workers
        self._generation = own.generation.manifest.generation

    def search(self, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer:
        found = self._workers.ask(self._generation, "search", query, deadline)
        return found or self._own.search(query, deadline)

    def similar(self, article_id: str, query: Query, deadline: Deadline = NO_DEADLINE) -> Answer:
        found = self._workers.ask(self._generation, "similar", article_id, query, deadline)
        return found or self._own.similar(article_id, query, deadline)

    def hits(self, query: Query) -> Iterator[Hit]:
        return self._own.hits(query)

    def list_articles(self, listed: Listed) -> Listing:
        return self._own.list_articles(listed)

    def listed(self, listed: Listed) -> Iterator[ListedArticle]:
        return self._own.listed(listed)

    def article(self, article_id: str) -> StoredArticle:
        return self._own.article(article_id)

    def passage(self, passage_id: str) -> PassageInArticle:
        return self._own.passage(passage_id)

    def relatives(self, article_id: str) -> list[str]:
        return self._own.relatives(article_id)

    def verify(self, quotation: str, article_id: str = "") -> Verification:
        return self._own.verify(quotation, article_id)

    def stats(self) -> Stats:
        return self._own.stats()


class WorkersSearchers:
    """Gives searchers that have other processes rank."""

    def __init__(self, live: LiveSearcher, workers: SearchWorkers) -> None:
        self._live, self.workers = live, workers

    @property
    def problem(self) -> str:
        return self._live.problem

    @property
    def checking(self) -> bool:
        return self._live.checking

    def current(self) -> WorkersSearcher:
        return WorkersSearcher(self._live.current(), self.workers)

    def at(self, generation: str) -> WorkersSearcher:
        return WorkersSearcher(self._live.at(generation), self.workers)


_live: LiveSearcher
"""In a process that searches: what follows the index."""


def _open(opening: Opening, begun: "SimpleQueue[int]") -> None:
    """Begin a process that searches. It ends with the service, and leaves signals to it, which first answers all."""
    global _live  # noqa: PLW0603  the one thing that such a process has
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ[THREADS] = "1"
    _live = opening.live(compare_digests=False)
    _live.current()
    begun.put(os.getpid())


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(0)


def _is_there() -> None:
    """Do nothing: a pool begins a process for each thing that it is asked for while none is idle."""


def _answer(generation: str, asked: Asked, given: tuple[Any, ...]) -> tuple[Answer, list[Stage]]:
    recorded = Recorded()
    with observing(recorded):
        answer: Answer = getattr(_live.at(generation), asked)(*given)
    return answer, recorded.stages
