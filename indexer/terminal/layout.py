"""Wrap text at the width of a terminal; in a file or a pipe lines are not wrapped, so that they can be searched."""

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

UNLIMITED = 1_000_000
"""The width of a console that is no terminal."""
_WIDEST = 100
"""Columns that a text fills at most: longer lines are hard to read."""
_NARROWEST = 30
"""Columns that a text needs beside its labels; where fewer are left, it is printed below them."""
_WORD = re.compile(r"\S+\s*")


def output_console() -> Console:
    """Return a console for standard output, as wide as the terminal."""
    console = Console(highlight=False, markup=False, emoji=False)  # an outlet may be called [red] or :car:
    if not console.file.isatty():
        console.width = UNLIMITED
    return console


def print_line(console: Console, text: Text | str) -> None:
    """Print one line, which a terminal may wrap but which is never cut in two: an address can be copied from it."""
    console.print(text, soft_wrap=True)


def print_text(console: Console, text: Text | str, indent: int = 0, *, split_words: bool = False) -> None:
    """Print a text below an indent, wrapped between words at the width of the terminal.

    With ``split_words`` it is also wrapped within words that are longer than a line, as in scripts without spaces;
    otherwise a long word such as a path stays whole.
    """
    for line in _wrapped(console, text, indent, split_words=split_words):
        print_line(console, Text(" " * indent) + line)


def print_rows(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows of one or more labels and a text: the labels in columns, and the text wrapped beside or below them."""
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    beside = sum(width + 2 for width in widths)
    for *labels, text in rows:
        start = "".join(f"{label:<{width}}  " for label, width in zip(labels, widths, strict=True))
        if not text or console.width - beside < _NARROWEST:
            print_line(console, start.rstrip())
            print_text(console, text, 2)
            continue
        for number, line in enumerate(_wrapped(console, text, beside)):
            print_line(console, Text(" " * beside if number else start) + line)


def _wrapped(console: Console, text: Text | str, indent: int, *, split_words: bool = False) -> list[Text]:
    width = console.width if console.width == UNLIMITED else min(console.width, _WIDEST)
    whole = Text(text) if isinstance(text, str) else text
    room = max(width - indent, 1)
    lines = whole.wrap(console, room, overflow="fold") if split_words else whole.divide(_line_starts(whole.plain, room))
    for line in lines:
        line.rstrip()
    return [line for line in lines if line]


def _line_starts(text: str, room: int) -> list[int]:
    """Return where the lines of a text begin, after the first, if each has as many words as there is room for."""
    starts, used = [], 0
    for word in _WORD.finditer(text):
        if used and used + cell_len(word[0].rstrip()) > room:
            starts.append(word.start())
            used = 0
        used += cell_len(word[0])
    return starts
