"""What all commands share: their common options, and errors that end in a message and a true exit code."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from indexer.environment import check_names
from indexer.errors import DatelineError

IndexOption = Annotated[Path, typer.Option("--index", envvar="DATELINE_INDEX", help="Folder of the index.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
DeviceOption = Annotated[
    str, typer.Option("--device", envvar="DATELINE_DEVICE", help="cpu, cuda, cuda:1, mps. [default: the best there is]")
]
DEFAULT_INDEX = Path("index")
_STEERING = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def new_app(help_text: str) -> typer.Typer:
    """Return a command-line application that shows the traceback of a bug as it is."""
    return typer.Typer(help=help_text, pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode=None)


def run(app: typer.Typer, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; an error of ours becomes a message on standard error."""
    try:
        check_names(os.environ)
        app(args=arguments, prog_name=name)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except DatelineError as error:
        say_error(error)
        return error.exit_code
    except BrokenPipeError:  # the reader, such as head, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def say_error(error: DatelineError) -> None:
    """Print what went wrong and, below it, what to do."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text.assemble(("error: ", "bold red"), printable(error.message)))
    if error.hint:
        console.print(Text(f"  try: {printable(error.hint)}"))


def printable(text: str) -> str:
    """Return a text on one line, without what would steer a terminal: titles and file names come from anywhere."""
    return in_one_line(text).strip()


def in_one_line(text: str) -> str:
    """Return a part of a text as ``printable`` does, with the white space at its ends."""
    return _STEERING.sub(" ", text)


def print_facts(facts: Mapping[str, str]) -> None:
    """Print one fact a line, the names aligned; a long line is left for the terminal to wrap."""
    width = max(map(len, facts))
    for name, fact in facts.items():
        typer.echo(f"{name:<{width}}  {printable(fact)}")


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
