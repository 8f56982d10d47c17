"""The rows of a keyword index that hold each of many words, which are looked up together."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords import terms
from indexer.keywords.index import KeywordIndex
from indexer.text.atoms import find_atoms

_NOWHERE: Final = (0, 0)

Rows = NDArray[np.int64]


class WordRows:
    """Words of a keyword index. To look them up together takes a fifth of the time that it takes one by one."""

    def __init__(self, words: Iterable[str], index: KeywordIndex) -> None:
        """Look words up; their rows are read only when they are asked for.

        Args:
            words: Words, or names in a script that is written without spaces.
            index: The keyword index.
        """
        self._index = index
        self._atoms = {word: find_atoms(word) for word in words}
        names = {
            word: atoms[0].text
            for word, atoms in self._atoms.items()
            if len(atoms) == 1 and terms.is_word(atoms[0]) and not atoms[0].others
        }
        self._postings = dict(zip(names, _postings(list(names.values()), index), strict=True))
        """Where the posting lists of terms begin and end; those of a term in all languages follow one another."""

    def __getitem__(self, word: str) -> Rows:
        """Return the rows that hold a word, ascending; the same as ``KeywordIndex.rows_holding``."""
        if word not in self._postings:
            return self._index.rows_holding(self._atoms[word])
        first, after = self._postings[word]
        rows = self._index.arrays["rows"][first:after].astype(np.int64)
        rows.sort(kind="stable")  # the rows of each language are in order already, so this is quick
        return rows


def _postings(names: list[str], index: KeywordIndex) -> list[tuple[int, int]]:
    """Return where the postings of each term begin and end."""
    hashes, first_entry = index.arrays["hashes"], index.arrays["first_entry"]
    wanted = terms.hashes_of(names)
    if not hashes.size:
        return [_NOWHERE] * len(names)
    places = np.minimum(np.searchsorted(hashes, wanted), hashes.size - 1)
    bounds = index.arrays["first_posting"][first_entry[[places, places + 1]]]
    bounds[:, hashes[places] != wanted] = 0
    return list(zip(*bounds.tolist(), strict=True))
