"""Figures of news at large, for corpora of which nothing can be tried."""

from typing import Final

from indexer.vectors.nomination.kinds import FLAT, Codes, IndexKind, Structure
from indexer.vectors.nomination.planner import Trial, Trials

_ROWS: Final = 30_000
_BITS: Final = IndexKind(Structure.IVF, Codes.RABITQ, lists=512)
_BYTES: Final = IndexKind(Structure.IVF, Codes.SQ8, lists=512)
_LINKS: Final = IndexKind(Structure.HNSW, Codes.SQ8, links=16, build_breadth=80)

USUAL: Final = Trials(
    "other news: 30,000 passages in 17 languages, 100 headlines as questions, the embedded encoder",
    [
        Trial(FLAT, _ROWS, 1, 0.98, 0.369, 0.2),
        Trial(_BITS, _ROWS, 1 / 32, 0.855, 0.160, 4.1),
        Trial(_BITS, _ROWS, 1 / 16, 0.925, 0.217, 4.1),
        Trial(_BITS, _ROWS, 1 / 8, 0.96, 0.332, 4.1),
        Trial(_BITS, _ROWS, 1 / 4, 0.98, 0.544, 4.1),
        Trial(_BITS, _ROWS, 1 / 2, 0.98, 0.797, 4.1),
        Trial(_BYTES, _ROWS, 1 / 32, 0.86, 0.240, 2.3),
        Trial(_BYTES, _ROWS, 1 / 16, 0.94, 0.347, 2.3),
        Trial(_BYTES, _ROWS, 1 / 8, 0.98, 0.575, 2.3),
        Trial(_BYTES, _ROWS, 1 / 4, 0.995, 0.794, 2.3),
        Trial(_LINKS, 10_000, 128, 0.645, 1.356, 1.5),
        Trial(_LINKS, 10_000, 512, 0.72, 7.34, 1.5),
    ],
)
"""What ``try_kinds`` found, on two cores that others used too."""
