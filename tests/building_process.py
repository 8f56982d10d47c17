"""A process that imports once what a build needs, and forks a child of its own for each build that a test asks for.

Each line on standard input is a request; the answer is the exit code of its child, negative where a signal ended it.
"""

import importlib
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from conftest import WordEncoder

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.errors import DatelineError

LONGEST = 900
"""Seconds after which the system ends a child that hangs."""


def serve() -> None:
    """Answer the requests until standard input ends."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_build(json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _build(request: dict[str, Any]) -> int:
    signal.alarm(LONGEST)
    for name, number in (("stdout", 1), ("stderr", 2)):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    try:
        os.chdir(request["directory"])
        os.environ.clear()
        os.environ.update(request["environment"])
        if request["function"]:
            _end_at(request["owner"], request["function"])
        if limit := request["limit"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        rebuild_index(BuildPlan([Path(request["source"])], Path(request["index"]), WordEncoder()))
    except DatelineError as error:
        print(type(error).__name__, error)
        return error.exit_code
    except BaseException:
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _end_at(owner: str, function: str) -> None:
    """Let a function of a module, or of a ``module:class``, kill this process when it is called."""
    module, _, name = owner.partition(":")
    place = importlib.import_module(module)
    place = getattr(place, name) if name else place
    assert callable(getattr(place, function))
    setattr(place, function, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))


if __name__ == "__main__":
    serve()
