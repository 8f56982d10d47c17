"""Which dtype this processor multiplies the second convolutions in fastest: measured once, and kept beside the weights.

What a processor says it can do does not tell what is fast. With AVX512-BF16, a bfloat16 product of torch 2.13 reaches
83 GFLOP/s a core where float32 reaches 120 to 160, and float32 needs only half of the products (see ``toom_cook``).
"""

import contextlib
import platform
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import filelock
import orjson
import torch
from torch import Tensor

from indexer.encoders.use.toom_cook import Direct, ToomCook, margin

EXACT, ROUGHER = "float32", "bfloat16"
DTYPES: Final = (EXACT, ROUGHER)
_WORTH_IT = 0.8
"""The share of float32's time that bfloat16 may take at most to be chosen: it is less exact."""
_HOPELESS = 4
"""If its first run takes this many times as long as float32, bfloat16 is emulated and not measured any further."""
_ROWS, _ROUNDS = 256, 3

Second = ToomCook | Direct


def make_convolution(weight: Tensor, bias: Tensor, width: int, dtype: str) -> Second:
    """Return a second convolution that multiplies in a dtype; ``weight`` is float32, see ``ToomCook``."""
    if dtype == EXACT:
        return ToomCook(weight, bias, width)
    return Direct(weight.to(getattr(torch, dtype)), bias, width)


def fastest_dtype(weight: Tensor, bias: Tensor, width: int, kept: Path | None) -> str:
    """Return the dtype in which a convolution takes the least time on one core of this processor.

    Args:
        weight: Of the convolution, float32.
        bias: Of the convolution.
        width: Tokens that it reaches over.
        kept: A file in which answers are kept, one for each kind of processor; None to measure each time. The file may
            be missing, damaged or read-only.
    """
    return remembered(kept, _processor(), lambda: _measure(weight, bias, width))


def remembered(kept: Path | None, processor: str, measure: Callable[[], str]) -> str:
    """Return the dtype kept for a processor, or measure and keep it. Processes that start at once choose the same."""
    if kept is not None:
        with contextlib.suppress(OSError), filelock.FileLock(f"{kept}.lock"):
            known = _read(kept)
            if known.get(processor) not in DTYPES:
                known[processor] = measure()
                _write(kept, known)
            return known[processor]
    return measure()


def choose(exact: Callable[[], float], rougher: Callable[[], float]) -> str:
    """Return the dtype to compute in from two functions that run a convolution once and return the seconds it took."""
    exact()
    least = min(exact() for _ in range(_ROUNDS))
    if rougher() > _HOPELESS * least:
        return EXACT
    return ROUGHER if min(rougher() for _ in range(_ROUNDS)) < _WORTH_IT * least else EXACT


def _measure(weight: Tensor, bias: Tensor, width: int) -> str:
    x = torch.rand(_ROWS + margin(width), weight.shape[1] // width) - 0.5

    def timed(convolution: Second) -> Callable[[], float]:
        def run() -> float:
            began = time.perf_counter()
            convolution(x, _ROWS)
            return time.perf_counter() - began

        return run

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            return choose(*(timed(make_convolution(weight, bias, width, dtype)) for dtype in DTYPES))
    finally:
        torch.set_num_threads(threads)


def _processor() -> str:
    """Name the kind of processor, and the torch that computes on it."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        if found := re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
            name = found[1]
    able = sorted(each for each, there in torch.cpu.get_capabilities().items() if there is True)
    return f"{name}, {' '.join(able)}, torch {torch.__version__}"


def _read(path: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, orjson.JSONDecodeError, TypeError, ValueError):
        return dict(orjson.loads(path.read_bytes()))
    return {}


def _write(path: Path, known: dict[str, str]) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        file.write(orjson.dumps(known, option=orjson.OPT_INDENT_2))
    Path(file.name).replace(path)
