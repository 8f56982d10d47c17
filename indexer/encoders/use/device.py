"""The embedded encoder's network for passages on a GPU: the published network with large batches."""

import torch

from indexer.encoders.protocol import Vectors
from indexer.encoders.use.module import UniversalSentenceEncoder
from indexer.encoders.use.tokens import Ids
from indexer.encoders.use.weights import Weights
from indexer.errors import SettingsError


class DeviceNetwork:
    """Computes unit vectors from the token ids of many texts, in float32 throughout."""

    batch_characters = 500_000
    """Characters of text in a batch."""

    def __init__(self, weights: Weights, device: torch.device) -> None:
        self._module = UniversalSentenceEncoder(weights).to(device)
        self._device = device

    @torch.inference_mode()
    def encode(self, ids: Ids, lengths: Ids) -> Vectors:
        """Return the vectors of texts.

        Args:
            ids: The token ids of all texts, concatenated.
            lengths: The number of tokens of each text.
        """
        features = {"input_ids": torch.from_numpy(ids), "lengths": torch.from_numpy(lengths)}
        features = {name: value.to(self._device) for name, value in features.items()}
        vectors: Vectors = self._module(features)["sentence_embedding"].cpu().numpy()
        return vectors


def find_device(name: str) -> torch.device:
    """Return the device of that name; if the name is empty, a GPU if there is one, else the CPU.

    Raises:
        SettingsError: This machine has no such device.
    """
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(f"device {name!r} cannot be used here: {reason}", "use --device cpu") from error
    return device
