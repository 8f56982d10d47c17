"""Options of a search as ``name=value``: whatever ``make_query`` takes, by the types it declares."""

import inspect
from collections.abc import Iterable, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from indexer.errors import QueryError, SettingsError
from search_api.query import make_query

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PLAIN = {int: "a whole number", float: "a number", str: "a text"}


def read_options(given: Sequence[str], option: str) -> dict[str, Any]:
    """Return keyword arguments of ``make_query``; values of a list are separated by commas.

    Args:
        given: Such as ``limit=100`` or ``languages=fr,de``.
        option: What the option is called that they were given with, for errors.

    Raises:
        SettingsError: There is no such name, it is given twice, or its value is of another type.
        QueryError: ``make_query`` takes no such value.
    """
    parameters = inspect.signature(make_query, eval_str=True).parameters
    types = {name: one.annotation for name, one in parameters.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}
    options: dict[str, Any] = {}
    for each in given:
        name, sign, value = each.partition("=")
        name = name.strip()
        if not sign or name not in types:
            raise SettingsError(f"{option} {each}: wanted name=value, and a name of {', '.join(types)}")
        if name in options:
            raise SettingsError(f"{option} {each}: {name} is given twice", "drop one of them")
        try:
            options[name] = read_value(value.strip(), types[name])
        except ValueError as error:
            raise SettingsError(f"{option} {each}: wanted {error}") from error
    try:
        make_query("words", **options)
    except QueryError as error:
        raise QueryError(f"{option}: {error.message}", error.hint) from error
    return options


def read_value(text: str, wanted: Any) -> Any:
    """Read a text as a type.

    Raises:
        ValueError: It is no such value; the message says what is wanted.
    """
    if get_origin(wanted) in {Union, UnionType}:
        return _read_union(text, get_args(wanted))
    if get_origin(wanted) is Literal:
        return _choose(text, {str(choice): choice for choice in get_args(wanted)})
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _choose(text, {str(choice.value): choice for choice in wanted})
    if wanted is bool:
        return _choose(text.casefold(), _TRUTH)
    if wanted in _PLAIN:
        try:
            return wanted(text)
        except ValueError:
            raise ValueError(_PLAIN[wanted]) from None
    if isinstance(get_origin(wanted), type) and issubclass(get_origin(wanted), Iterable):
        return [one.strip() for one in text.split(",") if one.strip()]
    raise ValueError("something that cannot be typed: it is set in Python only")


def _read_union(text: str, members: tuple[Any, ...]) -> Any:
    if NoneType in members and text.casefold() == "none":
        return None
    wanted = []
    for member in members:
        if member is not NoneType:
            try:
                return read_value(text, member)
            except ValueError as error:
                wanted.append(str(error))
    raise ValueError(" or ".join([*wanted, *(["none"] if NoneType in members else [])]))


def _choose(text: str, choices: dict[str, Any]) -> Any:
    if text not in choices:
        raise ValueError(f"one of {', '.join(choices)}")
    return choices[text]
