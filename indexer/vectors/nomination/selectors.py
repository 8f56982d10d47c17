"""FAISS's form of sets of rows: a bit for each row of the index. That of a set which is asked for often is kept."""

import threading
from collections import OrderedDict
from typing import Any, Final

import faiss

from indexer.rows import RowSet

_KEPT: Final = 64 * 2**20
"""Bytes of the bits that are kept at most."""
_MOST: Final = 64
"""Sets at most."""


class Selectors:
    """Turns sets into selectors. It is safe to use from several threads."""

    def __init__(self, count: int) -> None:
        """Begin with none.

        Args:
            count: The number of rows of the index.
        """
        self._count = count
        self._most = min(_MOST, max(1, _KEPT // (count // 8 + 1)))
        self._kept: OrderedDict[int, tuple[RowSet, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, scope: RowSet) -> Any:
        """Return the selector of a set: the very same set again, such as a language's, costs nothing."""
        key = id(scope)  # stays the set's own as long as the set is kept beside its selector
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found[1]
        selector = faiss.IDSelectorBitmap(scope.bits(self._count))  # type: ignore[call-arg,arg-type]  # the wrapper takes the array alone
        with self._lock:
            self._kept[key] = scope, selector
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return selector
