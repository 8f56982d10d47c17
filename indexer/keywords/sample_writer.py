"""Write the sample of each language that has very many passages; see ``indexer.keywords.sample``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.keywords.index import KeywordIndex
from indexer.keywords.placement import Placement
from indexer.keywords.postings import kept_postings
from indexer.keywords.sample import KIND, PARTS, VERSION, Sampled, layout_of, names_of
from indexer.rows import RowSet
from indexer.storage.arrays import Arrays, create_arrays

_Ints = NDArray[np.int64]
_GOLDEN: Final = 0.6180339887498949
"""Multiples of it, less the whole numbers, are spread evenly between 0 and 1 without a period."""
_AT_ONCE: Final = 2**22
"""About how many postings are in memory at a time."""


@dataclass(frozen=True, slots=True)
class SampleSizes:
    """How many passages are sampled."""

    known: int = 10_000
    """Of a language that the encoder knows: there the spread of the scores is mostly that of the vectors."""
    unknown: int = 50_000
    """Of another one."""
    least_fit: float = 0.9
    """How well the encoder must know a language, 0 to 1."""
    times: int = 2
    """A language that has not this many times as many passages is not sampled: all of them are looked up."""
    corpus: int = 2**18
    """Nor is one of a corpus of fewer passages, whose scores are added up."""

    def of(self, passages: int, fit: float) -> int:
        """Return how many passages of a language are sampled, 0 if it has too few."""
        size = self.known if fit >= self.least_fit else self.unknown
        return size if passages > self.times * size else 0


DEFAULT: Final = SampleSizes()


@dataclass(frozen=True, slots=True)
class _Part:
    """The passages, or the articles, whose postings the sample holds."""

    name: str
    index: KeywordIndex
    row_of: _Ints
    """The place of each row of the index in the sample of its language, -1 for rows that are in none."""
    numbers: _Ints
    """The number of each of the index's languages among those that are sampled."""

    def postings(self) -> Iterator[tuple[NDArray[np.generic], ...]]:
        """Yield hash, language and number of postings of consecutive keys, and row and weight of each posting."""
        arrays = self.index.arrays
        for kept in kept_postings(arrays, self.row_of, _AT_ONCE):
            languages = self.numbers[arrays["languages"][kept.keys]]
            yield (
                arrays["hashes"][kept.entries],
                languages,
                kept.postings,
                kept.rows,
                arrays["weights"][kept.some][kept.mask],
            )

    def layout(self) -> dict[str, tuple[str, int]]:
        """Return the dtype and length of the part's arrays."""
        sizes = [(postings.size, rows.size) for _, _, postings, rows, _ in self.postings()]
        return layout_of(self.name, sum(keys for keys, _ in sizes), sum(postings for _, postings in sizes))

    def write(self, arrays: Arrays) -> None:
        """Fill the part's arrays."""
        hashes_to, languages_to, first_to, rows_to, weights_to = (arrays[name] for name in names_of(self.name))
        key = posting = 0
        for hashes, languages, postings, rows, weights in self.postings():
            keys, some = slice(key, key + hashes.size), slice(posting, posting + rows.size)
            hashes_to[keys], languages_to[keys] = hashes, languages
            first_to[keys] = posting + np.cumsum(postings) - postings
            rows_to[some], weights_to[some] = rows, weights
            key, posting = keys.stop, some.stop
        first_to[-1] = posting


def write_sample(
    path: Path,
    indexes: tuple[KeywordIndex, KeywordIndex],
    placement: Placement,
    spoken: Mapping[str, RowSet],
    fits: Mapping[str, float],
    sizes: SampleSizes = DEFAULT,
) -> None:
    """Write the samples of a generation.

    Args:
        path: The file.
        indexes: The keyword indexes of the passages and of the articles.
        placement: How they belong together.
        spoken: The passages in each language.
        fits: How well the encoder knows each language, 0 to 1.
        sizes: How many passages are sampled.

    Raises:
        OSError: The disk did not take it.
    """
    corpus = placement.article_of.size
    chosen = {language: _sample(rows, corpus, fits.get(language, 0.0), sizes) for language, rows in spoken.items()}
    samples = {language: Sampled.of(rows, placement) for language, rows in chosen.items() if rows.size}
    parts = _parts(samples, indexes, placement, spoken)
    facts = {"languages": {language: (len(spoken[language]), each.rows.size) for language, each in samples.items()}}
    layout = {"sample": ("<u4", sum(each.rows.size for each in samples.values()))}
    arrays = create_arrays(path, KIND, VERSION, facts, layout | parts[0].layout() | parts[1].layout())
    arrays["sample"][:] = np.concatenate([np.empty(0, np.int64), *(each.rows for each in samples.values())])
    for part in parts:
        part.write(arrays)


def _parts(
    samples: Mapping[str, Sampled],
    indexes: tuple[KeywordIndex, KeywordIndex],
    placement: Placement,
    spoken: Mapping[str, RowSet],
) -> list[_Part]:
    """Return the passages and the articles of the samples.

    Each counts in the sample of its own language alone: it has no postings in another.
    """
    row_of = [np.full(index.count, -1, np.int64) for index in indexes]
    for language, each in samples.items():
        own = np.flatnonzero(spoken[language].holds(each.passages))
        row_of[0][each.passages[own]] = own
        own = np.unique(each.article[placement.home.holds(each.rows)])
        row_of[1][each.articles[own]] = own
    numbers = {language: number for number, language in enumerate(samples)}
    return [
        _Part(name, index, rows, np.array([numbers.get(tag, 0) for tag in index.languages], np.int64))
        for name, index, rows in zip(PARTS, indexes, row_of, strict=True)
    ]


def _sample(spoken: RowSet, corpus: int, fit: float, sizes: SampleSizes) -> _Ints:
    """Return passages spread evenly over those of a language, ascending: always the same ones."""
    size = sizes.of(len(spoken), fit) if corpus >= sizes.corpus else 0
    if not size:
        return np.empty(0, np.int64)
    numbers = np.arange(size)
    places = (numbers + (numbers * _GOLDEN) % 1) * (len(spoken) / size)
    return spoken.rows()[places.astype(np.int64)]
