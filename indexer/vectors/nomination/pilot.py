"""Try kinds of nomination index on a sample of a corpus, with headlines of the corpus as questions."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Vectors
from indexer.vectors.centring import blocks
from indexer.vectors.nomination.index import NominationIndex
from indexer.vectors.nomination.kinds import FLAT, Codes, IndexKind, Structure
from indexer.vectors.nomination.planner import Trial, Trials, lists_for
from indexer.vectors.nomination.recall import (
    ASKED,
    NEAREST,
    Questions,
    Scope,
    find_nearest,
    measure_recall,
    usual_scopes,
)
from indexer.vectors.nomination.writer import NominationWriter

SAMPLED: Final = 30_000
"""Passages of the sample."""
LEAST: Final = 2_000
"""Of fewer passages, and with fewer than ``LEAST_QUESTIONS``, a sample would tell nothing."""
LEAST_QUESTIONS: Final = 20
_LINKED: Final = 10_000
"""Passages that are linked on trial, which takes longest."""
_SMALLEST: Final = 1 / NEAREST
"""Of a sample that is smaller yet, no less can be looked for than the one nearest passage."""
_SHARES: Final = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)
_BREADTHS: Final = (128, 512)
_SCANNED: Final = (FLAT,)
_LISTED: Final = (IndexKind(Structure.IVF, Codes.RABITQ), IndexKind(Structure.IVF, Codes.SQ8))
_LINKS: Final = IndexKind(Structure.HNSW, Codes.SQ8, links=16, build_breadth=80)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some passages of a corpus: centred vectors, the languages of these, and which languages the encoder knows."""

    vectors: Vectors
    language_of: NDArray[np.int64]
    known: NDArray[np.bool_]

    def first(self, count: int) -> "Sample":
        """Return the first of the passages."""
        return Sample(self.vectors[:count], self.language_of[:count], self.known)

    def rows(self, rows: slice) -> Vectors:
        """Return the vectors in these rows."""
        return self.vectors[rows]

    def blocks(self) -> Iterator[slice]:
        """Yield slices that cover all rows."""
        return blocks(len(self.vectors))


def try_kinds(sample: Sample, questions: Questions, passages: int, source: str) -> Trials:
    """Build small indexes of each kind over a sample, and search them at several depths.

    Args:
        sample: At least ``LEAST`` passages in no order.
        questions: At least ``LEAST_QUESTIONS`` headlines.
        passages: How many the corpus has. A tenth of them has a tenth of what is near a question, right and wrong: of
            a sample as many fewer of the nearest are looked for, among as many fewer candidates, as it is smaller.
        source: What the sample is of, for people.
    """
    trials: list[Trial] = []
    for kind in (*_SCANNED, *_LISTED):
        trials += _try(_sized(kind, len(sample.vectors)), sample, questions, passages)
    return Trials(source, [*trials, *_try(_LINKS, sample.first(_LINKED), questions, passages)])


def _sized(kind: IndexKind, rows: int) -> IndexKind:
    return IndexKind(kind.structure, kind.codes, lists=lists_for(rows)) if kind.structure == Structure.IVF else kind


def _try(kind: IndexKind, sample: Sample, questions: Questions, passages: int) -> Iterator[Trial]:
    rows = len(sample.vectors)
    scopes = usual_scopes(sample.language_of, sample.known)
    smaller = min(1.0, max(_SMALLEST, rows / passages))
    nearest = find_nearest(sample, questions, scopes, max(1, round(NEAREST * smaller)))
    began = time.process_time()
    writer = NominationWriter(sample.vectors.shape[1], kind)
    writer.train(sample.vectors)
    writer.add(sample.vectors)
    took = time.process_time() - began
    k = max(2, round(ASKED * smaller))
    for share, depth in _depths(kind):
        index = writer.opened(depth, exact_up_to=0)
        recall, milliseconds = _over(index, questions, scopes, nearest, k)
        yield Trial(kind, rows, share, recall, milliseconds, took)


def _over(
    index: NominationIndex,
    questions: Questions,
    scopes: Sequence[Scope],
    nearest: dict[str, list[NDArray[np.int64]]],
    k: int,
) -> tuple[float, float]:
    """Return the mean recall over some scopes, and the mean of the median times."""
    found = [measure_recall(index, questions, scope, nearest[scope.name], k) for scope in scopes]
    return float(np.mean([each.found for each in found])), float(np.mean([each.milliseconds for each in found]))


def _depths(kind: IndexKind) -> list[tuple[float, int]]:
    """Return the depths that are tried: as the planner knows them, and as the index does."""
    if kind.structure == Structure.IVF:
        return [(share, max(1, round(share * kind.lists))) for share in _SHARES]
    return [(breadth, breadth) for breadth in _BREADTHS] if kind.structure == Structure.HNSW else [(1, 0)]
