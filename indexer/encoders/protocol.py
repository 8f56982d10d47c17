"""What an encoder is to the rest of Dateline."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dim), C-contiguous float32, every row of unit length: inner product is cosine similarity."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What must be equal for two vectors to be comparable."""

    name: str
    """The name it is opened by: ``embedded``, a model's name, or the absolute path of its folder."""
    revision: str
    """Changes whenever the weights, the prompts or anything else that alters the vectors changes."""
    dim: int

    def __str__(self) -> str:
        return f"{self.name} (revision {self.revision}, {self.dim} dimensions)"


class Encoder(Protocol):
    """Turns texts into vectors. Queries and passages are different verbs, since many models prompt them apart."""

    @property
    def identity(self) -> EncoderIdentity: ...

    @property
    def max_tokens(self) -> int | None:
        """The longest text it reads, in its own tokens; what is beyond is cut off. None: no limit."""

    @property
    def languages(self) -> Collection[str] | None:
        """The languages it was trained on, as ISO 639 codes; None where that is not known."""

    @property
    def at_once(self) -> int:
        """How many passages it is best handed at once, so that it can put those of one length together.

        A build keeps and reports what is done as often, so they are a few seconds' work.
        """

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a query, in order; shape (0, dim) for no texts."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a passage, in order; shape (0, dim) for no texts."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, without those that mark its beginning and end."""
