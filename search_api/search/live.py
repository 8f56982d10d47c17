"""A searcher that follows the index: after a rebuild has published a generation, the next query is answered from it."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import DatelineError, IndexCorruptError, IndexFormatError, IndexMissingError
from indexer.generations.checking import check_files
from indexer.generations.store import current_id, generation_folder, open_current
from indexer.generations.watch import Stamps, stamps_below
from search_api.search.digest_check import DigestCheck
from search_api.search.opening import open_encoder_of, open_searcher
from search_api.search.relevant import DEPTH
from search_api.search.searcher import IndexSearcher, gone

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("dateline")


class LiveSearcher:
    """Reads ``index/CURRENT`` before each answer, and opens a new generation when there is one.

    One thread opens it, while the others still answer from the old one. If it cannot be opened, this is logged, the
    old one stays in use, and the new one is tried again once its files have changed. A generation whose files somebody
    writes to while they are open does not answer, unless they turn out to hold the same as before. The digests of a
    large generation are compared while it answers already; if one is wrong, it answers no more.
    """

    def __init__(
        self,
        index: Path,
        encoder: str = "",
        device: str = "",
        reranker: str = "",
        depth: int = DEPTH,
        *,
        compare_digests: bool = True,
    ) -> None:
        """Name the index; nothing is opened before the first answer.

        Args:
            index: Folder of the index.
            encoder: Name of the encoder with which the index must have been built; empty: any.
            device: Device of the encoder and the reranker; empty: the best one available.
            reranker: Name or folder of a cross encoder; empty: none.
            depth: How many passages each way of searching looks at, at most, unless a query says otherwise.
            compare_digests: Whether the digests of a large generation are compared while it answers; not where another
                process does.
        """
        self._index, self._wanted, self._device, self._reranker, self._depth = index, encoder, device, reranker, depth
        self._searcher: IndexSearcher | None = None
        self._before: IndexSearcher | None = None
        """The searcher of the generation before: pages of it can still be asked for."""
        self._refused: tuple[object, DatelineError] | None = None
        """What was on disk when it could not be opened, and why it could not."""
        self._spoilt: tuple[Stamps, IndexCorruptError] | None = None
        """The stamps of open files that were found to be wrong, and what is wrong."""
        self._behind = DigestCheck(compare_digests)
        self._opening = threading.Lock()
        self.problem = ""
        """Why what is on disk is not what answers; empty while it is."""
        self.on_swap: Callable[[str], None] = lambda _: None
        """What is told whether a new generation was ``opened`` or ``refused``."""

    def current(self) -> IndexSearcher:
        """Return the searcher of the current generation, or of the one before if the current one cannot be opened.

        Raises:
            DatelineError: No generation has been opened yet, and the current one cannot be; or the files of the one
                that is open were damaged meanwhile.
        """
        searcher = self._searcher
        if searcher is None:
            return self._first()
        if self._is_stale(searcher) and self._opening.acquire(blocking=False):
            try:
                searcher = self._searcher or searcher  # another thread may have opened it meanwhile
                if self._is_stale(searcher):
                    newer = self._follow(searcher)
                    if newer is not searcher:
                        self._before, self._searcher = searcher, newer
                    searcher = newer
            finally:
                self._opening.release()
        self._refuse_spoilt(searcher)
        self._behind.refuse(searcher.generation)
        return searcher

    @property
    def checking(self) -> bool:
        """Whether the digests of the files that answer are still being compared."""
        return self._behind.running

    def _first(self) -> IndexSearcher:
        with self._opening:
            if self._searcher is None:
                found = self._on_disk()
                self._raise_refused(found)
                try:
                    self._searcher = open_searcher(self._index, self._wanted, self._device, self._reranker, self._depth)
                except (IndexCorruptError, IndexFormatError) as error:
                    self._refused = found, error
                    raise
                self._behind.start(self._searcher.generation)
            return self._searcher

    def at(self, generation: str) -> IndexSearcher:
        """Return the searcher of the current generation or of the one before.

        Raises:
            GoneError: The generation is neither.
            DatelineError: No generation has been opened yet, and the current one cannot be.
        """
        for searcher in (self.current(), self._before):
            if searcher and searcher.generation.manifest.generation == generation:
                return searcher
        raise gone(generation)

    def _is_stale(self, searcher: IndexSearcher) -> bool:
        """Return whether there is another generation to be tried; if nothing names one, note that."""
        try:
            newest = current_id(self._index)
        except DatelineError as error:  # the index was removed or damaged; the open generation stays in use
            self._note(str(error), is_damage=not isinstance(error, IndexMissingError))
            return False
        if newest == searcher.generation.manifest.generation:
            self.problem = ""
            return False
        return self._refused is None or self._refused[0] != self._on_disk()

    def _follow(self, searcher: IndexSearcher) -> IndexSearcher:
        newer, found = "", self._on_disk()
        try:
            newer = current_id(self._index)
            generation = open_current(self._index)
            encoder = searcher.encoder
            if generation.manifest.encoder.identity != encoder.identity:
                encoder = open_encoder_of(generation.manifest.encoder, self._wanted, self._device)
        except DatelineError as error:
            self._refused = found, error
            self._note(f"generation {newer} is not used: {error}", is_damage=True)
            self.on_swap("refused")
            return searcher
        _log.info("generation %s answers now", generation.manifest.generation)
        self._refused, self.problem = None, ""
        self._behind.start(generation)
        self.on_swap("opened")
        return IndexSearcher(generation, encoder, searcher.reranker, depth=self._depth)

    def _refuse_spoilt(self, searcher: IndexSearcher) -> None:
        """Refuse to answer from files that somebody has written to, unless they hold the same as before."""
        watch = searcher.generation.watch
        if not watch.written(watch.stamps()):
            return
        with self._opening:
            stamps = watch.stamps()
            if watch.written(stamps) and (self._spoilt is None or self._spoilt[0] != stamps):
                try:
                    check_files(searcher.generation.manifest, searcher.generation.folder)
                    watch.accept(stamps)
                except IndexCorruptError as error:
                    self._spoilt = stamps, error
                    _log.error("the generation that answers is damaged: %s", error)
            if watch.written(stamps) and self._spoilt:
                raise _again(self._spoilt[1])

    def _on_disk(self) -> object:
        """Return something that changes whenever what would be opened does."""
        try:
            newest = current_id(self._index)
        except DatelineError as error:
            return str(error)
        return newest, stamps_below(generation_folder(self._index, newest))

    def _raise_refused(self, found: object) -> None:
        if self._refused and self._refused[0] == found:
            raise _again(self._refused[1])

    def _note(self, problem: str, *, is_damage: bool) -> None:
        """Remember why what is on disk does not answer, and log each damage once."""
        if is_damage and problem != self.problem:
            _log.error(problem)
        self.problem = problem


def _again(error: DatelineError) -> DatelineError:
    """Return an error like one that was raised before, whose traceback does not grow with each time."""
    return type(error)(error.message, error.hint)
