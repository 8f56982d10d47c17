"""What tests share: a fake encoder where encoding is not the subject, a tiny real model, and indexes."""

import functools
import gc
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from filelock import FileLock
from hypothesis import settings

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.generations.report import BuildReport
from indexer.threads import compute_threads

if TYPE_CHECKING:
    from transformers import BertConfig

pytest_plugins = ["page_browser"]

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole-matrix", action="store_true", help="measure all hostile texts, and long ones")


MadeOnce = Callable[[str, Callable[[Path], object]], Path]
Ended = subprocess.CompletedProcess[str]


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


def pytest_configure(config: pytest.Config) -> None:
    """Begin from defaults, and share the cores out among the workers, which inherit this environment as they start."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        del os.environ[name]
    if workers := len(config.getoption("tx", None) or ()):
        threads = str(max(1, compute_threads() // workers))
        os.environ.update(DATELINE_THREADS=threads, OMP_NUM_THREADS=threads)


@pytest.fixture(scope="session")
def of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share; where there are no workers, one of this process."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "of-the-run"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def made_once(of_the_run: Path) -> MadeOnce:
    """Return a function that has a new folder filled by the worker that asks first; read it, never write to it."""

    def made_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = of_the_run / name, of_the_run / f"{name}.made"
        with FileLock(of_the_run / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what a worker left that failed to make it
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return made_once


@pytest.fixture(scope="session", autouse=True)
def _clients_ask_for_localhost() -> None:
    """Let test clients name this machine: a service without keys answers to no other name."""
    from starlette.testclient import TestClient

    TestClient.__init__ = functools.partialmethod(  # type: ignore[method-assign, assignment]
        TestClient.__init__, base_url="http://localhost"
    )


@pytest.fixture(scope="session", autouse=True)
def _own_cache(of_the_run: Path) -> None:
    """Keep what is cached or configured for the user in the tests' folder, also in the processes that they start."""
    os.environ["XDG_CACHE_HOME"] = str(of_the_run / "cache")
    os.environ["XDG_CONFIG_HOME"] = str(of_the_run / "config")


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def embedded() -> Encoder:
    """The embedded encoder, loaded once."""
    return open_encoder()


@pytest.fixture(scope="session")
def seed_index(made_once: MadeOnce, embedded: Encoder) -> Path:
    """An index over seeds/ with the embedded encoder; read it, never write to it."""
    return made_once("seed-index", lambda index: rebuild_index(BuildPlan([REPOSITORY / "seeds"], index, embedded)))


@pytest.fixture
def growth() -> Iterator[Callable[[Callable[[int], object], int], float]]:
    """Return a function that tells how many times as long a piece of work takes on four times its size.

    Work in proportion to its size takes 4 times as long, work that grows with the square 16 times. What counts is the
    processor time of this thread, the least of several, so that a busy machine changes little.
    """

    def seconds(work: Callable[[int], object], size: int) -> float:
        began = time.thread_time()
        work(size)
        return time.thread_time() - began

    def growth(work: Callable[[int], object], size: int) -> float:
        pairs = [(seconds(work, size), seconds(work, 4 * size)) for _ in range(5)]
        small, large = (min(column) for column in zip(*pairs, strict=True))
        return large / small

    gc.disable()
    yield growth
    gc.enable()


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes records to a JSON Lines file under ``tmp_path``."""

    def write(*records: object, name: str = "news.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
        return path

    return write


@pytest.fixture(scope="session")
def building_process() -> Iterator["subprocess.Popen[str]"]:
    """A process that forks a child for each build that it is asked for; that saves each child its imports."""
    command = [sys.executable, str(REPOSITORY / "tests" / "building_process.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


@pytest.fixture
def in_child(building_process: "subprocess.Popen[str]", tmp_path: Path) -> Callable[..., Ended]:
    """Return a function that builds in a process of its own, killed when a function is called or short of disk."""
    output = {name: tmp_path / f"child.{name}" for name in ("stdout", "stderr")}

    def in_child(source: Path, index: Path, owner: str = "", function: str = "", limit: int = 0) -> Ended:
        asked = {"source": source, "index": index, "owner": owner, "function": function, "limit": limit}
        around = {"directory": Path.cwd(), "environment": dict(os.environ)}
        assert building_process.stdin is not None
        assert building_process.stdout is not None
        print(json.dumps(asked | around | output, default=str), file=building_process.stdin, flush=True)
        code = building_process.stdout.readline()
        assert code, "the process that forks children has ended"
        written = {name: path.read_text(encoding="utf-8") for name, path in output.items()}
        return subprocess.CompletedProcess(list(asked.values()), int(code), **written)

    return in_child


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., BuildReport]:
    """Return a function that builds ``tmp_path / "index"`` over sources with the fake encoder."""

    def build(*sources: Path, encoder: Encoder | None = None, index: str = "index", **more: Any) -> BuildReport:
        return rebuild_index(BuildPlan(sources, tmp_path / index, encoder or WordEncoder(), **more))

    return build


@pytest.fixture(scope="session")
def tiny_model(made_once: MadeOnce) -> Path:
    """A sentence-transformers model of a few thousand random weights, saved to a folder, with prompts of its own."""

    def make(folder: Path) -> None:
        from random_model import build_model

        build_model(folder, _sample_texts(), _tiny_shape(), 64)

    return made_once("tiny-model", make) / "model"


@pytest.fixture(scope="session")
def tiny_reranker(made_once: MadeOnce) -> Path:
    """A cross encoder of a few thousand random weights, saved to a folder; it gives one score."""

    def make(folder: Path) -> None:
        from random_model import build_cross_encoder

        shape = _tiny_shape(num_labels=1, initializer_range=0.3)  # scores of .1 to .2: in less alike, in more 0
        build_cross_encoder(folder, _sample_texts(), shape, 64)

    return made_once("tiny-reranker", make) / "model"


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
