"""Any sentence-transformers cross encoder as a reranker: the library's scores, and clear refusals."""

import json
import shutil
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.cross_encoder import Reranker, _full_name, open_reranker
from indexer.errors import EncoderError

QUERY = "Wie viele Menschen waren auf der Fähre?"
PASSAGES = ["Die Fähre lief auf ein Riff.", "渡轮触礁", "a ferry " * 200, "", "Цены на рис растут."]


@pytest.fixture(scope="module")
def tiny(tiny_reranker: Path) -> Reranker:
    return open_reranker(str(tiny_reranker), device="cpu")


@pytest.fixture
def altered(tiny_reranker: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the model and changes values in one of its JSON files."""

    def alter(file: str, **values: object) -> Path:
        copy = tmp_path / "copy"
        shutil.copytree(tiny_reranker, copy)
        path = copy / file
        path.write_text(json.dumps(json.loads(path.read_text()) | values))
        return copy

    return alter


def test_scores_are_the_probabilities_of_the_library(tiny: Reranker, tiny_reranker: Path) -> None:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(tiny_reranker), device="cpu")
    wanted = model.predict([(QUERY, passage) for passage in PASSAGES])
    scores = tiny.score(QUERY, PASSAGES)
    np.testing.assert_allclose(scores, wanted, atol=1e-6)
    assert (scores.dtype, scores.shape) == (np.float32, (5,))
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert np.ptp(scores) > 0.01
    assert np.abs(tiny.score("Reis", PASSAGES) - scores).max() > 0.01


def test_bare_logits_become_probabilities(tiny: Reranker, altered: Callable[..., Path], tiny_reranker: Path) -> None:
    from sentence_transformers import CrossEncoder

    saved = json.loads((tiny_reranker / "config_sentence_transformers.json").read_text())
    assert saved["activation_fn"] == "torch.nn.modules.activation.Sigmoid"
    bare = altered("config_sentence_transformers.json", activation_fn="torch.nn.modules.linear.Identity")
    logits = CrossEncoder(str(bare), device="cpu").predict([(QUERY, passage) for passage in PASSAGES])
    assert not ((logits >= 0) & (logits <= 1)).all()
    scores = open_reranker(str(bare)).score(QUERY, PASSAGES)
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-logits)), atol=1e-6)
    np.testing.assert_allclose(scores, tiny.score(QUERY, PASSAGES), atol=1e-6)


def test_a_score_does_not_depend_on_its_neighbours_and_comes_in_its_place(tiny: Reranker) -> None:
    passages = [f"{'ferry ' * (n * 7 % 23)}{n}" for n in range(40)]
    alone = np.concatenate([tiny.score(QUERY, [passage]) for passage in passages])
    np.testing.assert_allclose(tiny.score(QUERY, passages), alone, atol=1e-5)
    assert np.ptp(alone) > 0.01


def test_no_passages_have_no_scores(tiny: Reranker) -> None:
    scores = tiny.score(QUERY, [])
    assert (scores.dtype, scores.shape) == (np.float32, (0,))


def test_what_is_beyond_the_models_limit_is_cut_off(tiny: Reranker) -> None:
    start = "a ferry " * 200
    np.testing.assert_allclose(tiny.score(QUERY, [start + "sank"]), tiny.score(QUERY, [start]), atol=1e-6)
    assert np.abs(tiny.score(QUERY, ["a ferry sank"]) - tiny.score(QUERY, ["a ferry"])).max() > 1e-4
    assert tiny.score(QUERY * 100, PASSAGES).shape == (5,)


def test_threads_get_the_scores_of_their_own_query(tiny: Reranker) -> None:
    queries = [f"ferry {'rice ' * n}" for n in range(16)]
    wanted = [tiny.score(query, PASSAGES) for query in queries]
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(lambda query: tiny.score(query, PASSAGES), queries))
    np.testing.assert_allclose(scores, wanted, atol=1e-6)


def test_the_model_scores_for_one_thread_at_a_time_in_batches_that_fit_the_caches(
    tiny_reranker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reranker = open_reranker(str(tiny_reranker), device="cpu")
    inside, most = 0, 0

    def predict(pairs: list[tuple[str, str]], *, batch_size: int, show_progress_bar: bool) -> list[float]:
        nonlocal inside, most
        assert (batch_size, show_progress_bar) == (8, False)
        inside += 1
        most = max(most, inside)
        time.sleep(0.02)
        inside -= 1
        return [0.5] * len(pairs)

    monkeypatch.setattr(reranker._model, "predict", predict)  # type: ignore[attr-defined]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda query: reranker.score(query, PASSAGES), "abcdefgh"))
    assert most == 1


def test_a_folder_is_named_by_its_absolute_path(
    tiny: Reranker, tiny_reranker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_reranker.parent)
    assert open_reranker(tiny_reranker.name).name == tiny.name == str(tiny_reranker)


def test_a_folder_that_transformers_wrote_will_do(tiny: Reranker, tiny_reranker: Path) -> None:
    """Most rerankers on the hub were saved like this, before the library wrote a list of modules."""
    plain = tiny_reranker.parent / "hub"
    assert not (plain / "modules.json").exists()
    short = [passage for passage in PASSAGES if len(passage) < 100]  # its tokenizer has another limit
    np.testing.assert_allclose(open_reranker(str(plain)).score(QUERY, short), tiny.score(QUERY, short), atol=1e-6)


def test_loading_and_scoring_say_nothing(tiny_reranker: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_reranker(str(tiny_reranker)).score(QUERY, PASSAGES)
    open_reranker(str(tiny_reranker.parent / "hub")).score(QUERY, PASSAGES)
    assert capfd.readouterr() == ("", "")


def test_a_folder_needs_no_network(tiny_reranker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def refuse(*where: object, **_: object) -> object:
        calls.append(where)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tiny_reranker.parent.parent)
    for inside in ("model", "hub"):
        open_reranker(f"{tiny_reranker.parent.name}/{inside}").score(QUERY, PASSAGES)
    assert calls == []


def test_float32_is_computed_in_also_where_the_weights_are_kept_in_less(tiny_reranker: Path, tmp_path: Path) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    low = CrossEncoder(str(tiny_reranker), device="cpu", model_kwargs={"dtype": torch.bfloat16})
    low.save(str(tmp_path / "low"))
    assert open_reranker(str(tmp_path / "low"))._model.dtype == torch.float32  # type: ignore[attr-defined]


def test_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match=r"^cannot load the reranker 'nobody/no-such-model': ") as caught:
        open_reranker("nobody/no-such-model")
    assert caught.value.hint == (
        "give a folder that CrossEncoder.save wrote, or a model's name while its hub can be reached;"
        " a search without a reranker needs neither"
    )


def test_a_bare_name_is_looked_up_where_the_library_looks_for_it(tmp_path: Path) -> None:
    assert _full_name("ms-marco-MiniLM-L6-v2") == "cross-encoder/ms-marco-MiniLM-L6-v2"
    assert _full_name("BAAI/bge-reranker-v2-m3") == "BAAI/bge-reranker-v2-m3"
    assert _full_name(str(tmp_path)) == str(tmp_path)


@pytest.mark.parametrize("inside", ["", "nowhere"], ids=["empty", "missing"])
def test_a_folder_without_a_model_is_refused(tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match=f"^cannot load the reranker '{tmp_path / inside}': "):
        open_reranker(str(tmp_path / inside))


@pytest.mark.parametrize(("file", "size"), [("model.safetensors", 100_000), ("modules.json", 5)])
def test_a_damaged_model_is_refused(altered: Callable[..., Path], file: str, size: int) -> None:
    copy = altered("config.json")
    with (copy / file).open("r+b") as damaged:
        damaged.truncate(size)
    with pytest.raises(EncoderError, match=f"^cannot load the reranker '{copy}': "):
        open_reranker(str(copy))


def test_a_model_that_gives_several_labels_is_refused(tmp_path: Path) -> None:
    from random_model import build_cross_encoder
    from transformers import BertConfig

    config = BertConfig(
        vocab_size=300, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, num_labels=2,
        id2label={0: "contradiction", 1: "entailment"},
    )  # fmt: skip
    folder = build_cross_encoder(tmp_path, [QUERY, *PASSAGES], config, 64)
    wanted = rf"^'{folder}' gives 2 labels \(contradiction, entailment\), and a reranker gives one score$"
    with pytest.raises(EncoderError, match=wanted) as caught:
        open_reranker(str(folder))
    assert caught.value.hint.startswith("give a cross encoder trained to rank, such as ")


@pytest.mark.parametrize(
    ("inside", "kind"), [("", "SentenceTransformer"), ("../hub", "BertModel")], ids=["with modules", "without"]
)
def test_a_bi_encoder_is_refused(tiny_model: Path, inside: str, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The library would put a classifier of random weights on it."""
    folder = (tiny_model / inside).resolve()
    wanted = f"^'{folder}' is a {kind}, and a reranker is a CrossEncoder: it reads query and passage together$"
    with pytest.raises(EncoderError, match=wanted) as caught:
        open_reranker(str(folder))
    assert caught.value.hint.startswith("give a cross encoder trained to rank, such as ")
    assert capfd.readouterr() == ("", "")


def test_a_model_that_does_not_say_what_it_is_is_refused(tiny_reranker: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_reranker.parent / "hub", copy)
    config = json.loads((copy / "config.json").read_text())
    del config["architectures"]
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(EncoderError, match="is a model of no stated architecture, and a reranker is a CrossEncoder"):
        open_reranker(str(copy))
