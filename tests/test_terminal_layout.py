"""Hits and reports can be read at 40, 80 and 160 columns; in a file or pipe every text is one whole line."""

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.terminal.layout import UNLIMITED, output_console, print_rows, print_text
from search_api.records.counts import Applied
from search_api.service.schemas import HitOut, SearchResponse
from search_api.terminal.hits import print_hits

ADDRESS = "https://gazette.example/2025/05/all-450-rescued-after-the-ferry-aurelia-ran-aground"
TEXT = "Rain fell all day. The ferry Aurelia ran aground in thick fog off the coast. All 450 aboard were saved by noon."
BIN = Path(sys.executable).parent
Shown = Callable[..., list[str]]


@pytest.fixture
def found() -> SearchResponse:
    span = {"start": TEXT.index("The ferry"), "end": TEXT.index(" All 450")}
    hit = {
        "passage_id": "ferry#2", "article_id": "ferry", "title": "All rescued after ferry strikes reef", "opening": "",
        "source": "The Harbour Gazette", "url": ADDRESS, "published": "2025-05-27T18:20:00+02:00", "updated": None,
        "language": "en",
        "text": TEXT, "score": 0.4, "relevance": 0.712, "start": 0, "end": len(TEXT), "heading_end": 0,
        "sentences": [{"start": 0, "end": 18}, span], "best_sentence": span, "others": [], "copies": 0,
        "family": {"articles": 4, "outlets": 3, "first_source": "Wire", "first_published": "2025-05-26T08:00:00Z"},
        "explanation": {
            "passage": 0.1, "sentence": 0.2, "article": 0.3, "lead": 0.4, "words": 0.5, "article_words": 0.6,
            "lead_words": 0.7, "feedback": 0.8, "seed": None, "rank_score": 0.9,
        },
        "why": [
            {"kind": "words", "query": "ferry", "found": "ferry"},
            {"kind": "spelling", "query": "ref", "found": "reef"},
        ],
    }  # fmt: skip
    plain = hit | {"article_id": "bac", "title": "", "opening": "bac", "source": "", "url": "", "published": None}
    plain |= {"family": None, "explanation": None, "copies": 2, "why": [{"kind": "meaning", "query": "", "found": ""}]}
    return SearchResponse(
        query="ferry", hits=[HitOut.model_validate(each) for each in (hit, plain)], answerable=True,
        query_language="en", searched=1234, generation="g", reranker="", took_ms=5.4,
        also_searched=[], did_you_mean="", near=[], cut_short=False, total=2, total_is="exact", articles_total=4,
        facets={}, timeline=None, applied=Applied(), cursor=None, newest=None,
        built_at=datetime(2025, 5, 28, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def shown(found: SearchResponse) -> Shown:
    """Return a function that lays hits out at a width and returns the lines."""

    def shown(width: int) -> list[str]:
        console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
        print_hits(found, console)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().splitlines()

    return shown


def test_on_a_narrow_terminal_a_hit_uses_the_whole_width(shown: Shown) -> None:
    lines = shown(40)
    assert lines[:17] == [
        "0.71  2025-05-27  en",
        "  The Harbour Gazette",
        "  All rescued after ferry strikes reef",
        "  Rain fell all day. The ferry Aurelia",
        "  ran aground in thick fog off the",
        "  coast. All 450 aboard were saved by",
        "  noon.",
        "  has ferry, ref: reef",
        "  similarity 0.400, passage 0.100,",
        "  sentence 0.200, article 0.300, lead",
        "  0.400, words 0.500, article_words",
        "  0.600, lead_words 0.700, feedback",
        "  0.800, seed None, rank_score 0.900",
        f"  {ADDRESS}",
        "  id ferry",
        "  also in 3 outlets, first at Wire on",
        "  2025-05-26",
    ]
    assert lines[17:] == [
        "",
        "0.71  undated  en",
        "  bac",
        "  Rain fell all day. The ferry Aurelia",
        "  ran aground in thick fog off the",
        "  coast. All 450 aboard were saved by",
        "  noon.",
        "  by its meaning",
        "  id bac",
        "  and 2 near-identical elsewhere",
        "",
        "2 of 2 hits in 1,234 passages in 5 ms",
    ]


def test_on_a_usual_terminal_the_outlet_stands_beside_the_date(shown: Shown) -> None:
    assert shown(80)[:4] == [
        "0.71  2025-05-27  en  The Harbour Gazette",
        "  All rescued after ferry strikes reef",
        "  Rain fell all day. The ferry Aurelia ran aground in thick fog off the coast.",
        "  All 450 aboard were saved by noon.",
    ]


def test_on_a_wide_terminal_no_text_is_wider_than_can_be_read(shown: Shown) -> None:
    assert shown(160)[2:4] == [
        "  Rain fell all day. The ferry Aurelia ran aground in thick fog off the coast. All 450 aboard were",
        "  saved by noon.",
    ]


def test_without_a_width_every_text_is_one_line(shown: Shown) -> None:
    assert shown(UNLIMITED)[:9] == [
        "0.71  2025-05-27  en  The Harbour Gazette",
        "  All rescued after ferry strikes reef",
        f"  {TEXT}",
        "  has ferry, ref: reef",
        "  similarity 0.400, passage 0.100, sentence 0.200, article 0.300, lead 0.400, words 0.500,"
        " article_words 0.600, lead_words 0.700, feedback 0.800, seed None, rank_score 0.900",
        f"  {ADDRESS}",
        "  id ferry",
        "  also in 3 outlets, first at Wire on 2025-05-26",
        "",
    ]


def test_the_best_sentence_is_underlined_on_a_terminal(found: SearchResponse) -> None:
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard", _environ={})
    print_hits(found, console)
    assert isinstance(console.file, io.StringIO)
    best = "The ferry Aurelia ran aground in thick fog off the coast."
    assert f"Rain fell all day. \x1b[4m{best}\x1b[0m" in console.file.getvalue()


def test_scripts_without_spaces_are_wrapped_at_the_width_of_their_characters() -> None:
    console = Console(file=io.StringIO(), width=20)
    print_text(console, "土耳其会重返战斗机项目吗部长没有回答", 2, split_words=True)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == ["  土耳其会重返战斗机", "  项目吗部长没有回答"]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (38, ["index", "  /srv/an/index/at/a/long/path/of/the/machine,", "  generation 7", "passages", "  518"]),
        (50, ["index     /srv/an/index/at/a/long/path/of/the/machine,", "          generation 7", "passages  518"]),
        (UNLIMITED, ["index     /srv/an/index/at/a/long/path/of/the/machine, generation 7", "passages  518"]),
    ],
)
def test_facts_stand_beside_their_names_where_there_is_room_and_paths_stay_whole(width: int, lines: list[str]) -> None:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    path = "/srv/an/index/at/a/long/path/of/the/machine"
    print_rows(console, [("index", f"{path}, generation 7"), ("passages", "518")])
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == lines


