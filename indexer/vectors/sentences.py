"""The sentences that get a vector of their own, and their texts.

A passage of one sentence has none: its vector is the passage's. Sentences of a few letters say too little.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.storage.tables import SentenceSpans, Tables

MIN_BYTES: Final = 12
"""Shorter sentences, in bytes of UTF-8, get no vector: "Ja." and "Foto: AFP"."""
_MAX_BYTES_A_CHARACTER = 4


class SentenceBatch(NamedTuple):
    """Sentences of neighbouring passages; one entry a sentence in each field."""

    texts: list[str]
    rows: NDArray[np.int64]
    """The passage that the sentence is of."""
    ordinals: NDArray[np.int64]
    """Which sentence of its passage it is, counting all of them from 0."""


class Sentences:
    """The sentences of a generation's passages that get a vector, in the order of the passages."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        counts = [np.zeros(0, np.int64)]
        counts += [np.bincount(spans.owners[_chosen(spans)], minlength=len(spans.texts)) for spans in self._spans()]
        self.first: NDArray[np.int64] = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
        """Shape (passages + 1,): the sentences of passage ``i`` are ``first[i]`` to ``first[i + 1] - 1``."""

    def __len__(self) -> int:
        return int(self.first[-1])

    def batches(self, size: int) -> Iterator[SentenceBatch]:
        """Yield all sentences in batches that end with the passage in which ``size`` sentences are reached."""
        texts: list[str] = []
        rows: list[int] = []
        ordinals: list[int] = []
        row = 0
        for spans in self._spans():
            chosen = np.flatnonzero(_chosen(spans))
            ends = np.searchsorted(spans.owners[chosen], np.arange(len(spans.texts)), "right").tolist()
            columns = (spans.ordinals[chosen].tolist(), spans.starts[chosen].tolist(), spans.ends[chosen].tolist())
            cells, begin = list(zip(*columns, strict=True)), 0
            for text, end in zip(spans.texts.to_pylist(), ends, strict=True):
                for ordinal, first, after in cells[begin:end]:
                    texts.append(text[first:after])
                    rows.append(row)
                    ordinals.append(ordinal)
                begin, row = end, row + 1
                if len(texts) >= size:
                    yield _batch(texts, rows, ordinals)
                    texts, rows, ordinals = [], [], []
        if texts:
            yield _batch(texts, rows, ordinals)

    def _spans(self) -> Iterator[SentenceSpans]:
        return self._tables.sentence_spans()


def _chosen(spans: SentenceSpans) -> NDArray[np.bool_]:
    """Tell which sentences get a vector. Only those whose length in bytes is in doubt are looked at."""
    characters = spans.ends - spans.starts
    chosen: NDArray[np.bool_] = characters >= MIN_BYTES
    in_doubt = ~chosen & (_MAX_BYTES_A_CHARACTER * characters >= MIN_BYTES)
    several = np.bincount(spans.owners, minlength=len(spans.texts)) > 1
    in_doubt &= several[spans.owners]
    for place in np.flatnonzero(in_doubt).tolist():
        text = spans.texts[int(spans.owners[place])].as_py()
        chosen[place] = len(text[spans.starts[place] : spans.ends[place]].encode()) >= MIN_BYTES
    return chosen & several[spans.owners]


def _batch(texts: list[str], rows: list[int], ordinals: list[int]) -> SentenceBatch:
    return SentenceBatch(texts, np.array(rows, np.int64), np.array(ordinals, np.int64))
