"""Any sentence-transformers model: its prompts, its identity, its limits, and clear refusals."""

import importlib.util
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions, canonical_name
from indexer.encoders.protocol import Encoder
from indexer.encoders.transformer import _batches, _devices
from indexer.errors import EncoderError, SettingsError

TEXTS = ["Die Fähre lief auf ein Riff.", "渡轮触礁", "a ferry " * 200]


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Encoder:
    return open_encoder(str(tiny_model))


def test_vectors_are_those_of_the_library_with_the_models_own_prompts(tiny: Encoder, tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny_model), device="cpu")
    passages = model.encode([f"passage: {text}" for text in TEXTS], normalize_embeddings=True)
    queries = model.encode([f"query: {text}" for text in TEXTS], normalize_embeddings=True)
    np.testing.assert_allclose(tiny.encode_passages(TEXTS), passages, atol=1e-6)
    np.testing.assert_allclose(tiny.encode_queries(TEXTS), queries, atol=1e-6)
    assert np.abs(queries - passages).max() > 0.01


def test_vectors_are_float32_of_unit_length(tiny: Encoder) -> None:
    vectors = tiny.encode_passages(TEXTS)
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, 48))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert tiny.encode_queries([]).shape == (0, 48)


def test_a_vector_does_not_depend_on_its_neighbours_and_comes_in_its_place(tiny: Encoder) -> None:
    texts = [f"{'ferry ' * (n * 7 % 23)}{n}" for n in range(40)]
    alone = np.vstack([tiny.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(tiny.encode_passages(texts), alone, atol=1e-6)


def test_batches_hold_texts_of_one_length_the_longest_first() -> None:
    assert _batches([3, 9, 1, 9, 5], 2) == [[1, 3], [4, 0], [2]]
    assert _batches([], 2) == []


def test_the_model_sees_texts_sorted_by_their_tokens(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = open_encoder(str(tiny_model), EncoderOptions(batch_size=2))
    texts = ["ℵℵℵℵℵℵℵℵℵℵℵℵ", "1 2 3 4 5", "the dam", "?!?", "1 2"]
    seen: list[list[str]] = []
    encode = encoder._model.encode  # type: ignore[attr-defined]

    def spy(batch: list[str], **options: object) -> object:
        seen.append(batch)
        assert options["batch_size"] == len(batch)
        return encode(batch, **options)

    monkeypatch.setattr(encoder._model, "encode", spy)  # type: ignore[attr-defined]
    encoder.encode_passages(texts)
    lengths = [encoder.count_tokens(batch) for batch in seen]
    assert [len(batch) for batch in seen] == [2, 2, 1]
    assert list(itertools.chain.from_iterable(lengths)) == sorted(encoder.count_tokens(texts), reverse=True)
    assert seen[2] == ["ℵℵℵℵℵℵℵℵℵℵℵℵ"]  # the most characters, and one token


@pytest.mark.parametrize(
    ("options", "at_once"),
    [
        (EncoderOptions(), 16 * 8),
        (EncoderOptions(batch_size=4), 16 * 4),
        (EncoderOptions(batch_size=4, processes=3), 16 * 4 * 3),
    ],
)
def test_it_wants_batches_enough_to_sort_among(tiny_model: Path, options: EncoderOptions, at_once: int) -> None:
    assert open_encoder(str(tiny_model), options).at_once == at_once


def test_tokens_are_counted_whole_and_the_limit_leaves_room_for_the_prompt(tiny: Encoder) -> None:
    assert tiny.count_tokens(["", "a", "a a a"]) == [0, 1, 3]
    assert tiny.count_tokens([TEXTS[2]])[0] >= 400
    assert tiny.count_tokens([]) == []
    assert tiny.max_tokens == 64 - 2 - tiny.count_tokens(["passage: "])[0]


def test_a_folder_is_remembered_by_its_absolute_path(
    tiny: Encoder, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_model.parent)
    assert canonical_name(tiny_model.name) == str(tiny_model) == tiny.identity.name
    assert open_encoder(tiny_model.name).identity == tiny.identity
    assert canonical_name("embedded") == "embedded"
    assert canonical_name("intfloat/multilingual-e5-small") == "intfloat/multilingual-e5-small"


@pytest.mark.parametrize(
    "options",
    [EncoderOptions(query_prompt="q: "), EncoderOptions(passage_prompt=""), EncoderOptions(truncate_dim=16)],
    ids=["query prompt", "passage prompt", "fewer dimensions"],
)
def test_whatever_changes_the_vectors_changes_the_revision(
    tiny: Encoder, tiny_model: Path, options: EncoderOptions
) -> None:
    changed = open_encoder(str(tiny_model), options)
    assert changed.identity.name == tiny.identity.name
    assert changed.identity.revision != tiny.identity.revision


def test_other_weights_are_another_revision(tiny: Encoder, tiny_model: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    same = open_encoder(str(copy)).identity
    assert same.revision == tiny.identity.revision
    weights = load_file(copy / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] += 0.5
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert open_encoder(str(copy)).identity.revision != tiny.identity.revision


def test_what_was_exported_for_another_backend_is_not_part_of_the_revision(
    tiny: Encoder, tiny_model: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    (copy / "onnx").mkdir()
    (copy / "onnx" / "model.onnx").write_bytes(b"exported")
    assert open_encoder(str(copy)).identity.revision == tiny.identity.revision
    (copy / "model.py").write_text("# whatever lies beside the weights may change what they do")
    assert open_encoder(str(copy)).identity.revision != tiny.identity.revision


def test_fewer_dimensions_are_the_first_ones_at_unit_length(tiny: Encoder, tiny_model: Path) -> None:
    short = open_encoder(str(tiny_model), EncoderOptions(truncate_dim=16))
    assert short.identity.dim == 16
    first = tiny.encode_passages(TEXTS)[:, :16]
    np.testing.assert_allclose(
        short.encode_passages(TEXTS), first / np.linalg.norm(first, axis=1, keepdims=True), atol=1e-6
    )


def test_e5_models_get_the_prompts_of_their_card(tiny_model: Path, tmp_path: Path) -> None:
    """Their configuration has none."""
    copy = tmp_path / "multilingual-e5-tiny"
    shutil.copytree(tiny_model, copy)
    configuration = copy / "config_sentence_transformers.json"
    configuration.write_text(configuration.read_text().replace('"query: "', '""').replace('"passage: "', '""'))
    by_card = open_encoder(str(copy)).encode_queries(TEXTS)
    by_hand = open_encoder(str(copy), EncoderOptions(query_prompt="query: ")).encode_queries(TEXTS)
    without = open_encoder(str(copy), EncoderOptions(query_prompt="")).encode_queries(TEXTS)
    np.testing.assert_allclose(by_card, by_hand, atol=1e-6)
    assert np.abs(by_card - without).max() > 0.01


def test_bfloat16_is_near_float32_and_of_unit_length(tiny: Encoder, tiny_model: Path) -> None:
    low = open_encoder(str(tiny_model), EncoderOptions(dtype="bfloat16")).encode_passages(TEXTS)
    assert low.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(low, axis=1), 1, atol=1e-6)
    assert (low * tiny.encode_passages(TEXTS)).sum(axis=1).min() > 0.99


def test_float32_is_computed_in_also_where_the_weights_are_kept_in_less(tiny_model: Path, tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    low = SentenceTransformer(str(tiny_model), device="cpu", model_kwargs={"dtype": torch.bfloat16})
    low.save(str(tmp_path / "low"))
    assert open_encoder(str(tmp_path / "low"))._model.dtype == torch.float32  # type: ignore[attr-defined]


def test_the_dtype_is_not_part_of_the_revision(tiny: Encoder, tiny_model: Path) -> None:
    """It rounds, no more: what a GPU built in bfloat16 is searched in float32."""
    assert open_encoder(str(tiny_model), EncoderOptions(dtype="bfloat16")).identity == tiny.identity


def test_loading_a_folder_says_nothing(tiny_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_encoder(str(tiny_model))
    assert capfd.readouterr() == ("", "")


def _raise(error: Exception) -> Callable[..., object]:
    def encode(*_: object, **__: object) -> object:
        raise error

    return encode


@pytest.mark.parametrize(
    ("batch_size", "hint"),
    [
        (64, "use a smaller --batch-size, such as 32, or --device cpu"),
        (1, "use --dtype bfloat16, or --device cpu"),
    ],
)
def test_a_gpu_whose_memory_is_full_asks_for_smaller_batches(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int, hint: str
) -> None:
    import torch

    encoder = open_encoder(str(tiny_model), EncoderOptions(batch_size=batch_size))
    full = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has 79 GiB of it.")
    monkeypatch.setattr(encoder._model, "encode", _raise(full))  # type: ignore[attr-defined]
    wanted = rf"^no memory for a batch of {batch_size} texts: CUDA out of memory\. Tried to allocate 2\.00 GiB\.$"
    with pytest.raises(EncoderError, match=wanted) as caught:
        encoder.encode_passages(TEXTS)
    assert caught.value.hint == hint


def test_another_failure_of_the_model_is_left_as_it_is(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = open_encoder(str(tiny_model))
    monkeypatch.setattr(encoder._model, "encode", _raise(RuntimeError("shapes differ")))  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match=r"^shapes differ$"):
        encoder.encode_passages(TEXTS)


@pytest.mark.parametrize(
    ("gpus", "options", "devices"),
    [
        (0, EncoderOptions(), [""]),
        (1, EncoderOptions(), [""]),
        (3, EncoderOptions(), ["cuda:0", "cuda:1", "cuda:2"]),
        (3, EncoderOptions(device="cuda", processes=4), ["cuda:0", "cuda:1", "cuda:2", "cuda:0"]),
        (3, EncoderOptions(device="cuda:1"), ["cuda:1"]),
        (3, EncoderOptions(device="cpu", processes=2), ["cpu", "cpu"]),
        (3, EncoderOptions(backend="onnx"), [""]),
    ],
)
def test_there_is_one_process_a_gpu_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, gpus: int, options: EncoderOptions, devices: list[str]
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: gpus)
    assert _devices(options) == devices


def test_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="cannot load the encoder 'nobody/no-such-model'") as caught:
        open_encoder("nobody/no-such-model")
    assert caught.value.hint.startswith("give a folder that SentenceTransformer.save wrote")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=f"cannot load the encoder '{tmp_path}'"):
        open_encoder(str(tmp_path))


def test_a_damaged_model_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.truncate(100_000)
    with pytest.raises(EncoderError, match=rf"cannot load the encoder '{copy}': Error while deserializing header"):
        open_encoder(str(copy))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int3"}, "dtype 'int3' is none of float32, bfloat16, float16"),
        ({"backend": "abacus"}, "backend 'abacus' is none of torch, onnx, openvino"),
        ({"truncate_dim": 0}, "truncate-dim must be at least 1, got 0"),
        ({"batch_size": -1}, "batch-size must be at least 1, or 0 to have it chosen; got -1"),
        ({"processes": -2}, "processes must be at least 1, or 0 to have it chosen; got -2"),
        (
            {"dtype": "float32", "backend": "onnx"},
            "dtype float32 is for the torch backend: with onnx the exported file decides",
        ),
        ({"model_file": "onnx/a.onnx"}, "model-file onnx/a.onnx is an exported file, and the backend is torch"),
        (
            {"backend": "openvino", "processes": 2},
            "2 processes are for the torch backend: openvino uses all cores in one",
        ),
    ],
)
def test_impossible_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EncoderOptions(**options)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore")  # of torch, about what the exporter calls
@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_exported_models_give_the_vectors_of_the_original(
    backend: str, tiny: Encoder, tiny_model: Path, tmp_path: Path
) -> None:
    """The library exports a model that has no file for the backend yet, into memory."""
    pytest.importorskip(
        "optimum.onnxruntime" if backend == "onnx" else "optimum.intel",
        reason=f"pip install '.[{backend}]', into an environment of its own",
    )
    copy = tmp_path / "model"
    shutil.copytree(tiny_model, copy)
    exported = open_encoder(str(copy), EncoderOptions(backend=backend))
    np.testing.assert_allclose(exported.encode_passages(TEXTS), tiny.encode_passages(TEXTS), atol=1e-4)
    np.testing.assert_allclose(exported.encode_queries(TEXTS), tiny.encode_queries(TEXTS), atol=1e-4)
    assert exported.identity.revision != tiny.identity.revision


@pytest.mark.parametrize(("backend", "package"), [("onnx", "onnxruntime"), ("openvino", "openvino")])
def test_a_backend_that_is_not_installed_is_said_with_what_to_install(
    backend: str, package: str, tiny_model: Path
) -> None:
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    with pytest.raises(EncoderError, match=f"the {backend} backend cannot be used: (Using|No module)") as caught:
        open_encoder(str(tiny_model), EncoderOptions(backend=backend))
    assert caught.value.hint == f"pip install '.[{backend}]' in Dateline's folder, into an environment of its own"
