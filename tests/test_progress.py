"""Progress: bars with rate and time left on a terminal, plain lines elsewhere."""

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from indexer.terminal import progress
from indexer.terminal.progress import Bars, Lines, progress_for


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock whose only entry is the time."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def _console(*, terminal: bool, clock: list[float] | None = None) -> Console:
    get_time = (lambda: clock[0]) if clock else None
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, get_time=get_time, color_system=None)


def _printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_lines_say_start_and_end_and_every_few_seconds_between(clock: list[float]) -> None:
    console = _console(terminal=False)
    with progress_for(console) as lines:
        lines.start("encoding", 1000, "passages")
        for _ in range(10):
            clock[0] += 2
            lines.advance(100)
    assert _printed(console).splitlines() == [
        "encoding: 1,000 passages",
        "encoding: 300 of 1,000 passages, 50/s, 14 s left",
        "encoding: 600 of 1,000 passages, 50/s, 8 s left",
        "encoding: 900 of 1,000 passages, 50/s, 2 s left",
        "encoding: 1,000 of 1,000 passages, 50/s, 20.0 s",
    ]


def test_bars_say_rate_and_time_left_and_at_the_end_the_time_taken(clock: list[float]) -> None:
    console = _console(terminal=True, clock=clock)
    bars = Bars(console)
    bars.start("encoding", 1000, "passages")
    clock[0] += 5
    bars.advance(250)
    assert _row(bars) == ["encoding", "250/1000", "50 passages/s", "15 s left"]
    clock[0] += 15
    bars.advance(750)
    assert _row(bars) == ["encoding", "1000/1000", "50 passages/s", "took 20.0 s"]


def _row(bars: Bars) -> list[str]:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(bars._progress.get_renderable())
    assert isinstance(console.file, io.StringIO)
    return list(_cells(console.file.getvalue()))


def _cells(line: str) -> Iterator[str]:
    bar = "━╸╺ "
    stage, _, rest = line.strip().partition(" ")
    yield stage
    done, _, rest = rest.lstrip(bar).partition(" ")
    yield done
    rate, _, left = rest.strip().partition("/s ")
    yield f"{rate}/s"
    yield left.strip()


def test_a_terminal_gets_bars_and_a_pipe_gets_lines() -> None:
    assert isinstance(progress_for(_console(terminal=True)), Bars)
    assert isinstance(progress_for(_console(terminal=False)), Lines)
