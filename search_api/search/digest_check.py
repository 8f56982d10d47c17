"""Compares the digests of a large generation's files while it answers already."""

import contextlib
import logging
import os
import threading

from indexer.errors import IndexCorruptError
from indexer.generations.checking import check_files
from indexer.generations.generation import Generation

_log = logging.getLogger("dateline")
_PRIORITY = 19
"""The lowest: searches come first."""


class DigestCheck:
    """Checks one generation after the other, in a thread of its own. It is safe to use from several threads."""

    def __init__(self, wanted: bool = True) -> None:
        self._wanted = wanted
        self._thread: threading.Thread | None = None
        self._damaged: dict[str, IndexCorruptError] = {}
        """What was found to be wrong, by the generation."""

    @property
    def running(self) -> bool:
        """Whether a generation is still being checked."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, generation: Generation) -> None:
        """Check a generation, unless that was done when it was opened."""
        if self._wanted and not generation.is_checked:
            self._thread = threading.Thread(target=self._check, args=(generation,), name="digests", daemon=True)
            self._thread.start()

    def refuse(self, generation: Generation) -> None:
        """Refuse a generation that was found to be damaged.

        Raises:
            IndexCorruptError: One of its files is not what the manifest says.
        """
        if error := self._damaged.get(generation.manifest.generation):
            raise IndexCorruptError(error.message, error.hint)

    def _check(self, generation: Generation) -> None:
        with contextlib.suppress(OSError, AttributeError):  # threads have a priority of their own on Linux alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)  # that of those it starts, too
        try:
            check_files(generation.manifest, generation.folder)
        except IndexCorruptError as error:
            if generation.folder.exists():  # and was not replaced and removed meanwhile
                self._damaged[generation.manifest.generation] = error
                _log.error("the generation that answers is damaged: %s", error)
