"""The families of articles: those that tell one story in nearly the same words, such as copies of a wire report."""

import numpy as np
from numpy.typing import NDArray

from indexer.storage.columns import Columns
from search_api.ranking.arrays import Rows

LAST = np.datetime64("9999-12-31", "us")
"""Articles without a date are sorted as if they were of this one."""


class Families:
    """Looks up the members of families. It is safe to use from several threads."""

    def __init__(self, family_of: NDArray[np.int64], columns: Columns) -> None:
        self._family_of, self._columns = family_of, columns
        self._members = np.argsort(family_of, kind="stable")
        self._sorted = family_of[self._members]

    def members(self, article: int) -> Rows:
        """Return the articles in the family of an article, itself among them, ascending."""
        family = self._family_of[article]
        return self._members[slice(*np.searchsorted(self._sorted, [family, family + 1]).tolist())]

    def relatives(self, article: int) -> list[int]:
        """Return the other members of the family of an article, in the order in which they appeared."""
        members = self.members(article)
        members = members[members != article]
        when = self._columns.earliest[members]
        order = np.lexsort([self._columns.id_rank[members], np.where(np.isnat(when), LAST, when)])
        return list(map(int, members[order]))
