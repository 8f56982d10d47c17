"""Read options of a search that are typed as ``name=value``."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from indexer.errors import QueryError, SettingsError
from search_api.query import OPTIONS, make_query

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_options(given: Sequence[str], flag: str) -> dict[str, Any]:
    """Return options as ``make_query`` takes them.

    Args:
        given: Such as ``limit=100``, or ``languages=fr,de`` with commas between the values of a list.
        flag: The flag of the command line that they were given with, for error messages.

    Raises:
        SettingsError: There is no option of that name, it is given twice, or its value is of another type.
        QueryError: A value is of the right type, but not one that a query can have.
    """
    options: dict[str, Any] = {}
    for each in given:
        name, sign, text = each.partition("=")
        name = name.strip()
        if not sign or name not in OPTIONS:
            raise SettingsError(f"{flag} {each}: wanted name=value, and a name of {', '.join(OPTIONS)}")
        if name in options:
            raise SettingsError(f"{flag} {each}: {name} is given twice", "drop one of them")
        try:
            options[name] = read_value(text.strip(), _type_of(name))
        except ValueError as error:
            raise SettingsError(f"{flag} {each}: wanted {error}") from error
    try:
        make_query("words", **options)
    except QueryError as error:
        raise QueryError(f"{flag}: {error.message}", error.hint) from error
    return options


def _type_of(name: str) -> Any:
    """Return the type of what may be given for an option: the annotation of the second parameter of its check."""
    _, given = inspect.signature(OPTIONS[name], eval_str=True).parameters.values()
    return given.annotation


def read_value(text: str, wanted: Any) -> Any:
    """Return the value that a text stands for.

    Args:
        text: What was typed.
        wanted: One of the types in ``_READERS``.

    Raises:
        ValueError: The text is no such value; the message says what is wanted.
    """
    kind, read = _READERS[wanted]
    try:
        return read(text)
    except (ValueError, KeyError):
        raise ValueError(kind) from None


def _number_or_none(text: str) -> float | None:
    return None if text.casefold() == "none" else float(text)


def _whole_number_or_none(text: str) -> int | None:
    return None if text.casefold() == "none" else int(text)


def _truth(text: str) -> bool:
    return _TRUTH[text.casefold()]


def _texts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


_READERS: Mapping[Any, tuple[str, Callable[[str], Any]]] = {
    int: ("a whole number", int),
    int | None: ("a whole number or none", _whole_number_or_none),
    float | None: ("a number or none", _number_or_none),
    bool: (f"one of {', '.join(_TRUTH)}", _truth),
    str: ("a text", str),
    Iterable[str]: ("texts with commas between them", _texts),
}
"""For each type that an option of a search may have: what it is called, and the function that reads it."""
