"""Starts the processes that work beside the one of a command: each runs a module of this package, with pipes to it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_FRUGAL = {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Settings of libraries by which they do not reserve memory for threads that the process has not."""


def start_child(
    module: str, settings: Mapping[str, str] | None = None, process_group: int | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process that runs a module; its standard input and output are pipes.

    Args:
        module: Its full name.
        settings: Further variables of its environment.
        process_group: 0 for a group of its own, so that Ctrl-C does not reach it; None for the group of this process.

    Raises:
        OSError: The system starts no more processes.
    """
    root = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(each for each in (root, os.environ.get("PYTHONPATH", "")) if each)
    return subprocess.Popen(  # noqa: S603 (a module of our own)
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=process_group,
        env={**os.environ, **_FRUGAL, **(settings or {}), "PYTHONPATH": path},
    )
