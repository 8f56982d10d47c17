"""The default encoder: in the package, offline, 16 languages.

ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW, as published with universal-sentence-encoder-multilingual v3.
Queries are answered without torch, which takes longer to import than most commands take to run.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from indexer.encoders.options import EMBEDDED
from indexer.encoders.protocol import EncoderIdentity, Vectors
from indexer.encoders.use.prepared import measurements_file, open_prepared
from indexer.encoders.use.query import QueryNetwork
from indexer.encoders.use.tokens import Ids, Tokenizer
from indexer.encoders.use.weights import DIM, REVISION, Weights
from indexer.errors import SettingsError
from indexer.threads import compute_threads, give_each_thread_one_core

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
"""The languages that the weights were trained on."""
_MAX_QUERIES_IN_NUMPY = 8
"""Up to this many queries are encoded in numpy; for more of them torch, which takes seconds to import, is faster."""
MOST_QUERY_TOKENS = 4096
"""Tokens of a query that are encoded: some 3,000 words, or 4,000 Chinese characters. What a pasted article is about
stands at its beginning. Each token takes 35 KB and a tenth of a millisecond."""
_CHARACTERS_A_TEXT = 16
"""The cost of a text beyond its own characters, in characters: its first and last token, the gap to the next text, and
its share of the network's last layers."""


class _Network(Protocol):
    """A way to encode many texts at once."""

    @property
    def batch_characters(self) -> int: ...

    def encode(self, ids: Ids, lengths: Ids) -> Vectors: ...


class EmbeddedEncoder:
    """universal-sentence-encoder-multilingual v3; queries and passages are encoded alike."""

    identity = EncoderIdentity(EMBEDDED, REVISION, DIM)
    max_tokens = None
    languages = LANGUAGES
    at_once = 512

    def __init__(self, weights: Weights | None = None, device: str = "", dtype: str = "") -> None:
        """Open the encoder.

        Args:
            weights: The published weights, if they are loaded already.
            device: Where passages are encoded; empty: the best device there is. Queries are encoded on the processor.
            dtype: ``float32``, ``bfloat16``; empty: what is measured as fastest on this processor.

        Raises:
            EncoderError: The weights cannot be read.
            SettingsError: There is no such device or dtype here.
        """
        give_each_thread_one_core()
        self._weights = weights or open_prepared()
        self._tokens = Tokenizer(self._weights.tokenizer)
        self._queries = QueryNetwork(self._weights)
        self._device, self._dtype = device, dtype
        self._turn = threading.Lock()
        self._passages = _open_network(self._weights, device, dtype) if device or dtype else None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        if len(texts) > _MAX_QUERIES_IN_NUMPY and max(map(len, texts)) <= MOST_QUERY_TOKENS:
            return self.encode_passages(texts)
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._queries.encode(self._tokens.encode(text)[:MOST_QUERY_TOKENS])
        return vectors

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        done = 0
        with self._turn:
            self._passages = self._passages or _open_network(self._weights, self._device, self._dtype)
            for batch in _batches(texts, self._passages.batch_characters):
                ids, lengths = self._tokens.flat(batch, compute_threads())
                vectors[done : done + len(batch)] = self._passages.encode(ids, lengths)
                done += len(batch)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._tokens.count(texts)


def _open_network(weights: Weights, device: str, dtype: str) -> _Network:
    from indexer.encoders.use.device import DeviceNetwork, find_device

    found = find_device(device)
    if found.type == "cpu":
        from indexer.encoders.use.bulk import PassageNetwork

        return PassageNetwork(weights, compute_threads(), dtype, measurements_file())
    if dtype not in {"", "float32"}:
        raise SettingsError(f"the embedded encoder computes in float32 on {found}, got dtype {dtype!r}", "drop --dtype")
    return DeviceNetwork(weights, found)


def _batches(texts: Sequence[str], limit: int) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        if batch and characters + len(text) > limit:
            yield batch
            batch, characters = [], 0
        batch.append(text)
        characters += len(text) + _CHARACTERS_A_TEXT
    if batch:
        yield batch
