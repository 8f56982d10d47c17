"""What tests share: a fake encoder where encoding is not the subject, a tiny real model, and indexes."""

import functools
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from hypothesis import settings

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.generations.report import BuildReport

if TYPE_CHECKING:
    from transformers import BertConfig

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

REPOSITORY = Path(__file__).resolve().parent.parent


CHILD = """
import importlib, os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import WordEncoder
from indexer.build.rebuild import rebuild_index
from indexer.build.plan import BuildPlan
from indexer.errors import DatelineError
source, index, owner, function, limit = sys.argv[1:]
if function:
    module, _, cls = owner.partition(":")
    place = importlib.import_module(module)
    place = getattr(place, cls) if cls else place
    assert callable(getattr(place, function))
    setattr(place, function, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    rebuild_index(BuildPlan([Path(source)], Path(index), WordEncoder()))
except DatelineError as error:
    print(type(error).__name__, error)
    sys.exit(error.exit_code)
"""


class WordEncoder:
    """The supported fake: each word has a random direction of its own, a text is the sum of its words.

    Texts that share words are similar, and nothing is loaded. ``calls`` counts the texts encoded.
    """

    max_tokens: int | None = None
    languages = None
    at_once = 128

    def __init__(self, name: str = "words", dim: int = 64) -> None:
        self.identity = EncoderIdentity(name, "1", dim)
        self.calls = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += len(texts)
        vectors = np.zeros((len(texts), self.identity.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _words(text) or [""]:
                vectors[row] += _direction(word, self.identity.dim)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@functools.cache
def _direction(word: str, dim: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).standard_normal(dim).astype(np.float32)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what is cached for the user in a folder of the tests, also in the processes that they start."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def embedded() -> Encoder:
    """The embedded encoder, loaded once."""
    return open_encoder()


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory, embedded: Encoder) -> Path:
    """An index over seeds/ with the embedded encoder; read it, never write to it."""
    index = tmp_path_factory.mktemp("seeds") / "index"
    rebuild_index(BuildPlan([REPOSITORY / "seeds"], index, embedded))
    return index


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes records to a JSON Lines file under ``tmp_path``."""

    def write(*records: object, name: str = "news.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
        return path

    return write


@pytest.fixture
def in_child() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Return a function that builds in a process of its own, killed when a function is called or short of disk."""

    def in_child(
        source: Path, index: Path, owner: str = "", function: str = "", limit: int = 0
    ) -> "subprocess.CompletedProcess[str]":
        script = CHILD.format(tests=str(REPOSITORY / "tests"))
        command = [sys.executable, "-c", script, str(source), str(index), owner, function, str(limit)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return in_child


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., BuildReport]:
    """Return a function that builds ``tmp_path / "index"`` over sources with the fake encoder."""

    def build(*sources: Path, encoder: Encoder | None = None, index: str = "index", **more: Any) -> BuildReport:
        return rebuild_index(BuildPlan(sources, tmp_path / index, encoder or WordEncoder(), **more))

    return build


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of a few thousand random weights, saved to a folder, with prompts of its own."""
    from random_model import build_model

    return build_model(tmp_path_factory.mktemp("tiny") / "tiny-model", _sample_texts(), _tiny_shape(), 64)


@pytest.fixture(scope="session")
def tiny_reranker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross encoder of a few thousand random weights, saved to a folder; it gives one score."""
    from random_model import build_cross_encoder

    shape = _tiny_shape(num_labels=1, initializer_range=0.3)  # scores of .1 to .2: in less they are alike, in more 0
    return build_cross_encoder(tmp_path_factory.mktemp("tiny") / "tiny-reranker", _sample_texts(), shape, 64)


def _sample_texts() -> list[str]:
    paths = sorted((REPOSITORY / "seeds" / "sample-news").glob("*.jsonl"))
    return [path.read_text(encoding="utf-8") for path in paths]


def _tiny_shape(**more: object) -> "BertConfig":
    from transformers import BertConfig

    return BertConfig(
        vocab_size=3000,
        hidden_size=48,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=96,
        **more,
    )
