"""What language a text is in also shows in its vector: this takes that out, so that languages can be compared.

Per-language centring as for multilingual retrieval in Libovický, Rosa and Fraser 2020
(https://aclanthology.org/2020.findings-emnlp.150), with means that shrink towards the corpus's where a language has few
passages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors

SHRINK = 20
"""So many passages as the whole corpus has on average are added to those of each language."""
_AT_ONCE = 8192
_SAMPLE = 400
_ONE_BELOW = 0.1587
"""The share of a normal distribution that lies more than one standard deviation below its middle."""


@dataclass(frozen=True, slots=True)
class Centring:
    """What to subtract from the vectors of each language; languages are numbered."""

    offsets: Vectors
    """Shape (languages, dim): the language's mean less the mean of all languages' means."""

    @classmethod
    def of(cls, vectors: Vectors, languages: NDArray[np.int64], count: int) -> "Centring":
        """Find the offsets of ``count`` languages from vectors of shape (n, dim) and the language of each."""
        sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
        for rows in blocks(len(vectors)):
            add_by_group(sums, languages[rows], vectors[rows])
        passages = np.bincount(languages, minlength=count)[:, None]
        means = (sums + SHRINK * sums.sum(axis=0) / max(len(vectors), 1)) / (passages + SHRINK)
        return cls((means - means.mean(axis=0)).astype(np.float32))

    def centre(self, vectors: Vectors, languages: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.float32]]:
        """Return vectors less their language's offset, of unit length, and the lengths they had."""
        shifted = vectors - self.offsets[languages]
        norms = np.maximum(np.linalg.norm(shifted, axis=1), np.finfo(np.float32).tiny).astype(np.float32)
        return shifted / norms[:, None], norms


def add_by_group(sums: NDArray[np.float64], groups: NDArray[np.int64], vectors: Vectors) -> None:
    """Add each vector, shape (n, dim), to the sum of its group."""
    for group in np.unique(groups).tolist():
        sums[group] += vectors[groups == group].sum(axis=0, dtype=np.float64)


def blocks(count: int) -> Iterator[slice]:
    """Yield slices that cover ``count`` rows, each small enough for memory."""
    for start in range(0, count, _AT_ONCE):
        yield slice(start, min(start + _AT_ONCE, count))


def whole_blocks(groups: NDArray[np.int64]) -> Iterator[slice]:
    """Yield such slices that no group of neighbours with the same number is in two of them."""
    start = 0
    while start < groups.size:
        last = min(start + _AT_ONCE, groups.size) - 1
        end = int(np.searchsorted(groups, groups[last], "right"))
        yield slice(start, end)
        start = end


def sample(count: int) -> NDArray[np.int64]:
    """Return the places of enough of ``count`` things to tell what all are like; always the same."""
    return np.random.default_rng(0).permutation(count)[:_SAMPLE]


def chance(vectors: Vectors, articles: NDArray[np.int64]) -> float:
    """Return the standard deviation of the similarity of passages that have nothing to do with each other.

    It is told by the lower half: among the upper are articles about one story.

    Args:
        vectors: Passages of one language, shape (n, dim).
        articles: The article of each.
    """
    similarity = vectors @ vectors.T
    strangers = similarity[articles[:, None] != articles[None, :]]
    return float(np.subtract(*np.quantile(strangers, (0.5, _ONE_BELOW)))) if strangers.size > 1 else 0.0


def self_retrieval(halves: Sequence[tuple[Vectors, Vectors]]) -> float:
    """Return how far above chance two halves of one article find each other, in standard deviations of chance.

    Args:
        halves: The passages of each article in two parts, each of shape (n, dim), the language's mean subtracted.
    """
    first, second = (_units([half[part].sum(axis=0) for half in halves]) for part in (0, 1))
    similarity = first @ second.T
    others = similarity[~np.eye(len(halves), dtype=bool)]
    return float((np.diag(similarity).mean() - others.mean()) / max(float(others.std()), 1e-9))


def _units(vectors: Sequence[Vectors]) -> Vectors:
    stacked = np.stack(vectors)
    units: Vectors = stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)
    return units
