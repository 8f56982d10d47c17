"""The embedded encoder's tokenizer: its sentencepiece model, run by the reference implementation."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import sentencepiece
from numpy.typing import NDArray

Ids = NDArray[np.int64]


class Tokenizer:
    """Turns texts into token ids, with a start token before and an end token after each text."""

    def __init__(self, model: bytes) -> None:
        self._pieces = sentencepiece.SentencePieceProcessor(model_proto=model)

    def encode(self, text: str) -> Ids:
        """Return the ids of one text."""
        return np.asarray(self._pieces.encode(text, add_bos=True, add_eos=True), dtype=np.int64)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of ids of each text, without the start and the end token.

        The texts are given one by one: for a list, sentencepiece starts threads, and on a busy machine an article waits
        longer for those than for its tokens.
        """
        return [len(self._pieces.encode(text)) for text in texts]

    def flat(self, texts: Sequence[str], threads: int = 1) -> tuple[Ids, Ids]:
        """Return the ids of all texts, concatenated, and the number of ids of each text."""
        pieces = self._pieces.encode(list(texts), add_bos=True, add_eos=True, num_threads=threads)
        lengths = np.asarray([len(ids) for ids in pieces], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(pieces), dtype=np.int64, count=int(lengths.sum()))
        return flat, lengths
