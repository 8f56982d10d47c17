"""universal-sentence-encoder-multilingual v3 as a torch module that can be used in sentence-transformers.

    SentenceTransformer(modules=[UniversalSentenceEncoder.from_package()])

This is the network as published, for training, evaluation and GPUs. ``bulk`` and ``query`` compute the same on a CPU,
faster. The texts of a batch are concatenated in one matrix, without padding; no text affects another.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from indexer.encoders.use.tokens import Tokenizer
from indexer.encoders.use.weights import BRANCH, CHUNKS, DIM, FEATURES, ORDERS, VOCABULARY, Weights, read_package

_MAX_LEFT = max(left for _, left in ORDERS)
_MAX_RIGHT = max(width - 1 - left for width, left in ORDERS)
_TAIL_SHAPES = {
    "d0": (512, 320),
    "d1": (320, 320),
    "p1": (512, 320),
    "d2": (320, 512),
    "p3": (320, 512),
    "d3": (512, 512),
}


class UniversalSentenceEncoder(nn.Module):
    """Turns texts into unit vectors, shape (n, 512), float32."""

    table: Tensor
    scale: Tensor
    low: Tensor

    def __init__(self, weights: Weights) -> None:
        """Build the network from existing weights, without copying them."""
        super().__init__()
        self.tokenizer_model = weights.tokenizer
        self.tokens = Tokenizer(weights.tokenizer)
        with torch.device("meta"):
            self._shape(weights.epsilon)
        state = {name: torch.from_numpy(array) for name, array in weights.arrays.items()}
        self.load_state_dict(state, assign=True)
        self.train(mode=False)

    def _shape(self, epsilon: float) -> None:
        inputs = BRANCH * len(ORDERS)
        self.register_buffer("table", torch.zeros(VOCABULARY, DIM, dtype=torch.uint8))
        self.register_buffer("scale", torch.zeros(CHUNKS))
        self.register_buffer("low", torch.zeros(CHUNKS))
        self.project = nn.Linear(DIM, inputs)
        self.norm_in = nn.LayerNorm(inputs, eps=epsilon)
        self.first = nn.ModuleList(nn.Linear(width * BRANCH, BRANCH) for width, _ in ORDERS)
        self.second = nn.ModuleList(nn.Linear(width * BRANCH, BRANCH) for width, _ in ORDERS)
        self.norm_out = nn.LayerNorm(FEATURES, eps=epsilon)
        self.output = nn.Linear(FEATURES, DIM)
        self.tail = nn.ModuleDict({name: nn.Linear(*shape, bias=False) for name, shape in _TAIL_SHAPES.items()})

    @classmethod
    def from_package(cls, folder: Path | None = None) -> Self:
        """Load the published weights; ``folder`` holds ``weights.npz`` and ``sp.model``.

        Raises:
            EncoderError: A file is missing or differs from the published one.
        """
        return cls(read_package(folder))

    def preprocess(self, texts: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
        """Return the token ids of all texts, concatenated (``input_ids``), and each text's length (``lengths``)."""
        ids, lengths = self.tokens.flat([prompt + text for text in texts] if prompt else texts)
        return {"input_ids": torch.from_numpy(ids), "lengths": torch.from_numpy(lengths)}

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Add ``sentence_embedding``, shape (n, 512), rows of unit length."""
        lengths = features["lengths"]
        owner = torch.repeat_interleave(torch.arange(len(lengths), device=lengths.device), lengths)
        tokens = self.norm_out(self._token_features(features["input_ids"], owner, lengths))
        total = torch.zeros(len(lengths), FEATURES, dtype=tokens.dtype, device=tokens.device)
        total = total.index_add(0, owner, tokens)
        count = lengths.to(tokens.dtype)[:, None]
        pooled = total @ self.output.weight.T + count * self.output.bias
        features["sentence_embedding"] = self._tail(pooled / count.sqrt())
        return features

    def _token_features(self, ids: Tensor, owner: Tensor, lengths: Tensor) -> Tensor:
        chunk = ids % CHUNKS
        embedded = self.table[ids].to(self.scale.dtype) * self.scale[chunk, None] + self.low[chunk, None]
        windows = _windows(owner, lengths)
        branches = [embedded]
        inputs = self.norm_in(self.project(embedded)).split(BRANCH, dim=1)
        for branch, (width, left) in enumerate(ORDERS):
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
        """None, which tells sentence-transformers that there is no limit."""

    def get_embedding_dimension(self) -> int:
        """Return 512; sentence-transformers needs this method."""
        return DIM

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the files of ``Weights.save``; sentence-transformers needs this method."""
        arrays = {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in self.state_dict().items()}
        Weights(arrays, self.norm_out.eps, self.tokenizer_model).save(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> Self:
        """Load the files that ``save`` wrote. The weights are memory-mapped."""
        return cls(Weights.load(Path(model_name_or_path) / subfolder))


def _windows(owner: Tensor, lengths: Tensor) -> Tensor:
    """Return for each token the indices of the tokens around it, shape (tokens, 5).

    Positions outside the token's text have the index ``tokens``.
    """
    tokens = len(owner)
    ends = lengths.cumsum(0)
    place = torch.arange(tokens, device=owner.device)[:, None]
    around = place + torch.arange(-_MAX_LEFT, _MAX_RIGHT + 1, device=owner.device)
    inside = (around >= (ends - lengths)[owner, None]) & (around < ends[owner, None])
    return torch.where(inside, around, tokens)


def _gather(x: Tensor, columns: Tensor) -> Tensor:
    """Return each token's window as one row, with zeros for positions outside the text."""
    padded = functional.pad(x, (0, 0, 0, 1))
    return padded[columns].flatten(1)
