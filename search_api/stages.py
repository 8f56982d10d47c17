"""The stages of an answer, timed for whoever observes them; without an observer they cost nothing.

with stage("encode"):
    vector = encoder.encode_queries([text])[0]
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import NamedTuple, Protocol


class Stage(NamedTuple):
    """A stage that has run, and when, in nanoseconds since 1970."""

    name: str
    began: int
    ended: int


class StageObserver(Protocol):
    """Who is told of stages."""

    def running(self, name: str) -> AbstractContextManager[object]:
        """Return a context in which a stage runs."""
        ...

    def ran(self, stage: Stage) -> None:
        """Note a stage that has run elsewhere."""
        ...


_observer: ContextVar[StageObserver | None] = ContextVar("observer", default=None)


def stage(name: str) -> AbstractContextManager[object]:
    """Return a context in which a stage of this name runs: encode, rank or rerank."""
    observer = _observer.get()
    return nullcontext() if observer is None else observer.running(name)


def ran(stages: Sequence[Stage]) -> None:
    """Note stages that have run in another process."""
    if observer := _observer.get():
        for each in stages:
            observer.ran(each)


@contextmanager
def observing(observer: StageObserver) -> Iterator[None]:
    """Let an observer open the context of every stage that runs inside, also in threads that are given this context."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


class Recorded:
    """An observer that keeps the stages, so that they can be noted elsewhere."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        began = time.time_ns()
        try:
            yield
        finally:
            self.stages.append(Stage(name, began, time.time_ns()))

    def ran(self, stage: Stage) -> None:
        self.stages.append(stage)
