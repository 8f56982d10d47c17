"""Any sentence-transformers model: its prompts, its identity, its limits, and clear refusals."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.choose import EncoderOptions, canonical_name, open_encoder
from indexer.encoders.protocol import Encoder
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


def test_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="cannot load the encoder 'nobody/no-such-model'") as caught:
        open_encoder("nobody/no-such-model")
    assert caught.value.hint.startswith("give a folder that SentenceTransformer.save wrote")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=f"cannot load the encoder '{tmp_path}'"):
        open_encoder(str(tmp_path))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int3"}, "dtype 'int3' is none of float32, bfloat16, float16"),
        ({"backend": "abacus"}, "backend 'abacus' is none of torch, onnx, openvino"),
        ({"truncate_dim": 0}, "truncate-dim must be at least 1, got 0"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EncoderOptions(**options)  # type: ignore[arg-type]
