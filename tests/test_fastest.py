"""The dtype of the embedded encoder is what was measured as fastest, never what the processor's flags promise."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
import torch

from indexer.encoders.embedded import EmbeddedEncoder
from indexer.encoders.use import fastest
from indexer.encoders.use.bulk import PassageNetwork
from indexer.encoders.use.fastest import choose, fastest_dtype, make_convolution, remembered
from indexer.encoders.use.prepared import measurements_file, open_prepared
from indexer.encoders.use.toom_cook import margin


def _taking(*seconds: float) -> Callable[[], float]:
    """Return a function that says it took these seconds, the last of them for ever."""
    left: Iterator[float] = iter(seconds)
    return lambda: next(left, seconds[-1])


@pytest.mark.parametrize(
    ("exact", "rougher", "chosen"),
    [
        ((9, 1.0), (9, 0.5), "float32"),  # a first run of nine times as long is emulated
        ((9, 1.0), (3, 0.7), "bfloat16"),
        ((9, 1.0), (3, 0.9), "float32"),  # too little faster for what it loses
        ((9, 1.0), (3, 2.0), "float32"),
        ((9, 4, 1.0, 4), (3, 4, 0.7, 4), "bfloat16"),  # the best of several runs counts
    ],
)
def test_the_rougher_dtype_must_be_clearly_faster(
    exact: tuple[float, ...], rougher: tuple[float, ...], chosen: str
) -> None:
    assert choose(_taking(*exact), _taking(*rougher)) == chosen


def test_a_processor_is_measured_once(tmp_path: Path) -> None:
    kept = tmp_path / "fastest.json"
    found = iter(["bfloat16", "float32"])
    assert remembered(kept, "one", lambda: next(found)) == "bfloat16"
    assert remembered(kept, "one", lambda: pytest.fail("measured again")) == "bfloat16"
    assert remembered(kept, "other", lambda: next(found)) == "float32"
    assert orjson.loads(kept.read_bytes()) == {"one": "bfloat16", "other": "float32"}
    assert {path.name for path in tmp_path.iterdir()} <= {"fastest.json", "fastest.json.lock"}


def test_of_processes_that_start_at_once_one_measures(tmp_path: Path) -> None:
    measured: list[str] = []
    together = threading.Barrier(4)

    def start(name: str) -> str:
        together.wait()
        return remembered(tmp_path / "fastest.json", "one", lambda: measured.append(name) or "bfloat16")  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start, "abcd")) == {"bfloat16"}
    assert len(measured) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"[1]", b"1", b'{"one": "float8"}', b'{"one": 3}', b"\xff"])
def test_what_was_kept_and_makes_no_sense_is_measured_anew(tmp_path: Path, content: bytes) -> None:
    kept = tmp_path / "fastest.json"
    kept.write_bytes(content)
    assert remembered(kept, "one", lambda: "bfloat16") == "bfloat16"
    assert orjson.loads(kept.read_bytes()) == {"one": "bfloat16"}


def test_where_nothing_can_be_kept_it_is_measured_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for kept in (None, tmp_path / "file" / "fastest.json"):
        assert remembered(kept, "one", lambda: "float32") == "float32"


def test_measuring_leaves_the_threads_of_torch_as_they_were() -> None:
    weights = open_prepared().arrays
    weight, bias = (torch.from_numpy(weights[f"second.0.{name}"]) for name in ("weight", "bias"))
    before = torch.get_num_threads()
    assert fastest_dtype(weight, bias, 2, None) in fastest.DTYPES
    assert torch.get_num_threads() == before


def test_flags_decide_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A processor that boasts of everything computes in what was measured."""
    boasts = dict.fromkeys(("avx512_bf16", "amx_bf16", "avx512_f"), True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: boasts)
    monkeypatch.setattr(fastest, "choose", lambda *_: "float32")
    assert PassageNetwork(open_prepared(), 1, kept=tmp_path / "a").dtype == "float32"
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    monkeypatch.setattr(fastest, "choose", lambda *_: "bfloat16")
    assert PassageNetwork(open_prepared(), 1, kept=tmp_path / "b").dtype == "bfloat16"
    assert PassageNetwork(open_prepared(), 1, "float32", tmp_path / "b").dtype == "float32"


def test_what_is_chosen_is_not_much_slower_than_the_other_dtype() -> None:
    """The real thing, on whatever processor this runs on: compared side by side, several times."""
    weights = open_prepared().arrays
    weight, bias = (torch.from_numpy(weights[f"second.2.{name}"]) for name in ("weight", "bias"))
    x = torch.rand(512 + margin(5), 256) - 0.5
    seconds: dict[str, list[float]] = {dtype: [] for dtype in fastest.DTYPES}
    with torch.inference_mode():
        convolutions = {dtype: make_convolution(weight, bias, 5, dtype) for dtype in fastest.DTYPES}
        for _ in range(7):
            for dtype, convolution in convolutions.items():
                began = time.perf_counter()
                convolution(x, 512)
                seconds[dtype].append(time.perf_counter() - began)
    chosen = fastest_dtype(weight, bias, 5, None)
    best = {dtype: min(each) for dtype, each in seconds.items()}
    assert best[chosen] < 2 * min(best.values())


def test_the_encoder_keeps_what_was_measured_beside_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    EmbeddedEncoder().encode_passages(["Die Fähre lief auf Grund."])
    (dtype,) = orjson.loads(measurements_file().read_bytes()).values()
    assert dtype in fastest.DTYPES
