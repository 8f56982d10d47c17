"""The interface of encoders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dim), C-contiguous float32. Every row has unit length, so the inner product is the cosine similarity."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """Identifies an encoder. Vectors can be compared only if their encoders' identities are equal."""

    name: str
    """The name by which it is opened: ``embedded``, a model's name, or the absolute path of its folder."""
    revision: str
    """Changes whenever the weights, the prompts or anything else that alters the vectors changes."""
    dim: int

    def __str__(self) -> str:
        return f"{self.name} (revision {self.revision}, {self.dim} dimensions)"


class Encoder(Protocol):
    """Turns texts into vectors. Queries and passages have separate methods, because many models need other prompts."""

    @property
    def identity(self) -> EncoderIdentity: ...

    @property
    def max_tokens(self) -> int | None:
        """Length of the longest text it reads, in its own tokens; the rest is ignored. None: no limit."""

    @property
    def languages(self) -> Collection[str] | None:
        """The languages it was trained on, as ISO 639 codes; None if they are not known."""

    @property
    def at_once(self) -> int:
        """The best number of passages to pass in one call, so that it can batch passages of similar length.

        A build saves and reports its progress after each call, so this should be a few seconds' work.
        """

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each query, in order; shape (0, dim) for no texts."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each passage, in order; shape (0, dim) for no texts."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, without the tokens that mark its beginning and end."""
