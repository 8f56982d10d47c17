"""Any sentence-transformers cross encoder, by name on a model hub or by folder, as a reranker."""

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
_SCORING = ("ForSequenceClassification", "ForCausalLM")
"""How the names of classes end that can score as they are; to others the library adds a head of random weights."""


class Reranker(Protocol):
    """Scores passages for a query: it reads the two together, which is better than vectors and much slower."""

    @property
    def name(self) -> str:
        """The model's name, or the absolute path of its folder."""

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """Return one score a passage, in their order; shape (0,) for no passages.

        What is beyond the model's limit is cut off. Any number of threads may call it at once.
        """


class CrossEncoderReranker:
    """A ``CrossEncoder`` with one label; a score is the sigmoid of what it gives for it."""

    def __init__(self, name: str, model: "CrossEncoder") -> None:
        self.name = name
        self._model = model
        self._batch = usual_batch(model.device.type)
        self._turn = threading.Lock()

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        if not passages:
            return np.empty(0, dtype=np.float32)
        pairs = [(query, passage) for passage in passages]
        with self._turn:  # one call keeps every core busy, and a tokenizer's settings are not made for two
            scores = self._model.predict(pairs, batch_size=self._batch, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)


def open_reranker(name: str, device: str = "") -> Reranker:
    """Open a cross encoder, to be run in float32.

    Args:
        name: Name on a hub, or folder.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; empty: the best there is.

    Raises:
        EncoderError: It cannot be loaded, is another kind of model, or gives several labels.
    """
    name = canonical_name(name)  # of a relative folder/model the library would ask the hub
    try:
        with quiet(Path(name)):
            _check_kind(name)
            model = _load(name, device)
    except EncoderError:
        raise
    except Exception as error:  # transformers, the hub's client and safetensors have no error in common
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
        activation_fn=torch.nn.Sigmoid(),  # many models are saved to give bare logits
    )
    return model


def _check_kind(name: str) -> None:
    """Refuse other models, of which the library would make a cross encoder that scores at random."""
    kind = _other_kind(_full_name(name))
    if kind:
        raise EncoderError(
            f"{name!r} is a {kind}, and a reranker is a CrossEncoder: it reads query and passage together", _SUGGESTION
        )


def _other_kind(name: str) -> str:
    """Return what a model is, by the library's own rules; empty for a cross encoder, or where no file says."""
    if _read(name, "modules.json") is not None:
        settings = _read(name, "config_sentence_transformers.json") or {}
        kind: str = settings.get("model_type", "SentenceTransformer")
        return "" if kind == "CrossEncoder" else kind
    config = _read(name, "config.json")
    if config is None:
        return ""
    classes: list[str] = config.get("architectures") or ["model of no stated architecture"]
    return "" if any(one.endswith(_SCORING) for one in classes) else classes[0]


def _full_name(name: str) -> str:
    """Return the name with the organisation that the library puts before a bare one."""
    from sentence_transformers import CrossEncoder

    bare = "/" not in name and not Path(name).is_dir()
    return f"{CrossEncoder.default_huggingface_organization}/{name}" if bare else name


def _read(name: str, file: str) -> Any:
    """Return what a JSON file of a model holds, or None where it has no such file."""
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
