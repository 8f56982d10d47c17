"""Use any sentence-transformers cross encoder, given by its name on a model hub or its folder, as a reranker."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.loading import cannot_load, model_arguments, quiet, usual_batch
from indexer.encoders.options import EncoderOptions, canonical_name
from indexer.errors import EncoderError
from indexer.threads import compute_threads

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Scores = NDArray[np.float32]
"""Shape (n,), float32, from 0 to 1: the higher, the better the passage answers the query."""

_SUGGESTION = "give a cross encoder trained to rank, such as BAAI/bge-reranker-v2-m3"
_SCORING_SUFFIXES = ("ForSequenceClassification", "ForCausalLM")
"""Suffixes of the model classes that have a scoring head. To other classes the library adds one with random weights."""


class Reranker(Protocol):
    """Scores passages for a query by reading both together, which is more accurate than vectors but much slower."""

    @property
    def name(self) -> str:
        """The model's name, or the absolute path of its folder."""

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """Return one score for each passage, in order; shape (0,) if there are no passages.

        Text beyond the model's token limit is ignored. Several threads may call this at once.
        """


class CrossEncoderReranker:
    """A ``CrossEncoder`` with one label. A score is the sigmoid of the label's logit."""

    def __init__(self, name: str, model: "CrossEncoder") -> None:
        self.name = name
        self._model = model
        self._batch = usual_batch(model.device.type)
        self._turn = threading.Lock()

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        if not passages:
            return np.empty(0, dtype=np.float32)
        pairs = [(query, passage) for passage in passages]
        with self._turn:  # one call uses every core, and tokenizers are not thread-safe
            scores = self._model.predict(pairs, batch_size=self._batch, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)


def open_reranker(name: str, device: str = "") -> Reranker:
    """Open a cross encoder that computes in float32.

    Args:
        name: Name on a model hub, or folder.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; empty: the best available.

    Raises:
        EncoderError: The model cannot be loaded, is not a cross encoder, or gives several labels.
    """
    name = canonical_name(name)  # the library would take a relative path for a name on the hub
    try:
        with quiet(Path(name)):
            _check_kind(name)
            model = _load(name, device)
    except EncoderError:
        raise
    except Exception as error:  # transformers, the hub client and safetensors share no base class
        raise cannot_load(
            error, "reranker", name, "CrossEncoder", "a search without a reranker needs neither"
        ) from error
    _check_labels(name, model)
    return CrossEncoderReranker(name, model)


def _load(name: str, device: str) -> "CrossEncoder":
    import torch
    from sentence_transformers import CrossEncoder

    threads = compute_threads()
    torch.set_num_threads(threads)
    model: CrossEncoder = CrossEncoder(
        name,
        device=device or None,
        model_kwargs=model_arguments(EncoderOptions(device=device), threads),
        activation_fn=torch.nn.Sigmoid(),  # many models are saved so that they give plain logits
    )
    return model


def _check_kind(name: str) -> None:
    """Reject other kinds of models, which the library would turn into cross encoders with random scores."""
    kind = _other_kind(_full_name(name))
    if kind:
        raise EncoderError(
            f"{name!r} is a {kind}, and a reranker is a CrossEncoder: it reads query and passage together", _SUGGESTION
        )


def _other_kind(name: str) -> str:
    """Return the kind of a model by the library's own rules; empty for a cross encoder, or if no file tells."""
    if _read(name, "modules.json") is not None:
        settings = _read(name, "config_sentence_transformers.json") or {}
        kind: str = settings.get("model_type", "SentenceTransformer")
        return "" if kind == "CrossEncoder" else kind
    config = _read(name, "config.json")
    if config is None:
        return ""
    classes: list[str] = config.get("architectures") or ["model of no stated architecture"]
    return "" if any(one.endswith(_SCORING_SUFFIXES) for one in classes) else classes[0]


def _full_name(name: str) -> str:
    """Return the name with the default organisation that the library adds to a name without one."""
    from sentence_transformers import CrossEncoder

    bare = "/" not in name and not Path(name).is_dir()
    return f"{CrossEncoder.default_huggingface_organization}/{name}" if bare else name


def _read(name: str, file: str) -> Any:
    """Return the content of a model's JSON file, or None if the model has no such file."""
    from sentence_transformers.util import load_file_path

    path = load_file_path(name, file)
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else None


def _check_labels(name: str, model: "CrossEncoder") -> None:
    if model.num_labels == 1:
        return
    labels = ", ".join(getattr(model.config, "id2label", {}).values())
    raise EncoderError(
        f"{name!r} gives {model.num_labels} labels ({labels}), and a reranker gives one score", _SUGGESTION
    )
