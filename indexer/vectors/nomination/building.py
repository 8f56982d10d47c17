"""Build the nomination index of a generation in the making, and measure what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.centred import CentredVectors
from indexer.vectors.nomination.index import NominationIndex
from indexer.vectors.nomination.kinds import IndexKind, Structure
from indexer.vectors.nomination.recall import Nearest, Questions, Scope, measure_recall
from indexer.vectors.nomination.writer import NominationWriter, training_rows

FILTERS: Final = (1.0, 0.1, 0.01, 0.001)
"""Shares of the passages that pass the filters under which the recall is measured."""
_DEEPER: Final = 1.5
"""By how much the depth grows until the recall is reached."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an index reaches, measured on headlines by which its depth was not chosen."""

    depth: int
    questions: int
    recall: dict[str, float]
    """By scope: the share of the ten nearest passages that are nominated."""
    milliseconds: dict[str, float]
    """By scope: the median time of a search on one core."""


def fill(kind: IndexKind, vectors: CentredVectors) -> NominationWriter:
    """Return a writer to which all vectors were added."""
    writer = NominationWriter(vectors.dim, kind)
    if vectors.count:
        writer.train(vectors.rows(_training_rows(kind, vectors)))
    for rows in vectors.blocks():
        writer.add(vectors.rows(rows))
    return writer


def _training_rows(kind: IndexKind, vectors: CentredVectors) -> NDArray[np.int64] | slice:
    """Return the rows that an index is trained on. The mean of a flat one is that of the first block."""
    return next(vectors.blocks()) if kind.structure == Structure.FLAT else training_rows(kind, vectors.count)


def deepen(
    writer: NominationWriter,
    depth: int,
    wanted: float,
    questions: Questions,
    scopes: Sequence[Scope],
    nearest: dict[str, Nearest],
) -> NominationIndex:
    """Return the index with the least depth, from one on, at which some questions reach the wanted recall."""
    index = writer.opened(depth)
    while index.depth < index.deepest and _mean_recall(index, questions, scopes, nearest) < wanted:
        index = writer.opened(min(index.deepest, round(_DEEPER * index.depth) + 1))
    return index


def measure(
    index: NominationIndex, questions: Questions, scopes: Sequence[Scope], nearest: dict[str, Nearest]
) -> Outcome:
    """Return what an index reaches within some scopes."""
    found = {scope.name: measure_recall(index, questions, scope, nearest[scope.name]) for scope in scopes}
    return Outcome(
        index.depth,
        len(questions),
        {name: round(each.found, 4) for name, each in found.items()},
        {name: round(each.milliseconds, 3) for name, each in found.items()},
    )


def _mean_recall(
    index: NominationIndex, questions: Questions, scopes: Sequence[Scope], nearest: dict[str, Nearest]
) -> float:
    return float(np.mean([measure_recall(index, questions, each, nearest[each.name]).found for each in scopes]))
