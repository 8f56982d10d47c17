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

from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions
from indexer.encoders.transformer import TransformerEncoder
from indexer.errors import EncoderError
from indexer.generations import store

BIN = Path(sys.executable).parent
TEXTS = [f"{'ferry ' * (number * 7 % 23)}{number}" for number in range(60)]
SCRIPT = """
import os, signal, sys
from indexer.encoders.options import EncoderOptions
from indexer.encoders.transformer import TransformerEncoder
if __name__ == "__main__":
    encoder = TransformerEncoder(sys.argv[1], EncoderOptions(processes=2, batch_size=1))
    print(encoder._workers._pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def two(tiny_model: Path) -> TransformerEncoder:
    """An encoder with two processes; the tests below follow it from its start to the death of one."""
    return TransformerEncoder(str(tiny_model), EncoderOptions(processes=2, batch_size=1))


def _processes(encoder: TransformerEncoder) -> list[int]:
    assert encoder._workers is not None
    return list(encoder._workers._pool._processes)


def _gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + 30
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


def test_a_few_passages_and_all_queries_start_no_process(two: TransformerEncoder) -> None:
    assert two.at_once == 32
    two.encode_passages(TEXTS[:15])
    two.encode_queries(TEXTS)
    assert _processes(two) == []


def test_two_processes_encode_as_one_does(two: TransformerEncoder, tiny_model: Path) -> None:
    vectors = two.encode_passages(TEXTS)
    np.testing.assert_allclose(vectors, open_encoder(str(tiny_model)).encode_passages(TEXTS), atol=1e-6)
    assert len(_processes(two)) == 2
    assert two.encode_passages([]).shape == (0, 48)


def test_the_processes_divide_the_cores(two: TransformerEncoder) -> None:
    import torch

    assert two._workers is not None
    pool = two._workers._pool
    threads = max(1, len(os.sched_getaffinity(0)) // 2)
    assert [pool.submit(torch.get_num_threads).result() for _ in range(4)] == [threads] * 4


def test_a_process_that_dies_is_an_error_and_no_hang(two: TransformerEncoder) -> None:
    killed, other = _processes(two)
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(EncoderError, match=r"^a process that encodes died: it was killed") as caught:
        two.encode_passages(TEXTS)
    assert caught.value.hint.startswith("use fewer --processes or a smaller --batch-size")
    assert _gone([other])


def test_the_processes_end_with_the_encoder(tiny_model: Path) -> None:
    encoder = TransformerEncoder(str(tiny_model), EncoderOptions(processes=2, batch_size=1))
    assert encoder._workers is not None
    process = encoder._workers._pool.submit(os.getpid).result()
    assert _runs(process)
    del encoder
    gc.collect()
    assert _gone([process])


def test_the_processes_end_with_a_parent_that_was_killed(tiny_model: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(tiny_model)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert _gone([int(done.stdout)])


def test_the_command_builds_with_two_processes_what_it_builds_with_one(
    write_jsonl: Callable[..., Path], tiny_model: Path, tmp_path: Path
) -> None:
    news = write_jsonl(*({"id": str(number), "text": text} for number, text in enumerate(TEXTS)))
    vectors = []
    for processes in ("1", "2"):
        index = tmp_path / processes
        command = [str(BIN / "rebuild-index"), str(news), "--index", str(index), "--encoder", str(tiny_model)]
        done = subprocess.run(
            [*command, "--batch-size", "1", "--processes", processes],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "encoding: 139 of 139 passages" in done.stderr
        vectors.append(store.open_current(index).vectors._index.reconstruct_n(0, 139))
    np.testing.assert_allclose(vectors[1], vectors[0], atol=1e-6)
