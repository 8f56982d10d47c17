"""Load a sentence-transformers model from a folder or a model hub, on any of its backends."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from indexer.encoders.options import BACKENDS, EncoderOptions
from indexer.errors import EncoderError, SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = {"cpu": 8}
"""Texts in a batch, by type of device: few on a processor, because they must fit into its caches."""
_OTHER_BATCH = 32
"""Texts in a batch on any other device."""


def load_model(name: str, options: EncoderOptions, threads: int, commit: str | None = None) -> "SentenceTransformer":
    """Load a model.

    Args:
        name: Name on a model hub, or folder.
        options: Device, dtype, backend, model file and number of dimensions are used.
        threads: Threads to compute with. For torch this is a setting of the whole process.
        commit: The revision that the hub should serve; None: the newest.

    Raises:
        EncoderError: The model cannot be loaded, or the backend is not installed.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    _check_file(Path(name), options)
    backend: Literal["torch", "onnx", "openvino"] = options.backend  # type: ignore[assignment]
    try:
        with quiet(Path(name)):
            return SentenceTransformer(
                name,
                device=options.device or None,
                backend=backend,
                truncate_dim=options.truncate_dim,
                revision=commit,
                model_kwargs=model_arguments(options, threads),
            )
    except Exception as error:  # the library raises a plain Exception if a backend is missing
        raise _translated(error, name, options) from error


def weights_digest(folder: Path, backend: str) -> str:
    """Return a digest of the names and contents of a model's files, without the files exported for other backends."""
    others = {other for other in BACKENDS if other != backend}
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"):
        inside = path.relative_to(folder)
        if inside.parts[0] in others:
            continue
        digest.update(inside.as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def served_commit(model: "SentenceTransformer") -> str:
    """Return the commit of a model that the hub served.

    Raises:
        SettingsError: The commit is not known.
    """
    commit = getattr(getattr(model.transformers_model, "config", None), "_commit_hash", None)
    if not commit:
        raise SettingsError(
            "the model's revision is not known, so a later change of it could not be noticed",
            "save it to a folder with SentenceTransformer.save and give that folder",
        )
    return str(commit)


def model_arguments(options: EncoderOptions, threads: int) -> dict[str, Any]:
    """Return the arguments that the library passes on to the backend: dtype, or threads and exported file."""
    import torch

    if options.backend == "torch":
        return {"dtype": getattr(torch, options.dtype or "float32")}
    arguments = _thread_settings(options, threads)
    if options.model_file:
        # Without "export" the library would silently create an unquantised file if the named one is missing.
        arguments |= {"file_name": options.model_file, "export": False}
    return arguments


def _thread_settings(options: EncoderOptions, threads: int) -> dict[str, Any]:
    if options.backend == "openvino":
        return {"ov_config": {"INFERENCE_NUM_THREADS": str(threads)}}
    import onnxruntime

    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = threads
    return {"session_options": session} | ({"provider": "CPUExecutionProvider"} if options.device == "cpu" else {})


def _check_file(folder: Path, options: EncoderOptions) -> None:
    wanted = (folder / options.model_file, folder / options.backend / options.model_file)
    if not options.model_file or not folder.is_dir() or any(path.is_file() for path in wanted):
        return
    suffix = {"onnx": "*.onnx", "openvino": "*.xml"}[options.backend]
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob(suffix))
    raise EncoderError(
        f"{folder} has no {options.model_file}: of that kind it has {', '.join(there) or 'none'}",
        "give --model-file one of its files, or drop it",
    )


_ONE_LOADS = threading.RLock()
"""Whether bars are hidden is known to the whole process: of two threads that load, the second would show them again."""


@contextmanager
def quiet(folder: Path) -> Iterator[None]:
    """Hide progress bars while a folder is loaded. The bars of a download stay, because they are useful."""
    from transformers.utils import logging

    if not folder.is_dir():
        yield
        return
    with _ONE_LOADS:
        hush = logging.is_progress_bar_enabled()
        if hush:
            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            if hush:
                logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def cannot_load(error: Exception, kind: str, name: str, library_class: str, otherwise: str) -> EncoderError:
    """Return the error to raise for a model that the library could not load.

    Args:
        error: What the library raised.
        kind: What the model was to be used as: "encoder" or "reranker".
        name: Name on a model hub, or folder.
        library_class: The class whose ``save`` writes folders of such models.
        otherwise: A hint at what works without the model.
    """
    return EncoderError(
        f"cannot load the {kind} {name!r}: {_reason(error)}",
        f"give a folder that {library_class}.save wrote, or a model's name while its hub can be reached; {otherwise}",
    )


def usual_batch(device: str) -> int:
    """Return the default number of texts in a batch on a type of device."""
    return _BATCH.get(device, _OTHER_BATCH)


def _translated(error: Exception, name: str, options: EncoderOptions) -> EncoderError:
    if options.backend != "torch" and (isinstance(error, ImportError) or type(error) is Exception):
        return EncoderError(
            f"the {options.backend} backend cannot be used: {_reason(error)}",
            f"pip install '.[{options.backend}]' in Dateline's folder, into an environment of its own",
        )
    return cannot_load(error, "encoder", name, "SentenceTransformer", "'embedded' needs neither")


def _reason(error: Exception) -> str:
    """Return the first line of an error's message, or its type if the message is empty."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
