"""JSON to dataclasses: every field is checked; what a newer service says beyond them is left out."""

import builtins
import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Decode = Callable[[Any], Any]


class UndecodableError(ValueError):
    """A value has not the form that is wanted; the text says where and what came."""


def decode(kind: type[T], value: object) -> T:
    """Return a value of a dataclass made from JSON that was read.

    Raises:
        UndecodableError: A field is missing or of another type.
    """
    made: T = _decoder(cast("Hashable", kind))(value)
    return made


@functools.cache
def _decoder(kind: Any) -> _Decode:
    """Return what makes a value of a type; it is found out once for each type."""
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    arguments = [each for each in get_args(kind) if each not in {type(None), Ellipsis}]
    match get_origin(kind):
        case builtins.tuple:
            decoder = _tuple(_decoder(arguments[0]))
        case builtins.dict:
            decoder = _dict(_decoder(arguments[1]))
        case types.UnionType:
            decoder = _optional(_decoder(arguments[0]))
        case typing.Literal:
            decoder = _decoder(str)
        case _:
            decoder = _datetime if kind is datetime else _plain(kind)
    return decoder


def _dataclass(kind: Any) -> _Decode:
    hints = get_type_hints(kind)
    names = [each.name for each in dataclasses.fields(kind)]
    decoders = [(name, _decoder(hints[name])) for name in names]

    def decode_fields(value: Any) -> Any:
        given = _of_type(value, dict)
        made = {}
        for name, decoder in decoders:
            if name not in given:
                raise UndecodableError(f"{kind.__name__} has no {name!r}")
            try:
                made[name] = decoder(given[name])
            except UndecodableError as error:
                raise UndecodableError(f"{name}: {error}") from None
        return kind(**made)

    return decode_fields


def _tuple(decoder: _Decode) -> _Decode:
    return lambda value: tuple(decoder(each) for each in _of_type(value, list))


def _dict(decoder: _Decode) -> _Decode:
    return lambda value: {name: decoder(each) for name, each in _of_type(value, dict).items()}


def _optional(decoder: _Decode) -> _Decode:
    return lambda value: None if value is None else decoder(value)


def _plain(kind: type) -> _Decode:
    if kind is float:
        return lambda value: float(_of_type(value, (int, float)))
    return lambda value: _of_type(value, kind)


def _datetime(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(_of_type(value, str))
    except ValueError as error:
        raise UndecodableError(f"{value!r:.40} is no instant") from error


def _of_type(value: Any, kind: type | tuple[type, ...]) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        wanted = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        raise UndecodableError(f"{type(value).__name__} where {wanted} was expected")
    return value
