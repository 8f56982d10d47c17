"""Options of commands that take every setting of the service: they are made from the settings."""

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from indexer.environment import NUMBERS, PREFIX
from search_api.service.settings import Settings

_EMPTY = {
    "encoder": "any", "device": "the best there is", "reranker": "none", "root_path": "none", "allowed_hosts": "none",
    "keys": "keys.json in the user's configuration",
}  # fmt: skip
"""What it means that a setting is empty."""


def option_name(setting: str) -> str:
    """Return the option that stands for a setting."""
    return f"--{setting.replace('_', '-')}"


def _option(setting: "dataclasses.Field[Any]") -> Any:
    """Return the parameter of a command that stands for a setting."""
    name, default = setting.name, setting.default
    limits = NUMBERS.get(name.upper())
    option = typer.Option(
        option_name(name),
        envvar=f"{PREFIX}{name.upper()}",
        help=setting.metadata["help"] + (f" [default: {_EMPTY[name]}]" if default == "" else ""),
        min=limits.least if limits else None,
        max=limits.most if limits else None,
    )
    kind: Any = Path if isinstance(default, Path) else type(default)
    return inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=Annotated[kind, option]
    )


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting; it takes the context, the settings and options of its own."""
    own = inspect.signature(command).parameters

    def run(context: typer.Context, **given: Any) -> None:
        settings = Settings(**{each.name: given.pop(each.name) for each in dataclasses.fields(Settings)})
        command(context, settings, **given)

    others = [each for name, each in own.items() if name.strip("_") not in {"context", "settings"}]
    options = [_option(each) for each in dataclasses.fields(Settings)]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    run.__signature__ = inspect.Signature([context, *options, *others])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (context, *options, *others)}
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    return run
