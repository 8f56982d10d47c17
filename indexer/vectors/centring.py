"""Remove the language component of vectors by centring, so that texts in different languages can be compared.

The vectors of each language are centred separately, as for multilingual retrieval in Libovický, Rosa and Fraser 2020
(https://aclanthology.org/2020.findings-emnlp.150). The mean of a language with few passages is shrunk towards the
corpus's mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors

SHRINK = 20
"""Shrinkage in passages: a language's mean is taken as if this many passages with the corpus's mean were added to its
own."""
_BLOCK = 8192
"""Rows processed at a time."""
_SAMPLE = 400
"""Size of a sample."""
_BELOW_ONE_SIGMA = 0.1587
"""Share of a normal distribution that lies more than one standard deviation below its mean."""


@dataclass(frozen=True, slots=True)
class Centring:
    """What is subtracted from the vectors of each language. Languages are given by number."""

    offsets: Vectors
    """Shape (languages, dim): each language's mean minus the mean of all languages' means."""

    @classmethod
    def of(cls, vectors: Vectors, languages: NDArray[np.int64], count: int) -> "Centring":
        """Compute the offsets of ``count`` languages from vectors, shape (n, dim), and their languages, shape (n,)."""
        sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
        for rows in blocks(len(vectors)):
            add_by_group(sums, languages[rows], vectors[rows])
        passages = np.bincount(languages, minlength=count)[:, None]
        means = (sums + SHRINK * sums.sum(axis=0) / max(len(vectors), 1)) / (passages + SHRINK)
        return cls((means - means.mean(axis=0)).astype(np.float32))

    def centre(self, vectors: Vectors, languages: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.float32]]:
        """Subtract each vector's language offset; return the results at unit length, and their lengths before that."""
        shifted = vectors - self.offsets[languages]
        norms = np.maximum(np.linalg.norm(shifted, axis=1), np.finfo(np.float32).tiny).astype(np.float32)
        return shifted / norms[:, None], norms


def add_by_group(sums: NDArray[np.float64], groups: NDArray[np.int64], vectors: Vectors) -> None:
    """Add each vector, shape (n, dim), to its group's row of ``sums``, in place."""
    for group in np.unique(groups).tolist():
        sums[group] += vectors[groups == group].sum(axis=0, dtype=np.float64)


def blocks(count: int) -> Iterator[slice]:
    """Yield slices that cover ``count`` rows, each of at most ``_BLOCK`` rows."""
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))


def whole_blocks(groups: NDArray[np.int64]) -> Iterator[slice]:
    """Yield slices that cover all rows without dividing a group.

    Args:
        groups: The group of each row, ascending, shape (n,).
    """
    start = 0
    while start < groups.size:
        last = min(start + _BLOCK, groups.size) - 1
        end = int(np.searchsorted(groups, groups[last], "right"))
        yield slice(start, end)
        start = end


def sample(count: int) -> NDArray[np.int64]:
    """Return the indices of a random sample of ``count`` items, the same in every call: at most ``_SAMPLE``."""
    return np.random.default_rng(0).permutation(count)[:_SAMPLE]


def chance(vectors: Vectors, articles: NDArray[np.int64]) -> float:
    """Return the standard deviation of the similarity of unrelated passages.

    It is estimated from the lower half of the distribution, because the upper half includes pairs of articles about
    the same story.

    Args:
        vectors: The vectors of passages in one language, shape (n, dim).
        articles: The article of each passage, shape (n,).
    """
    similarity = vectors @ vectors.T
    unrelated = similarity[articles[:, None] != articles[None, :]]
    return float(np.subtract(*np.quantile(unrelated, (0.5, _BELOW_ONE_SIGMA)))) if unrelated.size > 1 else 0.0


def self_retrieval(halves: Sequence[tuple[Vectors, Vectors]]) -> float:
    """Return how much more similar the two halves of one article are than halves of different articles.

    The difference of the mean similarities is given in standard deviations of the latter.

    Args:
        halves: For each article the vectors of its two halves, each of shape (n, dim), centred by language.
    """
    first, second = (_units([half[part].sum(axis=0) for half in halves]) for part in (0, 1))
    similarity = first @ second.T
    others = similarity[~np.eye(len(halves), dtype=bool)]
    return float((np.diag(similarity).mean() - others.mean()) / max(float(others.std()), 1e-9))


def _units(vectors: Sequence[Vectors]) -> Vectors:
    stacked = np.stack(vectors)
    units: Vectors = stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)
    return units
