"""The signals file of a generation: what the ranking reads in addition to passage vectors and keywords.

It is one memory-mapped file that holds sentence vectors, article vectors and the offset of each language. Sentence and
article vectors are centred (see ``centring``) and quantised to one byte a dimension.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError
from indexer.storage.arrays import open_arrays, spread
from indexer.vectors.centring import Centring
from indexer.vectors.quantised import Quantised

KIND, VERSION = "dateline signals", 1
LAYOUT = {
    "offsets": ("<f4", "languages", True),
    "means": ("<f4", "languages", True),
    "norms": ("<f4", "passages", False),
    "article_codes": ("|i1", "articles", True),
    "article_steps": ("<f4", "articles", False),
    "sentence_codes": ("|i1", "sentences", True),
    "sentence_steps": ("<f4", "sentences", False),
    "sentence_ordinals": ("<u2", "sentences", False),
}
"""For each array: its dtype, what its rows stand for, and whether a row is a vector.

The file also has ``first_sentence``, with one entry for each passage and one more: the first sentence row of each.
"""


class Signals:
    """The signals of a generation, read-only."""

    def __init__(self, path: Path) -> None:
        facts, arrays = open_arrays(path, KIND, VERSION)
        try:
            self.languages: tuple[str, ...] = tuple(facts["languages"])
            self.passages, self.articles = int(facts["passages"]), int(facts["articles"])
            self.dim = int(facts["dim"])
            shaped = {
                name: arrays[name].reshape(-1, self.dim) if vector else arrays[name]
                for name, (_, _, vector) in LAYOUT.items()
            }
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorruptError(f"{path} is damaged: {error}", "run rebuild-index") from error
        self.centring = Centring(shaped["offsets"])
        self.means: NDArray[np.float32] = shaped["means"]
        """Shape (languages, dim): the mean of each language's centred passage vectors, shrunk as its offset is."""
        self.norms: NDArray[np.float32] = shaped["norms"]
        """Shape (passages,): the length of each passage's vector minus its language's offset."""
        self.article_vectors = Quantised(shaped["article_codes"], shaped["article_steps"])
        """The mean of each article's centred passage vectors, at unit length."""
        self._sentences = Quantised(shaped["sentence_codes"], shaped["sentence_steps"])
        self._ordinals: NDArray[np.uint16] = shaped["sentence_ordinals"]
        self._first: NDArray[np.int64] = arrays["first_sentence"]

    def best_sentences(
        self, rows: NDArray[np.int64], query: NDArray[np.float32], otherwise: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the similarity of each passage's best sentence to a query, and the ordinal of this sentence.

        Both results have shape (n,). Passages of a single sentence have no sentence vectors: their similarity is taken
        from ``otherwise``, and their ordinal is 0.

        Args:
            rows: Rows of passages, shape (n,).
            query: The centred query vector, shape (dim,).
            otherwise: The similarity of each passage as a whole, shape (n,).
        """
        first, counts = self._first[rows], self._first[rows + 1] - self._first[rows]
        scores, best = otherwise.copy(), np.zeros(len(rows), np.int64)
        several = np.flatnonzero(counts)
        if several.size:
            places = spread(first[several], counts[several])
            similar = self._sentences.dot(places, query)
            begins = np.cumsum(counts[several]) - counts[several]
            scores[several] = np.maximum.reduceat(similar, begins)
            owner = np.repeat(np.arange(several.size), counts[several])
            top = np.flatnonzero(similar == scores[several][owner])[::-1]
            best[several[owner[top]]] = self._ordinals[places[top]]  # reversed, so the first of equals wins
        return scores, best
