"""Use any sentence-transformers model, given by its name on a model hub or its folder, as an encoder."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoders.loading import load_model, served_commit, usual_batch, weights_digest
from indexer.encoders.options import EncoderOptions, canonical_name
from indexer.encoders.protocol import EncoderIdentity, Vectors
from indexer.encoders.workers import Workers, encode_batch
from indexer.errors import EncoderError
from indexer.threads import compute_threads

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_E5_PROMPTS = ("query: ", "passage: ")
"""The prompts that the E5 models were trained with. Only their model cards give them, not their configuration
(https://huggingface.co/intfloat/multilingual-e5-small)."""
_BATCHES_PER_CALL = 16
"""Batches for each process in one call. Texts are sorted by length within a call. On a processor a call takes a few
seconds."""


class TransformerEncoder:
    """A ``SentenceTransformer`` with its own query and passage prompts."""

    languages = None

    def __init__(self, name: str, options: EncoderOptions) -> None:
        name = canonical_name(name)
        self._model = load_model(name, options, compute_threads())
        self._query_prompt, self._passage_prompt = _prompts(self._model, name, options)
        commit = None if Path(name).is_dir() else served_commit(self._model)
        weights = commit or weights_digest(Path(name), options.backend)
        dim = self._model.get_embedding_dimension()
        if not dim:
            raise EncoderError(f"{name} does not say how many dimensions its vectors have")
        revision = _revision(weights, self._query_prompt, self._passage_prompt, options)
        self.identity = EncoderIdentity(name, revision, dim)
        self._batch = options.batch_size or usual_batch(self._model.device.type)
        devices = _devices(options)
        self.at_once = _BATCHES_PER_CALL * self._batch * len(devices)
        self._workers = Workers(name, options, commit, devices) if len(devices) > 1 else None
        self._seen = 0

    @property
    def max_tokens(self) -> int | None:
        limit = self._model.max_seq_length
        if limit is None:
            return None
        special: int = self._model.tokenizer.num_special_tokens_to_add()
        return max(1, int(limit) - special - sum(self.count_tokens([self._passage_prompt])))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._query_prompt, None)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._seen += len(texts)
        enough = 2 * self._seen >= self.at_once  # starting other processes does not pay for few passages
        return self._encode(texts, self._passage_prompt, self._workers if enough else None)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, return_attention_mask=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: Sequence[str], prompt: str, workers: Workers | None) -> Vectors:
        vectors = np.empty((len(texts), self.identity.dim), dtype=np.float32)
        places = _batches(self.count_tokens(texts), self._batch)
        batches = [[texts[place] for place in batch] for batch in places]
        with _memory_errors(self._batch):
            found: Iterable[Vectors] = (
                workers.encode(batches, prompt)
                if workers
                else (encode_batch(self._model, batch, prompt) for batch in batches)
            )
            for batch, some in zip(places, found, strict=True):
                vectors[batch] = some
        return _unit(vectors)


def _batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Return batches of text indices, the longest texts first.

    Args:
        lengths: The length of each text in tokens. The library itself sorts by characters. But a token has about one
            character in Chinese and five in English, so half of a batch of mixed languages would be padding.
        size: Texts in a batch.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    return [order[start : start + size] for start in range(0, len(order), size)]


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors at unit length, computed in float32. In bfloat16 the third decimal would be wrong."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return unit


@contextmanager
def _memory_errors(batch: int) -> Iterator[None]:
    """Translate the error that torch raises when a GPU's memory is full.

    torch has different errors for different kinds of GPU, but all say "out of memory".
    """
    try:
        yield
    except RuntimeError as error:
        if "out of memory" not in str(error):
            raise
        hint = f"use a smaller --batch-size, such as {batch // 2}" if batch > 1 else "use --dtype bfloat16"
        reason = str(error).strip().splitlines()[0]
        raise EncoderError(f"no memory for a batch of {batch} texts: {reason}", f"{hint}, or --device cpu") from error


def _devices(options: EncoderOptions) -> list[str]:
    """Return the device of each process."""
    import torch

    gpus = torch.cuda.device_count() if options.device in {"", "cuda"} and options.backend == "torch" else 0
    count = options.processes or max(1, gpus)
    return [f"cuda:{number % gpus}" if gpus > 1 else options.device for number in range(count)]


def _prompts(model: "SentenceTransformer", name: str, options: EncoderOptions) -> tuple[str, str]:
    """Return the query and the passage prompt: from the options, the model's configuration, or its model card."""
    named = {key: value for key, value in model.prompts.items() if value}
    query = named.get("query", "")
    passage = named.get("document", "") or named.get("passage", "")
    if not named and "e5" in Path(name).name.lower().split("-"):
        query, passage = _E5_PROMPTS
    query = query if options.query_prompt is None else options.query_prompt
    return query, passage if options.passage_prompt is None else options.passage_prompt


def _revision(weights: str, query_prompt: str, passage_prompt: str, options: EncoderOptions) -> str:
    """Return a digest of everything that affects the vectors of a model.

    It includes backend and model file. An exported file may be quantised, pruned or made from other weights, and
    nothing in it says how close to the original it is. It does not include the dtype: see ``EncoderOptions``.
    """
    settings = [weights, query_prompt, passage_prompt, options.truncate_dim]
    exported = [] if options.backend == "torch" else [options.backend, options.model_file]
    return hashlib.sha256(json.dumps([*settings, *exported]).encode()).hexdigest()[:12]
