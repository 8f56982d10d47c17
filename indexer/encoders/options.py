"""The options of encoders, checked before any heavy library is imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import SettingsError

EMBEDDED = "embedded"
DTYPES = ("float32", "bfloat16", "float16")
BACKENDS = ("torch", "onnx", "openvino")


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How to run an encoder.

    Device, dtype, batch size and processes affect the speed, and the vectors only by rounding errors: an index built on
    a GPU in bfloat16 can be searched in float32 on a laptop. The other options give different vectors, and so another
    encoder.
    """

    device: str = ""
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``; empty: the best available."""
    dtype: str = ""
    """Empty: the encoder's own choice, which is float32 for a named model."""
    backend: str = "torch"
    model_file: str = ""
    """The exported file that the backend runs, such as ``onnx/model_qint8_avx512.onnx``; empty: the default file."""
    truncate_dim: int | None = None
    """Dimensions to which vectors are cut; None: all."""
    query_prompt: str | None = None
    """Text put before each query; None: the model's own prompt."""
    passage_prompt: str | None = None
    """Text put before each passage; None: the model's own prompt."""
    batch_size: int = 0
    """Texts in a batch of a named model; 0: chosen by device."""
    processes: int = 0
    """Number of processes that encode passages; 0: one for each GPU, or one if there are fewer than two GPUs."""

    def __post_init__(self) -> None:
        _check_choice("dtype", self.dtype, DTYPES, empty=True)
        _check_choice("backend", self.backend, BACKENDS)
        if self.truncate_dim is not None and self.truncate_dim < 1:
            raise SettingsError(f"truncate-dim must be at least 1, got {self.truncate_dim}")
        for name, value in (("batch-size", self.batch_size), ("processes", self.processes)):
            if value < 0:
                raise SettingsError(f"{name} must be at least 1, or 0 to have it chosen; got {value}")
        _check_backend(self)


def canonical_name(name: str) -> str:
    """Return the name by which an index records an encoder: for a model in a folder, the absolute path."""
    folder = Path(name).expanduser()
    return str(folder.resolve()) if name != EMBEDDED and folder.is_dir() else name


def _check_choice(name: str, value: str, choices: Sequence[str], *, empty: bool = False) -> None:
    if value not in choices and not (empty and not value):
        raise SettingsError(f"{name} {value!r} is none of {', '.join(choices)}")


def _check_backend(options: EncoderOptions) -> None:
    """Reject options that the backend would ignore."""
    if options.backend == "torch":
        if options.model_file:
            raise SettingsError(
                f"model-file {options.model_file} is an exported file, and the backend is torch",
                "add --backend onnx or --backend openvino, or drop --model-file",
            )
        return
    if options.dtype:
        raise SettingsError(
            f"dtype {options.dtype} is for the torch backend: with {options.backend} the exported file decides",
            "drop --dtype, or name a quantised file of the model with --model-file",
        )
    if options.processes > 1:
        raise SettingsError(
            f"{options.processes} processes are for the torch backend: {options.backend} uses all cores in one",
            "drop --processes and DATELINE_PROCESSES, or --backend",
        )
