"""Show how far a build is: bars with rate and time left on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

_LINE_SECONDS = 5.0
"""The time between two plain lines of one stage, so that a log stays readable."""


class Lines:
    """Plain lines for logs and pipes: at a stage's start and end, and every few seconds between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage, self._unit, self._total, self._done = "", "", 0, 0
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def start(self, stage: str, total: int, unit: str) -> None:
        self._stage, self._unit, self._total, self._done = stage, unit, total, 0
        self._began = self._said = time.monotonic()
        self._print(f"{stage}: {total:,} {unit}")

    def advance(self, amount: int = 1) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._said >= _LINE_SECONDS or self._done == self._total:
            self._said = now
            self._print(self._line(now - self._began))

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def _line(self, seconds: float) -> str:
        rate = self._done / max(seconds, 1e-9)
        done = f"{self._stage}: {self._done:,} of {self._total:,} {self._unit}, {rate:,.0f}/s"
        left = self._total - self._done
        return f"{done}, {left / rate:,.0f} s left" if left and rate else f"{done}, {seconds:,.1f} s"


class Bars:
    """A bar for each stage on a terminal."""

    def __init__(self, console: Console) -> None:
        columns: list[ProgressColumn] = [
            TextColumn("{task.description:<8}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            _Left(),
        ]
        self._progress = Progress(*columns, console=console)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, stage: str, total: int, unit: str) -> None:
        self._task = self._progress.add_task(stage, total=total, unit=unit)

    def advance(self, amount: int = 1) -> None:
        if self._task is not None:
            self._progress.advance(self._task, amount)


class _Rate(ProgressColumn):
    """The mean rate since the stage began."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.completed / task.elapsed:,.0f} {task.fields['unit']}/s" if task.elapsed else "")


class _Left(ProgressColumn):
    """The time left at that rate; once the stage is done, the time that it took."""

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(f"took {task.finished_time or 0:,.1f} s")
        if not task.completed or not task.elapsed or task.total is None:
            return Text("")
        return Text(f"{(task.total - task.completed) * task.elapsed / task.completed:,.0f} s left")


def progress_for(console: Console) -> Bars | Lines:
    """Return bars for a terminal, lines for anything else."""
    return Bars(console) if console.is_terminal else Lines(console)
