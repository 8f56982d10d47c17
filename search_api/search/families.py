"""The families of articles: those that tell one story in nearly the same words, such as copies of a wire report."""

import numpy as np
from numpy.typing import NDArray

from search_api.ranking.arrays import Rows


class Families:
    """Looks up the members of families. It is safe to use from several threads."""

    def __init__(self, family_of: NDArray[np.int64]) -> None:
        self._family_of = family_of
        self._members = np.argsort(family_of, kind="stable")
        self._sorted = family_of[self._members]

    def members(self, article: int) -> Rows:
        """Return the articles in the family of an article, itself among them, ascending."""
        family = self._family_of[article]
        return self._members[slice(*np.searchsorted(self._sorted, [family, family + 1]).tolist())]
