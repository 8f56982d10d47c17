"""universal-sentence-encoder-multilingual v3 as a torch module that sentence-transformers can hold.

    SentenceTransformer(modules=[UniversalSentenceEncoder.from_package()])

The network: token vectors of 512, a projection with layer norm, three branches of two residual convolutions over
2, 3 and 5 tokens, layer norm, the sum over tokens divided by the root of their number, and a small feed-forward
tail with tanh. Texts of a batch lie end to end in one flat matrix, so nothing is padded and no text sees its
neighbour.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import sentencepiece
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from indexer.encoders import use_weights

DIM = 512
WEIGHTS = ("model.safetensors", "sp.model")
"""What ``save`` writes."""
_CHUNKS = 17
"""The token table is stored in 17 parts, token by token in turn, each with a scale and an offset of its own."""
_VOCABULARY = 128_010
_BRANCH = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))
"""Each branch's width in tokens, and how many of them lie before the current one."""
_MAX_LEFT = max(left for _, left in _ORDERS)
_MAX_RIGHT = max(width - 1 - left for width, left in _ORDERS)
_FEATURES = DIM + _BRANCH * len(_ORDERS)
_TAIL_SHAPES = {
    "d0": (512, 320),
    "d1": (320, 320),
    "p1": (512, 320),
    "d2": (320, 512),
    "p3": (320, 512),
    "d3": (512, 512),
}
_EPSILON = 1e-12


