"""Choose the rows with the highest scores."""

import numpy as np

from indexer.keywords.protocol import Rows, Scores


def best_of(rows: Rows, scores: Scores, count: int) -> tuple[Rows, Scores]:
    """Return the rows with the highest scores above 0, best first, and their scores; of equals, the lowest rows."""
    above = np.flatnonzero(scores > 0)
    if above.size > count:
        least = np.partition(scores[above], above.size - count)[above.size - count]
        above = above[scores[above] >= least]
    order = above[np.lexsort((rows[above], -scores[above]))[:count]]
    return rows[order], scores[order]
