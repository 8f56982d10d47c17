"""``dateline config``: every setting, what it is, and where that came from. Secrets are no settings."""

import dataclasses
import os
from typing import Any

import typer

from indexer.environment import BUILDING, PREFIX
from indexer.terminal.shell import JsonOption, print_facts, print_json
from search_api.commands.settings_options import option_name, with_settings
from search_api.service.settings import Settings

_SOURCES = {"COMMANDLINE": "option", "ENVIRONMENT": "environment", "DEFAULT": "default"}


@with_settings
def config(context: typer.Context, settings: Settings, as_json: JsonOption = False) -> None:
    """Print every setting, its value, and whether that is the default or came from a variable or an option."""
    rows = [_row(context, settings, each) for each in dataclasses.fields(Settings)]
    rows += [_builders(name) for name in BUILDING]
    if as_json:
        print_json({"settings": rows})
        return
    print_facts({row["variable"]: f"{_shown(row)}  ({row['source']})" for row in rows})


def _row(context: typer.Context, settings: Settings, setting: "dataclasses.Field[Any]") -> dict[str, Any]:
    source = context.get_parameter_source(setting.name)
    value = getattr(settings, setting.name)
    return {
        "name": setting.name,
        "value": value if isinstance(value, int | bool) else str(value),
        "source": _SOURCES.get(source.name if source else "", "default"),
        "variable": f"{PREFIX}{setting.name.upper()}",
        "option": option_name(setting.name),
        "help": setting.metadata["help"],
    }


def _builders(name: str) -> dict[str, Any]:
    """Return the row of a variable that building reads."""
    value = os.environ.get(f"{PREFIX}{name}", "")
    source = "environment" if value else "default"
    help_text = "Read by rebuild-index and by what computes; rebuild-index --help says more."
    variable = {"variable": f"{PREFIX}{name}", "option": "", "help": help_text}
    return {"name": name.lower(), "value": value, "source": source, **variable}


def _shown(row: dict[str, Any]) -> str:
    value = {True: "yes", False: "no"}[row["value"]] if isinstance(row["value"], bool) else str(row["value"])
    return value or "-"