class UniversalSentenceEncoder(nn.Module):
    """Texts to unit vectors, float32 (n, 512)."""

    table: Tensor
    scale: Tensor
    low: Tensor

    def __init__(self, tokenizer_model: bytes) -> None:
        super().__init__()
        self.tokenizer_model = tokenizer_model
        self.pieces = sentencepiece.SentencePieceProcessor(model_proto=tokenizer_model)
        self.register_buffer("table", torch.zeros(_VOCABULARY, DIM, dtype=torch.uint8))
        self.register_buffer("scale", torch.zeros(_CHUNKS))
        self.register_buffer("low", torch.zeros(_CHUNKS))
        self.project = nn.Linear(DIM, _BRANCH * len(_ORDERS))
        self.norm_in = nn.LayerNorm(_BRANCH * len(_ORDERS), eps=_EPSILON)
        self.first = nn.ModuleList(nn.Linear(width * _BRANCH, _BRANCH) for width, _ in _ORDERS)
        self.second = nn.ModuleList(nn.Linear(width * _BRANCH, _BRANCH) for width, _ in _ORDERS)
        self.norm_out = nn.LayerNorm(_FEATURES, eps=_EPSILON)
        self.output = nn.Linear(_FEATURES, DIM)
        self.tail = nn.ModuleDict({name: nn.Linear(*shape, bias=False) for name, shape in _TAIL_SHAPES.items()})

    @classmethod
    def from_package(cls, folder: Path | None = None) -> Self:
        """Load the published weights; ``folder`` holds ``weights.npz`` and ``sp.model``.

        Raises:
            EncoderError: A file is missing or is not the published one.
        """
        folder = folder or use_weights.find_resources()
        arrays = use_weights.load_arrays(use_weights.read_checked(folder / "weights.npz"))
        tokenizer_model = use_weights.read_checked(folder / "sp.model")
        return cls._with_weights(tokenizer_model, _state(arrays), float(arrays["eps"]))

    @classmethod
    def _with_weights(cls, tokenizer_model: bytes, state: Mapping[str, Tensor], epsilon: float) -> Self:
        """Make the module around weights that are there, neither drawing random ones first nor copying these."""
        with torch.device("meta"):
            module = cls(tokenizer_model)
        module.load_state_dict(state, assign=True)
        module.norm_in.eps = module.norm_out.eps = epsilon
        return module.eval()

    def preprocess(self, texts: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
        """Return the tokens of all texts end to end (``input_ids``) and how many each has (``lengths``)."""
        pieces = self.token_ids([prompt + text for text in texts] if prompt else list(texts))
        flat = np.concatenate([np.asarray(ids, dtype=np.int64) for ids in pieces])
        lengths = np.asarray([len(ids) for ids in pieces], dtype=np.int64)
        return {"input_ids": torch.from_numpy(flat), "lengths": torch.from_numpy(lengths)}

    def token_ids(self, texts: list[str]) -> list[list[int]]:
        """Return each text's token ids, those of its beginning and end included."""
        return list(self.pieces.encode(texts, add_bos=True, add_eos=True, num_threads=1))

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Add ``sentence_embedding``, shape (n, 512), rows of unit length."""
        lengths = features["lengths"]
        owner = torch.repeat_interleave(torch.arange(len(lengths), device=lengths.device), lengths)
        tokens = self.norm_out(self._token_features(features["input_ids"], owner, lengths))
        total = torch.zeros(len(lengths), _FEATURES, dtype=tokens.dtype, device=tokens.device)
        total = total.index_add(0, owner, tokens)
        count = lengths.to(tokens.dtype)[:, None]
        pooled = total @ self.output.weight.T + count * self.output.bias
        features["sentence_embedding"] = self._tail(pooled / count.sqrt())
        return features

    def _token_features(self, ids: Tensor, owner: Tensor, lengths: Tensor) -> Tensor:
        chunk = ids % _CHUNKS
        embedded = self.table[ids].to(self.scale.dtype) * self.scale[chunk, None] + self.low[chunk, None]
        windows = _windows(owner, lengths)
        branches = [embedded]
        inputs = self.norm_in(self.project(embedded)).split(_BRANCH, dim=1)
        for branch, (width, left) in enumerate(_ORDERS):
            columns = windows[:, _MAX_LEFT - left : _MAX_LEFT - left + width]
            x = inputs[branch]
            x = x + functional.relu(self.first[branch](_gather(x, columns)))
            branches.append(x + functional.relu(self.second[branch](_gather(x, columns))))
        return torch.cat(branches, dim=1)

    def _tail(self, x: Tensor) -> Tensor:
        tail = self.tail
        first = functional.relu(tail["p1"](x) + tail["d1"](functional.relu(tail["d0"](x))))
        last = tail["p3"](first) + tail["d3"](functional.relu(tail["d2"](first)))
        return functional.normalize(torch.tanh(last), dim=1)

    @property
    def max_seq_length(self) -> None:
        """No limit: sentence-transformers asks for one."""

    def get_embedding_dimension(self) -> int:
        """Return 512, where sentence-transformers asks for it."""
        return DIM

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the files named in ``WEIGHTS``, as sentence-transformers asks of a module."""
        from safetensors.torch import save_file

        metadata = {"epsilon": repr(self.norm_out.eps)}
        weights, tokenizer = (Path(output_path) / name for name in WEIGHTS)
        save_file(self.state_dict(), weights, metadata=metadata)
        tokenizer.write_bytes(self.tokenizer_model)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> Self:
        """Read what ``save`` wrote; the weights stay in the file, memory-mapped."""
        from safetensors import safe_open

        weights, tokenizer = (Path(model_name_or_path) / subfolder / name for name in WEIGHTS)
        with safe_open(weights, framework="pt") as tensors:
            state = {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118
            epsilon = float(tensors.metadata()["epsilon"])
        return cls._with_weights(tokenizer.read_bytes(), state, epsilon)


def _windows(owner: Tensor, lengths: Tensor) -> Tensor:
    """Return for each token the places around it, shape (tokens, 5); a place in another text is ``tokens``."""
    tokens = len(owner)
    ends = lengths.cumsum(0)
    place = torch.arange(tokens, device=owner.device)[:, None]
    around = place + torch.arange(-_MAX_LEFT, _MAX_RIGHT + 1, device=owner.device)
    inside = (around >= (ends - lengths)[owner, None]) & (around < ends[owner, None])
    return torch.where(inside, around, tokens)


def _gather(x: Tensor, columns: Tensor) -> Tensor:
    """Return each token's window as one row; a place outside the text is a row of zeros."""
    padded = functional.pad(x, (0, 0, 0, 1))
    return padded[columns].flatten(1)


def _state(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Map the published arrays to this module's names; theirs are (in, out), torch's (out, in)."""
    table = np.empty((_VOCABULARY, DIM), dtype=np.uint8)
    for chunk in range(_CHUNKS):
        table[chunk::_CHUNKS] = arrays[f"q{chunk + 1}"]
    state = {"table": table, "scale": arrays["scale"], "low": arrays["lo"]}
    for branch, (width, _) in enumerate(_ORDERS):
        for ours, theirs in (("first", "1"), ("second", "2")):
            state[f"{ours}.{branch}.weight"] = arrays[f"w{theirs}_{width}"].T
            state[f"{ours}.{branch}.bias"] = arrays[f"b{theirs}_{width}"]
    for name, ours in (("proj", "project.weight"), ("proj_b", "project.bias")):
        state[ours] = np.concatenate([arrays[f"{name}{width}"].T for width, _ in _ORDERS])
    for name, ours in (("ln_g", "norm_in.weight"), ("ln_b", "norm_in.bias")):
        state[ours] = np.concatenate([arrays[f"{name}{width}"] for width, _ in _ORDERS])
    state |= {"norm_out.weight": arrays["ln_g"], "norm_out.bias": arrays["ln_b"]}
    state |= {"output.weight": arrays["cnn_W"].T, "output.bias": arrays["cnn_b"]}
    state |= {f"tail.{name}.weight": arrays[name].T for name in _TAIL_SHAPES}
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}
