"""Several processes encode as one does, divide the cores, and neither hang nor stay behind."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions
from indexer.encoders.transformer import TransformerEncoder
from indexer.errors import EncoderError
from indexer.generations import store

BIN = Path(sys.executable).parent
LONG = 900
"""Seconds that nothing takes, however busy the machine is: where something hangs, the test ends all the same."""
TEXTS = [f"{'ferry ' * (number * 7 % 23)}{number}" for number in range(60)]
SCRIPT = """
import os, signal, sys
from indexer.encoders.options import EncoderOptions
from indexer.encoders.workers import Workers
if __name__ == "__main__":
    workers = Workers(sys.argv[1], EncoderOptions(), None, ["cpu", "cpu"])
    print(workers._pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _two(model: Path) -> TransformerEncoder:
    """Return an encoder with two processes, of which none has started."""
    return TransformerEncoder(str(model), EncoderOptions(processes=2, batch_size=1))


def _processes(encoder: TransformerEncoder) -> list[int]:
    assert encoder._workers is not None
    return list(encoder._workers._pool._processes)


def _gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        if not any(_runs(process) for process in processes):
            return True
        time.sleep(0.1)
    return False


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_two_processes_divide_the_cores_encode_as_one_does_and_end_with_the_encoder(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test for the whole life of two processes: each takes seconds to start."""
    import torch

    with monkeypatch.context() as four_cores:
        four_cores.setenv("DATELINE_THREADS", "4")
        two = _two(tiny_model)
    one = open_encoder(str(tiny_model))  # with as many threads as the other tests
    np.testing.assert_allclose(two.encode_passages(TEXTS), one.encode_passages(TEXTS), atol=1e-6)
    assert two.encode_passages([]).shape == (0, 48)
    processes = _processes(two)
    assert len(processes) == 2
    assert two._workers is not None
    threads = [two._workers._pool.submit(torch.get_num_threads) for _ in range(4)]
    assert [each.result() for each in threads] == [2] * 4
    assert all(_runs(process) for process in processes)
    del two
    gc.collect()
    assert _gone(processes)


def test_a_few_passages_and_all_queries_start_no_process(tiny_model: Path) -> None:
    two = _two(tiny_model)
    assert two.at_once == 32
    two.encode_passages(TEXTS[:15])
    two.encode_queries(TEXTS)
    assert _processes(two) == []


def test_a_process_that_dies_is_an_error_and_no_hang(tiny_model: Path) -> None:
    two = _two(tiny_model)
    assert two._workers is not None
    for _ in range(2):
        two._workers._pool.submit(os.getpid)
    killed, other = _processes(two)
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(EncoderError, match=r"^a process that encodes died: it was killed") as caught:
        two.encode_passages(TEXTS)
    assert caught.value.hint.startswith("use fewer --processes or a smaller --batch-size")
    assert _gone([other])


def test_the_processes_end_with_a_parent_that_was_killed(tiny_model: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(tiny_model)], capture_output=True, text=True, check=False, timeout=LONG
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert _gone([int(done.stdout)])


def test_the_command_builds_with_two_processes_what_one_builds(
    write_jsonl: Callable[..., Path], tiny_model: Path, tmp_path: Path
) -> None:
    news = write_jsonl(*({"id": str(number), "text": text} for number, text in enumerate(TEXTS)))
    command = [str(BIN / "rebuild-index"), str(news), "--index", str(tmp_path / "two"), "--encoder", str(tiny_model)]
    done = subprocess.run(
        [*command, "--batch-size", "1", "--processes", "2"],
        capture_output=True, text=True, check=False, timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "encoding: 139 of 139 passages" in done.stderr
    rebuild_index(BuildPlan([news], tmp_path / "one", open_encoder(str(tiny_model))))
    one, two = (store.open_current(tmp_path / name).vectors.rows(slice(None)) for name in ("one", "two"))
    assert one.shape == (139, 48)
    np.testing.assert_allclose(two, one, atol=1e-6)
