"""Finds near-identical passages among those of one ranking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from indexer.generations.generation import Generation
from indexer.keywords.terms import occurrences
from indexer.storage.columns import Columns
from indexer.text.atoms import find_atoms
from search_api.ranking.arrays import Rows

_ALIKE = 0.9
"""Cosine from which the words of two passages are compared."""
_SAME_WORDS = 0.8
"""Jaccard index of their words from which they are copies."""


class CopyFinder:
    """Compares passages of different articles in the same language. It is made for one ranking and one thread.

    Passages are named by their position among ``rows``.
    """

    def __init__(self, generation: Generation, columns: Columns, rows: Rows) -> None:
        self._rows, self._texts = rows.tolist(), generation.tables.passages.column("text")
        self._vectors = generation.vectors.rows(rows)
        self._articles, self._languages = columns.article_of[rows], columns.language_of[rows]
        self._words: dict[int, frozenset[str]] = {}

    def similar(self, block: range, kept: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Return, for positions in a block, the earlier positions whose vectors are similar, ascending.

        Args:
            block: Positions in a row.
            kept: Positions before the block with which it is compared, ascending; it is also compared with itself.
        """
        before = np.array(kept, np.int64)
        before = before[np.isin(self._languages[before], self._languages[block.start : block.stop])]
        against = np.concatenate([before, np.arange(block.start, block.stop)])
        cosine = self._vectors[block.start : block.stop] @ self._vectors[against].T
        found, place = np.nonzero(cosine >= _ALIKE)
        later, earlier = found + block.start, against[place]
        pairs = (earlier < later) & (self._languages[earlier] == self._languages[later])
        pairs &= self._articles[earlier] != self._articles[later]
        similar = defaultdict(list)
        for position, other in zip(later[pairs].tolist(), earlier[pairs].tolist(), strict=True):
            similar[position].append(other)
        return similar

    def have_same_words(self, some: int, other: int) -> bool:
        """Tell whether two passages have nearly the same words."""
        words, others = self._words_of(some), self._words_of(other)
        return len(words & others) / max(len(words | others), 1) >= _SAME_WORDS

    def _words_of(self, position: int) -> frozenset[str]:
        if position not in self._words:
            text = self._texts[self._rows[position]].as_py()
            self._words[position] = frozenset(found.term for found in occurrences(find_atoms(text)))
        return self._words[position]
