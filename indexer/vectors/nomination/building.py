"""Build the nomination index of a generation in the making from its vectors."""

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.centred import CentredVectors
from indexer.vectors.nomination.kinds import IndexKind, Structure
from indexer.vectors.nomination.writer import NominationWriter, training_rows


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