def test_a_terminal_is_as_wide_as_it_is_and_a_pipe_has_no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert output_console().width == UNLIMITED
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert output_console().width == 40


def _on_terminal(columns: int, *arguments: object) -> list[str]:
    """Run a command on a pseudo-terminal and return the lines that it printed."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    with subprocess.Popen(
        [str(each) for each in arguments], stdin=its, stdout=its, stderr=its, env={**kept, "TERM": "xterm-256color"}
    ) as process:
        os.close(its)
        printed = b""
        while data := _read(ours):
            printed += data
    os.close(ours)
    assert process.returncode == 0, printed.decode()
    return printed.decode().splitlines()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux ends a pseudo-terminal with an error
        return b""


def test_the_real_command_on_a_terminal_of_40_columns(seed_index: Path) -> None:
    lines = _on_terminal(40, BIN / "dateline", "search", "ferry aground", "--limit", "3", "--index", seed_index)
    plain = [Text.from_ansi(line).plain for line in lines]
    addresses = [line for line in plain if "https://" in line]
    assert len(addresses) == 3
    assert max(cell_len(line) for line in plain if "https://" not in line) in range(36, 41)
    assert any("\x1b[4m" in line for line in lines)


def test_the_real_command_prints_whole_addresses_into_a_pipe(seed_index: Path) -> None:
    command = [str(BIN / "dateline"), "search", "ferry aground", "--limit", "3", "--index", str(seed_index)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    addresses = [line.strip() for line in done.stdout.splitlines() if "http" in line]
    assert "https://harbourgazette.example/2024/03/all-450-rescued-ferry-aurelia-skerrin-reef" in addresses
    assert max(map(len, done.stdout.splitlines())) > 160
    assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []
