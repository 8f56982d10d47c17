"""The most memory that a piece of work took is told, without the pages of mapped files."""

import mmap
import subprocess
import sys
from pathlib import Path

from indexer.build.memory import PeakMemory

SIZE = 200 * 2**20


def test_what_is_held_for_a_while_is_seen() -> None:
    with PeakMemory() as little:
        pass
    with PeakMemory() as much:
        held = bytearray(SIZE)
        held[::4096] = b"x" * (SIZE // 4096)
        much.look()
        del held
    assert SIZE * 0.9 < much.own - little.own < SIZE * 1.3
    assert much.resident >= much.own


def test_mapped_files_do_not_count_as_its_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(SIZE))
    with PeakMemory() as before:
        pass
    with PeakMemory() as peak, (tmp_path / "file").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        assert sum(mapped[::4096]) == 0
        peak.look()
        mapped.close()
    assert peak.own - before.own < SIZE * 0.5
    assert peak.resident > SIZE


def test_it_watches_by_itself() -> None:
    with PeakMemory() as peak:
        while not peak.own:
            pass
    assert peak.own > 10 * 2**20


def test_another_process_is_counted_while_it_is_watched() -> None:
    """It takes its memory, says so, and waits to be ended."""
    script = f"held = bytearray({SIZE}); held[::4096] = b'x' * {SIZE // 4096}; print(flush=True); input()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with PeakMemory() as alone:
            pass
        with PeakMemory() as both, both.watch(other.pid):
            both.look()
        other.kill()
    assert SIZE * 0.9 < both.own - alone.own < SIZE * 1.3
    assert both.resident >= both.own
