"""How many threads a process computes with: one number for torch's OpenMP and for FAISS's, set by both from here."""

import os


def compute_threads() -> int:
    """Return ``DATELINE_THREADS``, or the number of processor cores that this process may use."""
    wanted = os.environ.get("DATELINE_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
