"""The stages of an answer, timed for whoever observes them; without an observer they cost nothing.

with stage("encode"):
    vector = encoder.encode_queries([text])[0]
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Observe = Callable[[str], AbstractContextManager[object]]
_observe: ContextVar[Observe | None] = ContextVar("observe", default=None)


def stage(name: str) -> AbstractContextManager[object]:
    """Return a context in which a stage of this name runs: encode, rank or rerank."""
    observe = _observe.get()
    return nullcontext() if observe is None else observe(name)


@contextmanager
def observing(observe: Observe) -> Iterator[None]:
    """Let a function open the context of every stage that runs inside, also in threads that are given this context."""
    token = _observe.set(observe)
    try:
        yield
    finally:
        _observe.reset(token)
