"""A searcher that follows the index: after a rebuild has published a generation, the next query is answered from it."""

import logging
import threading
from pathlib import Path

from indexer.errors import DatelineError
from indexer.generations.store import current_id, open_current
from search_api.answer import Answer, Stats, StoredArticle
from search_api.query import Query
from search_api.search.searcher import IndexSearcher, open_encoder_of, open_searcher

_log = logging.getLogger("dateline")


class LiveSearcher:
    """Reads ``index/CURRENT`` before each answer, and opens a new generation when there is one.

    One thread opens it, while the others still answer from the old one. If it cannot be opened, this is logged, and the
    old one stays in use.
    """

    def __init__(self, index: Path, encoder: str = "", device: str = "", reranker: str = "") -> None:
        self._index, self._wanted, self._device, self._reranker = index, encoder, device, reranker
        self._searcher: IndexSearcher | None = None
        self._refused = ""
        self._opening = threading.Lock()

    def search(self, query: Query) -> Answer:
        return self.current().search(query)

    def article(self, article_id: str) -> StoredArticle:
        return self.current().article(article_id)

    def stats(self) -> Stats:
        return self.current().stats()

    def current(self) -> IndexSearcher:
        """Return the searcher of the current generation, or of the one before if the current one cannot be opened.

        Raises:
            DatelineError: No generation has been opened yet, and the current one cannot be.
        """
        searcher = self._searcher
        if searcher is None:
            with self._opening:
                if self._searcher is None:
                    self._searcher = open_searcher(self._index, self._wanted, self._device, self._reranker)
                return self._searcher
        if self._is_stale(searcher) and self._opening.acquire(blocking=False):
            try:
                searcher = self._searcher or searcher  # another thread may have opened it meanwhile
                if self._is_stale(searcher):
                    self._searcher = searcher = self._follow(searcher)
            finally:
                self._opening.release()
        return searcher

    def _is_stale(self, searcher: IndexSearcher) -> bool:
        try:
            return current_id(self._index) not in {searcher.generation.manifest.generation, self._refused}
        except DatelineError:  # the index was removed or damaged; the open generation stays in use
            return False

    def _follow(self, searcher: IndexSearcher) -> IndexSearcher:
        newer = ""
        try:
            newer = current_id(self._index)
            generation = open_current(self._index)
            encoder = searcher.encoder
            if generation.manifest.encoder.identity != encoder.identity:
                encoder = open_encoder_of(generation.manifest.encoder, self._wanted, self._device)
        except DatelineError as error:
            _log.error("generation %s is not used: %s", newer, error)
            self._refused = newer
            return searcher
        _log.info("generation %s answers now", generation.manifest.generation)
        return IndexSearcher(generation, encoder, searcher.reranker)
