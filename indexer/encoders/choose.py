"""Open an encoder by name; the heavy libraries behind it are imported only now."""

from dataclasses import dataclass
from pathlib import Path

from indexer.encoders.protocol import Encoder
from indexer.errors import SettingsError

EMBEDDED = "embedded"
DTYPES = ("float32", "bfloat16", "float16")
BACKENDS = ("torch", "onnx", "openvino")


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How to run an encoder; only ``truncate_dim`` and the prompts change what it computes."""

    device: str = ""
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``; empty: the best there is."""
    dtype: str = "float32"
    backend: str = "torch"
    truncate_dim: int | None = None
    query_prompt: str | None = None
    """Put before each query; None: the model's own."""
    passage_prompt: str | None = None

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise SettingsError(f"dtype {self.dtype!r} is none of {', '.join(DTYPES)}")
        if self.backend not in BACKENDS:
            raise SettingsError(f"backend {self.backend!r} is none of {', '.join(BACKENDS)}")
        if self.truncate_dim is not None and self.truncate_dim < 1:
            raise SettingsError(f"truncate-dim must be at least 1, got {self.truncate_dim}")


def open_encoder(name: str = EMBEDDED, options: EncoderOptions | None = None) -> Encoder:
    """Open the embedded encoder, or any sentence-transformers model by name or folder.

    Raises:
        EncoderError: It cannot be loaded; the message says from where and what to do.
        SettingsError: An option that this encoder does not have.
    """
    options = options or EncoderOptions()
    if name == EMBEDDED:
        _refuse_foreign_options(options)
        from indexer.encoders.embedded import EmbeddedEncoder

        return EmbeddedEncoder(device=options.device)
    from indexer.encoders.transformer import TransformerEncoder

    return TransformerEncoder(name, options)


def canonical_name(name: str) -> str:
    """Return the name that an index remembers an encoder by: a folder's is its absolute path."""
    folder = Path(name).expanduser()
    return str(folder.resolve()) if name != EMBEDDED and folder.is_dir() else name


def _refuse_foreign_options(options: EncoderOptions) -> None:
    if options != EncoderOptions(device=options.device):
        raise SettingsError(
            "dtype, backend, truncate-dim and prompts belong to sentence-transformers models,"
            " and the encoder is the embedded one",
            "add --encoder NAME (for instance intfloat/multilingual-e5-small), or drop the option",
        )
