"""Names for the numpy arrays that the ranking computes with."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
"""One number for each passage or candidate."""
Mask = NDArray[np.bool_]
"""Whether each passage or candidate is meant."""
Rows = NDArray[np.int64]
"""Row numbers of passages or articles in the tables of a generation."""
Places = NDArray[np.intp]
"""Positions in an array of candidates."""
Languages = NDArray[np.int16]
"""The language of each passage or candidate, as an index into ``Columns.languages``."""
Vector = NDArray[np.float32]
"""Shape (dim,)."""
Vectors = NDArray[np.float32]
"""Shape (n, dim)."""
