"""What all commands share: their common options, printing, and errors that end in a message and an exit code."""

import errno
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
import typer
from rich.console import Console
from rich.text import Text

from indexer.environment import check_environment, installed_version
from indexer.errors import DatelineError, StorageError
from indexer.terminal.layout import output_console, print_rows

IndexOption = Annotated[Path, typer.Option("--index", envvar="DATELINE_INDEX", help="Folder of the index.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
DeviceOption = Annotated[
    str, typer.Option("--device", envvar="DATELINE_DEVICE", help="cpu, cuda, cuda:1, mps. [default: the best there is]")
]
DEFAULT_INDEX = Path("index")
_STEERING = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
"""White space, and characters that would steer a terminal."""
_OUTPUT_FAILS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What the system says when standard output is a file on a full or broken disk."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[2])
"""The base class of the errors of the command-line library, which has no public name."""


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"dateline {installed_version()}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


def new_app(help_text: str) -> typer.Typer:
    """Return a command-line application that shows the traceback of a bug as it is."""
    return typer.Typer(help=help_text, pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode=None)


def run(app: typer.Typer, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Errors become a message on standard error or, with ``--json``, a JSON object on standard output.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    _escape_what_cannot_be_encoded()
    try:
        check_environment(os.environ)
        code = app(args=given, prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            return _discard_output()
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (DatelineError, _UsageError) as error:
        return _report(error, as_json="--json" in itertools.takewhile(lambda each: each != "--", given))
    except BrokenPipeError:
        return _discard_output()
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_FAILS:
            raise
        _discard_output()
        say_error(StorageError(f"cannot write the output: {error.strerror}", "free some space, or write elsewhere"))
        return StorageError.exit_code
    return code if isinstance(code, int) else 0


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
    """Print one fact a line, with the names aligned."""
    print_rows(output_console(), [(name, printable(fact)) for name, fact in facts.items()])


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object. Characters that the encoding of standard output lacks are written as ``\\u`` escapes."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    print(text)


def _escape_what_cannot_be_encoded() -> None:
    """Let standard output and standard error show a character that their encoding lacks as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _report(error: DatelineError | typer.BadParameter, *, as_json: bool) -> int:
    """Print an error and return the exit code that belongs to it."""
    if as_json:
        print_json({"error": _as_dict(error)})
    elif isinstance(error, DatelineError):
        say_error(error)
    else:
        error.show(sys.stderr)
    return error.exit_code


def _as_dict(error: DatelineError | typer.BadParameter) -> dict[str, str]:
    """Return an error in the shape that the HTTP API gives it too."""
    if isinstance(error, DatelineError):
        described = {"code": error.code, "message": error.message, "hint": error.hint}
    else:
        command = error.ctx.command_path if error.ctx else "dateline"
        described = {"code": "usage", "message": error.format_message(), "hint": f"{command} --help"}
    # A file name that is not UTF-8 has surrogates, which JSON does not allow.
    return {name: text.encode("utf-8", "backslashreplace").decode() for name, text in described.items()}


def _discard_output() -> int:
    """Drop the rest of the output and return 0: a reader such as head closed the pipe because it had enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
