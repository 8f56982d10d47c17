"""The number of threads that a process computes with: the same for torch, FAISS and Dateline's own threads."""

import os
from typing import Final

from indexer.environment import PREFIX, read_number

THREADS: Final = f"{PREFIX}THREADS"
"""The variable that says how many threads a process computes with."""


def compute_threads() -> int:
    """Return ``DATELINE_THREADS``, or the number of processor cores that this process may use.

    Raises:
        SettingsError: ``DATELINE_THREADS`` is not a number of threads.
    """
    return read_number("THREADS", os.environ) or _usable_cores()


def give_each_thread_one_core() -> None:
    """Make OpenBLAS compute each matrix product of numpy in the thread that asks for it.

    The encoder divides its work among threads of its own. If OpenBLAS had several threads too, they would all wait for
    one another (https://github.com/OpenMathLib/OpenBLAS/wiki/faq, "using OpenBLAS in multi-threaded programs").
    """
    import numpy  # noqa: F401, ICN001  loads OpenBLAS, which threadpoolctl then finds
    import threadpoolctl

    threadpoolctl.ThreadpoolController().select(internal_api="openblas").limit(limits=1)


def _usable_cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
