"""The default encoder: in the package, offline, 16 languages.

ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW, as published with universal-sentence-encoder-multilingual v3.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from indexer.encoders import use_weights
from indexer.encoders.choose import EMBEDDED
from indexer.encoders.prepared import open_prepared
from indexer.encoders.protocol import EncoderIdentity, Vectors
from indexer.encoders.use_module import DIM, UniversalSentenceEncoder
from indexer.errors import SettingsError
from indexer.threads import compute_threads

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
"""The languages that the weights were trained on."""
_BATCH_CHARACTERS = 8_000
"""Texts encoded at once, about 2,000 tokens: enough to keep the processor busy; more takes memory and gains nothing."""


class EmbeddedEncoder:
    """universal-sentence-encoder-multilingual v3; queries and passages are encoded alike."""

    identity = EncoderIdentity(EMBEDDED, use_weights.REVISION, DIM)
    max_tokens = None
    at_once = 512

    def __init__(self, module: UniversalSentenceEncoder | None = None, device: str = "") -> None:
        torch.set_num_threads(compute_threads())
        self._device = _device(device)
        self._module = (module or open_prepared()).to(self._device)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) - 2 for ids in self._module.token_ids(list(texts))]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        done = 0
        for batch in _batches(texts):
            vectors[done : done + len(batch)] = self._forward(batch)
            done += len(batch)
        return vectors

    @torch.inference_mode()
    def _forward(self, texts: list[str]) -> Vectors:
        features = {name: value.to(self._device) for name, value in self._module.preprocess(texts).items()}
        vectors: Vectors = self._module(features)["sentence_embedding"].cpu().numpy()
        return vectors


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(f"device {name!r} cannot be used here: {reason}", "use --device cpu") from error
    return device


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        if batch and characters + len(text) > _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
        batch.append(text)
        characters += len(text)
    if batch:
        yield batch
