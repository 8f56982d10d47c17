"""How many threads a process computes with: one number for torch, FAISS and the threads of our own."""

import os


def compute_threads() -> int:
    """Return ``DATELINE_THREADS``, or the number of processor cores that this process may use."""
    wanted = os.environ.get("DATELINE_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def give_each_thread_one_core() -> None:
    """Let numpy's matrix products stay in the thread that asks for them: threads of ours share out the cores.

    With several of its own, each would wait for the others' (https://github.com/OpenMathLib/OpenBLAS/wiki/faq, "using
    OpenBLAS in multi-threaded programs").
    """
    import numpy  # noqa: F401, ICN001  loads the library that is looked for
    import threadpoolctl

    threadpoolctl.ThreadpoolController().select(internal_api="openblas").limit(limits=1)
