"""Any sentence-transformers model, by name on a model hub or by folder."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from indexer.encoders.choose import EncoderOptions, canonical_name
from indexer.encoders.protocol import EncoderIdentity, Vectors
from indexer.errors import EncoderError, SettingsError
from indexer.threads import compute_threads

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_E5_PROMPTS = ("query: ", "passage: ")
"""What the E5 models were trained with, by their model cards (https://huggingface.co/intfloat/multilingual-e5-small);
their configuration does not say so."""
_BATCH = 32


class TransformerEncoder:
    """A ``SentenceTransformer`` with its own query and passage prompts."""

    def __init__(self, name: str, options: EncoderOptions) -> None:
        name = canonical_name(name)
        self._model = _load(name, options)
        self._query_prompt, self._passage_prompt = _prompts(self._model, name, options)
        dim = self._model.get_embedding_dimension()
        if not dim:
            raise EncoderError(f"{name} does not say how many dimensions its vectors have")
        settings = [self._query_prompt, self._passage_prompt, options.truncate_dim]
        folder = Path(name)
        weights = _folder_digest(folder) if folder.is_dir() else _commit(self._model)
        revision = hashlib.sha256(json.dumps([weights, *settings]).encode()).hexdigest()[:12]
        self.identity = EncoderIdentity(name, revision, dim)

    @property
    def max_tokens(self) -> int | None:
        limit = self._model.max_seq_length
        if limit is None:
            return None
        special: int = self._model.tokenizer.num_special_tokens_to_add()
        return max(1, int(limit) - special - sum(self.count_tokens([self._passage_prompt])))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._passage_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, return_attention_mask=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.identity.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            prompt=prompt,
            batch_size=_BATCH,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return _unit(np.ascontiguousarray(vectors, dtype=np.float32))


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors at unit length, reckoned in float32: in bfloat16 it would be off in the third decimal."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return unit


def _load(name: str, options: EncoderOptions) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(compute_threads())
    backend: Literal["torch", "onnx", "openvino"] = options.backend  # type: ignore[assignment]
    arguments: dict[str, Any] = {"dtype": getattr(torch, options.dtype)} if options.backend == "torch" else {}
    try:
        return SentenceTransformer(
            name,
            device=options.device or None,
            backend=backend,
            truncate_dim=options.truncate_dim,
            model_kwargs=arguments,
        )
    except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderError(
            f"cannot load the encoder {name!r}: {reason}",
            "give a folder that SentenceTransformer.save wrote, or a model's name while its hub can be reached;"
            " 'embedded' needs neither",
        ) from error


def _prompts(model: "SentenceTransformer", name: str, options: EncoderOptions) -> tuple[str, str]:
    """Return the query and the passage prompt: as set, as the model's configuration says, or as its card does."""
    named = {key: value for key, value in model.prompts.items() if value}
    query = named.get("query", "")
    passage = named.get("document", "") or named.get("passage", "")
    if not named and "e5" in Path(name).name.lower().split("-"):
        query, passage = _E5_PROMPTS
    query = query if options.query_prompt is None else options.query_prompt
    return query, passage if options.passage_prompt is None else options.passage_prompt


def _folder_digest(folder: Path) -> str:
    """Digest the names and contents of the model's files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _commit(model: "SentenceTransformer") -> str:
    """Return the commit that the hub served."""
    commit = getattr(getattr(model.transformers_model, "config", None), "_commit_hash", None)
    if not commit:
        raise SettingsError(
            "the model's revision is not known, so a later change of it could not be noticed",
            "save it to a folder with SentenceTransformer.save and give that folder",
        )
    return str(commit)
